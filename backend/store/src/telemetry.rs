//! History, as the API reads it: samples and hourly statistics of one PLC, and the newest events of all.
//!
//! A PLC's history is read series by series, each along its own key and at most a page of it, then merged: so a
//! page costs what it holds, however long the history is.

use crate::connect::Store;
use crate::convert::{ValueColumns, from_column, to_column};
use crate::error::StoreError;
use crate::order::TimeOrder;
use chrono::{DateTime, Utc};
use std::time::Duration;
use uuid::Uuid;
use vigia_model::{Sample, SeriesId, TenantScope, Timestamp};

pub(crate) mod sql;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// How much history there is, as far as the choice of a resolution needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryExtent {
    /// Samples, counted up to the limit given.
    pub samples: i64,
    pub has_hours: bool,
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

#[derive(sqlx::FromRow)]
struct EventRow {
    tenant: String,
    site: String,
    plc_id: String,
    gateway_id: String,
    metric_id: String,
    #[sqlx(flatten)]
    value: ValueColumns,
}

/// Binds what the statements on one PLC's history share: `$1` to `$8`. The cursor also narrows the range of time, so
/// that what lies before it is not even looked at.
macro_rules! bind_history {
    ($statement:expr, $query:expr, $from:expr, $to:expr) => {{
        let (from, to) = narrowed($query, $from, $to);
        $statement
            .bind($query.scope.codes())
            .bind($query.plc)
            .bind($query.metrics)
            .bind(to_column(from))
            .bind(to_column(to))
            .bind($query.after.map(|key| to_column(key.ts)))
            .bind($query.after.map(|key| key.series.0))
            .bind(i64::from($query.limit))
    }};
}

impl Store {
    /// Samples of a PLC.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn samples(&self, query: &HistoryQuery<'_>) -> Result<Vec<HistorySample>, StoreError> {
        let statement = match query.order {
            TimeOrder::NewestFirst => sql::SAMPLES_NEWEST_FIRST,
            TimeOrder::OldestFirst => sql::SAMPLES_OLDEST_FIRST,
        };
        let operation = "read the samples of a PLC";
        let from = query.from.unwrap_or(EARLIEST);
        let rows: Vec<SampleRow> = bind_history!(sqlx::query_as(statement), query, from, query.to)
            .fetch_all(&self.archive)
            .await
            .map_err(StoreError::on(operation))?;
        rows.into_iter()
            .map(|row| {
                let (series, metric) = (SeriesId(row.series_id), row.metric_id);
                Ok(HistorySample { series, metric, sample: row.value.into_sample(operation)? })
            })
            .collect()
    }

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
        let rows: Vec<HourRow> = bind_history!(sqlx::query_as(statement), query, from, query.to)
            .fetch_all(&self.archive)
            .await
            .map_err(StoreError::on("read the hourly statistics of a PLC"))?;
        Ok(rows.into_iter().map(HistoryHour::from).collect())
    }

    /// How many samples there are (counted up to `query.limit`), and whether there are hourly rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history_extent(&self, query: &HistoryQuery<'_>) -> Result<HistoryExtent, StoreError> {
        let (samples, has_hours) = sqlx::query_as(sql::EXTENT)
            .bind(query.scope.codes())
            .bind(query.plc)
            .bind(query.metrics)
            .bind(to_column(query.from.unwrap_or(EARLIEST)))
            .bind(to_column(query.to.unwrap_or(LATEST)))
            .bind(i64::from(query.limit))
            .fetch_one(&self.archive)
            .await
            .map_err(StoreError::on("measure the history of a PLC"))?;
        Ok(HistoryExtent { samples, has_hours })
    }

    /// The newest events by source time, of all tenants of the scope or of one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn latest_events(
        &self,
        scope: &TenantScope,
        tenant: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let operation = "read the latest events";
        let rows: Vec<EventRow> = sqlx::query_as(sql::LATEST_EVENTS)
            .bind(scope.codes())
            .bind(tenant)
            .bind(i64::from(limit))
            .fetch_all(&self.archive)
            .await
            .map_err(StoreError::on(operation))?;
        rows.into_iter()
            .map(|row| {
                Ok(Event {
                    tenant: row.tenant,
                    site: row.site,
                    plc_id: row.plc_id,
                    gateway_id: row.gateway_id,
                    metric: row.metric_id,
                    sample: row.value.into_sample(operation)?,
                })
            })
            .collect()
    }
}

/// The range of time in which the page after `query.after` can lie.
fn narrowed(query: &HistoryQuery<'_>, from: Timestamp, to: Option<Timestamp>) -> (Timestamp, Timestamp) {
    let to = to.unwrap_or(LATEST);
    match (query.after, query.order) {
        (None, _) => (from, to),
        (Some(key), TimeOrder::NewestFirst) => (from, to.min(key.ts.plus(Duration::from_millis(1)))),
        (Some(key), TimeOrder::OldestFirst) => (from.max(key.ts), to),
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
