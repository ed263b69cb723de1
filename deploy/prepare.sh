#!/usr/bin/env bash
# Makes secrets/ ready for docker-compose.production.yml: passwords that are missing, owners and modes. Says what only
# you can put there. Run it as root, as often as you like: what is there stays as it is.
#
#   sudo deploy/prepare.sh
#
# Exit code: 0 when nothing is missing, 1 when something is, 2 when it could not do its work.
set -euo pipefail

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
# Group ids inside the containers: the program, Postgres with the backup, Grafana, Alertmanager.
readonly PROGRAM=10001 DATABASE=999 GRAFANA=472 ALERTS=10002

fail() {
    printf 'prepare: %s\n' "$1" >&2
    exit 2
}

[[ $EUID -eq 0 ]] || fail "only root can give files to the containers' groups: sudo deploy/prepare.sh"
[[ -d secrets ]] || fail "there is no folder secrets in $PWD: run it in a checkout of Vigía"

# Letters and digits alone, so that it can stand in any file and address; 40 of 62 are 238 bits.
password() {
    local text=''
    while ((${#text} < 40)); do
        text+=$(head -c 64 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')
    done
    printf '%s\n' "${text:0:40}"
}

# Whole or not at all, and never readable by others, not even for a moment.
make_password() { # file
    local part
    [[ -s secrets/$1 ]] && return
    part=$(umask 077 && mktemp "secrets/.$1.XXXXXX")
    password >"$part"
    mv "$part" "secrets/$1"
    printf 'made      secrets/%s\n' "$1"
}

own() { # file group
    local path=secrets/$1
    [[ -e $path ]] || return 0
    [[ -f $path ]] || fail "$path is not a file"
    if [[ $(stat -c '%u:%g %a' "$path") != "0:$2 640" ]]; then
        chown "0:$2" "$path"
        chmod 0640 "$path"
        printf 'owner     secrets/%s: root, group %s, mode 0640\n' "$1" "$2"
    fi
}

# Containers pass through these folders as users of their own; each file in secrets/ says by itself who reads it.
open_to_containers() { # folder depth
    local closed
    [[ -d $1 ]] || return 0
    closed=$(find "$1" -maxdepth "$2" \( -type d ! -perm -o=rx -o -type f ! -perm -o=r \) ! -path 'secrets/*' -print)
    [[ -z $closed ]] && return
    tr '\n' '\0' <<<"$closed" | xargs -0 chmod o+rX
    printf 'mode      %s: containers may read it\n' "$1"
}
open_to_containers secrets 0
open_to_containers deploy/prometheus 9
open_to_containers deploy/grafana 9
open_to_containers deploy/alertmanager 9
open_to_containers deploy/certbot 9
open_to_containers deploy/mosquitto 1

for name in db_password.txt backup_passphrase.txt grafana_password.txt; do
    make_password "$name"
done
# Compose wants these files even where nothing is in them: empty means that it is not used.
make_empty() { # file what-for
    [[ -e secrets/$1 ]] && return
    (umask 077 && : >"secrets/$1")
    printf 'made      secrets/%s, empty: fill it in to %s\n' "$1" "$2"
}
make_empty backup_s3_key.txt 'keep backups in S3'
make_empty backup_s3_secret.txt 'keep backups in S3'
make_empty alert_smtp_password.txt 'be told of alerts by a mail server that asks for a password'
make_empty alert_webhook_url.txt 'be told of alerts by a webhook'
make_empty alert_heartbeat_url.txt 'have a service outside notice that nothing comes any more'

for name in certificate.pem.crt private.pem.key AmazonRootCA1.pem db_password.txt database_url.txt database_ca.pem; do
    own "$name" "$PROGRAM"
done
for name in backup_passphrase.txt backup_s3_key.txt backup_s3_secret.txt backup_s3_ca.pem; do
    own "$name" "$DATABASE"
done
own grafana_password.txt "$GRAFANA"
for name in alert_smtp_password.txt alert_webhook_url.txt alert_heartbeat_url.txt alert_smtp_ca.pem; do
    own "$name" "$ALERTS"
done

missing=0
want() { # path what
    [[ -s $1 ]] && return
    printf 'missing   %s: %s\n' "$1" "$2"
    missing=1
}
want secrets/certificate.pem.crt "the client's certificate, from AWS IoT Core or deploy/mosquitto/pki.sh"
want secrets/private.pem.key 'its private key'
want secrets/AmazonRootCA1.pem "the authority of the broker's certificate; AWS: https://www.amazontrust.com/repository/AmazonRootCA1.pem"
want .env.production 'the settings: cp .env.production.example .env.production, and fill it in'
if ((missing == 0)); then
    printf 'ready     keep secrets/backup_passphrase.txt somewhere else too: without it no backup can be read\n'
fi
exit "$missing"
