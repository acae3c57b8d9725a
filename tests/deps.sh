#!/bin/bash
# usage: deps.sh PACKAGE...    installs those Debian packages that are missing
set -eu

missing=()
for package in "$@"; do
	dpkg -s "$package" 2>/dev/null | grep -q '^Status: .* installed$' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	as_root=(sudo)
fi
if ! command -v apt-get >/dev/null || ! command -v "${as_root[0]:-true}" >/dev/null; then
	echo "trouvaille: these Debian packages are missing; install them as root, then run make again:" >&2
	echo "    apt-get install ${missing[*]}" >&2
	exit 1
fi

# Debian starts a server when it installs it; a policy that forbids it (and is ours) keeps ports closed.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	trap '"${as_root[@]}" rm -f $policy' EXIT
	printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
	"${as_root[@]}" chmod 755 $policy
fi

echo "installing ${missing[*]}"
apt() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >/dev/null
}
if ! apt update || ! apt install -y --no-install-recommends "${missing[@]}"; then
	echo "trouvaille: could not install ${missing[*]}" >&2
	exit 1
fi
