# shellcheck shell=bash
# The table `backups`, by which the backend knows how the backups are. What succeeded is taken from the repositories
# themselves, so the table heals after a restore; what failed is written here alone.

# The table is made by the backend; before its first start there is nothing to back up.
has_table() {
    [[ $(psql_owner "$DB_NAME" -c "select to_regclass('public.backups') is not null" 2>/dev/null || true) == t ]]
}

# What the repository has, as JSON, in a file: it may be longer than an argument. One that cannot be read (99) has not nothing.
# Each look into S3 is paid for, so what was seen there a while ago is good enough, but after a backup (forget_info).
read_info() { # repository
    local file=$RUN_DIR/info.$1 part
    if [[ $1 == s3 && -n $(find "$file" -newermt "-$INFO_SECONDS seconds" 2>/dev/null) ]]; then return 0; fi
    part=$(mktemp "$file.XXXXXX")
    if rest "$1" --log-level-console=off info --output=json >"$part" 2>/dev/null && ! grep -qE '"code": ?99' "$part"; then
        mv "$part" "$file"
        return 0
    fi
    rm -f "$part"
    return 1
}

forget_info() { rm -f "$RUN_DIR/info.$1"; } # repository

# When the last good backup began, as the table knows it, in seconds; 0 for never.
last_written() { # repository
    psql_owner "$DB_NAME" -v repository="$1" <<'SQL'
select coalesce(extract(epoch from max(started_at))::bigint, 0) from public.backups
where repository = :'repository' and kind <> 'verification' and ok;
SQL
}

sync_rows() { # repository
    read_info "$1" || return 1
    psql_owner "$DB_NAME" -v file="$RUN_DIR/info.$1" -v repository="$1" <<'SQL'
\set info `cat :'file'`
insert into public.backups (repository, kind, started_at, finished_at, ok, bytes, detail)
select :'repository'
     , case backup->>'type' when 'full' then 'full' when 'diff' then 'differential' else 'incremental' end
     , to_timestamp((backup->'timestamp'->>'start')::bigint)
     , to_timestamp((backup->'timestamp'->>'stop')::bigint)
     , not coalesce((backup->>'error')::boolean, false)
     , (backup->'info'->'repository'->>'delta')::bigint
     , backup->>'label' || case when (backup->>'error')::boolean then ': pages of the database do not match their checksums' else '' end
from jsonb_array_elements(:'info'::jsonb) stanza
cross join jsonb_array_elements(stanza->'backup') backup
on conflict (repository, kind, started_at) do nothing;
SQL
}

# Rows of repositories that are set up no more, and those of more than a year ago, tell nobody anything.
trim_rows() {
    local names=''
    [[ $BACKUP == off ]] || names=$(repositories | paste -sd ' ')
    psql_owner "$DB_NAME" -v names="$names" <<'SQL'
delete from public.backups
where repository <> all (string_to_array(:'names', ' ')) or started_at < now() - interval '400 days';
SQL
}

row() { # repository kind started(epoch) ok bytes detail
    psql_owner "$DB_NAME" -v repository="$1" -v kind="$2" -v started="$3" -v ok="$4" -v bytes="$5" -v detail="$6" <<'SQL'
insert into public.backups (repository, kind, started_at, finished_at, ok, bytes, detail)
values (:'repository', :'kind', to_timestamp(:'started'), now(), :'ok'::boolean, nullif(:'bytes', '')::bigint, :'detail')
on conflict (repository, kind, started_at) do update
set finished_at = excluded.finished_at, ok = excluded.ok, bytes = excluded.bytes, detail = excluded.detail;
SQL
}

# WAL that does not reach S3 since then (in seconds): one row, brought up to date, until it does.
row_of_shipping() { # since detail
    row s3 incremental "$1" false '' "WAL is not shipped since $(date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ): $2"
}

remove_rows_of_shipping() {
    psql_owner "$DB_NAME" <<'SQL'
delete from public.backups where repository = 's3' and not ok and detail like 'WAL is not shipped since %';
SQL
}

# When the last good verification of a repository was, in seconds; 0 for never.
last_verified() { # repository
    psql_owner "$DB_NAME" -v repository="$1" <<'SQL'
select coalesce(extract(epoch from max(finished_at))::bigint, 0) from public.backups
where repository = :'repository' and kind = 'verification' and ok;
SQL
}
