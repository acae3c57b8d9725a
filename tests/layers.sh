#!/bin/bash
# Checks that includes only point down the layers, top to bottom here: a module
# may include its own header and those of the lines below its own.
set -u
cd "$(dirname "$0")/.." || exit

layers='
main cgi
fastcgi
respond
cmd_*
cmd
render_html render_view render_profile render_text render_json render_report
render_why
frame
html
request
report
mend
examples propose profile
search
similar explain correct complete near why trace
compile
doctor inspect
build
leaf roll
survey place generator
merge seal document
highlight pair lexique spelling
settings
watch
query record walk address markup sandbox log md tally
layout
passage
front
anchor tag table
analyse
language
xap.cc
bulk
stub
glass
spell
deflate
btree pool columns tokens_merge ranks tables
tokens
pack queue
posting
text
xap
error version
'

status=0
complain() {
	echo "layers: $1" >&2
	status=1
}

declare -A depth
n=0
while read -r line; do
	n=$((n + 1))
	read -ra modules <<<"$line"
	for module in "${modules[@]}"; do
		depth[$module]=$n
	done
done <<<"$layers"

# The layer of a module; nothing when it has none.
depth_of() {
	case $1 in
	cmd_*) echo "${depth['cmd_*']}" ;;
	*) echo "${depth[$1]:-}" ;;
	esac
}

for file in src/* shim/*; do
	case $file in
	src/messages.def | src/style.css | src/trouvaille.conf | src/systemd | src/debian | src/man | src/completions) continue ;;
	src/*.[ch] | shim/*.[ch] | shim/xap.cc) ;;
	*)
		complain "$file: not C (only shim/xap.cc is C++)"
		continue
		;;
	esac
	module=${file##*/} module=${module%.*}
	own=$(depth_of "$module")
	[ "$file" = shim/xap.cc ] && own=${depth['xap.cc']} # what stands between it and its header
	if [ -z "$own" ]; then
		complain "$file: unknown module; give it a line in tests/layers.sh"
		continue
	fi

	while IFS=: read -r number include; do
		header=${include##*/} header=${header%.*}
		case $include in
		'"'*messages.def) continue ;;
		'"style.h') [ "$file" = src/frame.c ] ||
			complain "$file:$number: only src/frame.c includes style.h" ;;
		'"paths.h') ;; # generated: where `make install` puts things
		'<cmark.h') [[ $module =~ ^(passage|markup|table)$ ]] ||
			complain "$file:$number: only src/passage, src/markup and src/table include <cmark.h>" ;;
		'<xapian.h' | '<xapian/'*) [ "$file" = shim/xap.cc ] ||
			complain "$file:$number: only shim/xap.cc includes <xapian.h>" ;;
		'"'*)
			header=${header#\"}
			[ "$header" != "$module" ] || continue
			below=$(depth_of "$header")
			if [ -z "$below" ]; then
				complain "$file:$number: unknown module $header; give it a line in tests/layers.sh"
			elif [ "$below" -le "$own" ]; then
				complain "$file:$number: $module may not include $header, which is not below it"
			fi
			;;
		esac
	done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$file" |
		sed -E 's/^([0-9]+):[^"<]*(["<][^">]*).*/\1:\2/')
done
exit $status
