//! `resolution=auto`: samples where they are few, buckets of time where they are many.

use super::buckets::Cut;
use super::gaps::{self, Spaced as _};
use super::{DEFAULT_SPAN, wire_hour, wire_sample};
use crate::Api;
use crate::convert::{json_value, utc};
use crate::error::ApiError;
use chrono_tz::Tz;
use std::collections::BTreeMap;
use vigia_contract::http::JsonValue;
use vigia_contract::http::telemetry::{
    BucketColumns, BucketMethod, BucketRow, BucketSource, Buckets, ColumnsWord, Layout, RawColumns,
    Telemetry, TelemetryColumns, TelemetryPage,
};
use vigia_model::{MAX_AHEAD, Timestamp};
use vigia_store::order::TimeOrder;
use vigia_store::telemetry::{
    ChartQuery, ChartSeries, ChartSource, HistoryExtent, HistoryQuery, HistorySample,
};

/// So many points one answer has at most, of all metrics together.
const MOST_POINTS: u32 = 100_000;
/// So many hours are looked at, of all metrics together: 28 years of one, two of fourteen. A few dozen megabytes.
const MOST_HOURS: i64 = 250_000;
const HOUR_MS: i64 = 3_600_000;

/// What is asked for beyond the history itself.
pub(super) struct Question {
    pub(super) max_points: u32,
    pub(super) layout: Layout,
    /// Otherwise the plant's.
    pub(super) zone: Option<Tz>,
}

/// Answers with what fits.
pub(super) async fn answer(
    api: &Api,
    mut history: HistoryQuery<'_>,
    question: &Question,
) -> Result<Telemetry, ApiError> {
    let now = api.clock.now();
    let from = history.from.unwrap_or_else(|| history.to.unwrap_or(now).minus(DEFAULT_SPAN));
    let to = history.to.unwrap_or_else(|| now.plus(MAX_AHEAD));
    if from >= to {
        return Err(ApiError::InvalidQuery("from lies before now".to_owned()));
    }
    (history.from, history.to) = (Some(from), Some(to));
    let named = history.metrics.map_or(1, <[String]>::len);
    let fitting =
        u32::try_from(named).unwrap_or(u32::MAX).saturating_mul(question.max_points).min(MOST_POINTS);
    history.limit = fitting.saturating_add(1);
    let extent = api.store.history_extent(&history).await?;
    if extent.samples <= i64::from(fitting) && !extent.has_hours_before() {
        let samples = api.store.samples(&history).await?;
        if samples.len() <= usize::try_from(fitting).unwrap_or(usize::MAX) {
            return Ok(raw(samples, question.layout));
        }
    }
    let chart = Chart::read(api, &history, question, &extent).await?;
    match question.layout {
        Layout::Columns => Ok(chart.columns()),
        Layout::Rows if chart.is_of_hourly_rows() => {
            history.limit = MOST_POINTS;
            let hours = api.store.hours(&history).await?;
            let items = hours.into_iter().map(wire_hour).collect();
            Ok(Telemetry::Rows(TelemetryPage::Hourly { items, next_cursor: None }))
        }
        Layout::Rows => Ok(chart.rows(history.order)),
    }
}

fn raw(samples: Vec<HistorySample>, layout: Layout) -> Telemetry {
    if layout == Layout::Rows {
        let items = samples.into_iter().map(wire_sample).collect();
        return Telemetry::Rows(TelemetryPage::Raw { items, next_cursor: None });
    }
    let mut metrics: BTreeMap<String, Vec<HistorySample>> = BTreeMap::new();
    for sample in samples {
        metrics.entry(sample.metric.clone()).or_default().push(sample);
    }
    let columns = metrics.into_iter().map(|(metric_id, mut samples)| {
        samples.sort_unstable_by_key(|sample| sample.sample.ts);
        let unit = samples.iter().rev().find_map(|sample| sample.sample.unit.clone());
        let points = gaps::marked(samples, |sample| sample.sample.ts);
        let mut columns = RawColumns {
            metric_id,
            unit: unit.map(Into::into),
            times: points.times(),
            values: Vec::with_capacity(points.len()),
            qualities: Vec::with_capacity(points.len()),
        };
        for (_, sample) in points {
            columns.qualities.push(sample.as_ref().map(|sample| sample.sample.quality.as_str()));
            columns.values.push(sample.map_or(JsonValue::Null, |sample| json_value(sample.sample.value)));
        }
        columns
    });
    Telemetry::Columns(TelemetryColumns::Raw { layout: ColumnsWord::Columns, columns: columns.collect() })
}

/// Buckets, and what is in them.
struct Chart {
    cut: Cut,
    zone: Tz,
    series: Vec<ChartSeries>,
}

