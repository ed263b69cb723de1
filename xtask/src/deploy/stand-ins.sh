#!/usr/bin/env bash
# Base images for `cargo xtask deploy-test`. Each image named as an argument is used as it is if the engine has it, else
# pulled; where no registry can be reached, a stand-in is built under the same name from Debian's packages, with what
# this machine needs to reach them (its certificate authorities, its settings for apt, cargo, npm and pip). A stand-in
# is known by its label and built again when its recipe, the machine's settings or its toolchain change.
#
#   stand-ins.sh SCRATCH IMAGE...
#
# Prints one line for each image: its name, and pulled, here, stand-in or left out.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/stand-ins
scratch=$1
shift
label=org.vigia.stand-in
base=debian:trixie-slim
mkdir -p "$scratch"

# Whatever of the machine's settings goes into the stand-ins, and only there.
machine_settings() {
    local part
    for part in /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/*mirror* /etc/pip.conf /etc/npmrc \
        "${CARGO_HOME:-$HOME/.cargo}/config.toml" "$HOME/.npmrc" /usr/local/share/ca-certificates/*.crt; do
        [[ -f $part ]] && printf '%s\n' "$part"
    done
    return 0
}

# The file that makes the stand-in of an image; fails for one that has none.
recipe_of() { # image
    case $1 in
    debian:*) printf '%s\n' "${BASH_SOURCE[0]}" ;;
    rust:* | node:* | postgres:*) printf '%s\n' "$here/${1%%:*}.Dockerfile" ;;
    nginxinc/nginx-unprivileged:*) printf '%s\n' "$here/nginx.Dockerfile" ;;
    eclipse-mosquitto:*) printf '%s\n' "$here/mosquitto.Dockerfile" ;;
    certbot/certbot:*) printf '%s\n' "$here/certbot.Dockerfile" ;;
    ghcr.io/letsencrypt/pebble:*) printf '%s\n' "$here/pebble.Dockerfile" ;;
    prom/prometheus:* | prom/alertmanager:*) printf '%s\n' "$here/$(basename "${1%%:*}").Dockerfile" ;;
    *) return 1 ;;
    esac
}

hash_of() { # image recipe
    {
        cat "${BASH_SOURCE[0]}" "$2"
        machine_settings | xargs -r cat
        case $1 in
        rust:*) rustc --version ;;
        node:*) node --version ;;
        esac
        printf '%s\n' "$1"
    } | sha256sum | cut -c1-16
}

# Its own label on an image, empty if the image is no stand-in; fails if there is no such image.
label_of() { docker image inspect --format "{{ with .Config.Labels }}{{ index . \"$label\" }}{{ end }}" "$1" 2>/dev/null; }

build_base() { # tag hash
    local root=$scratch/base part to
    rm -rf "$root"
    debootstrap --variant=minbase --include=ca-certificates trixie "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$scratch/debootstrap.log" 2>&1 ||
        { tail -n 20 "$scratch/debootstrap.log" >&2; return 1; }
    while IFS= read -r part; do
        case $part in
        "$HOME"/.npmrc) to=$root/root/.npmrc ;;
        */config.toml) to=$root/usr/local/cargo/config.toml ;;
        *) to=$root$part ;;
        esac
        mkdir -p "$(dirname "$to")"
        cp "$part" "$to"
    done < <(machine_settings)
    chroot "$root" update-ca-certificates >/dev/null 2>&1
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/man/* \
        "$root"/usr/share/locale/*
    printf '%s\n' 'deb http://deb.debian.org/debian trixie main' 'deb http://deb.debian.org/debian trixie-updates main' \
        'deb http://deb.debian.org/debian-security trixie-security main' >"$root/etc/apt/sources.list"
    tar -C "$root" -c . | docker import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        --change 'CMD ["bash"]' --change "LABEL $label=$2" - "$1" >/dev/null
    rm -rf "$root"
}

build_on_base() { # tag hash recipe context
    docker build --network host --quiet --label "$label=$2" --file "$3" --tag "$1" "$4" >"$scratch/build.log" 2>&1 ||
        { tail -n 30 "$scratch/build.log" >&2; return 1; }
}

# The toolchain that runs here, without its documentation: what rustup would fetch is not among Debian's packages.
rust_context() {
    local context=$scratch/rust sysroot
    sysroot=$(rustc --print sysroot)
    rm -rf "$context"
    mkdir -p "$context/lib/rustlib"
    cp -a "$(readlink -f "$sysroot")"/bin "$context/"
    cp -a "$(readlink -f "$sysroot")"/lib/*.so* "$context/lib/"
    cp -a "$(readlink -f "$sysroot")"/lib/rustlib/"$(rustc -vV | sed -n 's/^host: //p')" "$context/lib/rustlib/"
    printf '%s\n' "$context"
}

# This machine's Node, with its npm.
node_context() {
    local context=$scratch/node npm
    npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
    rm -rf "$context"
    mkdir -p "$context/bin" "$context/lib/node_modules"
    cp "$(readlink -f "$(command -v node)")" "$context/bin/node"
    cp -a "$npm" "$context/lib/node_modules/npm"
    ln -s ../lib/node_modules/npm/bin/npm-cli.js "$context/bin/npm"
    ln -s ../lib/node_modules/npm/bin/npx-cli.js "$context/bin/npx"
    printf '%s\n' "$context"
}

build() { # image hash recipe
    case $1 in
    debian:*) build_base "$1" "$2" ;;
    rust:*) build_on_base "$@" "$(rust_context)" && rm -rf "$scratch/rust" ;;
    node:*) build_on_base "$@" "$(node_context)" && rm -rf "$scratch/node" ;;
    *) build_on_base "$@" "$here" ;;
    esac
}

ensure() { # image
    local image=$1 recipe='' wanted='' found=''
    if recipe=$(recipe_of "$image"); then wanted=$(hash_of "$image" "$recipe"); fi
    if found=$(label_of "$image"); then
        # Without our label it is the real one.
        [[ -z $found ]] && { printf '%s here\n' "$image"; return; }
        [[ $found == "$wanted" ]] && { printf '%s stand-in\n' "$image"; return; }
    elif timeout 600 docker pull --quiet "$image" >"$scratch/pull.log" 2>&1; then
        printf '%s pulled\n' "$image"
        return
    fi
    [[ -n $recipe ]] || { printf '%s left out\n' "$image"; return; }
    build "$image" "$wanted" "$recipe" || { printf 'no stand-in for %s could be built\n' "$image" >&2; return 1; }
    printf '%s stand-in\n' "$image"
}

# All others stand on it.
printf '%s\n' "$base" "$@" | awk '!seen[$0]++' | while IFS= read -r image; do
    ensure "$image" </dev/null
done
