#!/bin/bash
# trouvaille.cgi by its environment alone, as a server would start it.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index
"$TROUVAILLE" index --index "$index" corpus >/dev/null || not_ok 'cannot index'
# cgi QUERY_STRING [NAME=VALUE…]: the whole answer, without carriage returns
cgi() {
	local query=$1; shift
	env -i TROUVAILLE_INDEX="$index" REQUEST_METHOD=GET SCRIPT_NAME=/cgi-bin/trouvaille.cgi ${ASAN_OPTIONS+ASAN_OPTIONS="$ASAN_OPTIONS"} \
		QUERY_STRING="$query" "$@" "$TROUVAILLE_CGI" 2>"$scratch/log" | tr -d '\r'
}
status() { printf '%s\n' "$1" | sed -n 's/^Status: //p' | head -1; }

page=$(cgi '')
is 'the box: status' '200 OK' "$(status "$page")"
has 'the box: label' '<span lang="en">Search Words</span> / <span lang="fr">termes</span>' "$page"
has 'the box: button' '<button><span lang="en">Search</span> / <span lang="fr">Rechercher</span></button>' "$page"
has 'strict policy' "Content-Security-Policy: default-src 'none'; style-src 'sha256-" "$page"
has 'nosniff' 'X-Content-Type-Options: nosniff' "$page"
lacks 'no script' '<script' "$page"
lacks 'no cookie' 'Set-Cookie' "$page"
hash=$(printf '%s' "$page" | sed -n "s/.*'sha256-\([^']*\)'.*/\1/p")
is 'the policy fits the style' "$hash" "$(printf '%s' "$page" | tr '\n' '\001' | sed 's/.*<style>\(.*\)<\/style>.*/\1/' | tr '\001' '\n' | head -c -0 | sha256sum | cut -c1-64 | tr a-f A-F | basenc -d --base16 | base64)"

page=$(cgi 'q=clientele&lang=fr')
has 'French: language of the page' '<html lang="fr-CA">' "$page"
has 'French: marked in the original text' '<mark>clientèle</mark>' "$page"
has 'French: count' '<p role="status">' "$page"
has 'French: the translation is linked' 'hreflang="en">Applies and models customer service skills' "$page"
has 'French: date' '<time datetime="2015-07-22">22 juillet 2015</time>' "$page"
has 'the language link keeps the query' '?q=clientele&amp;lang=en' "$page"
lacks 'lang= decides: no Vary' 'Vary:' "$page"
has 'Accept-Language decides: Vary' 'Vary: Accept-Language' "$(cgi 'q=a' HTTP_ACCEPT_LANGUAGE=fr-CA)"
has 'Accept-Language' '<html lang="fr-CA">' "$(cgi 'q=a' HTTP_ACCEPT_LANGUAGE='fr-CA,en;q=0.5')"
page=$(cgi 'q=xyzzyq&lang=fr'); has 'nothing found' '0 résultat pour' "$page"
is 'nothing found is 200' '200 OK' "$(status "$page")"

json=$(cgi 'q=plainte&lang=fr&format=json')
has 'JSON: type' 'Content-Type: application/json' "$json"
has 'JSON: the object' '"format": 1' "$json"
is 'JSON: as the command line' "$("$TROUVAILLE" search --index "$index" --lang fr --format json plainte)" "$(printf '%s\n' "$json" | sed '1,/^$/d')"
is 'HEAD has no body' '' "$(cgi 'q=plainte' REQUEST_METHOD=HEAD | sed '1,/^$/d')"
has 'HEAD has the length' 'Content-Length: ' "$(cgi 'q=plainte' REQUEST_METHOD=HEAD)"
lacks 'fragment: no head' '<head>' "$(cgi 'q=plainte&format=fragment')"

