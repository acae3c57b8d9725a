#!/bin/bash
# The first five minutes: `trouvaille init`, then the two commands it names, pasted as they are.
set -u
. "$(dirname "$0")/lib.sh"
here=$PWD corpora=$(realpath ../shared/corpora 2>/dev/null)
unset TROUVAILLE_CONF # what init names must do without
export PATH=$(dirname "$TROUVAILLE"):$PATH
# to make so many files takes longer than to look at them: once is enough
case ${TROUVAILLE_BUILD:-} in *asan*) : "${INIT_FILES:=10000}" ;; *) : "${INIT_FILES:=100000}" ;; esac

begin() { rm -rf "$scratch/w"; mkdir -p "$scratch/w"; cd "$scratch/w" || exit; }
page() { mkdir -p "$(dirname "$1")"; printf '%b' "$2" >"$1"; }

# five NAME ARGUMENTS...: init, and the two commands as they stand in its output; what it said is in $said
five() {
	local name=$1 n; shift
	said=$(trouvaille init "$@" 2>err); is "$name: init" 0 $?
	n=0
	while read -r command; do
		n=$((n + 1))
		eval "$command" >"out$n" 2>>err; [ $? -le 1 ] && ok || not_ok "$name: $command: $(cat "out$n" err)"
	done < <(printf '%s\n' "$said" | sed -n 's/^    //p')
	is "$name: two commands" 2 "$n"
	grep -qE '^[1-9][0-9,]* result|^ 1\. ' out2 2>/dev/null && ok || not_ok "$name: finds nothing: $(cat out1 out2)"
}
# url NAME PATH EXPECTED: the address of the page of that path
url() { is "$1" "$3" "$(trouvaille --conf trouvaille.conf search --limit 100 --format json --sort date "${4:-the OR les}" |
	python3 -c '
import json, sys
hits = json.load(sys.stdin)["hits"]
print(*{s["url"].split("#")[0] for h in hits for s in (h, h["translation"]) if s and s["path"] == sys.argv[1]})' "$2")"; }

# --- our own corpus, and real sites ----------------------------------------------------------------
begin; five 'corpus/' "$here/corpus"
has 'corpus/: files' "4 Markdown files in $here/corpus" "$said"
has 'corpus/: languages' 'Languages: English 2, Français 2' "$said"
has 'corpus/: how they are told' 'Told by: front matter 4' "$said"
has 'corpus/: pairs' 'With a translation: 4' "$said"
has 'corpus/: dates' 'date 2 (dates)' "$said"
has 'corpus/: no generator' 'Generator: none' "$said"
is 'corpus/: nothing but the configuration and the index' '.trouvaille trouvaille.conf' "$(ls -A | grep -v '^out\|^err' | xargs)"
trouvaille --conf trouvaille.conf doctor >out; [ $? -le 1 ] && ok || not_ok "doctor: $(cat out)"
for site in vue tldr; do
	if [ -d "$corpora/$site" ]; then
		begin; five "$site" "$corpora/$site"
	else
		skip "$site: ../shared/corpora is not there"
	fi
done

# --- generators ---------------------------------------------------------------------------------------
begin
page hugo.toml "title = 'T'\nbaseURL = 'https://x.example/site/'\ndefaultContentLanguage = 'en'\n[languages.en]\ncontentDir = 'content/en'\n[languages.fr]\ncontentDir = 'content/fr'\n"
page content/en/Guide/A.md '---\ntitle: Weeding\n---\n\nThe books.\n\n## How to do it\n\nThe shelf.\n'
page content/fr/Guide/A.md '---\ntitle: Élagage\n---\n\nLes livres.\n\n## Comment faire\n\nLes rayons.\n'
page themes/x/README.md '# Not a page\n'
five Hugo
has 'Hugo: named' 'Generator: Hugo (hugo.toml)' "$said"
has 'Hugo: the content alone' '2 Markdown files in content' "$said"
url 'Hugo: English at the root' en/Guide/A.md guide/a/
url 'Hugo: French in its folder' fr/Guide/A.md fr/guide/a/
has 'Hugo: the address, not in force' '# base: "https://x.example/site/"' "$(cat trouvaille.conf)"
if command -v hugo >/dev/null; then
	page layouts/_default/single.html '<h1>{{ .Title }}</h1>{{ .Content }}'
	page layouts/_default/list.html '{{ .Content }}'
	hugo --quiet -d built >hugo.log 2>&1 || not_ok "hugo: $(cat hugo.log)"
	trouvaille --conf trouvaille.conf check-links built >out 2>&1; is 'Hugo: every link lands in what it builds' 0 $?
else
	skip 'hugo is not installed'
fi

begin
page mkdocs.yml 'site_name: T\nplugins:\n  - search\n  - i18n:\n      docs_structure: suffix\n      languages:\n        - locale: en\n          default: true\n        - locale: fr\nmarkdown_extensions:\n  - x:\n      y: !!python/name:a.b\n'
page docs/guide/a.md '# Weeding\n\nThe books.\n'
page docs/guide/a.fr.md '# Élagage\n\nLes livres.\n'
five 'MkDocs, suffixes'
has 'MkDocs: named' 'Generator: MkDocs (mkdocs.yml)' "$said"
has 'MkDocs: pairs' 'With a translation: 2' "$said"
url 'MkDocs: English' guide/a.md guide/a/
url 'MkDocs: French' guide/a.fr.md fr/guide/a/

begin # what MkDocs itself builds
page mkdocs.yml 'site_name: T\n'
page docs/index.md '# Weeding\n\nThe books.\n\n## Old ones\n\nThe rest.\n'
page docs/deep/a.md '# Shelves\n\nThe shelf.\n'
five MkDocs
if command -v mkdocs >/dev/null; then
	mkdocs build -q >mkdocs.log 2>&1 || not_ok "mkdocs: $(cat mkdocs.log)"
	trouvaille --conf trouvaille.conf check-links site >out 2>&1; is 'MkDocs: every link lands in what it builds' 0 $?
else
	skip 'mkdocs is not installed'
fi

begin
page docusaurus.config.js "module.exports = {url: 'https://d.example', baseUrl: '/', i18n: {defaultLocale: 'en', locales: ['en', 'fr']}};\n"
page docs/intro.md '# Weeding\n\nThe books.\n'
page docs/only.md '# 2020\n\nLes livres, dit-on, sont les livres.\n'
page i18n/fr/docusaurus-plugin-content-docs/current/intro.md '# Élagage\n\nLes livres.\n'
page node_modules/pkg/README.md '# Package\n\nThe package.\n'
five Docusaurus
has 'Docusaurus: named' 'Generator: Docusaurus (docusaurus.config.js)' "$said"
has 'Docusaurus: without the packages' '3 Markdown files' "$said"
has 'Docusaurus: docs are in the first language, whatever their words' 'English 2, Français 1' "$said"
url 'Docusaurus: English' docs/intro.md docs/intro
url 'Docusaurus: French' i18n/fr/docusaurus-plugin-content-docs/current/intro.md fr/docs/intro

begin
page docs/.vitepress/config.mts "export default { cleanUrls: true }\n"
page docs/guide/a.md '# Weeding\n\nThe books.\n'
page docs/fr/guide/a.md '# Élagage\n\nLes livres.\n'
page README.md '# Not a page\n'
five VitePress
has 'VitePress: named' 'Generator: VitePress (docs/.vitepress/config.mts)' "$said"
url 'VitePress: French' fr/guide/a.md fr/guide/a

begin
page _config.yml 'permalink: pretty\n'
page en/a.md '# Weeding\n\nThe books.\n'
five Jekyll
url 'Jekyll' en/a.md en/a/

# --- folders called after a language ----------------------------------------------------------------
begin
page docs/Anglais/a.md '# Weeding\n\nOne.\n'
page docs/Français/a.md '# Élagage\n\nUn.\n'
five 'called after a language' docs
has 'called after a language: told' 'Told by: folders of a language (lang-of) 2' "$said"
has 'called after a language: paired' 'With a translation: 2' "$said"
has 'called after a language: the setting' 'lang-of: {Anglais: en, "Français": fr}' "$(cat trouvaille.conf)"
has 'called after a language: indexed so' '2 files with their translations' "$(cat out1)"

# --- facets -------------------------------------------------------------------------------------------
begin
for i in 1 2 3 4; do page en/$i.md "---\ntopic: $((i % 2))x\n---\n# Shelf\n\nThe shelf $i.\n"; done
five facets
has 'facets: told' 'Facets: topic' "$said"
has 'facets: filter at once' '2 results' "$(trouvaille --conf trouvaille.conf search 'topic:1x shelf')"

# --- names that are hard to write -----------------------------------------------------------------------
begin
page "it's a \"site\" \$HOME é: #1/en/a.md" '# Weeding\n\nThe books.\n'
five 'a name with quotes' "it's a \"site\" \$HOME é: #1"
mkdir -- "-dash dir"; cp -r it*/en "./-dash dir/"; rm trouvaille.conf
five 'a name with a dash' -- "-dash dir"
rm trouvaille.conf; five 'another file' --output "my settings.conf" it*
[ -e trouvaille.conf ] && not_ok 'trouvaille.conf beside --output' || ok
mkdir conf; five 'a file in another folder' --output conf/t.conf it*
five 'only English, from inside' --output ../w/inside.conf .
bad=$'bad\xff'
mkdir "$bad" && page "$bad/a.md" '# Weeding\n'
trouvaille init --output x.conf "$bad" >out 2>&1; is 'a name that is no UTF-8' 2 $?
has 'a name that is no UTF-8: said' 'not valid UTF-8' "$(cat out)"
[ -e x.conf ] && not_ok 'x.conf was written' || ok

# --- what is there already, and what is not -----------------------------------------------------------
begin; page en/a.md '# Weeding\n\nThe books.\n'
echo 'language: fr' >trouvaille.conf
trouvaille init >out 2>&1; is 'one is there: refused' 2 $?
has 'one is there: said' 'trouvaille.conf is there already and stays as it is' "$(cat out)"
is 'one is there: untouched' 'language: fr' "$(cat trouvaille.conf)"
trouvaille init --dry-run >new 2>report; is 'dry run' 0 $?
is 'dry run: untouched' 'language: fr' "$(cat trouvaille.conf)"
has 'dry run: the report is on standard error' '1 Markdown file in .' "$(cat report)"
trouvaille init --force >out 2>&1; is '--force' 0 $?
is '--force: what the dry run showed' "$(cat new)" "$(cat trouvaille.conf)"
ln -s nowhere link.conf
trouvaille init --output link.conf >out 2>&1; is 'a dangling link is there' 2 $?
[ -e nowhere ] && not_ok 'written through a link' || ok
echo 'language: [' >broken.conf
TROUVAILLE_CONF=broken.conf trouvaille init --output other.conf >out 2>&1; is 'settings that are broken do not stand in the way' 0 $?

begin
trouvaille init >out 2>&1; is 'an empty folder' 1 $?
has 'an empty folder: said' 'no Markdown in .' "$(cat out)"
is 'an empty folder: nothing is written' 'out' "$(ls -A)"
has 'an empty folder, in French' 'pas de Markdown dans .' "$(LC_ALL=fr_CA.UTF-8 trouvaille init 2>&1)"
trouvaille init nowhere >out 2>&1; is 'no such folder' 2 $?
touch file.md; trouvaille init file.md >out 2>&1; is 'a file' 2 $?
has 'a file: said' 'file.md is a file: name the folder that it is in' "$(cat out)"
trouvaille init a b >out 2>&1; is 'two folders' 2 $?
trouvaille init --nothing >out 2>&1; is 'an unknown option' 2 $?
page en/a.md '# Weeding\n'
trouvaille init --output nowhere/t.conf >out 2>&1; is 'no folder to write to' 2 $?
(cd /sys && trouvaille init "$scratch/w") >out 2>&1; is 'a folder that takes no files' 2 $?
has 'a folder that takes no files: said' '--output FILE writes it elsewhere' "$(cat out)"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && cp "$TROUVAILLE" "$scratch/t" && chmod 755 "$scratch" "$scratch/t" &&
	setpriv --reuid=65534 --clear-groups "$scratch/t" --version >/dev/null 2>&1; then
	setpriv --reuid=65534 --clear-groups "$scratch/t" init >out 2>&1; is 'no permission to write' 2 $?
	setpriv --reuid=65534 --clear-groups "$scratch/t" init --dry-run >out 2>err; is 'no permission to write: a dry run does' 0 $?
	chmod 700 en; rm file.md
	setpriv --reuid=65534 --clear-groups "$scratch/t" init --dry-run >out 2>&1; is 'no permission to read' 1 $?
	has 'no permission to read: said' './en: Permission denied' "$(cat out)"
	chmod 755 en
else
	skip 'cannot become another user'
fi

# --- what is wrong in the pages --------------------------------------------------------------------------
begin; page en/a.md '# Weeding\n\nThe books.\n'
printf 'bad \xff\n' >en/bad.md; page en/front.md '---\na: [\n---\n\n# X\n'; page en/toml.md '+++\ntitle = "T"\n+++\n\n# Toml\n'
for i in $(seq 20); do printf 'bad \xff\n' >en/bad$i.md; done
said=$(trouvaille init 2>err); is 'pages that cannot be read: done all the same' 0 $?
has 'pages that cannot be read: named' './en/bad.md:1: not valid UTF-8' "$(cat err)"
is 'pages that cannot be read: not all' 11 "$(wc -l <err)"
has 'pages that cannot be read: the rest counted' 'and 12 more warnings' "$(cat err)"
has 'TOML: told' '1 file begins with +++ (TOML)' "$said"

# --- the configuration itself ------------------------------------------------------------------------------
begin; page en/a.md '# Weeding\n\nThe books.\n'
for locale in C.UTF-8 fr_CA.UTF-8; do
	env LC_ALL=$locale "$TROUVAILLE" init --force >out 2>&1
	# a line of comment before each setting; and every one that is not in force may be put in force as it stands
	settings=$(sed -nE 's/^(# )?([a-z-]+): .*/\2/p' trouvaille.conf)
	for s in $settings; do
		grep -B1 -E "^(# )?$s: " trouvaille.conf | head -1 | grep -q '^# .*\.$' && ok || not_ok "$locale: no comment before $s"
		sed -E "s/^# ($s: )/\1/" trouvaille.conf >one.conf
		TROUVAILLE_CONF=one.conf "$TROUVAILLE" search x >out 2>&1
		lacks "$locale: $s as it stands" 'one.conf:' "$(cat out)"
	done
done
has 'the comments are French in French' '# Dossiers de Markdown.' "$(cat trouvaille.conf)"
is 'every setting stands in it' "$(sed -nE 's/^    ([a-z-]+): .*/\1/p' "$here/README.md" | sort -u | xargs)" \
	"$(printf '%s\n' $settings | sort | xargs)"
has 'help' 'Usage: trouvaille init' "$(trouvaille init --help)"

# --- a very large folder --------------------------------------------------------------------------------------
begin; mkdir en
python3 -c '
import sys
for i in range(int(sys.argv[1])):
    with open("en/%d.md" % i, "w") as f:
        f.write("---\ntitle: Page %d of shelves\nkey%d: %d\n---\n\nThe books.\n" % (i, i % 500, i))' "$INIT_FILES"
start=$(date +%s)
timeout 60 "$TROUVAILLE" init >out 2>&1; is "$INIT_FILES files" 0 $?
has "$INIT_FILES files: all counted" ' Markdown files in .' "$(cat out)"
[ $(($(date +%s) - start)) -lt 60 ] && ok || not_ok "$INIT_FILES files: $(($(date +%s) - start)) s"

cd "$here"
finish
