#!/bin/bash
# trouvaille.cgi through a real lighttpd on a free loopback port, and in w3m.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index
"$TROUVAILLE" index --index "$index" corpus >/dev/null || not_ok 'cannot index'
serve
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
command -v w3m >/dev/null || { skip 'w3m is not installed'; finish; }
text=$(w3m -dump -cols 80 "$url?q=plainte&lang=fr")
has 'w3m: the box' 'Search Words / termes' "$text"
has 'w3m: the answer' 'plainte' "$text"
has 'w3m: numbered' '1. ' "$text"
finish
