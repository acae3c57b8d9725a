#!/bin/bash
# Two languages, one answer: a fixture for each thing that only a bilingual index does.
set -u
. "$(dirname "$0")/lib.sh"
site=$scratch/site index=$scratch/index
t() { "$TROUVAILLE" --index "$index" "$@"; }
t_fr() { env LC_ALL=fr_CA.UTF-8 "$TROUVAILLE" --index "$index" "$@"; }
page() {
	mkdir -p "$(dirname "$site/$1")"
	{
		if [ $# -gt 1 ]; then echo ---; printf '%s\n' "${@:2}"; echo ---; fi
		cat
	} >"$site/$1"
}
begin() { rm -rf "$site" "$index"; mkdir "$site"; }
paths() { t search --format paths --lang "$@"; }
json() { t search --format json --lang "$@"; }
# value KEY <JSON: a string, null or list of strings of the object itself, on one line
value() { tr -d '\n' | sed "s/.*[{,]  \"$1\": //; s/^\(\[[^]]*\]\|\"\([^\"\\\\]\|\\\\.\)*\"\|null\).*/\1/; s/    //g; s/  \]/]/"; }

# --- the lexique --------------------------------------------------------------------------------
begin
printf '%s\n' '# a comment' 'weeding; deselection	désherbage; élagage' '' \
	'patron; user	usager' 'interlibrary loan; ILL	prêt entre bibliothèques; PEB' \
	'AODA; accessibility act	' >"$site/lexique.tsv"
page fr/a.md <<'E'
# Collections

## Désherbage

Le désherbage garde les rayons frais.

## Prêts

Les prêts entre bibliothèques sont gratuits. Un PEB par semaine.

## Usagers

Chaque usager a une carte.
E
page en/b.md <<'E'
# Access

The accessibility act of Ontario.
E
out=$(t index "$site"); is 'a good lexique' 0 $?
is 'weeding, to a French reader' 'fr/a.md#désherbage' "$(paths fr weeding)"
has 'weeding: what was added is said' 'Also searched for: désherbage' "$(t search --lang fr weeding)"
has 'weeding: in French too' $'Aussi cherché\u00a0: désherbage' "$(t_fr search weeding)"
has 'weeding: the word is marked' '*désherbage* garde' "$(t search --lang fr weeding | tr -s ' \n' ' ')"
is 'weeding: also' '["désherbage"]' "$(json fr weeding | value also)"
is 'weeding, to an English reader, in the other group' 'fr/a.md#désherbage' "$(paths en weeding)"
is 'weeding --exact' 1 "$(json fr --exact weeding >/dev/null; echo $?)"
is 'also is empty when nothing was added' '[]' "$(json fr désherbage | value also)"
is 'a plural' 'fr/a.md#usagers' "$(paths fr patrons)"
is 'within one language' 'en/b.md#access' "$(paths en aoda)"
is 'several words, any form, unaccented' 'fr/a.md#prêts' "$(paths fr interlibrary loans)"
is 'an acronym, small' 'fr/a.md#prêts' "$(paths fr ill)"
is 'several words, French to French' 'fr/a.md#prêts' "$(paths fr peb)"
is 'several words among others' 'fr/a.md#prêts' "$(paths fr interlibrary loan gratuits)"
is 'a term in quotes' 'fr/a.md#prêts' "$(paths fr '"interlibrary loan"')"
is 'a word in quotes stands as it is' 1 "$(paths fr '"weeding"' >/dev/null; echo $?)"
is 'an exclusion is not widened' 'fr/a.md#désherbage' "$(paths fr 'frais -weeding')"
is 'in an OR' 'fr/a.md#désherbage fr/a.md#usagers' "$(paths fr 'weeding OU patron' | sort | tr '\n' ' ' | sed 's/ $//')"
is 'in a title' 'fr/a.md#usagers' "$(paths fr title:patron)"
printf '%s\n' 'weeding' 'a	b	c' ';x	y' 'good; fine	bon' 'alone	' $'\x3f\t!' >"$site/lexique.tsv"
out=$(t index "$site" 2>&1); is 'a lexique with wrong lines: a warning' 1 $?
for line in 1 2 3 5 6; do has "line $line is named" "$site/lexique.tsv:$line: lexique:" "$out"; done
lacks 'line 4 is right' 'lexique.tsv:4' "$out"
is 'the right line is used' '["fine"]' "$(printf '# Fine\n\nbon\n' >"$site/en/c.md"; t index "$site" 2>/dev/null >&2; json en good | value also | tr -d ' ')"

printf '%s\n' 'weeding	désherbage' 'weedings	élagage' 'user	usager' 'broken' >"$scratch/lex.tsv"
out=$(t lexique check "$scratch/lex.tsv" 2>&1); is 'check: something to mend' 1 $?
has 'check: a wrong line' "$scratch/lex.tsv:4: lexique:" "$out"
has 'check: a term on two lines' "$scratch/lex.tsv:2: also on line 1: weedings" "$out"
has 'check: a term on no page' "$scratch/lex.tsv:1: on no page: weeding" "$out"
lacks 'check: a term in use' 'on no page: usager' "$out"
has 'check: the sum' '3 concepts, 2 terms in use' "$out"
printf 'fine	usager\n' >"$scratch/lex.tsv"; t lexique check "$scratch/lex.tsv" >/dev/null; is 'check: all right' 0 $?
out=$(t lexique check "$scratch/none.tsv" 2>&1); is 'check: no such file' 2 $?
out=$(t lexique 2>&1); is 'lexique without an action' 2 $?
out=$(t lexique suggest x 2>&1); is 'suggest takes no file' 2 $?
t lexique suggest >/dev/null; is 'suggest: nothing is paired' 1 $?

# the lexique that ships
out=$(t lexique check corpus/lexique.tsv 2>&1)
lacks 'the shipped lexique: no wrong line' ': lexique:' "$out"
lacks 'the shipped lexique: no term twice' 'also on line' "$out"
[ "$(printf '%s\n' "$out" | sed -n 's/^\([0-9]*\) concepts,.*/\1/p')" -ge 200 ] && ok || not_ok 'the shipped lexique: fewer than 200 concepts'

# a pair is found by the side in the language typed: what an exclusion takes away stays away
begin
printf 'user\tusager\n' >"$site/lexique.tsv"
printf '# Fees\n\nEach user pays.\n' | page en/f.md; printf '# Frais\n\nChaque usager suit la politique.\n' | page fr/f.md
printf '# Clés\n\nUn usager perd ses clés.\n' | page fr/k.md
t index "$site" >/dev/null
is 'an exclusion holds for the pair' 'fr/k.md#clés' "$(paths fr 'usager -politique')"
is 'each side for itself, and what is untranslated' 'en/f.md#fees fr/k.md#clés' "$(paths en user | tr '\n' ' ' | sed 's/ $//')"
rm "$site/fr/k.md"; t index "$site" >/dev/null
has 'found by the other side: its counterpart is marked' 'Chaque *usager* suit' "$(t search --lang fr user)"
is 'all translated: nothing to add' '[]' "$(json en user | value also)"

begin
for n in 1 2; do
	printf '# Page %s\n\n## Customer Service {#s}\n\nx\n\n## Holds {#h}\n\ny\n\n## JSON {#j}\n\nz\n' "$n" | page en/p$n.md
	printf '# Page %s\n\n## Service à la clientèle {#s}\n\nx\n\n## Réservations {#h}\n\ny\n\n## JSON {#j}\n\nz\n' "$n" | page fr/p$n.md
done
printf '# X\n\n## ILL Requests {#i}\n\nq\n' | page en/q.md; printf '# X\n\n## Demandes de PEB {#i}\n\nq\n' | page fr/q.md
printf 'hold; reservation	réservation\n' >"$site/lexique.tsv"
t index "$site" >/dev/null
is 'suggest: pairs of headings, the most frequent first, not what is known or the same' \
	'customer service	service à la clientèle
ILL requests	demandes de PEB' "$(t lexique suggest)"

# --- spelling -----------------------------------------------------------------------------------
begin
page fr/a.md <<'E'
# La bibliothèque

Une bibliothèque a des règlements. Le cœur du règlement, c’est l’usager. La gérance aussi.
E
page en/a.md <<'E'
# The library

A library has regulations. The heart of a regulation is the patron. Copyright law.
E
t index "$site" >/dev/null
# suggested LANG QUERY
suggested() { json "$1" -- "$2" | value suggestion; }
is 'a letter less, accent restored' '"bibliothèque"' "$(suggested fr bibliotheqe)"
is 'a letter more' '"bibliothèque"' "$(suggested fr biblioothèque)"
is 'two letters exchanged' '"library"' "$(suggested en lirbary)"
is 'a wrong letter' '"patron"' "$(suggested en potron)"
is 'œ restored' '"cœur"' "$(suggested fr coeus)"
is 'an elision stays' '"l’usager"' "$(suggested fr l’usagar)"
is 'in the other language' '"library"' "$(suggested fr libary)"
is 'each word of several' '"bibliothèque gérance"' "$(suggested fr 'bibliotheqe geramce')"
is 'the rest stays as typed' '"-patron (bibliothèque OU \"cœur\")"' "$(suggested fr '-patron (bibliotheqe OU "Coeus")')"
is 'beside a word that is found' '"patron library"' "$(suggested en 'patron libary')"
is 'none for what is found' null "$(suggested fr bibliotheques)"
is 'none when nothing is near' null "$(suggested fr zygomatique)"
is 'none that finds nothing' null "$(suggested fr 'lang:en title:gerance bibliotheqe titre:usagar')"
is 'none for a short word far off' null "$(suggested en lawxy)"
out=$(t search --lang fr bibliotheqe); is 'nothing found: the suggestion is asked' 0 $?
has 'it says so' 'Nothing was found for what was typed. These are results for: bibliothèque' "$out"
has 'it marks what it found' '*bibliothèque*' "$out"
has 'it says so in French' $'Rien n’a été trouvé pour la requête telle quelle. Voici les résultats pour\u00a0: bibliothèque' "$(t_fr search bibliotheqe | tr '\n' ' ')"
has 'JSON says so' '"corrected": true' "$(json fr bibliotheqe)"
out=$(t search --lang en 'patron libary'); has 'something found: a question only' 'Did you mean: patron library?' "$out"
out=$(json fr --exact bibliotheqe); is 'exact: nothing is found' 1 $?
has 'exact: and still suggested' '"suggestion": "bibliothèque"' "$out"
lacks 'exact: not asked' '"corrected"' "$out"

# --- all in a passage, all on a page, some ------------------------------------------------------------
begin
page en/page.md <<'E'
# Handbook

## Weeding

Weeding keeps shelves fresh.

## Rules

Each policy is approved by the board.
E
printf '# Other\n\nPolicy, policy, policy: the policy of policies.\n' | page en/other.md
printf '# Third\n\nWeeding weeding weeding weeding.\n' | page en/third.md
t index "$site" >/dev/null
is 'the pages that have all the words come first' 'en/page.md#weeding
en/page.md#rules' "$(paths en weeding policy | head -2)"
is 'then those that have some' 'en/other.md#other
en/third.md#third' "$(paths en weeding policy | tail -2 | sort)"
has 'it says so' 'Nothing has all these words' "$(t search --lang en weeding policy)"
printf '# Fourth\n\nLong ago, in another place, among many other things of no great weight, a policy on weeding was written.\n' | page en/fourth.md
t index "$site" >/dev/null
is 'all in one passage: that alone' 'en/fourth.md#fourth' "$(paths en weeding policy)"
lacks 'and nothing to say' 'Nothing has all' "$(t search --lang en weeding policy)"
is 'exclusions speak of the passage' 'en/page.md#weeding' "$(paths en 'weeding shelves -policy')"
is 'titles belong to the passage' 'en/page.md#rules' "$(paths en 'handbook rules policy')"
is 'a title is enough to exclude' 'en/third.md#third' "$(paths en 'weeding -handbook -policy')"

# --- pairs ----------------------------------------------------------------------------------------------
begin
printf '# Fees\n\nFines and fees.\n\n## Waivers {#w}\n\nA fee may be waived.\n\n## Only here\n\nLibrary cards.\n' | page en/f.md
printf '# Frais\n\nAmendes et frais.\n\n## Dispenses {#w}\n\nOn peut être dispensé.\n' | page fr/f.md
printf '# Seulement\n\nUne carte perdue.\n' | page fr/seul.md
t index "$site" >/dev/null
is 'one hit, in the reader’s language, whichever side has the word' 'fr/f.md#w' "$(paths fr waived)"
is 'which side has it is told' '["en"]' "$(json fr waived | awk '/"matched"/ { on = 1 } on { gsub(/ /, ""); printf "%s", $0 } /\]/ && on { exit }' | sed 's/"matched"://; s/,$//')"
has 'the counterpart is named' 'English: Waivers' "$(t search --lang fr waived)"
is 'the same score for both readers' "$(json en waived | awk '/"score"/ { print $2 }')" "$(json fr waived | awk '/"score"/ { print $2 }')"
is 'what is only in the other language, after' 'en/f.md#only-here' "$(paths fr cards)"
has 'and is counted' '0 results in French' "$(t search --lang fr cards)"
has 'the other group says so' '1 result, only in English' "$(t search --lang fr cards)"
has 'after hits in the reader’s language' '1 more result, only in English' "$(t search --lang fr 'cards OR waived')"
is '--only leaves it out' 1 "$(paths fr --only cards >/dev/null; echo $?)"

# fields, by what people call things
begin
printf '# Frais\n\nLes frais de la réactivité.\n' | page fr/guide/base/frais.md; printf '# Fees\n\nThe fees and frais.\n' | page en/guide/base/fees.md
t index "$site" >/dev/null
for value in fr FR français francais French; do is "langue:$value" 'fr/guide/base/frais.md#frais' "$(paths en "frais langue:$value")"; done
for value in en anglais English; do is "lang:$value" 'en/guide/base/fees.md#fees' "$(paths fr "frais lang:$value")"; done
is 'no such language' 1 "$(paths fr 'frais lang:de' >/dev/null; echo $?)"
is 'a stretch in the middle of a path' 'fr/guide/base/frais.md#frais' "$(paths fr 'frais chemin:guide/base/frais')"
is 'a question in plain words' 'fr/guide/base/frais.md#frais' "$(paths fr "qu'est-ce que la reactivite")"
lacks 'a question in plain words: nothing to relax' 'Nothing has all' "$(t search --lang fr "qu'est-ce que la reactivite")"

# paging through both groups: every passage once
begin
for n in $(seq 30); do
	printf '# Shelf %s\n\nA shelf of books.\n' "$n" | page en/p$n.md
	[ $((n % 3)) -eq 0 ] || printf '# Rayon %s\n\nUn rayon de livres, a shelf.\n' "$n" | page fr/p$n.md
	[ $((n % 2)) -eq 0 ] || printf '# Seul %s\n\nUn rayon, a shelf.\n' "$n" | page fr/seul$n.md
done
t index "$site" >/dev/null
for lang in en fr; do
	for order in relevance date; do
		all=$(for offset in $(seq 0 7 49); do paths $lang --sort $order --limit 7 --offset "$offset" shelf; done)
		is "paging, $lang by $order: none twice" "$(printf '%s\n' "$all" | wc -l)" "$(printf '%s\n' "$all" | sort -u | wc -l)"
		is "paging, $lang by $order: none missing" 45 "$(printf '%s\n' "$all" | wc -l)"
		is "paging, $lang by $order: as in one go" "$(paths $lang --sort $order --limit 100 shelf)" "$all"
	done
done
is 'counts: English' '30 15' "$(json en shelf | awk -F'[:, ]+' '/^  "total"/ { t = $3 } /^    "total"/ { o = $3 } END { print t, o }')"
is 'counts: French' '35 10' "$(json fr shelf | awk -F'[:, ]+' '/^  "total"/ { t = $3 } /^    "total"/ { o = $3 } END { print t, o }')"

# --- facets ---------------------------------------------------------------------------------------------
begin
printf '# Reading\n\nStories for all.\n' | page en/a.md 'area: Programs' 'audience: [children, adults]'
printf '# Lecture\n\nDes histoires pour tous.\n' | page fr/a.md 'area: Programmes' 'audience: [enfants, adultes]'
printf '# Stories\n\nStories of staff.\n' | page en/b.md 'Audience: adults' 'area: Staff'
t index --facet audience "$site" >/dev/null
facets() { json "$@" | awk '/^  "facets"/ { on = 1 } on { gsub(/[ \n]/, ""); printf "%s", $0 }'; }
is 'counted over pairs, in English' \
	'"facets":{"lang":{"en":2,"fr":0},"area":{"Programs":1,"Staff":1},"audience":{"adults":2,"children":1}}}' "$(facets en stories)"
is 'counted over pairs, in French' \
	'"facets":{"lang":{"fr":1,"en":1},"area":{"Programmes":1,"Staff":1},"audience":{"adultes":1,"adults":1,"enfants":1}}}' "$(facets fr stories)"
is 'a key filters' 'en/a.md#reading' "$(paths en 'stories audience:children')"
is 'in the other language’s name too' 'fr/a.md#lecture' "$(paths fr 'stories audience:children')"
is 'an exclusion of a value' 'en/b.md#stories' "$(paths en 'stories -audience:children')"
is 'a value alone' 'en/a.md#reading' "$(paths en 'AUDIENCE:enfants')"
is 'a key that was not named is a word' 1 "$(paths en 'level:x' >/dev/null; echo $?)"
TROUVAILLE_FACETS=audience,area2 t index "$site" >/dev/null
has 'keys of the environment' '"audience":{"adults":2,"children":1},"area2":{}' "$(facets en stories)"
out=$(t index --facet a --facet b --facet c --facet d "$site" 2>&1); is 'too many keys' 2 $?

# --- how a query was read, and what is like a passage --------------------------------------------------------
begin
printf 'weeding	élagage; désherbage\n' >"$site/lexique.tsv"
printf '# Le désherbage\n\nLes règlements du désherbage des collections de livres.\n\n## Rayons\n\nLes rayons des livres.\n' | page fr/a.md
printf '# Collections\n\nDes collections de livres et leur désherbage.\n' | page fr/b.md
printf '# Snow\n\nThe snow removal.\n' | page en/c.md
t index "$site" >/dev/null
explained=$(t search --lang fr --explain 'les réglements weeding -titre:neige ("livres des collections" OU rayo*) lang:fr' 2>&1 >/dev/null)
is 'explained' 'How the query was read:
  all of these, in one passage (its titles count):
    need not be there, being so common: “les”
    the word “réglements”
      found as: règlements
    the word “weeding”
      in no passage of the index
      or, from the lexique: désherbage
    but none of this:
      the word “neige”, in a title
        in no passage of the index
    one or more of these:
      side by side, small words aside: “livres des collections”
      a word that begins with “rayo”
    only passages in this language: Français' "$explained"
has 'explained in French' $'Voici comment la requête a été comprise\u00a0:' "$(t_fr search --explain livres 2>&1 >/dev/null)"
lacks 'never a stem' 'desherbag“' "$explained"
is 'like one: the nearest first, never itself' 'fr/b.md#collections' "$(paths fr --like 'fr/a.md#le-désherbage' | head -1)"
lacks 'like one: never itself' 'le-désherbage' "$(paths fr --like 'fr/a.md#le-désherbage')"
lacks 'like one: nothing unlike' 'snow' "$(paths fr --like 'fr/a.md#le-désherbage')"
out=$(t search --like nowhere 2>&1); is 'like none' 2 $?
out=$(t search --like fr/b.md words 2>&1); is 'like one, or words' 2 $?

# --- a term of the lexique is a word, also where no page has it ---------------------------------
begin
printf 'weeding\tdésherbage\n' >"$site/lexique.tsv"
page en/a.md <<'E'
# Leading

Leading a team.
E
t index "$site" >/dev/null
is 'a misspelt word is put right' 'en/a.md#leading' "$(paths en leadingg)"
is 'a term of the lexique is not' '' "$(paths en weeding)"
is 'nor is another word suggested for it' null "$(json en weeding | value suggestion)"

finish
