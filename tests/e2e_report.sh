#!/bin/bash
# The log of questions, through lighttpd and FastCGI, and what `trouvaille report` makes of it; a word that finds
# nothing is mended: asked, reported, pasted into the lexique, indexed, found.
set -u
. "$(dirname "$0")/lib.sh"
index=$scratch/index corpus=$scratch/corpus log=$scratch/log/questions
cp -r corpus "$corpus"; mkdir "$scratch/log"
"$TROUVAILLE" index --index "$index" "$corpus" >/dev/null || not_ok 'cannot index'
export TROUVAILLE_LOG=$log TROUVAILLE_INDEX=$index
today=$(date +%F)
serve fastcgi
get() { curl -s -m 20 "$@"; }
ask() { get -o /dev/null -G --data-urlencode "q=$2" -d "lang=$1" "$url" "${@:3}"; }
# the log without the day, tabs as /; what is asked is written when the answer was sent: wait for the line
kept() { cat "$log".1 "$log" 2>/dev/null | sed "s/^$today/DAY/" | tr '\t' /; }
lines() { for _ in $(seq 50); do [ "$(kept | wc -l)" -ge "$1" ] && break; sleep 0.1; done; kept; }
report() { "$TROUVAILLE" report "$@"; }
find_json() { get -G --data-urlencode "q=$2" -d "lang=$1" -d format=json "$url" | grep -c '"id"'; }

# ---- what is kept, and what is not
is 'on start there is a log, of nobody else' '640 0' "$(stat -c '%a %s' "$log")"
ask fr plainte
get -o /dev/null "$url?q=plainte&lang=fr&page=2"
get -o /dev/null "$url?q=plainte&lang=fr&area=Leadership"
get -o /dev/null "$url?q=plainte&lang=fr&sort=date"
get -o /dev/null "$url?suggest=plain"
get -o /dev/null "$url?format=tips"
get -o /dev/null "$url?doc=en/overview.md"
get -o /dev/null "$url?q=+++"
get -o /dev/null "$url?q=%00"
get -o /dev/null "$url?q=plainte&lang=de"
get -o /dev/null -d q=plainte "$url"
get -o /dev/null -I "$url?q=plainte"
tag=$(get -D - -o /dev/null "$url?q=plainte&lang=fr" | tr -d '\r' | sed -n 's/^ETag: //p')
get -o /dev/null -H "If-None-Match: $tag" "$url?q=plainte&lang=fr"
get -o /dev/null "$url?q=complaint&lang=en&format=json"
"$TROUVAILLE" search --lang en complaint >/dev/null
is 'questions only: first pages, answered, by people' 'DAY/fr/2/0/all/plainte
DAY/fr/2/0/all/plainte
DAY/en/2/0/all/complaint' "$(lines 3)"

# ---- masked before it reaches the disk
empty() { : >"$log"; [ ! -e "$log.1" ] || : >"$log.1"; } # not removed: workers may have either open
empty
ask en 'call (416) 555-0123 ext. 4'; ask fr 'carte 23456 00123 4567'; ask en 'jane.doe@example.org'; ask fr 'H2X 1Y4'
masked=$(lines 4)
is 'masked' 4 "$(grep -c '\[[#@]\]$' <<<"$masked")"
is 'no number, no address' 0 "$(cut -d/ -f6 <<<"$masked" | grep -c '[0-9]\|jane\|example')"
has 'words stay' 'call [#]' "$masked"

