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
printf 'underwater\tpostponed\n' >"$corpus/lexique.tsv"
for ((i = 0; i < 300; i++)); do grep -q 'lexique changed$' "$scratch/out" && break; sleep 0.1; done
has 'the lexique alone: said' '0 changed, lexique changed' "$(cat "$scratch/out")"
kill -TERM "$pid"; wait "$pid"; is 'SIGTERM' 0 $?
is 'nothing left behind' 'lock trouvaille.db' "$(cd "$corpus/.index" && echo *)"
runs=$(grep -c '^Indexed' "$scratch/out"); [ "$runs" -ge 5 ] && ok || not_ok "$runs runs were told"

# a root with a link on the way to it, which is switched to another folder; and a folder that takes its place
for k in 1 2 3 4; do mkdir -p "$scratch/srv/rel$k/site/en"; echo "release number$k" >"$scratch/srv/rel$k/site/en/a.md"; done
ln -s rel1 "$scratch/srv/current"; ln -s srv "$scratch/way"
corpus=$scratch/linked; mkdir "$corpus"
"$TROUVAILLE" index --watch --index "$corpus/.index" "$scratch/way/current/site" >"$scratch/out" 2>&1 & pid=$!
soon 'a link: at first' number1 'en/a.md'
switch() { ln -s "$1" "$scratch/srv/next"; mv -T "$scratch/srv/next" "$scratch/srv/current"; }
switch rel2; soon 'a link is switched' number2 'en/a.md'
echo 'release edited' >"$scratch/srv/rel2/site/en/a.md"; soon 'and what it leads to is watched' edited 'en/a.md'
switch "$scratch/srv/rel3"; soon 'a link is switched to a whole path' number3 'en/a.md'
mv "$scratch/srv/rel3" "$scratch/srv/old"; mv "$scratch/srv/rel4" "$scratch/srv/rel3"; soon 'a folder takes the place of another' number4 'en/a.md'
runs=$(grep -c '^Indexed' "$scratch/out"); touch "$scratch/srv/else"; mkdir "$scratch/else"; echo 'release changed' >"$scratch/srv/rel2/site/en/a.md"; sleep 1
is 'what happens beside the way, or where it led before, is nothing' "$runs" "$(grep -c '^Indexed' "$scratch/out")"

# SIGTERM in the midst of a long file; whatever the run is at
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "# H%d\n\nx\n", i }' >"$scratch/srv/rel3/site/en/long.md"
for ((i = 0; i < 300; i++)); do [ -d "$corpus/.index/build.tmp" ] && break; sleep 0.02; done
sleep 0.2; since=${EPOCHREALTIME/./}
kill -TERM "$pid"; wait "$pid"; is 'SIGTERM in the midst: status' 0 $?
took=$((${EPOCHREALTIME/./} - since)); [ $took -lt 1500000 ] && ok || not_ok "SIGTERM in the midst: took $took µs"
has 'SIGTERM in the midst: said' 'trouvaille: stopped: the old index stands' "$(cat "$scratch/out")"
is 'SIGTERM in the midst: nothing left behind' 'lock trouvaille.db' "$(cd "$corpus/.index" && echo *)"
is 'SIGTERM in the midst: the old index answers' 'en/a.md' "$(found number4)"

# a run that the system ends, as where memory is short, is told of once and tried again; with the watching process its run ends
"$TROUVAILLE" index --watch --full --index "$corpus/.index" "$scratch/way/current/site" >"$scratch/out" 2>&1 & pid=$!
run_of() { for ((i = 0; i < 300; i++)); do run=$(cat "/proc/$pid/task/$pid/children") && [ "$run" ] && break; sleep 0.02; done; }
run_of; kill -KILL $run; sleep 0.3; run_of; kill -KILL $run; sleep 0.3
is 'a run is killed: said once' 1 "$(grep -c '^trouvaille: a library gave up' "$scratch/out")"
run_of; [ "$run" ] && ok || not_ok "a run that failed is not tried again"; kill -KILL $pid; wait $pid 2>/dev/null
lives() { grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$run/status" 2>/dev/null; }
for ((i = 0; i < 100; i++)); do lives || break; sleep 0.02; done
lives && not_ok 'the run outlives the process that watches' || ok
finish
