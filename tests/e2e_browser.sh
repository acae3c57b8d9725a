#!/bin/bash
# The page in Chromium: axe-core on every kind of page, light, dark and in high contrast; the keyboard alone; 320
# pixels; print; no console message and no request elsewhere.
set -u
. "$(dirname "$0")/lib.sh"
axe_version=4.14.1 axe_sha256=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
case ${TROUVAILLE_BUILD:-build} in *asan*) skip 'the browser sees the same page of either build'; finish ;; esac
for tool in chromium chromedriver python3 npm; do
	command -v $tool >/dev/null || { skip "$tool is not installed"; finish; }
done
axe=${TROUVAILLE_BUILD:-build}/axe-$axe_version.js
if [ ! -e "$axe" ]; then
	(cd "$scratch" && npm pack "axe-core@$axe_version" >/dev/null 2>"$scratch/npm.log" && tar -xzf axe-core-*.tgz package/axe.min.js)
	[ -e "$scratch/package/axe.min.js" ] || { skip "npm cannot get axe-core $axe_version: $(grep -m 1 -i "err" "$scratch/npm.log")"; finish; }
	cp "$scratch/package/axe.min.js" "$axe"
fi
is 'axe-core is the one that we know' "$axe_sha256" "$(sha256sum "$axe" | cut -d' ' -f1)"

site=$scratch/site index=$scratch/index
mkdir -p "$site/en" "$site/fr"
printf -- '---\narea: Collections\ndate: 2015-07-22\n---\n# Weeding\n\nIntro with a [link](https://example.org/) and `code`.\n\n## Deep {#deep}\n\nBooks leave the shelf.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n\n    a line of code that is much longer than a narrow screen can ever be wide, so that it must scroll by itself\n\n> Quoted.\n\n![a picture](x.png)\n' >"$site/en/weeding.md"
printf -- '---\narea: Collections\ndate: 2015-07-22\n---\n# Élagage\n\nIntroduction.\n\n## Au fond {#deep}\n\nDes livres quittent le rayon.\n' >"$site/fr/weeding.md"
for i in $(seq 14); do
	printf -- '---\narea: Services\ndate: 2016-01-%02d\n---\n# Page %d\n\nA shelf, the %dth.\n' "$i" "$i" "$i" >"$site/en/p$i.md"
	printf -- '---\narea: Services\ndate: 2016-01-%02d\n---\n# Page %d\n\nUn rayon, le %de.\n' "$i" "$i" "$i" >"$site/fr/p$i.md"
done
printf '# Bookmobile\n\nA bookmobile is a library on wheels.\n' >"$site/en/bookmobile.md"
printf '# Bibliobus\n\nUn bibliobus est une bibliothèque sur roues.\n' >"$site/fr/bibliobus.md"
"$TROUVAILLE" index --index "$index" "$site" >/dev/null || not_ok 'cannot index'
export TROUVAILLE_REPORT=mailto:help@example.org
serve
python3 tests/browser.py "$url" "$axe" >"$scratch/out" 2>&1
sum=$(tail -1 "$scratch/out")
if [[ $sum =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
	passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
	sed '$d' "$scratch/out"
else
	not_ok "browser.py did not come to its end: $(tail -5 "$scratch/out")"
fi
finish
