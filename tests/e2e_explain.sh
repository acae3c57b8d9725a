#!/bin/bash
# Why is this a result, and why is that none: --explain, explain=1, and `trouvaille explain`, whose sentences
# stand in explain.golden as people read them.
set -u
. "$(dirname "$0")/lib.sh"
golden=$PWD/$(dirname "$0")/explain.golden
cd "$scratch" || exit
mkdir -p site/en site/fr site/.drafts site/node_modules/x elsewhere

cat >site/en/weeding.md <<'X'
---
title: Weeding the shelves
area: Collections
topic: books
---

# Weeding

Old books are weeded every June. The library keeps
records of what went. See [the policy](https://example.org/discards).

## Who decides

The head librarian decides. Complaints go to the desk.

<!-- a hidden remark about zebras -->
X
cat >site/fr/weeding.md <<'X'
# Élagage des rayons

Les vieux livres sont retirés chaque mois de juin.

## Qui décide

La bibliothécaire en chef décide.
X
printf '# Bad\n\nIt costs 5 \xff.\n' >site/en/bad.md
printf -- '---\ntitle: [a\n---\n\n# Broken\n\nText.\n' >site/en/broken.md
printf -- '---\ntitle: Nothing\n---\n' >site/en/empty.md
printf '# Notes\n' >site/en/notes.txt
printf '# Draft\n\nText.\n' >site/.drafts/d.md
printf '# Package\n\nText.\n' >site/node_modules/x/README.md
printf '# Loose \033[31mred\n\nThe words of the library are told by their vote.\n' >site/loose.md
printf '# Outside\n\nWords.\n' >elsewhere/x.md
ln -s ../../elsewhere/x.md site/en/out.md
head -c 17000000 /dev/zero | tr '\0' 'a' >site/en/large.md
for i in $(seq 12); do printf '# Shelf %d\n\nA shelf of the library, number %d.\n' "$i" "$i" >site/en/shelf$i.md; done
printf '# Shelf\n\nA shelf.\n' >site/en/shelf.md
printf 'weeding; deselection\tdésherbage; élagage\ninterlibrary loan\tprêt entre bibliothèques\n' >site/lexique.tsv
printf 'index: idx\ncorpus: [site]\nfacets: [topic]\n' >t.conf
t() { "$TROUVAILLE" --conf t.conf "$@"; }
t index >log 2>&1; is 'index, with warnings' 1 $?

# --- the golden sentences: LOCALE ARGUMENTS ---------------------------------------------------------
cases() {
	while read -r locale arguments; do
		case $locale in '' | '#'*) continue ;; esac
		echo "=== $locale explain $arguments"
		eval "env LC_ALL=$locale \"\$TROUVAILLE\" --conf t.conf explain $arguments" 2>&1
		echo "status $?"
	done <<'T'
en en/weeding.md weeding
fr_CA.UTF-8 site/en/weeding.md élagage
en en/weeding.md deselection
en en/weeding.md librarian complaints books
en en/weeding.md '"keeps records"'
en en/weeding.md '"records keeps"'
en en/weeding.md '"records giraffes"'
en --exact en/weeding.md book
en en/weeding.md '"book"'
en en/weeding.md librar* title:books
en en/weeding.md discards
en en/weeding.md zebras
en en/weeding.md librarain
fr_CA.UTF-8 en/weeding.md bibliothécaire
en en/weeding.md the weeding
en en/weeding.md weeding -june
en en/weeding.md weeding -giraffe
en en/weeding.md giraffe OR june
en en/weeding.md lang:fr weeding
en en/weeding.md topic:books area:staff weeding
en --area Staff en/weeding.md weeding
en --lang fr --only loose.md words
en --lang fr loose.md words
en loose.md vote
en en/shelf7.md shelf
en en/empty.md nothing
en en/bad.md bad
en en/broken.md broken
fr_CA.UTF-8 en/large.md a
en site/en/notes.txt x
en site/.drafts/d.md draft
en site/node_modules/x/README.md package
en en/out.md words
en elsewhere/x.md words
en nowhere.md words
fr_CA.UTF-8 en/bad.md bad
T
}
cases >got
if cmp -s "$golden" got; then ok; else
	not_ok 'explain: not as in explain.golden'
	diff "$golden" got
fi
[ -z "${GOLDEN_WRITE:-}" ] || cp got "$golden"

# --- what has changed since ---------------------------------------------------------------------------
printf '\nNew words about giraffes.\n' >>site/en/weeding.md
printf '# New\n\nSome text.\n' >site/en/new.md
rm site/loose.md
out=$(t explain en/weeding.md giraffes); is 'changed: not found' 1 $?
has 'changed: it says so' 'changed since it was indexed' "$out"
has 'changed: the line as it is now' 'line 18 “giraffes”' "$out"
lacks 'changed: no talk of passages' 'no passage has it all' "$out"
out=$(t explain en/new.md text); is 'new: not found' 1 $?
has 'new: it says what to do' 'it could be: run `trouvaille index` again' "$out"
out=$(t explain loose.md words); is 'gone: found still' 0 $?
has 'gone: it says so' 'no longer on disk' "$out"
t index >log 2>&1
t explain en/weeding.md giraffes >out; is 'indexed again: found' 0 $?
lacks 'indexed again: no longer changed' 'changed since' "$(cat out)"

