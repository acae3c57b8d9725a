#!/bin/bash
# The Debian package. In short: what it is made of. DEB=full (`make check-deb`, which builds it first; root, and a network
# to Debian's packages): installed in a clean root, used by an administrator, behind apache2, upgraded, removed, purged;
# what was typed there and answered stands in build/deb/transcript.
#
# All of that runs in namespaces of its own: whatever ends this script ends every process and mount in them.
# Once: it is about texts, not about memory.
set -u
if [ "${DEB:-}" = full ] && [ "${DEB_INSIDE:-}" != yes ] && [ "$(id -u)" -eq 0 ] && unshare --mount --pid --fork true 2>/dev/null; then
	DEB_INSIDE=yes exec unshare --mount --pid --fork --kill-child --mount-proc --propagation private bash "$0"
fi
. "$(dirname "$0")/lib.sh"
[ "${TROUVAILLE_BUILD:-build}" = build ] || finish # the package is of no build but its own
unset TROUVAILLE_CONF

# --- in short --------------------------------------------------------------------------------------------
for script in src/debian/*.{postinst,prerm,postrm}; do
	is "$script: a shell can read it" '' "$(sh -n "$script" 2>&1)"
	has "$script: ends at the first error" 'set -e' "$(cat "$script")"
	has "$script: debhelper's part" '#DEBHELPER#' "$(cat "$script")"
done
version=$(sed -n 's/^.define TROUVAILLE_VERSION "\(.*\)"/\1/p' src/version.h)
has 'the version is that of src/version.h' "trouvaille (@VERSION@) " "$(head -1 src/debian/changelog)"
for file in $(sed -n 's|^Files: \(.*\)/\*$|\1|p' src/debian/copyright); do
	[ -d "$file" ] && ok || not_ok "debian/copyright speaks of $file, which is not there"
done
[ "${DEB:-}" = full ] || finish

# --- what stands in the package --------------------------------------------------------------------------
[ "$(id -u)" -eq 0 ] || { skip 'only root can make a clean root'; finish; }
[ "${DEB_INSIDE:-}" = yes ] || { skip 'no namespaces here'; finish; }
deb=$(realpath -e build/deb/trouvaille_"$version"_*.deb) || { not_ok 'no package: make deb'; finish; }
is 'version' "$version" "$(dpkg-deb -f "$deb" Version)"
contents=$(dpkg-deb -c "$deb" | awk '{ print substr($6, 2) }')
for file in /usr/bin/trouvaille /usr/lib/cgi-bin/trouvaille.cgi /lib/systemd/system/trouvaille-{index.service,index.timer,index.path,watch.service} \
	/etc/trouvaille.conf /etc/apache2/conf-available/trouvaille.conf /etc/lighttpd/conf-available/50-trouvaille.conf /var/lib/trouvaille/; do
	grep -qx "$file" <<<"$contents" && ok || not_ok "the package has no $file"
done
for page in src/man/en/*.[158] src/man/fr/*.[158]; do
	[ -e "$page" ] || continue
	lang=$(basename "$(dirname "$page")") lang=${lang#en}
	file=/usr/share/man/${lang:+$lang/}man${page##*.}/${page##*/}.gz
	grep -qx "$file" <<<"$contents" && ok || not_ok "the package has no $file"
done
is 'conffiles' "$(printf '/etc/apache2/conf-available/trouvaille.conf\n/etc/lighttpd/conf-available/50-trouvaille.conf\n/etc/logrotate.d/trouvaille\n/etc/trouvaille.conf')" \
	"$(dpkg-deb --ctrl-tarfile "$deb" | tar -xO ./conffiles | sort)"

