# Sourced by the end-to-end tests: counting, a scratch folder, a last line `N passed, N failed`.
passed=0 failed=0 skipped=0
scratch=$(mktemp -d)
: "${TROUVAILLE:=./trouvaille}" "${TROUVAILLE_CGI:=./trouvaille.cgi}"
TROUVAILLE=$(realpath "$TROUVAILLE") TROUVAILLE_CGI=$(realpath "$TROUVAILLE_CGI")
export LC_ALL=C.UTF-8 NO_COLOR=1 TROUVAILLE_CONF=
unset TROUVAILLE_INDEX COLUMNS LANGUAGE
cleanup() { chmod -R u+rwX "$scratch" 2>/dev/null; rm -rf "$scratch"; }
trap cleanup EXIT

ok() { passed=$((passed + 1)); }
not_ok() { failed=$((failed + 1)); printf 'not ok: %s\n' "$*"; }
skip() { skipped=$((skipped + 1)); printf 'skip: %s\n' "$*"; }

# is NAME EXPECTED GOT
is() { if [ "$2" = "$3" ]; then ok; else not_ok "$1"; printf '  expected: %s\n  got:      %s\n' "$2" "$3"; fi; }
# has NAME NEEDLE HAYSTACK
has() { case $3 in *"$2"*) ok ;; *) not_ok "$1: no «$2» in"; printf '%s\n' "$3" | head -30 ;; esac; }
# lacks NAME NEEDLE HAYSTACK
lacks() { case $3 in *"$2"*) not_ok "$1: «$2» in"; printf '%s\n' "$3" | head -30 ;; *) ok ;; esac; }

# serve [fastcgi]: trouvaille.cgi below lighttpd on a free loopback port; sets server (a pid) and url. Stopped at
# the end.
serve() {
	local tool
	for tool in lighttpd curl; do
		PATH=$PATH:/usr/sbin command -v $tool >/dev/null || { skip "$tool is not installed"; finish; }
	done
	tests/serve.sh "$TROUVAILLE_CGI" "$index" "$@" >"$scratch/address" 2>"$scratch/serve.log" &
	server=$!
	trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; cleanup' EXIT
	for _ in $(seq 100); do [ -s "$scratch/address" ] && break; sleep 0.1; done
	url=$(head -1 "$scratch/address" | grep -o 'http://[^ ]*')
	case $url in http://127.0.0.1:*) ok ;; *) not_ok "no address: $(cat "$scratch/serve.log")"; finish ;; esac
}

finish() {
	printf '%d passed, %d failed' "$passed" "$failed"
	[ "$skipped" -gt 0 ] && printf ', %d skipped' "$skipped"
	printf '\n'
	[ "$failed" -eq 0 ]
	exit
}
