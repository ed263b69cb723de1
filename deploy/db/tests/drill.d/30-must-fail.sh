# shellcheck shell=bash disable=SC2154,SC2317
# A verification that cannot fail proves nothing: what is wrong with a backup has to be found.

failed_verifications() { rows "kind = 'verification' and not ok"; }
compose stop backup
# The schedule would try again in between; by hand it runs in the place of the service.
vdb() { VIGIA_DB_RUN=$DRILL/run/backup vigia-db "$@"; }

say 'a row that is missing in the copy is found'
(
    # shellcheck source=/dev/null
    . "$DRILL/bin/vigia-db"
    eval "true_$(declare -f start_copy)"
    # Called by verify_steps in the place of the true one.
    start_copy() {
        true_start_copy "$@" &&
            PGOPTIONS='' "$PG_BIN/psql" -X -q -h "$SCRATCH/socket" -p "$SERVER_PORT" -U "$OWNER" -d "$DB_NAME" \
                -c 'delete from samples where ctid = (select min(ctid) from samples)'
    }
    refuses 'other rows than the database' cmd_verify local
)
expect 'failed verifications' 1 "$(failed_verifications)"

say 'a damaged file of the repository is found'
victim=$(find "$BACKUP_REPO_PATH/$(basename "${BACKUP_NAME:-main}")/backup" -path '*F/bundle/*' -type f -size +8k | sort | tail -n 1)
cp "$victim" "$DRILL/whole"
printf 'damage' | dd of="$victim" bs=1 seek=4096 conv=notrunc status=none
refuses 'verification failed' vdb verify
cp "$DRILL/whole" "$victim"

if [[ -n $short ]]; then return 0; fi

say 'a missing WAL file is found'
is_archived() { [[ -n $(find "$BACKUP_REPO_PATH" -name "$1-*") ]]; }
wal=$(owner 'select pg_walfile_name(pg_switch_wal())')
soon 20 'WAL is archived' is_archived "$wal"
victim=$(find "$BACKUP_REPO_PATH" -name "$wal-*")
mv "$victim" "$DRILL/wal"
refuses 'verification failed' vdb verify
mv "$DRILL/wal" "$victim"

say 'too little room for the copy is said before anything is restored'
(
    # shellcheck source=/dev/null
    . "$DRILL/bin/vigia-db"
    df() { printf 'Avail\n1000000\n'; }
    refuses '0 MiB are free; make room' cmd_verify local
)

say 'another passphrase is named as the reason'
printf 'another passphrase of good length' >"$DRILL/secrets/other"
refuses 'cannot be read with the passphrase' env BACKUP_PASSPHRASE_FILE="$DRILL/secrets/other" VIGIA_DB_RUN="$DRILL/run/other" vigia-db now

say 'and then all is well again'
vdb verify >/dev/null 2>&1 || fail 'verify'
