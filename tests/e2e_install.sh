#!/bin/bash
# make install and uninstall: what goes where, what is kept; installed in places of one's own, used from there; the units.
# Once: it is about texts, not about memory.
set -u
. "$(dirname "$0")/lib.sh"
build=${TROUVAILLE_BUILD:-build}
dest=$scratch/dest

# make of the programs as they are, for other places: nothing is compiled
install_as() { make -s -o "$build/paths.h" "$1" BUILD="$build" BIN="$(dirname "$TROUVAILLE")" DESTDIR="$dest" "${@:2}" 2>&1; }
files() { (cd "$dest" && find . -type f -printf '%m %P\n' | LC_ALL=C sort); }
# pages FOLDER GLOB DIR: what is below src, by its place
pages() { for f in src/$1/$2; do [ ! -e "$f" ] || echo "644 $3/${f##*/}"; done; }

# --- the places of a distribution ----------------------------------------------------------------------
usual="prefix=/usr unitdir=/lib/systemd/system"
# shellcheck disable=SC2086 # words
out=$(install_as install $usual); is 'install' '0 ' "$? $out"
expected=$({
	cat <<'EOF'
644 etc/trouvaille.conf
644 lib/systemd/system/trouvaille-index.path
644 lib/systemd/system/trouvaille-index.service
644 lib/systemd/system/trouvaille-index.timer
644 lib/systemd/system/trouvaille-watch.service
644 usr/lib/sysusers.d/trouvaille.conf
644 usr/share/doc/trouvaille/LICENSE
644 usr/share/doc/trouvaille/README.md
644 usr/share/doc/trouvaille/examples/corpus/en/management-leadership/customer-service-champion.md
644 usr/share/doc/trouvaille/examples/corpus/en/overview.md
644 usr/share/doc/trouvaille/examples/corpus/fr/apercu.md
644 usr/share/doc/trouvaille/examples/corpus/fr/gestion-leadership/champion-du-service-a-la-clientele.md
644 usr/share/doc/trouvaille/examples/corpus/lexique.tsv
644 usr/share/doc/trouvaille/examples/trouvaille.conf
755 usr/bin/trouvaille
755 usr/lib/cgi-bin/trouvaille.cgi
EOF
	for n in 1 5 8; do
		pages man/en "*.$n" "usr/share/man/man$n"
		pages man/fr "*.$n" "usr/share/man/fr/man$n"
	done
	pages completions '*.bash' usr/share/bash-completion/completions | sed 's/\.bash$//'
	pages completions '*.zsh' usr/share/zsh/site-functions | sed 's|\([^/]*\)\.zsh$|_\1|'
	pages completions '*.fish' usr/share/fish/vendor_completions.d
} | LC_ALL=C sort)
is 'what is installed, and where' "$expected" "$(files)"
is 'paths follow the prefix' 'ExecStart=/usr/bin/trouvaille index' "$(grep ExecStart "$dest/lib/systemd/system/trouvaille-index.service")"
is 'no path of another prefix' '' "$(cd "$dest" && grep -rl /usr/local etc lib usr/lib/sysusers.d usr/share/man usr/share/doc/trouvaille/examples 2>/dev/null)"

# again: settings are the administrator's
echo '# mine' >>"$dest/etc/trouvaille.conf"
# shellcheck disable=SC2086
out=$(install_as install $usual); has 'settings are kept: said' 'kept as they are: /etc/trouvaille.conf' "$out"
is 'settings are kept' '# mine' "$(tail -1 "$dest/etc/trouvaille.conf")"
: >"$dest/usr/share/doc/trouvaille/notes"; : >"$dest/usr/bin/other"
# shellcheck disable=SC2086
out=$(install_as uninstall $usual); is 'uninstall' '0 left, since they were changed: /etc/trouvaille.conf' "$? $out"
is 'uninstall takes what it brought' "$(printf '644 etc/trouvaille.conf\n644 usr/bin/other\n644 usr/share/doc/trouvaille/notes')" "$(files)"
rm -r "$dest"
install_as install >/dev/null; is 'without a word: below /usr/local' yes "$([ -x "$dest/usr/local/bin/trouvaille" ] && [ -e "$dest/etc/trouvaille.conf" ] && echo yes)"
out=$(install_as uninstall); is 'and away: all of it, settings that nobody changed too' '0 ' "$? $out$(files)"
install_as install localstatedir=/srv/var sysconfdir=/opt/etc >/dev/null
is 'another index: the settings' 'index: /srv/var/lib/trouvaille' "$(grep ^index: "$dest/opt/etc/trouvaille.conf")"
is 'another index: the unit may write it' 'ReadWritePaths=/srv/var/lib/trouvaille' "$(grep ^ReadWritePaths "$dest/usr/local/lib/systemd/system/trouvaille-index.service")"
is 'other settings: the unit reads them' 'Environment=TROUVAILLE_CONF=/opt/etc/trouvaille.conf' "$(grep ^Environment "$dest/usr/local/lib/systemd/system/trouvaille-index.service")"

