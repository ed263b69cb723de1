# shellcheck shell=bash
# Proves that a backup can be restored: the rows of every table are counted here and, at exactly the same point of the
# WAL, in a copy restored from the repository alone.

# Every table of ours, partitions one by one, as "name rows".
COUNT_TABLES="select format('select %L, count(*) from %s', n.nspname || '.' || c.relname, c.oid::regclass)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname = 'public' order by c.relname \\gexec"

# Counts here. For an instant no table can be written: then the snapshot and the mark in the WAL (a restore point) see
# the same. Rolling back to the savepoint gives the locks back and leaves the snapshot, in which all is then counted at
# ease. A writer waits for half a second at the most, and before Postgres looks for deadlocks (a second) we let go.
count_here() { # restore-point
    local tables
    tables=$(psql_owner "$DB_NAME" -c "select string_agg(c.oid::regclass::text, ', ') from pg_class c
        where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
          and c.relnamespace = 'public'::regnamespace") || return 1
    [[ -n $tables ]] || { printf 'ERROR: the database %s has no tables\n' "$DB_NAME" >&2; return 1; }
    psql_owner "$DB_NAME" -F ' ' <<SQL
begin isolation level repeatable read;
lock table $tables in access share mode;
savepoint still;
set local lock_timeout = '500ms';
lock table $tables in share mode;
select 'restore_point', pg_create_restore_point('$1');
rollback to savepoint still;
$COUNT_TABLES
commit;
select 'wal', pg_walfile_name(pg_switch_wal());
SQL
}

# Vacuum is in the way of that lock, and may take long; it comes again by itself.
disturb_vacuum() {
    psql_owner postgres >/dev/null 2>&1 -c "select pg_cancel_backend(pid) from pg_stat_activity
        where backend_type = 'autovacuum worker' and query not like '%to prevent wraparound%'" || true
}

# The same in the copy, which nobody writes.
count_copy() {
    PGOPTIONS='' "$PG_BIN/psql" -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 \
        -h "$SCRATCH/socket" -p "$SERVER_PORT" -U "$OWNER" -d "$DB_NAME" <<<"$COUNT_TABLES"
}

start_copy() { # log
    (umask 077 && mkdir -p "$SCRATCH/socket")
    printf 'local all all trust\n' >"$SCRATCH/hba"
    # Reachable by its own socket only; without archiving it cannot touch the repository.
    "$PG_BIN/pg_ctl" -D "$SCRATCH/data" -s -w -t 86400 -l "$1" start -o "\
        -c listen_addresses='' -c unix_socket_directories='$SCRATCH/socket' -c port=$SERVER_PORT \
        -c hba_file='$SCRATCH/hba' -c archive_mode=off -c hot_standby=off -c autovacuum=off -c fsync=off \
        -c shared_buffers=64MB -c max_connections=20 -c max_parallel_workers_per_gather=0 -c logging_collector=off" &&
        wait_recovered "$SCRATCH/data" "$SCRATCH/socket"
}

stop_copy() {
    [[ ! -f $SCRATCH/data/postmaster.pid ]] ||
        "$PG_BIN/pg_ctl" -D "$SCRATCH/data" -s -w -m fast stop || true
}

remove_scratch() {
    stop_copy >/dev/null 2>&1
    rm -rf "$SCRATCH"
}

# The copy is as large as the data, and the WAL of a day comes to it.
check_room() {
    local needed free
    needed=$(psql_owner postgres -c 'select (sum(pg_database_size(oid)) * 1.1)::bigint + 1073741824 from pg_database')
    free=$(df --output=avail -B1 "$SCRATCH" | tail -n 1)
    ((free > needed)) || {
        printf 'ERROR: a copy needs %s MiB in %s and %s MiB are free; make room, or set BACKUP_SCRATCH to a folder on another disk\n' \
            $((needed / 1048576)) "$SCRATCH" $((free / 1048576))
        return 1
    }
}

wait_archived() { # wal log
    local waited=0
    until [[ $(psql_owner postgres -v wal="$1" <<<"select coalesce(substr(last_archived_wal, 1, 24) >= :'wal' collate \"C\", false) from pg_stat_archiver") == t ]]; do
        if ((waited >= 120)); then
            printf 'ERROR: WAL file %s was not archived within 120 s; the log of the service db says why\n' "$1" >>"$2"
            return 1
        fi
        waited=$((waited + 1))
        sleep 1
    done
}

# In S3 it is a moment later.
wait_shipped() { # wal log
    local waited=0
    until grep -qx "$1" "$(shipped_file)" 2>/dev/null; do
        if ((waited >= 600)); then
            printf 'ERROR: WAL file %s did not come to the S3 storage within 600 s; the log says why\n' "$1" >>"$2"
            return 1
        fi
        waited=$((waited + 1))
        sleep 1
    done
}

# Everything that may go wrong, in order; what is said goes to the log.
verify_steps() { # repository log
    local repository=$1 log=$2 point wal attempt
    point=vigia_verify_$(date -u +%Y%m%d_%H%M%S)
    if ! (umask 077 && mkdir -p "$SCRATCH") 2>/dev/null || [[ ! -w $SCRATCH ]]; then
        printf 'ERROR: cannot write to %s; its owner has to be %s:%s, and BACKUP_SCRATCH names it\n' "$(dirname "$SCRATCH")" "$(id -u)" "$(id -g)" >>"$log"
        return 1
    fi
    check_room >>"$log" 2>&1 || return 1
    rest_logged "$log" "$repository" verify --output=text || return 1
    if grep -qE '^ *status: error|ERROR:' "$log"; then return 1; fi
    for attempt in {1..100}; do
        if count_here "$point" >"$SCRATCH/here" 2>"$SCRATCH/error"; then break; fi
        if ((attempt == 100)) || ! grep -q 'lock timeout' "$SCRATCH/error"; then
            cat "$SCRATCH/error" >>"$log"
            return 1
        fi
        if ((attempt >= 5)); then disturb_vacuum; fi
        sleep "$((RANDOM % 3 + 2))"
    done
    wal=$(sed -n 's/^wal //p' "$SCRATCH/here")
    wait_archived "$wal" "$log" || return 1
    if [[ $repository == s3 ]]; then wait_shipped "$wal" "$log" || return 1; fi
    (umask 077 && mkdir -p "$SCRATCH/data")
    rest_logged "$log" "$repository" --pg1-path="$SCRATCH/data" --archive-mode=off \
        --type=name --target="$point" --target-action=promote restore || return 1
    if ! start_copy "$SCRATCH/log" >>"$log" 2>&1; then
        grep -E 'FATAL|PANIC|ERROR' "$SCRATCH/log" | tail -n 4 >>"$log"
        printf 'ERROR: the restored copy does not start\n' >>"$log"
        return 1
    fi
    count_copy >"$SCRATCH/copy" 2>>"$log" || return 1
    if ! diff <(grep -vE '^(restore_point|wal) ' "$SCRATCH/here") "$SCRATCH/copy" >"$SCRATCH/diff"; then
        printf 'ERROR: the restored copy has other rows than the database (< here, > copy): %s\n' \
            "$(grep -E '^[<>]' "$SCRATCH/diff" | head -n 10 | paste -sd ';')" >>"$log"
        return 1
    fi
    "$PG_BIN/pg_amcheck" -h "$SCRATCH/socket" -p "$SERVER_PORT" -U "$OWNER" -d "$DB_NAME" --install-missing \
        >>"$log" 2>&1 || { printf 'ERROR: an index or a table of the restored copy is damaged\n' >>"$log"; return 1; }
    stop_copy >>"$log" 2>&1
    if [[ $("$PG_BIN/pg_controldata" "$SCRATCH/data" | sed -n 's/^Data page checksum version: *//p') != 0 ]]; then
        "$PG_BIN/pg_checksums" --check -D "$SCRATCH/data" >>"$log" 2>&1 ||
            { printf 'ERROR: pages of the restored copy do not match their checksums\n' >>"$log"; return 1; }
    fi
}

verify_one() { # repository
    local repository=$1 started log bytes rows tables
    started=$(date +%s)
    prepare_run_dir
    log=$(mktemp "$RUN_DIR/log.XXXXXX")
    remove_scratch
    say "$repository: verification begins"
    if verify_steps "$repository" "$log"; then
        bytes=$(du -sb "$SCRATCH/data" | cut -f1)
        tables=$(wc -l <"$SCRATCH/copy")
        rows=$(awk '{ n += $2 } END { printf "%d", n }' "$SCRATCH/copy")
        remove_scratch
        rm -f "$log"
        row "$repository" verification "$started" true "$bytes" "$tables tables with $rows rows are the same in the restored copy"
        say "$repository: verified: $tables tables with $rows rows are the same in the restored copy ($(($(date +%s) - started)) s)"
        return 0
    fi
    remove_scratch
    warn "$repository: verification failed: $(essence "$log")"
    row "$repository" verification "$started" false '' "$(essence "$log")" || warn 'the table backups could not be written'
    rm -f "$log"
    return 1
}

cmd_verify() {
    local repository=${1:-local}
    check_settings
    repositories | grep -qx "$repository" || die "there is no repository '$repository'; there are: $(repositories | paste -sd ' ')"
    has_table || die "the database $DB_NAME does not answer, or the backend has not made its tables yet"
    alone verify_one "$repository"
}
