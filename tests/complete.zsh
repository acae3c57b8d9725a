# usage: zsh -f complete.zsh FUNCTIONS LINE...
#
# What zsh completes at the end of each line, with the completions in the folder FUNCTIONS: words, parted by blanks, a
# line each. A zsh on a terminal of its own types the line and a tab; compadd is told to print what it matches.
zmodload zsh/zpty || exit 2
zpty z zsh -f -i
# @ready@ is said by the editor itself: what is typed before it has the terminal may be eaten.
zpty -w z "stty -echo; PS1=; unsetopt prompt_cr prompt_sp auto_list auto_menu; fpath=($1 \$fpath)
autoload -Uz compinit && compinit -u -D
zle-line-init() { print -n @re''ady@; }; zle -N zle-line-init"
shift
zpty -w z 'bindkey "^I" complete-word; bindkey "^U" kill-whole-line
compadd() {
	[[ "${@[1,(i)(-|--)]}" == *-(O|A|D)\ * ]] && { builtin compadd "$@"; return }
	local -a hits prefix
	local hit
	builtin compadd -A hits "$@"
	zparseopts -E p:=prefix
	for hit in $hits; do print -n -r -- "<$IPREFIX$prefix[2]$hit>"; done
	builtin compadd "$@"
}
print @be""gin@'
zpty -r z got '*@begin@*@ready@*'
for typed; do
	zpty -w -n z "$typed"$'\t\C-u print @e""nd@\n'
	zpty -r z got '*@end@*@ready@*'
	print -r -- ${(ou)${(f)"$(print -r -- $got | grep -oE '<[^<>]*>' | tr -d '<>')"}}
done
zpty -d z
