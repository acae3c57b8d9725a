#!/bin/bash
# Corpora that nobody would write: deep, long, many, broken, hostile, moving. What is indexed, what is warned of, and
# memory in proportion to the input. Smaller under ASan, which takes many times as long. ROUNDS of 20 runs move.
set -u
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { skip 'python3 is not installed'; finish; }
case ${TROUVAILLE_BUILD:-} in *asan*) big= ;; *) big=1 ;; esac
python3 - "$scratch" $big <<'EOF'
import os, sys
os.chdir(sys.argv[1])
megabytes, headings, files = (10, 1000000, 100000) if len(sys.argv) > 2 else (2, 50000, 10000)
def page(path, text):
    os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
    with open(path, 'wb') as f:
        f.write(text.encode() if isinstance(text, str) else text)
page('lines/a.md', '# A\n\n' + 'mot ' * (megabytes * 250000))
page('lines/b.md', '# B\n\n' + 'x' * (megabytes * 1000000))
page('lines/c.md', '# ' + 'y ' * 100000 + '\n')
page('title/a.md', '# ' + 'y ' * 5000000 + '\n')
page('words/a.md', '# W\n\n' + ' '.join('w%d' % i for i in range(megabytes * 100000)))
page('same/a.md', '# H\n' * 100000)
page('headings/a.md', ''.join('# H%d\n\nx\n' % i for i in range(headings)))
nests = {'quotes': '>' * 200000 + ' x', 'lists': ''.join(' ' * i + '- a\n' for i in range(1500)), 'brackets': '[' * 200000,
         'stars': '*a **b ' * 100000, 'ticks': '`'.join('`' * (i % 50) for i in range(50000)), 'images': '![a' * 100000,
         'divs': '<div>' * 100000, 'tables': '|a' * 100000 + '\n|' + '-|' * 100000, 'hashes': '# ' + '#' * 300000 + '\n' + 'a\n===\n' * 10000,
         'references': '[a]: x\n' * 50000 + '[a]' * 50000, 'less': '<' * 300000, 'entities': '&#x41;' * 200000,
         'comments': '<!--' * 100000 + '\n\n' + '<a name=' * 100000, 'ids': '# {#' * 20000, 'langs': '<div lang=fr>\n\nx\n\n' * 5000}
for name, text in nests.items():
    page('nests/%s.md' % name, text + '\n')
page('yaml/long.md', '---\n' + 'a: b\n' * 10000 + '---\n# T\n')
page('yaml/title.md', '---\ntitle: "' + 't' * 60000 + '"\n---\n# T\n')
page('yaml/unclosed.md', '---\ntitle: x\n')
page('yaml/tag.md', '---\ntitle: !!python/object:os.system x\n---\n# T\n')
# nine to the power of the number of lines: as lists, as mappings, merged, in a value of ours; then depth and length
lists = 'a0: &a0 [x]\n' + ''.join('a%d: &a%d [%s]\n' % (i, i, ','.join(['*a%d' % (i - 1)] * 9)) for i in range(1, 900))
maps = 'a0: &a0 {k: v}\n' + ''.join('a%d: &a%d {%s}\n' % (i, i, ', '.join('k%d: *a%d' % (j, i - 1) for j in range(9))) for i in range(1, 500))
merge = 'a0: &a0 {k: v}\n' + ''.join('a%d: &a%d {<<: [*a%d, *a%d]}\n' % (i, i, i - 1, i - 1) for i in range(1, 900))
bombs = {'laughs': lists, 'maps': maps, 'merge': merge, 'few': 'a: &a [x,x]\nb: &b [*a,*a,*a,*a]\ntitle: x\n', 'title': lists + 'title: *a899\n',
         'area': lists + 'area: *a899\n', 'self': 'a: &a [*a]\n', 'key': '&k title: x\n*k : y\n', 'anchors': ''.join('a%d: &a%d x\n' % (i, i) for i in range(3000)),
         'flow': 'a: ' + '[' * 10000 + ']' * 10000 + '\n', 'open': 'a: ' + '[' * 60000 + '\n', 'braces': 'a: ' + '{a: ' * 15000 + '\n',
         'dashes': '- ' * 30000 + '\n', 'questions': '? ' * 30000 + '\n', 'stairs': ''.join(' ' * i + 'a:\n' for i in range(300)) + ' ' * 300 + 'b\n',
         'name': 'a: &' + 'x' * 60000 + ' b\n', 'huge': 'a: ' + '[x, ' * 2000000 + '\n', 'tags': '%TAG !a! tag:x,2000:\n' * 1000}
for name, text in bombs.items():
    page('bombs/%s.md' % name, '---\n' + text + '---\n# T\n')
