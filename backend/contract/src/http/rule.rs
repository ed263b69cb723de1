//! `/api/persist-rules`: what is kept.

use crate::http::query::optional;
use crate::http::whole::{optional_whole, whole};
use crate::http::words::{self, IDENTIFIER, NAME, PATTERN};
use crate::http::{Ignored, UtcTime, examples};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use validator::Validate;

/// A persistence rule.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = examples::rule())]
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
    #[schemars(with = "words::Mode")]
    pub mode: &'static str,
    /// How long samples stay; null: as long as `RAW_RETENTION_DAYS` says.
    pub raw_retention_days: Option<i32>,
    /// How long hourly rows stay; null: as long as `HOURLY_RETENTION_DAYS` says.
    pub hourly_retention_days: Option<i32>,
    pub created_at: UtcTime,
    /// How many series it has to do with; only in a list with `counts=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<RuleSeries>,
}

/// How many series a rule has to do with. Those of which something came are counted by the gateway that sent the newest sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleSeries {
    /// Those it matches, also while it is disabled.
    pub matched: u64,
    /// Those for which it decides.
    pub decided: u64,
}

/// What was counted for a list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountedSeries {
    pub series: u64,
    /// Those for which no rule decides.
    pub by_default: u64,
    /// False: there are more than are counted, which is a million.
    pub complete: bool,
}

/// How long what is kept stays where no rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefaultRetention {
    /// `RAW_RETENTION_DAYS`; null: for ever.
    pub raw_days: Option<i32>,
    /// `HOURLY_RETENTION_DAYS`; null: for ever.
    pub hourly_days: Option<i32>,
}

/// The query of the rules' list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleQuery {
    /// Whether to count the series of each rule, which takes a moment where there are very many.
    #[serde(default, deserialize_with = "optional")]
    pub counts: Option<bool>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// A rule as somebody writes it. A field that is not named here is an error: a mistyped `metricId` would otherwise
/// be a rule for every metric. What a client got (`id`, `createdAt`) it may send back; the server's own holds.
#[derive(Debug, Clone, Deserialize, Validate, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::rule_body())]
pub struct RuleBody {
    #[serde(default)]
    pub id: Ignored,
    #[serde(default, alias = "created_at")]
    pub created_at: Ignored,
    #[serde(default)]
    pub series: Ignored,
    /// The version the edit started from; needed to update, here or as `If-Match`.
    #[serde(default, deserialize_with = "optional_whole")]
    pub version: Option<i32>,
    #[schemars(regex(pattern = NAME))]
    #[validate(length(min = 1, max = 200, message = "a name has 1 to 200 characters"))]
    pub name: String,
    #[serde(default = "yes")]
    pub enabled: bool,
    #[serde(default = "default_priority", deserialize_with = "whole")]
    #[validate(range(min = -1_000_000, max = 1_000_000, message = "a priority lies between -1000000 and 1000000"))]
    pub priority: i32,
    #[serde(default = "any")]
    #[schemars(regex(pattern = PATTERN))]
    pub tenant: String,
    #[serde(default = "any")]
    #[schemars(regex(pattern = PATTERN))]
    pub province: String,
    #[serde(default = "any", alias = "site")]
    #[schemars(regex(pattern = PATTERN))]
    pub plant: String,
    #[serde(default = "any", alias = "gateway_id")]
    #[schemars(regex(pattern = PATTERN))]
    pub gateway_id: String,
    #[serde(default = "any", alias = "plc_id")]
    #[schemars(regex(pattern = PATTERN))]
    pub plc_id: String,
    #[serde(default = "any", alias = "metric_id")]
    #[schemars(regex(pattern = PATTERN))]
    pub metric_id: String,
    #[schemars(with = "words::Mode")]
    pub mode: String,
    /// How long samples stay; null: as long as `RAW_RETENTION_DAYS` says.
    #[serde(default, alias = "raw_retention_days", deserialize_with = "optional_whole")]
    #[schemars(range(min = 1, max = 36_500))]
    pub raw_retention_days: Option<i32>,
    /// How long hourly rows stay; null: as long as `HOURLY_RETENTION_DAYS` says.
    #[serde(default, alias = "hourly_retention_days", deserialize_with = "optional_whole")]
    #[schemars(range(min = 1, max = 36_500))]
    pub hourly_retention_days: Option<i32>,
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
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainQuery {
    /// With `province`, the plant need not be known; without, it is the plant's.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub province: Option<String>,
    #[serde(alias = "plant")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub site: String,
    /// Left out: each gateway that sends it.
    #[serde(default, rename = "gatewayId", alias = "gateway_id", deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub gateway_id: Option<String>,
    #[serde(rename = "plcId", alias = "plc_id")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub plc_id: String,
    #[serde(rename = "metricId", alias = "metric_id")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub metric_id: String,
}

/// What is kept of a series, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    pub series: SeriesNames,
    #[schemars(with = "words::Mode")]
    pub mode: &'static str,
    /// How long samples stay, by the rule or by `RAW_RETENTION_DAYS`; null: for ever.
    pub raw_retention_days: Option<i32>,
    /// How long hourly rows stay, by the rule or by `HOURLY_RETENTION_DAYS`; null: for ever.
    pub hourly_retention_days: Option<i32>,
    /// Who says how long samples stay.
    #[schemars(with = "words::RetentionSource")]
    pub raw_retention_from: &'static str,
    /// Who says how long hourly rows stay.
    #[schemars(with = "words::RetentionSource")]
    pub hourly_retention_from: &'static str,
    /// Null where no enabled rule matches: then `PERSIST_DEFAULT_MODE` holds.
    pub decided_by: Option<Rule>,
    /// The other rules that match, the stronger first and the disabled last.
    pub overruled: Vec<Overruled>,
    /// Where no gateway was named: the one this is about, which sent the newest sample, and the others that send the series.
    /// Those of the plant, if nobody sent it yet; at most 100. Otherwise none.
    pub gateways: Vec<GatewayExplanation>,
}

