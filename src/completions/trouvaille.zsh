#compdef trouvaille
# zsh completion for trouvaille. Commands, options and what they are about are read from what its --help says, in the
# reader's language; only their values stand here.

# What --help lists, as name:description. $1: a pattern of names; the rest are the command's words.
_trouvaille_listed() {
	local pattern=$1
	shift
	_call_program options $@ --help 2>/dev/null | awk -v pattern="^  $pattern" '
		function tell(about) {
			if (name != "" && name !~ /^--(help|version)$/)
				print name ":" about
			name = ""
		}
		name != "" { # told of on the line below
			wide = sub(/^          +/, "")
			tell(wide ? $0 : "")
			if (wide)
				next
		}
		$0 ~ pattern {
			name = $1
			sub(/[^a-z-].*/, "", name)
			if (sub(/^  [^ ]+( [^ ]+)*  +/, ""))
				tell($0)
		}
		END { tell("") }'
}

_trouvaille() {
	local command option=$words[CURRENT-1] i
	local -a listed
	for ((i = 2; i < CURRENT; i++)); do
		case $words[i] in
		(--index | --conf) ((i++)) ;;
		(-*) ;;
		(*) command=$words[i]; break ;;
		esac
	done
	if [[ $PREFIX == --*=* ]]; then
		option=${PREFIX%%=*}
		compset -P 1 '*='
	fi

	case $command,$option in
	(*,--index) _files -/ ;;
	(,--conf | embed,--program | embed,--socket | init,--output) _files ;;
	(search,--lang | explain,--lang) compadd - en fr ;;
	(show,--lang) compadd - en fr both ;;
	(search,--format) compadd - text json paths md ;;
	(search,--sort | explain,--sort) compadd - relevance date ;;
	(search,--color | search,--colour) compadd - always never auto ;;
	(show,--format) compadd - text md html csv ;;
	(report,--format) compadd - text csv json lexique ;;
	(index,--urls) compadd - keep html slash bare hugo ;;
	(index,--anchors) compadd - github docusaurus hugo mkdocs vitepress ;;
	(embed,--url | search,--limit | search,--offset | search,--area | search,--like | index,--lang-of | index,--facet | \
		index,--url-of | index,--shards | explain,--area | report,--since | report,--until | report,--limit) ;;
	(*)
		case $command,$PREFIX in
		(*,-*)
			listed=(${(f)"$(_trouvaille_listed -- $words[1] $command)"} --help --version)
			_describe -o option listed
			;;
		(,* | help,*)
			listed=(${(f)"$(_trouvaille_listed '[a-z]' $words[1])"})
			_describe command listed
			;;
		(lexique,*) [[ $option == check ]] && _files || compadd - suggest check ;;
		(embed,*) compadd - form page head apache2 lighttpd nginx ;;
		(index,* | check-links,* | init,*) _files -/ ;;
		(explain,* | report,*) _files ;;
		esac
		;;
	esac
}

_trouvaille "$@"
