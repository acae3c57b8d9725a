#!/bin/bash
# usage: serve.sh CGI INDEX [fastcgi]
#
# Serves the program with lighttpd, as CGI or FastCGI, on a free port of the loopback address,
# prints the address once it answers, and runs until it is killed.
set -eu
if [ $# -lt 2 ] || [ $# -gt 3 ] || [ "${3:-fastcgi}" != fastcgi ]; then
	echo "usage: $0 CGI INDEX [fastcgi]" >&2
	exit 2
fi
PATH=$PATH:/usr/sbin
cgi=$(realpath -e "$1")
index=$(realpath "$2")
template=$(dirname "$0")/lighttpd${3:+-$3}.conf.in

root=$(mktemp -d)
pid=
# shellcheck disable=SC2317 # called by the trap
finish() {
	if [ -n "$pid" ]; then
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	fi
	rm -rf "$root"
}
trap finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
trap 'exit 129' HUP
mkdir "$root/public"

# A value inside the replacement part of s|||.
escape() {
	printf '%s' "$1" | sed 's/[\\&|]/\\&/g'
}

# start PORT: true once lighttpd listens there; it writes its pid file after
# binding, and ends at once when the port is taken.
start() {
	rm -f "$root/lighttpd.pid"
	sed -e "s|@PORT@|$1|g" -e "s|@ROOT@|$(escape "$root")|g" \
		-e "s|@CGI@|$(escape "$cgi")|g" -e "s|@INDEX@|$(escape "$index")|g" \
		"$template" >"$root/lighttpd.conf"
	lighttpd -D -f "$root/lighttpd.conf" &
	pid=$!
	for _ in {1..100}; do
		[ ! -s "$root/lighttpd.pid" ] || return 0
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	kill "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	pid=
	return 1
}

for _ in {1..20}; do
	port=$((20000 + RANDOM % 12000))
	if start "$port"; then
		echo "http://127.0.0.1:$port/cgi-bin/trouvaille.cgi"
		wait "$pid"
		exit
	fi
done
echo "$0: lighttpd does not start" >&2
exit 1
