#!/bin/bash
# What bash, zsh and fish complete: the same in all three, and what the program takes.
# Once: it is about texts, not about memory.
set -u
. "$(dirname "$0")/lib.sh"
here=$PWD
mkdir -p "$scratch/bin" "$scratch/functions" "$scratch/work/docs/en" "$scratch/work/other"
ln -s "$TROUVAILLE" "$scratch/bin/trouvaille"
ln -s "$here/src/completions/trouvaille.zsh" "$scratch/functions/_trouvaille"
: >"$scratch/work/docs.txt"
PATH=$scratch/bin:$PATH
cd "$scratch/work" || exit

sorted() { tr ' ' '\n' | grep . | sort -u | xargs; }

# ---- the shells: what each completes at the end of lines, sorted, a line each ----

bash_completes() {
	bash -c '
		. "$0/src/completions/trouvaille.bash"
		for line; do
			COMP_WORDS=($line) COMPREPLY=()
			[ "${line% }" = "$line" ] || COMP_WORDS+=("")
			# as readline does: the sign is a word
			last=${COMP_WORDS[-1]}
			case $last in
			--*=*) COMP_WORDS[-1]=${last%%=*} COMP_WORDS+=(=) && [ -z "${last#*=}" ] || COMP_WORDS+=("${last#*=}") ;;
			esac
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
			_trouvaille trouvaille
			printf "%s\n" "${COMPREPLY[@]}" | sort -u | xargs
		done' "$here" "$@"
}
zsh_completes() { timeout 60 zsh -f "$here/tests/complete.zsh" "$scratch/functions" "$@"; }
fish_completes() {
	HOME=$scratch fish -c "source $here/src/completions/trouvaille.fish
		for line in \$argv; complete -C\$line | cut -f1 | sort -u | xargs; end" "$@"
}
# Readline and zsh keep what stands before the value of --option=, or not; fish must say it. A folder may end in a slash.
alike() { while read -r line; do sed -E 's/--[a-z]+=//g; s,/( |$),\1,g' <<<"$line" | sorted; done; }

shells='bash'
for shell in zsh fish; do
	if command -v $shell >/dev/null; then shells+=" $shell"; else skip "$shell is not installed"; fi
done

# ---- lines and what they are completed to ----

lines=() expected=()
completes() { lines+=("$1") expected+=("$2"); }

commands=$(sed -n 's/^\t{"\([a-z-]*\)", cmd_.*/\1/p' "$here/src/main.c" | xargs)
completes 'trouvaille ' "$(echo "$commands help" | sorted)"
completes 'trouvaille help ' "$(echo "$commands help" | sorted)"
completes 'trouvaille se' search
completes 'trouvaille --index docs emb' embed
completes 'trouvaille --index=docs emb' embed
completes 'trouvaille --co' --conf
completes 'trouvaille --index d' docs
completes 'trouvaille --index=d' docs
completes 'trouvaille --conf d' 'docs docs.txt'
completes 'trouvaille search --index d' docs
completes 'trouvaille index d' docs
completes 'trouvaille index o' other
completes 'trouvaille check-links d' docs
completes 'trouvaille search clien' ''
completes 'trouvaille search --limit ' ''
completes 'trouvaille search --col' --color
completes 'trouvaille search --color=n' never
completes 'trouvaille lexique ' 'check suggest'
completes 'trouvaille lexique check docs.' docs.txt
completes 'trouvaille embed --program d' 'docs docs.txt'
completes 'trouvaille init d' docs
completes 'trouvaille init --output d' 'docs docs.txt'
completes 'trouvaille explain d' 'docs docs.txt'
completes 'trouvaille report d' 'docs docs.txt'
completes 'trouvaille report --since ' ''
for command in $commands; do
	file=$(grep -l "^int cmd_${command//-/_}(" "$here"/src/cmd_*.c)
	options=$(grep -oE '\{"[a-z-]+", (no|required|optional)_argument' "$file" | sed 's/{"\(.*\)",.*/--\1/' | grep -vx -- --colour)
	completes "trouvaille $command --" "$(echo "$options" | sorted)"
done

# values COMMAND OPTION: those that the program names when it refuses another
values() {
	"$TROUVAILLE" "$1" "$2=zzyzx" zzyzx 2>&1 | sed -E 's/^trouvaille: //; s/zzyzx//g; s/.*\(([a-z, ]+)\).*/\1/; s/.*takes//; s/, not//' |
		tr ',' ' ' | sed 's/ or / /g' | sorted
}
valued='search --lang
search --format
search --sort
search --color
search --colour
show --format
show --lang
explain --lang
explain --sort
report --format
index --urls
index --anchors'
while read -r command option; do
	completes "trouvaille $command $option=" "$(values "$command" "$option")"
	[[ $option == --colo* ]] || completes "trouvaille $command $option " "$(values "$command" "$option")"
done <<<"$valued"
is 'refusals are read' 'json md paths text' "$(values search --format)"
is 'refusals are read, of another form' 'bare html hugo keep slash' "$(values index --urls)"
completes 'trouvaille embed ' "$("$TROUVAILLE" embed zzyzx 2>&1 | sed -E 's/.*one of (.*), not.*/\1/' | tr ',' ' ' | sorted)"

for shell in $shells; do
	mapfile -t got < <(${shell}_completes "${lines[@]}" 2>"$scratch/$shell.log" | alike)
	is "$shell is quiet" '' "$(cat "$scratch/$shell.log")"
	for i in "${!lines[@]}"; do is "$shell: ${lines[i]}" "${expected[i]}" "${got[i]:-}"; done
done

# ---- in the reader's language, where a shell shows what a word is about ----

case $shells in *fish*)
	has 'fish: descriptions' $'--repair\tput right' "$(HOME=$scratch fish -c "source $here/src/completions/trouvaille.fish
		complete -C'trouvaille doctor --r'")"
	has 'fish: descriptions in French' $'--repair\tréparer' "$(HOME=$scratch LANGUAGE=fr fish -c "source $here/src/completions/trouvaille.fish
		complete -C'trouvaille doctor --r'")"
	has 'fish: a description on the line below' $'--lang-of\tthe language of' "$(HOME=$scratch fish -c "source $here/src/completions/trouvaille.fish
		complete -C'trouvaille index --lang-o'")" ;;
esac
cd "$here" && finish