# ---- put away by logrotate while workers have it open: no question is lost, none is parted
empty
for i in $(seq 12); do ask en "before $i"; done
[ "$(kept | wc -l)" -eq 12 ] || lines 12 >/dev/null
mv "$log" "$log.1"
for i in $(seq 12); do ask en "after $i"; done
is 'none is lost' 24 "$(lines 24 | wc -l)"
[ "$(wc -l <"$log")" -ge 10 ] && ok || not_ok "the new file has $(wc -l <"$log") lines"
is 'the new file is closed to others too' 640 "$(stat -c %a "$log")"
clients() { for c in 1 2 3 4; do (for i in $(seq 25); do ask fr "question numéro $c $i tout à fait ordinaire"; done) & done; wait $(jobs -p | grep -v "^$server$"); }
clients
is 'four clients at once: all of them' 124 "$(lines 124 | wc -l)"
is 'four clients at once: whole lines' 124 "$(kept | grep -cE '^DAY/(en|fr)/[0-9]+/[0-9]+/(all|some|corrected)/(before|after|question numéro [0-9]) ?[0-9]+( tout à fait ordinaire)?$')"
if [ -r /proc/self/fdinfo ]; then
	lighttpd=$(pgrep -P $server)
	flags=$(for p in $(pgrep -P "$lighttpd"); do for w in $(pgrep -P "$p"); do
		for fd in /proc/"$w"/fd/*; do [ "$(readlink "$fd")" = "$log" ] && sed -n 's/^flags:\t//p' "/proc/$w/fdinfo/${fd##*/}"; done
	done; done | sort -u)
	# octal: O_APPEND 02000, O_WRONLY 1
	is 'a worker can append to it, and nothing else' '2001' "$(printf '%o' $((0$flags & 02003)))"
fi

# ---- a file that cannot be read is named
is 'a folder for a log' "trouvaille: $scratch: Is a directory" "$(report "$scratch" 2>&1)"
is 'no such log' "trouvaille: $scratch/none: No such file or directory" "$(report "$scratch/none" 2>&1)"

# ---- a file that cannot be written costs no answer, and is told of once
cgi() { env QUERY_STRING="$1" "${@:2}" "$TROUVAILLE_CGI" 2>"$scratch/stderr" | head -1 | tr -d '\r'; }
is 'no such folder: answered' 'Status: 200 OK' "$(cgi q=plainte TROUVAILLE_LOG="$scratch/none/log")"
is 'no such folder: told once' "trouvaille.cgi: the log of questions cannot be written: $scratch/none/log: No such file or directory" "$(cat "$scratch/stderr")"
is 'a device: answered' 'Status: 200 OK' "$(cgi q=plainte TROUVAILLE_LOG=/dev/full)"
has 'a device: told' 'not a regular file: /dev/full' "$(cat "$scratch/stderr")"
before=$(wc -c <"$log")
is 'a full disk: answered' 'Status: 200 OK' "$(ulimit -f 0; cgi q=plainte 2>/dev/null)"
is 'a full disk: nothing is written' "$before" "$(wc -c <"$log")"
is 'as CGI' 'Status: 200 OK' "$(cgi q=plainte)"
is 'as CGI: written' 125 "$(kept | wc -l)"
is 'off: nothing is written' 'Status: 200 OK 125' "$(cgi q=plainte TROUVAILLE_LOG=) $(kept | wc -l)"

# ---- a zero-hit word mended
empty
for _ in 1 2 3; do ask en complaining; done
ask en 'COMPLAINING '; ask fr courtoisie; ask en '-policy "courtesy"'; ask en supervisory
is 'nothing is found' '0 0' "$(find_json en complaining) $(find_json fr courtoisie)"
lines 9 >/dev/null
text=$(report --since 1d)
has 'reported, in its most frequent spelling, most frequent first' "Found nothing
       5  en  complaining
              nearest words: en complaint" "$text"
