#!/bin/bash
# The corpus against its seed. The seed is a faulty capture of a web page; this restores its sentences mechanically,
# its own way, and compares them with the English pages word for word; then the French pages with the English ones.
# Run from the repository root. CORPUS and SEED may name others (to see it fail, say).
set -u
export LC_ALL=C   # bytes: the no-break spaces below are UTF-8 spelled out

corpus=${CORPUS:-corpus}
seed=${SEED:-../shared/seed/competencies-index-page.txt}
en=$corpus/en/management-leadership/customer-service-champion.md
fr=$corpus/fr/gestion-leadership/champion-du-service-a-la-clientele.md
en_overview=$corpus/en/overview.md
fr_overview=$corpus/fr/apercu.md

nbsp=$(printf '\302\240')    # U+00A0
nnbsp=$(printf '\342\200\257')  # U+202F

passed=0 failed=0 skipped=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

pass() { passed=$((passed + 1)); }
fail() { failed=$((failed + 1)); printf 'FAIL: %s\n' "$1"; }
skip() { skipped=$((skipped + 1)); printf 'skip: %s\n' "$1"; }

same() {   # same WHAT GOT WANTED
    if [ "$2" = "$3" ]; then pass; else fail "$1"; printf '  got:    %s\n  wanted: %s\n' "$2" "$3"; fi
}

has_line() {   # has_line WHAT FILE LINE: the whole line, to the letter
    if grep -Fxq -e "$3" "$2"; then pass; else fail "$1"; printf '  not in %s: %s\n' "$2" "$3"; fi
}

none() {   # none WHAT TEXT: TEXT lists offenders, and should be empty
    if [ -z "$2" ]; then pass; else fail "$1"; printf '%s\n' "$2" | sed 's/^/  /'; fi
}

head_of() { awk '/^---$/ { n++; next } n == 1 { print } n > 1 { exit }' "$1"; }
body_of() { awk 'n > 1 { print } /^---$/ { n++ }' "$1"; }
field() { head_of "$1" | sed -n "s/^$2: *//p" | sed 's/^"\(.*\)"$/\1/'; }

bullets_under() {   # bullets_under FILE HEADING: the items of its list, links reduced to their text
    body_of "$1" | awk -v heading="$2" '/^#/ { on = ($0 == heading); next } on && sub(/^- /, "")' |
        sed 's/\[\([^]]*\)\]([^)]*)/\1/g'
}

outline() {   # one line a block: a heading's level, a paragraph, a bullet
    body_of "$1" | awk '/^#+ / { print length($1); next } /^- / { print "-"; next } NF { print "p" }' | paste -s -d ' ' -
}

join_lines() { paste -s -d '\t' - | sed 's/	/ /g'; }
count() { grep -c . "$1"; }

