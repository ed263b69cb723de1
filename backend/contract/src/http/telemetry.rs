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
    /// How many points `auto` may answer raw; more become hourly rows.
    #[serde(default, rename = "maxPoints", alias = "max_points", deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 10_000))]
    pub max_points: Option<u32>,
    #[serde(default, deserialize_with = "optional")]
    pub order: Option<Order>,
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

/// A page of history, in the resolution it names.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "resolution", rename_all = "camelCase")]
#[schemars(example = examples::telemetry_page())]
pub enum TelemetryPage {
    #[serde(rename_all = "camelCase")]
    Raw { items: Vec<RawSample>, next_cursor: Option<String> },
    #[serde(rename_all = "camelCase")]
    Hourly { items: Vec<HourlyRow>, next_cursor: Option<String> },
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
