#!/usr/bin/env bash
# Makes sure that `docker compose` and `docker buildx` are new enough for docker-compose.production.yml: where the machine's
# are not, those of Debian trixie are unpacked into a folder of settings for Docker's command line (DOCKER_CONFIG).
#
#   plugins.sh FOLDER
set -euo pipefail

config=$1
plugins=$config/cli-plugins

enough() {
    local compose
    compose=$(docker compose version --short 2>/dev/null | grep -oE '^v?[0-9]+\.[0-9]+' | tr -d v) || return 1
    [[ $(printf '2.20\n%s\n' "$compose" | sort -V | head -n 1) == 2.20 ]] && docker buildx version >/dev/null 2>&1
}

# With whatever settings the person has: logins to registries are among them.
if enough || DOCKER_CONFIG=$config enough; then exit 0; fi
mkdir -p "$plugins"
# shellcheck disable=SC2016 # for the shell in the container
docker run --rm --network host --volume "$plugins:/out" debian:trixie-slim sh -euc '
    cd /tmp
    apt-get -qq update
    apt-get -qq download docker-compose docker-buildx
    for package in *.deb; do dpkg-deb -x "$package" unpacked; done
    cp unpacked/usr/libexec/docker/cli-plugins/* /out/
' >/dev/null
DOCKER_CONFIG=$config enough || { printf 'Compose 2.20 with buildx is needed, and what Debian has does not run here\n' >&2; exit 1; }
