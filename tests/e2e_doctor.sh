#!/bin/bash
# trouvaille doctor: what it finds, what it advises, what it repairs, its exit status.
set -u
. "$(dirname "$0")/lib.sh"
export -n TROUVAILLE TROUVAILLE_CGI # are not the programs' own
unset TROUVAILLE_BUILD
doctor_program=$TROUVAILLE
cd "$scratch" || exit
case $(namei -m "$(dirname "$scratch")" 2>/dev/null) in
*d????????-' '*) skip 'the scratch folder is closed to other users'; finish ;;
esac
index=$scratch/index site=$scratch/docs db=$scratch/index/trouvaille.db
mkdir -p "$site/en"
printf '# A\n\nText.\n' >"$site/en/a.md"
chmod 755 "$scratch"
doctor() { out=$("$doctor_program" --index "$index" doctor "$@" 2>&1); status=$?; }
# settled STATUS NAME: an examination says so, and changes nothing
settled() { doctor "${@:3}"; is "$2" "$1" $status; }
settled 2 'no index'; has 'no index: said' "wrong    no index in $index" "$out"
settled 2 'no index, and nobody says of what: not made' --repair
[ -e "$index" ] && not_ok 'an index was made in a folder that may be mistyped' || ok
"$TROUVAILLE" --index "$index" index "$site" >/dev/null
settled 0 'all is well'
has 'the index' "ok       the index is whole: $db" "$out"
has 'its passages' 'ok       passages: 1' "$out"
has 'in French' "bien     l’index est entier" "$(env LC_ALL=fr_CA.UTF-8 "$TROUVAILLE" --index "$index" doctor)"
settled 2 'no words' now

# rights: the file, its folder, those above
closed='doubtful other users, such as the web server, may not enter or read:'
chmod 600 "$db"; settled 1 'the file is closed'
has 'the file: said' "$closed $db" "$out"; has 'the file: what to do' 'chmod o+r' "$out"
is 'the file is left alone' 600 "$(stat -c %a "$db")"
settled 0 'the file: repaired' --repair; has 'the file: repair said' "repaired other users, such as the web server, may now come to: $db" "$out"
is 'the file: no more than that' 644 "$(stat -c %a "$db")"
chmod 700 "$index"; settled 1 'the folder is closed'; has 'the folder: said' "$closed $index" "$out"
settled 0 'the folder: repaired' --repair; is 'the folder: no more than that' 711 "$(stat -c %a "$index")"
chmod 755 "$index"; chmod 700 "$scratch"; settled 1 'a folder above'; has 'above: said' "$closed $scratch" "$out"
settled 1 'a folder above is not ours to open' --repair; is 'above: left alone' 700 "$(stat -c %a "$scratch")"
has 'above: what to do' 'chmod o+x' "$out"
chmod 755 "$scratch"
if chgrp 33 "$db" 2>/dev/null; then
	chmod 640 "$db"; settled 0 'a group that somebody chose may read'; chgrp "$(id -g)" "$db"; settled 1 'its own may: nobody else'; chmod 644 "$db"
fi

# a folder that is closed to who asks is not an index that is missing
if [ "$(id -u)" = 0 ]; then
	cp "$doctor_program" "$scratch/other"
	as_games() { setpriv --reuid=games --regid=games --clear-groups "$scratch/other" "$@"; }
	chmod 700 "$index"; doctor_program=as_games
	settled 2 'closed to us'; has 'closed to us: said' "wrong    cannot read or write the index: $db" "$out"
	has 'closed to us: what to do' 'look who owns the index' "$out"
	is 'closed to us: search' "trouvaille: cannot read or write the index: $db" "$(as_games --index "$index" search text 2>&1)"
	doctor_program=$TROUVAILLE; chmod 755 "$index"
fi
settled 0 'and open again'

