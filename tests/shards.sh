# Sourced by the test and the measurement of shards: serves the files of an index in shards by xapian-tcpsrv, each
# in a network namespace of its own where the process is in one that shards_alone made, else on free loopback ports.
#
# xapian-tcpsrv listens on every interface unless told, and ends its whole process group on SIGTERM: so each has an
# address and a session of its own.

# shards_alone SCRIPT ARGUMENT...: starts the script again in a network namespace of its own, when that can be had;
# no name and no link of it is seen outside, and all goes with its processes.
shards_alone() {
	[ -z "${SHARDS_ALONE:-}" ] || { ip link set lo up; return; }
	unshare --net true 2>/dev/null && command -v ip >/dev/null || return 0
	SHARDS_ALONE=1 exec unshare --net "$@"
}

declare -A shard_pid shard_host shard_port shard_space
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# shard_place K: where shard K is to be served
shard_place() {
	shard_host[$1]=127.0.0.1 shard_port[$1]=
	if [ -n "${SHARDS_ALONE:-}" ]; then
		unshare --net sleep 100000 &
		shard_space[$1]=$!
		for _ in $(seq 50); do # until it is in its own namespace
			[ "$(readlink /proc/${shard_space[$1]}/ns/net)" != "$(readlink /proc/$$/ns/net)" ] && break
			sleep 0.05
		done
		if ip link add "shard$1" type veth peer name eth0 netns "${shard_space[$1]}" 2>/dev/null; then
			ip addr add "198.18.$1.1/24" dev "shard$1" # a range for tests of networks (RFC 2544)
			ip link set "shard$1" up
			nsenter -t "${shard_space[$1]}" -n sh -c "ip addr add 198.18.$1.2/24 dev eth0; ip link set eth0 up"
			shard_host[$1]=198.18.$1.2 shard_port[$1]=7100
			return
		fi
		kill "${shard_space[$1]}"
		unset "shard_space[$1]"
	fi
	shard_port[$1]=$(free_port)
}

# shard_run K COMMAND...: in a session of its own, where shard K is served
shard_run() {
	local k=$1 enter=()
	shift
	[ -z "${shard_space[$k]:-}" ] || enter=(nsenter -t "${shard_space[$k]}" -n)
	setsid "${enter[@]}" "$@" >/dev/null 2>&1 &
	shard_pid[$k]=$!
	for _ in $(seq 100); do
		(exec 3<>"/dev/tcp/${shard_host[$k]}/${shard_port[$k]}") 2>/dev/null && return
		sleep 0.05
	done
}

# shard_serve K FILE
shard_serve() {
	shard_run "$1" xapian-tcpsrv --quiet --interface "${shard_host[$1]}" --port "${shard_port[$1]}" "$2"
}

shard_stop() {
	[ -n "${shard_pid[$1]:-}" ] || return 0
	kill -- -"${shard_pid[$1]}" 2>/dev/null
	wait "${shard_pid[$1]}" 2>/dev/null
	unset "shard_pid[$1]"
}

shards_stop() {
	local k
	for k in "${!shard_pid[@]}"; do shard_stop "$k"; done
	for k in "${!shard_space[@]}"; do kill "${shard_space[$k]}"; wait "${shard_space[$k]}" 2>/dev/null; done
	return 0
}

# shards_serve FROM TO: serves all shards of the index FROM; the folder TO gets the notes and a list of the servers
shards_serve() {
	local k file
	mkdir -p "$2"
	cp "$1"/trouvaille.*.notes.db "$2/notes.db"
	{ echo '# the notes first'; echo 'auto notes.db'; } >"$2/trouvaille.db"
	k=0
	for file in "$1"/trouvaille.*.[0-9]*.db; do
		case $file in *.notes.db) continue ;; esac
		shard_place $k
		shard_serve $k "$file"
		echo "remote ${shard_host[$k]}:${shard_port[$k]}" >>"$2/trouvaille.db"
		k=$((k + 1))
	done
}