# the process locks itself: no word of it where the kernel can, one line where not
cgi 'q=plainte' >/dev/null
case $(cat "$scratch/log") in '' | 'trouvaille.cgi: running with less protection:'*) ok ;; *) not_ok "the log: $(cat "$scratch/log")" ;; esac
is 'the same answer without the lock' "$(cgi 'q=plainte&lang=fr')" "$(cgi 'q=plainte&lang=fr' TROUVAILLE_SANDBOX=0)"

# a database that lies elsewhere: by a link, and by a stub that names it
mkdir "$scratch/link" "$scratch/stub"
ln -s "$index/trouvaille.db" "$scratch/link/trouvaille.db"
printf 'auto %s\n' "$index/trouvaille.db" >"$scratch/stub/trouvaille.db"
hits() { sed '1,/^$/d' | grep -c '"id"'; }
is 'an index by a symbolic link' "$(cgi 'q=plainte&format=json' | hits)" "$(cgi 'q=plainte&format=json' TROUVAILLE_INDEX="$scratch/link" | hits)"
is 'an index by a stub' "$(cgi 'q=plainte&format=json' | hits)" "$(cgi 'q=plainte&format=json' TROUVAILLE_INDEX="$scratch/stub" | hits)"

# what must be refused, and what must be escaped
while IFS='|' read -r query want; do
	page=$(cgi "$query")
	is "refused: $query" "$want" "$(status "$page")"
	has "in both languages: $query" '<p lang="fr-CA">' "$page"
done <<'T'
q=%|400 Bad Request
q=%zz|400 Bad Request
q=%00|400 Bad Request
q=%ff|400 Bad Request
q=%C3|400 Bad Request
q=a&q=b|400 Bad Request
lang=de|400 Bad Request
page=0|400 Bad Request
page=x|400 Bad Request
page=99999|400 Bad Request
sort=size|400 Bad Request
format=xml|400 Bad Request
q=abc*+abd*+abe*|400 Bad Request
T
is 'over-long q' '400 Bad Request' "$(status "$(cgi "q=$(printf 'a%.0s' $(seq 201))")")"
is 'over-long request' '414 URI Too Long' "$(status "$(cgi "q=$(printf 'a%.0s' $(seq 5000))")")"
page=$(cgi 'q=a' REQUEST_METHOD=POST); is 'POST' '405 Method Not Allowed' "$(status "$page")"
has 'POST: Allow' 'Allow: GET, HEAD' "$page"
has 'JSON refusal' '"error": ' "$(cgi 'q=%00&format=json')"
for xss in '%3Cscript%3Ealert(1)%3C/script%3E' '%22%3E%3Cimg+src=x+onerror=alert(1)%3E' "%27onmouseover=alert(1)//"; do
	page=$(cgi "q=$xss&area=$xss")
	lacks "escaped: $xss" '<script' "$page"; lacks "escaped: $xss" '<img' "$page"; lacks "escaped: $xss" "'onmouse" "$page"