# built again elsewhere, at another hour of another zone, without tests: the same bytes
if command -v dpkg-buildpackage >/dev/null; then
	mkdir "$scratch/elsewhere"
	cp -R src shim corpus tests Makefile README.md LICENSE "$scratch/elsewhere"
	(cd "$scratch/elsewhere" && umask 077 && TZ=Asia/Tokyo DEB_BUILD_OPTIONS=nocheck make deb) >"$scratch/again.log" 2>&1 || not_ok "cannot build again: $(tail -5 "$scratch/again.log")"
	is 'reproducible' "$(sha256sum <"$deb")" "$(sha256sum <"$scratch/elsewhere/build/deb/${deb##*/}")"
	lacks 'nocheck is heeded' tests/test_ "$(cat "$scratch/again.log")"
fi

# --- a clean root ----------------------------------------------------------------------------------------
for tool in debootstrap curl chroot; do
	PATH=$PATH:/usr/sbin command -v $tool >/dev/null || { skip "$tool is not installed"; finish; }
done
PATH=$PATH:/usr/sbin:/sbin
# where this machine's own apt has its packages from
. /etc/os-release
sources() { apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null; }
mirror=$(sources | awk -v suite="$VERSION_CODENAME" '$2 == suite && $3 == "main" { print $1; exit }')
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
for proxy in http_proxy https_proxy; do [ -z "${!proxy:-}" ] || export $proxy; done
/usr/lib/apt/apt-helper download-file "${mirror%/}/dists/$VERSION_CODENAME/Release" "$scratch/Release" >/dev/null 2>&1 ||
	{ skip "Debian's packages cannot be reached"; finish; }
root=$(mktemp -d)
# shellcheck disable=SC2317 # called by the trap
leave() {
	umount -l "$root/proc" "$root/dev/pts" 2>/dev/null # this namespace's own
	rm -rf --one-file-system "$root"
	cleanup
}
trap leave EXIT
trap 'exit 143' TERM INT HUP
chmod 755 "$root"
debootstrap --variant=minbase "$VERSION_CODENAME" "$root" "$mirror" >"$scratch/debootstrap.log" 2>&1 ||
	{ not_ok "debootstrap: $(tail -3 "$scratch/debootstrap.log")"; finish; }
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"; chmod 755 "$root/usr/sbin/policy-rc.d" # nothing starts by itself
sources | awk '{ print "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]", $1, $2, $3 }' |
	grep " ${VERSION_CODENAME}[ -]" | sort -u >"$root/etc/apt/sources.list"
apt-config dump Acquire | grep -i proxy >"$root/etc/apt/apt.conf.d/99test" || true
cp /etc/resolv.conf "$root/etc/resolv.conf"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mount -t devpts devpts "$root/dev/pts"

transcript=build/deb/transcript
: >$transcript
# type COMMAND: as root there, told in the transcript; sets out and status
type_in() {
	out=$(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		${http_proxy:+http_proxy="$http_proxy"} chroot "$root" sh -c "$1" 2>&1 </dev/null)
	status=$?
	printf '# %s\n%s\n' "$1" "$out" >>$transcript
	[ $status -eq 0 ] || printf '(exit status %d)\n' $status >>$transcript
}
# works NAME COMMAND
works() { type_in "$2"; [ $status -eq 0 ] && ok || not_ok "$1: exit status $status: $(tail -5 <<<"$out")"; }
# what is there, but for what apt, dpkg, logs and running programs keep for themselves
list() { (cd "$root" && find . -xdev \( -path ./proc -o -path ./var/lib/apt -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/dpkg -o -path ./tmp -o -path ./run \) -prune \
	-o -print | grep -vE '^\./(etc/(passwd|group|shadow|gshadow|subuid|subgid)-|var/lib/systemd/deb-systemd-helper-|etc/ld\.so\.cache)' | LC_ALL=C sort); }

works 'apt update' 'apt-get -qq update'
works 'a web server, and what puts logs away' 'apt-get -qq install -y --no-install-recommends apache2 logrotate >/dev/null'
before=$(list)

# --- installed -------------------------------------------------------------------------------------------
cp "$deb" "$root/tmp/trouvaille.deb"
chmod 644 "$root/tmp/trouvaille.deb"
works 'installed' 'apt-get -q install -y /tmp/trouvaille.deb | tail -3'
owner=$(sed -n 's/^trouvaille:x:\([0-9]*\):.*/\1/p' "$root/etc/passwd")
is 'a user that cannot log in' '/var/lib/trouvaille:/usr/sbin/nologin' "$(sed -n 's/^trouvaille:.*::*\([^:]*:[^:]*\)$/\1/p' "$root/etc/passwd")"
is 'owns the folder of the index, which all may read' "755 $owner" "$(stat -c '%a %u' "$root/var/lib/trouvaille")"
is 'the web server may log questions, who reads logs may read them' '2750 33 4' "$(stat -c '%a %u %g' "$root/var/log/trouvaille")"
is 'no unit is enabled' '' "$(find "$root/etc/systemd" -name 'trouvaille*')"
is 'nor the page' '' "$(find "$root"/etc/apache2/*-enabled -name 'trouvaille*')"
type_in 'trouvaille search clientele'; is 'before an index: status' 2 $status
has 'before an index: what to do' 'no index in /var/lib/trouvaille: run `trouvaille index` first' "$out"
type_in 'trouvaille index'; is 'of no corpus' 2 $status; has 'of no corpus: what to do' '`corpus` in /etc/trouvaille.conf' "$out"

# as README.Debian says: the first search
works 'README.Debian' 'zcat -f /usr/share/doc/trouvaille/README.Debian*'
for line in 'trouvaille index /usr/share/doc/trouvaille/examples/corpus' 'trouvaille search clientele'; do
	has 'README.Debian says so' "$line" "$out"
done
works 'the corpus that came along' 'trouvaille index /usr/share/doc/trouvaille/examples/corpus'
is 'root leaves nothing of its own there' "$owner" "$(stat -c %u "$root"/var/lib/trouvaille/* | sort -u)"
works 'is searched' 'trouvaille search clientele'; has 'and found' 'clientèle' "$out"
type_in 'trouvaille doctor'; is 'the doctor: settings without a corpus' 1 $status; has 'the doctor: which' 'the settings name no corpus: /etc/trouvaille.conf' "$out"

# --- an administrator's own corpus -----------------------------------------------------------------------
mkdir -p "$root/srv/docs/en" "$root/srv/docs/fr"
printf -- '---\ntranslationKey: w\n---\n# Weeding\n\nBooks that nobody reads leave the shelves.\n' >"$root/srv/docs/en/weeding.md"
printf -- '---\ntranslationKey: w\n---\n# Désherbage\n\nLes livres que personne ne lit quittent les rayons.\n' >"$root/srv/docs/fr/desherbage.md"
works 'the settings are edited' "sed -i 's|^# corpus: .*|corpus: [/srv/docs]|; s|^# language: .*|language: fr|' /etc/trouvaille.conf && grep -v '^#' /etc/trouvaille.conf | grep ."
works 'the index' 'trouvaille index'; has 'of the corpus in the settings' 'Indexed: 2 files, 2 passages, 2 files with their translations' "$out"
works 'as the unit runs it' 'setpriv --reuid=trouvaille --regid=trouvaille --init-groups trouvaille index'
works 'the search' 'trouvaille search --lang fr desherbage'; has 'the search: found' 'Désherbage' "$out"
well() { # all is, but for what this kernel has
	type_in 'trouvaille doctor'
	[ $status -eq 0 ] || ! grep -v Landlock <<<"$out" | grep -q '^doubtful\|^wrong' && ok || not_ok "$1: $(grep -v '^ok' <<<"$out")"
}
well 'the doctor: all is well'
has 'the doctor: of which corpus' 'corpus: /srv/docs (pages: 2)' "$out"

# --- behind apache2 --------------------------------------------------------------------------------------
while port=$((20000 + RANDOM % 12000)) && (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
url=http://127.0.0.1:$port/cgi-bin/trouvaille.cgi
serve_there() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" sh -c '. /etc/apache2/envvars && mkdir -p $APACHE_RUN_DIR && exec apache2 -DFOREGROUND' >"$scratch/apache.log" 2>&1 &
	apache=$!
	for _ in $(seq 200); do (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return; sleep 0.05; done
	not_ok "apache2 does not start: $(cat "$scratch/apache.log")"
}
stop_there() { kill $apache; wait $apache 2>/dev/null; }
# get QUERY [OPTIONS]: the page
get() { out=$(curl -sS -m 20 "${@:2}" "$url?$1"); printf '$ curl %s\n%s\n' "$url?$1" "$(sed -n 's/.*<title>\(.*\)<.title>.*/\1/p; s/.*<mark>\([^<]*\)<.*/… \1 …/p; s/^<html lang=.*/&/p' <<<"$out")" >>$transcript; }
works 'another port' "sed -i 's|^Listen 80$|Listen 127.0.0.1:$port|' /etc/apache2/ports.conf && sed -i 's|<VirtualHost .*>|<VirtualHost *>|' /etc/apache2/sites-available/000-default.conf && echo 'ServerName localhost' >/etc/apache2/conf-enabled/name.conf"
works 'the page' 'a2disconf -q serve-cgi-bin && a2enmod -q cgid alias env && a2enconf -q trouvaille'
works 'apache2 likes it' 'apache2ctl configtest'
serve_there
get 'q=desherbage&lang=fr'; has 'in French' '<html lang="fr-CA">' "$out"; has 'in French: found' '<mark>Désherbage</mark>' "$out"
get 'q=weeding&lang=en'; has 'in English' '<html lang="en' "$out"; has 'in English: found' '<mark>Weeding</mark>' "$out"
get 'q=weeding'; has 'language of the settings' '<html lang="fr-CA">' "$out"
get 'q=weeding' -H 'Accept-Language: en'; has 'language of the browser' '<html lang="en' "$out"
get 'doc=fr/desherbage.md&lang=fr'; has 'a whole page' 'quittent les rayons' "$out"
type_in 'trouvaille search --lang fr --format json desherbage'; is 'JSON' "$out" "$(curl -sS -m 20 "$url?q=desherbage&lang=fr&format=json")"
is 'no fault in the log' '' "$(grep -i 'trouvaille' "$root/var/log/apache2/error.log")"

# --- a word that found nothing is mended -----------------------------------------------------------------
works 'questions are kept' "sed -i 's|^# log: |log: |' /etc/trouvaille.conf"
get 'q=livre+416-555-0123&lang=fr'; get 'q=elagage&lang=fr'; has 'elagage: nothing' '0 résultat' "$out"
is 'of the web server, for the group adm' '640 33 4' "$(stat -c '%a %u %g' "$root/var/log/trouvaille/questions.log")"
lacks 'masked' 0123 "$(cat "$root/var/log/trouvaille/questions.log")"
well 'the doctor: the log is well'; has 'the doctor: which log' 'log of questions: /var/log/trouvaille/questions.log' "$out"
works 'the report' 'trouvaille report --since 30d'; has 'the report: the word' 'elagage' "$out"
works 'the lines' 'trouvaille report --since 30d --format lexique >>/srv/docs/lexique.tsv'
works 'one filled in' "sed -i 's|^# …\telagage; …|\telagage; désherbage|' /srv/docs/lexique.tsv && trouvaille index"
get 'q=elagage&lang=fr'; has 'elagage: found' '<mark>Désherbage</mark>' "$out"
works 'the questions are put away' 'logrotate --force --state /tmp/logrotate /etc/logrotate.d/trouvaille'
is 'put away: alike' '640 33 4' "$(stat -c '%a %u %g' "$root/var/log/trouvaille/questions.log" | sort -u)"
works 'both are read' 'trouvaille report'; has 'both are read: the word' 'elagage' "$out"

# --- the next version ------------------------------------------------------------------------------------
dpkg-deb -R "$deb" "$scratch/next"
sed -i "s/^Version: .*/Version: $version+1/" "$scratch/next/DEBIAN/control"
echo '# said by the next version' >>"$scratch/next/etc/trouvaille.conf"
dpkg-deb --root-owner-group -b "$scratch/next" "$root/tmp/next.deb" >/dev/null
chmod 644 "$root/tmp/next.deb"
settings=$(cat "$root/etc/trouvaille.conf") index=$(cksum <"$root/var/lib/trouvaille/trouvaille.db")
works 'the next version' 'apt-get -q install -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold /tmp/next.deb | tail -3'
lacks 'with nothing to say of the index' 'trouvaille:' "$out"
type_in "dpkg-query -W -f '\${Version}' trouvaille"; is 'is there' "$version+1" "$out"
is 'the settings stay' "$settings" "$(cat "$root/etc/trouvaille.conf")"
is 'the index stays' "$index" "$(cksum <"$root/var/lib/trouvaille/trouvaille.db")"
get 'q=desherbage&lang=fr'; has 'the page stays' '<mark>Désherbage</mark>' "$out"
well 'the doctor: still well'
printf '\0\1 of another time' >"$root/var/lib/trouvaille/trouvaille.db"
works 'an index that it cannot read' 'apt-get -q install -y --reinstall /tmp/next.deb'; has 'is told of' 'trouvaille: not an index, or a damaged one' "$out"
works 'and mended' 'trouvaille doctor --repair'
is 'by its owner' "$owner" "$(stat -c %u "$root/var/lib/trouvaille/trouvaille.db")"
get 'q=desherbage&lang=fr'; has 'the page again' '<mark>Désherbage</mark>' "$out"
stop_there

# --- away ------------------------------------------------------------------------------------------------
mkdir "$root/etc/lighttpd/conf-enabled"
ln -s ../conf-available/50-trouvaille.conf "$root/etc/lighttpd/conf-enabled/" # as lighty-enable-mod does
works 'removed' 'apt-get -q remove -y trouvaille | tail -2'
[ -e "$root/usr/bin/trouvaille" ] || [ -e "$root/usr/lib/cgi-bin/trouvaille.cgi" ] && not_ok 'removed: programs are left' || ok
is 'removed: the settings stay' "$settings" "$(cat "$root/etc/trouvaille.conf")"
[ -e "$root/var/lib/trouvaille/trouvaille.db" ] && ok || not_ok 'removed: the index is gone'
is 'removed: no server has a link to nothing' '' "$(find "$root"/etc/apache2/*-enabled "$root/etc/lighttpd/conf-enabled" -name '*trouvaille*')"
rmdir "$root/etc/lighttpd/conf-enabled"
serve_there; is 'removed: the server starts' 200 "$(curl -s -m 20 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/")"; stop_there
rm "$root/etc/apache2/conf-enabled/name.conf"
works 'the web server as it was' 'a2enconf -q serve-cgi-bin && a2dismod -q -f cgid'
works 'purged' 'apt-get -q purge -y trouvaille | tail -2 && apt-get -qq autoremove --purge -y >/dev/null'
rm -r "$root/srv/docs"
[ -e "$root/var/log/trouvaille" ] && not_ok 'purged: the logs are left' || ok
# what apache2 remembers of what it was told is its own
is 'nothing is left' '' "$(diff <(echo "$before") <(list) | grep '^[<>]' | awk '!/ \.\/var\/lib\/apache2\// || /trouvaille/')"

# --- the lines for lighttpd ------------------------------------------------------------------------------
if command -v lighttpd >/dev/null; then
	{ printf 'server.modules = ( "mod_cgi", "mod_alias" )\nserver.document-root = "%s"\nserver.port = %s\n' "$scratch" "$port"
	cat "$scratch/next/etc/lighttpd/conf-available/50-trouvaille.conf"; } >"$scratch/lighttpd.conf"
	is 'lighttpd likes its lines' '' "$(lighttpd -tt -f "$scratch/lighttpd.conf" 2>&1)"
else
	skip 'lighttpd is not installed'
fi
finish
