//! `/api/alarms`: what somebody should look at.

use crate::http::query::optional;
use crate::http::words::{self, IDENTIFIER};
use crate::http::{UtcTime, examples};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Text, of which lines may break.
const COMMENT: &str = r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$";

/// An alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(example = examples::alarm())]
pub struct Alarm {
    /// A word of whoever raised it.
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(flatten)]
    pub facts: AlarmFacts,
}

/// All of an alarm but its type, which has another name in the live feed: there `type` is the message's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmFacts {
    pub id: Uuid,
    /// The tenant's code.
    pub tenant: String,
    /// The plant's code.
    pub site: String,
    pub plc_id: String,
    /// What people call the PLC; null: it has no name but its id.
    pub plc_name: Option<String>,
    /// What it is about; null: the PLC as a whole.
    pub metric_id: Option<String>,
    /// When it arose.
    pub ts: UtcTime,
    /// For people.
    pub message: String,
    #[schemars(with = "words::Severity")]
    pub severity: &'static str,
    /// Whether somebody has taken note.
    pub acknowledged: bool,
    pub acknowledged_at: Option<UtcTime>,
    /// E-mail, or the name of a key; null when it was done in SQL.
    pub acknowledged_by: Option<String>,
    /// What was said when acknowledging.
    pub comment: Option<String>,
    pub created_at: UtcTime,
    /// When it changed last, by the database's clock.
    pub changed_at: UtcTime,
    /// Grows with every change.
    pub version: i32,
}

/// The query of the alarms' lists.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmQuery {
    /// Only those of this tenant, by its code.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// Only those of this plant, by its code.
    #[serde(default, alias = "plant", deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub site: Option<String>,
    /// Only those of PLCs of this name.
    #[serde(default, rename = "plcId", alias = "plc_id", deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub plc_id: Option<String>,
    /// Only those that were acknowledged, or were not.
    #[serde(default, deserialize_with = "optional")]
    pub acknowledged: Option<bool>,
    /// One or more of `critical`, `high`, `medium`, `low`, with commas between.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = "^(critical|high|medium|low)(,(critical|high|medium|low))*$"))]
    pub severity: Option<String>,
    /// Only those of this type.
    #[serde(default, rename = "type", deserialize_with = "optional")]
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[^\x00]*$"))]
    pub kind: Option<String>,
    /// Arisen at or after.
    #[serde(default, deserialize_with = "optional")]
    pub from: Option<UtcTime>,
    /// Arisen before.
    #[serde(default, deserialize_with = "optional")]
    pub to: Option<UtcTime>,
    /// Only those that are new or changed at or after, by the database's clock. What was written in a long transaction carries
    /// an earlier time: ask from a minute before the last answer.
    #[serde(default, rename = "changedSince", alias = "changed_since", deserialize_with = "optional")]
    pub changed_since: Option<UtcTime>,
    /// `ts` (the default): the newest first; `severity`: the most severe first, then the newest.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::AlarmSort>")]
    pub sort: Option<String>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// The query of the summary.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmSummaryQuery {
    /// Only those of this tenant, by its code.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// Only those of this plant, by its code.
    #[serde(default, alias = "plant", deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub site: Option<String>,
}

/// What nobody has taken note of yet.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmSummary {
    pub unacknowledged: SeverityCounts,
    /// The newest of them; null when there is none.
    pub newest: Option<Alarm>,
}

/// How many by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeverityCounts {
    pub critical: i64,
    pub high: i64,
    pub medium: i64,
    pub low: i64,
}

/// What somebody says on acknowledging one alarm. The whole body may be left out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::acknowledge_body())]
pub struct AcknowledgeBody {
    #[serde(default)]
    #[schemars(length(max = 1_000), regex(pattern = COMMENT))]
    pub comment: Option<String>,
}

/// Alarms to be acknowledged.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::acknowledge_many_body())]
pub struct AcknowledgeManyBody {
    #[schemars(length(min = 1, max = 500))]
    pub ids: Vec<Uuid>,
    /// Said of each.
    #[serde(default)]
    #[schemars(length(max = 1_000), regex(pattern = COMMENT))]
    pub comment: Option<String>,
}

/// What became of alarms to be acknowledged, in the order they were named.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcknowledgedMany {
    pub results: Vec<AcknowledgedOne>,
}

/// What became of one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcknowledgedOne {
    pub id: Uuid,
    #[schemars(with = "words::AcknowledgeResult")]
    pub result: &'static str,
    /// When the first who did took note of it; null where it is `forbidden` or `not_found`.
    pub acknowledged_at: Option<UtcTime>,
    /// E-mail, or the name of a key, of the first who did; null also when it was done in SQL.
    pub acknowledged_by: Option<String>,
}
