#!/bin/bash
# One file of settings for the command line and the page; the page in an intranet's clothes; how the language is chosen.
set -u
. "$(dirname "$0")/lib.sh"
site=$scratch/docs
mkdir -p "$site/en" "$site/fr"
printf -- '---\naudience: staff\n---\n# Weeding\n\nBooks leave.\n' >"$site/en/a.md"
printf -- '---\naudience: personnel\n---\n# Élagage\n\nDes livres partent.\n' >"$site/fr/a.md"
conf=$scratch/trouvaille.conf
cat >"$conf" <<'EOF'
# told from this file's folder
index: idx
corpus: docs
facets: [audience]
urls: html
base: /docs/
language: fr
header: top.{lang}.html
footer: end.html
stylesheet: /look.css
report: mailto:help@example.org
EOF
echo '<header><p>Intranet</p></header>' >"$scratch/top.en.html"
echo '<header><p>Intranet français</p></header>' >"$scratch/top.fr.html"
echo '<footer>La fin / the end</footer>' >"$scratch/end.html"

cd "$scratch" || exit
is 'index: corpus, folder and facets of the file' 'Indexed: 2 files, 2 passages, 2 files with their translations' "$("$TROUVAILLE" --conf trouvaille.conf index)"
has 'search: the facet' '"audience"' "$(TROUVAILLE_CONF=$conf "$TROUVAILLE" search --format json books)"
has 'search: the address' '"url": "en/a.html#weeding"' "$(TROUVAILLE_CONF=$conf "$TROUVAILLE" search --format json books)"
"$TROUVAILLE" --conf trouvaille.conf --index other search books >/dev/null 2>&1; is 'an option wins' 2 $?
TROUVAILLE_INDEX=other "$TROUVAILLE" --conf trouvaille.conf search books >/dev/null 2>&1; is 'so does the environment' 2 $?

# page QUERY [NAME=VALUE]...
page() { env -i TROUVAILLE_CONF="$conf" SCRIPT_NAME=/t QUERY_STRING="$1" "${@:2}" "$TROUVAILLE_CGI" 2>"$scratch/log"; }
in_order() { # in_order NAME PAGE MARK...: the marks stand in the page in this order
	local name=$1 rest=$2 mark
	shift 2
	for mark; do
		case $rest in *"$mark"*) rest=${rest#*"$mark"} ;; *) not_ok "$name: $mark"; return ;; esac
	done
	ok
}
got=$(page 'q=books&lang=en')
in_order 'clothes' "$got" '<style>' '<link rel="stylesheet" href="/look.css">' '<body>' 'class="skip"' '<p>Intranet</p>' \
	'<div class="head">' '<main>' 'href="/docs/en/a.html#weeding"' 'href="/docs/fr/a.html#%C3%A9lagage' '</main>' 'mailto:help@example.org' '<footer>La fin'
is 'one banner' 1 "$(grep -c '<header>' <<<"$got")"
is 'one end' 1 "$(grep -c '<footer>' <<<"$got")"
has 'the policy lets them in' "'self'; img-src 'self' data:; font-src 'self'; form-action" "$got"
has 'each language its own' 'Intranet français' "$(page 'q=books&lang=fr')"
lacks 'a fragment is bare' Intranet "$(page 'q=books&lang=en&format=fragment')"
has 'a refusal wears them' 'Intranet français' "$(page 'q=%00')"
has 'so do the tips' 'Intranet français' "$(page 'format=tips')"
rm end.html
got=$(page 'q=books&lang=en')
has 'a part that is gone: the page stands' 'Weeding' "$got"
has 'a part that is gone: the log' 'end.html' "$(cat "$scratch/log")"
has 'other hosts by name' "style-src 'sha256-" "$(page '' TROUVAILLE_STYLESHEET=https://cdn.example.org/x.css)"
has 'other hosts by name only' " https://cdn.example.org/x.css; img-src" "$(page '' TROUVAILLE_STYLESHEET=https://cdn.example.org/x.css)"
lacks 'nothing can end the policy' 'x.css;' "$(page '' "TROUVAILLE_STYLESHEET=/x.css;script-src *" | sed '/^.$/q')"
lacks 'no script for a stylesheet' 'javascript' "$(page '' TROUVAILLE_STYLESHEET=javascript:alert)"

# lang=, else the page's, else Accept-Language, else the setting; Vary where Accept-Language could decide
language() { page "$@" | tr -d '\r' | sed -n 's/^<html lang="\(..\).*/\1/p'; }
vary() { page "$@" | tr -d '\r' | sed '/^$/q' | grep -c '^Vary: Accept-Language$'; }
is 'the setting' 'fr 1' "$(language q=books) $(vary q=books)"
is 'Accept-Language before it' 'en 1' "$(language q=books HTTP_ACCEPT_LANGUAGE=en) $(vary q=books HTTP_ACCEPT_LANGUAGE=en)"
is 'one that names none of ours' fr "$(language q=books HTTP_ACCEPT_LANGUAGE=de)"
is 'lang= before both' 'fr 0' "$(language 'q=books&lang=fr' HTTP_ACCEPT_LANGUAGE=en) $(vary 'q=books&lang=fr')"
is 'the page before Accept-Language' 'en 0' "$(language doc=en/a.md HTTP_ACCEPT_LANGUAGE=fr) $(vary doc=en/a.md)"
is 'lang= before the page' 'fr 0' "$(language 'doc=en/a.md&lang=fr') $(vary 'doc=en/a.md&lang=fr')"
is 'a page that is not there' 'fr 1' "$(language doc=en/no.md) $(vary doc=en/no.md)"

# what is wrong is told to the log, blandly to the visitor, and nothing is served by halves
echo 'urls: htlm' >"$conf"
got=$(page 'q=books&lang=fr' | tr -d '\r')
has 'wrong settings: 500' 'Status: 500 Internal Server Error' "$got"
lacks 'wrong settings: not for the visitor' htlm "$got"
has 'wrong settings: for the log' "trouvaille.conf:1: not a value of this setting: urls: htlm (keep, html, slash, bare, hugo)" "$(cat "$scratch/log")"
out=$("$TROUVAILLE" --conf trouvaille.conf search books 2>&1); is 'wrong settings: status' 2 $?
is 'wrong settings: file and line' 'trouvaille: trouvaille.conf:1: not a value of this setting: urls: htlm (keep, html, slash, bare, hugo)' "$out"
finish
