#!/bin/bash
# The benchmark's trees: the same seed gives the same bytes, of the size asked for, and nothing the indexer objects to.
# Once: the programs that measure are built once.
set -u
. "$(dirname "$0")/lib.sh"
generate=${TROUVAILLE_BUILD:-build}/tests/generate sites=../shared/corpora tree=$scratch/tree

if [ ! -d "$sites/vue" ]; then
	skip '../shared/corpora is not here: pages to recombine'
	finish
fi
if [ ! -x "$generate" ]; then
	skip "generate is not among the programs of $generate"
	finish
fi
"$generate" "$sites" "$tree" 1 500 7 >/dev/null
"$generate" "$sites" "$scratch/again" 1 500 7 >/dev/null
is 'the same seed gives the same tree' '' "$(diff -r "$tree" "$scratch/again" | head -n 3)"
is 'number of files' 500 "$(find "$tree" -name '*.md' | wc -l)"
bytes=$(find "$tree" -name '*.md' -exec cat {} + | wc -c)
is 'size within a twentieth' yes "$( ((bytes > 950000 && bytes < 1050000)) && echo yes || echo "$bytes")"

said=$("$TROUVAILLE" --index "$scratch/index" index "$tree" 2>&1)
is 'indexed without a warning' 0 $?
is 'seven pages in ten are translated' yes "$(printf '%s\n' "$said" | grep -q ' [34][0-9][0-9] files with their translations' && echo yes || echo "$said")"

"$generate" change "$tree" 2 7 >/dev/null
changed=$(diff -rq "$tree" "$scratch/again" | wc -l)
is 'a few files are changed' yes "$( ((changed > 2 && changed < 25)) && echo yes || echo "$changed")"
finish
