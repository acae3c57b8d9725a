#!/bin/bash
# usage: coverage.sh BUILD TARGET...
#
# How many lines the inputs of each fuzz target reach, of the module that it is about (of all in src/ for `line`). The
# inputs are tests/fuzz/TARGET and, when COVERAGE_INPUTS names a folder, c_TARGET in it. BUILD holds replay programs that
# were built to count.
set -u
cd "$(dirname "$0")/.." || exit
build=$1
shift
raw=$build/profiles
failed=0

# The last row of llvm-cov's table; lines are its columns 8 to 10: all, missed, share.
lines_of() { llvm-cov-14 report "$@" 2>/dev/null | awk '/^TOTAL/ { printf "%d of %d lines, %s", $8 - $9, $8, $10 }'; }

for target; do
	replay=$build/tests/replay_$target
	modules=("src/$target.c")
	[ "$target" = line ] && modules=(src/*.c)
	folders=("tests/fuzz/$target")
	[ ! -d "${COVERAGE_INPUTS:-}/c_$target" ] || folders+=("$COVERAGE_INPUTS/c_$target")
	rm -rf "$raw"
	mkdir -p "$raw/inputs"
	for folder in "${folders[@]}"; do cp -R "$folder/." "$raw/inputs" 2>/dev/null; done # a running fuzzer takes some away
	if ! find "$raw/inputs" -type f -print0 |
		LLVM_PROFILE_FILE=$raw/%p.profraw xargs -0 -r -n 500 "$replay" 2>"$raw/log"; then
		echo "not ok: $replay fails:"
		grep -v "^$raw/inputs/[^:]*$" "$raw/log" | tail -n 20
		failed=1
	fi
	if llvm-profdata-14 merge -o "$raw/$target.profdata" "$raw"/*.profraw; then
		printf '%-9s %5d inputs   %s\n' "$target" "$(find "$raw/inputs" -type f | wc -l)" "$(lines_of "$replay" -instr-profile="$raw/$target.profdata" "${modules[@]}")"
		mv "$raw/$target.profdata" "$build/"
	else
		failed=1
	fi
done
echo "each line: llvm-cov-14 show $build/tests/replay_TARGET -instr-profile=$build/TARGET.profdata src/MODULE.c"
exit $failed