done
page=$(cgi 'q=a' SCRIPT_NAME='/x"><script>'); lacks 'SCRIPT_NAME is not trusted' '<script' "$page"
page=$(cgi 'q=goodwill' TROUVAILLE_INDEX="$scratch/none"); is 'no index' '500 Internal Server Error' "$(status "$page")"
lacks 'a bland 500' "$scratch" "$page"
has 'the detail is in the log' "$scratch/none" "$(cat "$scratch/log")"
# --- a page of the corpus, shown here as it has no site -----------------------------------------------
site=$scratch/pages pages=$scratch/pageindex; mkdir -p "$site/en" "$site/fr"
printf -- '---\ntitle: A & B\n---\nIntro, see [there].\n\n## Weeding {#w}\n\nText <script>x</script> of *books*.\n\n[there]: https://example.org/\n' >"$site/en/a & b.md"
printf '# Élagage\n\nIntro.\n\n## Désherbage {#w}\n\nDes livres.\n' >"$site/fr/a & b.md"
printf -- '---\nurl: https://example.org/c\n---\n# Url\n\nElsewhere.\n' >"$site/en/c.md"
"$TROUVAILLE" index --index "$pages" "$site" >/dev/null
view() { cgi "$1" TROUVAILLE_INDEX="$pages" "${@:2}"; }
has 'a hit leads to the page view' 'href="/cgi-bin/trouvaille.cgi?doc=en%2Fa%20%26%20b.md&amp;q=books&amp;lang=en#w"' "$(view 'q=books&lang=en')"
has 'so does the translation' 'href="/cgi-bin/trouvaille.cgi?doc=fr%2Fa%20%26%20b.md&amp;q=books&amp;lang=en#w" hreflang="fr">Désherbage' "$(view 'q=books&lang=en')"
has 'an address of the author’s wins' '<a href="https://example.org/c' "$(view 'q=elsewhere&lang=en')"
has 'so does the site’s' 'href="https://site.ca/en/a%20&amp;%20b.md#w"' "$(view 'q=books&lang=en' TROUVAILLE_BASE=https://site.ca/)"
page=$(view 'doc=en%2Fa+%26+b.md&q=books&lang=en')
is 'the page: status' '200 OK' "$(status "$page")"
has 'the page: title' '<title>A &amp; B</title>' "$page"
has 'the page: a heading for want of one' '<h1 lang="en">A &amp; B</h1>' "$page"
has 'the page: the passage has its anchor' '<section lang="en" id="w">' "$page"
has 'the page: its text' 'of <em>books</em>' "$page"
has 'the page: its links' '<a href="https://example.org/">there</a>' "$page"
lacks 'the page: ids are not shown' '{#w}' "$page"
lacks 'the page: no raw HTML' '<script' "$page"
has 'the page: the way back' '?q=books&amp;lang=en">Back to the results</a>' "$page"
has 'the page: its translation' '?doc=fr%2Fa%20%26%20b.md&amp;q=books&amp;lang=fr" lang="fr-CA"' "$page"
has 'the page in French' 'Retour aux résultats' "$(view 'doc=fr/a+%26+b.md&q=x&lang=fr')"
is 'one h1 a page' 1 "$(view 'doc=fr/a+%26+b.md&lang=fr' | grep -c '<h1')"
has 'the page has an entity tag' 'ETag: "' "$page"
for doc in nope.md ../../etc/passwd /etc/passwd en; do
	page=$(view "doc=$doc"); is "no such page: $doc" '404 Not Found' "$(status "$page")"
	has "no such page, in both languages: $doc" '<p lang="fr-CA">' "$page"
done
is 'doc too long' '400 Bad Request' "$(status "$(view "doc=$(printf 'a%.0s' $(seq 1001))")")"
is 'doc: bad UTF-8' '400 Bad Request' "$(status "$(view 'doc=%ff')")"

# --- the language link, sort, tips, nothing found ---------------------------------------------------------
has 'the language link keeps filters, order and page' '?q=a%20b&amp;lang=fr&amp;area=X%26Y&amp;sort=date&amp;page=3" lang="fr-CA" hreflang="fr-CA">Français' "$(view 'q=a+b&lang=en&area=X%26Y&sort=date&page=3')"
has 'the language link of the tips' 'lang=fr&amp;format=tips" lang="fr-CA"' "$(view 'format=tips&lang=en')"
page=$(view 'q=books&lang=en&sort=date')
has 'the way to a page keeps the way back' 'doc=en%2Fa%20%26%20b.md&amp;q=books&amp;lang=en&amp;sort=date#w"' "$(view 'q=books&lang=en&sort=date')"
has 'and from it' '?q=books&amp;lang=en&amp;area=X&amp;sort=date&amp;page=2">Back' "$(view 'doc=en/a+%26+b.md&q=books&lang=en&area=X&sort=date&page=2')"
has 'sort: the one in force' '<strong>date</strong>' "$page"
has 'sort: the other' '?q=books&amp;lang=en">relevance</a>' "$(sed 's/&amp;sort=relevance//' <<<"$page")"
page=$(view 'q=zzyzx+qwxz&lang=fr&area=X')
has 'nothing: said' '<p role="status">0 résultat pour' "$page"
has 'nothing: a checklist' '<ul class="advice">' "$page"
has 'nothing: all areas' '?q=zzyzx%20qwxz&amp;lang=fr">Chercher dans tous les domaines</a>' "$page"
for l in en fr; do
	# every example finds something, as it is linked
	cgi "format=tips&lang=$l" | sed -n 's/^<tr><td><a href="[^?]*?\([^"]*\)".*/\1/p' | sed 's/&amp;/\&/g' >"$scratch/examples"
	n=$(wc -l <"$scratch/examples")
	[ "$n" -ge 7 ] && ok || not_ok "tips, $l: only $n examples"
	while read -r example; do
		total=$(cgi "$example&format=json" | sed '1,/^.\{0,1\}$/d' | grep -c '"snippet"')
		[ "$total" -ge 1 ] && ok || not_ok "tips, $l: finds nothing: $example"
	done <"$scratch/examples"
	has "tips of a small corpus, $l" '<tr><td><a href=' "$(view "format=tips&lang=$l")"
