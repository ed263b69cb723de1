# shellcheck shell=bash disable=SC2154,SC2034
# Storage that speaks S3 (moto, over TLS): backups and WAL go there, its absence holds nothing up, and another machine is made from it.

if [[ -z ${S3_PORT:-} ]]; then
    fail 'S3 is not tried: S3_PYTHON has to name a Python with moto and gunicorn (cargo xtask backup-drill makes one)'
fi
cp "$DRILL/s3/ca.pem" "$DRILL/ca.pem"
soon 60 'S3' curl -s --cacert "$DRILL/ca.pem" "https://localhost:$S3_PORT/"
# Whom it does not know it does not speak to: as good as away, and it shows that the certificate is looked at.
s3_away() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout /dev/null -out "$DRILL/ca.pem" 2>/dev/null
}
s3_back() { cp "$DRILL/s3/ca.pem" "$DRILL/ca.pem"; }
curl -s -X PUT --cacert "$DRILL/ca.pem" "https://localhost:$S3_PORT/backups" >/dev/null
printf 'AKIAEXAMPLE\n' >"$DRILL/secrets/s3_key"
printf 'a/secret+of the drill\n' | tr -d ' ' >"$DRILL/secrets/s3_secret"

say 'S3 is added: it gets a full backup at once, and WAL from then on'
compose stop backup
export BACKUP_SHIP_LATE_SECONDS=3
export BACKUP_S3_BUCKET=backups BACKUP_S3_ENDPOINT=localhost:$S3_PORT BACKUP_S3_STYLE=path BACKUP_S3_CA_FILE="$DRILL/ca.pem" \
    BACKUP_S3_KEY_FILE="$DRILL/secrets/s3_key" BACKUP_S3_SECRET_FILE="$DRILL/secrets/s3_secret"
refuses 'BACKUP_S3_ENDPOINT is' env BACKUP_S3_ENDPOINT=https://localhost vigia-db schedule
compose up -d backup
soon 90 'a full backup in S3' has_rows "repository = 's3' and kind = 'full' and ok"
soon 120 'a verification from S3' has_rows "repository = 's3' and kind = 'verification' and ok"
say "$(owner "select detail from backups where repository = 's3' and kind = 'verification' and ok")"
vdb check >/dev/null || fail 'check'

say 'S3 is away: the local archive goes on, WAL waits there, and then all of it is shipped'
s3_away
wal=''
for _ in 1 2 3; do wal=$(owner "insert into tenants (code) values ('away-$RANDOM$RANDOM'); select pg_walfile_name(pg_switch_wal())"); done
is_archived() { [[ -n $(find "$BACKUP_REPO_PATH/main/archive" -name "$wal-*") ]]; }
lacks_rows() { [[ $(rows "$1") == 0 ]]; }
is_shipped() { grep -q "$wal" "$BACKUP_REPO_PATH/main.backups.shipped"; }
soon 20 'archived locally' is_archived
if is_shipped; then fail 'S3 was not away'; fi
soon 150 'it is said why' grep -q 'the S3 storage at .* refuses or cannot be reached' "$DRILL/backup.log"
soon 150 'the table says so' has_rows "repository = 's3' and not ok and detail like 'WAL is not shipped since %'"
s3_back
soon 180 'shipped' is_shipped
soon 30 'the table says so no more' lacks_rows "detail like 'WAL is not shipped since %'"

stop_writing
say 'another machine: nothing but S3 and the passphrase'
tenants=$(owner 'select count(*) from tenants')
machine=$(page 'The disk died, or another machine')
old=$(sed '/compose run/,$d' <<<"$machine")
new=$(sed -n '/compose run/,$p' <<<"$machine")
[[ -n $old && -n $new ]] || fail 'the page does not tell the two machines apart'
bash -eu -o pipefail -c "$(declare -f compose); $old" >"$DRILL/page.log" 2>&1 || { cat "$DRILL/page.log" >&2; fail 'the old machine'; }
rm -rf "$PGDATA" "$PGDATA".* "${BACKUP_REPO_PATH:?}"/*
bash -eu -o pipefail -c "$(declare -f compose); $new" >"$DRILL/page.log" 2>&1 || { cat "$DRILL/page.log" >&2; fail 'another machine'; }
expect 'tenants' "$tenants" "$(owner 'select count(*) from tenants')"
soon 90 'a first local backup there' has_rows "repository = 'local' and kind = 'full' and ok and started_at > now() - interval '2 minutes'"

say 'and the storage can go on from there: what came after is in it, without another backup'
backend -c "insert into tenants (code) values ('after-the-move')"
vdb check >/dev/null || fail 'check'
tenants=$(owner 'select count(*) from tenants')

say 'a machine that set up an empty database first does no harm, and is restored all the same'
compose stop backup db
rm -rf "$PGDATA" "$PGDATA".* "${BACKUP_REPO_PATH:?}"/*
compose up -d --wait db
compose up -d backup
soon 30 'S3 refuses another cluster' grep -q 'belongs to another database cluster' "$DRILL/backup.log"
compose stop backup db
docker compose run --rm restore --yes --from s3 >"$DRILL/page.log" 2>&1 || { cat "$DRILL/page.log" >&2; fail 'restore over an empty database'; }
compose up -d --wait
expect 'tenants' "$tenants" "$(owner 'select count(*) from tenants')"
soon 120 'backups after that' vdb now full

say 'the secret is in no log'
if grep -qaF "$(<"$DRILL/secrets/s3_secret")" "$DRILL"/*.log; then fail 'the secret is in a log'; fi