# the log of questions: nothing is said without one
lacks 'no log: nothing said' 'log of questions' "$out"
log=$scratch/log; mkdir "$log"; export TROUVAILLE_LOG=$log/q
if [ "$(id -u)" = 0 ]; then
	settled 1 'a log that only root could make'; chown nobody "$log"
	settled 0 'a log that is to be made'; : >"$log/q"
	settled 1 'a log that only root can write'; has 'a closed log: said' "doubtful the log of questions cannot be written: $log/q" "$out"
	has 'a closed log: what to do' 'chown www-data' "$out"; chown nobody "$log/q"
	# the index is one user's, the log another's, whose folder is closed: as the package and the README have it
	chmod 750 "$log"; chmod 640 "$log/q"; chown games "$index"
	settled 0 'the log is not of the owner of the index'; has 'as that owner' 'running as the user games' "$out"
	chown root "$log/q"; settled 1 'root sees into its folder'; chown nobody "$log/q"
	doctor_program=as_games; settled 0 'another user cannot, and trusts the folder'
	chown root "$log"; settled 1 'a folder that only root could write in'; chown nobody "$log"
	doctor_program=$TROUVAILLE; chown root "$index"; chmod 755 "$log"
else
	: >"$log/q"
fi
settled 0 'a log that can be written'; has 'the log: said' "ok       log of questions: $log/q" "$out"
truncate -s 256M "$log/q"; settled 1 'a full log'; has 'a full log: said' 'reached 256 MiB' "$out"
rm "$log/q"; mkdir "$log/q"; settled 1 'a log that is a folder'
export TROUVAILLE_LOG=$index/q; : >"$index/q"; [ "$(id -u)" = 0 ] && chown nobody "$index/q"
settled 1 'a log beside the index'; has 'a log beside the index: said' 'stands in the folder of the index' "$out"
rm "$index/q"; unset TROUVAILLE_LOG

# leavings
mkdir "$index/build.tmp"; : >"$index/build.tmp/postlist.glass"; : >"$index/next.tmp"
settled 1 'leavings'; has 'leavings: said' 'a killed build left files' "$out"
[ -e "$index/next.tmp" ] && ok || not_ok 'leavings are not touched'
settled 0 'leavings: repaired' --repair; has 'repaired: said' 'repaired removed what a killed build had left' "$out"
[ -e "$index/build.tmp" ] || [ -e "$index/next.tmp" ] && not_ok 'leavings are still there' || ok
settled 0 'and well'
: >"$index/next.tmp"
exec 9<>"$index/lock"; flock 9; printf '4711\n' >&9
settled 0 'a build is running' --repair; has 'a build is running: whose' 'another process' "$out"
[ -e "$index/next.tmp" ] && ok || not_ok 'a running build is left alone'
exec 9>&-
rm "$index/next.tmp"
: >"$index/build.tmp"; mkdir "$index/next.tmp"; : >"$index/next.tmp/x"
settled 1 'leavings of another kind'; settled 0 'leavings of another kind: repaired' --repair
[ -e "$index/build.tmp" ] || [ -e "$index/next.tmp" ] && not_ok 'leavings of another kind are still there' || ok

# what is no file, in the place of one
rm "$index/lock"; mkdir "$index/lock"; settled 1 'a folder for a lock'
way='this is in the place of a file of the index: remove it, or move it away:'
has 'a folder for a lock: said' "doubtful $way $index/lock" "$out"
is 'a folder for a lock: index' "trouvaille: $way $index/lock" "$("$TROUVAILLE" --index "$index" index "$site" 2>&1)"
rmdir "$index/lock"; mv "$db" "$scratch/db"; mkdir "$db"
for how in '' --repair; do TROUVAILLE_CORPUS=$site settled 2 "a folder for an index $how" $how; has 'a folder for an index: said' "wrong    $way $db" "$out"; lacks 'and nothing that would not help' '--full' "$out"; done
is 'a folder for an index: index' "trouvaille: $way $db" "$("$TROUVAILLE" --index "$index" index --full "$site" 2>&1)"
is 'a folder for an index: search' "trouvaille: $way $db" "$("$TROUVAILLE" --index "$index" search text 2>&1)"
rmdir "$db"; mv "$scratch/db" "$db"; settled 0 'and all is in its place'