# without a setting that says where the corpus is, the index knows the end of a path
out=$(cd elsewhere && "$TROUVAILLE" --index ../idx explain ../site/en/weeding.md june); is 'no corpus told: found' 0 $?
has 'no corpus told: the path' 'en/weeding.md' "$out"
has 'no corpus told: its language' 'language: English, by its folder' "$out"

# all folders of the setting are named; what is wrong with a file elsewhere is no matter of the last indexing
printf '# B \xff\n' >elsewhere/bad.md
printf 'corpus: [site, more]\n' >two.conf
mkdir -p more
out=$("$TROUVAILLE" --conf two.conf --index idx explain elsewhere/bad.md words 2>&1)
has 'outside: what it would meet there' 'would be passed over: line 1: not valid UTF-8' "$out"
has 'outside: each folder that is in' 'not below a folder of the setting `corpus`: site, more' "$out"

# --- what is wrong --------------------------------------------------------------------------------------
for a in '' 'en/weeding.md' '--sort x a b' '--lang de a b' '--nothing a b'; do
	t explain $a >out 2>&1; is "explain $a" 2 $?
done
"$TROUVAILLE" --index nothing explain a b >out 2>&1; is 'no index' 2 $?
has 'no index: named' 'no index in nothing' "$(cat out)"
t explain en/weeding.md "$(printf 'a%.0s' $(seq 300))" >out 2>&1; is 'a query that is too long' 2 $?
has 'help' 'Usage: trouvaille explain' "$(t explain --help)"
has 'French help' $'Utilisation\u00a0: trouvaille explain' "$(env LC_ALL=fr_CA.UTF-8 "$TROUVAILLE" explain --help)"

# --- search --explain -----------------------------------------------------------------------------------
out=$(t search --explain librarian 2>err)
has 'search --explain: the reason' '→ “librarian”: text “librarian”' "$out"
has 'search --explain: the reading' 'How the query was read:' "$(cat err)"
lacks 'search: no reasons unasked' '→' "$(t search librarian)"
json=$(t search --explain --format json librarian 2>/dev/null)
has 'JSON: reasons' '"why": [' "$json"
is 'JSON: the rest is as ever' "$(t search --format json librarian)" "$(printf '%s\n' "$json" | python3 -c '
import json, sys
answer = json.load(sys.stdin)
for hit in answer["hits"]:
    assert hit.pop("why") == [{"typed": "librarian", "found": [{"field": "text", "lang": "en", "words": ["librarian"]}]}]
print(json.dumps(answer))' | python3 -c '
import json, subprocess, sys
ours, plain = json.load(sys.stdin), json.loads(sys.argv[1])
print(sys.argv[1] if ours == plain else "differs")' "$(t search --format json librarian)")"

# --- the page --------------------------------------------------------------------------------------------
cgi() { env -i TROUVAILLE_CONF="$PWD/t.conf" SCRIPT_NAME=/s QUERY_STRING="$1" ${ASAN_OPTIONS+ASAN_OPTIONS="$ASAN_OPTIONS"} "$TROUVAILLE_CGI" | tr -d '\r'; }
page=$(cgi 'q=weeding&lang=en')
has 'the page: a link to the reasons' '<a href="/s?q=weeding&amp;lang=en&amp;explain=1">Why these results?</a>' "$page"
lacks 'the page: no reasons unasked' '<details' "$page"
why=$(cgi 'q=weeding&lang=en&explain=1')
has 'the page: reasons' '<details class="why" open>
<summary>Why this result</summary>
<ul>
<li>“weeding”: heading “<span lang="en">Weeding</span>”' "$why"
has 'the page: the word of the other language in its own' 'in the translation (<span lang="fr">Français</span>), heading “<span lang="fr">Élagage</span>”' "$why"
has 'the page: a way back' '<a href="/s?q=weeding&amp;lang=en">Without the reasons</a>' "$why"
has 'the page: the other language keeps the reasons' '<a href="/s?q=weeding&amp;lang=fr&amp;explain=1" lang="fr-CA"' "$why"
has 'the page: the next question keeps them' '<input type="hidden" name="explain" value="1">' "$why"
has 'the page in French' '<summary>Pourquoi ce résultat</summary>' "$(cgi 'q=weeding&lang=fr&explain=1')"
has 'the page: what was typed is escaped' '“&lt;b&gt;”' "$(cgi 'q=weeding+%3Cb%3E&lang=en&explain=1')"
has 'JSON of the page' '"why": [' "$(cgi 'q=weeding&lang=en&format=json&explain=1')"
lacks 'JSON of the page, unasked' '"why"' "$(cgi 'q=weeding&lang=en&format=json')"
has 'explain=2 is refused' '400 Bad Request' "$(cgi 'q=weeding&explain=2')"
etag() { printf '%s\n' "$1" | sed -n 's/^ETag: //p'; }
[ "$(etag "$page")" != "$(etag "$why")" ] && ok || not_ok 'the entity tag does not tell the reasons'
plain=$(printf '%s\n' "$page" | wc -c) none=$(printf '%s\n' "$page" | grep -v explain=1 | wc -c)
[ $((plain * 100)) -lt $((none * 103)) ] && ok || not_ok "the link costs $((plain - none)) bytes of $none"

finish
