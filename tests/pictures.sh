#!/bin/bash
# usage: pictures.sh DIR [--readme]     takes pictures of the page over our own corpus, or the two of the README
set -u
mkdir -p "$1"
pictures=$(realpath "$1")
. "$(dirname "$0")/lib.sh"
index=$scratch/index
"$TROUVAILLE" index --index "$index" corpus >/dev/null || not_ok 'cannot index'
serve
if python3 tests/browser.py "${2:---pictures}" "$pictures" "$url"; then ok; else not_ok 'no pictures'; fi
echo "$(find "$pictures" -name '*.png' | wc -l) pictures in $1"
finish
