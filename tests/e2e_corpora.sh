#!/bin/bash
# Corpora that nobody would write: deep, long, many, broken, hostile. What is indexed, what is warned of, and memory in
# proportion to the input.
set -u
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { skip 'python3 is not installed'; finish; }
python3 - "$scratch" <<'EOF'
import os, sys
os.chdir(sys.argv[1])
def page(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(text.encode() if isinstance(text, str) else text)
page('lines/a.md', '# A\n\n' + 'mot ' * 500000)
page('lines/b.md', '# B\n\n' + 'x' * 3000000)
page('lines/c.md', '# ' + 'y ' * 100000 + '\n')
page('headings/a.md', '# H\n' * 100000)
page('headings/b.md', ''.join('# H%d\n\nx\n' % i for i in range(50000)))
nests = {'quotes': '>' * 200000 + ' x', 'lists': ''.join(' ' * i + '- a\n' for i in range(1500)), 'brackets': '[' * 200000,
         'stars': '*a **b ' * 100000, 'ticks': '`'.join('`' * (i % 50) for i in range(50000)), 'images': '![a' * 100000,
         'divs': '<div>' * 100000, 'tables': '|a' * 100000 + '\n|' + '-|' * 100000, 'hashes': '# ' + '#' * 300000 + '\n' + 'a\n===\n' * 10000,
         'references': '[a]: x\n' * 50000 + '[a]' * 50000, 'less': '<' * 300000, 'entities': '&#x41;' * 200000,
         'comments': '<!--' * 100000 + '\n\n' + '<a name=' * 100000, 'ids': '# {#' * 20000, 'langs': '<div lang=fr>\n\nx\n\n' * 5000}
for name, text in nests.items():
    page('nests/%s.md' % name, text + '\n')
page('yaml/aliases.md', '---\na: &a [x,x]\nb: &b [*a,*a,*a,*a]\ntitle: x\n---\n# T\n')
page('yaml/deep.md', '---\na: ' + '[' * 10000 + ']' * 10000 + '\n---\n# T\n')
page('yaml/long.md', '---\n' + 'a: b\n' * 20000 + '---\n# T\n')
page('yaml/title.md', '---\ntitle: "' + 't' * 60000 + '"\n---\n# T\n')
page('yaml/unclosed.md', '---\ntitle: x\n')
page('yaml/tag.md', '---\ntitle: !!python/object:os.system x\n---\n# T\n')
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
for i in range(20000):
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
memory() { case ${TROUVAILLE_BUILD:-} in *asan*) limit=() ;; *) limit=(within "$1") ;; esac; }

# name, kB, status, files, passages, warnings
while read -r name kb expected files passages warnings; do
	memory "$kb"
	index "$name"
	is "$name: status" "$expected" "$status"
	has "$name: counts" "Indexed: $files file" "$out"
	has "$name: passages" " $passages passage" "$out"
	is "$name: warnings" "$warnings" "$(grep -c '^trouvaille: ' "$scratch/err")"
	lacks "$name: no control character gets out" $'\033' "$out$(cat "$scratch/err")"
done <<'EOF'
lines 200000 0 3 3 0
headings 300000 0 2 150,000 0
nests 400000 0 15 10,012 0
yaml 150000 1 3 3 3
bytes 150000 1 5 4 2
names 150000 0 8 8 0
deep 150000 1 1 1 1
odd 150000 1 1 1 6
many 200000 0 20,000 20,000 0
EOF
is 'many: each is found' 20 "$("$TROUVAILLE" --index "$scratch/index" search --only --format json --limit 100 word7 | grep -c '"snippet"')"
finish