# --- the settings that are installed -------------------------------------------------------------------
# Every setting that the program knows is named; each line that is commented out is one that it takes.
known=$(sed -n 's/.*\[SETTING_[A-Z_]*\] *= *{"\([a-z-]*\)".*/\1/p' src/settings.c | sort)
is 'the settings of the program were found' yes "$([ "$(wc -l <<<"$known")" -ge 16 ] && echo yes)"
sed -n 's/^# \([a-z-]*: .*\)/\1/; /^[a-z]/p' src/trouvaille.conf >"$scratch/all.conf"
is 'each stands in src/trouvaille.conf' "$known" "$(sed 's/:.*//' "$scratch/all.conf" | sort)"
out=$(LC_ALL=C.UTF-8 "$TROUVAILLE" --conf "$scratch/all.conf" --index "$scratch/none" search x 2>&1)
has 'and all are values' 'no index in' "$out"
grep -qE 'localhost|@[A-Z]+@' src/trouvaille.conf && not_ok 'a place of our own in the settings' || ok

# --- in places of one's own ----------------------------------------------------------------------------
# Built for them, so once is enough.
if [ "$build" = build ]; then
	own=$scratch/own
	cp -R build "$scratch/build" 2>/dev/null
	rm -rf "$scratch/build/"{asan,clang,deb}
	touch -c "$scratch"/build/*/*.o
	(cd "$scratch/build" && rm -f libtrouvaille.a paths.h src/{settings,cmd_embed,cmd_index,language}.o)
	places="BUILD=$scratch/build BIN=$scratch/bin prefix=$own sysconfdir=$own/etc localstatedir=$own/var"
	mkdir "$scratch/bin"
	# shellcheck disable=SC2086
	out=$(make -s $places install 2>&1) || not_ok "install for places of one's own: $out"
	program=$own/bin/trouvaille
	unset TROUVAILLE_CONF
	in_own() { (cd / && "$@" 2>&1); }
	out=$(in_own "$program" search x); has 'its own settings are read' "no index in $own/var/lib/trouvaille" "$out"
	out=$(in_own "$program" index); has 'of no corpus' "\`corpus\` in $own/etc/trouvaille.conf" "$out"
	mkdir -p "$own/var/lib/trouvaille"
	echo "corpus: [$own/share/doc/trouvaille/examples/corpus]" >>"$own/etc/trouvaille.conf"
	out=$(in_own "$program" index); has 'the corpus that came along' 'Indexed: 4 files' "$out"
	has 'is searched' 'clientèle' "$(in_own "$program" search --lang fr clientele)"
	out=$(in_own "$program" embed apache2)
	has 'embed knows where the page is' "ScriptAlias \"$own/lib/cgi-bin/trouvaille.cgi\"" "$out"
	lacks 'and that it reads the settings itself' SetEnv "$out"
	has 'but not other settings' "SetEnv TROUVAILLE_CONF \"$scratch/all.conf\"" "$(in_own "$program" --conf "$scratch/all.conf" embed apache2)"
	lacks 'nor their index' TROUVAILLE_INDEX "$(in_own "$program" --conf "$scratch/all.conf" embed apache2)"
	has 'nor another index' "SetEnv TROUVAILLE_INDEX \"$scratch\"" "$(in_own "$program" --index "$scratch" embed apache2)"
	has 'the page' '<mark>clientèle</mark>' "$(in_own env -i SCRIPT_NAME=/t QUERY_STRING='q=clientele&lang=fr' "$own/lib/cgi-bin/trouvaille.cgi")"
	has 'the help' "$own/etc/trouvaille.conf" "$(in_own "$program" --help)"
	if command -v systemd-analyze >/dev/null; then
		units=("$own"/lib/systemd/system/*)
		is 'the units stand' 4 ${#units[@]}
		is 'the units' '' "$(systemd-analyze verify --man=no "${units[@]}" 2>&1)"
		for unit in "$own"/lib/systemd/system/*.service; do
			out=$(systemd-analyze security --offline=yes --threshold=30 "$unit" 2>&1) || not_ok "${unit##*/} lets too much: $(tail -1 <<<"$out")"
		done
		printf '[Service]\nType=oneshot\nExecStart=/nowhere/trouvaille\n' >"$scratch/bad.service"
		has 'a bad unit would be told' 'not executable' "$(systemd-analyze verify --man=no "$scratch/bad.service" 2>&1)"
	else
		skip 'systemd-analyze is not installed'
	fi
	echo "# end" >>"$own/etc/trouvaille.conf"
	# shellcheck disable=SC2086
	make -s $places uninstall >/dev/null 2>&1
	is 'uninstalled: the settings and the index stay' "$(printf 'etc/trouvaille.conf\nvar/lib/trouvaille/lock\nvar/lib/trouvaille/trouvaille.db')" \
		"$(cd "$own" && find . -type f -printf '%P\n' | sort)"
fi
finish
