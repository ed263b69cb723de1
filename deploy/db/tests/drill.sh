#!/usr/bin/env bash
# Backs a database up while it is written, breaks what can break, restores it by the commands of docs/operations/restore.md, and
# compares. `drill.sh --short` leaves out S3, retention and what takes long. Needs PostgreSQL 15 or newer, pgbackrest, and
# for S3 a Python with moto[server] and gunicorn, named by S3_PYTHON. Leaves nothing behind; KEEP=1 keeps the folder.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)

# Storage that speaks S3, over TLS, on this machine alone. It keeps all in memory.
start_s3() { # folder
    mkdir -p "$1/s3"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
        -keyout "$1/s3/key.pem" -out "$1/s3/ca.pem" 2>/dev/null
    export S3_PORT=$((40000 + RANDOM % 9000))
    "$S3_PYTHON" -m gunicorn --workers 1 --threads 4 --bind "127.0.0.1:$S3_PORT" --keep-alive 30 --chdir "$here" \
        --certfile "$1/s3/ca.pem" --keyfile "$1/s3/key.pem" --worker-tmp-dir "$1/s3" s3:app >"$1/s3.log" 2>&1 &
    s3_pid=$!
}
s3_pid=''

# Postgres does not run as root.
if [[ $(id -u) == 0 ]]; then
    folder=$(mktemp -d /tmp/vigia-drill.XXXXXX)
    copy=$folder/code
    mkdir -p "$copy/deploy" "$copy/docs"
    # The checkout may be closed to others.
    cp -R "$root/deploy/db" "$copy/deploy/"
    cp -R "$root/docs/operations" "$copy/docs/"
    cp -R "$root/migrations" "$copy/"
    chown -R postgres: "$folder"
    status=0
    [[ -z ${S3_PYTHON:-} ]] || start_s3 "$folder"
    runuser -u postgres -- env -u S3_PYTHON DRILL="$folder" KEEP="${KEEP:-}" S3_PORT="${S3_PORT:-}" PG_BIN="${PG_BIN:-}" ONLY="${ONLY:-}" \
        bash "$copy/deploy/db/tests/drill.sh" "$@" || status=$?
    [[ -z $s3_pid ]] || kill "$s3_pid" 2>/dev/null || true
    [[ -n ${KEEP:-} ]] || rm -rf "$folder"
    exit "$status"
fi

export DRILL=${DRILL:-$(mktemp -d /tmp/vigia-drill.XXXXXX)}
short=''
[[ ${1:-} != --short ]] || short=1
if [[ -z ${PG_BIN:-} ]]; then
    for PG_BIN in /usr/lib/postgresql/*/bin; do :; done
fi
export PG_BIN

say() { printf '%4s s  %s\n' "$SECONDS" "$*"; }
fail() {
    printf '\nFAILED: %s\n' "$*" >&2
    tail -n 15 "$DRILL/backup.log" "$DRILL/db.log" >&2 2>/dev/null || true
    exit 1
}
expect() { # what wanted found
    [[ $3 == "$2" ]] || fail "$1: '$3' in place of '$2'"
}
refuses() { # words command...
    local words=$1 said
    shift
    if said=$("$@" 2>&1); then fail "should have been refused ($words): $*"; fi
    grep -q "$words" <<<"$said" || fail "refused, but not with '$words': $said"
}
soon() { # seconds what command...
    local until=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < until)) || fail "not in time: $what"
        sleep 0.3
    done
}

stop_all() {
    local name
    [[ -z ${writer:-} ]] || kill "$writer" 2>/dev/null || true
    [[ -z $s3_pid ]] || kill "$s3_pid" 2>/dev/null || true
    for name in backup db; do
        docker compose stop "$name" >/dev/null 2>&1 || true
    done
    [[ -n ${KEEP:-} ]] || rm -rf "$DRILL" 2>/dev/null || true
}
trap stop_all EXIT
[[ -z ${S3_PYTHON:-} ]] || start_s3 "$DRILL"

# --- the installation: folders in the place of volumes, files in the place of secrets
umask 022
mkdir -p "$DRILL"/{bin,conf,data,socket,repo,run,secrets}
cp "$here/docker" "$here/../vigia-db" "$DRILL/bin/"
cp -R "$here/../lib" "$DRILL/bin/"
cp "$here"/../*.conf "$DRILL/conf/"
# On this machine nobody else is to see it, and who runs it may not be called postgres.
sed -i "s/^listen_addresses.*/listen_addresses = '127.0.0.1'/" "$DRILL/conf/postgresql.conf"
port=$((20000 + RANDOM % 20000))
export PATH="$DRILL/bin:$PATH" VIGIA_DB_LIB="$DRILL/bin/lib" VIGIA_DB_CONFIG="$DRILL/conf" PGDATA="$DRILL/data/cluster" \
    PG_SOCKET_DIR="$DRILL/socket" PGPORT=$port DB_NAME=iot_telemetry DB_USER=iot_user DB_PASSWORD_FILE="$DRILL/secrets/db_password" \
    VIGIA_DB_RUN="$DRILL/run/db" BACKUP_REPO_PATH="$DRILL/repo" BACKUP_PASSPHRASE_FILE="$DRILL/secrets/passphrase" \
    BACKUP_TICK_SECONDS=1 BACKUP_SHIP_SECONDS=1 BACKUP_VERIFY=daily BACKUP_RETRY_SECONDS=2 VIGIA_DB_OWNER
