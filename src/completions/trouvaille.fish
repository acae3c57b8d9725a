# fish completion for trouvaille. Commands, options and what they are about are read from what its --help says, in the
# reader's language; only their values stand here.

# What --help lists, as a name, a tab, a description. First argument: a pattern of names; the rest is the command.
function __trouvaille_listed
    command -q trouvaille; or return
    trouvaille $argv[2..] --help 2>/dev/null | awk -v pattern="^  $argv[1]" '
		function tell(about) {
			if (name != "" && name !~ /^--(help|version)$/)
				print name "\t" about
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
end

function __trouvaille_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l option $words[-1]
    set -l command
    set -l before ''
    set -l skip 0
    for word in $words[2..]
        if test $skip = 1
            set skip 0
        else if contains -- $word --index --conf
            set skip 1
        else if not string match -q -- '-*' $word
            set command $word
            break
        end
    end
    if string match -q -- '--*=*' $current
        set option (string replace -r '=.*' '' -- $current)
        set before $option=
        set current (string replace -r '^[^=]*=' '' -- $current)
    end

    switch "$command,$option"
        case '*,--index'
            printf '%s\n' "$before"(__fish_complete_directories $current)
        case ,--conf embed,--program embed,--socket init,--output
            printf '%s\n' "$before"(__fish_complete_path $current)
        case search,--lang explain,--lang
            printf '%s\n' "$before"{en,fr}
        case show,--lang
            printf '%s\n' "$before"{en,fr,both}
        case search,--format
            printf '%s\n' "$before"{text,json,paths,md}
        case search,--sort explain,--sort
            printf '%s\n' "$before"{relevance,date}
        case search,--color search,--colour
            printf '%s\n' "$before"{always,never,auto}
        case show,--format
            printf '%s\n' "$before"{text,md,html,csv}
        case report,--format
            printf '%s\n' "$before"{text,csv,json,lexique}
        case index,--urls
            printf '%s\n' "$before"{keep,html,slash,bare,hugo}
        case index,--anchors
            printf '%s\n' "$before"{github,docusaurus,hugo,mkdocs,vitepress}
        case embed,--url search,--limit search,--offset search,--area search,--like index,--lang-of index,--facet \
                index,--url-of index,--shards explain,--area report,--since report,--until report,--limit
        case '*'
            switch "$command,$current"
                case '*,-*'
                    __trouvaille_listed -- $command
                    printf '%s\n' --help --version
                case ',*' 'help,*'
                    __trouvaille_listed '[a-z]'
                case 'lexique,*'
                    if test "$option" = check
                        __fish_complete_path $current
                    else
                        printf '%s\n' suggest check
                    end
                case 'embed,*'
                    printf '%s\n' form page head apache2 lighttpd nginx
                case 'index,*' 'check-links,*' 'init,*'
                    __fish_complete_directories $current
                case 'explain,*' 'report,*'
                    __fish_complete_path $current
            end
    end
end

complete -c trouvaille -f -a '(__trouvaille_complete)'
