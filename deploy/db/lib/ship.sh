# shellcheck shell=bash
# Brings WAL from the local repository to S3. Postgres archives to the local one alone: storage that is away for days
# then neither fills the disk of the data nor keeps the local archive from going on, and only the service of the backups
# knows the storage's keys.

SHIP_EVERY=${BACKUP_SHIP_SECONDS:-10}
# For how long it may fail before it is a failure.
SHIP_LATE=${BACKUP_SHIP_LATE_SECONDS:-600}

shipped_file() { printf "%s/%s.%s.shipped" "$BACKUP_REPO_PATH" "$BACKUP_NAME" "$BACKUP_S3_BUCKET"; }

# Names of the WAL segments and timeline histories in the local repository, oldest first; of the cluster that runs now, for it may
# have had another before (17-1, 17-2).
local_wal() {
    local folder=$BACKUP_REPO_PATH/$BACKUP_NAME/archive/$STANZA newest
    [[ -d $folder ]] || return 0
    newest=$(find "$folder" -mindepth 1 -maxdepth 1 -type d -name '*-*' -printf '%f\n' | sort -t - -k 2 -n | tail -n 1)
    [[ -n $newest ]] || return 0
    find "$folder/$newest" -type f -printf '%f\n' | wal_names
}

# Of a list of files in an archive, those that we bring over.
wal_names() {
    sed -nE 's#^(.*/)?([0-9A-F]{24})-[0-9a-f]{40}.*$#\2#p; s#^(.*/)?([0-9A-F]{8}\.history).*$#\2#p' | sort -u
}

# What was shipped, where nobody knows: what S3 has. When that is nothing it was just set up, and needs nothing of what was there
# before, for its first backup begins later; histories of timelines it does.
begin_shipping() { # log
    local file there
    file=$(shipped_file)
    [[ ! -f $file ]] || return 0
    there=$(rest s3 repo-ls --recurse "archive/$STANZA" 2>>"$1") || { explain "$1" s3; return 1; }
    there=$(wal_names <<<"$there")
    [[ -n $there ]] || there=$(local_wal | grep -v history || true)
    printf '%s\n' "$there" >"$file.part"
    mv "$file.part" "$file"
}

ship_new() { # log
    local file name folder failed=0
    file=$(shipped_file)
    folder=$RUN_DIR/ship
    (umask 077 && mkdir -p "$folder")
    local_wal >"$RUN_DIR/there"
    # What has expired is forgotten.
    sort -u "$file" | comm -12 - "$RUN_DIR/there" >"$file.part" && mv "$file.part" "$file"
    while read -r name; do
        rm -f "$folder/$name"
        if rest_logged "$1" local archive-get "$name" "$folder/$name" &&
            rest_logged "$1" s3 archive-push "$folder/$name"; then
            printf '%s\n' "$name" >>"$file"
        else
            failed=1
        fi
        rm -f "$folder/$name"
        [[ $failed == 0 ]] || break
    done < <(comm -13 "$file" "$RUN_DIR/there")
    return "$failed"
}

# For ever, beside the schedule. Says once that it fails and once that it goes again. What fails for long is written down as a
# backup that failed, and taken out again when it goes: a disk that dies meanwhile takes that WAL with it.
ship_loop() {
    local log failing='' said since='' written=0 now clean=''
    log=$(mktemp "$RUN_DIR/ship.XXXXXX")
    while :; do
        : >"$log"
        now=$(date +%s)
        if begin_shipping "$log" && ship_new "$log"; then
            [[ -z $failing ]] || say 's3: WAL is shipped again'
            failing=''
            since=''
            # Of a process before this one, too.
            if [[ -z $clean ]] && has_table && remove_rows_of_shipping; then clean=yes; fi
        else
            said=$(essence "$log" | tail -n 1)
            if [[ $said != "$failing" ]]; then warn "s3: WAL cannot be shipped: $(essence "$log")"; fi
            failing=${said:-unknown}
            since=${since:-$now}
            if ((now - since >= SHIP_LATE && now - written >= SHIP_LATE)) && has_table && row_of_shipping "$since" "$failing"; then
                written=$now
                clean=''
            fi
        fi
        sleep "$SHIP_EVERY"
    done
}
