#!/bin/bash
# The whole line at the command line, on the corpus that ships and on folders made to break it.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index
t() { "$TROUVAILLE" --index "$index" "$@"; }
t_fr() { env LC_ALL=fr_CA.UTF-8 "$TROUVAILLE" --index "$index" "$@"; } # bash itself would warn of a missing locale

# --- the corpus ---------------------------------------------------------------------------------
out=$(t index corpus 2>&1); is 'index corpus: status' 0 $?
has 'index corpus: report' '4 files' "$out"
has 'index corpus: pairs' '4 files with their translations' "$out"

manage=manages-the-library-environment-to-enhance-the-user-experience
difficult=applies-effective-techniques-to-address-difficult-situations-with-users
models=applies-and-models-customer-service-skills-to-enhance-the-level-of-user-satisfaction

# first LANG QUERY: the anchor of the first hit, in the English page that it translates
first() { t search --lang "$1" --format json --limit 1 -- "$2" |
	awk -F'"' '/"anchor":/ && !a { a = $4 } /"translation": \{/ { t = 1 } t && /"anchor":/ { b = $4 }
	END { print (b != "" ? b : a) }'; }
en_first() { t search --lang en --format paths --limit 1 -- "$1" | sed 's/.*#//'; }
marked() { t search --lang "$1" --limit 1 -- "$2" | tr -s ' \n' ' '; }

for q in plainte plaintes PLAINTES; do is "fr $q" "$difficult" "$(first fr "$q")"; done
for q in usager 'l’usager' "l'usager"; do
	case $(first fr "$q") in "$manage" | "$models" | "$difficult") ok ;; *) not_ok "fr $q: $(first fr "$q")" ;; esac
	is "fr $q: the same hits as usager" "$(t search --lang fr --format paths usager)" \
		"$(t search --lang fr --format paths "$q")"
done
is 'fr clientele' "$models" "$(first fr clientele)"
is 'fr "service a la clientele"' "$models" "$(first fr '"service a la clientele"')"
is 'fr bibliothe*' "$manage" "$(first fr 'bibliothe*')"
is 'en complaint' "$difficult" "$(en_first complaint)"
is 'en "good judgment"' "$difficult" "$(en_first '"good judgment"')"
is 'en goodwill' "$models" "$(en_first goodwill)"
has 'marked: plaintes' '*plainte' "$(marked fr PLAINTES)"
has 'marked: usager' '*usager' "$(marked fr "l'usager")"
has 'marked: clientèle' '*clientèle*' "$(marked fr clientele)"
has 'marked: the phrase as one' '*service à la clientèle*' "$(marked fr '"service a la clientele"')"
has 'marked: good judgment' '*good judgment*' "$(marked en '"good judgment"')"
has 'marked: goodwill' '*goodwill*' "$(marked en goodwill)"
has 'marked: bibliothèque' '*bibliothèque' "$(marked fr 'bibliothe*')"

# --- one hit a pair, in the reader's language ------------------------------------------------------
json=$(t search --lang fr --format json complaint)
has 'English words, French reader: shown in French' '"lang": "fr"' "$json"
has 'English words, French reader: matched in English' '"matched": [
        "en"' "$json"
is 'a pair is one hit' 1 "$(t search --lang fr --format paths goodwill | wc -l)"
has 'its translation is named' '"path": "en/management-leadership/customer-service-champion.md"' "$json"
has 'date of the content' '"date": "2015-07-22"' "$json"

# --- query language --------------------------------------------------------------------------------
n() { t search --lang en --format paths --limit 100 -- "$@" | wc -l; }
is 'AND' 1 "$(n 'goodwill AND ambassador')"
is 'ET' 1 "$(n 'goodwill ET ambassador')"
is 'OR adds' 2 "$(n 'goodwill OR judgment')"
is 'OU adds' 2 "$(n 'goodwill OU judgment')"
is 'NOT takes away' 0 "$(n 'goodwill NOT ambassador')"
is 'SAUF takes away' 0 "$(n 'goodwill SAUF ambassador')"
is '-word takes away' 0 "$(n 'goodwill -ambassador')"
is '-word without --' 0 "$(t search --lang en --format paths goodwill -ambassador | wc -l)"
is 'parentheses' 1 "$(n '(goodwill OR judgment) deviating')"
is 'parentheses: both' 2 "$(n '(goodwill OR judgment) policies')"
is 'title:' 1 "$(n 'title:satisfaction')"
is 'titre:' 1 "$(n 'titre:satisfaction')"
is 'title: not in the body' 0 "$(n 'title:goodwill')"
is 'area:' "$(n users)" "$(n 'users area:leadership')"
is 'domaine: of the other' "$(n users)" "$(n 'users domaine:gestion')"
is 'area: none' 0 "$(n 'users area:technology')"
is 'path:' "$(n users)" "$(n 'users path:customer-service-champion')"
is 'chemin: none' 0 "$(n 'users chemin:nowhere')"
is 'lang:' "$(n users)" "$(n 'users lang:en')"
is '--area' "$(n users)" "$(t search --lang en --format paths --area Management/Leadership users | wc -l)"
is '--exact' 0 "$(t search --lang en --format paths --exact ambassadors | wc -l)"
has 'words partly found say so' 'some of them' "$(t search --lang en goodwill zebra)"
for odd in 'école AND' 'OR' 'NOT' '(((' ')' '"' '-' '*' 'title:' 'a*' '-- -' '«' "'" '\' '%' 'x:y:z'; do
	t search -- "$odd" >/dev/null 2>"$scratch/err"; s=$?
	[ $s -le 1 ] && [ ! -s "$scratch/err" ] && ok || not_ok "typing «$odd»: status $s, $(cat "$scratch/err")"
