#!/bin/bash
# Language and pairing by the layouts that bilingual sites have: a fixture a layout.
set -u
. "$(dirname "$0")/lib.sh"
site=$scratch/site index=$scratch/index
t() { "$TROUVAILLE" --index "$index" "$@"; }

# page PATH [FRONT MATTER LINE]... <TEXT
page() {
	mkdir -p "$(dirname "$site/$1")"
	{
		if [ $# -gt 1 ]; then echo ---; printf '%s\n' "${@:2}"; echo ---; fi
		cat
	} >"$site/$1"
}
english() { printf '# Weeding\n\nHow the %s books of the library are weeded by the staff.\n' "${1:-old}"; }
french() { printf '# Désherbage\n\nComment les %s livres de la bibliothèque sont élagués par le personnel.\n' "${1:-vieux}"; }
begin() { rm -rf "$site" "$index"; mkdir "$site"; }

# paired NAME ENGLISH FRENCH: each is found in its language with the other as its translation
paired() {
	t index "$site" >"$scratch/out" 2>&1 || not_ok "$1: index: $(cat "$scratch/out")"
	is "$1: English" "$2 $3" "$(sides en weeding)"
	is "$1: French" "$3 $2" "$(sides fr désherbage)"
	is "$1: one hit in all" '1 0' "$(t search --lang fr --format json weeding |
		awk -F'[:, ]+' '/^  "total"/ { t = $3 } /^    "total"/ { o = $3 } END { print t, o }')"
}
# sides LANG WORD: path of the first hit and of its translation
sides() {
	t search --lang "$1" --limit 1 --format json "$2" | awk -F'"' '/"path":/ { printf "%s%s", s, $4; s = " " }'
}

begin; english | page content/en/weeding.md; french | page content/fr/weeding.md
paired 'Hugo, folders' content/en/weeding.md content/fr/weeding.md

begin; english | page content/weeding.md; french | page content/weeding.fr.md
paired 'Hugo, suffix' content/weeding.md content/weeding.fr.md

begin; english | page content/weeding.en.md; french | page content/weeding.fr-CA.md
paired 'Hugo, two suffixes' content/weeding.en.md content/weeding.fr-CA.md

begin; english | page content/en/weeding.md 'TRANSLATIONKEY: w'; french | page content/fr/desherbage.md 'translationkey: w'
paired 'Hugo, translationKey in any case' content/en/weeding.md content/fr/desherbage.md

begin; english | page docs/weeding.md; french | page docs/fr/weeding.md
paired 'MkDocs, default language without a folder' docs/weeding.md docs/fr/weeding.md

begin; french | page docs/index.md; english | page docs/index.en.md
paired 'MkDocs, French the default language' docs/index.en.md docs/index.md

begin; english | page docs/a/weeding.md; french | page i18n/fr/docusaurus-plugin-content-docs/current/a/weeding.md
paired 'Docusaurus' docs/a/weeding.md i18n/fr/docusaurus-plugin-content-docs/current/a/weeding.md

# Docusaurus: ORIGINAL TRANSLATION
while read -r original translation; do
	begin; english | page "$original"; french | page "$translation"
	paired "Docusaurus, $original" "$original" "$translation"
done <<'PAIRS'
website/docs/w.md website/i18n/fr/docusaurus-plugin-content-docs/current/w.md
versioned_docs/version-1.2/w.md i18n/fr-CA/docusaurus-plugin-content-docs/version-1.2/w.md
api/w.md i18n/fr/docusaurus-plugin-content-docs-api/current/w.md
blog/2020-01-02-w.md i18n/fr/docusaurus-plugin-content-blog/2020-01-02-w.md
src/pages/w.md i18n/fr/docusaurus-plugin-content-pages/w.md
PAIRS

# each version of a page has its own translation
begin
for v in 1.0 1.2; do
	english | page versioned_docs/version-$v/w.md
	french | page i18n/fr/docusaurus-plugin-content-docs/version-$v/w.md
done
has 'Docusaurus, two versions' '4 files with their translations' "$(t index "$site")"

begin; english | page content/weeding.md; french | page content/fr/weeding.md
paired 'Hugo, default language at the root' content/weeding.md content/fr/weeding.md

begin; english | page content/weeding.md 'TranslationKEY: w'; french | page content/elagage.fr.md 'TRANSLATIONkey: w'
paired 'Hugo, suffix and translationKey in any case' content/weeding.md content/elagage.fr.md

# two roots are two sites
begin; english | page one/weeding.md; french | page two/weeding.fr.md
has 'two roots' ' 0 files with their translations' "$(t index "$site/one" "$site/two")"

begin; english | page fr-folder-not/weeding.md 'lang: en' 'translationKey: w'; french | page en/weeding.md 'language: fr-CA' 'translationKey: w'
paired 'front matter over folder' fr-folder-not/weeding.md en/weeding.md