done

# --- completions and browsers' search boxes ----------------------------------------------------------
# completed LANG TYPED: the completions, a line each
completed() { view "suggest=$2&lang=$1" | sed '1,/^$/d' | sed -n '4,$s/^    "\(.*\)",\{0,1\}$/\1/p'; }
printf '# Weed\n\nService at the library; weeding.\n' >"$site/en/d.md"
printf '# Services\n\nLe sérieux de l’usager. Les services aux usagers.\n' >"$site/fr/d.md"
"$TROUVAILLE" index --index "$pages" "$site" >/dev/null
page=$(view 'suggest=we&lang=en')
has 'suggestions: type' 'Content-Type: application/x-suggestions+json' "$page"
is 'suggestions: headings, then words; the reader’s language first' 'Weed
Weeding' "$(completed en wee)"
is 'suggestions: accents folded, and restored' 'Désherbage' "$(completed fr desh)"
is 'suggestions: of the last word, the rest as typed' 'livres de l’usager
livres de l’usagers' "$(completed fr 'livres+de+l%E2%80%99usa' | sort)"
is 'suggestions: the reader’s language first' Services "$(completed fr ser | head -1)"
is 'suggestions: then the other' service "$(completed en ser | head -1)"
is 'suggestions: too short a beginning' '' "$(completed en w)"
is 'suggestions: nothing begins so' '' "$(completed en xyz)"
is 'suggestions: a whole word and a space' '' "$(completed fr 'services+')"
page=$(view 'suggest=%00'); is 'suggestions: refused' '400 Bad Request' "$(status "$page")"
has 'suggestions: the refusal is JSON' 'Content-Type: application/json' "$page"
page=$(view 'format=opensearch&lang=fr' TROUVAILLE_URL='https://i.ca/t.cgi?a&b')
has 'OpenSearch: type' 'Content-Type: application/opensearchdescription+xml' "$page"
has 'OpenSearch: name' '<ShortName>Répertoire</ShortName>' "$page"
has 'OpenSearch: address, escaped' 'template="https://i.ca/t.cgi?a&amp;b?q={searchTerms}&amp;lang=fr' "$page"
has 'OpenSearch in English' '<ShortName>Search the Index</ShortName>' "$(view 'format=opensearch&lang=en' TROUVAILLE_URL=https://i.ca/t.cgi)"
is 'OpenSearch without an address' '404 Not Found' "$(status "$(view format=opensearch)")"
has 'the page names the descriptions' '<link rel="search" type="application/opensearchdescription+xml" title="Répertoire" href="/cgi-bin/trouvaille.cgi?format=opensearch&amp;lang=fr">' "$(view 'q=weed&lang=en' TROUVAILLE_URL=https://i.ca/t.cgi)"
lacks 'but not without an address' 'rel="search"' "$(view 'q=weed&lang=en')"
has 'where to report a problem' '<footer><a href="mailto:a@b.ca"><span lang="en">Report a problem</span> / <span lang="fr">Signaler un problème</span></a></footer>' "$(view 'q=weed' TROUVAILLE_REPORT=mailto:a@b.ca)"
lacks 'no script as an address' 'javascript' "$(view 'q=weed' TROUVAILLE_REPORT='javascript:alert(1)')"

