#!/bin/bash
# Runs of `trouvaille index` that are killed, fail or lose power at any point, and readers while the index changes: see
# crash.py. CRASH=full for all of it (`make crash`).
set -u
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { skip 'python3 is not installed'; finish; }
grep -qa __asan_init "$TROUVAILLE" && { skip 'nothing can be preloaded before AddressSanitizer'; finish; }
"${CC:-cc}" -std=gnu17 -O1 -D_GNU_SOURCE -shared -fPIC -o "$scratch/fault.so" tests/fault.c -ldl || not_ok 'fault.c does not compile'
while read -r line; do
	case $line in
	WRONG*) not_ok "$line" ;;
	*) ok; echo "    $line" ;;
	esac
done < <(python3 tests/crash.py "$(realpath "$TROUVAILLE")" "$scratch/fault.so" "$scratch" ${CRASH:+"$CRASH"} 2>&1 || echo "WRONG: crash.py ended with an error")
finish
