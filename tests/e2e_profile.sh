#!/bin/bash
# A bilingual job description made from three competencies: found, ticked and taken away in the browser, as its form
# and links send it, and again at the command line; then what a word processor makes of it.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index
golden=tests/job-description.golden.md
"$TROUVAILLE" index --index "$index" corpus >/dev/null || not_ok 'cannot index'
serve fastcgi
command -v python3 >/dev/null || { skip 'python3 is not installed'; finish; }
page= address=
# go ADDRESS: the page there, or the file, into $page
go() {
	address=$1
	curl -s -m 20 -D "$scratch/headers" -o "$scratch/page" "$address" || not_ok "no answer: $address"
	page=$(cat "$scratch/page")
}
# press ARGUMENTS OF form.py: sends the form of this page
press() {
	local query
	query=$(python3 tests/form.py "$@" <"$scratch/page") || not_ok "form: $*"
	go "$url?$query"
}
# follow TEXT: a link of this page
follow() {
	local href
	href=$(python3 tests/form.py --link "$1" <"$scratch/page") || not_ok "no link $1"
	go "${url%/cgi-bin/*}$href"
}
header() { tr -d '\r' <"$scratch/headers" | sed -n "s/^$1: //Ip"; }
chosen() { grep -o '<strong>[0-9]* pass[^<]*' <<<"$page" | cut -c9-; }
checked() { grep -c 'type="checkbox".* checked' <<<"$page"; }

# --- by the page ------------------------------------------------------------------------------------
go "$url?lang=fr"
press --set q='usagers' --press Rechercher
has 'five results, a box each' 5 "$(grep -c 'type="checkbox"' <<<"$page")"
is 'none is chosen' '' "$(chosen)"
has 'a box is named after its label and its title' 'aria-labelledby="choose2 title2"' "$page"
press --tick 'Applique des techniques efficaces' --tick 'Gère l’environnement' --press 'Garder'
is 'two are chosen' '2 passages choisis' "$(chosen)"
is 'and their boxes are ticked' 2 "$(checked)"
press --untick 'Gère l’environnement' --press 'Garder'
is 'one is taken back' '1 passage choisi' "$(chosen)"
follow English
is 'the language link keeps the choice' '1 passage chosen' "$(chosen)"
is 'its box is that of the translation' 1 "$(checked)"
press --set q='zzyzx qwxz' --press Search
is 'a search that finds nothing keeps it' '1 passage chosen' "$(chosen)"
press --set q=goodwill --press Search
is 'another search keeps the choice' '1 passage chosen' "$(chosen)"
press --tick 'Applies and models' --set q='survey' --press Search
is 'what was ticked goes along with the next search' '2 passages chosen' "$(chosen)"
follow 'Management/Leadership'
is 'so it does with an area' '2 passages chosen' "$(chosen)"
press --tick 'Contributes effectively' --press Profile
is 'three are in the profile' '3 passages chosen' "$(chosen)"
is 'in the order in which they were chosen' 'Applies effective Applies and Contributes effectively' \
	"$(grep -o '^<h2>Applies [a-z]*\|^<h2>Contributes [a-z]*' <<<"$page" | cut -c5- | tr '\n' ' ' | sed 's/ $//')"
is 'each in both languages' 6 "$(grep -c '^<h2>' <<<"$page")"
has 'its title in both too, as it is printed' '<h1 lang="en-CA"><span lang="en">Profile</span> / <span lang="fr">Profil</span></h1>' "$page"
profile=$address
follow 'Back to the results'
is 'the way back keeps the choice' '3 passages chosen' "$(chosen)"
go "$profile"
follow Markdown
is 'Markdown: type' 'text/markdown; charset=utf-8' "$(header Content-Type)"
is 'Markdown: name' 'attachment; filename="profile-en-fr.md"' "$(header Content-Disposition)"
is 'Markdown: its languages' 'en-CA, fr-CA' "$(header Content-Language)"
cp "$scratch/page" "$scratch/profile.md"
go "$profile"; follow 'HTML, for a word processor'; cp "$scratch/page" "$scratch/profile.html"
is 'HTML: name' 'attachment; filename="profile-en-fr.html"' "$(header Content-Disposition)"
go "$profile"; follow 'CSV, for a spreadsheet'; cp "$scratch/page" "$scratch/profile.csv"
is 'CSV: type' 'text/csv; charset=utf-8' "$(header Content-Type)"
go "$profile"; has 'there is one in French alone' 'show=fr&amp;id=' "$page"
follow 'plain text'; cp "$scratch/page" "$scratch/profile.txt"
go "$profile&show=fr"; has 'the profile in one language' '<div class="passage" lang="fr">' "$page"
has 'and so is its title' '<h1 lang="fr-CA">Profil</h1>' "$page"
lacks 'only in that one' '<div class="passage" lang="en">' "$page"
cp "$scratch/page" "$scratch/page-fr.html"
go "${profile/format=profile/format=md}&show=fr"; is 'Markdown: its language' 'fr-CA' "$(header Content-Language)"
go "$profile&lang=" # lang given twice
is 'a bad address is refused' 400 "$(head -1 "$scratch/headers" | grep -o '[0-9][0-9][0-9]')"
go "$profile"
etag=$(header ETag)
is 'the profile is kept' 304 "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "$profile")"
is 'the profile of others is another' 200 "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "$profile&id=0123456789abcdef")"
press --set q=usagers --press Search
is 'and on to another search from there' '3 passages chosen' "$(chosen)"

