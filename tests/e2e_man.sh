#!/bin/bash
# The manual pages: do they say what the programs do, in both languages, and does man find them?
# Once: it is about texts, not about memory.
set -u
. "$(dirname "$0")/lib.sh"
nbsp=$'\u00a0'

# ---- what there is ----

commands=$(sed -n 's/^\t{"\([a-z-]*\)", cmd_.*/\1/p' src/main.c)
has 'the table of commands is read' $'index\nsearch' "$commands"
is 'the same pages in both languages' "$(ls src/man/en)" "$(ls src/man/fr)"
for command in $commands; do
	[ -e "src/man/en/trouvaille-$command.1" ] && ok || not_ok "no page of $command"
done
for page in trouvaille.1 trouvaille.cgi.8 trouvaille.conf.5 trouvaille-lexique.5 trouvaille-format.5; do
	[ -e "src/man/en/$page" ] && ok || not_ok "no page $page"
done

# ---- options ----

# options_of COMMAND: what its getopt table knows
options_of() {
	local file
	file=$([ "$1" = trouvaille ] && echo src/main.c || grep -l "^int cmd_${1//-/_}(" src/cmd_*.c)
	grep -oE '\{"[a-z-]+", (no|required|optional)_argument' "$file" | sed 's/{"\(.*\)",.*/--\1/' | sort -u
}
# documented FILE: the options that the page tells of, one an item of its lists
documented() {
	sed -n 's/^\.It Fl //p' "$1" | tr ' ' '\n' | grep -oE '^-[a-z-]+$' | sed 's/^/-/' | sort -u
}
# helped COMMAND LANGUAGE: the options that its help tells of
helped() {
	local arguments=("$1" --help)
	[ "$1" != trouvaille ] || arguments=(--help)
	LC_ALL=$2 "$TROUVAILLE" "${arguments[@]}" | grep '^  --' | grep -oE '^ +--[a-z-]+|, --[a-z-]+' | tr -d ' ,' | sort -u
}
all_options=$(for command in trouvaille $commands; do options_of "$command"; done | sort -u)
for command in trouvaille $commands; do
	table=$(options_of "$command")
	has "$command: its table is read" --version "$table"
	for language in en fr; do
		page=src/man/$language/trouvaille-$command.1
		[ "$command" != trouvaille ] || page=src/man/$language/trouvaille.1
		is "$page: options" "$table" "$(documented "$page")"
		help=$(helped "$command" $language)
		has "$command --help in $language tells of options" -- "$help"
		is "$command --help in $language: options it does not take" '' "$(comm -13 <(echo "$table") <(echo "$help"))"
		is "$command --help in $language: options it does not tell" '' \
			"$(comm -23 <(echo "$table") <(echo "$help") | grep -vxE -- '--(help|version|colour)')"
	done
done
for page in src/man/*/*; do
	mentioned=$(grep -oE 'Fl -[a-z-]+|, -[a-z][a-z-]+' "$page" | sed -E 's/^(Fl |, )-/--/' | sort -u)
	is "$page: mentions options of no command" '' "$(comm -13 <(echo "$all_options") <(echo "$mentioned") | grep .)"
done

# ---- settings, parameters, keys of the JSON ----

# items FILE: the words of its lists
items() { sed -n 's|^\.It Cm ||p' "$1" | tr -d ',' | tr ' ' '\n' | grep . | sort -u; }
settings=$(sed -n 's/^\t\[SETTING_[A-Z_]*\] = {"\([a-z-]*\)", "TROUVAILLE_.*/\1/p' src/settings.c | sort)
parameters=$(sed -n '/ parameter_names\[.*=/,/;/p' src/request.c | grep -oE '"[a-z]+"' | tr -d '"' | sort)
keys=$(grep -oE 'put\(&?failed, [a-z]+, "[a-z]+"' src/render_json.c | grep -oE '"[a-z]+"' | tr -d '"' | sort -u)
has 'the table of settings is read' sandbox "$settings"
has 'the table of parameters is read' suggest "$parameters"
has 'the keys are read' breadcrumb "$keys"
for language in en fr; do
	is "trouvaille.conf(5) in $language: settings" "$settings" "$(items src/man/$language/trouvaille.conf.5)"
	is "trouvaille.cgi(8) in $language: parameters" "$parameters" "$(items src/man/$language/trouvaille.cgi.8)"
	page=src/man/$language/trouvaille-format.5
	told=$(sed -nE 's/^\.(It )?Cm //p' "$page" | tr -d ',' | tr ' ' '\n' | sort -u)
	is "$page: keys of the JSON" '' "$(comm -23 <(echo "$keys") <(echo "$told") | grep -vxE 'text')"
	is "$page: keys that are none" '' "$(comm -23 <(items "$page") <(echo "$keys") | grep .)"
done

# ---- their form ----

