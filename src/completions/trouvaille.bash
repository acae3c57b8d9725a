# bash completion for trouvaille. Commands and options are read from what its --help says; only their values stand here
# (and in the two other shells': tests/e2e_completions.sh holds all three against the program).

_trouvaille_commands()
{
	"$1" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'
}

_trouvaille_options()
{
	"$1" $2 --help 2>/dev/null | sed -n 's/^  \(--[a-z-]*\).*/\1/p'
	printf '%s\n' --help --version
}

_trouvaille()
{
	local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} command='' words='' files='' i
	# readline parts --color=never at the sign
	if [ "$cur" = = ]; then
		cur=''
	elif [ "$option" = = ]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--index | --conf)
			((i++))
			[ "${COMP_WORDS[i]}" != = ] || ((i++))
			;;
		-*) ;;
		*)
			command=${COMP_WORDS[i]}
			break
			;;
		esac
	done

	case $command,$option in
	*,--index) files=d ;;
	,--conf | embed,--program | embed,--socket | init,--output) files=f ;;
	search,--lang | explain,--lang) words='en fr' ;;
	show,--lang) words='en fr both' ;;
	search,--format) words='text json paths md' ;;
	search,--sort | explain,--sort) words='relevance date' ;;
	search,--color | search,--colour) words='always never auto' ;;
	show,--format) words='text md html csv' ;;
	report,--format) words='text csv json lexique' ;;
	index,--urls) words='keep html slash bare hugo' ;;
	index,--anchors) words='github docusaurus hugo mkdocs vitepress' ;;
	embed,--url | search,--limit | search,--offset | search,--area | search,--like | index,--lang-of | index,--facet | \
		index,--url-of | index,--shards | explain,--area | report,--since | report,--until | report,--limit) ;;
	*)
		case $command,$cur in
		*,-*) words=$(_trouvaille_options "$1" "$command") ;;
		,* | help,*) words=$(_trouvaille_commands "$1") ;;
		lexique,*)
			words='suggest check'
			[ "$option" != check ] || words='' files=f
			;;
		embed,*) words='form page head apache2 lighttpd nginx' ;;
		index,* | check-links,* | init,*) files=d ;;
		explain,* | report,*) files=f ;;
		esac
		;;
	esac
	if [ -n "$files" ]; then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -$files -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	fi
}

complete -F _trouvaille trouvaille
