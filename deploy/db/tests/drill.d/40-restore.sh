# shellcheck shell=bash disable=SC2154,SC2034,SC2153
# The page docs/operations/restore.md, typed as it stands.

vdb() { docker compose exec backup vigia-db "$@"; }
compose up -d backup
say 'restoring is refused while the database runs'
refuses 'Postgres is running' docker compose run --rm restore --yes

say 'the drill of the page: put aside, restored, the same'
drill=$(page Drill)
[[ $(grep -c compose <<<"$drill") -ge 9 ]] || fail 'the page has no drill'
stop_writing
bash -eu -o pipefail -c "$(declare -f compose); $drill" >"$DRILL/page.log" 2>&1 || { cat "$DRILL/page.log" >&2; fail 'the drill of the page'; }
mapfile -t counts < <(grep -E '^[0-9]+\|' "$DRILL/page.log")
expect 'counts shown' 2 "${#counts[@]}"
expect 'the same rows after the restore' "${counts[0]}" "${counts[1]}"
say "rows and newest before and after: ${counts[0]}"
expect 'what was put aside is removed' '' "$(ls -d "$PGDATA".before-* 2>/dev/null || true)"
if [[ -n $short ]]; then return 0; fi
expect 'a new timeline' 2 "$(owner 'select timeline_id from pg_control_checkpoint()')"
soon 30 'backups after a restore' vdb now incr

say 'back to a moment before a mistake: exactly what came after it is gone'
backend -c "insert into tenants (code) values ('before')"
sleep 1.1
moment=$(date -u '+%F %H:%M:%S.%NZ')
sleep 1.1
backend -c "insert into tenants (code) values ('after'); delete from tenants where code = 'before'"
owner 'select pg_switch_wal()' >/dev/null
mistake=$(page 'To a moment before a mistake' | sed "s/2026-11-26 14:05:00Z/$moment/")
grep -qF "$moment" <<<"$mistake" || fail 'the page names no moment'
compose stop api backup db
refuses 'say --yes' docker compose run --rm restore --to "$moment"
bash -eu -o pipefail -c "$(declare -f compose); $mistake" >"$DRILL/page.log" 2>&1 || { cat "$DRILL/page.log" >&2; fail 'back to a moment'; }
expect 'tenants' 'before granix' "$(owner "select string_agg(code, ' ' order by code) from tenants")"
rm -rf "$PGDATA".before-*
# The schedule may be at work on its own just then.
soon 60 'a full backup of the new branch' vdb now full

say 'a time after all that was archived is refused, and why is said'
compose stop backup db
sleep 1.1
refuses 'nothing was changed' env BACKUP_NAME=none docker compose run --rm restore --yes
refuses 'the data is as before' docker compose run --rm restore --yes --keep --to '2001-01-01 00:00:00Z'
compose up -d --wait db
expect 'the data is as before' 'before granix' "$(owner "select string_agg(code, ' ' order by code) from tenants")"
compose stop db
refuses 'nothing was archived after that time' docker compose run --rm restore --yes --to "$(date -u '+%F %TZ')"
refuses 'is in the future' docker compose run --rm restore --yes --to '2099-01-01 00:00:00Z'
refuses 'a restore .* not finished' vigia-db serve
docker compose run --rm restore --yes >"$DRILL/page.log" 2>&1 || { cat "$DRILL/page.log" >&2; fail 'restore once more'; }
compose up -d --wait

say 'the disk of the data is lost while it is written: how much is missing, with 5 s in the place of 60'
owner "alter system set archive_timeout = '5s'" >/dev/null
owner 'select pg_reload_conf()' >/dev/null
: >"$DRILL/committed"
write_on &
writer=$!
# Not a multiple of it, or just what was closed would be all that there is.
sleep 19
kill -QUIT "$(<"$DRILL/db.pid")"
lost_at=$(date +%s.%N)
stop_writing
compose stop backup db
rm -rf "$PGDATA"
docker compose run --rm restore --yes >"$DRILL/page.log" 2>&1 || { cat "$DRILL/page.log" >&2; fail 'restore on an empty disk'; }
compose up -d --wait
newest=$(owner 'select coalesce(extract(epoch from max(ts)), 0) from samples')
first_lost=$(awk -v newest="$newest" '$1 > newest { print; exit }' "$DRILL/committed")
say "$(awk -v at="$lost_at" -v first="$first_lost" 'BEGIN { printf "what was committed in the last %.1f s is missing", at - first }')"
[[ -n $first_lost ]] || fail 'nothing is missing: this measures nothing'
awk -v at="$lost_at" -v first="$first_lost" -v begun="$(head -n 1 "$DRILL/committed")" \
    'BEGIN { exit !(at - first < 7 && first > begun) }' || fail 'more is lost than the page says'
