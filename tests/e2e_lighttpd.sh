#!/bin/bash
# trouvaille.cgi through a real lighttpd on a free loopback port, and in w3m.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index
"$TROUVAILLE" index --index "$index" corpus >/dev/null || not_ok 'cannot index'
for tool in lighttpd curl w3m; do
	PATH=$PATH:/usr/sbin command -v $tool >/dev/null || { skip "$tool is not installed"; finish; }
done
tests/serve.sh "$TROUVAILLE_CGI" "$index" >"$scratch/address" 2>"$scratch/serve.log" &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; cleanup' EXIT
for _ in $(seq 100); do [ -s "$scratch/address" ] && break; sleep 0.1; done
url=$(head -1 "$scratch/address" | grep -o 'http://[^ ]*')
case $url in http://127.0.0.1:*) ok ;; *) not_ok "no address: $(cat "$scratch/serve.log")"; finish ;; esac
get() { curl -s -m 20 "$@"; }

is 'the box' 200 "$(get -o /dev/null -w '%{http_code}' "$url")"
page=$(get "$url?q=clientele&lang=fr")
has 'answers in French' '<mark>clientèle</mark>' "$page"
has 'links from SCRIPT_NAME' 'action="/cgi-bin/trouvaille.cgi"' "$page"
is 'JSON' "$("$TROUVAILLE" search --index "$index" --lang en --format json complaint)" "$(get "$url?q=complaint&lang=en&format=json")"
is 'HEAD' 200 "$(get -I -o /dev/null -w '%{http_code}' "$url?q=complaint")"
is 'refusal' 400 "$(get -o /dev/null -w '%{http_code}' "$url?q=%00")"
is 'POST' 405 "$(get -o /dev/null -w '%{http_code}' -d q=a "$url")"
has 'Accept-Language' '<html lang="fr-CA">' "$(get -H 'Accept-Language: fr' "$url?q=a")"
is 'arguments are ignored' 200 "$(get -o /dev/null -w '%{http_code}' "$url?--help")"
codes=$(for i in 1 2 3 4; do (for k in 1 2 3 4 5; do get -o /dev/null -w '%{http_code}\n' "$url?q=usager&lang=fr"; done) & done; wait $(jobs -p | grep -v "^$server$"))
is 'four clients at once' 20 "$(printf '%s\n' "$codes" | grep -c 200)"
text=$(w3m -dump -cols 80 "$url?q=plainte&lang=fr")
has 'w3m: the box' 'Search Words / termes' "$text"
has 'w3m: the answer' 'plainte' "$text"
has 'w3m: numbered' '1. ' "$text"
finish
