# shellcheck shell=bash disable=SC2154,SC2034
# Backups while the database is written, by the clock and by hand, and what they look like from outside.

if [[ -n $short ]]; then return 0; fi

say 'a run that was missed is made up at the next start'
compose stop backup
BACKUP_TIME=$(date -u +%H:%M:%S)
sleep 1
compose up -d backup
soon 60 'a differential backup' has_rows "kind = 'differential' and ok"

say 'turned off, the table has nothing to be called late; turned on again, it is filled from the repository'
compose stop backup
BACKUP=off compose up -d backup
no_rows() { [[ $(rows true) == 0 ]]; }
soon 30 'an empty table' no_rows
compose stop backup
compose up -d backup
soon 60 'the rows are back' has_rows "kind = 'differential' and ok"
soon 120 'a verification again' has_rows "kind = 'verification' and ok"
soon 30 'it is done' flock -n "$DRILL/run/backup/job.lock" true

say 'one at a time'
vdb now incr >"$DRILL/now.log" 2>&1 &
by_hand=$!
sleep 0.2
refuses 'is running' vdb now incr
wait "$by_hand" || { cat "$DRILL/now.log" >&2; fail 'an incremental backup by hand'; }
expect 'an incremental backup by hand' 1 "$(rows "kind = 'incremental' and ok and bytes > 0")"
vdb check >/dev/null || fail 'check'
vdb list | grep -q 'incr backup' || fail 'list'

say 'verified while it is written'
before=$(owner 'select count(*) from samples')
vdb verify >"$DRILL/verify.log" 2>&1 || { cat "$DRILL/verify.log" >&2; fail 'verify'; }
after=$(owner 'select count(*) from samples')
((after > before)) || fail 'nothing was written meanwhile'
compared=$(owner "select substring(detail from 'with ([0-9]+) rows')::bigint from backups where kind = 'verification' order by id desc limit 1")
((compared >= before && compared <= after + 1000)) || fail "compared $compared rows; there were $before, then $after"
say "$(tail -n 1 "$DRILL/verify.log")"
expect 'nothing is left of the copy' '' "$(ls -A "$BACKUP_REPO_PATH/vigia-verify" 2>/dev/null)"

say 'the repository shows nothing to whom it is not meant for'
owner 'checkpoint' >/dev/null
grep -rqa 'nadie debe leer' "$PGDATA" || fail 'the text is not even in the database: this proves nothing'
vdb now full >/dev/null 2>&1 || fail 'a full backup'
if grep -rqa 'nadie debe leer' "$BACKUP_REPO_PATH"; then fail 'the repository has plain text'; fi
if grep -rqaF "$(<"$BACKUP_PASSPHRASE_FILE")" "$BACKUP_REPO_PATH" "$DRILL"/*.log; then fail 'the passphrase is in the repository or a log'; fi

say 'S3 that is set up badly is a failed backup there, and stops none to this disk'
compose stop backup
: >"$DRILL/secrets/empty"
BACKUP_TIME=$(date -u +%H:%M:%S)
since=$(date -u +%FT%TZ)
sleep 1
BACKUP_S3_BUCKET=backups BACKUP_S3_ENDPOINT=localhost BACKUP_S3_KEY_FILE="$DRILL/secrets/empty" compose up -d backup
soon 120 'a failed backup there' has_rows "repository = 's3' and not ok and detail like '%the key of the S3 storage%is empty%'"
has_rows "repository = 'local' and kind = 'differential' and ok and started_at >= '$since'" || fail 'no backup to this disk'
expect 'configurations half written' '' "$(find "$DRILL/run/backup" -name '*.conf.*')"
compose stop backup
compose up -d backup
no_s3() { [[ $(rows "repository = 's3'") == 0 ]]; }
soon 30 'its rows go with it' no_s3
