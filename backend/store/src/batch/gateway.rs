//! Signs of life of gateways, and which messages of their count arrived.

use super::GatewayRow;
use crate::connect::Store;
use crate::convert::to_column;
use crate::error::StoreError;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;
use vigia_model::{Heartbeat, Timestamp};

/// Receipt and heartbeat are merged each by itself: what waited in the spool may bring an old receipt with a new
/// heartbeat. A heartbeat of a clock that ran ahead gives way to the next one, as in the model.
///
/// A gateway that is being given to another tenant is waited for: what it said before is written for neither then.
const UPSERT: &str = "
    insert into gateway_state as g
        (gateway_id, last_seen, online_since, clock_skew_ms, heartbeat_ts, state, version, uptime_sec, internet, mqtt,
         plc_link, buffer_mode, queued_messages)
    select n.gateway_id, n.last_seen, n.online_since, n.clock_skew_ms, n.heartbeat_ts, n.state, n.version, n.uptime_sec
         , n.internet, n.mqtt, n.plc_link, n.buffer_mode, n.queued_messages
    from unnest(
        $1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::int8[], $5::timestamptz[], $6::text[], $7::text[],
        $8::int8[], $9::text[], $10::text[], $11::text[], $12::text[], $13::int8[], $14::uuid[]
    ) n(gateway_id, last_seen, online_since, clock_skew_ms, heartbeat_ts, state, version, uptime_sec, internet, mqtt,
        plc_link, buffer_mode, queued_messages, tenant_id)
    join gateways b on b.id = n.gateway_id and b.tenant_id = n.tenant_id
    order by n.gateway_id
    for key share of b
    on conflict (gateway_id) do update
    set last_seen = greatest(g.last_seen, excluded.last_seen)
      , online_since = case when excluded.last_seen >= g.last_seen then excluded.online_since else g.online_since end
      , (clock_skew_ms, heartbeat_ts, state, version, uptime_sec, internet, mqtt, plc_link, buffer_mode, queued_messages) = (
            select picture.clock_skew_ms, picture.heartbeat_ts, picture.state, picture.version, picture.uptime_sec
                 , picture.internet, picture.mqtt, picture.plc_link, picture.buffer_mode, picture.queued_messages
            from (
                select excluded.*, true as is_new
                union all
                select g.*, false
            ) picture
            where picture.is_new = (
                excluded.heartbeat_ts is not null
                and (
                    g.heartbeat_ts is null
                    or excluded.heartbeat_ts >= g.heartbeat_ts
                    or g.heartbeat_ts > excluded.last_seen + interval '5 min'
                )
            )
        )
      , updated_at = now()";
/// Answers with the counts that have too many gaps to keep them one by one.
const ADD_SEEN: &str = "
    with added as (
    insert into gateway_boots as b (gateway_id, boot_id, seen, last_received)
    select n.gateway_id, n.boot_id, range_agg(int8range(n.first, n.last, '[]')), max(n.received)
    from unnest($1::uuid[], $2::text[], $3::int8[], $4::int8[], $5::timestamptz[], $7::uuid[])
        n(gateway_id, boot_id, first, last, received, tenant_id)
    join gateways g on g.id = n.gateway_id and g.tenant_id = n.tenant_id
    group by n.gateway_id, n.boot_id
    order by n.gateway_id, n.boot_id
    on conflict (gateway_id, boot_id) do update
    set seen = b.seen + excluded.seen
      , last_received = greatest(b.last_received, excluded.last_received)
    returning gateway_id, boot_id, seen
    )
    select gateway_id, boot_id
    from added
    where (select count(*) from unnest(seen)) > $6";
/// Makes one range of the older half of a count's ranges, and notes what is missing between them. What fills such a gap
/// later is still counted as missing.
const MERGE_OLDEST: &str = "
    update gateway_boots b
    set seen = b.seen + int8multirange(merged.range)
      , missing = least(b.missing::numeric + merged.missing, 9223372036854775807)::bigint
    from (
        select o.gateway_id
             , o.boot_id
             , range_merge(range_agg(o.range)) as range
             , upper(range_agg(o.range))::numeric - lower(range_agg(o.range)) - sum(upper(o.range)::numeric - lower(o.range)) as missing
        from (
            select g.gateway_id
                 , g.boot_id
                 , r.range
                 , row_number() over (partition by g.gateway_id, g.boot_id order by r.range) as place
            from unnest($1::uuid[], $2::text[]) n(gateway_id, boot_id)
            join gateway_boots g on g.gateway_id = n.gateway_id and g.boot_id = n.boot_id
            cross join lateral unnest(g.seen) r(range)
        ) o
        where o.place <= $3
        group by o.gateway_id, o.boot_id
    ) merged
    where b.gateway_id = merged.gateway_id and b.boot_id = merged.boot_id";

/// All but the newest boots of each gateway.
const TRIM: &str = "
    delete from gateway_boots b
    using (
        select gateway_id
             , boot_id
             , row_number() over (partition by gateway_id order by last_received desc, boot_id) as age
        from gateway_boots
    ) ranked
    where b.gateway_id = ranked.gateway_id
      and b.boot_id = ranked.boot_id
      and ranked.age > $1";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 4] = [UPSERT, ADD_SEEN, MERGE_OLDEST, TRIM];
/// Boots remembered of a gateway.
const MAX_BOOTS: i64 = 32;
/// Gaps in one boot's count that are kept one by one. Over shared connections half of the last minutes may still be on
/// its way; more gaps than that cost too much, for the row is written anew whenever its gateway speaks.
const MAX_RANGES: i64 = 4_000;

