#!/bin/bash
# Hostile requests through a real server: every payload in every parameter. None may bring a 5xx, markup of
# the visitor's, or a header of his, nor cost more than 250 ms of CPU.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index
site=corpus
[ -d ../shared/corpora/vue ] && site=../shared/corpora/vue # bombs need something to burn
"$TROUVAILLE" index --index "$index" "$site" >/dev/null || not_ok 'cannot index'
serve fastcgi

a200=$(printf 'a%.0s' $(seq 200)) a3000=$(printf 'a%.0s' $(seq 3000)) p17=$(printf '%%28%.0s' $(seq 17))
parameters='q explain=1&q area doc suggest lang page sort format explain id order show'
payloads=(
	# markup and scripts, in text, attributes, addresses
	'%3Cscript%3Ealert(1)%3C/script%3E' '%22%3E%3Cscript%3Ealert(1)%3C/script%3E' "%27%3E%3Cimg%20src=x%20onerror=alert(1)%3E"
	'%22%20onmouseover=%22alert(1)' 'javascript:alert(1)' '%3C/title%3E%3Cscript%3Ealert(1)%3C/script%3E' '%3C!--' '--%3E%3Cscript%3E'
	'%3C/style%3E%3Cscript%3E' '%26lt;script%26gt;' '%3Csvg/onload=alert(1)%3E' '%60%7B%7B7*7%7D%7D' '%3Cscript'
	# headers
	'a%0D%0AX-Injected:%20yes' '%0AX-Injected:yes' '%0D%0A%0D%0A%3Cscript%3E' 'a%E5%98%8AX-Injected:yes'
	# paths
	'../../../../etc/passwd' '/etc/passwd' '..%2f..%2fetc%2fpasswd' '%2e%2e/%2e%2e/' 'file:///etc/passwd' 'en/../../x' '\\\\host\\share'
	# encodings
	'%' '%z' '%zz' '%0' '%00' 'a%00b' '%ff' '%c3' '%c3%28' '%c0%ae' '%ed%a0%80' '%f4%90%80%80' '%ef%bb%bf' '%e2%80%ae' '%1b[31m' '%7f' '%c2%85' '+' '%2b' '%25' '%26' '%3d' '%23'
	# bombs
	"$a200" "${a200}a" "$a3000" 'a*' 'abc*+abd*+abe*' 'zzz*' '***' "$p17" '((((((((((((((((' '))))))))' '%22' '%22%22%22%22%22' '%22a%22+%22b%22+%22c%22+%22d%22+%22e%22+%22f%22+%22g%22+%22h%22+%22i%22'
	'the+a+of+to+and+in+is+for+vue+component+de+la+le+les+des+un+une+et+dans+que+component*+composant*' '%22de+la%22+%22a+la%22+%22of+the%22+%22in+the%22+%22to+the%22+%22et+la%22+%22dans+le%22+%22et+le%22' 'component*+OR+comp*' '((((((((((((((((a)+OR+b)+OR+c)+OR+d)+OR+e)+OR+f)+OR+g)+OR+h)+OR+i)+OR+j)+OR+k)+OR+l)+OR+m)+OR+n)+OR+o)+OR+p)' 'compnent+compozant+directve+refrence+reactivty+instnce+metod+evnt'
	'a+OR+b+OR+c+OR+d' 'NOT' 'AND+AND+AND' '-' '--' '-a+-b' 'title:' 'title:title:title:' 'lang:xx' '%C2%AB' 'a%20%20%20%20b' '0' '-1' '99999999999999999999' '1e9' 'NaN' 'null' '%F0%9F%93%9A' 'e%CC%81%CC%81%CC%81%CC%81%CC%81%CC%81%CC%81%CC%81%CC%81'
)
n=0
: >"$scratch/config"
for parameter in $parameters; do
	for payload in "${payloads[@]}"; do
		n=$((n + 1))
		printf 'next\nsilent\ngloboff\npath-as-is\nmax-time=30\nurl="%s?%s=%s"\ndump-header="%s/h%d"\noutput="%s/b%d"\nwrite-out="%d %%{http_code}\\n"\n' \
			"$url" "$parameter" "${payload//\\/\\\\}" "$scratch" $n "$scratch" $n $n >>"$scratch/config"
		printf '%d %s=%s\n' $n "$parameter" "$payload" >>"$scratch/names"
	done
