# Installs the packages named as arguments. No service is started, none is left enabled that was not there
# before, and no system database cluster is made. What is put in place for that goes again, however we end.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.d
marker='made by cargo xtask setup; removed when it ends'

undo() {
    # Only our own: an administrator's policy-rc.d stays as it is.
    if grep -qsF "$marker" "$policy"; then rm -f "$policy"; fi
    if [ -e "$clusters/vigia-setup.conf" ]; then
        rm -f "$clusters/vigia-setup.conf"
        rmdir --ignore-fail-on-non-empty "$clusters"
    fi
}
trap undo EXIT
trap 'exit 130' INT TERM HUP
undo # what a killed run may have left

has_service() {
    [ -e "/lib/systemd/system/$1.service" ] || [ -e "/etc/init.d/$1" ]
}
new_services=
for service in postgresql mosquitto nginx prometheus prometheus-alertmanager; do
    has_service "$service" || new_services="$new_services $service"
done

if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\n# %s\nexit 101\n' "$marker" >"$policy"
    chmod 755 "$policy"
fi
mkdir -p "$clusters"
printf '# %s\ncreate_main_cluster = false\n' "$marker" >"$clusters/vigia-setup.conf"

get() {
    apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}
# Downloading is most of the time and may be interrupted. With an old or empty list of packages it fails, and
# the list is brought up to date.
get install --no-install-recommends --download-only "$@" || {
    get update
    get install --no-install-recommends --download-only "$@"
}
# Unpacking is short and must not be cut: half-installed packages are worse than a late Ctrl-C.
trap '' INT TERM HUP
get install --no-install-recommends "$@"

for service in $new_services; do
    has_service "$service" || continue
    if [ -d /run/systemd/system ]; then systemctl --quiet stop "$service" || true; fi
    if command -v systemctl >/dev/null; then
        systemctl --quiet disable "$service" || true
    else
        update-rc.d "$service" disable || true
    fi
done
