//! `/api/persist-rules`: what is kept.

use crate::http::UtcTime;
use crate::http::query::optional;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use validator::Validate;

/// A persistence rule.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    pub id: Uuid,
    /// To be named in the next edit.
    pub version: i32,
    pub name: String,
    pub enabled: bool,
    /// The higher one wins.
    pub priority: i32,
    pub tenant: String,
    pub province: String,
    pub plant: String,
    pub gateway_id: String,
    pub plc_id: String,
    pub metric_id: String,
    /// `raw`, `hourly`, `both` or `none`.
    pub mode: &'static str,
    pub created_at: UtcTime,
}

/// A rule as somebody writes it. A field that is not named here is an error: a mistyped `metricId` would otherwise
/// be a rule for every metric. What a client got (`id`, `createdAt`) it may send back; the server's own holds.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleBody {
    #[serde(default)]
    pub id: serde::de::IgnoredAny,
    #[serde(default, alias = "created_at")]
    pub created_at: serde::de::IgnoredAny,
    /// The version the edit started from; needed to update, here or as `If-Match`.
    pub version: Option<i32>,
    #[validate(length(min = 1, max = 200, message = "a name has 1 to 200 characters"))]
    pub name: String,
    #[serde(default = "yes")]
    pub enabled: bool,
    #[serde(default = "default_priority")]
    #[validate(range(min = -1_000_000, max = 1_000_000, message = "a priority lies between -1000000 and 1000000"))]
    pub priority: i32,
    #[serde(default = "any")]
    pub tenant: String,
    #[serde(default = "any")]
    pub province: String,
    #[serde(default = "any", alias = "site")]
    pub plant: String,
    #[serde(default = "any", alias = "gateway_id")]
    pub gateway_id: String,
    #[serde(default = "any", alias = "plc_id")]
    pub plc_id: String,
    #[serde(default = "any", alias = "metric_id")]
    pub metric_id: String,
    pub mode: String,
}

fn yes() -> bool {
    true
}

fn default_priority() -> i32 {
    100
}

fn any() -> String {
    "*".to_owned()
}

/// The query of `explain`: the names of a series, which need not have been seen yet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainQuery {
    /// With `province`, the plant need not be known; without, it is the plant's.
    #[serde(default, deserialize_with = "optional")]
    pub tenant: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    pub province: Option<String>,
    #[serde(alias = "plant")]
    pub site: String,
    #[serde(rename = "gatewayId", alias = "gateway_id")]
    pub gateway_id: String,
    #[serde(rename = "plcId", alias = "plc_id")]
    pub plc_id: String,
    #[serde(rename = "metricId", alias = "metric_id")]
    pub metric_id: String,
}

/// What is kept of a series, and why.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    pub series: SeriesNames,
    /// `raw`, `hourly`, `both` or `none`.
    pub mode: &'static str,
    /// Null where no enabled rule matches: then `PERSIST_DEFAULT_MODE` holds.
    pub decided_by: Option<Rule>,
    /// The other rules that match, the stronger first and the disabled last.
    pub overruled: Vec<Overruled>,
}

/// The names that rules match.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeriesNames {
    pub tenant: String,
    pub province: String,
    pub site: String,
    pub gateway_id: String,
    pub plc_id: String,
    pub metric_id: String,
}

/// A rule that matches and does not decide.
#[derive(Debug, Clone, Serialize)]
pub struct Overruled {
    pub rule: Rule,
    /// `lower_priority`, `less_specific`, `older` or `disabled`.
    pub because: &'static str,
}