# --- The seed, restored -----------------------------------------------------------------------------------------------
# Footer pieces out; bullets of four kinds made one; a line that starts in lower case continues the one before.
# Each line out is "kind<TAB>text"; kinds: nav, intro, updated, heading, label, bullet.
restore_seed() {
    sed -e 's/Last Updated: Jul 11, 2023 8:42 AM//' \
        -e 's,URL: https://resources.olservice.ca/index,,' \
        -e 's/LibApps | Se connecter à LibApps//' "$1" | awk '
    function flush() { if (kind != "") print kind "\t" text; kind = "" }
    function take(k) { flush(); kind = k; text = $0 }
    { $1 = $1 }                                            # one space between words, none at the ends
    /^$/ { next }
    /^Report a problem/ { exit }
    /^Search Words/ || /^-+ -+$/ { started = 1; next }
    !started { next }
    sub(/^#+ Competency: /, "") { take("heading"); competencies = 1; next }
    /^Associated / { take("label"); next }
    competencies && /^[a-z]/ { text = text " " $0; next }
    competencies { sub(/^(- )?(\302\267 |\342\200\242 )?/, ""); take("bullet"); next }
    sub(/^Last updated: /, "") { take("updated"); next }
    /^While / { take("intro"); next }
    { gsub(/#+ |\*\*/, ""); $1 = $1; take("nav") }
    END { flush() }'
}

of_kind() { awk -F '\t' -v kind="$1" '$1 == kind { print $2 }' "$tmp/seed"; }

iso_date() {   # "July 22, 2015" or "Jul 11, 2023" -> 2015-07-22
    echo "$1" | awk '{ m = (index("JanFebMarAprMayJunJulAugSepOctNovDec", substr($1, 1, 3)) + 2) / 3
                       printf "%04d-%02d-%02d\n", $3, m, $2 }'
}

against_seed() {
    restore_seed "$seed" > "$tmp/seed"
    of_kind heading > "$tmp/headings"
    of_kind bullet > "$tmp/bullets"
    same 'competencies in the seed' "$(count "$tmp/headings")" 4
    same 'bullets in the seed' "$(count "$tmp/bullets")" 18
    same 'bullets under each competency of the seed' "$(awk -F '\t' '
        $1 == "heading" { h++ } $1 == "bullet" { n[h]++ } END { print n[1], n[2], n[3], n[4] }' "$tmp/seed")" '4 4 5 5'

    while IFS= read -r line; do has_line 'competency' "$en" "## $line"; done < "$tmp/headings"
    while IFS= read -r line; do has_line 'bullet' "$en" "- $line"; done < "$tmp/bullets"
    has_line 'introduction' "$en" "$(of_kind intro)"

    # The whole body, in order: nothing lost, moved or invented.
    { echo "# $(field "$en" title)"
      awk -F '\t' '$1 == "intro" || $1 == "label" { print $2 } $1 == "heading" { print "## " $2 }
                   $1 == "bullet" { print "- " $2 }' "$tmp/seed"; } > "$tmp/wanted"
    body_of "$en" | grep . > "$tmp/got"
    none 'the English page is the seed, in its order, and nothing else' "$(diff "$tmp/wanted" "$tmp/got")"

    # Two dates: the content's own, and the page's, which the footer dropped into a bullet.
    page_date=$(iso_date "$(sed -n 's/.*Last Updated: \([A-Z][a-z]* [0-9]*, [0-9]*\).*/\1/p' "$seed")")
    page_url=$(sed -n 's/.*URL: \(https:[^ ]*\).*/\1/p' "$seed")
    for page in "$en" "$fr"; do same "$page: date" "$(field "$page" date)" "$(iso_date "$(of_kind updated)")"; done
    for page in "$en" "$fr" "$en_overview" "$fr_overview"; do
        same "$page: lastmod" "$(field "$page" lastmod)" "$page_date"
        same "$page: source" "$(field "$page" source)" "$page_url"
    done

    # The seed runs its navigation together. Our lists, run together likewise, must give the same words: first the
    # areas (Core Competencies come last there), then the skill sets of this one.
    areas=$(bullets_under "$en_overview" "# $(field "$en_overview" title)")
    skills=$(bullets_under "$en_overview" '## Management/Leadership')
    same 'areas and skill sets, against the navigation of the seed' \
        "$( { echo "$areas" | sed 1d; echo 'Return to the Overview'; echo "$areas" | sed -n 1p; echo "$skills"; } |
            join_lines)" "$(of_kind nav | join_lines)"
    has_line 'the overview is named as the index is' "$seed" "## $(field "$en_overview" title)"
    same 'the page is named as its skill set is' "$(echo "$skills" | grep -Fxc -e "$(field "$en" title)")" 1
    same 'the page is of an area the overview lists' "$(echo "$areas" | grep -Fxc -e "$(field "$en" area)")" 1
}

# --- The pages themselves ---------------------------------------------------------------------------------------------
check_overviews() {
    for page in "$en_overview" "$fr_overview"; do
        title=$(field "$page" title)
        area=$(body_of "$page" | sed -n 's/^## //p')
        same "$page: areas" "$(bullets_under "$page" "# $title" | sort -u | grep -c .)" 6
        same "$page: skill sets" "$(bullets_under "$page" "## $area" | sort -u | grep -c .)" 16
        same "$page: its section is one of its areas" \
            "$(bullets_under "$page" "# $title" | grep -Fxc -e "$area")" 1
        same "$page: no date of its own" "$(field "$page" date)" ''
    done
    same 'the French page is of the area the French overview lists' \
        "$(field "$fr" area)" "$(body_of "$fr_overview" | sed -n 's/^## //p')"
    same 'the French overview names the French page' \
        "$(bullets_under "$fr_overview" "## $(field "$fr" area)" | grep -Fxc -e "$(field "$fr" title)")" 1
}

check_page() {   # what holds for any page, in either language
    page=$1 lang=$2
    same "$page: lang" "$(field "$page" lang)" "$lang"
    same "$page: its only level-one heading is its title" "$(body_of "$page" | sed -n 's/^# //p')" "$(field "$page" title)"
    none "$page: front matter is 'name: value', each name once" "$(
        head_of "$page" | awk '!/^[A-Za-z]+: [^ ]/ { print } seen[$1]++ { print "twice: " $1 }')"
    none "$page: unquoted values hold nothing YAML would read otherwise" "$(
        head_of "$page" | sed 's/^[A-Za-z]*: //' | grep -v '^".*"$' | grep -e ': ' -e ' #' -e ':$' -e '^[^A-Za-z0-9]')"
    none "$page: a paragraph, a heading or a bullet is one line" "$(
        body_of "$page" | awk 'NF && last != "" && !(/^- / && last ~ /^- /) { print } { last = $0 }')"
    none "$page: no tabs, no spaces at the end, no double spaces" "$(grep -n -e '	' -e ' $' -e '  ' "$page")"
    none "$page: relative links lead to a page" "$(
        grep -o '](\([^)]*\))' "$page" | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^[a-z]*:' | while IFS= read -r target; do
            [ -e "$(dirname "$page")/$target" ] || echo "$target"
        done)"
}

