#!/bin/bash
# trouvaille doctor: what it finds, what it repairs, its exit status.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index site=$scratch/docs
mkdir -p "$site/en"
printf '# A\n\nText.\n' >"$site/en/a.md"
doctor() { out=$("$TROUVAILLE" --index "$index" doctor "$@" 2>&1); status=$?; }
doctor; is 'no index' 2 $status; has 'no index: said' "wrong    no index in $index" "$out"
"$TROUVAILLE" --index "$index" index "$site" >/dev/null
chmod 755 "$scratch" "$index"; chmod 644 "$index/trouvaille.db"
doctor
is 'all is well' 0 $status
has 'the index' "ok       the index is whole: $index/trouvaille.db" "$out"
has 'its passages' 'ok       passages: 1' "$out"
out=$(env LC_ALL=fr_CA.UTF-8 "$TROUVAILLE" --index "$index" doctor); has 'in French' "bien     l’index est entier" "$out"
doctor now; is 'no words' 2 $status

chmod 600 "$index/trouvaille.db"; doctor; is 'not for the server' 1 $status
has 'not for the server: said' "doubtful other users, such as the web server, may not read: $index/trouvaille.db" "$out"
chmod 644 "$index/trouvaille.db"

# leavings
mkdir "$index/build.tmp"; : >"$index/build.tmp/postlist.glass"; : >"$index/next.tmp"
doctor; is 'leavings' 1 $status; has 'leavings: said' 'a killed build left files' "$out"
[ -e "$index/next.tmp" ] && ok || not_ok 'leavings are not touched'
doctor --repair; is 'repaired' 0 $status; has 'repaired: said' 'removed what a killed build had left' "$out"
[ -e "$index/build.tmp" ] || [ -e "$index/next.tmp" ] && not_ok 'leavings are still there' || ok
doctor; is 'and well' 0 $status
: >"$index/next.tmp"
exec 9<>"$index/lock"; flock 9; printf '4711\n' >&9
doctor --repair; is 'a build is running' 0 $status; has 'a build is running: whose' 'another process' "$out"
[ -e "$index/next.tmp" ] && ok || not_ok 'a running build is left alone'
exec 9>&-
rm "$index/next.tmp"

# damage: behind the head a search may not see it, the doctor does
cp "$index/trouvaille.db" "$scratch/db"
printf 'X' | dd of="$index/trouvaille.db" bs=1 seek=20000 conv=notrunc 2>/dev/null
doctor; is 'a byte in the middle' 2 $status; has 'a byte in the middle: said' 'wrong    not an index, or a damaged one' "$out"
cp "$scratch/db" "$index/trouvaille.db"
printf 'X' | dd of="$index/trouvaille.db" bs=1 seek=100 conv=notrunc 2>/dev/null
out=$("$TROUVAILLE" --index "$index" search text 2>&1); is 'a byte of the head: search' 2 $?
has 'a byte of the head: said' 'not an index, or a damaged one' "$out"
head -c 30000 "$scratch/db" >"$index/trouvaille.db"
out=$("$TROUVAILLE" --index "$index" search text 2>&1); is 'cut short: search' 2 $?
printf 'words' >"$index/trouvaille.db"
doctor; is 'something else' 2 $status
mv "$scratch/db" "$index/trouvaille.db"; doctor; is 'whole again' 0 $status

# settings
printf 'corpus: [docs, nowhere]\nheader: top.{lang}.html\nindex: index\n' >"$scratch/conf"
: >"$scratch/top.en.html"
out=$("$TROUVAILLE" --conf "$scratch/conf" doctor); is 'settings' 1 $?
has 'settings: which' "ok       settings: $scratch/conf" "$out"
has 'settings: a corpus' "ok       corpus: $scratch/docs" "$out"
has 'settings: no corpus' "doubtful this corpus cannot be read: $scratch/nowhere" "$out"
has 'settings: a part' "doubtful the header or footer cannot be read: $scratch/top.fr.html" "$out"
lacks 'settings: a part that is there' 'top.en.html' "$out"
finish