/// Writes the newest picture of each gateway that spoke in the batch under the tenant whose it is.
pub(super) async fn upsert(tx: &mut PgConnection, rows: &[GatewayRow]) -> Result<(), sqlx::Error> {
    // The last row of a gateway is its newest picture; sorted, so that two writers lock in the same order.
    let newest: BTreeMap<_, &GatewayRow> =
        rows.iter().map(|row| ((row.gateway_id, row.tenant_id), row)).collect();
    if newest.is_empty() {
        return Ok(());
    }
    let rows_of = || newest.values().map(|row| &row.health);
    let beat = |pick: fn(&Heartbeat) -> Option<&str>| -> Vec<Option<&str>> {
        rows_of().map(|health| health.heartbeat.as_ref().and_then(pick)).collect()
    };
    let number = |pick: fn(&Heartbeat) -> Option<i64>| -> Vec<Option<i64>> {
        rows_of().map(|health| health.heartbeat.as_ref().and_then(pick)).collect()
    };
    let last_seen = |row: Option<Timestamp>| to_column(row.unwrap_or_default());
    sqlx::query(UPSERT)
        .bind(newest.keys().map(|(gateway, _)| *gateway).collect::<Vec<_>>())
        .bind(rows_of().map(|health| last_seen(health.last_seen)).collect::<Vec<_>>())
        .bind(rows_of().map(|health| last_seen(health.online_since)).collect::<Vec<_>>())
        .bind(rows_of().map(|health| health.clock_skew_ms).collect::<Vec<_>>())
        .bind(
            rows_of()
                .map(|health| health.heartbeat.as_ref().map(|beat| to_column(beat.ts)))
                .collect::<Vec<_>>(),
        )
        .bind(beat(|beat| Some(&beat.state)))
        .bind(beat(|beat| beat.version.as_deref()))
        .bind(number(|beat| beat.uptime_sec))
        .bind(beat(|beat| beat.internet.as_deref()))
        .bind(beat(|beat| beat.mqtt.as_deref()))
        .bind(beat(|beat| beat.plc_link.as_deref()))
        .bind(beat(|beat| beat.buffer_mode.as_deref()))
        .bind(number(|beat| beat.queued_messages))
        .bind(newest.keys().map(|(_, tenant)| *tenant).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    add_seen(tx, rows).await
}

async fn add_seen(tx: &mut PgConnection, rows: &[GatewayRow]) -> Result<(), sqlx::Error> {
    let seen: Vec<(&GatewayRow, &str, i64, i64)> = rows.iter().flat_map(ranges).collect();
    if seen.is_empty() {
        return Ok(());
    }
    let full_of_gaps: Vec<(Uuid, String)> = sqlx::query_as(ADD_SEEN)
        .bind(seen.iter().map(|(row, ..)| row.gateway_id).collect::<Vec<_>>())
        .bind(seen.iter().map(|(_, boot_id, ..)| *boot_id).collect::<Vec<_>>())
        .bind(seen.iter().map(|(_, _, first, _)| *first).collect::<Vec<_>>())
        .bind(seen.iter().map(|(_, _, _, last)| *last).collect::<Vec<_>>())
        .bind(
            seen.iter()
                .map(|(row, ..)| to_column(row.health.last_seen.unwrap_or_default()))
                .collect::<Vec<_>>(),
        )
        .bind(MAX_RANGES)
        .bind(seen.iter().map(|(row, ..)| row.tenant_id).collect::<Vec<_>>())
        .fetch_all(&mut *tx)
        .await?;
    if !full_of_gaps.is_empty() {
        let (gateways, boots): (Vec<Uuid>, Vec<String>) = full_of_gaps.into_iter().unzip();
        sqlx::query(MERGE_OLDEST).bind(gateways).bind(boots).bind(MAX_RANGES / 2).execute(tx).await?;
    }
    Ok(())
}

/// What arrived of each boot's count, as ranges: over shared connections a gateway's messages come out of order, and
/// together they nearly always make one range.
fn ranges(row: &GatewayRow) -> Vec<(&GatewayRow, &str, i64, i64)> {
    let mut marks: Vec<(&str, i64)> = row.seen.iter().map(|mark| (&*mark.boot_id, mark.seq)).collect();
    marks.sort_unstable();
    let mut ranges: Vec<(&GatewayRow, &str, i64, i64)> = Vec::new();
    for (boot_id, seq) in marks {
        match ranges.last_mut() {
            Some((_, boot, _, last)) if *boot == boot_id && seq <= last.saturating_add(1) => *last = seq,
            _ => ranges.push((row, boot_id, seq, seq)),
        }
    }
    ranges
}

impl Store {
    /// Keeps what is remembered of sequence numbers within bounds, whatever gateways send.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trim_boots(&self) -> Result<u64, StoreError> {
        let trimmed = sqlx::query(TRIM)
            .bind(MAX_BOOTS)
            .execute(&self.api)
            .await
            .map_err(StoreError::on("trim the sequence numbers of gateways"))?;
        Ok(trimmed.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_model::{GatewayHealth, SeqMark};

    #[test]
    fn marks_in_any_order_make_few_ranges() {
        let mark = |boot_id: &str, seq| SeqMark { boot_id: boot_id.into(), seq };
        let marks = [("b", 3), ("a", 7), ("b", 1), ("b", 2), ("b", 2), ("a", 5), ("b", 9)];
        let row = GatewayRow {
            gateway_id: Uuid::nil(),
            tenant_id: Uuid::nil(),
            health: GatewayHealth::default(),
            seen: marks.iter().map(|(boot_id, seq)| mark(boot_id, *seq)).collect(),
        };
        let found: Vec<_> =
            ranges(&row).iter().map(|(_, boot, first, last)| (*boot, *first, *last)).collect();
        assert_eq!(found, [("a", 5, 5), ("a", 7, 7), ("b", 1, 3), ("b", 9, 9)]);
    }
}
