#!/bin/bash
# Links that land: addresses and anchors by the rules of a site, held against built HTML, of Hugo and MkDocs too.
set -u
. "$(dirname "$0")/lib.sh"
site=$scratch/site index=$scratch/index
mkdir -p "$site/en/guide" "$site/fr/guide"
cat >"$site/en/guide/loans.md" <<'EOF'
# Loans & Returns

Books.

## What’s due?

Soon.

## What’s due?

Later.

## The `desk` and [rules](https://example.org/r) *here* {#desk}

Ask.
EOF
cat >"$site/fr/guide/loans.md" <<'EOF'
# Prêts et retours

Des livres.

## Est-ce l’échéance ?

Bientôt.

## Est-ce l’échéance ?

Plus tard.

## Le `comptoir` et les [règles](https://example.org/r) *ici*

Demandez.
EOF
printf '# Home\n\nWelcome.\n' >"$site/en/index.md"
printf '# Accueil\n\nBienvenue.\n' >"$site/fr/index.md"
T() { "$TROUVAILLE" --index "$index" "$@"; }
# urls: the addresses in the index, sorted
urls() { T search --format json --limit 100 --lang en 'books OR livres OR welcome OR soon OR later OR ask' | sed -n 's/^ *"url": "\(.*\)",$/\1/p' | sort; }

T index "$site" >/dev/null || not_ok 'cannot index'
is 'kept' 'en/guide/loans.md#desk
en/guide/loans.md#loans--returns
en/guide/loans.md#whats-due
en/guide/loans.md#whats-due-1
en/index.md#home
fr/guide/loans.md#est-ce-l%C3%A9ch%C3%A9ance-
fr/guide/loans.md#est-ce-l%C3%A9ch%C3%A9ance--1
fr/guide/loans.md#le-comptoir-et-les-r%C3%A8gles-ici
fr/guide/loans.md#pr%C3%AAts-et-retours
fr/index.md#accueil' "$(urls)"
T index --urls html --anchors mkdocs --url-of en/= "$site" >/dev/null
is 'moved' 'fr/guide/loans.html#est-ce-lecheance
fr/guide/loans.html#est-ce-lecheance_1
fr/guide/loans.html#le-comptoir-et-les-regles-ici
fr/guide/loans.html#prets-et-retours
fr/index.html#accueil
guide/loans.html#desk
guide/loans.html#loans-returns
guide/loans.html#whats-due
guide/loans.html#whats-due_1
index.html#home' "$(urls)"
page=$(env QUERY_STRING='q=soon&lang=en' SCRIPT_NAME=/t TROUVAILLE_BASE=/docs/ TROUVAILLE_INDEX="$index" "$TROUVAILLE_CGI")
has 'a hit leads to its heading' '<a href="/docs/guide/loans.html#whats-due"' "$page"
has 'and to its translation’s' '<a href="/docs/fr/guide/loans.html#est-ce-lecheance" hreflang="fr"' "$page"
for bad in '--urls html5' '--anchors hub' '--url-of x'; do
	out=$(T index $bad "$site" 2>&1); is "$bad" 2 $?
	has "$bad: said" "${bad#* }" "$out"
done