page('bombs/ok.md', '---\na: "' + '\\x41' * 15000 + '"\n---\n# OK\n')
page('bomb.conf', lists + 'corpus: *a899\n')
page('deep.conf', 'corpus: ' + '[' * 30000 + '\n')
page('bytes/bidi.md', '# \u202eabc\u202c \x01\x1b[31m rouge\n\ntexte \u200bcach\u00e9\ufeff\n')
page('bytes/bad.md', b'# T\n\n\xff\xfe bad\n')
page('bytes/nul.md', b'# T\n\nx\x00y\n')
page('bytes/crlf.md', b'# T\r\n\r\nx\r\n')
page('bytes/cr.md', b'# T\r\rx\r')
page('bytes/empty.md', b'')
page('bytes/bom.md', b'\xef\xbb\xbf# T\n')
for name in (b'a\nb.md', b'\xff.md', b'-rf.md', b'a b.md', b'\x1b[31m.md', b'%s.md', b'"q".md', b'x' * 250 + b'.md'):
    os.makedirs('names', exist_ok=True)
    with open(b'names/' + name, 'w') as f:
        f.write('# N\n\nname\n')
page('deep/' + 'd/' * 80 + 'x.md', '# X\n')
page('deep/ok.md', '# OK\n')
page('odd/ok.md', '# OK\n')
os.mkdir('odd/dir.md')
os.mkfifo('odd/fifo.md')
for to, name in (('/etc/passwd', 'out.md'), ('loop.md', 'loop.md'), ('.', 'self'), ('/dev/zero', 'zero.md'), ('..', 'up')):
    os.symlink(to, 'odd/' + name)
for i in range(files):
    os.makedirs('many', exist_ok=True)
    with open('many/p%d.md' % i, 'w') as f:
        f.write('# P%d\n\nword%d\n' % (i, i % 1000))
EOF

# index NAME: into the scratch folder's index; sets status and out
index() {
	out=$( ("${limit[@]}" "$TROUVAILLE" --index "$scratch/index" index --full "$scratch/$1") 2>"$scratch/err"); status=$?
}
# in kB of address space: what the text takes many times over, and what the libraries take
within() { ulimit -v "$1" || exit; shift; "$@"; }
limit=()
memory() { if [ $big ]; then limit=(within "$1"); else limit=(); fi; }
if [ $big ]; then headings=1,000,000 files=100,000; else headings=50,000 files=10,000; fi

# name, kB, status, files, passages, warnings
while read -r name kb expected count passages warnings; do
	memory "$kb"
	index "$name"
	is "$name: status" "$expected" "$status"
	has "$name: counts" "Indexed: $count file" "$out"
	has "$name: passages" " $passages passage" "$out"
	is "$name: warnings" "$warnings" "$(grep -c '^trouvaille: ' "$scratch/err")"
	lacks "$name: no control character gets out" $'\033' "$out$(cat "$scratch/err")"
done <<EOF
lines 300000 0 3 3 0
title 300000 1 0 0 1
words 1300000 0 1 1 0
same 300000 0 1 100,000 0
headings 1000000 0 1 $headings 0
nests 400000 0 15 10,012 0
yaml 150000 0 4 4 0
bombs 150000 1 1 1 18
bytes 150000 1 5 4 2
names 150000 0 8 8 0
deep 150000 1 1 1 1
odd 150000 1 1 1 6
many 200000 0 $files $files 0
EOF
expected=$([ $big ] && echo 100 || echo 10)
is 'many: each is found' "$expected" "$("$TROUVAILLE" --index "$scratch/index" search --only --format json --limit 100 word7 | grep -c '"snippet"')"
memory 150000
for bomb in bomb deep; do
	("${limit[@]}" "$TROUVAILLE" --conf "$scratch/$bomb.conf" --index "$scratch/index" search word7) >"$scratch/out" 2>&1
	is "settings: $bomb" 2 $?
	has "settings: $bomb is told with its line" "$scratch/$bomb.conf:" "$(cat "$scratch/out")"
done

# A writer keeps changing, cutting, replacing, renaming and deleting while index runs: it ends well each time, and once
# all is quiet the next run answers as a build from nothing.
cat >"$scratch/writer.py" <<'EOF'
import os, random, shutil, signal, sys, time
os.chdir(sys.argv[1])
dice, once = random.Random(5), sys.argv[2] == 'once'
words = 'alpha beta gamma delta epsilon zeta eta theta iota kappa'.split()
def text():
    front = dice.choice(['', '', '---\ntitle: %s\n---\n' % dice.choice(words), '---\nlang: %s\n---\n' % dice.choice(['en', 'fr']),
                         '---\ntranslationKey: k%d\n---\n' % dice.randrange(20), '---\ntitle: [\n---\n', '---\narea: x\n'])
    return (front + ''.join('# %s\n\n%s\n\n' % (dice.choice(words), ' '.join(dice.choices(words, k=dice.choice([1, 20, 500]))))
                            for _ in range(dice.randrange(1, 6)))).encode()
def name():
    return '%s/%s%d.md' % (dice.choice(['en', 'fr', 'en/sub', 'fr/sub']), dice.choice(['p', 'q']), dice.randrange(80))
def remove(path):
    shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.remove(path)
