#!/bin/bash
# An index in shards, on this machine and on others, answers as one database; what does not answer is told of within
# a set time, and comes back. Four machines are four network namespaces where these can be made (as root), else four
# loopback ports.
set -u
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/shards.sh"
site=../shared/corpora/vue
[ -d $site ] || { skip '../shared/corpora/vue is not here: shards'; finish; }
for tool in xapian-tcpsrv python3; do command -v $tool >/dev/null || { skip "$tool is not installed: shards"; finish; }; done
shards_alone "$0"
stop() { shards_stop; cleanup; }
trap stop EXIT
one=$scratch/one four=$scratch/four far=$scratch/far
roots=("$site" corpus)
export TROUVAILLE_FACETS=outline,footer # keys that some pages of vue have

# ---- building
"$TROUVAILLE" index --index "$one" "${roots[@]}" >/dev/null 2>&1
told=$("$TROUVAILLE" index --index "$four" --shards 4 "${roots[@]}" 2>/dev/null)
is 'as many passages' "$("$TROUVAILLE" index --index "$one" "${roots[@]}" 2>/dev/null)" "$told, 0 changed"
is 'four shards, the notes first' 'notes 0 1 2 3' "$(sed -n 's/^auto trouvaille\.1\.\(.*\)\.db$/\1/p' "$four/trouvaille.db" | tr '\n' ' ' | sed 's/ $//')"
before=$(ls -li "$four"/*.db)
has 'nothing changed' ', 0 changed' "$("$TROUVAILLE" index --index "$four" --shards 4 "${roots[@]}" 2>/dev/null)"
is 'and nothing written' "$before" "$(ls -li "$four"/*.db)"
mkdir "$scratch/small"
files() { (cd "$scratch/small" && ls | tr '\n' ' '); }
small() { "$TROUVAILLE" index --index "$scratch/small" --full "$@" corpus >/dev/null 2>&1; }
small --shards 2
small --shards 3
is 'the generation before stays' 'lock trouvaille.1.0.db trouvaille.1.1.db trouvaille.1.notes.db trouvaille.2.0.db trouvaille.2.1.db trouvaille.2.2.db trouvaille.2.notes.db trouvaille.db ' "$(files)"
: >"$scratch/small/trouvaille.3.0.db" # what a killed build left
small --shards 1
is 'older ones and leavings go' 'lock trouvaille.2.0.db trouvaille.2.1.db trouvaille.2.2.db trouvaille.2.notes.db trouvaille.3.0.db trouvaille.3.notes.db trouvaille.db ' "$(files)"
printf 'X' | dd of="$scratch/small/trouvaille.3.0.db" bs=1 seek=100 conv=notrunc status=none
has 'a damaged shard is told' 'trouvaille.3.0.db' "$("$TROUVAILLE" search --index "$scratch/small" complaint 2>&1)"
has 'and built anew' 'damaged' "$("$TROUVAILLE" index --index "$scratch/small" --shards 1 corpus 2>&1)"
small --shards 30
many=$("$TROUVAILLE" search --index "$scratch/small" --lang en --format json complaint)
small
is 'more shards than files' "$("$TROUVAILLE" search --index "$scratch/small" --lang en --format json complaint)" "$many"
small
is 'one file again' 'lock trouvaille.db ' "$(files)"
TROUVAILLE_SHARDS=2 small
has 'by the settings' 'trouvaille.1.1.db' "$(files)"
"$TROUVAILLE" index --shards 65 corpus >/dev/null 2>&1
is 'too many' 2 $?

# ---- killed, and read, while it writes: the old index or the new
small --shards 3
wrong=0
for _ in $(seq 20); do
	"$TROUVAILLE" index --index "$scratch/small" --full --shards 3 corpus >/dev/null 2>&1 &
	sleep 0.0$((RANDOM % 9))
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	[ "$("$TROUVAILLE" search --index "$scratch/small" --lang en --format json complaint 2>&1)" = "$many" ] || wrong=$((wrong + 1))
done 2>/dev/null
is 'killed' 0 $wrong
small --shards 3
small --shards 3
is 'and cleared up' 10 "$(files | wc -w)" # the lock, the list, two generations of three shards and notes
for _ in $(seq 15); do small --shards 3; done &
builder=$!
wrong=0 asked=0
while kill -0 $builder 2>/dev/null; do
	asked=$((asked + 1))
	[ "$("$TROUVAILLE" search --index "$scratch/small" --lang en --format json complaint 2>&1)" = "$many" ] || wrong=$((wrong + 1))
done
is "read meanwhile, $asked times" 0 $wrong

# ---- the same answers
shards_serve "$four" "$far"
[ -n "${shard_space[0]:-}" ] && echo 'in network namespaces' || echo 'on loopback ports'
# same NAME COMMAND...: the command gives the same with each of the three for an index
same() {
	local name=$1 want
	shift
	want=$("$1" "$one" "${@:2}" 2>&1)
	is "$name, shards here" "$want" "$("$1" "$four" "${@:2}" 2>&1)"
	is "$name, shards there" "$want" "$("$1" "$far" "${@:2}" 2>&1)"
}
ask() { "$TROUVAILLE" search --index "$1" --format json "${@:2}"; }
show() { "$TROUVAILLE" show --index "$1" "${@:2}"; }
lexique() { "$TROUVAILLE" lexique --index "$1" suggest; }
cgi() { env REQUEST_METHOD=GET SCRIPT_NAME=/search QUERY_STRING="$2" TROUVAILLE_INDEX="$1" "$TROUVAILLE_CGI" | grep -v '^ETag'; }
while IFS= read -r words; do
	for lang in en fr; do same "$lang: $words" ask --lang $lang -- "$words"; done
done <tests/shards.queries
for offset in 7 10 33; do same "from $offset" ask --lang en --offset $offset component; done
same 'a hundred' ask --lang fr --limit 100 composant
same 'by date' ask --lang fr --sort date composant
same 'only' ask --lang en --only --limit 30 reactive
same 'an area' ask --lang en --area Leadership 'service*'
has 'facets there are' '"deep": ' "$(ask "$one" component)"
same 'a facet' ask --lang en 'outline:deep reactive'
same 'exact' ask --lang en --exact components
same 'like' ask --lang en --like en/api/reactivity-core.md#computed
same 'explain' ask --explain --lang fr 'propriete* calculee'
same 'show' show en/api/reactivity-core.md#computed fr/guide/introduction.md
same 'no such passage' show nowhere.md
same 'lexique suggest' lexique
for words in comp rea 'how+to' prop r%C3%A9a; do
	for lang in en fr; do same "suggest $words" cgi "suggest=$words&lang=$lang"; done
done
same 'the page' cgi 'q=reactive&lang=fr'
same 'a page of the corpus' cgi 'doc=en/guide/introduction.md'

doctor() { "$TROUVAILLE" doctor --index "$far" 2>&1; }
looked=$(doctor | grep -v corpus)
for k in "${!shard_host[@]}"; do has "the doctor reached $k" "ok       this part, on another machine, answers: ${shard_host[$k]}:${shard_port[$k]}" "$looked"; done
lacks 'and all is of one build' 'wrong' "$looked"

# ---- one is down
seconds() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }'; }
# within SECONDS NAME FROM
within() { if awk -v t="$(seconds "$3")" -v most="$1" 'BEGIN { exit !(t <= most) }'; then ok; else not_ok "$2: $(seconds "$3") s"; fi; }
total() { sed -n 's/^  "total": \([0-9]*\),$/\1/p'; }
words=(--lang en component)
whole=$(ask "$one" "${words[@]}" | total)
address=${shard_host[1]}:${shard_port[1]}
shard=$(ls "$four"/trouvaille.*.1.db)
# partial NAME SECONDS: says so, within the time
partial() {
	local from=$EPOCHREALTIME answer
	answer=$(ask "$far" "${words[@]}" 2>"$scratch/log")
	is "$1: found all the same" 0 $?
	within "$2" "$1" "$from"
	is "$1: missing" "\"missing\": [ \"$address\" ]," "$(printf '%s' "$answer" | tr -s ' \n' ' ' | grep -o '"missing": [^]]*],')"
	has "$1: on standard error" "$address" "$(cat "$scratch/log")"
	[ "$(printf '%s' "$answer" | total)" -lt "$whole" ] && ok || not_ok "$1: all is found"
}
is_whole() { is "$1" "$(ask "$one" "${words[@]}")" "$(ask "$far" "${words[@]}" 2>&1)"; }
shard_stop 1
partial 'down' 3
from=$EPOCHREALTIME
has 'down: the doctor' "doubtful this part, on another machine, does not answer: $address" "$(doctor)"
within 4 'down: the doctor' "$from"
page=$(cgi "$far" 'q=component&lang=fr' 2>"$scratch/log")
has 'the page says so' 'Cette réponse est incomplète' "$page"
lacks 'but not which machine' "$address" "$page"
has 'the log does' "$address" "$(cat "$scratch/log")"
for k in 0 1 2 3; do
	env REQUEST_METHOD=GET QUERY_STRING='q=component&format=json' TROUVAILLE_INDEX="$far" "$TROUVAILLE_CGI" 2>/dev/null | grep -q '^ETag' && not_ok 'a partial answer has an ETag'
done
"$TROUVAILLE" lexique --index "$far" suggest >/dev/null 2>&1
is 'no stock is taken of a part' 2 $?
"$TROUVAILLE" show --index "$far" nowhere.md >/dev/null 2>&1
is 'nobody knows what is not there' 2 $?
shard_serve 1 "$shard"
is_whole 'up again'

# ---- one accepts and never answers, one sends nonsense, one cannot be reached at all
shard_stop 1
silent='import socket, sys, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((sys.argv[1], int(sys.argv[2]))); s.listen(9)
held = []
while True:
    held.append(s.accept()[0]); held[-1].sendall(sys.argv[3].encode())'
shard_run 1 python3 -c "$silent" "${shard_host[1]}" "${shard_port[1]}" ''
partial 'silent' 7
shard_stop 1
shard_run 1 python3 -c "$silent" "${shard_host[1]}" "${shard_port[1]}" 'HTTP/1.1 200 OK'
partial 'nonsense' 7
shard_stop 1
if [ -n "${shard_space[1]:-}" ]; then
	nsenter -t "${shard_space[1]}" -n ip addr flush dev eth0
	ip neigh flush dev shard1
	partial 'unreachable' 4
	nsenter -t "${shard_space[1]}" -n ip addr add 198.18.1.2/24 dev eth0
fi
shard_serve 1 "$shard"
shard_stop 1
slowly='import socket, subprocess, sys, threading, time
host, port, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
free = socket.socket(); free.bind((host, 0)); inner = free.getsockname(); free.close()
subprocess.Popen(["xapian-tcpsrv", "--quiet", "--interface", host, "--port", str(inner[1]), file])
def relay(a, b, seconds):
    while True:
        data = a.recv(65536)
        time.sleep(seconds)
        if not data: return b.shutdown(socket.SHUT_WR)
        b.sendall(data)
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((host, port)); s.listen(9)
while True:
    a = s.accept()[0]; b = socket.create_connection(inner)
    threading.Thread(target=relay, args=(a, b, 0)).start(); threading.Thread(target=relay, args=(b, a, 0.6)).start()'
shard_run 1 python3 -c "$slowly" "${shard_host[1]}" "${shard_port[1]}" "$shard"
partial 'slow, 0.6 s each time' 16
shard_stop 1
shard_serve 1 "$shard"
is_whole 'up again, again'

# ---- nonsense in the list
shard_stop 1
mkdir "$scratch/other"
printf 'auto nowhere.db\n' >"$scratch/other/trouvaille.db"
ask "$scratch/other" a >/dev/null 2>"$scratch/log"
is 'a part that is not there' 2 $?
has 'is named' 'nowhere.db' "$(cat "$scratch/log")"
printf 'auto %s\n# x\n\nfar 192.0.2.1:1\n' "$four/trouvaille.1.0.db" >"$scratch/other/trouvaille.db"
has 'the line' 'trouvaille.db:4: far 192.0.2.1:1' "$(ask "$scratch/other" a 2>&1)"
for line in 'remote a' 'remote :1' 'remote a:0' 'remote a:65536' 'remote a:1x' 'remote a:b:1' 'remote [a:1' 'auto' 'auto ' 'autox y' 'remotea:1'; do
	printf '%s\n' "$line" >"$scratch/other/trouvaille.db"
	has "$line" "trouvaille.db:1: $line" "$(ask "$scratch/other" a 2>&1)"
done
printf 'auto trouvaille.db\n' >"$scratch/other/trouvaille.db"
ask "$scratch/other" a >/dev/null 2>&1
is 'a list in itself' 2 $?

# ---- a part of another build on one of them
"$TROUVAILLE" index --index "$scratch/again" --shards 4 "${roots[@]}" >/dev/null 2>&1
shard_serve 1 "$scratch/again/trouvaille.1.1.db"
looked=$(doctor)
is 'another build there: status' '2' "$(doctor >/dev/null; echo $?)"
has 'another build there: which' "wrong    this part is of another build than the first: $address" "$looked"
shard_stop 1

# ---- all are down
for k in 0 2 3; do shard_stop $k; done
from=$EPOCHREALTIME
answer=$(ask "$far" "${words[@]}" 2>"$scratch/log")
is 'all down' "2 " "$? $answer"
within 3 'all down' "$from"
has 'all down: said' "$address" "$(cat "$scratch/log")"
doctor >/dev/null
is 'all down: the doctor' 2 $?
has 'all down: 503' 'Status: 503' "$(cgi "$far" 'q=component&lang=fr' 2>/dev/null)"
k=0
for file in "$four"/trouvaille.1.[0-3].db; do shard_serve $k "$file"; k=$((k + 1)); done
is_whole 'all up'

# ---- a lasting process keeps no broken connection
if command -v lighttpd >/dev/null || [ -x /usr/sbin/lighttpd ]; then
	index=$far
	serve fastcgi
	trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; stop' EXIT
	get() { curl -s -m 30 "$url?q=component&lang=en&format=json&page=1"; }
	want=$(ask "$one" "${words[@]}")
	for _ in 1 2 3 4; do is 'FastCGI' "$want" "$(get)"; done
	for k in 0 1 2 3; do shard_stop $k; shard_serve $k "$four/trouvaille.1.$k.db"; done
	for _ in 1 2 3 4; do is 'servers started again meanwhile' "$want" "$(get)"; done
	shard_stop 1
	for _ in 1 2 3 4; do
		from=$EPOCHREALTIME
		has 'FastCGI, one down' "\"$address\"" "$(get)"
		within 3 'FastCGI, one down' "$from"
	done
	shard_serve 1 "$shard"
	for _ in 1 2 3 4; do is 'FastCGI, up again' "$want" "$(get)"; done
	kill -STOP -- -"${shard_pid[1]}" # connections that were made stay silent
	from=$EPOCHREALTIME
	has 'FastCGI, one stopped' "\"$address\"" "$(get)"
	within 11 'FastCGI, one stopped' "$from"
	kill -CONT -- -"${shard_pid[1]}"
	sleep 11
	for _ in 1 2 3 4; do is 'FastCGI, goes on' "$want" "$(get)"; done
else
	skip 'lighttpd is not installed: FastCGI'
fi
finish
