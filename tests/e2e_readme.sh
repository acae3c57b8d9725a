#!/bin/bash
# The README's session is what the programs print, and its pictures are there, and small.
# Once: it is about texts, not about memory.
set -u
. "$(dirname "$0")/lib.sh"
is 'the session (after a change on purpose: make readme)' '' "$(tests/readme.sh --check 2>&1)"
for language in en fr; do
	picture=tests/pictures/$language.png
	has "README shows $picture" "($picture)" "$(cat README.md)"
	is "$picture is a PNG" "$(printf '\211PNG' | od -An -tx1)" "$(head -c 4 $picture | od -An -tx1)"
	[ "$(stat -c %s $picture)" -lt 60000 ] && ok || not_ok "$picture: $(stat -c %s $picture) bytes"
done
finish