# room
if grep -qa __asan_init "$TROUVAILLE"; then
	skip 'a full disk: nothing can be preloaded before AddressSanitizer'
else
	printf '#include <string.h>\n#include <sys/statvfs.h>\nint statvfs(const char *p, struct statvfs *s) { (void)p; memset(s, 0, sizeof *s); s->f_frsize = 4096; return 0; }\n' >"$scratch/full.c"
	"${CC:-cc}" -shared -fPIC -o "$scratch/full.so" "$scratch/full.c" || not_ok 'full.c does not compile'
	mv "$db" "$scratch/db"
	has 'a full disk and no index' 'doubtful too little room on the disk' "$(LD_PRELOAD="$scratch/full.so" "$TROUVAILLE" --index "$index" doctor)"
	mv "$scratch/db" "$db"
	printf '#include <string.h>\n#include <sys/statvfs.h>\nint statvfs(const char *p, struct statvfs *s) { (void)p; memset(s, 0, sizeof *s); s->f_frsize = 4096; s->f_bavail = 1 << 30; s->f_flag = ST_RDONLY; return 0; }\n' >"$scratch/ro.c"
	"${CC:-cc}" -shared -fPIC -o "$scratch/ro.so" "$scratch/ro.c" || not_ok 'ro.c does not compile'
	has 'a disk that is mounted read-only' "doubtful the index is on a disk that is mounted read-only: $index" "$(LD_PRELOAD="$scratch/ro.so" "$TROUVAILLE" --index "$index" doctor)"
	has 'a full disk' 'doubtful too little room on the disk' "$(LD_PRELOAD="$scratch/full.so" "$TROUVAILLE" --index "$index" doctor)"
fi

# damage: behind the head a search may not see it, the doctor does
cp "$db" "$scratch/db"
printf 'X' | dd of="$db" bs=1 seek=20000 conv=notrunc 2>/dev/null
settled 2 'a byte in the middle'; has 'a byte in the middle: said' 'wrong    not an index, or a damaged one' "$out"
has 'a byte in the middle: what to do' 'run `trouvaille index --full`' "$out"
before=$(cksum <"$db")
settled 2 'nobody says of what it is made' --repair
is 'and it is not made of anything else' "$before" "$(cksum <"$db")"
cp "$scratch/db" "$db"
printf 'X' | dd of="$db" bs=1 seek=100 conv=notrunc 2>/dev/null
out=$("$TROUVAILLE" --index "$index" search text 2>&1); is 'a byte of the head: search' 2 $?
has 'a byte of the head: said' 'not an index, or a damaged one' "$out"
head -c 30000 "$scratch/db" >"$db"
out=$("$TROUVAILLE" --index "$index" search text 2>&1); is 'cut short: search' 2 $?
printf 'words' >"$db"; settled 2 'something else'
cksum "$db" >"$scratch/sum"; has 'a list by hand: what to do' 'see whether the list' "$out"
TROUVAILLE_CORPUS=$site settled 2 'a list by hand is not replaced' --repair
is 'a list by hand stays' "$(cat "$scratch/sum")" "$(cksum "$db")"
cp "$scratch/db" "$db"; settled 0 'whole again'

# forge KEY: another value of a note in the index, and a seal that is right
forge() {
	python3 - "$db" "$1" <<'END'
import re, sys
path, key = sys.argv[1], sys.argv[2].encode()
data = bytearray(open(path, 'rb').read())
seal = data.rindex(b'trouvaille ')
del data[seal:]
at = data.index(key) + len(key)
data[at] ^= 1  # one digit for another
def mix(h, word):
    h = (h ^ word) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    return h ^ h >> 32
def checksum(bytes):
    h, n = 0xCBF29CE484222325, len(bytes) & ~7
    for i in range(0, n, 8):
        h = mix(h, int.from_bytes(bytes[i:i + 8], 'little'))
    for b in bytes[n:]:
        h = mix(h, b)
    return h
data += b'trouvaille %016x %016x %016x\n' % (len(data), checksum(data[:16384]), checksum(data))
open(path, 'wb').write(data)
END
}

