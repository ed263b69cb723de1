//! How much history there is in a span of time, and where in it there is any.

use super::packed::damaged;
use super::{EARLIEST, HistoryQuery, LATEST};
use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;
use vigia_model::{SeriesId, Timestamp};
use vigia_pack::Block;

const HOUR: Duration = Duration::from_hours(1);

/// Of each series between which times there is what: `$1` to `$5` of [`super::sql`].
const BOUNDS: &str = "
    select r.id
         , p.start as packed_from
         , p.hours as packed_hours
         , r.packed_ts
         , (
               select x.ts
               from samples x
               where x.series_id = r.id
                 and x.in_history is not false
                 and x.ts >= $4
                 and x.ts < $5
               order by x.ts
               limit 1
           ) as hot_from
         , (
               select x.ts
               from samples x
               where x.series_id = r.id
                 and x.in_history is not false
                 and x.ts >= $4
                 and x.ts < $5
               order by x.ts desc
               limit 1
           ) as hot_ts
         , (
               select x.hour
               from hourly x
               where x.series_id = r.id
                 and x.hour >= $4
                 and x.hour <= $5::timestamptz - interval '1 hour'
               order by x.hour
               limit 1
           ) as hours_from
         , (
               select x.hour
               from hourly x
               where x.series_id = r.id
                 and x.hour >= $4
                 and x.hour <= $5::timestamptz - interval '1 hour'
               order by x.hour desc
               limit 1
           ) as last_hour
    from series r
    join tenants t on t.id = r.tenant_id
    left join lateral (
        select x.start
             , x.hours
        from packed x
        where x.series_id = r.id
          and x.start > $4::timestamptz - interval '1 day'
          and x.start < $5
          and x.start + make_interval(hours => x.hours) > $4
          and x.count > 0
        order by x.start
               , x.hours desc
        limit 1
    ) p on r.packed_ts >= $4
    where ($1::text[] is null or t.code = any($1))
      and r.plc_id = $2
      and ($3::text[] is null or r.metric_id = any($3))";
/// How many samples there are of series `$1` between `$2` and `$3`, counted up to about `$4`; those of packed rows that only partly
/// lie in the span are not counted.
const COUNT: &str = "
    with packed_samples as (
        select coalesce(sum(p.count), 0)::bigint as count
        from (
            select x.count
            from unnest($1::int4[]) n(series_id)
            cross join lateral (
                select y.count
                from packed y
                where y.series_id = n.series_id
                  and y.start >= $2
                  and y.start < $3
                  and y.start + make_interval(hours => y.hours) <= $3
                  and y.count > 0
                limit $4
            ) x
            limit $4
        ) p
    )
    select case
               when p.count >= $4 then p.count
               else p.count + (
                   select count(*)
                   from (
                       select 1
                       from unnest($1::int4[]) n(series_id)
                       cross join lateral (
                           select 1
                           from samples x
                           where x.series_id = n.series_id
                             and x.in_history is not false
                             and x.ts >= $2
                             and x.ts < $3
                           limit $4
                       ) s
                       limit $4
                   ) counted
               )
           end as samples
         , (
               select l.time_zone
               from plcs c
               join plants l on l.id = c.plant_id
               where c.id = $5
           ) as time_zone
    from packed_samples p";
/// The rows of series `$1` that begin from `$2` to `$3`, of all of them from `$4` to `$5`: by that the planner leaves out partitions.
const FIRST_ROWS: &str = "
    select p.series_id
         , p.start
         , p.data
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[]) n(series_id, since, until)
    join packed p on p.series_id = n.series_id and p.start >= n.since and p.start < n.until
    where p.start >= $4
      and p.start < $5
      and p.count > 0";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [BOUNDS, COUNT, FIRST_ROWS];

/// How much history there is, as far as the choice of a resolution needs to know.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryExtent {
    /// At least so many samples; below the limit given no more than what packed rows at the ends of the span hold.
    pub samples: i64,
    /// Of the plant: an IANA name.
    pub time_zone: Option<String>,
    span: Range<Timestamp>,
    bounds: Vec<Bounds>,
}

/// What there is of one series in the span.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
struct Bounds {
    id: i32,
    /// The first packed row that overlaps the span.
    packed_from: Option<DateTime<Utc>>,
    packed_hours: Option<i16>,
    /// The newest packed sample, which may lie beyond the span.
    packed_ts: Option<DateTime<Utc>>,
    /// The first and the last sample not packed.
    hot_from: Option<DateTime<Utc>>,
    hot_ts: Option<DateTime<Utc>>,
    /// The first and the last hourly row.
    hours_from: Option<DateTime<Utc>>,
    last_hour: Option<DateTime<Utc>>,
}

impl HistoryExtent {
    /// How many of the metrics asked for there are.
    pub fn series(&self) -> i64 {
        i64::try_from(self.bounds.len()).unwrap_or(i64::MAX)
    }

    /// Whether anything else than hours may be known.
    pub fn may_have_samples(&self) -> bool {
        self.samples > 0 || self.bounds.iter().any(|series| series.packed_from.is_some())
    }

    /// Whether there are hourly rows of some series from before its first sample.
    pub fn has_hours_before(&self) -> bool {
        self.bounds.iter().any(|series| {
            let first = [series.packed_from, series.hot_from].into_iter().flatten().min();
            let hour = series.hours_from.map(|hour| hour + HOUR);
            hour.is_some_and(|end| first.is_none_or(|first| end <= first))
        })
    }
}

