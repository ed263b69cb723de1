# shellcheck shell=bash
# pgBackRest and its repositories: each has a configuration of its own, written from settings and secrets at every call,
# so that a secret that was replaced is in force with the next one.

config_of() { printf '%s/%s.conf' "$RUN_DIR" "$1"; }

prepare_run_dir() {
    (umask 077 && mkdir -p "$RUN_DIR/lock" "$RUN_DIR/spool")
}

write_config() { # repository
    local repository=$1 passphrase part file s3=''
    prepare_run_dir
    passphrase=$(secret "$BACKUP_PASSPHRASE_FILE" 'the passphrase of the backups') || return 1
    ((${#passphrase} >= 20)) || {
        say "ERROR: the passphrase of the backups in $BACKUP_PASSPHRASE_FILE has fewer than 20 characters; make one: openssl rand -base64 48 | tr -d '\\n'" >&2
        return 1
    }
    # What cannot be read is said before anything is begun.
    if [[ $repository == s3 ]]; then s3=$(s3_config) || return 1; fi
    file=$(config_of "$repository")
    part=$(umask 077 && mktemp "$file.XXXXXX")
    {
        printf '[global]\n'
        case $repository in
            local)
                printf 'repo1-path=%s\n' "$BACKUP_REPO_PATH/$BACKUP_NAME"
                printf 'archive-push-queue-max=%s\n' "$BACKUP_WAL_QUEUE_MAX"
                ;;
            s3) printf '%s\n' "$s3" ;;
        esac
        cat <<CONF
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=$passphrase
repo1-bundle=y
repo1-retention-full-type=count
repo1-retention-full=$BACKUP_KEEP_FULL
compress-type=zst
process-max=2
start-fast=y
archive-timeout=600
lock-path=$RUN_DIR/lock/$repository
spool-path=$RUN_DIR/spool
log-level-console=warn
log-level-stderr=off
log-level-file=off
[$STANZA]
pg1-path=$PGDATA
pg1-socket-path=$SOCKET_DIR
pg1-port=$SERVER_PORT
pg1-user=$OWNER
CONF
    } >"$part"
    mv "$part" "$file"
}