# --- entity tags ------------------------------------------------------------------------------------
etag() { printf '%s\n' "$1" | sed -n 's/^ETag: //p'; }
page=$(cgi 'q=plainte&lang=fr'); tag=$(etag "$page")
case $tag in '"'????????????????'"') ok ;; *) not_ok "ETag: $tag" ;; esac
is 'the same question, the same tag' "$tag" "$(etag "$(cgi 'lang=fr&q=plainte')")"
for other in 'q=plainte&lang=en' 'q=plaintes&lang=fr' 'q=plainte&lang=fr&page=2' 'q=plainte&lang=fr&format=json' 'q=plainte&lang=fr&sort=date' 'q=plainte&lang=fr&area=x'; do
	[ "$(etag "$(cgi "$other")")" != "$tag" ] && ok || not_ok "the same tag for $other"
done
page=$(cgi 'q=plainte&lang=fr' HTTP_IF_NONE_MATCH="W/\"x\", W/$tag"); is '304' '304 Not Modified' "$(status "$page")"
is '304 has no body' '' "$(printf '%s\n' "$page" | sed '1,/^$/d')"
is '304 has the tag' "$tag" "$(etag "$page")"
is 'any tag' '304 Not Modified' "$(status "$(cgi 'q=plainte&lang=fr' HTTP_IF_NONE_MATCH='*')")"
is 'another tag' '200 OK' "$(status "$(cgi 'q=plainte&lang=fr' HTTP_IF_NONE_MATCH='"0123456789abcdef"')")"
is 'a refusal has no tag' '' "$(etag "$(cgi 'q=%00')")"
"$TROUVAILLE" index --full --index "$index" corpus >/dev/null
is 'a new index, another answer' '200 OK' "$(status "$(cgi 'q=plainte&lang=fr' HTTP_IF_NONE_MATCH="$tag")")"

# --- what is said about the question -------------------------------------------------------------------
site=$scratch/site index=$scratch/bilingual; mkdir -p "$site/fr"
printf 'weeding\tdésherbage; <livres>\n' >"$site/lexique.tsv"
printf -- '---\naudience: "a & b"\n---\n# Le désherbage\n\nLes livres & <b>.\n' >"$site/fr/a.md"
"$TROUVAILLE" index --index "$index" --facet audience "$site" >/dev/null 2>&1
page=$(cgi 'q=weeding&lang=fr')
has 'the lexique is named' $'<p class="also">Aussi cherché\u00a0: désherbage, &lt;livres&gt;</p>' "$page"
has 'a facet of the settings' '<h2 id="facet1">Par audience</h2>' "$page"
has 'a facet filters by its field' '?q=weeding%20audience%3A%22a%20%26%20b%22&amp;lang=fr">a &amp; b</a> (1)' "$page"
has 'and that finds' '<p role="status">1 résultat' "$(cgi 'q=weeding%20audience%3A%22a%20%26%20b%22&lang=fr')"
page=$(cgi 'q=desherbgae&lang=fr')
has 'a correction says so, and links to itself' 'tel' "$page"
has 'a correction: the link' '?q=d%C3%A9sherbage&amp;lang=fr">désherbage</a>' "$page"
has 'a correction: the count is of what was asked' $'1 résultat pour «\u00a0désherbage\u00a0»' "$page"
page=$(cgi 'q=livres+desherbgae&lang=en')
has 'a suggestion beside hits' 'Did you mean: <a href="/cgi-bin/trouvaille.cgi?q=livres%20d%C3%A9sherbage&amp;lang=en">livres désherbage</a>?' "$page"

finish