/// What is kept of a series when a certain gateway sends it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayExplanation {
    pub gateway_id: String,
    /// Whether it sent the series: the newest sample, or any in the last day.
    pub sends: bool,
    #[schemars(with = "words::Mode")]
    pub mode: &'static str,
    pub raw_retention_days: Option<i32>,
    pub hourly_retention_days: Option<i32>,
    /// Null where no enabled rule matches.
    pub decided_by: Option<Rule>,
}

/// The names that rules match.
#[derive(Debug, Clone, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Overruled {
    pub rule: Rule,
    #[schemars(with = "words::Weakness")]
    pub because: &'static str,
}

/// The query of a dry run.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DryRunQuery {
    /// The rule the draft would replace; without it, it would be added.
    #[serde(default, deserialize_with = "optional")]
    pub replaces: Option<Uuid>,
}

/// What a draft would change, reckoned from what came lately.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DryRun {
    /// What came since then is what was reckoned with: a day, or less when the program started later.
    pub from: UtcTime,
    pub to: UtcTime,
    /// Series of which something came, and that the draft matches.
    pub matched: u64,
    /// Those of all series for which another mode would hold.
    pub touched: u64,
    /// What is kept in a day, of all series, as things are.
    pub before: KeptPerDay,
    /// What would be.
    pub after: KeptPerDay,
    /// `after` less `before`: positive is added, negative saved.
    pub change: KeptPerDay,
    /// As it is kept in the long run: packed, if samples are packed.
    pub bytes_per_sample: f64,
    pub bytes_per_hourly_row: i64,
    /// Whether the former comes from this database, or is what it usually is because nothing is known of the last day yet.
    pub bytes_measured: bool,
    /// Series that would be touched, those with the most samples first; at most 100.
    pub series: Vec<TouchedSeries>,
}

/// What is kept in a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptPerDay {
    /// Rows of samples, those of the mode `hourly` included: they are kept so that a repeat counts once.
    pub sample_rows: i64,
    /// Those of them that are in the event history.
    pub events: i64,
    pub hourly_rows: i64,
    pub bytes: i64,
}

/// A series for which another mode would hold.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TouchedSeries {
    #[serde(flatten)]
    pub series: SeriesNames,
    pub samples_per_day: i64,
    #[schemars(with = "words::Mode")]
    pub before: &'static str,
    #[schemars(with = "words::Mode")]
    pub after: &'static str,
    /// The rule that decides now; null where the default holds.
    pub decided_by: Option<String>,
}
