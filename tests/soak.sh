#!/bin/bash
# FastCGI under load: clients ask while the index is rebuilt again and again. No error, every answer from one whole
# index, no growth of memory or open files. SOAK_REQUESTS (20000), SOAK_REBUILDS (20), SOAK_CLIENTS (8).
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index site=$scratch/site
command -v python3 >/dev/null || { skip 'python3 is not installed'; finish; }
case ${TROUVAILLE_BUILD:-} in *asan*) export SOAK_MEMORY=0 ;; esac # it grows by the quarantine of freed memory

python3 tests/soak.py write "$site" 0 || { not_ok 'no corpus'; finish; }
"$TROUVAILLE" index --full --index "$index" "$site" >/dev/null || { not_ok 'cannot index'; finish; }
serve fastcgi

last=
while IFS= read -r line; do
	last=$line
	case $line in
	'ok '*) ok ;;
	'not ok: '*) not_ok "${line#not ok: }" ;;
	'skip: '*) skip "${line#skip: }" ;;
	done) ;;
	*) printf '%s\n' "$line" ;;
	esac
done < <(python3 tests/soak.py run "$site" "$index" "$url" "$server" "$TROUVAILLE")
is 'to the end' 'done' "$last"
is 'nothing in the log' '' "$(grep -a 'trouvaille\.cgi: \|Sanitizer\|runtime error' "$scratch/serve.log" | sort | uniq -c | head)"
finish
