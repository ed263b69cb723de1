//! Packed history, read: which series have any, and their rows of `packed`, decoded piece by piece.

use crate::convert::{from_column, to_column};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx::PgConnection;
use std::ops::Range;
use vigia_model::{SeriesId, Timestamp};
use vigia_pack::{Block, Malformed};

/// So much is fetched, while the piece before is decoded, off the threads that serve requests.
const PIECE_BYTES: usize = 2 << 20;
const PIECE_ROWS: usize = 10_000;

/// Those of `$1` to `$5` of [`super::sql`] that have packed samples between `$4` and `$5`.
const SERIES: &str = "
    select r.id
         , r.metric_id
         , r.packed_from
         , r.packed_ts
    from series r
    join tenants t on t.id = r.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and r.plc_id = $2
      and ($3::text[] is null or r.metric_id = any($3))
      and r.packed_ts >= $4
      and r.packed_from < $5";
/// `$1` series, `$2` from (inclusive), `$3` to (exclusive), `$4`: the samples themselves of rows of so many hours at least.
///
/// A row begins a day before `$2` at most: by that the planner leaves out partitions.
const ROWS: &str = "
    select p.series_id
         , p.start
         , p.count
         , p.numbers
         , p.non_good
         , p.min
         , p.max
         , p.sum
         , case when p.hours >= $4 then p.data end as data
    from packed p
    where p.series_id = any($1)
      and p.start > $2::timestamptz - interval '1 day'
      and p.start < $3
      and p.start + make_interval(hours => p.hours) > $2
      and p.count > 0";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [SERIES, ROWS];

/// A series with packed samples.
pub(super) struct PackedSeries {
    pub(super) id: SeriesId,
    pub(super) metric: String,
    /// Where there is anything to look for.
    pub(super) span: Range<Timestamp>,
}

/// A row of `packed`.
#[derive(sqlx::FromRow)]
pub(super) struct PackedRow {
    series_id: i32,
    start: DateTime<Utc>,
    pub(super) count: i32,
    pub(super) numbers: i32,
    pub(super) non_good: i32,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) sum: Option<f64>,
    data: Option<Vec<u8>>,
}

impl PackedRow {
    pub(super) fn series(&self) -> SeriesId {
        SeriesId(self.series_id)
    }

    /// When the hour or day begins that it is of.
    pub(super) fn start(&self) -> Timestamp {
        from_column(self.start)
    }

    /// Its samples; none if they were not asked for.
    pub(super) fn block(&self) -> Result<Option<Block<'_>>, Malformed> {
        self.data.as_deref().map(Block::open).transpose()
    }
}

pub(super) fn damaged(series: i32, start: DateTime<Utc>, error: Malformed) -> sqlx::Error {
    tracing::error!(series, %start, %error, "a packed row cannot be read");
    sqlx::Error::Decode(error.into())
}

/// Of which rows the samples themselves are wanted, beside their statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Samples {
    OfAll,
    OfDays,
}

/// Which of the wanted series have packed samples there.
pub(super) async fn series(
    tx: &mut PgConnection,
    query: &super::HistoryQuery<'_>,
    within: &Range<Timestamp>,
) -> Result<Vec<PackedSeries>, sqlx::Error> {
    let rows: Vec<(i32, String, DateTime<Utc>, DateTime<Utc>)> = sqlx::query_as(SERIES)
        .bind(query.scope.codes())
        .bind(query.plc)
        .bind(query.metrics)
        .bind(to_column(within.start))
        .bind(to_column(within.end))
        .fetch_all(tx)
        .await?;
    let series = rows.into_iter().map(|(id, metric, from, last)| PackedSeries {
        id: SeriesId(id),
        metric,
        span: from_column(from).max(within.start)..from_column(last).after().min(within.end),
    });
    Ok(series.collect())
}

/// Shows `work` every row of the series that overlaps the span, in no order.
pub(super) async fn fold<S: Send + 'static>(
    tx: &mut PgConnection,
    series: &[i32],
    span: &Range<Timestamp>,
    samples: Samples,
    state: S,
    work: fn(&mut S, &PackedRow) -> Result<(), Malformed>,
) -> Result<S, sqlx::Error> {
    let least_hours: i16 = match samples {
        Samples::OfAll => 1,
        Samples::OfDays => 24,
    };
    let mut rows = sqlx::query_as::<_, PackedRow>(ROWS)
        .bind(series)
        .bind(to_column(span.start))
        .bind(to_column(span.end))
        .bind(least_hours)
        .fetch(tx);
    let mut state = Some(state);
    let mut working = None;
    loop {
        let (mut piece, mut bytes) = (Vec::new(), 0_usize);
        while bytes < PIECE_BYTES
            && piece.len() < PIECE_ROWS
            && let Some(row) = rows.try_next().await?
        {
            bytes = bytes.saturating_add(row.data.as_ref().map_or(0, Vec::len));
            piece.push(row);
        }
        if let Some(working) = working.take() {
            state = Some(finish(working).await?);
        }
        let Some(mut of_before) = state.take() else { return Err(sqlx::Error::WorkerCrashed) };
        if piece.is_empty() {
            return Ok(of_before);
        }
        working = Some(tokio::task::spawn_blocking(move || {
            for row in &piece {
                work(&mut of_before, row).map_err(|error| damaged(row.series_id, row.start, error))?;
            }
            Ok(of_before)
        }));
    }
}

async fn finish<S>(working: tokio::task::JoinHandle<Result<S, sqlx::Error>>) -> Result<S, sqlx::Error> {
    working.await.map_err(|_| sqlx::Error::WorkerCrashed)?
}
