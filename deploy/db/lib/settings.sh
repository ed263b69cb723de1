# shellcheck shell=bash disable=SC2034
# Settings of the environment, each with its default, checked before anything is done; and how things are said.

# Names are sorted and compared byte by byte, and what programs say is looked into.
export LC_ALL=C.UTF-8

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }
warn() { say "WARNING: $*" >&2; }
die() {
    say "ERROR: $*" >&2
    exit 1
}

# Where Postgres is and how it is reached.
PG_BIN=${PG_BIN:-/usr/lib/postgresql/17/bin}
PGDATA=${PGDATA:-/var/lib/postgresql/data/17}
SOCKET_DIR=${PG_SOCKET_DIR:-/var/run/postgresql}
SERVER_PORT=${PGPORT:-5432}
CONFIG_DIR=${VIGIA_DB_CONFIG:-/etc/vigia-db}
DB_NAME=${DB_NAME:-iot_telemetry}
DB_USER=${DB_USER:-iot_user}
DB_PASSWORD_FILE=${DB_PASSWORD_FILE:-/run/secrets/db_password}
# The role that owns the cluster. Nobody has a password for it: it is let in by the socket, by its uid.
OWNER=${VIGIA_DB_OWNER:-postgres}

# What is backed up to where, and when.
BACKUP=${BACKUP:-on}
BACKUP_REPO_PATH=${BACKUP_REPO_PATH:-/var/lib/pgbackrest}
BACKUP_NAME=${BACKUP_NAME:-main}
BACKUP_PASSPHRASE_FILE=${BACKUP_PASSPHRASE_FILE:-/run/secrets/backup_passphrase}
BACKUP_TIME=${BACKUP_TIME:-02:30}
BACKUP_FULL_DAY=${BACKUP_FULL_DAY:-sunday}
BACKUP_KEEP_FULL=${BACKUP_KEEP_FULL:-4}
BACKUP_VERIFY=${BACKUP_VERIFY:-weekly}
# Emptied before and after every use, so a folder of its own, wherever it is put.
SCRATCH=${BACKUP_SCRATCH:-$BACKUP_REPO_PATH}/vigia-verify
BACKUP_WAL_QUEUE_MAX=${BACKUP_WAL_QUEUE_MAX:-4GiB}
BACKUP_S3_BUCKET=${BACKUP_S3_BUCKET:-}
BACKUP_S3_ENDPOINT=${BACKUP_S3_ENDPOINT:-}
BACKUP_S3_REGION=${BACKUP_S3_REGION:-us-east-1}
BACKUP_S3_PREFIX=${BACKUP_S3_PREFIX:-vigia}
BACKUP_S3_STYLE=${BACKUP_S3_STYLE:-host}
BACKUP_S3_CA_FILE=${BACKUP_S3_CA_FILE:-}
BACKUP_S3_KEY_FILE=${BACKUP_S3_KEY_FILE:-/run/secrets/backup_s3_key}
BACKUP_S3_SECRET_FILE=${BACKUP_S3_SECRET_FILE:-/run/secrets/backup_s3_secret}

# What this process leaves behind is of no use to the next one. Memory, in a container.
RUN_DIR=${VIGIA_DB_RUN:-/tmp/vigia-db}
STANZA=vigia
# How long after a failure a backup or a verification is tried again.
RETRY_SECONDS=${BACKUP_RETRY_SECONDS:-900}
# For how long what was seen in S3 is good enough.
INFO_SECONDS=${BACKUP_INFO_SECONDS:-600}

check_settings() {
    [[ $BACKUP =~ ^(on|off)$ ]] || die "BACKUP is '$BACKUP'; it takes on or off"
    [[ $BACKUP_TIME =~ ^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$ ]] ||
        die "BACKUP_TIME is '$BACKUP_TIME'; it takes a time of day in UTC such as 02:30"
    [[ ${BACKUP_FULL_DAY,,} =~ ^(mon|tues|wednes|thurs|fri|satur|sun)day$ ]] ||
        die "BACKUP_FULL_DAY is '$BACKUP_FULL_DAY'; it takes a day of the week such as sunday"
    [[ $BACKUP_KEEP_FULL =~ ^[1-9][0-9]{0,3}$ ]] ||
        die "BACKUP_KEEP_FULL is '$BACKUP_KEEP_FULL'; it takes how many full backups are kept, from 1"
    [[ $BACKUP_VERIFY =~ ^(daily|weekly|off)$ ]] ||
        die "BACKUP_VERIFY is '$BACKUP_VERIFY'; it takes daily, weekly or off"
    [[ $BACKUP_NAME =~ ^[A-Za-z0-9_-]+$ ]] ||
        die "BACKUP_NAME is '$BACKUP_NAME'; it takes letters, digits, - and _"
    [[ $BACKUP_WAL_QUEUE_MAX =~ ^[1-9][0-9]*(MiB|GiB|TiB)$ ]] ||
        die "BACKUP_WAL_QUEUE_MAX is '$BACKUP_WAL_QUEUE_MAX'; it takes a size such as 4GiB"
    [[ $BACKUP_S3_STYLE =~ ^(host|path)$ ]] ||
        die "BACKUP_S3_STYLE is '$BACKUP_S3_STYLE'; it takes host or path (MinIO and most that are not AWS want path)"
    if [[ -n $BACKUP_S3_BUCKET && ! $BACKUP_S3_ENDPOINT =~ ^[A-Za-z0-9.-]+(:[0-9]+)?$ ]]; then
        die "BACKUP_S3_ENDPOINT is '$BACKUP_S3_ENDPOINT'; it takes a host without https://, such as s3.us-east-1.amazonaws.com"
    fi
}

# The first line of a secret's file. One that is missing, closed or empty is named, never shown.
secret() { # file what
    local text
    [[ -r $1 ]] || die "$2: cannot read $1; put it into secrets/ and let group $(id -g) read it (deploy/prepare.sh does)"
    IFS= read -r text <"$1" || [[ -n ${text:-} ]] || die "$2: $1 is empty"
    text=${text%$'\r'}
    [[ $text =~ ^[[:graph:]]([[:print:]]*[[:graph:]])?$ ]] ||
        die "$2: the first line of $1 is empty, or has blanks around it or characters that are not printable ASCII"
    printf '%s' "$text"
}

has_s3() { [[ -n $BACKUP_S3_BUCKET ]]; }
# The repositories that are set up, the local one first.
repositories() {
    printf 'local\n'
    if has_s3; then printf 's3\n'; fi
}

psql_owner() { # database arguments...
    local database=$1
    shift
    PGOPTIONS='' "$PG_BIN/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$SOCKET_DIR" -p "$SERVER_PORT" -U "$OWNER" -d "$database" "$@"
}