# made anew of the corpora that the settings name, else of ./corpus
found() { has "$1: searched" 'en/a.md' "$("$TROUVAILLE" --index "$index" search --format paths text 2>&1)"; }
printf 'corpus: docs\n' >"$scratch/conf"
export TROUVAILLE_CONF=$scratch/conf
damage() {
	case $1 in
	analyser) forge analyser ;;
	format) forge format ;;
	byte) printf 'X' | dd of="$db" bs=1 seek=20000 conv=notrunc 2>/dev/null ;;
	else) printf '\0\1words' >"$db" ;;
	empty) : >"$db" ;;
	gone) rm "$db" ;;
	esac
}
while IFS='|' read -r how said; do
	cp "$scratch/db" "$db"; damage "$how"
	settled 2 "$how"; has "$how: said" "wrong    $said" "$out"; has "$how: what to do" 'trouvaille index' "$out"
	settled 0 "$how: repaired" --repair
	has "$how: what is wrong" "wrong    $said" "$out"; has "$how: what was done" "repaired the index was made anew: $index" "$out"
	has "$how: as it is now" "ok       the index is whole: $db" "$out"
	settled 0 "$how: stays"; found "$how"
done <<'END'
analyser|the index was made by a program that reads words otherwise
format|an index of another version
byte|not an index, or a damaged one
else|not an index, or a damaged one
empty|not an index, or a damaged one
gone|no index in
END
damage byte; mv docs away; settled 2 'the corpus is gone' --repair; lacks 'not made of nothing' 'made anew: ' "$out"
mv away docs
export TROUVAILLE_CONF=
mv docs corpus; settled 0 'of ./corpus' --repair; found 'of ./corpus'; mv corpus docs
[ "$(find "$index" -name '*.tmp')" = '' ] && ok || not_ok 'a repair leaves files'

# ---- an index in shards: each part of the list
for i in 1 2 3 4 5 6; do printf '# Page %d\n\nText.\n' $i >"$site/en/$i.md"; done
export TROUVAILLE_CONF=$scratch/conf # which says nothing of shards
"$TROUVAILLE" --index "$index" index --full --shards 2 >/dev/null
rm -rf "$scratch/two"; cp -a "$index" "$scratch/two"
"$TROUVAILLE" --index "$scratch/else" index --full --shards 2 >/dev/null # the same pages, another build
again() { rm -rf "$index"; cp -a "$scratch/two" "$index"; }
part() { echo "$index/trouvaille.1.$1.db"; }
settled 0 'shards'
has 'shards: the list' "ok       the index is a list of parts: $db" "$out"
for k in notes 0 1; do has "shards: part $k" "ok       this part is whole: $(part $k)" "$out"; done
has 'shards: passages of all' 'ok       passages: 7' "$out"
harm() {
	case $1 in
	gone) rm "$(part 1)" ;;
	'no notes') rm "$(part notes)" ;;
	byte) printf 'X' | dd of="$(part 1)" bs=1 seek=20000 conv=notrunc 2>/dev/null ;;
	head) printf 'X' | dd of="$(part 0)" bs=1 seek=0 conv=notrunc 2>/dev/null ;;
	short) truncate -s -1 "$(part 1)" ;;
	words) printf 'auto %s\n' "$(part 0)" >"$(part 1)" ;;
	file) cp "$scratch/db" "$(part 1)" ;;
	'another build') cp "$scratch/else/trouvaille.1.1.db" "$(part 1)" ;;
	'its twin') cp "$(part 0)" "$(part 1)" ;;
	twice) sed -i '$a auto trouvaille.1.1.db' "$db" ;;
	'one line less') sed -i '$d' "$db" ;;
	'not the notes first') sed -i '1d' "$db" ;;
	'half a line') printf 'auto trouvaille.1.notes.db\nauto trouvaille.1.0.db\nauto trouvaille.1.' >"$db" ;;
	esac
}
while IFS='|' read -r how said; do
	again; harm "$how"
	settled 2 "shards, $how"; has "shards, $how: said" "wrong    $said" "$out"; has "shards, $how: what to do" 'trouvaille index' "$out"
	settled 0 "shards, $how: repaired" --repair
	has "shards, $how: what was done" "repaired the index was made anew: $index" "$out"
	is "shards, $how: as many as before" 'notes 0 1 ' "$(sed -n 's/^auto trouvaille\.2\.\(.*\)\.db$/\1/p' "$db" | tr '\n' ' ')"
	settled 0 "shards, $how: stays"; found "shards, $how"