VIGIA_DB_OWNER=$(id -un)
sed -i "s/ postgres / $VIGIA_DB_OWNER /" "$DRILL/conf/pg_hba.conf"
BACKUP_TIME=$(date -u +%H:%M:%S) # due now, and then not for a day
export BACKUP_TIME
head -c 33 /dev/urandom | base64 | tr -d '\n' >"$DRILL/secrets/passphrase"
printf 'una clave con espacios\n' >"$DRILL/secrets/db_password"

owner() { docker compose exec db psql -U "$VIGIA_DB_OWNER" -d "$DB_NAME" -Atqc "$1"; }
backend() { PGPASSWORD=$(<"$DB_PASSWORD_FILE") "$PG_BIN/psql" -X -q -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$PGPORT" -U "$DB_USER" -d "$DB_NAME" "$@"; }
vdb() { docker compose exec backup vigia-db "$@"; }
rows() { owner "select count(*) from backups where $1"; }
has_rows() { [[ $(rows "$1") != 0 ]]; }

# What the backend does: rows all the time, each committed by itself, and noted once it is.
write_on() {
    while :; do
        backend -c "insert into samples (ts, received_at, value, series_id, gateway_num, data_type, quality, in_history, in_hourly)
            select clock_timestamp() + i * interval '1 microsecond', now(), random(), 1, 1, 'f', 'G', true, true from generate_series(1, 100) i
            returning extract(epoch from ts)" 2>/dev/null | tail -n 1 >>"$DRILL/committed" || sleep 0.2
    done
}

stop_writing() {
    kill "$writer" 2>/dev/null || true
    wait "$writer" 2>/dev/null || true
}

# The commands of one part of the page, as a shell would take them.
page() { # heading
    awk -v heading="## $1" '$0 == heading { on = 1; next } /^## / { on = 0 } on' "$root/docs/operations/restore.md" |
        awk '/^ *```sh/ { on = 1; next } /^ *```/ { on = 0 } on'
}
compose() { docker compose --env-file .env.production -f docker-compose.production.yml "$@"; }

for part in "$here"/drill.d/*.sh; do
    [[ -n $short && $part == *long* ]] && continue
    # While one part is being written: ONLY=70 runs it, after those it needs.
    [[ -n ${ONLY:-} && $part != */10-* && $part != */"$ONLY"-* ]] && continue
    # shellcheck source=/dev/null
    . "$part"
done
printf '\nall good in %s s\n' "$SECONDS"
