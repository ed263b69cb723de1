//! `/api/telemetry`: history.

use crate::http::query::optional;
use crate::http::words::{self, IDENTIFIER};
use crate::http::{JsonValue, Order, UtcTime, examples};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The query of a PLC's history.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TelemetryQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// Inclusive. Without it there is no lower bound, except under `auto`: 24 hours before `to`.
    #[serde(default, deserialize_with = "optional")]
    pub from: Option<UtcTime>,
    /// Exclusive. Without it there is no upper bound.
    #[serde(default, deserialize_with = "optional")]
    pub to: Option<UtcTime>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 10_000))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
    /// One metric, or several separated by commas. Without it: all of the PLC.
    #[serde(default, alias = "metricId", alias = "metric_id", deserialize_with = "optional")]
    pub metric: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    pub resolution: Option<Resolution>,
    /// How many points of each metric `auto` may answer: if there are more samples, buckets of time.
    #[serde(default, rename = "maxPoints", alias = "max_points", deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 10_000))]
    pub max_points: Option<u32>,
    /// IANA name of the time zone by whose days and hours `auto` cuts buckets. Without it: the plant's.
    #[serde(default, alias = "timeZone", alias = "time_zone", deserialize_with = "optional")]
    pub tz: Option<String>,
    /// In which shape `auto` answers.
    #[serde(default, deserialize_with = "optional")]
    pub layout: Option<Layout>,
    #[serde(default, deserialize_with = "optional")]
    pub order: Option<Order>,
}

/// The query of an export.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// Inclusive. Without it: 24 hours before `to`.
    #[serde(default, deserialize_with = "optional")]
    pub from: Option<UtcTime>,
    /// Exclusive. Without it: now.
    #[serde(default, deserialize_with = "optional")]
    pub to: Option<UtcTime>,
    /// One metric, or several separated by commas. Without it: all of the PLC.
    #[serde(default, alias = "metricId", alias = "metric_id", deserialize_with = "optional")]
    pub metric: Option<String>,
}

/// The query of the newest events.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LatestQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
}

/// Which of the two histories is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Resolution {
    Raw,
    Hourly,
    Auto,
}

impl FromStr for Resolution {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "raw" => Ok(Self::Raw),
            "hourly" => Ok(Self::Hourly),
            "auto" => Ok(Self::Auto),
            _ => Err("is none of raw, hourly, auto"),
        }
    }
}

/// How the points of a chart are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum Layout {
    /// One item for each point.
    #[default]
    Rows,
    /// One list of numbers for each metric and figure.
    Columns,
}

impl FromStr for Layout {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "rows" => Ok(Self::Rows),
            "columns" => Ok(Self::Columns),
            _ => Err("is neither rows nor columns"),
        }
    }
}

/// What a question about history is answered with.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Telemetry {
    Rows(TelemetryPage),
    Columns(TelemetryColumns),
}

/// A page of history, in the resolution it names.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "resolution", rename_all = "camelCase")]
#[schemars(example = examples::telemetry_page())]
pub enum TelemetryPage {
    #[serde(rename_all = "camelCase")]
    Raw { items: Vec<RawSample>, next_cursor: Option<String> },
    #[serde(rename_all = "camelCase")]
    Hourly { items: Vec<HourlyRow>, next_cursor: Option<String> },
    #[serde(rename_all = "camelCase")]
    Buckets {
        items: Vec<BucketRow>,
        /// Always null: buckets come all at once.
        next_cursor: Option<String>,
        #[serde(flatten)]
        buckets: Buckets,
    },
}

/// A chart, a list for each metric and figure. All lists of one metric are of the same length.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "resolution", rename_all = "camelCase")]
#[schemars(example = examples::telemetry_columns())]
pub enum TelemetryColumns {
    #[serde(rename_all = "camelCase")]
    Raw { layout: ColumnsWord, columns: Vec<RawColumns> },
    #[serde(rename_all = "camelCase")]
    Buckets {
        layout: ColumnsWord,
        columns: Vec<BucketColumns>,
        #[serde(flatten)]
        buckets: Buckets,
    },
}

/// Tells columns from rows.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ColumnsWord {
    Columns,
}

/// How samples were put into buckets.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Buckets {
    pub method: BucketMethod,
    /// How long a bucket is; days and longer ones vary with the calendar and the time zone.
    pub bucket_seconds: f64,
    /// IANA name.
    pub time_zone: String,
    /// The first bucket's start: in it is the first of what there is in the span asked for.
    pub from: UtcTime,
    /// The last bucket's end: in it is the last of what there is.
    pub to: UtcTime,
    /// How many samples all buckets stand for.
    pub samples: i64,
}

/// What a bucket shows of the samples in it.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BucketMethod {
    /// The least and the greatest number of all, and their mean: no peak is lost.
    MinMaxAvg,
}

/// The samples of a metric. Where nothing came for much longer than usual, all but the time is null.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RawColumns {
    pub metric_id: String,
    pub unit: Option<String>,
    /// Source times, in milliseconds since 1970.
    pub times: Vec<i64>,
    pub values: Vec<JsonValue>,
    #[schemars(with = "Vec<Option<words::Quality>>")]
    pub qualities: Vec<Option<&'static str>>,
}

/// The buckets of a metric that hold anything. Where none did for much longer than usual, all but the time is null.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketColumns {
    pub metric_id: String,
    pub unit: Option<String>,
    pub source: BucketSource,
    /// Starts of the buckets, in milliseconds since 1970.
    pub times: Vec<i64>,
    pub min: Vec<Option<f64>>,
    pub max: Vec<Option<f64>>,
    pub avg: Vec<Option<f64>>,
    /// Good numeric or bool samples: those the figures are over.
    pub count: Vec<Option<i64>>,
    pub non_good: Vec<Option<i64>>,
}

/// What buckets were made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BucketSource {
    Samples,
    /// Hourly rows, in part at least.
    Hourly,
}

/// What there was of a metric in one bucket of time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketRow {
    pub start: UtcTime,
    pub metric_id: String,
    /// Good numeric or bool samples: those the figures are over.
    pub count: i64,
    pub avg: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub non_good: i64,
}

/// One sample of the event history.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RawSample {
    /// Source time.
    pub ts: UtcTime,
    pub metric_id: String,
    pub value: JsonValue,
    #[schemars(with = "words::Quality")]
    pub quality: &'static str,
    pub unit: Option<String>,
    #[schemars(with = "words::DataType")]
    pub data_type: &'static str,
}

/// Statistics of one UTC hour; the figures are null when no sample of it was good and countable.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HourlyRow {
    /// Its start.
    pub hour: UtcTime,
    pub metric_id: String,
    pub count: i64,
    pub sum: Option<f64>,
    pub avg: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub first: Option<f64>,
    pub last: Option<f64>,
    pub non_good: i64,
}

/// One of the newest events, with where it came from.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LatestSample {
    pub tenant: String,
    pub site: String,
    pub plc_id: String,
    pub gateway_id: String,
    #[serde(flatten)]
    pub sample: RawSample,
}