done <<END
gone|this part of the index is not there: $(part 1)
no notes|this part of the index is not there: $(part notes)
byte|not an index, or a damaged one: build it again: $(part 1)
head|not an index, or a damaged one: build it again: $(part 0)
short|not an index, or a damaged one: build it again: $(part 1)
words|not an index, or a damaged one: build it again: $(part 1)
file|this part is of another build than the first: $(part 1)
another build|this part is of another build than the first: $(part 1)
its twin|this part is in the list twice, under one name or two: $(part 1)
twice|this part is in the list twice, under one name or two: $(part 1)
one line less|the list lacks parts of its build, or its first is not the notes: $db
not the notes first|the list lacks parts of its build, or its first is not the notes: $db
half a line|this part of the index is not there: $index/trouvaille.1.
END
again; rm "$(part 0)"; printf 'X' | dd of="$(part 1)" bs=1 seek=20000 conv=notrunc 2>/dev/null
settled 2 'shards, two wrong'
has 'shards, two wrong: one' "not there: $(part 0)" "$out"; has 'shards, two wrong: the other' "damaged one: build it again: $(part 1)" "$out"
again; chmod 600 "$(part 1)"; settled 1 'shards, a closed part'; has 'shards, a closed part: which' "$closed $(part 1)" "$out"
settled 0 'shards, a closed part: repaired' --repair; is 'shards, a closed part: as it is now' 644 "$(stat -c %a "$(part 1)")"
again; cp "$(part 1)" "$index/trouvaille.2.0.db"; settled 1 'shards, those of a killed build'; has 'shards, those of a killed build: said' 'a killed build left files' "$out"
settled 0 'shards, those of a killed build: repaired' --repair
is 'shards, those of a killed build: gone' 'trouvaille.1.0.db trouvaille.1.1.db trouvaille.1.notes.db trouvaille.db ' "$(cd "$index" && ls trouvaille* | tr '\n' ' ')"
again; mv "$(part 0)" "$scratch/elsewhere.db"; printf 'auto trouvaille.1.notes.db\nauto %s\nauto trouvaille.1.1.db\n' "$scratch/elsewhere.db" >"$db"
cksum "$db" >"$scratch/sum"; settled 0 'a list by hand, of parts elsewhere'
chmod 600 "$scratch/elsewhere.db"; settled 1 'elsewhere, closed' --repair; is 'elsewhere: left alone' 600 "$(stat -c %a "$scratch/elsewhere.db")"
rm "$scratch/elsewhere.db"; settled 2 'a list by hand, a part gone' --repair; has 'a list by hand, a part gone: what to do' 'see whether the list' "$out"
is 'a list by hand, a part gone: stays' "$(cat "$scratch/sum")" "$(cksum "$db")"
"$TROUVAILLE" --index "$index" index --full >/dev/null
# a build of shards was killed beside an index of one file
cp "$scratch/two/trouvaille.1.0.db" "$index/trouvaille.7.0.db"; settled 1 'shards beside one file'; settled 0 'shards beside one file: repaired' --repair
[ -e "$index/trouvaille.7.0.db" ] && not_ok 'shards beside one file are still there' || ok
rm "$site/en/"[1-6].md; "$TROUVAILLE" --index "$index" index --full >/dev/null
# damage that a search does not see: a run that finds nothing changed does, in an index that is not large
printf 'X' | dd of="$db" bs=1 seek=20000 conv=notrunc 2>/dev/null
has 'a byte in the middle: the next run' 'damaged' "$("$TROUVAILLE" --index "$index" index 2>&1)"
settled 0 'and made it anew'
# a first byte that makes it no database makes it no list either
printf 'a' | dd of="$db" bs=1 seek=0 conv=notrunc 2>/dev/null
has 'the first byte: search' 'not an index, or a damaged one' "$("$TROUVAILLE" --index "$index" search text 2>&1)"
has 'the first byte: the next run' 'damaged' "$("$TROUVAILLE" --index "$index" index 2>&1)"
settled 0 'and that too'

