# shellcheck shell=bash disable=SC2154,SC2034
# A new installation: the cluster sets itself up, waits for the backend's tables, and backs itself up without being told.

say 'a new cluster is set up, and lets in whom it should'
compose up -d --wait db
expect 'the backend gets in by its password' 1 "$(backend -c 'select 1')"
refuses 'password authentication failed' env PGPASSWORD=wrong "$PG_BIN/psql" -h 127.0.0.1 -p "$PGPORT" -U "$DB_USER" -d "$DB_NAME" -c 'select 1'
refuses 'pg_hba.conf rejects' env PGPASSWORD=x "$PG_BIN/psql" -h 127.0.0.1 -p "$PGPORT" -U "$VIGIA_DB_OWNER" -d postgres -c 'select 1'
expect 'the backend is no superuser' f "$(owner "select rolsuper from pg_roles where rolname = '$DB_USER'")"
expect 'pages have checksums' on "$(owner 'show data_checksums')"
refuses 'another Postgres runs' vigia-db serve

say 'the password of the database is changed while it runs'
printf 'otra\n' >"$DRILL/secrets/db_password"
docker compose exec db vigia-db set-password >/dev/null
expect 'the new password' 1 "$(backend -c 'select 1')"
if grep -q 'otra' "$DRILL/db.log"; then fail 'the password is in the log'; fi

say 'what is wrong in the environment is named'
refuses 'BACKUP_TIME is' env BACKUP_TIME=25:00 vigia-db schedule
refuses 'BACKUP_KEEP_FULL is' env BACKUP_KEEP_FULL=0 vigia-db schedule
refuses 'cannot read /nowhere' env BACKUP_PASSPHRASE_FILE=/nowhere vigia-db schedule
printf 'short\n' >"$DRILL/secrets/short"
refuses 'fewer than 20 characters' env BACKUP_PASSPHRASE_FILE="$DRILL/secrets/short" vigia-db schedule

say 'the schedule waits for the tables, then makes up the first backup and verifies it'
compose up -d backup
soon 20 'waiting for the tables' grep -q 'waiting for the database' "$DRILL/backup.log"
for file in "$root"/migrations/[0-9]*.sql; do backend -f "$file"; done
backend <<'SQL'
insert into tenants (code, name) values ('granix', 'Texto que nadie debe leer en la copia');
create table samples_now partition of samples for values from ('2000-01-01') to ('2100-01-01');
SQL
write_on &
writer=$!
soon 60 'the first backup' has_rows "kind = 'full' and ok"
soon 90 'the first verification' has_rows "kind = 'verification' and ok"
say "$(owner "select detail from backups where kind = 'verification'")"