# --- the job description ----------------------------------------------------------------------------
{
	printf '# Library Services Coordinator / Coordonnatrice des services\n\nDuties and competencies / Fonctions et compétences\n\n'
	sed 1,2d "$scratch/profile.md"
} >"$scratch/job.md"
if cmp -s "$golden" "$scratch/job.md"; then ok; else not_ok "$golden"; diff "$golden" "$scratch/job.md" | head -20; fi
# each of its texts is in its page, byte for byte
python3 - "$scratch/job.md" corpus/en/management-leadership/*.md corpus/fr/gestion-leadership/*.md <<'P' && ok || not_ok 'not byte for byte'
import re, sys
job, pages = open(sys.argv[1], "rb").read(), b"".join(open(p, "rb").read() for p in sys.argv[2:])
texts = re.findall(rb"(?m)^## (?s:.*?)(?=^Source)", job)
sys.exit(len(texts) != 6 or any(t.rstrip(b"\n") + b"\n" not in pages for t in texts))
P

# --- the same at the command line -------------------------------------------------------------------
t() { "$TROUVAILLE" "${@:1:1}" --index "$index" "${@:2}"; }
first() { t search --format json --limit 1 "$@" | sed -n 's/.*"id": "\(.*\)".*/\1/p'; }
ids=$({ first --lang fr 'situations difficiles'; first --lang en goodwill; first --lang en survey; } | tee "$scratch/ids")
is 'three ids' 3 "$(wc -w <<<"$ids")"
is 'the same Markdown' "$(sha256sum <"$scratch/profile.md")" "$(t show --format md - <"$scratch/ids" | sha256sum)"
is 'the same HTML' "$(sha256sum <"$scratch/profile.html")" "$(t show --format html $ids | sha256sum)"
is 'the same CSV' "$(sha256sum <"$scratch/profile.csv")" "$(t show --format csv --lang both $ids | sha256sum)"
is 'the same text' "$(sha256sum <"$scratch/profile.txt")" "$(t show --format text $ids | sha256sum)"
has 'in one language' 'Connaissances, habiletés' "$(t show --lang fr $ids)"
lacks 'and no other' 'Associated Knowledge' "$(t show --lang fr --format md $ids)"
lacks 'and no other, on the screen' 'Associated Knowledge' "$(t show --lang fr $ids)"
out=$(t show --format md $ids 0123456789abcdef nowhere.md 2>"$scratch/err"); is 'some are gone: status' 1 $?
has 'the rest is there' 'Applies effective' "$out"
has 'they are told in the document' 'The passage 0123456789abcdef is no longer in the index.' "$out"
has 'and beside it' 'no passage nowhere.md in the index' "$(cat "$scratch/err")"
has 'in a document of one language, in that' 'Le passage 0123456789abcdef n’est plus dans l’index.' \
	"$(t show --format md --lang fr 0123456789abcdef 2>&1)"