# corpora: every file of them is read
printf '# B\n\n\377\n' >"$site/en/bad.md"; printf '%s\n' '---' 'title: [' '---' >"$site/en/front.md"; ln -s nothing "$site/en/gone.md"
export TROUVAILLE_CONF=$scratch/conf
settled 1 'files that cannot be used'
has 'files: counted' "ok       corpus: $site (pages: 1)" "$out"
has 'files: bytes' "doubtful $site/en/bad.md:3: not valid UTF-8" "$out"; has 'files: front matter' "doubtful $site/en/front.md:" "$out"
has 'files: a link' "doubtful $site/en/gone.md: symbolic link to nothing" "$out"
rm "$site/en/"{bad,front,gone}.md; settled 0 'files: mended'
if [ "$(id -u)" -ne 0 ]; then
	chmod 0 "$site/en/a.md"; settled 1 'a file that may not be read'; has 'which' "doubtful $site/en/a.md: Permission denied" "$out"; chmod 644 "$site/en/a.md"
fi
# a folder that may be read and not searched: what is in it is named, by the doctor and by a run
mkdir -p "$site/deep/en"; printf '# Deep\n' >"$site/deep/en/w.md"; chmod 744 "$site/deep"
doctor_program=as_games; [ "$(id -u)" = 0 ] || { chmod 644 "$site/deep"; doctor_program=$TROUVAILLE; }
settled 1 'a folder that may not be searched'; has 'not searched: which' "doubtful $site/deep/en: Permission denied" "$out"
out=$("$doctor_program" index --dry-run "$site" 2>&1); is 'not searched: index' 1 $?; has 'not searched: index says which' "trouvaille: $site/deep/en: Permission denied" "$out"
doctor_program=$TROUVAILLE; chmod 755 "$site/deep"; rm -r "$site/deep"; settled 0 'and open again'
# what the system says of a page that cannot be looked at
if ! grep -qa __asan_init "$TROUVAILLE"; then
	cat >"$scratch/stale.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
int fstat(int fd, struct stat *st)
{
	char name[40], place[4096];
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(name, place, sizeof place);
	if (n > 5 && memcmp(place + n - 5, "/a.md", 5) == 0)
		return errno = ESTALE, -1;
	return ((int (*)(int, struct stat *))dlsym(RTLD_NEXT, "fstat"))(fd, st);
}
END
	"${CC:-cc}" -shared -fPIC -o "$scratch/stale.so" "$scratch/stale.c" -ldl || not_ok 'stale.c does not compile'
	has 'a page that went stale' "doubtful $site/en/a.md: Stale file handle" "$(LD_PRELOAD="$scratch/stale.so" "$TROUVAILLE" --index "$index" doctor)"
fi
mkdir "$scratch/void"; printf 'corpus: void\n' >"$scratch/conf"; settled 1 'no pages'
has 'no pages: said' "doubtful there is no page that can be read in this corpus: $scratch/void" "$out"

