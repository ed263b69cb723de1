//! The newest events of all.
//!
//! First the index on time is walked a little way: the newest samples of all are most often the newest of those asked for. Who
//! sends seldom beside others who send often is looked for series by series.

use super::packed::PackedSeries;
use super::{EARLIEST, Event, HistoryKey, page, sql};
use crate::connect::Store;
use crate::convert::{ReadingColumns, from_column, to_column};
use crate::error::StoreError;
use crate::order::TimeOrder;
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use sqlx::PgConnection;
use std::collections::HashMap;
use vigia_model::{SeriesId, TenantScope};
use vigia_pack::Reading;

macro_rules! columns {
    () => {
        "
    select s.series_id
         , s.gateway_num
         , s.unit_id
         , s.ts
         , s.value
         , s.int_value
         , s.text_value
         , s.data_type
         , s.quality"
    };
}

/// `$1` tenants of the scope or null, `$2` one tenant or null, `$3` limit, `$4` how far to walk.
const WALK: &str = concat!(
    columns!(),
    "
    from (
        select *
        from samples
        where in_history
        order by ts desc
        limit $4
    ) s
    join series r on r.id = s.series_id
    join tenants t on t.id = r.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and ($2::text is null or t.code = $2)
    order by s.ts desc
    limit $3"
);
/// Where the walk of [`WALK`] ended; nowhere, if it saw everything. `$1` how far it went.
const WALKED: &str = "
    select ts
    from samples
    where in_history
    order by ts desc
    offset $1
    limit 1";
/// The series with the newest samples at or before `$4`, and when. Parameters as of [`WALK`].
const NEWEST: &str = "
    select r.id
         , n.ts
    from series r
    join tenants t on t.id = r.tenant_id
    cross join lateral (
        select x.ts
        from samples x
        where x.series_id = r.id
          and x.in_history is not false
          and x.ts <= $4
        order by x.ts desc
        limit 1
    ) n
    where ($1::text[] is null or t.code = any($1))
      and ($2::text is null or t.code = $2)
    order by n.ts desc
    limit $3";
/// Of series `$1` the newest samples from `$2` to `$4`, `$3` at most of each and in all.
const OF_SERIES: &str = concat!(
    columns!(),
    "
    from unnest($1::int4[]) n(series_id)
    cross join lateral (
        select *
        from samples x
        where x.series_id = n.series_id
          and x.in_history is not false
          and x.ts >= $2
          and x.ts <= $4
        order by x.ts desc
        limit $3
    ) s
    order by s.ts desc
    limit $3"
);
/// The series whose packed samples are the newest, and none before `$4`. Parameters as of [`WALK`].
const PACKED: &str = "
    select r.id
         , r.packed_from
         , r.packed_ts
    from series r
    join tenants t on t.id = r.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and ($2::text is null or t.code = $2)
      and r.packed_ts >= $4
    order by r.packed_ts desc
    limit $3";
const NAMES: &str = "
    select r.id
         , t.code as tenant
         , p.code as site
         , c.plc_id
         , r.metric_id
    from series r
    join tenants t on t.id = r.tenant_id
    join plants p on p.id = r.plant_id
    join plcs c on c.id = r.plc_id
    where r.id = any($1)";
const GATEWAYS: &str = "
    select num
         , gateway_id
    from gateways
    where num = any($1)";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 7] = [WALK, WALKED, NEWEST, OF_SERIES, PACKED, NAMES, GATEWAYS];

/// So many connections are kept open: who asks one question after the other uses two or three in turns, for one is still being
/// given back when the next is taken.
const WARM: usize = 4;
/// So many samples are looked at, whoever sent them: some milliseconds.
const WALK_LENGTH: i64 = 2_000;

#[derive(sqlx::FromRow)]
struct NameRow {
    id: i32,
    tenant: String,
    site: String,
    plc_id: String,
    metric_id: String,
}

/// What is asked for.
struct Wanted<'a> {
    scope: &'a TenantScope,
    tenant: Option<&'a str>,
    limit: u32,
}

type Found = Vec<(HistoryKey, Reading)>;

impl Store {
    /// The newest events by source time, of all tenants of the scope or of one.
    ///
    /// # Errors
    /// When the database fails, or holds packed samples that are damaged.
    pub async fn latest_events(
        &self,
        scope: &TenantScope,
        tenant: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let latest = async {
            let mut tx = self.archive.begin_with(sql::SNAPSHOT).await?;
            let wanted = Wanted { scope, tenant, limit };
            let mut found = wanted.hot(&mut tx).await?;
            found.extend(wanted.packed(&mut tx, &found).await?);
            found.sort_unstable_by(|(one, _), (other, _)| TimeOrder::NewestFirst.compare(*one, *other));
            found.truncate(wanted.size());
            let events = events(&mut tx, found).await?;
            tx.commit().await?;
            Ok(events)
        };
        latest.await.map_err(StoreError::on("read the latest events"))
    }

