# shellcheck shell=bash
# Puts the data back from a repository, and brings it up to the wanted point, so that Postgres then starts as on any day.

# Until the server on this folder has read all the WAL it shall and takes writes; fails when it dies.
wait_recovered() { # folder socket
    until [[ $(PGOPTIONS='' "$PG_BIN/psql" -X -A -t -h "$2" -p "$SERVER_PORT" -U "$OWNER" -d postgres \
        -c 'select not pg_is_in_recovery()' 2>/dev/null || true) == t ]]; do
        "$PG_BIN/pg_ctl" -D "$1" status >/dev/null 2>&1 || return 1
        sleep 0.3
    done
}

# Held by Postgres as long as a process of it lives, in whatever container: the file is in the volume of the data.
lock_data() {
    mkdir -p "$(dirname "$PGDATA")"
    exec 9>>"$PGDATA.lock"
    flock -n 9
}

cmd_restore() {
    local yes='' from=local to='' label='' timeline='' keep=''
    while (($#)); do
        case $1 in
            --yes) yes=1 ;;
            --keep) keep=1 ;;
            --from | --to | --backup | --timeline)
                (($# > 1)) || die "$1 takes a value"
                case $1 in
                    --from) from=$2 ;;
                    --to) to=$2 ;;
                    --backup) label=$2 ;;
                    --timeline) timeline=$2 ;;
                esac
                shift
                ;;
            *) die "restore does not know '$1'; vigia-db help tells what it takes" ;;
        esac
        shift
    done
    check_settings
    repositories | grep -qx "$from" || die "there is no repository '$from'; there are: $(repositories | paste -sd ' ')"
    lock_data || die "Postgres is running on $PGDATA: stop the services api, backup and db first"
    local arguments=(--target-action=promote --type=time)
    if [[ -n $to ]]; then
        local target
        target=$(TZ=UTC date -d "$to" '+%F %T.%6N+00' 2>/dev/null) || die "--to is '$to'; it takes a time such as \"2026-11-26 14:05:00Z\""
        (($(date -d "$target" +%s) <= $(date +%s))) || die "--to is in the future ($target)"
        arguments+=(--target="$target")
        to=$target
    else
        arguments=(--type=default)
    fi
    [[ -z $label ]] || arguments+=(--set="$label")
    [[ -z $timeline ]] || arguments+=(--target-timeline="$timeline")
    if [[ -z $yes ]]; then
        die "this puts the data in $PGDATA back to ${to:-the latest state there is in the repository} from '$from' and drops what is there now; say --yes (and --keep to have the present data put aside first)"
    fi
    alone restore_data "$from" "$keep" "${arguments[@]}"
}

# Puts back what was put aside, and says why. Without that the data may be half restored.
not_restored() { # aside why
    if [[ -n $1 ]]; then
        "$PG_BIN/pg_ctl" -D "$PGDATA" -s -w -m fast stop >/dev/null 2>&1 || true
        rm -rf "$PGDATA"
        mv "$1" "$PGDATA"
        rm -f "$PGDATA.restoring"
        die "not restored, and the data is as before: $2"
    fi
    die "not restored: $2 (Postgres does not start on $PGDATA before a restore is done)"
}

restore_data() { # repository keep arguments...
    local from=$1 keep=$2 log server socket=$RUN_DIR/restore aside='' begun=''
    shift 2
    log=$(mktemp "$RUN_DIR/log.XXXXXX")
    server=$PGDATA.restore.log
    # As long as this is there Postgres does not start: neither on half of the data, nor on a new cluster in its place.
    [[ ! -e $PGDATA.restoring ]] || begun=1
    date -u >"$PGDATA.restoring"
    if [[ -n $keep && -e $PGDATA/PG_VERSION ]]; then
        aside=$PGDATA.before-$(date -u +%Y%m%dT%H%M%SZ)
        mv "$PGDATA" "$aside"
        say "the present data is put aside: $aside"
    fi
    # The lock is ours: whoever wrote it is gone.
    rm -f "$PGDATA/postmaster.pid"
    (umask 077 && mkdir -p "$PGDATA" "$socket")
    [[ ! -e $PGDATA/PG_VERSION ]] || set -- --delta "$@"
    say "restoring from '$from'"
    if ! rest_logged "$log" "$from" "$@" restore; then
        # The first thing pgBackRest takes away is this file; and a folder that is empty never had anything.
        if [[ -z $aside ]] && { [[ -e $PGDATA/global/pg_control ]] || rmdir "$PGDATA" 2>/dev/null; }; then
            [[ -n $begun ]] || rm -f "$PGDATA.restoring"
            die "not restored, and nothing was changed: $(essence "$log")"
        fi
        not_restored "$aside" "$(essence "$log")"
    fi
    # On another machine the local repository is new, or already knows the cluster that was made there at first.
    rest_logged "$log" local --no-online stanza-create || rest_logged "$log" local --no-online stanza-upgrade ||
        not_restored "$aside" "the data is there, but it could not be archived: $(essence "$log")"
    say 'reading the WAL'
    : >"$server"
    if ! { "$PG_BIN/pg_ctl" -D "$PGDATA" -s -w -t 86400 -l "$server" start -o "$(postgres_options) \
            -c listen_addresses='' -c unix_socket_directories='$socket' -c hot_standby=off" 9>&9 &&
        wait_recovered "$PGDATA" "$socket"; }; then
        grep -E 'FATAL|PANIC' "$server" | tail -n 3 >>"$log" || true
        if grep -q 'before configured recovery target' "$server"; then
            not_restored "$aside" 'nothing was archived after that time, so it cannot be told that all up to it is there; leave --to out for the latest state'
        fi
        not_restored "$aside" "$(essence "$log"); all of it is in $server"
    fi
    say "$(grep -oE 'last completed transaction was at log time .*' "$server" | tail -n 1 || true)"
    "$PG_BIN/pg_ctl" -D "$PGDATA" -s -w -m fast stop || die "Postgres did not stop; $server says why"
    rm -f "$log" "$server" "$PGDATA.restoring"
    say 'restored. Start everything again; the backend goes on from here by itself.'
}
