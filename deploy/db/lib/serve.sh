# shellcheck shell=bash
# Postgres itself: set up at the first start, then run in the place of this script, with the options it was given besides.

# Options that do not come from the file of settings.
postgres_options() {
    local archive=on
    [[ $BACKUP == on ]] || archive=off
    printf -- '-c config_file=%s -c hba_file=%s -c port=%s -c unix_socket_directories=%s -c archive_mode=%s' \
        "$CONFIG_DIR/postgresql.conf" "$CONFIG_DIR/pg_hba.conf" "$SERVER_PORT" "$SOCKET_DIR" "$archive"
}

cmd_serve() {
    local made_by here
    check_settings
    [[ $(id -u) != 0 ]] || die 'Postgres does not run as root; the container has user 999'
    lock_data || die "another Postgres runs on $PGDATA"
    [[ ! -e $PGDATA.restoring ]] ||
        die "a restore into $PGDATA was begun and not finished: run it again (docs/operations/restore.md)"
    export VIGIA_DB_LIB="$LIB"
    if [[ ! -e $PGDATA/PG_VERSION ]]; then
        set_up
    else
        made_by=$(<"$PGDATA/PG_VERSION")
        here=$("$PG_BIN/postgres" --version | grep -oE '[0-9]+' | head -n 1)
        [[ $made_by == "$here" ]] ||
            die "the data in $PGDATA was made by PostgreSQL $made_by and this is $here: docs/operations/upgrade.md tells how to go on"
    fi
    # A day on which the passphrase cannot be read is no day to be without the database.
    if [[ $BACKUP == on ]]; then write_config local || warn 'WAL is not archived until that is mended'; fi
    # shellcheck disable=SC2046 # options are words
    exec "$PG_BIN/postgres" -D "$PGDATA" $(postgres_options) "$@"
}

# An empty folder becomes a cluster with the role and the database of the backend. Under another name until it is whole.
set_up() {
    local part=$PGDATA.part
    secret "$DB_PASSWORD_FILE" 'the password of the database' >/dev/null || exit 1
    if [[ $BACKUP == on ]]; then write_config local || exit 1; fi
    say "setting up a new cluster in $PGDATA"
    rm -rf "$part"
    "$PG_BIN/initdb" -D "$part" -U "$OWNER" -E UTF8 --locale=C.UTF-8 --data-checksums \
        --auth-local=peer --auth-host=scram-sha-256 >/dev/null
    (umask 077 && mkdir -p "$RUN_DIR/init")
    "$PG_BIN/pg_ctl" -D "$part" -s -w start -l "$RUN_DIR/init.log" -o "$(postgres_options) \
        -c archive_mode=off -c listen_addresses='' -c unix_socket_directories='$RUN_DIR/init'"
    (
        SOCKET_DIR=$RUN_DIR/init
        psql_owner postgres -v user="$DB_USER" -v db="$DB_NAME" <<'SQL'
create role :"user" login;
create database :"db" owner :"user";
SQL
        give_password
    )
    "$PG_BIN/pg_ctl" -D "$part" -s -w -m fast stop
    # A folder that is there and empty is in the way of nothing.
    [[ ! -d $PGDATA ]] || rmdir "$PGDATA"
    mv "$part" "$PGDATA"
}

# The password does not pass through arguments, which others can see, nor through the log.
give_password() {
    DB_SECRET=$(secret "$DB_PASSWORD_FILE" 'the password of the database') || return 1
    export DB_SECRET
    psql_owner postgres -v user="$DB_USER" <<'SQL'
\getenv password DB_SECRET
set log_statement = 'none';
set log_min_error_statement = 'panic';
alter role :"user" password :'password';
SQL
    unset DB_SECRET
}

cmd_set_password() {
    check_settings
    give_password || exit 1
    say "the role $DB_USER has the password of $DB_PASSWORD_FILE; restart the service api"
}