done
# whole query strings
for whole in 'q=a&q=b' 'q[]=a' 'q=a;lang=fr' '&&&&' '=' '=a' 'q' 'q=a&unknown=%3Cscript%3E' "q=a&$a3000=$a3000" '%71=a' 'q=a&lang=en&lang=fr' 'format=json&q=%3Cscript%3E' 'format=fragment&q=%3Cscript%3E' 'format=json&q=%00' 'doc=en/overview.md&q=%3Cscript%3E' 'suggest=%3Cscr&lang=fr' 'suggest=a&q=b&doc=c&format=opensearch' 'format=tips&lang=fr' 'format=tips&lang=en&q=%3Cscript%3E' 'doc=en/api/application.md' 'q=component&page=100&sort=date' 'suggest=com' 'format=profile' 'format=csv&id=%3D1%2B1' 'format=document&id=0123456789abcdef&q=%3Cscript%3E' "format=profile&q=%3Cscript%3E&id=$(printf '%016x-' $(seq 49))ffffffffffffffff" "format=md&id=$(printf '%016x-' $(seq 200))" 'suggest=the+component+of+le'; do
	n=$((n + 1))
	printf 'next\nsilent\ngloboff\nmax-time=30\nurl="%s?%s"\ndump-header="%s/h%d"\noutput="%s/b%d"\nwrite-out="%d %%{http_code}\\n"\n' "$url" "$whole" "$scratch" $n "$scratch" $n $n >>"$scratch/config"
	printf '%d ?%s\n' $n "$whole" >>"$scratch/names"
done
sed -i 1d "$scratch/config" # no `next` before the first
curl -K "$scratch/config" >"$scratch/codes" 2>/dev/null

[ "$n" -ge 200 ] && ok || not_ok "only $n requests"
is 'all were answered' "$n" "$(grep -c ' [24][0-9][0-9]$' "$scratch/codes")"
grep -v ' [24][0-9][0-9]$' "$scratch/codes" | while read -r i code; do echo "  $code: $(sed -n "${i}p" "$scratch/names" | cut -c1-100)"; done
for i in $(seq "$n"); do
	[ -e "$scratch/b$i" ] || : >"$scratch/b$i"
	name=$(sed -n "${i}p" "$scratch/names" | cut -c1-100)
	case $(head -c 1 "$scratch/b$i") in
	'<') # markup of the visitor's: none of our own has these
		if grep -q '<script\|<img\|<svg\|[^a-z-]on[a-z]*="[a-z]*(\|href="javascript' "$scratch/b$i"; then not_ok "unescaped: $name"; else ok; fi ;;
	*) ok ;; # JSON is read as JSON, by its type
	esac
	grep -qi '^X-Injected' "$scratch/h$i" && not_ok "a header of the visitor's: $name"
done
is 'JSON says it is JSON' 0 "$(for i in $(seq "$n"); do case $(head -c 1 "$scratch/b$i") in '{' | '[') grep -qi '^content-type: application/[a-z+-]*json' "$scratch/h$i" || echo "$i" ;; esac; done | wc -l)"
# lighttpd refuses some before they come to us
ours=$(cat "$scratch"/h* | grep -ci '^content-security-policy: default-src .none.')
[ "$ours" -ge 400 ] && ok || not_ok "only $ours answers are ours"
is 'every answer of ours says nosniff' "$ours" "$(cat "$scratch"/h* | grep -ci '^x-content-type-options: nosniff')"
is 'and still serves' 200 "$(curl -s -o /dev/null -w '%{http_code}' "$url?q=plainte")"

# --- CPU ----------------------------------------------------------------------------------------------
# Nanoseconds that all workers have used, by the kernel's scheduler.
lighttpd=$(pgrep -P "$server")
used() { for parent in $(pgrep -P "$lighttpd"); do for worker in $(pgrep -P "$parent"); do cat "/proc/$worker/schedstat"; done; done | awk '{ n += $1 } END { printf "%d", n }'; }
case ${TROUVAILLE_BUILD:-} in
*asan*) skip 'CPU of hostile requests: not under ASan' ;;
*)
	[ "$site" = corpus ] && skip 'CPU of hostile requests on a larger corpus: ../shared is not there'
	most=0 worst=
	before=$(used)
	[ "$before" -gt 0 ] && ok || not_ok 'no CPU time of the workers to be had'
	while read -r address; do
		curl -sg --path-as-is -m 30 -o /dev/null "$address"
		after=$(used)
		[ $((after - before)) -gt "$most" ] && most=$((after - before)) worst=$address
		before=$after
	done < <(sed -n 's/^url="\(.*\)"$/\1/p' "$scratch/config" | sed 's/\\\\/\\/g')
	echo "CPU of the dearest of $n: $((most / 1000)) µs: ${worst:0:120}"
	[ "$most" -le 250000000 ] && ok || not_ok "more than 250 ms: $worst"
	;;
esac
finish
