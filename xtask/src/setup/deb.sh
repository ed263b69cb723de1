# $1 is the folder to fill, $2 a package, $3 its program. What apt would install for it on this machine is fetched and unpacked.
set -eu
export LC_ALL=C
cd "$1"
package=$2 program=$3
own_lists=$PWD/apt

options() {
    [ -d "$own_lists" ] || return 0
    echo "-o Dir::State=$own_lists/state -o Dir::Cache=$own_lists/cache -o Dir::State::status=/var/lib/dpkg/status"
}
packages() {
    # shellcheck disable=SC2046 # several words on purpose
    apt-get $(options) -s install --no-install-recommends "$package" 2>/dev/null | awk '/^Inst / { print $2 }'
}
fetch() {
    names=$(packages)
    # shellcheck disable=SC2046,SC2086
    [ -n "$names" ] && apt-get $(options) -q download $names
}

fetch || {
    # The system's package lists are missing or old, and only root may renew them: keep our own.
    mkdir -p "$own_lists/state/lists/partial" "$own_lists/cache/archives/partial"
    # shellcheck disable=SC2046
    apt-get $(options) -q update
    fetch
}
for deb in ./*.deb; do
    dpkg -x "$deb" .
done
rm -rf ./*.deb "$own_lists"
test -x "$program"
