#!/bin/bash
# What distribution costs: milliseconds of the queries of tests/shards.queries in both languages, on one database, on
# four shards here, and on four behind xapian-tcpsrv on loopback ports; as a whole process each, and as requests to
# FastCGI below lighttpd. SHARDS (4), SHARDS_RUNS (5), SHARDS_SITE (../shared/corpora/vue).
set -u
cd "$(dirname "$0")/.." || exit
. tests/lib.sh
. tests/shards.sh
n=${SHARDS:-4} site=${SHARDS_SITE:-../shared/corpora/vue}
[ -d "$site" ] || { echo "measure-shards: $site is not here" >&2; exit 1; }
declare -A server
stop() {
	local name
	for name in "${!server[@]}"; do kill "${server[$name]}"; wait "${server[$name]}"; done 2>/dev/null
	shards_stop
	cleanup
}
trap stop EXIT

"$TROUVAILLE" index --index "$scratch/one" "$site" corpus 2>/dev/null
"$TROUVAILLE" index --index "$scratch/here" --shards "$n" "$site" corpus >/dev/null 2>&1
shards_serve "$scratch/here" "$scratch/far"
places=()
for place in 'one database:one' "$n shards here:here" "$n shards by xapian-tcpsrv on loopback:far"; do
	name=${place#*:}
	tests/serve.sh "$TROUVAILLE_CGI" "$scratch/$name" fastcgi >"$scratch/$name.address" 2>"$scratch/$name.log" &
	server[$name]=$!
	for _ in $(seq 100); do [ -s "$scratch/$name.address" ] && break; sleep 0.1; done
	places+=("${place%:*}" "$scratch/$name" "$(head -1 "$scratch/$name.address" | grep -o 'http://[^ ]*')")
done
stat -c '%s %n' "$scratch"/{one,here}/*.db | awk -v folder="$scratch/" '{ sub(folder, "", $2); print $1 " bytes: " $2 }'
python3 tests/measure_shards.py "$TROUVAILLE" "${SHARDS_RUNS:-5}" tests/shards.queries "${places[@]}"