has 'with a line' "for the lexique: complaining; complaint	" "$text"
report --since 30d --format lexique >"$scratch/lines"; is 'its exit status' 0 $?
has 'one to be filled in' "
# …	courtoisie; …
" "$(cat "$scratch/lines")"
cat "$scratch/lines" >>"$corpus/lexique.tsv"                        # pasted as it is
out=$("$TROUVAILLE" index --index "$index" "$corpus" 2>&1); is 'indexed without a warning' 0 $?
lacks 'no line is wrong' lexique.tsv "$out"
is 'it finds' "$(find_json en complaint)" "$(find_json en complaining)"
is 'the other waits' 0 "$(find_json fr courtoisie)"
sed -i 's/^# …	courtoisie; …$/goodwill	courtoisie; cordialité/' "$corpus/lexique.tsv" # as a librarian would
"$TROUVAILLE" index --index "$index" "$corpus" >/dev/null; is 'indexed' 0 $?
is 'it finds too' "$(find_json fr cordialité)" "$(find_json fr courtoisie)"
[ "$(find_json fr courtoisie)" -gt 0 ] && ok || not_ok 'courtoisie finds nothing'
lines 15 >/dev/null
text=$(report)
lacks 'no longer among those that find nothing' "$(printf 'Found nothing\n')      6" "$text"
has 'but among the mended' "Found too little when asked, and find now
       6  en  complaining
              best result: " "$text"
lexique=$("$TROUVAILLE" lexique check --index "$index" "$corpus/lexique.tsv")
lacks 'the lexique as it is now is right' 'lexique: ' "$lexique"

# ---- what is told of a log that stands still
site=$scratch/site; mkdir -p "$site/en" "$site/fr"
printf '# Complaint\n\nThe complaint of a user.\n' >"$site/en/a.md"
printf '# Plainte\n\nLa plainte d’un usager.\n' >"$site/fr/a.md"
printf '# Weeding\n\nOld books leave the collection.\n' >"$site/en/weeding.md"
printf '# Confidentialité\n\nLa confidentialité des dossiers.\n' >"$site/fr/conf.md"
printf 'deselection; weeding\tdésherbage\n' >"$site/lexique.tsv"
export TROUVAILLE_INDEX=$scratch/index2 TROUVAILLE_LOG=
"$TROUVAILLE" index "$site" >/dev/null || not_ok 'cannot index'
q=$scratch/q.log
put() { for _ in $(seq "$1"); do printf '%s\n' "$2" | tr / '\t' >>"$q"; done; }
put 9 '2026-03-01/en/0/0/all/card [#]'
put 2 '2026-03-02/en/0/0/all/confidentially'
put 1 '2026-03-05/en/0/0/all/Confidentially?'
put 4 '2026-03-04/fr/0/1/all/weeding'
put 2 '2026-03-04/fr/0/1/all/L’élagage-désherbage'
put 1 '2026-03-04/fr/0/1/all/désherbage'
put 3 '2026-03-07/fr/1/0/all/plainte'
put 1 '2026-03-07/en/0/0/all/complaining'
put 1 '2026-03-07/en/1/0/some/weeding zebra'
put 2 '2026-03-07/en/1/0/corrected/complant'
put 1 '2026-03-08/fr/0/0/all/usager'
put 1 '2026-03-08/en/0/0/all/=cmd|calc'
put 1 '2026-03-08/en/0/0/all/-"x, y"'
put 7 '2025-12-31/en/0/0/all/long ago'
put 1 'not a line'
put 1 '2026-03-08/en/0/0/all'
printf '2026-03-08\ten\t0\t0\tall\t\033[31mred\n' >>"$q"
text=$(report --since 2026-01-01 --until 2026-12-31 "$q" 2>"$scratch/stderr"); is 'something: status' 0 $?
is 'a bad line is named once, by file and line' "trouvaille: $q:37: not a line of the log of questions: passed over, as others like it in this file" "$(cat "$scratch/stderr")"
is 'the report' "$(sed 's/~/\t/g' <<'END'
2026-03-01 – 2026-03-08: 29 questions, 12 different, on 6 days
  Found nothing: 16 questions, 6 different
  Found only in the other language: 7 questions, 3 different
  Found only with some of the words, or in another spelling: 3 questions, 2 different
3 lines of the log could not be read.

