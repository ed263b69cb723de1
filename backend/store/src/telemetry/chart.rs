//! Charts: all samples of a span, whether packed or not, counted into buckets of time, or hourly rows where they serve.
//!
//! What is read is as little as there is need for: hourly rows if the buckets are of whole hours; where there are none, or where
//! they know of fewer samples, the statistics of packed hours; and samples themselves only for the rest.

mod cells;
mod spans;

use super::packed::{self, Samples};
use super::sql;
use crate::connect::Store;
use crate::convert::{data_type_letter, from_column, quality_letter, to_column};
use crate::error::StoreError;
pub use cells::Cell;
use cells::Cells;
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx::PgConnection;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;
use vigia_model::{DataType, Quality, SeriesId, TenantScope, Timestamp};
use vigia_pack::Point;

const SERIES: &str = "
    select r.id
         , r.metric_id
         , u.unit
    from series r
    join tenants t on t.id = r.tenant_id
    left join series_last l on l.series_id = r.id
    left join units u on u.id = l.unit_id
    where ($1::text[] is null or t.code = any($1))
      and r.plc_id = $2
      and ($3::text[] is null or r.metric_id = any($3))
    order by r.metric_id";
/// Those of hours that lie in the span with all they have.
const HOURS: &str = "
    select h.series_id
         , h.hour
         , h.count
         , h.non_good
         , h.min
         , h.max
         , h.sum
         , h.sum_error
    from hourly h
    where h.series_id = any($1)
      and h.hour >= $2
      and h.hour <= $3::timestamptz - interval '1 hour'";
/// `$1` to `$3` series and spans, `$4` the letter of texts.
const SAMPLES: &str = "
    select s.series_id
         , s.ts
         , s.quality
         , case when s.data_type <> $4 then coalesce(s.value, s.int_value::float8) end as number
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[]) n(series_id, since, until)
    cross join lateral (
        select x.series_id
             , x.ts
             , x.quality
             , x.data_type
             , x.value
             , x.int_value
        from samples x
        where x.series_id = n.series_id
          and x.in_history is not false
          and x.ts >= n.since
          and x.ts < n.until
    ) s";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [SERIES, HOURS, SAMPLES];

/// What a chart is of.
#[derive(Debug, Clone)]
pub struct ChartQuery<'a> {
    pub scope: &'a TenantScope,
    pub plc: Uuid,
    /// `None`: every metric.
    pub metrics: Option<&'a [String]>,
    /// Where the buckets begin, in order, and where the last one ends.
    pub edges: Arc<[Timestamp]>,
}

/// A series as a chart shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartSeries {
    pub series: SeriesId,
    pub metric: String,
    /// Of its newest sample.
    pub unit: Option<String>,
    pub from: ChartSource,
    /// One for each bucket.
    pub cells: Vec<Cell>,
}

/// What a chart was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartSource {
    /// Every sample was looked at, or is in the statistics of its packed hour.
    Samples,
    /// Hourly rows, for some hours at least.
    Hourly,
}

#[derive(sqlx::FromRow)]
struct HourRow {
    series_id: i32,
    hour: DateTime<Utc>,
    count: i64,
    non_good: i64,
    min: Option<f64>,
    max: Option<f64>,
    sum: Option<f64>,
    sum_error: Option<f64>,
}

#[derive(sqlx::FromRow)]
struct SampleRow {
    series_id: i32,
    ts: DateTime<Utc>,
    quality: i8,
    number: Option<f64>,
}

impl Store {
    /// How many samples there are in each bucket, and between which numbers they lie.
    ///
    /// # Errors
    /// When the database fails, or holds packed samples that are damaged.
    pub async fn chart(&self, query: &ChartQuery<'_>) -> Result<Vec<ChartSeries>, StoreError> {
        let chart = async {
            let mut tx = self.archive.begin_with(sql::SNAPSHOT).await?;
            let series: Vec<(i32, String, Option<String>)> = sqlx::query_as(SERIES)
                .bind(query.scope.codes())
                .bind(query.plc)
                .bind(query.metrics)
                .fetch_all(&mut *tx)
                .await?;
            let ids: Vec<i32> = series.iter().map(|(id, ..)| *id).collect();
            let mut charts = if spans::are_whole_hours(&query.edges) {
                by_hours(&mut tx, &ids, &query.edges).await?
            } else {
                by_samples(&mut tx, &ids, &query.edges).await?
            };
            tx.commit().await?;
            let chart = |(id, metric, unit)| {
                let series = SeriesId(id);
                let (from, cells) = charts.remove(&series)?;
                Some(ChartSeries { series, metric, unit, from, cells })
            };
            Ok(series.into_iter().filter_map(chart).collect())
        };
        chart.await.map_err(StoreError::on("read a chart"))
    }
}