begin; english | page anglais/weeding.md; french | page francais/weeding.md
"$TROUVAILLE" --index "$index" index --lang-of anglais=en --lang-of francais=fr "$site" >/dev/null 2>&1
is '--lang-of: folders pair' 'anglais/weeding.md francais/weeding.md' "$(sides en weeding)"

begin; english | page docs/weeding.md; french | page i18n/fr/docusaurus-plugin-content-docs/current/weeding.md
t index --lang-of 'docs/*=en' "$site" >/dev/null
is '--lang-of: a glob leaves the folder in the path' \
	'docs/weeding.md i18n/fr/docusaurus-plugin-content-docs/current/weeding.md' "$(sides en weeding)"

begin; english | page a/one.md; english | page a/two.md
t index --lang-of a/one.md=fr --lang-of a=en --lang-of a/two.md=fr "$site" >/dev/null
is '--lang-of: the first that matches' 'a/one.md' "$(t search --lang fr --only --format paths weeding | sed 's/#.*//')"

# words that say one thing, a rule that says another
begin; french | page notes/a.md; french | page notes/b.md 'lang: fr'
t index --lang-of 'notes/*=en' "$site" >/dev/null
is '--lang-of: a glob, over front matter' '0 2' "$(t search --lang fr --format json désherbage |
	awk -F'[:, ]+' '/^  "total"/ { t = $3 } /^    "total"/ { o = $3 } END { print t, o }')"

# page.md beside page.fr.md is not French, though its words are
begin; french | page a.md; french | page a.fr.md
t index "$site" >/dev/null
is 'a sibling that tells' 'a.md a.fr.md' "$(sides en désherbage)"

# --- guesses ------------------------------------------------------------------------------------
begin
english | page guide/one.md; french | page guide/deux.md; english | page en/told.md
printf '123\n' | page guide/none.md
french | page $'guide/z\nforged.md'
out=$(t index --dry-run "$site"); is 'dry run: status' 0 $?
is 'dry run: the guesses, in order' "guessed: fr  $site/guide/deux.md
guessed: en  $site/guide/none.md
guessed: en  $site/guide/one.md
guessed: fr  $site/guide/z\\012forged.md" "$(printf '%s\n' "$out" | head -n -1)"
has 'dry run: the sum' 'Would index: 5 files' "$out"
[ -e "$index" ] && not_ok 'dry run wrote something' || ok
has 'dry run in French' $'langue devinée\u00a0: fr  ' "$(LC_ALL=fr_CA.UTF-8 "$TROUVAILLE" --index "$index" index --dry-run "$site" 2>/dev/null)"
lacks 'no guesses but in a dry run' 'guessed' "$(t index "$site")"

begin; english | page docs/a.md; french | page docs/fr/a.md
lacks 'the only language left is no guess' 'guessed' "$(t index --dry-run "$site")"
out=$(t index --lang-of docs/en=en "$site" 2>&1); is '--lang-of that covers no page: a warning' 1 $?
has '--lang-of that covers no page: named' "$site/docs/en: --lang-of: decides the language of no page" "$out"

# --- what is wrong --------------------------------------------------------------------------------
for rule in anglais anglais=de =en ''; do
	out=$(t index --lang-of "$rule" "$site" 2>&1); is "--lang-of '$rule'" 2 $?
	has "--lang-of '$rule': says what it takes" 'PATTERN=LANG' "$out"
done
begin; english | page a.md 'lang: es'
out=$(t index "$site" 2>&1); is 'lang: es: a warning' 1 $?
has 'lang: es: the file and the languages there are' "$site/a.md: front matter: no such language here, so it is told otherwise: es (en, fr)" "$out"

out=$(t index --lang-of a.md=fr "$site" 2>&1); is 'lang: es under a rule: no warning' 0 $?
begin; french | page en/a.md 'lang: es'
t index "$site" >/dev/null 2>&1
is 'lang: es: the folder tells' 'en' "$(t search --format json désherbage | awk -F'"' '/^      "lang":/ { print $4 }')"
lacks 'lang: es: no guess then' 'guessed' "$(t index --dry-run "$site" 2>/dev/null)"
begin; french | page a.md 'lang: es'
has 'lang: es: else the words' "guessed: fr  $site/a.md" "$(t index --dry-run "$site" 2>/dev/null)"

# --- a <div lang> inside a page ---------------------------------------------------------------------
begin
{ english; printf '\n<div lang="fr">\n\n## Résumé\n\nLes livres abîmés sont retirés.\n\n</div>\n'; } | page en/a.md
t index "$site" >/dev/null
is 'a French passage of an English page' 'fr' "$(t search --lang fr --format json abimes | awk -F'"' '/^      "lang":/ { print $4 }')"

finish