Asked most
       9  en  card [#]
       4  fr  weeding
       3  en  confidentially
       3  fr  plainte
       2  fr  L’élagage-désherbage
       2  en  complant
       1  fr  désherbage
       1  en  complaining
       1  en  weeding zebra
       1  fr  usager
       1  en  =cmd|calc
       1  en  -"x, y"

Found nothing
       3  en  confidentially
              nearest words: fr confidentialité
              for the lexique: confidentially~confidentialité
       2  fr  L’élagage-désherbage
              for the lexique: # …~élagage-désherbage; …
       1  en  =cmd|calc
              for the lexique: # cmd|calc; …~…
       1  en  complaining
              nearest words: en complaint
              for the lexique: complaining; complaint~

Found only in the other language
       4  fr  weeding
              best result: Weeding (en/weeding.md)
              for the lexique: # weeding~…
       1  fr  désherbage
              best result: Weeding (en/weeding.md)
              for the lexique: # …~désherbage; …

Found only with some of the words, or in another spelling
       2  en  complant
              answered as: complaint
              best result: Complaint (en/a.md)
              nearest words: en complaint
              for the lexique: # complant; complaint~
       1  en  weeding zebra
              best result: Weeding (en/weeding.md)
              for the lexique: # zebra; …~…

Found too little when asked, and find now
       1  en  -"x, y"
              best result: Complaint (en/a.md)
       1  fr  usager
              best result: Plainte (fr/a.md)
END
)" "$text"
in_french() { env LC_ALL=fr_CA.UTF-8 "$TROUVAILLE" report "$@"; }
nbsp=$(printf '\302\240')
french=$(in_french "$q" 2>/dev/null | sed "s/$nbsp/_/g")
has 'in French, of all of it' '2025-12-31 – 2026-03-08_: 36 questions, 13 différentes, en 7 jours' "$french"
has 'in French: a note' 'mots les plus proches_: fr confidentialité' "$french"
lacks 'no escape reaches a terminal' "$(printf '\033')" "$(report "$q" 2>&1)"

csv=$(report --since 2026-01-01 --format csv "$q" 2>/dev/null)
is 'CSV: every line ends as RFC 4180 says' "$(wc -l <<<"$csv")" "$(grep -c $'\r$' <<<"$csv")"
has 'CSV: names' 'section,times,lang,question,spellings,first,last,own,other,answered_as,title,path,near_en,near_fr,line' "$csv"
has 'CSV: a question' '"nothing",3,"en","confidentially",2,2026-03-02,2026-03-05,0,0,"","","","","confidentialité","confidentially	confidentialité"' "$csv"
has 'CSV: no formula' ",\"'=cmd|calc\"," "$csv"
has 'CSV: no formula, and quotes twice' ",\"'-\"\"x, y\"\"\"," "$csv"
lacks 'CSV: no cell begins a formula' ',"=' "$csv"
if command -v python3 >/dev/null; then
	is 'CSV: read by a program' '23 15' "$(report --since 2026-01-01 --format csv "$q" 2>/dev/null |
		python3 -c 'import csv, io, sys; rows = list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline=""))); print(len(rows), *{len(r) for r in rows})')"
	is 'JSON: read by a program' '1 29 12 3 confidentially True None False fr ["confidentialit\u00e9"]' "$(report --since 2026-01-01 --format json "$q" 2>/dev/null | python3 -c '
import json, sys
r = json.load(sys.stdin)
n, o = r["nothing"], r["other"]
print(r["format"], r["asked"]["times"], r["asked"]["different"], r["bad_lines"], n[0]["question"], n[0]["ready"], r["mended"][0].get("line"), o[0]["ready"], o[0]["lang"], json.dumps(n[0]["near"]["fr"]))')"
fi
lexique=$(report --format lexique "$q" 2>/dev/null)
is 'lexique: what does something when pasted' 'confidentially	confidentialité
complaining; complaint	' "$(grep -v '^#' <<<"$lexique")"
cp -r "$site" "$scratch/site3"; report --format lexique "$q" 2>/dev/null >>"$scratch/site3/lexique.tsv"
out=$("$TROUVAILLE" --index "$scratch/index3" index "$scratch/site3" 2>&1); is 'lexique: any paste is taken' "0 Indexed: 4 files, 4 passages, 2 files with their translations" "$? $out"
is 'lexique: and finds across languages' fr/conf.md#confidentialité "$("$TROUVAILLE" --index "$scratch/index3" search --lang en --format paths confidentially)"

