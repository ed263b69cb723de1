# shellcheck shell=bash
# Brings WAL from the local repository to S3. Postgres archives to the local one alone: storage that is away for days
# then neither fills the disk of the data nor keeps the local archive from going on, and only the service of the backups
# knows the storage's keys.

SHIP_EVERY=${BACKUP_SHIP_SECONDS:-10}

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

# For ever, beside the schedule. Says once that it fails and once that it goes again.
ship_loop() {
    local log failing='' said
    log=$(mktemp "$RUN_DIR/ship.XXXXXX")
    while :; do
        : >"$log"
        if begin_shipping "$log" && ship_new "$log"; then
            [[ -z $failing ]] || say 's3: WAL is shipped again'
            failing=''
            date +%s >"$RUN_DIR/ship.ok"
        else
            said=$(essence "$log" | tail -n 1)
            if [[ $said != "$failing" ]]; then warn "s3: WAL cannot be shipped: $(essence "$log")"; fi
            failing=${said:-unknown}
        fi
        sleep "$SHIP_EVERY"
    done
}