for page in src/man/*/*; do
	for name in $(grep -oE '^\.Xr trouvaille[a-z.-]* [158]' "$page" | sed 's/^.Xr //; s/ /./'); do
		[ -e "${page%/*}/$name" ] || not_ok "$page: refers to $name"
	done
done
# French stands in lines of text; what begins with a dot is macros, and literal blocks are YAML and such
for page in src/man/fr/*; do
	text=$(sed -e '/^\.Bd/,/^\.Ed/d' -e '/^\./d' "$page")
	is "$page: a space before ; ! ?" '' "$(grep -nE "[ $nbsp][;!?]" <<<"$text")"
	is "$page: no U+00A0 before : and inside guillemets" '' "$(grep -nE "[^$nbsp]:|«[^$nbsp]|[^$nbsp]»" <<<"$text")"
	is "$page: a straight apostrophe" '' "$(grep -n "[[:alpha:]]'[[:alpha:]]" <<<"$text")"
done
if command -v mandoc >/dev/null; then
	for page in src/man/en/*; do is "mandoc: $page" '' "$(mandoc -T lint -W warning "$page")"; done
	# mandoc knows English alone: a French date, and NOM for NAME, are the only words it may have
	french='cannot parse date, using it verbatim: Dd [0-9]+ [a-zéû]+ 20[0-9][0-9]$|first section is not "NAME": Sh (NOM|SYNOPSIS|DESCRIPTION)$|description line outside NAME section: Nd$'
	for page in src/man/fr/*; do
		is "mandoc: $page" '' "$(mandoc -T lint -W warning "$page" | grep -vE "WARNING: ($french)")"
	done
else
	skip 'mandoc is not installed'
fi

# ---- their examples ----

# examples FILE: the lines with a $ before them, as a person would type them
examples() { sed -nE 's/^(\.Dl )?\$ //p' "$1" | sed -e "s/\\\\(aq/'/g" -e 's/\\(dq/"/g' -e 's/\\e/\\/g' -e 's/\\&//g'; }
mkdir "$scratch/bin" "$scratch/here"
ln -s "$TROUVAILLE" "$scratch/bin/trouvaille"
ln -s "$TROUVAILLE_CGI" "$scratch/bin/trouvaille.cgi"
cp -R corpus "$scratch/here/corpus"
chmod o+x "$scratch" # of which the doctor would have a word to say
(cd "$scratch/here" && "$TROUVAILLE" index corpus) >/dev/null || not_ok 'cannot index'
run=0
for page in src/man/en/trouvaille.1 src/man/*/*; do
	while IFS= read -r line; do
		said=$(cd "$scratch/here" && PATH=$scratch/bin:$PATH env -u TROUVAILLE -u TROUVAILLE_CGI -u TROUVAILLE_BUILD bash -c "$line" 2>&1 </dev/null)
		status=$?
		run=$((run + 1))
		[ "$status" -eq 0 ] && [ -n "$said" ] || grep -q '>' <<<"$line" && [ "$status" -eq 0 ] && ok ||
			not_ok "$page: $line: exit status $status: $said"
	done < <(examples "$page")
done
[ "$run" -ge 45 ] && ok || not_ok "only $run examples"

# ---- installed ----

root=$scratch/root
make -s install DESTDIR="$root" >"$scratch/make.log" 2>&1 || not_ok "install: $(cat "$scratch/make.log")"
installed=$(find "$root" -name man -type d)
is 'all are installed' "$(find src/man -type f | wc -l)" "$(find "$installed" -type f | wc -l)"
is 'completions, each where its shell looks' 3 \
	"$(cd "$root" && find . -path '*/bash-completion/completions/trouvaille' -o -path '*/zsh/*/_trouvaille' -o -path '*/vendor_completions.d/trouvaille.fish' | wc -l)"
if command -v man >/dev/null; then
	export MANPATH=$installed MANWIDTH=80
	english=$(man trouvaille-search 2>&1)
	french=$(man -L fr trouvaille-search 2>&1)
	has 'man' 'find passages of bilingual Markdown' "$english"
	has 'man: options can be pasted' '--limit n' "$english"
	has 'man -L fr' 'trouve des passages de Markdown bilingue' "$french"
	has 'man -L fr: its heading' 'NOM' "$french"
	has 'man -L fr: its volume' 'Manuel des commandes' "$french"
	has 'man -L fr 5' 'Manuel des formats' "$(man -L fr 5 trouvaille-lexique 2>&1)"
	has 'man 1 and man 5 are two' 'keep the bilingual glossary' "$(man trouvaille-lexique 2>&1)"
	has 'man -L fr 8' 'la recherche dans une page Web' "$(man -L fr trouvaille.cgi 2>&1)"
	has 'man: each option in its brackets' '--color[=when], --colour[=when]' "$english"
	for page in src/man/*/*; do
		is "$page: no quotation within another" '' "$(man -E UTF-8 -l "$page" 2>/dev/null | tr '\n' ' ' | grep -oE '“[^”]*“|”[^“]*”|«[^»]*«')"
		is "groff: $page" '' "$(man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)"
	done
	unset MANPATH MANWIDTH
else
	skip 'man is not installed'
fi
make -s uninstall DESTDIR="$root" >/dev/null 2>&1
is 'uninstall leaves nothing' '' "$(find "$root" -type f)"
finish