# A FIFO has no reader; and what a link leads to, inside the corpus or out of it, is never written to.
def careful(path, flags):
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW, 0o666)
def write(path, how, what=None):
    with open(path, how, opener=careful) as f:
        f.write(text() if what is None else what)
def cut(path):
    with open(path, 'rb+', opener=careful) as f:
        f.truncate(dice.randrange(1 + os.fstat(f.fileno()).st_size))
def act(path):
    what = dice.randrange(14)
    if what < 4:
        write(path, 'wb')
    elif what < 6:
        write(path, 'ab')
    elif what == 6:
        cut(path)
    elif what < 9:
        write('.new', 'wb')
        os.rename('.new', path)
    elif what == 9:
        os.rename(path, name())
    elif what == 10:
        remove(path)
        dice.choice([lambda: os.symlink('../en/p1.md', path), lambda: os.symlink(path, path), lambda: os.mkfifo(path),
                     lambda: os.mkdir(path), lambda: os.symlink('../../secret.md', path)])()
    elif what == 11:
        write(path, 'wb', dice.choice([b'\xff', b'# T\n\nx\0y\n', b'', text()[:-3] + b'\xc3']))
    elif dice.randrange(40) == 0:
        os.rename('en/sub', 'away')
        os.rename('away', 'fr/sub') if dice.randrange(2) else shutil.rmtree('away')
    else:
        remove(path)
running = True
def stop(*_):
    global running
    running = False
signal.signal(signal.SIGTERM, stop)
done = 0
while running and sys.argv[2] == 'swap':  # a page, and a link to what is not in the corpus, in turn
    os.symlink('../secret.md', '.link')
    os.rename('.link', 'hot.md')
    time.sleep(0.0003)
    with open('.page', 'w') as f:
        f.write('# Alpha\n')
    os.rename('.page', 'hot.md')
    time.sleep(0.0003)
while running and not (once and done > 600):
    for folder in ('en/sub', 'fr/sub'):
        os.makedirs(folder, exist_ok=True)
    try:
        act(name())
    except OSError:
        pass
    done += 1
    if not once:  # in bursts and in drops: half of it changed, or a file or two
        time.sleep(dice.choice([0, 0, 0.0005, 0.02]))
print(done)
EOF
moving=$scratch/moving
secret=$'# Secret\n\nNobody may find this.'
echo "$secret" >"$scratch/secret.md"
mkdir "$moving"; printf '# Alpha\n\nThis stays.\n' >"$moving/stays.md"
python3 "$scratch/writer.py" "$moving" once >/dev/null
answers() {
	local word
	for word in alpha beta gamma delta epsilon zeta eta theta iota kappa '"alpha beta"' 'gamma delta' 'area:x' 'title:zeta' 'epsi*' stays; do
		"$TROUVAILLE" --index "$1" search --format json --limit 100 "$word" 2>&1
	done
}
rounds=$([ $big ] && echo "${ROUNDS:-2}" || echo 2) runs=$([ $big ] && echo 20 || echo 5)
limit=()
for ((round = 0; round < rounds; round++)); do
	python3 "$scratch/writer.py" "$moving" on >"$scratch/done" & writer=$!
	python3 "$scratch/writer.py" "$moving" swap >/dev/null & swapper=$!
	for ((run = 0; run < runs; run++)); do
		full=(); ((run % 5 == 4)) && full=(--full)
		timeout 60 "$TROUVAILLE" --index "$scratch/mi" index "${full[@]}" "$moving" >"$scratch/out" 2>"$scratch/err"; status=$?
		if [ $status -le 1 ]; then ok; else not_ok "moving: run $round/$run: status $status"; tail -3 "$scratch/err"; fi
		answers "$scratch/mi" | grep -q '^trouvaille: ' && not_ok "moving: run $round/$run: a search fails" || ok
		"$TROUVAILLE" --index "$scratch/mi" search nobody >"$scratch/out"; is "moving: run $round/$run: nothing from outside" 1 $?
	done
	kill $writer $swapper; wait $writer $swapper
	[ "$(cat "$scratch/done")" -gt $runs ] && ok || not_ok "moving: the writer did but $(cat "$scratch/done") things"
	"$TROUVAILLE" --index "$scratch/mi" index "$moving" >"$scratch/out" 2>"$scratch/err"
	"$TROUVAILLE" --index "$scratch/mf" index --full "$moving" >"$scratch/out" 2>"$scratch/err2"
	answers "$scratch/mi" >"$scratch/a"; answers "$scratch/mf" >"$scratch/b"
	cmp -s "$scratch/a" "$scratch/b" && ok || { not_ok "moving: round $round: quiet, and it answers otherwise than a full build"; diff "$scratch/a" "$scratch/b" | head -20; }
	is "moving: round $round: the same warnings" "$(sort "$scratch/err2")" "$(sort "$scratch/err")"
	is "moving: round $round: nothing was written outside" "$secret" "$(cat "$scratch/secret.md")"
	has "moving: round $round: something is found" '"snippet"' "$(head -c 100000 "$scratch/a")"
done
finish