impl Store {
    /// How much history there is; samples are counted up to about `query.limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history_extent(&self, query: &HistoryQuery<'_>) -> Result<HistoryExtent, StoreError> {
        let span = query.from.unwrap_or(EARLIEST)..query.to.unwrap_or(LATEST);
        let extent = async {
            let mut connection = self.archive.acquire().await?;
            let bounds: Vec<Bounds> = sqlx::query_as(BOUNDS)
                .bind(query.scope.codes())
                .bind(query.plc)
                .bind(query.metrics)
                .bind(to_column(span.start))
                .bind(to_column(span.end))
                .fetch_all(&mut *connection)
                .await?;
            let (samples, time_zone) = sqlx::query_as(COUNT)
                .bind(bounds.iter().map(|series| series.id).collect::<Vec<_>>())
                .bind(to_column(span.start))
                .bind(to_column(span.end))
                .bind(i64::from(query.limit))
                .bind(query.plc)
                .fetch_one(&mut *connection)
                .await?;
            Ok(HistoryExtent { samples, time_zone, span, bounds })
        };
        extent.await.map_err(StoreError::on("measure the history of a PLC"))
    }

    /// The part of the span from the first of what there is to the last.
    ///
    /// # Errors
    /// When the database fails, or holds packed samples that are damaged.
    pub async fn history_span(&self, extent: &HistoryExtent) -> Result<Range<Timestamp>, StoreError> {
        let span = &extent.span;
        let packed =
            self.first_packed(extent).await.map_err(StoreError::on("find where a history begins"))?;
        let starts = extent.bounds.iter().filter_map(|series| series.start(span, &packed)).min();
        let ends = extent.bounds.iter().filter_map(|series| series.end(span)).max();
        let found = starts.unwrap_or(span.start).max(span.start)..ends.unwrap_or(span.end).min(span.end);
        Ok(if found.is_empty() { span.clone() } else { found })
    }

    /// The first packed samples of those series whose packed rows begin within the span.
    async fn first_packed(
        &self,
        extent: &HistoryExtent,
    ) -> Result<HashMap<SeriesId, Timestamp>, sqlx::Error> {
        let span = extent.span.clone();
        let first_row = |series: &Bounds| {
            let start = series.packed_from.filter(|start| from_column(*start) >= span.start)?;
            Some((series.id, start, start + HOUR * u32::try_from(series.packed_hours?).unwrap_or(1)))
        };
        let rows: Vec<(i32, DateTime<Utc>, DateTime<Utc>)> =
            extent.bounds.iter().filter_map(first_row).collect();
        let (since, until) =
            (rows.iter().map(|(_, since, _)| *since).min(), rows.iter().map(|(.., until)| *until).max());
        let Some((since, until)) = since.zip(until) else { return Ok(HashMap::new()) };
        // A day's row may begin before an hour's and its first sample come later.
        let blocks: Vec<(i32, DateTime<Utc>, Vec<u8>)> = sqlx::query_as(FIRST_ROWS)
            .bind(rows.iter().map(|(series, ..)| *series).collect::<Vec<_>>())
            .bind(rows.iter().map(|(_, since, _)| *since).collect::<Vec<_>>())
            .bind(rows.iter().map(|(.., until)| *until).collect::<Vec<_>>())
            .bind(since)
            .bind(until)
            .fetch_all(&self.archive)
            .await?;
        let decoding = tokio::task::spawn_blocking(move || {
            let mut first: HashMap<SeriesId, Timestamp> = HashMap::new();
            for (series, start, data) in blocks {
                let show = |ts, _| {
                    if span.contains(&ts) {
                        let known = first.entry(SeriesId(series)).or_insert(ts);
                        *known = ts.min(*known);
                    }
                };
                let shown = Block::open(&data).and_then(|block| block.points(show));
                shown.map_err(|error| damaged(series, start, error))?;
            }
            Ok(first)
        });
        decoding.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }
}

impl Bounds {
    /// Where it begins: with a sample, or with an hour before that of which none are left.
    fn start(&self, span: &Range<Timestamp>, packed: &HashMap<SeriesId, Timestamp>) -> Option<Timestamp> {
        // What began before the span, or lies in a row in which nothing was found, is taken to begin with the row.
        let first = self.packed_from.map(from_column);
        let packed = first.map(|row| packed.get(&SeriesId(self.id)).copied().unwrap_or(row));
        let samples = packed.into_iter().chain(self.hot_from.map(from_column)).min();
        let hour = self.hours_from.map(from_column);
        let hour = hour.filter(|hour| samples.is_none_or(|samples| *hour < samples.hour()));
        // The hour in which the span begins may be there too.
        let hour = hour.map(|hour| if hour < span.start.plus(HOUR) { span.start } else { hour });
        hour.into_iter().chain(samples).min()
    }

    /// Where it ends, in the same way.
    fn end(&self, span: &Range<Timestamp>) -> Option<Timestamp> {
        let packed = self.packed_from.and(self.packed_ts).map(from_column);
        let last = packed.into_iter().chain(self.hot_ts.map(from_column)).max();
        let hour = self.last_hour.map(from_column);
        let hour =
            hour.filter(|hour| last.is_none_or(|last| last.hour() < *hour)).map(|hour| hour.plus(HOUR));
        let hour = hour.map(|end| if end.plus(HOUR) > span.end { span.end } else { end });
        hour.into_iter().chain(last.map(Timestamp::after)).max()
    }
}