# settings and environment
printf 'corpus: [docs, nowhere]\nheader: top.{lang}.html\nindex: index\n' >"$scratch/conf"
: >"$scratch/top.en.html"
out=$("$TROUVAILLE" doctor); is 'settings' 1 $?
has 'settings: which' "ok       settings: $scratch/conf" "$out"
has 'settings: a corpus' "ok       corpus: $scratch/docs" "$out"
has 'settings: no corpus' "doubtful this corpus cannot be read: $scratch/nowhere" "$out"
has 'settings: a part' "doubtful the header or footer cannot be read: $scratch/top.fr.html" "$out"
lacks 'settings: a part that is there' 'top.en.html' "$out"
lacks 'settings: no variable is unknown' 'environment variable' "$out"
chmod 600 "$scratch/conf"; out=$("$TROUVAILLE" doctor); chmod 644 "$scratch/conf"
has 'settings: the page could not read them' "$closed $scratch/conf" "$out"; has 'settings: what to do' 'chmod o+r' "$out"
chmod 600 "$scratch/top.en.html"; has 'settings: nor a part' "$closed $scratch/top.en.html" "$("$TROUVAILLE" --index "$index" doctor)"
printf 'corpus: docs\nindex: index\nlang-of: {en: en, nowhere: fr}\n' >"$scratch/conf"
out=$("$TROUVAILLE" doctor); is 'settings: a pattern that covers no page' 1 $?
has 'settings: which' "doubtful $scratch/docs/nowhere: " "$out"; lacks 'settings: not the others' "$scratch/docs/en: " "$out"
printf 'index: index\n' >"$scratch/conf"
out=$("$TROUVAILLE" doctor); is 'settings: of no corpus' 1 $?; has 'settings: of no corpus: said' "doubtful the settings name no corpus: $scratch/conf" "$out"
out=$("$TROUVAILLE" index 2>&1); is 'index of no corpus' 2 $?
has 'index of no corpus: what to do' "\`trouvaille index FOLDER…\`, or \`corpus\` in $scratch/conf" "$out"
printf 'index: index\nurls: htlm\n' >"$scratch/conf"
out=$("$TROUVAILLE" doctor 2>&1); is 'wrong settings' 2 $?; has 'wrong settings: what and where' "$scratch/conf:2: not a value of this setting: urls: htlm (keep," "$out"
export TROUVAILLE_CONF=
out=$(TROUVAILLE_INDX=/x TROUVAILLE_LANG_OF=a=en TROUVAILLE_URLS=keep "$TROUVAILLE" --index "$index" doctor); is 'a misspelt variable' 1 $?
has 'a misspelt variable: which' 'doubtful no setting has the name of this environment variable: TROUVAILLE_INDX' "$out"
is 'the others are known' 1 "$(grep -c 'environment variable' <<<"$out")"

# root in a folder that is another user's leaves nothing there of its own, and sees what that user sees
if [ "$(id -u)" -ne 0 ] || ! setpriv --reuid=33 true 2>/dev/null; then skip 'only root can become another user'; finish; fi
install -m 755 "$TROUVAILLE" "$scratch/trouvaille" # they may not come to where it was built
mkdir "$scratch/theirs"; chown 33:33 "$scratch/theirs"; index=$scratch/theirs
out=$("$TROUVAILLE" --index "$index" index "$site" 2>&1); is 'their folder: status' 0 $?
has 'their folder: said' "running as the user $(id -nu 33), who owns the index’s folder" "$out"
is 'their folder: all in it is theirs' "$(printf '33\n33\n33')" "$(stat -c %u "$index" "$index"/*)"
setpriv --reuid=33 --regid=33 --clear-groups "$scratch/trouvaille" --index "$index" index "$site" >/dev/null; is 'their folder: their next run' 0 $?
settled 0 'their folder: and well'
printf X | dd of="$index/trouvaille.db" bs=1 seek=20000 conv=notrunc 2>/dev/null
TROUVAILLE_CORPUS=$site settled 0 'their folder: repaired' --repair; is 'their folder: still theirs' 33 "$(stat -c %u "$index/trouvaille.db")"
chmod 700 "$site"; out=$("$TROUVAILLE" --index "$index" index "$site" 2>&1); is 'their folder: a corpus that they may not read' 2 $?
TROUVAILLE_CORPUS=$site settled 1 'their folder: the doctor sees that'; has 'their folder: which' "this corpus cannot be read: $site" "$out"
finish
