# shellcheck shell=bash
# Brings WAL from the local repository to S3. Postgres archives to the local one alone: storage that is away for days
# then neither fills the disk of the data nor keeps the local archive from going on, and only the service of the backups
# knows the storage's keys.

SHIP_EVERY=${BACKUP_SHIP_SECONDS:-10}

shipped_file() { printf '%s/%s.shipped' "$BACKUP_REPO_PATH" "$BACKUP_NAME"; }

# Names of the WAL segments and timeline histories in the local repository, oldest first.
local_wal() {
    local folder=$BACKUP_REPO_PATH/$BACKUP_NAME/archive/$STANZA
    [[ -d $folder ]] || return 0
    find "$folder" -type f -printf '%f\n' |
        sed -nE 's/^([0-9A-F]{24})-[0-9a-f]{40}.*$/\1/p; s/^([0-9A-F]{8}\.history).*$/\1/p' | sort -u
}

# What was there before S3 was set up is not needed there: its first backup begins later. Histories always are.
begin_shipping() {
    local file
    file=$(shipped_file)
    [[ -f $file ]] || { local_wal | grep -v history >"$file.part" || true; mv "$file.part" "$file"; }
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
        if begin_shipping && ship_new "$log"; then
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