done

# --- limits ----------------------------------------------------------------------------------------
long=$(printf 'a%.0s' $(seq 201))
t search -- "$long" >/dev/null 2>&1; is 'q over 200 characters' 2 $?
t search -- "$(printf 'w%s ' $(seq 33))" >/dev/null 2>&1; is '33 words' 2 $?
t search -- 'abc* abd* abe*' >/dev/null 2>&1; is '3 prefixes' 2 $?
t search -- "$(printf '(%.0s' $(seq 20))a OR (b c$(printf ')%.0s' $(seq 21))" >/dev/null 2>&1; is 'nesting 20' 2 $?
t search --limit 101 x >/dev/null 2>&1; is '--limit 101' 2 $?

# --- exit statuses, options, locale ----------------------------------------------------------------
t search goodwill >/dev/null; is 'found' 0 $?
t search xyzzyq >/dev/null; is 'nothing found' 1 $?
"$TROUVAILLE" search goodwill --index "$scratch/none" >/dev/null 2>&1; is 'no index' 2 $?
"$TROUVAILLE" search goodwill --index "$index" >/dev/null; is '--index after the command' 0 $?
TROUVAILLE_INDEX=$index "$TROUVAILLE" search goodwill >/dev/null; is 'TROUVAILLE_INDEX' 0 $?
"$TROUVAILLE" --help >/dev/null; is '--help' 0 $?
"$TROUVAILLE" search --help >/dev/null; is 'search --help' 0 $?
"$TROUVAILLE" index --help >/dev/null; is 'index --help' 0 $?
"$TROUVAILLE" --version >/dev/null; is '--version' 0 $?
"$TROUVAILLE" nonsense >/dev/null 2>&1; is 'unknown command' 2 $?
t search --format xml a >/dev/null 2>&1; is 'unknown format' 2 $?
t search --lang de a >/dev/null 2>&1; is 'unknown language' 2 $?
t search >/dev/null 2>&1; is 'no words' 2 $?
has 'an option without its value is named' '--index' "$("$TROUVAILLE" search --index 2>&1)"
mkdir -p "$scratch/div/en" "$scratch/div/fr"
printf '# Holds\n\n<div lang="fr">\n\n## Avis\n\nunique\n\n</div>\n' >"$scratch/div/en/p.md"; printf '# Page\n' >"$scratch/div/fr/p.md"
"$TROUVAILLE" index --index "$scratch/divi" "$scratch/div" >/dev/null
has 'a French passage of an English page is no translation of the French page' '"translation": null' "$("$TROUVAILLE" search --index "$scratch/divi" --lang fr --format json unique)"
has 'French messages by locale' '0 résultat en français' "$(t_fr search xyzzyq)"
lacks 'no colour in a pipe' $'\033' "$(TERM=xterm t search goodwill)"
has '--color=always' $'\033[1;31m' "$(t search --color=always goodwill)"
is '80 columns' '' "$(t search users | grep -v '#' | awk '{ gsub(/[\200-\277]/, "") } length > 80')"
is '--limit 0' '' "$(t search --limit 0 --format paths users)"
all=$(t search --format paths --limit 100 users)
is 'paging: nothing twice, nothing dropped' "$all" "$(for i in 0 2 4 6 8; do t search --format paths --limit 2 --offset $i users; done)"

