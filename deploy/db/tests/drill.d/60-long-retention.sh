# shellcheck shell=bash disable=SC2154,SC2034
# What is kept, and what happens when archiving fails.

stop_writing
say 'old backups expire, with the WAL that belongs to them'
compose stop backup
export BACKUP_KEEP_FULL=2
for _ in 1 2 3; do
    owner 'select pg_switch_wal()' >/dev/null
    VIGIA_DB_RUN=$DRILL/run/backup vigia-db now full >/dev/null 2>&1 || fail 'a full backup'
done
vigia-db list >"$DRILL/list"
expect 'full backups kept' 2 "$(grep -c 'full backup:' "$DRILL/list")"
oldest=$(grep -m 1 'wal start/stop' "$DRILL/list" | grep -oE '[0-9A-F]{24}' | head -n 1)
first=$(find "$BACKUP_REPO_PATH/main/archive" -regextype posix-extended -regex '.*/[0-9A-F]{24}-.*' -printf '%f\n' | sort | head -n 1 | cut -c 1-24)
expect 'the oldest WAL is the one the oldest backup begins with' "$oldest" "$first"

say 'while archiving fails WAL waits; when too much waits it is let go, and a backup closes the gap'
compose stop db
export BACKUP_WAL_QUEUE_MAX=64MiB
compose up -d --wait db
compose up -d backup
chmod 500 "$BACKUP_REPO_PATH/main/archive/vigia"/*/ "$BACKUP_REPO_PATH/main/archive/vigia"/*/*/
backups=$(rows "kind <> 'verification' and ok")
owner 'create table filler (t text)' >/dev/null
waits() { (($(owner "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'") > 0)); }
soon 20 'WAL waits' eval 'owner "select pg_switch_wal()"; waits'
dropped() {
    owner "insert into filler select repeat('x', 1000) from generate_series(1, 20000); select pg_switch_wal()"
    [[ -s $PGDATA.dropped ]]
}
soon 60 'WAL is let go' dropped
chmod 700 "$BACKUP_REPO_PATH/main/archive/vigia"/*/ "$BACKUP_REPO_PATH/main/archive/vigia"/*/*/
more_backups() { (($(rows "kind <> 'verification' and ok") > backups)); }
soon 90 'a backup closes the gap' more_backups
owner 'drop table filler' >/dev/null
compose exec backup vigia-db verify >"$DRILL/verify.log" 2>&1 || { cat "$DRILL/verify.log" >&2; fail 'verify after the gap'; }
unset BACKUP_KEEP_FULL BACKUP_WAL_QUEUE_MAX
