#!/bin/bash
# What distribution costs: median milliseconds of the queries of tests/shards.queries in both languages, on one
# database, on four shards here, and on four behind xapian-tcpsrv on loopback ports; by CLI (a whole process) and inside
# a lasting process (FastCGI below lighttpd, the time of the request). SHARDS_RUNS (5), SHARDS_SITE.
set -u
cd "$(dirname "$0")/.." || exit
. tests/lib.sh
. tests/shards.sh
site=${SHARDS_SITE:-../shared/corpora/vue} runs=${SHARDS_RUNS:-5}
[ -d "$site" ] || { echo "measure-shards: $site is not here" >&2; exit 1; }
one=$scratch/one four=$scratch/four far=$scratch/far
trap 'shards_stop; cleanup' EXIT
"$TROUVAILLE" index --index "$one" "$site" corpus >/dev/null 2>&1
"$TROUVAILLE" index --index "$four" --shards 4 "$site" corpus >/dev/null 2>&1
shards_serve "$four" "$far"
passages=$("$TROUVAILLE" doctor --index "$one" 2>/dev/null | grep -o '[0-9][0-9  ,]* passages' | head -1)

python3 - "$TROUVAILLE" "$runs" "$passages" tests/shards.queries 'one database' "$one" '4 shards here' "$four" '4 shards by xapian-tcpsrv, loopback' "$far" <<'END'
import os, statistics, subprocess, sys, time

program, runs, passages, queries = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
places = list(zip(sys.argv[5::2], sys.argv[6::2]))
asked = [(q.rstrip('\n'), l) for q in open(queries, encoding='utf-8') for l in ('en', 'fr')]
took = {name: [] for name, _ in places}
for run in range(runs):
    for q, l in asked: # interleaved, so that what else the machine does falls on all alike
        for name, index in places:
            start = time.perf_counter()
            subprocess.run([program, 'search', '--index', index, '--format', 'json', '--lang', l, '--', q],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            took[name].append((time.perf_counter() - start) * 1000)
print(f'{passages}, {len(asked)} queries, {runs} runs; a whole process each')
print('| | p50 ms | p90 ms | p99 ms |')
print('|---|--:|--:|--:|')
for name, _ in places:
    t = sorted(took[name])
    print(f'| {name} | {statistics.median(t):.1f} | {t[len(t) * 90 // 100]:.1f} | {t[len(t) * 99 // 100]:.1f} |')
END