# --- show ------------------------------------------------------------------------------------------
place=$(t search --lang en --format paths goodwill)
id=$(t search --lang en --format json goodwill | sed -n 's/.*"id": "\(.*\)".*/\1/p')
out=$(t show "$id"); is 'show an id' 0 $?
has 'show: the passage' 'Acts as a goodwill ambassador' "$out"
has 'show: its translation' 'fr/gestion-leadership/champion' "$out"
is 'show path#anchor' "$out" "$(t show "$place")"
has 'show as Markdown' '## Applies and models' "$(t show --format md "$id")"
t show nothing-such >/dev/null 2>&1; is 'show: not there' 1 $?

# --- broken files are named, skipped, and the rest is indexed ----------------------------------------
bad=$scratch/bad; mkdir -p "$bad/en/sub"
printf '# Fine\n\nkeepsake\n' >"$bad/en/fine.md"
printf '# Bytes\n\nok\n\377\376\n' >"$bad/en/bytes.md"
printf '# Nul\n\0\n' >"$bad/en/nul.md"
printf -- '---\ntitle: a\nlang: [b\n---\n# x\n' >"$bad/en/front.md"
head -c 104857600 /dev/zero | tr '\0' 'a' >"$bad/en/huge.md"
printf '# Hidden\n' >"$bad/en/closed.md"; chmod 000 "$bad/en/closed.md"
ln -s . "$bad/en/sub/loop"
ln -s loop2.md "$bad/en/loop2.md"
ln -s /etc/hostname "$bad/en/out.md"
mkfifo "$bad/en/pipe.md"
out=$("$TROUVAILLE" index --index "$scratch/bi" "$bad" 2>&1); is 'broken files: status' 1 $?
has 'bad UTF-8 with line' 'en/bytes.md:4: ' "$out"
has 'NUL with line' 'en/nul.md:2: ' "$out"
has 'front matter with line' 'en/front.md:' "$out"
has '100 MB of one line' 'en/huge.md:1: ' "$out"
has 'symlink loop' 'en/sub/loop: ' "$out"
has 'symlink to itself' 'en/loop2.md: ' "$out"
has 'symlink out' 'en/out.md: ' "$out"
has 'FIFO' 'en/pipe.md: ' "$out"
if [ "$(id -u)" -eq 0 ]; then ok; else has 'unreadable' 'en/closed.md: ' "$out"; fi
is 'the rest is indexed' 'en/fine.md#fine' "$("$TROUVAILLE" search --index "$scratch/bi" --format paths keepsake)"

# --- a page that would take hours if positions were put in out of order; the limit is minutes off ---------
mkdir -p "$scratch/big"; yes mot | head -n 2000000 | tr '\n' ' ' >"$scratch/big/long.md"
timeout 120 "$TROUVAILLE" index --index "$scratch/bigi" "$scratch/big" >/dev/null 2>&1; is 'two million times one word' 0 $?

# --- a page that cannot be cut into passages is told of by every run, and no reason to write the index again ---
mkdir -p "$scratch/toolong"; printf '# Fine\n\nA keepsake.\n' >"$scratch/toolong/fine.md"
{ printf '# '; yes 'xxxxxxxxx' | head -n 900000 | tr '\n' ' '; echo; } >"$scratch/toolong/huge.md"
toolong() { "$TROUVAILLE" index --index "$scratch/toolongi" "$scratch/toolong" 2>&1; }
out=$(toolong); is 'a page of too much text' 1 $?
has 'is named' 'huge.md:1: more than 16 MiB of text' "$out"
before=$(stat -c %i "$scratch/toolongi/trouvaille.db")
out=$(toolong); is 'the next run' 1 $?
has 'names it too' 'huge.md:1: more than 16 MiB of text' "$out"
has 'and has nothing to change' '0 changed' "$out"
is 'nor to write' "$before" "$(stat -c %i "$scratch/toolongi/trouvaille.db")"
printf '# Now\n\nA relic.\n' >"$scratch/toolong/huge.md"
out=$(toolong); is 'mended, it is taken' 0 $?
is 'and found' 'huge.md#now' "$("$TROUVAILLE" search --index "$scratch/toolongi" --format paths relic)"

