//! History, as the API reads it: samples and hourly statistics of one PLC, and the newest events of all.
//!
//! A PLC's history is read series by series, each along its own key and at most a page of it, then merged: so a
//! page costs what it holds, however long the history is. What is packed joins in from `packed`, in the same snapshot.

use crate::connect::Store;
use crate::convert::{ValueColumns, from_column};
use crate::error::StoreError;
use crate::order::TimeOrder;
use chrono::{DateTime, Utc};
use std::ops::Range;
use uuid::Uuid;
use vigia_model::{Sample, SeriesId, TenantScope, Timestamp};

/// Binds what the statements on one PLC's history share: `$1` to `$8`. The cursor also narrows the range of time, so
/// that what lies before it is not even looked at.
macro_rules! bind_history {
    ($statement:expr, $query:expr, $from:expr) => {{
        let within = crate::telemetry::narrowed($query, $from);
        $statement
            .bind($query.scope.codes())
            .bind($query.plc)
            .bind($query.metrics)
            .bind(crate::convert::to_column(within.start))
            .bind(crate::convert::to_column(within.end))
            .bind($query.after.map(|key| crate::convert::to_column(key.ts)))
            .bind($query.after.map(|key| key.series.0))
            .bind(i64::from($query.limit))
    }};
}

mod packed;
mod extent;
mod page;
mod latest;
mod chart;
mod export;
pub(crate) mod sql;

pub use chart::{Cell, ChartQuery, ChartSeries, ChartSource};
pub use export::Export;
pub use extent::HistoryExtent;

/// Before any source time that is ever accepted, and after all of them.
const EARLIEST: Timestamp = Timestamp::from_millis(-62_135_596_800_000); // the year 1
const LATEST: Timestamp = Timestamp::from_millis(253_402_300_799_000); // the year 9999

/// Which part of a PLC's history.
#[derive(Debug, Clone)]
pub struct HistoryQuery<'a> {
    pub scope: &'a TenantScope,
    pub plc: Uuid,
    /// `None`: every metric.
    pub metrics: Option<&'a [String]>,
    /// Inclusive.
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub to: Option<Timestamp>,
    pub order: TimeOrder,
    /// The last row of the page before.
    pub after: Option<HistoryKey>,
    pub limit: u32,
}

/// A row's place in the order: its time, then its series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoryKey {
    pub ts: Timestamp,
    pub series: SeriesId,
}

/// One sample of the event history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistorySample {
    pub series: SeriesId,
    pub metric: String,
    pub sample: Sample,
}

/// The statistics of one UTC hour of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryHour {
    pub series: SeriesId,
    pub metric: String,
    pub hour: Timestamp,
    /// Good numeric or bool samples; the figures are over these and absent when there is none.
    pub count: i64,
    pub sum: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub first: Option<f64>,
    pub last: Option<f64>,
    pub non_good: i64,
}

/// An event with where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub tenant: String,
    pub site: String,
    pub plc_id: String,
    pub gateway_id: String,
    pub metric: String,
    pub sample: Sample,
}

#[derive(sqlx::FromRow)]
struct SampleRow {
    series_id: i32,
    metric_id: String,
    #[sqlx(flatten)]
    value: ValueColumns,
}

#[derive(sqlx::FromRow)]
struct HourRow {
    series_id: i32,
    metric_id: String,
    hour: DateTime<Utc>,
    count: i64,
    sum: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    first: Option<f64>,
    last: Option<f64>,
    non_good: i64,
}

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [
        sql::STATEMENTS.as_slice(),
        &packed::STATEMENTS,
        &extent::STATEMENTS,
        &page::STATEMENTS,
        &latest::STATEMENTS,
        &chart::STATEMENTS,
    ]
    .concat()
}

impl Store {
    /// Hourly statistics of a PLC; the hour in which `from` lies belongs to them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hours(&self, query: &HistoryQuery<'_>) -> Result<Vec<HistoryHour>, StoreError> {
        let statement = match query.order {
            TimeOrder::NewestFirst => sql::HOURS_NEWEST_FIRST,
            TimeOrder::OldestFirst => sql::HOURS_OLDEST_FIRST,
        };
        let from = query.from.map_or(EARLIEST, Timestamp::hour);
        let rows: Vec<HourRow> = bind_history!(sqlx::query_as(statement), query, from)
            .fetch_all(&self.archive)
            .await
            .map_err(StoreError::on("read the hourly statistics of a PLC"))?;
        Ok(rows.into_iter().map(HistoryHour::from).collect())
    }
}

fn earliest(query: &HistoryQuery<'_>) -> Timestamp {
    query.from.unwrap_or(EARLIEST)
}

/// The span of time in which the page after `query.after` can lie.
fn narrowed(query: &HistoryQuery<'_>, from: Timestamp) -> Range<Timestamp> {
    let to = query.to.unwrap_or(LATEST);
    match (query.after, query.order) {
        (None, _) => from..to,
        (Some(key), TimeOrder::NewestFirst) => from..to.min(key.ts.after()),
        (Some(key), TimeOrder::OldestFirst) => from.max(key.ts)..to,
    }
}

impl HistoryQuery<'_> {
    fn page_size(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }
}

impl HistorySample {
    const fn key(&self) -> HistoryKey {
        HistoryKey { ts: self.sample.ts, series: self.series }
    }
}

impl From<HourRow> for HistoryHour {
    fn from(row: HourRow) -> Self {
        Self {
            series: SeriesId(row.series_id),
            metric: row.metric_id,
            hour: from_column(row.hour),
            count: row.count,
            sum: row.sum,
            min: row.min,
            max: row.max,
            first: row.first,
            last: row.last,
            non_good: row.non_good,
        }
    }
}