check_pairs() {
    find "$corpus/en" -name '*.md' | sort > "$tmp/en_pages"
    find "$corpus/fr" -name '*.md' | sort > "$tmp/fr_pages"
    same 'as many French pages as English ones' "$(count "$tmp/fr_pages")" "$(count "$tmp/en_pages")"
    while IFS= read -r page; do
        check_page "$page" en
        same "$page: is no translation" "$(field "$page" translation)" ''
        key=$(field "$page" translationKey)
        twin=$(while IFS= read -r other; do
            [ "$(field "$other" translationKey)" = "$key" ] && echo "$other"
        done < "$tmp/fr_pages")
        if [ -z "$key" ] || [ ! -f "$twin" ]; then
            fail "$page: exactly one French page has its translationKey '$key'"
            continue
        fi
        pass
        same "$page: outline, as in $twin" "$(outline "$page")" "$(outline "$twin")"
        for name in date lastmod source; do
            same "$page: $name, as in $twin" "$(field "$page" $name)" "$(field "$twin" $name)"
        done
    done < "$tmp/en_pages"
}

# French as Canada sets it: no-break space before the colon and inside guillemets, nothing before ; ! ?
check_french() {
    while IFS= read -r page; do
        check_page "$page" fr
        if field "$page" translation | grep -q 'non officielle'; then pass
        else fail "$page: says it is an unofficial translation"; fi
        none "$page: its name is plain lower case" "$(basename "$page" | grep -v '^[a-z0-9-]*\.md$')"
        none "$page: a plain space before a colon" "$(grep -n ' :' "$page")"
        none "$page: a colon without its no-break space" "$(
            body_of "$page" | sed -e 's,[a-z]*://,,g' -e "s/$nbsp://g" | grep :)"
        none "$page: a space before ; ! ?" "$(grep -n -e " [;!?]" -e "${nbsp}[;!?]" -e "${nnbsp}[;!?]" "$page")"
        none "$page: guillemets without their no-break spaces" "$(sed -e "s/«$nbsp//g" -e "s/$nbsp»//g" "$page" | grep -e « -e »)"
        none "$page: a straight apostrophe" "$(grep -n "'" "$page")"
    done < "$tmp/fr_pages"

    headings=$(body_of "$fr" | sed -n 's/^## //p')
    first=$(echo "$headings" | sed -n 1p)
    last=$(echo "$headings" | sed -n '$p')
    same 'the first French competency says bibliothèque and usager' \
        "$(echo "$first" | grep bibliothèque | grep -c usager)" 1
    if bullets_under "$fr" "## $last" | grep -q plainte; then pass; else fail 'the last French competency says plainte'; fi
    if body_of "$fr" | grep -q 'service à la clientèle'; then pass; else fail 'the French says service à la clientèle'; fi
}

for page in "$en" "$fr" "$en_overview" "$fr_overview"; do
    if [ -f "$page" ]; then pass; else fail "no $page"; fi
done
if [ "$failed" -eq 0 ]; then
    same 'bullets under each competency of the English page' "$(body_of "$en" | awk '
        /^## / { h++ } /^- / { n[h]++ } END { print h ":", n[1], n[2], n[3], n[4] }')" '4: 4 4 5 5'
    if [ -f "$seed" ]; then against_seed; else skip "no seed at $seed: the English is not compared with it"; fi
    check_overviews
    check_pairs
    check_french
fi

summary="$passed passed, $failed failed"
[ "$skipped" -gt 0 ] && summary="$summary, $skipped skipped"
echo "$summary"
[ "$failed" -eq 0 ]
