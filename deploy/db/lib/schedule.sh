# shellcheck shell=bash
# The clock: what is due is told by what the repositories have, so what was missed while the machine was off is made up.

# The last time it was BACKUP_TIME, of any day or of BACKUP_FULL_DAY, in seconds.
last_slot() { # [day]
    local now today at day
    now=$(date +%s)
    today=$(date -u +%F)
    for day in {0..7}; do
        at=$(date -u -d "$today $BACKUP_TIME UTC - $day days" +%s)
        ((at <= now)) || continue
        [[ -z ${1:-} || $(LC_ALL=C date -u -d "@$at" +%A) == "${1^}" ]] || continue
        printf '%s' "$at"
        return
    done
}

# full or diff, when one is due. The repository itself is asked: the table may tell of one that was lost with its disk.
due_backup() { # repository
    local full any dropped=0
    if ! read_info "$1"; then
        # It is tried when its time has come, so that it is written down why it fails.
        any=$(last_written "$1") || return 0
        if ((any < $(last_slot))); then printf diff; fi
        return 0
    fi
    read -r full any < <(psql_owner postgres -F ' ' -v file="$RUN_DIR/info.$1" <<'SQL'
\set info `cat :'file'`
select coalesce(max((backup->'timestamp'->>'start')::bigint) filter (where backup->>'type' = 'full'), 0)
     , coalesce(max((backup->'timestamp'->>'start')::bigint), 0)
from jsonb_array_elements(:'info'::jsonb) stanza
cross join jsonb_array_elements(stanza->'backup') backup
where not coalesce((backup->>'error')::boolean, false);
SQL
    ) || return 0
    [[ ! -r $PGDATA.dropped ]] || dropped=$(<"$PGDATA.dropped")
    if ((full < $(last_slot "${BACKUP_FULL_DAY,,}"))); then
        printf full
    elif ((any < $(last_slot) || any <= dropped)); then
        printf diff
    fi
}

verification_is_due() { # repository
    local slot
    case $BACKUP_VERIFY in
        off) return 1 ;;
        daily) slot=$(last_slot) ;;
        weekly) slot=$(last_slot "${BACKUP_FULL_DAY,,}") ;;
    esac
    # What lies in S3 has to be fetched from there, which costs: once a week.
    if [[ $1 == s3 ]]; then slot=$(last_slot "${BACKUP_FULL_DAY,,}"); fi
    (($(last_verified "$1") < slot))
}

# Whatever is due, one after the other. A failure is tried again after a while, not at once.
attend() {
    local repository type
    for repository in $(repositories); do
        sync_rows "$repository" || true
        type=$(due_backup "$repository")
        if [[ -n $type ]] && may_try "$repository.backup"; then
            alone backup_one "$repository" "$type" || failed "$repository.backup"
        fi
        [[ -z $(due_backup "$repository") ]] || continue
        if verification_is_due "$repository" && may_try "$repository.verify"; then
            alone verify_one "$repository" || failed "$repository.verify"
        fi
    done
}

# As soon as the database answers: without it Postgres can archive nothing.
know_stanzas() {
    local repository log
    for repository in $(repositories); do
        [[ ! -f $RUN_DIR/known.$repository ]] || continue
        [[ $(psql_owner postgres -c 'select true' 2>/dev/null || true) == t ]] || return 0
        log=$(mktemp "$RUN_DIR/log.XXXXXX")
        if ensure_stanza "$repository" "$log"; then
            touch "$RUN_DIR/known.$repository"
        elif may_try "$repository.stanza"; then
            warn "$repository: $(essence "$log")"
            failed "$repository.stanza"
        fi
        rm -f "$log"
    done
}

may_try() { [[ ! -f $RUN_DIR/failed.$1 ]] || (($(date +%s) - $(<"$RUN_DIR/failed.$1") >= RETRY_SECONDS)); }
failed() { date +%s >"$RUN_DIR/failed.$1"; }

# Nothing is backed up any more: what the table has of former backups would be called late for ever.
rest_for_ever() {
    say 'BACKUP is off: nothing is backed up'
    trap 'exit 0' TERM INT
    while :; do
        touch "$RUN_DIR/alive"
        # Each time: who backs up by hand, or was still at it, writes a row.
        if has_table; then trim_rows || true; fi
        sleep "${BACKUP_TICK_SECONDS:-30}" &
        wait $! || true
    done
}

cmd_schedule() {
    local repository waiting='' job
    check_settings
    prepare_run_dir
    [[ $BACKUP == on ]] || rest_for_ever
    for repository in $(repositories); do
        if write_config "$repository"; then continue; fi
        [[ $repository != local ]] || exit 1
        warn "$repository: nothing goes there until that is mended; backups to this disk go on"
    done
    rm -f "$RUN_DIR"/known.* "$RUN_DIR"/failed.* "$RUN_DIR"/info.*
    # Of a run that was cut; whoever ran there is gone with its container.
    rm -rf "$SCRATCH"
    say "backups daily at $BACKUP_TIME UTC, full on ${BACKUP_FULL_DAY,,}, $BACKUP_KEEP_FULL full ones kept, verified $BACKUP_VERIFY, to: $(repositories | paste -sd ' ')"
    # Signals are heard while we wait for a child, not while one runs in the foreground.
    trap 'kill -TERM $(jobs -p) 2>/dev/null; wait; remove_scratch; exit 0' TERM INT
    if has_s3; then ship_loop & fi
    while :; do
        touch "$RUN_DIR/alive"
        know_stanzas
        if has_table; then
            waiting=''
            trim_rows || true
            attend &
            job=$!
            while kill -0 "$job" 2>/dev/null; do
                touch "$RUN_DIR/alive"
                sleep 2 &
                wait $! || true
            done
            wait "$job" || true
        elif [[ -z $waiting ]]; then
            say "waiting for the database $DB_NAME and its tables, which the backend makes"
            waiting=yes
        fi
        sleep "${BACKUP_TICK_SECONDS:-30}" &
        wait $! || true
    done
}