is 'ids pasted with blanks' "$(t show --format md $ids | sha256sum)" "$(sed 's/^/ \t/; s/$/  \r\n  /' "$scratch/ids" | t show --format md - 2>&1 | sha256sum)"
t show --format pdf $ids >/dev/null 2>&1; is 'unknown format' 2 $?
t show --lang de $ids >/dev/null 2>&1; is 'unknown language' 2 $?
t show --format md - </dev/null; is 'no ids from a search without hits' 1 $?
t show --format md >/dev/null 2>&1; is 'no ids' 2 $?
out=$(TROUVAILLE_URL=https://i.ca/t.cgi t show --lang en --format md "${ids%%$'\n'*}")
has 'with an address of its own it is linked' '(<https://i.ca/t.cgi?doc=en%2Fmanagement' "$out"

# --- limits -----------------------------------------------------------------------------------------
many() { for i in $(seq "$1"); do printf '&id=%016x' "$i"; done; }
code() { curl -s -g -o "$scratch/page" -w '%{http_code}' "$url?$1"; }
is 'fifty may be chosen' 200 "$(code "q=users&lang=en$(many 50)")"
has 'and all go along' '50 passages chosen' "$(cat "$scratch/page")"
is 'of which none is left' 200 "$(code "format=profile$(many 50)")"
is 'one more is refused' 400 "$(code "q=users$(many 51)")"
has 'with a reason' 'at most 50 passages may be chosen' "$(cat "$scratch/page")"
for bad in id=1 id=0123456789ABCDEF id=-0123456789abcdef 'id=0123456789abcdef,0123456789abcdee' \
	'id=%3Cscript%3E' order=x show=de format=md format=csv\&id= format=text format=document; do
	is "refused: $bad" 400 "$(code "$bad")"
	lacks "refused, escaped: $bad" '<script' "$(cat "$scratch/page")"
done
is 'nothing chosen is a page that says so' 200 "$(code 'format=profile&lang=fr')"
has 'nothing chosen' 'Rien n’est encore choisi.' "$(cat "$scratch/page")"
json=$(t search --lang fr --format json plainte)
code "q=plainte&lang=fr&format=json&id=0123456789abcdef" >/dev/null
is 'JSON stays what it is' "$json" "$(cat "$scratch/page")"

# --- in a page of the site's own --------------------------------------------------------------------
id=${ids%%$'\n'*}
code "q=usagers&lang=fr&format=fragment&id=$id" >/dev/null
page=$(cat "$scratch/page")
has 'fragment: the form leads to the profile' '<form method="get" action="/cgi-bin/trouvaille.cgi">' "$page"
has 'fragment: and keeps the question' '<input type="hidden" name="q" value="usagers">' "$page"
has 'fragment: its other buttons stay on the page around it' '<button name="page" value="1" formaction="?">' "$page"
has 'fragment: more may be searched for with the choice kept' "<a href=\"/cgi-bin/trouvaille.cgi?lang=fr&amp;id=$id\">Chercher" "$page"
has 'fragment: sorting keeps it' "href=\"?q=usagers&amp;lang=fr&amp;sort=date&amp;id=$id\"" "$page"
has 'fragment: one form' 1 "$(grep -c '<form' <<<"$page")"

# --- a word processor -------------------------------------------------------------------------------
case ${TROUVAILLE_BUILD:-build} in *asan*) skip 'a word processor gets the same document of either build'; finish ;; esac
if command -v soffice >/dev/null; then
	site=$scratch/site
	mkdir -p "$site/en" "$site/fr"
	printf -- '---\ndate: 2015-07-22\n---\n# Deep\n\nIntro.\n\n## Lists {#l}\n\n- one\n  - two\n    1. three\n\n       and *four*\n- five\n\n> quoted\n\n## Tables {#t}\n\n| a | b |\n|---|---|\n| `c\\|d` | e |\n\nText.\n\n    code  here\n\n<div>kept &eacute;</div>\n' >"$site/en/deep.md"
	printf '# Profond\n\nIntroduction.\n\n## Listes {#l}\n\n1. un\n2. deux\n\n## Tableaux {#t}\n\n| à | é |\n|---|---|\n| œ | ç |\n' >"$site/fr/deep.md"
	"$TROUVAILLE" index --index "$scratch/deep" "$site" >/dev/null
	deep() { "$TROUVAILLE" show --index "$scratch/deep" --format html "$@" en/deep.md#deep en/deep.md#l en/deep.md#t; }
	mkdir "$scratch/odt"
	cp "$scratch/profile.html" "$scratch/odt/"
	deep >"$scratch/odt/deep.html"
	deep --lang fr >"$scratch/odt/deep-fr.html"
	cp "$scratch/page-fr.html" "$scratch/odt/page.html"
	for format in odt docx; do
		HOME=$scratch timeout 120 soffice --headless "-env:UserInstallation=file://$scratch/soffice" --infilter='HTML (StarWriter)' \
			--convert-to $format --outdir "$scratch/odt" "$scratch"/odt/*.html >"$scratch/soffice.log" 2>&1 || not_ok "soffice: $(tail -3 "$scratch/soffice.log")"
	done
	for name in profile deep deep-fr; do
		out=$(python3 tests/word.py "$scratch/odt/$name.html" "$scratch/odt/$name.odt" 2>&1)
		is "as a document: $name" '6 passed, 0 failed' "$(tail -1 <<<"$out")"
		[ "$(tail -1 <<<"$out")" = '6 passed, 0 failed' ] || echo "$out"
		# Word's own format, by its parts alone: the same paragraphs that are headings
		is "for Word: $name" "$(grep -o '<h[12][ >]' "$scratch/odt/$name.html" | wc -l)" \
			"$(python3 -c 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read("word/document.xml").decode().count("<w:pStyle w:val=\"Heading"))' "$scratch/odt/$name.docx")"
	done
	# a table wider than the paper puts the other language beside it
	content=$(python3 -c 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read("content.xml").decode())' "$scratch/odt/profile.odt")
	is 'side by side: as wide as the paper' 'style:rel-width="100%"' "$(grep -o -m1 'style:rel-width="[^"]*"' <<<"$content")"
	french=$(grep -o '"Table1.B2" style:family="table-cell">[^>]*' <<<"$content")
	is 'side by side: a line between them' 1 "$(grep -c 'fo:border-left="[0-9]' <<<"$french")"
	is 'side by side: both from the top' 0 "$(grep -c 'vertical-align="middle"' <<<"$french")"
	# the page as a browser saves it: the same passages, whatever stands around them
	is 'as a document: the page itself' 3 "$(python3 -c 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read("content.xml").decode().count("text:outline-level=\"2\""))' "$scratch/odt/page.odt")"
else
	skip 'soffice is not installed: what a word processor makes of a profile'
fi
finish