# the period, the limit, several logs, standard input, what logrotate put away
total() { report "$@" 2>/dev/null | head -1 | grep -o '[0-9]* questions*' | head -1; }
is 'since a day' '3 questions' "$(total --since 2026-03-08 "$q")"
is 'until a day' '7 questions' "$(total --until 2026-02-28 "$q")"
is 'both' '9 questions' "$(total --since 2026-03-02 --until 2026-03-04 "$q")"
for d in 0 40; do printf '%s\tfr\t0\t0\tall\tx\n' "$(date -d "-$d days" +%F)"; done >"$scratch/recent"
is 'so many days ago' '1 question' "$(total --since 30d "$scratch/recent")"
is 'today' '1 question' "$(total --since 0d "$scratch/recent")"
is 'two logs' '38 questions' "$(total "$q" "$scratch/recent")"
is 'standard input' '36 questions' "$(total - <"$q")"
gzip -c "$q" >"$scratch/q.gz" && is 'through a pipe' '36 questions' "$(total <(zcat "$scratch/q.gz"))"
cp "$q" "$q.1"; cp "$scratch/recent" "$q.2"
is 'the log of the settings, and those put away' '74 questions' "$(TROUVAILLE_LOG=$q total)"
is 'a limit' 1 "$(report --limit 1 "$q" 2>/dev/null | grep -c '^  *[0-9]*  en  card')"
is 'a limit: one of each kind' 4 "$(report --limit 1 "$q" 2>/dev/null | grep -c '^  *[0-9]*  \(en\|fr\)  ')"
report --since 2027-01-01 "$q" >"$scratch/out" 2>/dev/null; is 'nothing in the period' 1 $?
is 'nothing in the period: said' 'No question was asked in this period.' "$(head -1 "$scratch/out")"
report >/dev/null 2>"$scratch/stderr"; is 'no log' 2 $?; has 'no log: said' 'no log of questions' "$(cat "$scratch/stderr")"
TROUVAILLE_LOG=$scratch/none report >/dev/null 2>"$scratch/stderr"; is 'no log yet' 2 $?; has 'no log yet: said' 'is not there yet' "$(cat "$scratch/stderr")"
report "$scratch/none" >/dev/null 2>&1; is 'no such log' 2 $?
report "$scratch" >/dev/null 2>&1; is 'a folder' 2 $?
TROUVAILLE_INDEX=$scratch/none report "$q" >/dev/null 2>&1; is 'no index' 2 $?
for bad in '--since yesterday' '--since 30' '--since 2026-02-30' '--until 1e9d' '--limit 0' '--limit 1001' '--format xml' '--nothing'; do
	# shellcheck disable=SC2086 # two words
	report $bad "$q" >/dev/null 2>&1; is "refused: $bad" 2 $?
done
head -c 3000000 /dev/zero >"$scratch/zeros"; printf '\nx' >>"$scratch/zeros"
report "$scratch/zeros" >/dev/null 2>&1; is 'no log at all' 1 $?

# ---- for a privacy officer
has 'what is kept' 'What is kept, one line for each question' "$(report --privacy)"
has 'and whether it is here' 'Here no log is set' "$(report --privacy)"
has 'or where' "Here the log is this file: $q" "$(TROUVAILLE_LOG=$q report --privacy)"
has 'in French' 'Ce qui n’est pas conservé' "$(in_french --privacy)"
finish