    /// Uses some connections for history at once, so that they are open, and know the schema, when somebody asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_archive_warm(&self) -> Result<(), StoreError> {
        let look = |_| self.latest_events(&TenantScope::All, None, 1);
        try_join_all((0..WARM).map(look)).await.map(drop)
    }
}

impl Wanted<'_> {
    fn size(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }

    async fn hot(&self, tx: &mut PgConnection) -> Result<Found, sqlx::Error> {
        let near: Vec<ReadingColumns> = sqlx::query_as(WALK)
            .bind(self.scope.codes())
            .bind(self.tenant)
            .bind(i64::from(self.limit))
            .bind(WALK_LENGTH)
            .fetch_all(&mut *tx)
            .await?;
        let near = readings(near)?;
        if near.len() >= self.size() {
            return Ok(near);
        }
        let end: Option<DateTime<Utc>> =
            sqlx::query_scalar(WALKED).bind(WALK_LENGTH - 1).fetch_optional(&mut *tx).await?;
        let Some(end) = end else { return Ok(near) };
        let newest: Vec<(i32, DateTime<Utc>)> = sqlx::query_as(NEWEST)
            .bind(self.scope.codes())
            .bind(self.tenant)
            .bind(i64::from(self.limit))
            .bind(end)
            .fetch_all(&mut *tx)
            .await?;
        // As many series as there may be events: none has to be older than the oldest of their newest.
        let is_full = newest.len() >= self.size();
        let least = newest.last().filter(|_| is_full).map_or(to_column(EARLIEST), |(_, ts)| *ts);
        let far: Vec<ReadingColumns> = sqlx::query_as(OF_SERIES)
            .bind(newest.into_iter().map(|(series, _)| series).collect::<Vec<_>>())
            .bind(least)
            .bind(i64::from(self.limit))
            .bind(end)
            .fetch_all(tx)
            .await?;
        // The walk may have ended between samples of one time.
        let mut found = readings(far)?;
        let seen: Vec<HistoryKey> = near.iter().map(|(key, _)| *key).collect();
        found.retain(|(key, _)| !seen.contains(key));
        found.extend(near);
        Ok(found)
    }

    /// Packed events that may be newer than those found.
    async fn packed(
        &self,
        tx: &mut PgConnection,
        found: &[(HistoryKey, Reading)],
    ) -> Result<Found, sqlx::Error> {
        let oldest = found.iter().map(|(key, _)| key.ts).min().filter(|_| found.len() >= self.size());
        let oldest = oldest.unwrap_or(EARLIEST);
        let series: Vec<(i32, DateTime<Utc>, DateTime<Utc>)> = sqlx::query_as(PACKED)
            .bind(self.scope.codes())
            .bind(self.tenant)
            .bind(i64::from(self.limit))
            .bind(to_column(oldest))
            .fetch_all(&mut *tx)
            .await?;
        let is_full = series.len() >= self.size();
        let least = series.last().filter(|_| is_full).map_or(oldest, |(_, _, ts)| from_column(*ts));
        let series: Vec<PackedSeries> = series
            .into_iter()
            .map(|(id, from, ts)| PackedSeries {
                id: SeriesId(id),
                metric: String::new(),
                span: from_column(from).max(least)..from_column(ts).after(),
            })
            .collect();
        let page = page::Wanted { order: TimeOrder::NewestFirst, after: None, limit: self.limit };
        page.packed(tx, &series).await
    }
}

fn readings(rows: Vec<ReadingColumns>) -> Result<Found, sqlx::Error> {
    let found = |row: ReadingColumns| {
        let (series, ts, reading) = row.into_reading("read the latest events")?;
        Ok((HistoryKey { ts, series }, reading))
    };
    rows.into_iter().map(found).collect()
}

/// Names what was found.
async fn events(tx: &mut PgConnection, found: Found) -> Result<Vec<Event>, sqlx::Error> {
    let series: Vec<i32> = found.iter().map(|(key, _)| key.series.0).collect();
    let gateways: Vec<i32> = found.iter().map(|(_, reading)| reading.gateway).collect();
    let names: Vec<NameRow> = sqlx::query_as(NAMES).bind(series).fetch_all(&mut *tx).await?;
    let names: HashMap<i32, NameRow> = names.into_iter().map(|row| (row.id, row)).collect();
    let gateways: Vec<(i32, String)> = sqlx::query_as(GATEWAYS).bind(gateways).fetch_all(&mut *tx).await?;
    let gateways: HashMap<i32, String> = gateways.into_iter().collect();
    let units = page::units(tx, &found).await?;
    let event = |(key, reading): (HistoryKey, Reading)| {
        let name = names.get(&key.series.0)?;
        Some(Event {
            tenant: name.tenant.clone(),
            site: name.site.clone(),
            plc_id: name.plc_id.clone(),
            gateway_id: gateways.get(&reading.gateway).cloned().unwrap_or_default(),
            metric: name.metric_id.clone(),
            sample: page::sample(key.ts, reading, &units),
        })
    };
    Ok(found.into_iter().filter_map(event).collect())
}
