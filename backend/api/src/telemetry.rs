//! `GET /api/telemetry…`: history of a PLC, and the newest events of all.

mod auto;
mod buckets;
mod csv;
mod export;
mod gaps;

pub use csv::{CSV_HEADER, write_csv};
pub(crate) use export::export_telemetry;

use crate::Api;
use crate::caller::{Caller, identifier};
use crate::convert::{raw_sample, span, time_order, utc};
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::page::{Limit, cut, number, read_cursor, write_cursor};
use axum::Json;
use axum::extract::State;
use std::time::Duration;
use vigia_contract::http::Page;
use vigia_contract::http::telemetry::{
    HourlyRow, LatestQuery, LatestSample, Resolution, Telemetry, TelemetryPage, TelemetryQuery,
};
use vigia_model::{Identifier, SeriesId, Timestamp};
use vigia_store::telemetry::{HistoryHour, HistoryKey, HistoryQuery, HistorySample};

const PAGE_LIMIT: Limit = Limit { default: 1_000, max: 10_000 };
const LATEST_LIMIT: Limit = Limit { default: 50, max: 1_000 };
/// Of `maxPoints`: about two for each pixel of a wide screen.
const POINTS_LIMIT: Limit = Limit { default: 2_000, max: 10_000 };
/// How many metrics one request may name.
const MAX_METRICS: usize = 100;
/// What `auto` shows when no `from` is given.
const DEFAULT_SPAN: Duration = Duration::from_hours(24);

/// Which history a page is of; a cursor belongs to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum History {
    Raw,
    Hourly,
}

impl History {
    const ALL: [Self; 2] = [Self::Raw, Self::Hourly];

    /// The word for it inside cursors.
    const fn list(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Hourly => "hourly",
        }
    }
}

/// A PLC's samples or hourly statistics, page by page.
pub(crate) async fn list_telemetry(
    State(api): State<Api>,
    caller: Caller,
    Path((site, plc_id)): Path<(String, String)>,
    Query(query): Query<TelemetryQuery>,
) -> Result<Json<Telemetry>, ApiError> {
    let limit = PAGE_LIMIT.read(query.limit)?;
    let question = question(&query)?;
    let metrics = query.metric.as_deref().map(read_metrics).transpose()?;
    let (from, to) = span(query.from, query.to)?;
    let cursor = query.cursor.as_deref().map(read_place).transpose()?;
    let resolution = query.resolution.unwrap_or(Resolution::Raw);
    let of = match (resolution, cursor) {
        (Resolution::Raw, Some((History::Hourly, _))) | (Resolution::Hourly, Some((History::Raw, _))) => {
            return Err(ApiError::InvalidCursor);
        }
        (Resolution::Raw, _) => Some(History::Raw),
        (Resolution::Hourly, _) => Some(History::Hourly),
        // A choice once made holds for all pages.
        (Resolution::Auto, cursor) => cursor.map(|(of, _)| of),
    };
    let history = HistoryQuery {
        scope: &caller.scope,
        plc: caller.plc(&api, &site, &plc_id, query.tenant.as_deref()).await?,
        metrics: metrics.as_deref(),
        from,
        to,
        order: time_order(query.order),
        after: cursor.map(|(_, key)| key),
        limit: limit + 1,
    };
    Ok(Json(match of {
        Some(of) => Telemetry::Rows(page(&api, &history, of, limit).await?),
        None => auto::answer(&api, history, &question).await?,
    }))
}

/// What only `auto` asks for.
fn question(query: &TelemetryQuery) -> Result<auto::Question, ApiError> {
    let max_points = POINTS_LIMIT
        .read(query.max_points)
        .map_err(|_| ApiError::InvalidQuery(format!("maxPoints lies between 1 and {}", POINTS_LIMIT.max)))?;
    let no_zone =
        |_| ApiError::InvalidQuery("tz is an IANA name such as America/Argentina/Buenos_Aires".to_owned());
    let zone = query.tz.as_deref().map(|zone| zone.parse().map_err(no_zone)).transpose()?;
    Ok(auto::Question { max_points, layout: query.layout.unwrap_or_default(), zone })
}

async fn page(
    api: &Api,
    history: &HistoryQuery<'_>,
    of: History,
    limit: u32,
) -> Result<TelemetryPage, ApiError> {
    Ok(match of {
        History::Raw => {
            let mut samples = api.store.samples(history).await?;
            let more = cut(&mut samples, limit);
            let last = samples.last().filter(|_| more);
            let next_cursor = last.map(|last| write_place(of, last.sample.ts, last.series));
            TelemetryPage::Raw { items: samples.into_iter().map(wire_sample).collect(), next_cursor }
        }
        History::Hourly => {
            let mut hours = api.store.hours(history).await?;
            let more = cut(&mut hours, limit);
            let last = hours.last().filter(|_| more);
            let next_cursor = last.map(|last| write_place(of, last.hour, last.series));
            TelemetryPage::Hourly { items: hours.into_iter().map(wire_hour).collect(), next_cursor }
        }
    })
}

/// The newest events by source time, wherever they come from.
pub(crate) async fn list_latest(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<LatestQuery>,
) -> Result<Json<Page<LatestSample>>, ApiError> {
    let limit = LATEST_LIMIT.read(query.limit)?;
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    let events = api.store.latest_events(&caller.scope, tenant, limit).await?;
    let items = events.into_iter().map(|event| LatestSample {
        tenant: event.tenant,
        site: event.site,
        plc_id: event.plc_id,
        gateway_id: event.gateway_id,
        sample: raw_sample(event.metric, event.sample),
    });
    Ok(Json(Page { items: items.collect(), next_cursor: None }))
}

fn read_metrics(text: &str) -> Result<Vec<String>, ApiError> {
    let metrics: Vec<String> = text.split(',').map(str::to_owned).collect();
    if metrics.len() > MAX_METRICS {
        return Err(ApiError::InvalidQuery(format!("metric names at most {MAX_METRICS} metrics")));
    }
    for metric in &metrics {
        Identifier::check(metric)
            .map_err(|why| ApiError::InvalidQuery(format!("metric: {metric:?} {why}")))?;
    }
    Ok(metrics)
}

fn read_place(cursor: &str) -> Result<(History, HistoryKey), ApiError> {
    for of in History::ALL {
        if let Ok([ts, series]) = read_cursor(of.list(), cursor) {
            let key =
                HistoryKey { ts: Timestamp::from_millis(number(&ts)?), series: SeriesId(number(&series)?) };
            return Ok((of, key));
        }
    }
    Err(ApiError::InvalidCursor)
}

fn write_place(of: History, ts: Timestamp, series: SeriesId) -> String {
    write_cursor(of.list(), &[&ts.as_millis().to_string(), &series.0.to_string()])
}

fn wire_sample(row: HistorySample) -> vigia_contract::http::telemetry::RawSample {
    raw_sample(row.metric, row.sample)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::as_conversions,
    reason = "an average is a float, counts are far below 2^53"
)]
fn wire_hour(row: HistoryHour) -> HourlyRow {
    HourlyRow {
        hour: utc(row.hour),
        metric_id: row.metric,
        count: row.count,
        sum: row.sum,
        avg: row.sum.filter(|_| row.count > 0).map(|sum| sum / row.count as f64),
        min: row.min,
        max: row.max,
        first: row.first,
        last: row.last,
        non_good: row.non_good,
    }
}
