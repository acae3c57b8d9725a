#!/bin/bash
# usage: merge.sh BUILD GROWN TARGET...
#
# Replaces what libFuzzer's earlier merges kept in tests/fuzz/TARGET (files named by their SHA-1) by a small set of inputs
# that reaches all branches that GROWN/TARGET reaches and those written by hand do not. GROWN must hold no text of others: it is to be
# grown from tests/fuzz alone, as `make fuzz` does.
set -u
cd "$(dirname "$0")/.." || exit
build=$1 grown=$2
shift 2
for target; do
	kept=tests/fuzz/$target
	[ -d "$grown/$target" ] || { echo "$target: nothing in $grown: run make fuzz first" >&2; exit 1; }
	scratch=$(mktemp -d) || exit
	mkdir "$scratch/all" "$scratch/set"
	cp -R "$grown/$target/." "$scratch/all"
	for file in "$kept"/*; do # what is written by hand stays, and is the first to count
		if [[ ${file##*/} =~ ^[0-9a-f]{40}$ ]]; then mv "$file" "$scratch/all/"; else cp "$file" "$scratch/set/"; fi
	done
	ls "$scratch/set" >"$scratch/hand"
	# edges, not how often: else there would be thousands
	"$build/tests/fuzz_$target" -merge=1 -use_counters=0 -max_len=4096 -timeout=20 -rss_limit_mb=4096 \
		"$scratch/set" "$scratch/all" >"$scratch/log" 2>&1 || { tail -n 20 "$scratch/log" >&2; exit 1; }
	(cd "$scratch/set" && xargs -r rm -f <"$scratch/hand")
	cp -R "$scratch/set/." "$kept/"
	printf '%-9s %4d inputs, %6d bytes\n' "$target" "$(find "$kept" -type f | wc -l)" "$(cat "$kept"/* | wc -c)"
	rm -rf "$scratch"
done
