#!/bin/bash
# A full build that is told to stop, and one of which a scribe fails, while several scribes are at work; and what an
# index that replaces another keeps of it.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index site=$scratch/docs
mkdir -p "$site/en"
# the scribes take 32 groups each in turn: of two the first has the long pages
awk -v dir="$site/en" 'BEGIN {
	for (i = 0; i < 2000; i++) {
		file = sprintf("%s/%04d.md", dir, i)
		printf "# Page %d\n\nThe library lends books, room %d.\n", i, i > file
		for (k = 0; i >= 1984 && k < 4000; k++) printf "A sentence about shelf %d in room %d.\n\n", k * 7, i > file
		close(file)
	}
}'
index() { "$TROUVAILLE" index --index "$index" "$@" "$site"; }
ask() { "$TROUVAILLE" search --index "$index" --format json library; }
left() { (cd "$index" && ls | grep -v '^trouvaille\.[0-9]' | tr '\n' ' '); }
index >/dev/null
answer=$(ask)
printf '# New\n\nlibrary\n' >"$site/en/new.md"

# stop SECOND OPTION...: a full build gets SIGTERM when its second scribe is at work; sets status
stop() {
	local second=$1
	shift
	"$TROUVAILLE" index --index "$index" --full "$@" "$site" >"$scratch/out" 2>"$scratch/err" &
	local pid=$!
	until [ -e "$index/build.tmp/$second/0" ] || ! kill -0 $pid 2>/dev/null; do :; done
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
	status=$?
}
scribes=$(nproc)
[ "$scribes" -gt 1 ] || skip 'one processor: one scribe'
for shards in 0 3; do
	[ $shards -gt 0 ] || [ "$scribes" -gt 1 ] || continue
	options=(); [ $shards -eq 0 ] || options=(--shards $shards)
	stop 1 "${options[@]}"
	is "$shards shards: ended by the signal" 143 $status
	is "$shards shards: the old index stands" "$answer" "$(ask)"
	[ -e "$index/build.tmp" ] && ok || not_ok "$shards shards: it was not in the midst"
	index >/dev/null 2>&1
	is "$shards shards: the next run leaves nothing of it" '0 lock trouvaille.db ' "$? $(left)"
	[ "$(ask)" != "$answer" ] && ok || not_ok "$shards shards: the next run does not find what is new"
	rm "$site/en/new.md"; index >/dev/null; is "$shards shards: and is as before" "$answer" "$(ask)"
	printf '# New\n\nlibrary\n' >"$site/en/new.md"
done

# --watch ends by itself, having cleared up
index --full >/dev/null
answer=$(ask)
stop 1 --watch --shards 3
is '--watch: ends well' 0 $status
is '--watch: the old index stands' "$answer" "$(ask)"
is '--watch: nothing is left' 'lock trouvaille.db ' "$(left)"
has '--watch: says so' 'stopped: the old index stands' "$(cat "$scratch/err")"

# the second scribe's disk is full while the first is at its long pages: the first goes no further
if [ "$scribes" -lt 2 ] || grep -qa __asan_init "$TROUVAILLE"; then
	skip 'a scribe that fails: one processor, or nothing can be preloaded before AddressSanitizer'
else
	"${CC:-cc}" -std=gnu17 -O1 -D_GNU_SOURCE -shared -fPIC -o "$scratch/fault.so" tests/fault.c -ldl || not_ok 'fault.c does not compile'
	fault() { env LD_PRELOAD="$scratch/fault.so" FAULT_COUNT="$scratch/count" "$@" "$TROUVAILLE" index --index "$index" --full "$site" >/dev/null 2>"$scratch/err"; }
	fault FAULT_NAMES="$scratch/names"
	whole=$(cut -d' ' -f2 "$scratch/count")
	answer=$(ask)
	first=$(grep -n '^write$' "$scratch/names" | sed -n 2p | cut -d: -f1) # the lock's is the very first
	for _ in {1..15}; do # where threads have to wait the first may be ready before the second, even each time
		fault FAULT_AT="$first" FAULT_ERRNO=28
		status=$?
		grep -q 'build.tmp/1/' "$scratch/err" && break
	done
	is 'a full disk: status' 2 $status
	is 'a full disk: said once' 1 "$(grep -c . "$scratch/err")"
	has 'a full disk: where and why' "$index/build.tmp/" "$(grep 'No space left on device' "$scratch/err")"
	is 'a full disk: the old index stands' "$answer" "$(ask)"
	is 'a full disk: nothing is left' 'lock trouvaille.db ' "$(left)"
	done=$(cut -d' ' -f2 "$scratch/count")
	[ "$done" -lt $((whole / 2)) ] && ok || not_ok "a full disk: the other scribe went on: $done allocations of $whole"

	# a new folder is not there for good before the one above it is synced
	syncs() { env LD_PRELOAD="$scratch/fault.so" FAULT_NAMES="$scratch/names" "$TROUVAILLE" index --index "$scratch/$1" "$scratch/small" >/dev/null; grep -c '^fsync$' "$scratch/names"; }
	mkdir -p "$scratch/small/en" "$scratch/there"; echo page >"$scratch/small/en/a.md"
	is 'a new folder: the one above is synced' $(($(syncs there) + 1)) "$(syncs new)"
	is 'a new folder: first of all' 'mkdir fsync' "$(grep -v open "$scratch/names" | head -n 2 | tr '\n' ' ' | sed 's/ $//')"
fi

# ---- what an index keeps of the one before it
rm -rf "$site" "$index"; mkdir -p "$site/en" "$site/fr"
for i in 1 2 3 4; do printf '# Page\n\nlibrary %d\n' $i >"$site/en/$i.md"; printf '# Page\n\nbibliothèque %d\n' $i >"$site/fr/$i.md"; done
umask 077
index >/dev/null
mode() { stat -c %a "$index"/trouvaille*.db | sort -u | tr '\n' ' '; }
is 'made for its owner' '600 ' "$(mode)"
chmod 640 "$index/trouvaille.db"
chgrp 33 "$index/trouvaille.db" 2>/dev/null; group=$(stat -c %g "$index/trouvaille.db")
changed() { index "$@" | grep -o '[0-9]* changed'; }
echo more >>"$site/en/1.md"; is 'of a pair one file changed' '1 changed' "$(changed)"
is 'opened once, open' '640 ' "$(mode)"
is 'and for the group that was chosen' "$group" "$(stat -c %g "$index/trouvaille.db")"
index --full >/dev/null; is 'a full build too' '640 ' "$(mode)"
index --full --shards 2 >/dev/null; is 'shards too' '640 ' "$(mode)"
is 'of that group' "$group" "$(stat -c %g "$index"/trouvaille*.db | sort -u)"
index --full >/dev/null; is 'and back' '640 ' "$(stat -c %a "$index/trouvaille.db" | sort -u | tr '\n' ' ')"
rm "$site/fr/2.md"; is 'of a pair one is gone' '1 changed' "$(changed)"
mv "$site/en/3.md" "$site/en/33.md"; is 'a new name: one is gone, one is there' '2 changed' "$(changed)"
touch "$site/en/4.md"; is 'touched' '0 changed' "$(changed)"
printf '\n' >>"$site/en/4.md"; printf '\n' >>"$site/fr/4.md"; is 'both of a pair' '2 changed' "$(changed)"
finish