impl Chart {
    async fn read(
        api: &Api,
        history: &HistoryQuery<'_>,
        question: &Question,
        extent: &HistoryExtent,
    ) -> Result<Self, ApiError> {
        let of_plant = || extent.time_zone.as_deref().and_then(|zone| zone.parse().ok());
        let zone = question.zone.or_else(of_plant).unwrap_or(Tz::UTC);
        let share = i64::from(MOST_POINTS) / extent.series().max(1);
        let most = u32::try_from(share.max(1)).unwrap_or(u32::MAX).min(question.max_points);
        // What is known by the hour alone is not cut finer.
        let least = if extent.may_have_samples() { 1 } else { HOUR_MS };
        // Nothing is to be seen of the time before the first of them and after the last.
        let span = api.store.history_span(extent).await?;
        let cut = Cut::new(&span, zone, most, least);
        if extent.series().saturating_mul(span.end.millis_since(span.start) / HOUR_MS) > MOST_HOURS {
            let detail = "this is too much for one chart: name fewer metrics (metric=a,b) or a shorter time (from=, to=)";
            return Err(ApiError::InvalidQuery(detail.to_owned()));
        }
        let query = ChartQuery {
            scope: history.scope,
            plc: history.plc,
            metrics: history.metrics,
            edges: cut.edges.clone(),
        };
        let series = api.store.chart(&query).await?;
        Ok(Self { cut, zone, series })
    }

    /// Whether the contract's hourly rows say the same, and more.
    fn is_of_hourly_rows(&self) -> bool {
        let is_hourly = |series: &ChartSeries| {
            series.from == ChartSource::Hourly || series.cells.iter().all(|cell| cell.count == 0)
        };
        self.cut.is_of_hours() && self.series.iter().all(is_hourly)
    }

    #[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "far below 2^53")]
    fn buckets(&self) -> Buckets {
        let edge = |edge: Option<&Timestamp>| utc(edge.copied().unwrap_or_default());
        Buckets {
            method: BucketMethod::MinMaxAvg,
            bucket_seconds: self.cut.width_ms as f64 / 1_000.0,
            time_zone: self.zone.name().to_owned(),
            from: edge(self.cut.edges.first()),
            to: edge(self.cut.edges.last()),
            samples: self.series.iter().flat_map(|series| &series.cells).map(|cell| cell.count).sum(),
        }
    }

    fn rows(self, order: TimeOrder) -> Telemetry {
        let buckets = self.buckets();
        let mut rows: Vec<(Timestamp, BucketRow)> = Vec::new();
        for series in &self.series {
            for (start, cell) in self.cut.edges.iter().zip(&series.cells).filter(|(_, cell)| cell.count > 0) {
                let row = BucketRow {
                    start: utc(*start),
                    metric_id: series.metric.clone(),
                    count: cell.numbers,
                    avg: cell.mean(),
                    min: cell.extent.map(|(min, _)| min),
                    max: cell.extent.map(|(_, max)| max),
                    non_good: cell.non_good,
                };
                rows.push((*start, row));
            }
        }
        rows.sort_by(|(one, _), (other, _)| order.compare(*one, *other));
        let items = rows.into_iter().map(|(_, row)| row).collect();
        Telemetry::Rows(TelemetryPage::Buckets { items, next_cursor: None, buckets })
    }

    fn columns(self) -> Telemetry {
        let buckets = self.buckets();
        let edges = &self.cut.edges;
        let columns = self.series.into_iter().filter_map(|series| {
            let cells = edges.iter().copied().zip(series.cells).filter(|(_, cell)| cell.count > 0);
            let points = gaps::marked(cells.collect(), |(start, _)| *start);
            (!points.is_empty()).then(|| {
                let cells: Vec<_> =
                    points.iter().map(|(_, cell)| cell.as_ref().map(|(_, cell)| cell)).collect();
                BucketColumns {
                    metric_id: series.metric,
                    unit: series.unit,
                    source: match series.from {
                        ChartSource::Samples => BucketSource::Samples,
                        ChartSource::Hourly => BucketSource::Hourly,
                    },
                    times: points.times(),
                    min: cells.iter().map(|cell| Some(cell.as_ref()?.extent?.0)).collect(),
                    max: cells.iter().map(|cell| Some(cell.as_ref()?.extent?.1)).collect(),
                    avg: cells.iter().map(|cell| cell.as_ref()?.mean()).collect(),
                    count: cells.iter().map(|cell| Some(cell.as_ref()?.numbers)).collect(),
                    non_good: cells.iter().map(|cell| Some(cell.as_ref()?.non_good)).collect(),
                }
            })
        });
        let columns = columns.collect();
        Telemetry::Columns(TelemetryColumns::Buckets { layout: ColumnsWord::Columns, columns, buckets })
    }
}