s3_config() {
    local key secret host=${BACKUP_S3_ENDPOINT%%:*} port=${BACKUP_S3_ENDPOINT#*:}
    key=$(secret "$BACKUP_S3_KEY_FILE" 'the key of the S3 storage') || return 1
    secret=$(secret "$BACKUP_S3_SECRET_FILE" 'the secret of the S3 storage') || return 1
    [[ $port != "$BACKUP_S3_ENDPOINT" ]] || port=443
    cat <<CONF
repo1-type=s3
repo1-path=/$BACKUP_S3_PREFIX/$BACKUP_NAME
repo1-s3-bucket=$BACKUP_S3_BUCKET
repo1-s3-endpoint=$host
repo1-storage-port=$port
repo1-s3-region=$BACKUP_S3_REGION
repo1-s3-uri-style=$BACKUP_S3_STYLE
repo1-s3-key=$key
repo1-s3-key-secret=$secret
CONF
    if [[ -n $BACKUP_S3_CA_FILE ]]; then
        [[ -r $BACKUP_S3_CA_FILE ]] || die "the authority of the S3 storage: cannot read $BACKUP_S3_CA_FILE; let group $(id -g) read it (deploy/prepare.sh does)"
        printf 'repo1-storage-ca-file=%s\n' "$BACKUP_S3_CA_FILE"
    fi
}

# Runs pgBackRest on a repository. What fails is also explained where we know better than its own words.
rest() { # repository arguments...
    local repository=$1
    shift
    write_config "$repository" || return 1
    pgbackrest --config="$(config_of "$repository")" --stanza="$STANZA" "$@"
}

# The same; all it says goes to a file, and on failure the last of it and what it means.
rest_logged() { # log repository arguments...
    local log=$1
    shift
    if rest "$@" >>"$log" 2>&1; then return 0; fi
    explain "$log" "$1"
    return 1
}

explain() { # log repository
    local hint=''
    # A certificate that is not believed is a CryptoError too.
    if [[ $2 == s3 ]] && grep -qaE 'HostConnectError|unable to get address|ServiceError|timeout connecting|timeout after|HTTP request failed|ProtocolError|certificate|TLS error' "$1"; then
        hint="the S3 storage at $BACKUP_S3_ENDPOINT refuses or cannot be reached: check BACKUP_S3_*, the two secrets, and the bucket's policy"
    elif grep -qaE 'CryptoError|FormatError|cipher header' "$1"; then
        hint="the repository cannot be read with the passphrase in $BACKUP_PASSPHRASE_FILE, or is damaged: put back the passphrase it was made with, or begin a new repository with another BACKUP_NAME"
    elif grep -qaE 'do not match the database|does not match stanza|are you sure|do(es)? not match' "$1"; then
        hint="the repository belongs to another database cluster: restore from it, or begin a new one with another BACKUP_NAME (after an upgrade of Postgres: vigia-db upgrade-repository)"
    elif grep -qaE 'exists but (backup|archive).info is missing' "$1"; then
        hint='the repository was only half made when it was begun: remove what is there (it has no backups), or begin another with another BACKUP_NAME'
    elif grep -qaE 'No space left' "$1"; then
        hint='the disk is full'
    fi
    [[ -z $hint ]] || printf 'ERROR: %s\n' "$hint" >>"$1"
}

# The last lines of a log that say what went wrong, short enough for a row of a table.
essence() { # log
    local lines
    lines=$(LC_ALL=C tr -cd '[:print:]\n' <"$1" | grep -E 'ERROR|WARN|HINT|FATAL' | sed -E 's/^[0-9 :.-]+ P[0-9]+ +//; s/^[0-9TZ:-]{20} //; s/^ +//' | tail -n 6 || true)
    [[ -n $lines ]] || lines=$(tail -n 3 "$1" | LC_ALL=C tr -cd '[:print:]\n')
    printf '%s' "${lines:0:2000}"
}

# Makes the repository known to the cluster; nothing changes where it is already.
ensure_stanza() { # repository log
    (
        # The clock and a person may ask at once; it is done in a moment.
        flock 7
        rest_logged "$2" "$1" stanza-create
    ) 7>"$RUN_DIR/stanza.lock"
}

cmd_archive() { # file
    # The lock on the data is Postgres's, not that of what it starts.
    exec 9>&-
    local file=${1:?a WAL file} log
    prepare_run_dir
    log=$(mktemp "$RUN_DIR/archive.XXXXXX")
    if ! rest_logged "$log" local archive-push "$file"; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    if grep -q 'dropped WAL file' "$log"; then
        cat "$log" >&2
        # Whoever looks after the backups takes one at once: only after it time can be gone back to again.
        date -u +%s >"$PGDATA.dropped"
    fi
    rm -f "$log"
}

cmd_upgrade_repository() {
    local repository log
    check_settings
    prepare_run_dir
    for repository in $(repositories); do
        log=$(mktemp "$RUN_DIR/log.XXXXXX")
        rest_logged "$log" "$repository" stanza-upgrade || die "$repository: $(essence "$log")"
        say "$repository: ready for this cluster; take a full backup: vigia-db now full"
        rm -f "$log"
    done
}

cmd_list() {
    local repository
    check_settings
    for repository in $(repositories); do
        printf '== %s\n' "$repository"
        rest "$repository" info || return 1
    done
}

cmd_check() {
    local repository log
    check_settings
    prepare_run_dir
    for repository in $(repositories); do
        log=$(mktemp "$RUN_DIR/log.XXXXXX")
        rest_logged "$log" "$repository" --archive-timeout=60 check || die "$repository: $(essence "$log")"
        say "$repository: in order, and WAL arrives"
        rm -f "$log"
    done
}
