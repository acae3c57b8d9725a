#!/bin/bash
# What `trouvaille embed` prints, in the servers it is for: apache2, lighttpd, nginx, each as CGI and as FastCGI,
# on free loopback ports; and the page in w3m and lynx.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index
chmod 755 "$scratch"
"$TROUVAILLE" index --index "$index" corpus >/dev/null || not_ok 'cannot index'
PATH=$PATH:/usr/sbin
mkdir "$scratch/www"
# apache2 runs it as www-data, who may not come to where it was built
install -m 755 "$TROUVAILLE_CGI" "$scratch/trouvaille.cgi"
TROUVAILLE_CGI=$scratch/trouvaille.cgi
pids=()
# shellcheck disable=SC2317 # called by the trap
stop() {
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
	for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null; done
	pids=()
}
trap 'stop; cleanup' EXIT
embed() { "$TROUVAILLE" --index "$index" embed --program "$TROUVAILLE_CGI" "$@"; }
free_port() { # nobody answers there
	local port
	while :; do
		port=$((20000 + RANDOM % 12000))
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
	done
}

# ask NAME PORT: what a visitor sees there
ask() {
	local url=http://127.0.0.1:$2/cgi-bin/trouvaille.cgi page
	for _ in $(seq 100); do (: <"/dev/tcp/127.0.0.1/$2") 2>/dev/null && break; sleep 0.05; done
	page=$(curl -s -m 20 "$url?q=clientele&lang=fr")
	has "$1: answers" '<mark>clientèle</mark>' "$page"
	has "$1: links to itself" 'action="/cgi-bin/trouvaille.cgi"' "$page"
	is "$1: JSON" "$("$TROUVAILLE" search --index "$index" --lang en --format json complaint)" "$(curl -s -m 20 "$url?q=complaint&lang=en&format=json")"
	is "$1: refuses" 400 "$(curl -s -m 20 -o /dev/null -w '%{http_code}' "$url?q=%ff")"
	is "$1: POST" 405 "$(curl -s -m 20 -o /dev/null -w '%{http_code}' -d q=a "$url")"
	has "$1: Accept-Language" '<html lang="fr-CA">' "$(curl -s -m 20 -H 'Accept-Language: fr' "$url?q=a")"
	tag=$(curl -s -m 20 -D - -o /dev/null "$url?q=complaint&lang=en" | tr -d '\r' | sed -n 's/^[Ee][Tt]ag: //p')
	is "$1: 304" 304 "$(curl -s -m 20 -o /dev/null -w '%{http_code}' -H "If-None-Match: $tag" "$url?q=complaint&lang=en")"
	for browser in w3m lynx; do
		command -v $browser >/dev/null || { skip "$browser is not installed"; continue; }
		case $browser in
		w3m) text=$(w3m -dump -cols 80 "$url?q=plainte&lang=fr") ;;
		lynx) text=$(lynx -dump -width=80 -display_charset=utf-8 "$url?q=plainte&lang=fr") ;;
		esac
		has "$1: $browser" 'plaintes' "$text"
	done
}
# includes NAME PORT: what `embed page` prints, as a page of the site's own
includes() {
	local page
	page=$(curl -s -m 20 "http://127.0.0.1:$2/own.shtml?q=clientele&lang=fr")
	has "$1: the answer in a page" '<mark>clientèle</mark>' "$page"
	has "$1: links stay in that page" 'href="?q=clientele&amp;lang=fr&amp;sort=date"' "$page"
	lacks "$1: one page only" '<html' "$page"
	has "$1: nothing asked yet" 'id="results"' "$(curl -s -m 20 "http://127.0.0.1:$2/own.shtml")"
}
has_tools() { for tool in "$@"; do command -v "$tool" >/dev/null || { skip "$tool is not installed"; return 1; }; done; }
# fastcgi SOCKET: the workers, as the comment in what embed prints says
fastcgi() {
	TROUVAILLE_INDEX=$index spawn-fcgi -n -M 0666 -s "$1" -- "$TROUVAILLE_CGI" &
	pids+=($!)
	for _ in $(seq 100); do [ -S "$1" ] && break; sleep 0.05; done
}