# --- an index that fails leaves the old one ----------------------------------------------------------
before=$(sha256sum "$index/trouvaille.db")
t index "$scratch/nowhere" >/dev/null 2>&1; is 'no such corpus' 2 $?
mkdir "$scratch/empty"; t index "$scratch/empty" >/dev/null 2>&1; is 'empty corpus' 2 $?
# of several corpora one may be empty from the first; but one that has become so takes no page out of the index
two() { out=$("$TROUVAILLE" --index "$scratch/twoi" index "$@" "$scratch/one" "$scratch/empty" 2>&1); status=$?; }
mkdir -p "$scratch/one/en"; echo 'a keepsake' >"$scratch/one/en/a.md"
two; is 'one of two corpora is empty' 1 $status; has 'an empty corpus is named' "trouvaille: $scratch/empty: no Markdown file that can be read" "$out"
two; is 'and each time' 1 $status
echo 'a relic' >"$scratch/empty/b.md"; two; is 'it has a page' 0 $status
mkdir "$scratch/away"; mv "$scratch/empty/b.md" "$scratch/away"; two; is 'it has become empty' 2 $status
has 'become empty: which' "trouvaille: $scratch/empty: no Markdown file that can be read, and the index has pages of this corpus" "$out"
has 'become empty: in French' 'aucun fichier Markdown lisible, alors que l’index a des pages de ce corpus' "$(LC_ALL=fr_CA.UTF-8 "$TROUVAILLE" --index "$scratch/twoi" index "$scratch/one" "$scratch/empty" 2>&1)"
relic() { "$TROUVAILLE" --index "$scratch/twoi" search --format paths relic 2>/dev/null; }
two --facet topic; is 'become empty: with other options too' 2 $status
is 'become empty: its page is still found' 'b.md' "$(relic)"
two --dry-run; is 'become empty: a dry run warns' 1 $status
two --full; is 'become empty, and --full' 1 $status; is 'gone' '' "$(relic)"; two; is 'and so it stays' 1 $status
rmdir "$scratch/empty"; two; is 'and is not there at all' 2 $status; mkdir "$scratch/empty"
(ulimit -f 8; trap '' XFSZ; t index --full corpus >/dev/null 2>&1); is 'disk full half way' 2 $?
is 'the old index stands' "$before" "$(sha256sum "$index/trouvaille.db")"
t search goodwill >/dev/null; is 'and answers' 0 $?
is 'nothing is left behind' 'lock trouvaille.db ' "$(ls "$index" | tr '\n' ' ')"
out=$(LC_ALL=C t index --full corpus 2>&1 >/dev/full); is 'done, and nobody to tell' 2 $?
has 'the new index stands, it says' 'the index is up to date, but that could not be told: stdout' "$out"
[ "$before" != "$(sha256sum "$index/trouvaille.db")" ] && ok || not_ok 'the new index stands'
out=$(LC_ALL=C t index --dry-run corpus 2>&1 >/dev/full); is 'nothing done, and nobody to tell' 2 $?
is 'a dry run says nothing of it' 'trouvaille: stdout: No space left on device' "$out"
exec 9>>"$index/lock"; flock 9; echo 4242 >"$index/lock"
out=$(t index corpus 2>&1); is 'a second writer' 2 $?
has 'is told so, and who it is' 'another process (4242)' "$out"
exec 9>&-
is 'dry run writes nothing' '0 ' "$("$TROUVAILLE" index --index "$scratch/dry" --dry-run corpus >/dev/null; echo $? "$(ls "$scratch/dry" 2>/dev/null)")"
head -c 3000 "$index/trouvaille.db" >"$scratch/cut"; mkdir "$scratch/ci"; mv "$scratch/cut" "$scratch/ci/trouvaille.db"
"$TROUVAILLE" search --index "$scratch/ci" goodwill >/dev/null 2>&1; is 'a truncated index' 2 $?

# --- two real sites ----------------------------------------------------------------------------------
if [ -d ../shared/corpora/vue ]; then
	for site in vue tldr; do
		out=$("$TROUVAILLE" index --index "$scratch/$site" "../shared/corpora/$site" 2>&1)
		is "$site: not a warning" 0 $?
		[ ${#out} -lt 200 ] && ok || not_ok "$site: $(printf '%s' "$out" | head -5)"
	done
	has 'vue: 238 files' '238 files' "$("$TROUVAILLE" index --index "$scratch/v" --dry-run ../shared/corpora/vue)"
	has 'tldr: 8,362 files' '8,362 files' "$out"
	v() { "$TROUVAILLE" search --index "$scratch/vue" "$@"; }
	is 'vue fr' 'fr/guide/essentials/computed.md#computed-properties' "$(v --lang fr --format paths --limit 1 'proprietes calculees')"
	is 'vue en' 'en/guide/essentials/computed.md#computed-properties' "$(v --lang en --format paths --limit 1 'computed properties')"
	is 'vue: French words, English reader' 'en/guide/essentials/computed.md#computed-properties' "$(v --lang en --format paths --limit 1 'proprietes calculees')"
	has 'tldr fr' 'fr/common/tar.md#tar' "$("$TROUVAILLE" search --index "$scratch/tldr" --lang fr --format paths --limit 3 "title:tar archivage")"
	has 'tldr en' 'en/' "$("$TROUVAILLE" search --index "$scratch/tldr" --lang en --format paths --limit 3 'archiving utility')"
else
	skip '../shared/corpora is not here: the two real sites'
fi
finish