# --- check-links ------------------------------------------------------------------------------------
T index --urls slash "$site" >/dev/null
html=$scratch/html
mkdir -p "$html/en/guide/loans" "$html/fr/guide/loans"
printf '<!-- <p id="home"> --><script>"<p id=home>"</script><h1 ID = home>Home</h1>' >"$html/en/index.html"
printf '<h1><a name="accueil"></a>Accueil</h1>' >"$html/fr/index.html"
printf '<h1 id="loans--returns"></h1><h2 id="whats-due"></h2><h2 class="x" id=whats-due-1></h2><h2\nid="desk"></h2>' >"$html/en/guide/loans/index.html"
out=$(T check-links "$html" 2>&1); is 'check-links: some are wrong' 1 $?
is 'check-links: which' "trouvaille: fr/guide/loans.md:1: no page at this address of the site: fr/guide/loans/
trouvaille: fr/guide/loans.md:5: no page at this address of the site: fr/guide/loans/
trouvaille: fr/guide/loans.md:9: no page at this address of the site: fr/guide/loans/
trouvaille: fr/guide/loans.md:13: no page at this address of the site: fr/guide/loans/
6 links right, 4 wrong" "$(sort <<<"${out%$'\n'*}" | sort -t: -k3n; tail -1 <<<"$out")"
printf '<h1 id="prêts-et-retours"></h1><h2 id="est-ce-léchéance-"></h2><h2 id="est-ce-léchéance--1"></h2>' >"$html/fr/guide/loans/index.html"
is 'check-links: an anchor' 'trouvaille: fr/guide/loans.md:13: no such anchor in the page: #le-comptoir-et-les-règles-ici
9 links right, 1 wrong' "$(T check-links "$html" 2>&1)"
printf '<h2 id="le-comptoir-et-les-règles-ici">' >>"$html/fr/guide/loans/index.html"
out=$(T check-links "$html"); is 'check-links: all right' '0 10 links right, 0 wrong' "$? $out"
is 'check-links: French' '10 liens justes, 0 faux' "$(env LC_ALL=fr_CA.UTF-8 "$TROUVAILLE" --index "$index" check-links "$html")"
out=$(T check-links 2>&1); is 'check-links: of what?' 2 $?
out=$("$TROUVAILLE" --index "$scratch/none" check-links "$html" 2>&1); is 'check-links: no index' 2 $?
printf '<h1 id="home"' >"$html/en/index.html" # cut short
is 'check-links: a tag without an end' 'trouvaille: en/index.md:1: no such anchor in the page: #home' "$(T check-links "$html" 2>&1 | head -1)"

# --- what generators make of the same pages ------------------------------------------------------------
if command -v mkdocs >/dev/null; then
	printf 'site_name: x\ndocs_dir: %s\nmarkdown_extensions: [attr_list]\n' "$site" >"$scratch/mkdocs.yml"
	(cd "$scratch" && mkdocs build -q -f mkdocs.yml -d "$scratch/built" 2>&1) | grep -v '^WARNING\|^INFO'
	T index --urls slash --anchors mkdocs "$site" >/dev/null
	is 'MkDocs' '10 links right, 0 wrong' "$(T check-links "$scratch/built" 2>&1)"
	sed -i 's/^site_name.*/&\nuse_directory_urls: false/' "$scratch/mkdocs.yml"
	(cd "$scratch" && mkdocs build -q -f mkdocs.yml -d "$scratch/built-html" 2>&1) | grep -v '^WARNING\|^INFO'
	T index --urls html --anchors mkdocs "$site" >/dev/null
	is 'MkDocs, files' '10 links right, 0 wrong' "$(T check-links "$scratch/built-html" 2>&1)"
else
	skip 'mkdocs is not installed'
fi
if command -v hugo >/dev/null; then
	mkdir -p "$scratch/hugo/layouts/_default"
	cp -R "$site" "$scratch/hugo/content"
	for l in en fr; do mv "$scratch/hugo/content/$l/index.md" "$scratch/hugo/content/$l/_index.md"; done
	for kind in single list; do echo '{{.Content}}' >"$scratch/hugo/layouts/_default/$kind.html"; done
	printf 'baseURL = "/"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n' >"$scratch/hugo/config.toml"
	(cd "$scratch/hugo" && hugo --quiet -d "$scratch/built-hugo" 2>&1)
	T index --urls hugo --anchors hugo "$scratch/hugo/content" >/dev/null
	is 'Hugo' '10 links right, 0 wrong' "$(T check-links "$scratch/built-hugo" 2>&1)"
else
	skip 'hugo is not installed'
fi
finish
