#!/bin/bash
# trouvaille index --watch: saves in place and by rename, new folders, a branch switch of many files, SIGTERM.
set -u
. "$(dirname "$0")/lib.sh"
corpus=$scratch/corpus; mkdir -p "$corpus/en" "$corpus/fr"
echo 'the first page' >"$corpus/en/a.md"
(cd "$scratch" && exec "$(realpath "$OLDPWD/$TROUVAILLE" 2>/dev/null || realpath "$TROUVAILLE")" index --watch --index "$corpus/.index" corpus) >"$scratch/out" 2>&1 &
pid=$!
found() { "$TROUVAILLE" search --index "$corpus/.index" --format paths "$1" 2>/dev/null | head -n 1; }
# soon WHAT WORD PATH: within a time that no machine takes
soon() {
	local i got
	for ((i = 0; i < 300; i++)); do got=$(found "$2"); [ "$got" = "$3" ] && break; sleep 0.1; done
	is "$1" "$3" "$got"
}
soon 'at first' first 'en/a.md'
echo 'the second text' >"$corpus/en/a.md"; soon 'written in place' second 'en/a.md'
echo 'the third text' >"$corpus/en/.a.md.swp"; mv "$corpus/en/.a.md.swp" "$corpus/en/a.md"; soon 'saved by rename' third 'en/a.md'
mkdir -p "$corpus/en/deep/er"; echo 'down below' >"$corpus/en/deep/er/b.md"; soon 'a new folder' below 'en/deep/er/b.md'
echo 'further below: submarine' >"$corpus/en/deep/er/c.md"; soon 'a page in the new folder' submarine 'en/deep/er/c.md'
rm -r "$corpus/en/deep"; soon 'a folder removed' submarine ''
many=${WATCH_FILES:-2000}
mkdir "$scratch/branch"; for ((i = 0; i < many; i++)); do echo "branch page $i" >"$scratch/branch/p$i.md"; done
echo 'last of the branch: terminus' >"$scratch/branch/z.md"; mv "$scratch/branch" "$corpus/en/branch"
soon "a branch of $many files" terminus 'en/branch/z.md'
for ((i = 0; i < many; i++)); do echo "other branch $i" >"$corpus/en/branch/p$i.md"; done
echo 'quay' >"$corpus/en/branch/z.md"; soon 'another branch' quay 'en/branch/z.md'
mv "$corpus" "$scratch/away"; sleep 3.5; mv "$scratch/away" "$corpus"; echo 'back again: homecoming' >"$corpus/en/a.md"; soon 'the corpus was away' homecoming 'en/a.md'
is 'the corpus was away: said once' 1 "$(grep -c 'No such file' "$scratch/out")"
(flock 9; echo 'while locked: postponed' >"$corpus/en/l.md"; sleep 1.5) 9>>"$corpus/.index/lock"; soon 'another held the lock' postponed 'en/l.md'
kill -TERM "$pid"; wait "$pid"; is 'SIGTERM' 0 $?
is 'nothing left behind' 'lock trouvaille.db' "$(cd "$corpus/.index" && echo *)"
runs=$(grep -c '^Indexed' "$scratch/out"); [ "$runs" -ge 5 ] && ok || not_ok "$runs runs were told"
finish