has_tools curl || finish
embed page >"$scratch/www/own.shtml"
chmod 644 "$scratch/www/own.shtml"
if has_tools lighttpd; then
	for kind in '' --fastcgi; do
		port=$(free_port)
		{ printf 'server.modules = ()\nserver.bind = "127.0.0.1"\nserver.port = %s\nserver.document-root = "%s/www"\nserver.upload-dirs = ("%s")\n' "$port" "$scratch" "$scratch"
		# as Debian's 10-cgi.conf has it
		printf 'server.modules += ( "mod_cgi", "mod_alias" )\n$HTTP["url"] =~ "^/cgi-bin/" {\nalias.url += ( "/cgi-bin/" => "/nowhere/" )\ncgi.assign = ( "" => "" )\n}\n'
		embed lighttpd $kind --socket "$scratch/lighttpd.socket"; } >"$scratch/lighttpd.conf"
		lighttpd -D -f "$scratch/lighttpd.conf" 2>"$scratch/lighttpd.log" &
		pids+=($!)
		ask "lighttpd $kind" "$port"
		stop
	done
fi
if has_tools nginx spawn-fcgi fcgiwrap; then
	for kind in '' --fastcgi; do
		port=$(free_port) socket=$scratch/nginx$kind.socket
		if [ "$kind" ]; then fastcgi "$socket"; else
			spawn-fcgi -n -M 0666 -s "$socket" -- "$(command -v fcgiwrap)" &
			pids+=($!)
			for _ in $(seq 100); do [ -S "$socket" ] && break; sleep 0.05; done
		fi
		{ [ "$(id -u)" -eq 0 ] && echo 'user root;'
		printf 'daemon off;\npid "%s/nginx.pid";\nerror_log "%s/nginx.log";\nevents {}\nhttp {\naccess_log off;\n' "$scratch" "$scratch"
		for temp in client_body fastcgi proxy scgi uwsgi; do echo "${temp}_temp_path \"$scratch/nginx-$temp\";"; done
		printf 'server {\nlisten 127.0.0.1:%s;\nroot "%s/www";\nlocation = /own.shtml { ssi on; ssi_types *; }\n' "$port" "$scratch"
		embed nginx $kind --socket "$socket"
		printf '}\n}\n'; } >"$scratch/nginx.conf"
		nginx -c "$scratch/nginx.conf" -e "$scratch/nginx.log" 2>/dev/null &
		pids+=($!)
		ask "nginx $kind" "$port"
		includes "nginx $kind" "$port"
		stop
	done
fi
if has_tools apache2 spawn-fcgi; then
	for kind in '' --fastcgi; do
		port=$(free_port) socket=$scratch/apache$kind.socket
		[ "$kind" ] && fastcgi "$socket"
		{ for module in mpm_event authz_core alias env cgid proxy proxy_fcgi include mime; do
			echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
		done
		[ "$(id -u)" -eq 0 ] && printf 'User www-data\nGroup www-data\n'
		printf 'ServerName localhost\nListen 127.0.0.1:%s\nPidFile "%s/apache.pid"\nErrorLog "%s/apache.log"\nDocumentRoot "%s/www"\nScriptSock "%s/cgid.socket"\nDefaultRuntimeDir "%s"\nTypesConfig /dev/null\nAddType text/html .shtml\nAddOutputFilter INCLUDES .shtml\n<Directory "%s/www">\nOptions +Includes\n</Directory>\n' "$port" "$scratch" "$scratch" "$scratch" "$scratch" "$scratch" "$scratch"
		echo 'ScriptAlias /cgi-bin/ /nowhere/' # as Debian's serve-cgi-bin.conf has it
		embed apache2 $kind --socket "$socket"; } >"$scratch/apache.conf"
		apache2 -DFOREGROUND -f "$scratch/apache.conf" 2>"$scratch/apache.err" &
		pids+=($!)
		ask "apache2 $kind" "$port"
		includes "apache2 $kind" "$port"
		stop
	done
fi

# --- what is pasted into pages -------------------------------------------------------------------------
has 'form: where it leads' '<form role="search" method="get" action="/find">' "$(embed --url /find form)"
has 'form: the label' '<span lang="en">Search Words</span> / <span lang="fr">termes</span>' "$(embed form)"
has 'form: the button' '<span lang="en">Search</span> | <span lang="fr">Rechercher</span>' "$(embed form)"
is 'head: both languages' 2 "$(embed head | grep -c 'rel="search"')"
for bad in 'x' '/a"b' '/a b$c' '/<x>' ''; do out=$(embed --url "$bad" form 2>&1); is "--url '$bad'" 2 $?; done
out=$(embed iis 2>&1); is 'no such server' 2 $?; has 'no such server: names those there are' 'apache2, lighttpd, nginx' "$out"
out=$(embed 2>&1); is 'embed what?' 2 $?
finish