type Charts = HashMap<SeriesId, (ChartSource, Vec<Cell>)>;

/// Hour by hour, of two accounts the one that knows of more samples; then hours are put into buckets.
async fn by_hours(
    tx: &mut PgConnection,
    series: &[i32],
    edges: &Arc<[Timestamp]>,
) -> Result<Charts, sqlx::Error> {
    let hours = spans::hours(edges);
    let counted = read_hours(tx, series, Cells::new(series, &hours)).await?;
    // The samples of an hour are in its hourly row, so of those not packed only the ones of other hours are read.
    let uncounted = counted.empty_spans();
    let packed = read_packed(tx, series, Cells::new(series, &hours), Samples::OfDays).await?;
    let samples = read_samples(tx, &uncounted, packed).await?;
    Ok(charts(counted.better(samples), &hours, edges))
}

/// From the samples; an hour of which none are left, but an hourly row, is drawn by that, at its beginning.
async fn by_samples(
    tx: &mut PgConnection,
    series: &[i32],
    edges: &Arc<[Timestamp]>,
) -> Result<Charts, sqlx::Error> {
    let grid = spans::with_hours(edges);
    let packed = read_packed(tx, series, Cells::new(series, &grid), Samples::OfAll).await?;
    let samples = read_samples(tx, &packed.whole_spans(), packed).await?;
    let counted = read_hours(tx, series, Cells::new(series, &grid)).await?;
    Ok(charts(samples.filled_by(counted), &grid, edges))
}

/// Puts cells between the edges of `grid`, among which are all of `edges`, into buckets.
fn charts(cells: HashMap<SeriesId, (bool, Vec<Cell>)>, grid: &[Timestamp], edges: &[Timestamp]) -> Charts {
    let chart = |(series, (is_hourly, cells)): (SeriesId, (bool, Vec<Cell>))| {
        let from = if is_hourly { ChartSource::Hourly } else { ChartSource::Samples };
        (series, (from, spans::regroup(&cells, grid, edges)))
    };
    cells.into_iter().map(chart).collect()
}

async fn read_hours(tx: &mut PgConnection, series: &[i32], mut cells: Cells) -> Result<Cells, sqlx::Error> {
    let span = cells.span();
    let mut rows = sqlx::query_as::<_, HourRow>(HOURS)
        .bind(series)
        .bind(to_column(span.start))
        .bind(to_column(span.end))
        .fetch(tx);
    while let Some(row) = rows.try_next().await? {
        let sum = row.sum.unwrap_or_default() + row.sum_error.unwrap_or_default();
        let cell = Cell::of(row.count + row.non_good, row.count, row.non_good, row.min.zip(row.max), sum);
        cells.add(SeriesId(row.series_id), from_column(row.hour), &cell);
    }
    Ok(cells)
}

async fn read_packed(
    tx: &mut PgConnection,
    series: &[i32],
    cells: Cells,
    samples: Samples,
) -> Result<Cells, sqlx::Error> {
    let span = cells.span();
    packed::fold(tx, series, &span, samples, cells, |cells, row| {
        if let Some(block) = row.block()? {
            return cells.add_block(row.series(), &block);
        }
        let (count, numbers, non_good) = (row.count.into(), row.numbers.into(), row.non_good.into());
        let cell = Cell::of(count, numbers, non_good, row.min.zip(row.max), row.sum.unwrap_or_default());
        cells.add(row.series(), row.start(), &cell);
        Ok(())
    })
    .await
}

async fn read_samples(
    tx: &mut PgConnection,
    spans: &[(SeriesId, std::ops::Range<Timestamp>)],
    mut cells: Cells,
) -> Result<Cells, sqlx::Error> {
    if spans.is_empty() {
        return Ok(cells);
    }
    let mut rows = sqlx::query_as::<_, SampleRow>(SAMPLES)
        .bind(spans.iter().map(|(series, _)| series.0).collect::<Vec<_>>())
        .bind(spans.iter().map(|(_, span)| to_column(span.start)).collect::<Vec<_>>())
        .bind(spans.iter().map(|(_, span)| to_column(span.end)).collect::<Vec<_>>())
        .bind(data_type_letter(DataType::Text))
        .fetch(tx);
    while let Some(row) = rows.try_next().await? {
        let point = match row.number {
            _ if row.quality != quality_letter(Quality::Good) => Point::NotGood,
            Some(number) => Point::Number(number),
            None => Point::Other,
        };
        cells.show(SeriesId(row.series_id), from_column(row.ts), point);
    }
    Ok(cells)
}
