#!/bin/bash
# usage: run.sh BUILD BIN [BUILD BIN]...
#
# Runs the unit tests, the kept fuzz inputs and the end-to-end scripts with each
# build (BUILD) and its programs (BIN), and the checks of sources and corpus once;
# with the first build only the scripts that say "# Once": they are about texts.
# Short about what passes, whole about what fails. The last line is the sum:
# N passed, N failed[, N skipped].
set -u
cd "$(dirname "$0")/.." || exit

passed=0 failed=0 skipped=0 seconds=0
log=$(mktemp) || exit
trap 'rm -f "$log"' EXIT

# A hang is a failure too.
run() {
	local start=$SECONDS status=0
	timeout --kill-after=10 600 "$@" >"$log" 2>&1 </dev/null || status=$?
	seconds=$((SECONDS - start))
	return $status
}

# report NAME PASSED FAILED SKIPPED: counts, and shows the log of a failure
report() {
	passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
	if [ "$3" -gt 0 ]; then
		echo "FAIL $1"
		sed 's/^/    /' "$log"
	else
		echo "ok   $1 ($2)$([ "$seconds" -lt 5 ] || echo ", $seconds s")"
	fi
}

# A program or script that is right when its exit status is 0.
whole() {
	local name=$1
	shift
	if run "$@"; then report "$name" 1 0 0; else report "$name" 0 1 0; fi
}

# A cmocka program: counts its TAP lines; one failure more when it ended badly
# (a crash, a leak) without a failed test to say so.
unit() {
	local status=0 ok bad skip plan
	CMOCKA_MESSAGE_OUTPUT=TAP run "$1" || status=$?
	skip=$(grep -c '^\(not \)\?ok [0-9]* # SKIP' "$log")
	ok=$(grep -c '^ok [0-9]* - ' "$log")
	bad=$(grep -c '^not ok [0-9]* - ' "$log")
	plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	if [ "$((ok + bad + skip))" -ne "$plan" ] || [ "$plan" -eq 0 ] ||
		{ [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
		echo "(exit status $status, $((ok + bad + skip)) of $plan tests)" >>"$log"
		bad=$((bad + 1))
	fi
	report "$1" "$ok" "$bad" "$skip"
}

# A script whose last line is its own sum.
script() {
	local status=0 sum='^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$'
	run "$1" || status=$?
	if [[ $(tail -n 1 "$log") =~ $sum ]]; then
		local ok=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]} skip=${BASH_REMATCH[4]:-0}
		if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
			echo "(exit status $status)" >>"$log"
			bad=1
		fi
		report "$2" "$ok" "$bad" "$skip"
	else
		echo "(exit status $status, no sum on the last line)" >>"$log"
		report "$2" 0 1 0
	fi
}

export UBSAN_OPTIONS=print_stacktrace=1
unset TROUVAILLE_INDEX

whole "make layers" tests/layers.sh
[ ! -e tests/corpus.sh ] || script tests/corpus.sh tests/corpus.sh

again=
while [ $# -ge 2 ]; do
	build=$1
	bin=$(cd "$2" && pwd) || exit
	shift 2
	export TROUVAILLE=$bin/trouvaille TROUVAILLE_CGI=$bin/trouvaille.cgi TROUVAILLE_BUILD=$build

	for source in tests/test_*.c; do
		[ ! -e "$source" ] || unit "$build/${source%.c}"
	done
	for source in tests/fuzz_*.c; do
		[ -e "$source" ] || continue
		name=${source#tests/fuzz_} name=${name%.c}
		inputs=("tests/fuzz/$name"/*)
		[ -e "${inputs[0]}" ] || inputs=()
		whole "$build/tests/replay_$name" "$build/tests/replay_$name" "${inputs[@]}"
	done
	for e2e in tests/e2e_*.sh; do
		[ -e "$e2e" ] || continue
		[ -z "$again" ] || ! grep -q '^# Once' "$e2e" || continue
		script "$e2e" "$e2e with $build"
	done
	again=yes
done

sum="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || sum+=", $skipped skipped"
echo "$sum"
[ "$failed" -eq 0 ]
