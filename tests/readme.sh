#!/bin/bash
# usage: readme.sh [--check]    puts into README.md what a session prints, or says how it differs from what stands there
#
# A real run on our own corpus, 80 columns wide.
set -u
cd "$(dirname "$0")/.." || exit
: "${TROUVAILLE:=./trouvaille}"
begin='<!-- session: written by make readme -->' end='<!-- end of session -->'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$(realpath "$TROUVAILLE")" "$scratch/bin/trouvaille"
cp -R corpus "$scratch/corpus"

session() {
	local line
	while IFS= read -r line; do
		echo "$ $line"
		(cd "$scratch" && env -i PATH="$scratch/bin:$PATH" LANG=en_CA.UTF-8 COLUMNS=80 TROUVAILLE_CONF= bash -c "$line" 2>&1)
	done <<-'END'
		trouvaille index corpus
		trouvaille search --limit 1 complaint
		LANG=fr_CA.UTF-8 trouvaille search --limit 1 clientele
		trouvaille show en/overview.md#competencies-index-for-public-library-staff
	END
}

session >"$scratch/session"
# the README with the session between its marks, a code block
awk -v begin="$begin" -v end="$end" -v session="$scratch/session" '
	$0 == end { inside = 0; found++ }
	!inside { print }
	$0 == begin {
		inside = 1; found++
		print "\n```console"
		while ((getline line < session) > 0) print line
		print "```\n"
	}
	END { exit found != 2 }' README.md >"$scratch/README.md" || { echo "README.md: no marks of the session" >&2; exit 1; }
if [ "${1:-}" = --check ]; then
	diff README.md "$scratch/README.md"
else
	cp "$scratch/README.md" README.md
fi
