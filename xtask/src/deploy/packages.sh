#!/usr/bin/env bash
# Installs what a deploy test needs and this machine lacks, from Debian's or Ubuntu's packages: a Docker engine (where none
# can be reached), debootstrap, curl, OpenSSL.
#
#   packages.sh engine|no-engine
set -euo pipefail

wanted=()
need() { # program package
    command -v "$1" >/dev/null 2>&1 || [[ -x /usr/sbin/$1 ]] || wanted+=("$2")
}
need curl curl
need openssl openssl
need debootstrap debootstrap
if [[ $1 == engine ]]; then
    need dockerd docker.io
    need iptables iptables
    need docker docker.io
fi
((${#wanted[@]})) || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    printf 'please install: %s\n' "${wanted[*]}" >&2
    exit 1
fi
as_root=()
[[ $EUID -eq 0 ]] || as_root=(sudo -n)
"${as_root[@]}" apt-get -qq update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "${wanted[@]}"
