#!/bin/bash
# The same binary as FastCGI below lighttpd, on a free loopback port: answers, a switched index, a worker that
# dies, many clients, no growth, a clean stop.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index site=$scratch/site
mkdir -p "$site/en"
printf '# Old\n\nThe first text.\n' >"$site/en/a.md"
"$TROUVAILLE" index --index "$index" "$site" >/dev/null || not_ok 'cannot index'
serve fastcgi
get() { curl -s -m 20 "$@"; }
code() { get -o /dev/null -w '%{http_code}' "$@"; }
# the processes that lighttpd started, parents first; and of these the workers
lighttpd=$(pgrep -P $server)
parents() { pgrep -P "$lighttpd"; }
workers() { for p in $(parents); do pgrep -P "$p"; done; }

is 'the box' 200 "$(code "$url")"
is 'JSON as at the command line' "$("$TROUVAILLE" search --index "$index" --lang en --format json text)" "$(get "$url?q=text&lang=en&format=json")"
has 'links from SCRIPT_NAME' 'action="/cgi-bin/trouvaille.cgi"' "$(get "$url?q=text")"
is 'HEAD' 200 "$(get -I -o /dev/null -w '%{http_code}' "$url?q=text")"
is 'a refusal' 400 "$(code "$url?q=%00")"
is 'POST' 405 "$(code -d q=a "$url")"
has 'Accept-Language' '<html lang="fr-CA">' "$(get -H 'Accept-Language: fr' "$url?q=a")"
tag=$(get -D - -o /dev/null "$url?q=text&lang=en" | tr -d '\r' | sed -n 's/^ETag: //p')
is '304' 304 "$(code -H "If-None-Match: $tag" "$url?q=text&lang=en")"
is 'two parents, each with a worker' '2 2' "$(parents | wc -l) $(workers | wc -l)"

# the index is switched: every worker answers from the new one
printf '# New\n\nThe second text.\n' >"$site/en/a.md"
"$TROUVAILLE" index --index "$index" "$site" >/dev/null
answers=$(for _ in $(seq 12); do get "$url?q=text&lang=en&format=json" | grep -o '"title": "[A-Z][a-z]*"'; done | sort -u)
is 'a switched index' '"title": "New"' "$answers"
is 'a new index, another tag' 200 "$(code -H "If-None-Match: $tag" "$url?q=text&lang=en")"
mv "$index/trouvaille.db" "$index/away"
is 'no index: 500' 500 "$(code "$url?q=text")"
mv "$index/away" "$index/trouvaille.db"
is 'and it is back' 200 "$(code "$url?q=text")"

# a worker that is killed is followed by another
before=$(workers)
for pid in $before; do kill -9 "$pid"; done
for _ in $(seq 50); do [ "$(workers | wc -l)" -eq 2 ] && [ "$(workers)" != "$before" ] && break; sleep 0.1; done
is 'killed workers are followed' 200 "$(code "$url?q=text")"
for pid in $(workers); do kill -XCPU "$pid"; done # as the clock does, between requests
for _ in $(seq 50); do [ "$(workers | wc -l)" -eq 2 ] && break; sleep 0.1; done
is 'workers out of time are followed' 200 "$(code "$url?q=text")"

# many clients while the index is switched: no error, and one whole index or the other
clients() {
	for c in 1 2 3 4; do
		( for _ in $(seq 50); do get -w ' %{http_code}\n' "$url?q=text&lang=en&format=json" | tr -d '\n' | sed 's/}[^}]*$/}&\n/' | grep -o '"title": "[A-Z][a-z]*"\|[0-9]*$'; done ) &
	done
	wait
}
switcher() { for n in 1 2 3 4 5 6; do printf '# %s\n\nThe text.\n' "$([ $((n % 2)) -eq 0 ] && echo New || echo Other)" >"$site/en/a.md"; "$TROUVAILLE" index --index "$index" "$site" >/dev/null; done; }
switcher & switching=$!
got=$(clients | sort | uniq -c | awk '{ print $NF }' | sort -u | tr '\n' ' ')
wait $switching
case $got in *[3-5][0-9][0-9]*) not_ok "clients during switches: $got" ;; *200*) ok ;; *) not_ok "clients during switches: $got" ;; esac

# memory: the same after 400 more requests
memory() { for pid in $(workers); do awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"; done | awk '{ n += $1 } END { print n }'; }
case ${TROUVAILLE_BUILD:-} in
*asan*) skip 'memory under ASan grows by its quarantine' ;;
*)
	urls=$(for i in $(seq 40); do echo "-o /dev/null $url?q=text+$i"; done)
	get $urls; get $urls
	before=$(memory)
	for _ in $(seq 10); do get $urls; done
	after=$(memory)
	[ "$after" -le $((before + 1024)) ] && ok || not_ok "memory of the workers: $before kB, then $after kB"
	;;
esac

pids="$(parents) $(workers)"
kill $server; wait $server 2>/dev/null
for _ in $(seq 50); do alive=$(for p in $pids; do kill -0 "$p" 2>/dev/null && echo "$p"; done); [ -z "$alive" ] && break; sleep 0.1; done
is 'all stop with the server' '' "$alive"
trap cleanup EXIT
finish
