#!/bin/bash
# What issue and README promise of the two real sites, by the programs of `make measure`.
# Once: the programs that measure are built once.
set -u
. "$(dirname "$0")/lib.sh"
programs=${TROUVAILLE_BUILD:-build}/tests sites=../shared/corpora

if [ ! -d "$sites/vue" ]; then
	skip '../shared/corpora is not here: the two real sites'
	finish
fi
if [ ! -x "$programs/measure_rank" ]; then
	skip "measure_rank is not among the programs of $programs"
	finish
fi
figures=$("$programs/measure_rank" --only 2 --tsv "$sites/vue" "$sites/tldr")
# at_least NAME LEAST: the figure of that name
at_least() {
	local got
	got=$(printf '%s\n' "$figures" | awk -v name="$1" '$1 == name { print $2 }')
	if awk -v got="$got" -v least="$2" 'BEGIN { exit !(got != "" && got >= least) }'; then ok; else
		not_ok "$1 is ${got:-missing}, not $2 at least"; fi
}
at_least cross.en.strict 95 # of 100 English headings typed, the French section is among the first three
at_least cross.fr.strict 95
at_least rare4.en.other 0.95
at_least rare4.fr.other 0.95

# of passages whose ids are hidden: share that has a pair, and share of pairs that are right
table=$("$programs/measure_pair" "$sites/vue")
hidden=$(printf '%s\n' "$table" | grep '^| ids hidden |' | tr -d '% ')
if printf '%s\n' "$hidden" | awk -F'|' '{ exit !($4 >= 97 && $6 >= 98.5 && $8 >= 97) }'; then ok; else
	not_ok "pairing with ids hidden: $hidden"; fi
finish
