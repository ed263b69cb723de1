# shellcheck shell=bash
# One backup, to one repository or to all.

kind_of() {
    case $1 in
        full) printf full ;;
        diff) printf differential ;;
        incr) printf incremental ;;
        *) die "a backup is full, diff or incr, not '$1'" ;;
    esac
}

# One at a time, whoever asks: the clock or a person.
alone() { # command...
    prepare_run_dir
    (
        flock -n 8 || die 'a backup, a verification or a restore is running; try again when it is done'
        "$@"
    ) 8>"$RUN_DIR/job.lock"
}

backup_one() { # repository full|diff|incr
    local repository=$1 type=$2 started log kind
    kind=$(kind_of "$type")
    started=$(date +%s)
    prepare_run_dir
    log=$(mktemp "$RUN_DIR/log.XXXXXX")
    say "$repository: $kind backup begins"
    if ensure_stanza "$repository" "$log" && rest_logged "$log" "$repository" --type="$type" backup; then
        forget_info "$repository"
        sync_rows "$repository" || warn "$repository: the table backups could not be written"
        say "$repository: $kind backup done in $(($(date +%s) - started)) s"
        rm -f "$log"
        return 0
    fi
    warn "$repository: $kind backup failed: $(essence "$log")"
    row "$repository" "$kind" "$started" false '' "$(essence "$log")" || warn 'the table backups could not be written'
    rm -f "$log"
    return 1
}

backup_all() { # full|diff|incr
    local repository failed=0
    for repository in $(repositories); do
        backup_one "$repository" "$1" || failed=1
    done
    return "$failed"
}

cmd_now() {
    local type=${1:-diff}
    check_settings
    kind_of "$type" >/dev/null
    has_table || die "the database $DB_NAME does not answer, or the backend has not made its tables yet"
    alone backup_all "$type"
}
