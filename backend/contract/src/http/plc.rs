//! `/api/plcs`: controllers and their present state.

use crate::http::{JsonValue, UtcTime, examples, words};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A PLC.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = examples::plc())]
pub struct Plc {
    pub id: Uuid,
    /// To be named in the next edit.
    pub version: i32,
    pub tenant: String,
    pub site: String,
    pub plc_id: String,
    pub name: Option<String>,
    /// The newest source time of any of its metrics.
    pub last_ts: Option<UtcTime>,
}

/// The last value of each of its metrics.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = examples::plc_state())]
pub struct PlcState {
    pub tenant: String,
    pub site: String,
    pub plc_id: String,
    pub last_ts: Option<UtcTime>,
    /// By metric.
    pub values: BTreeMap<String, StateValue>,
}

/// The last value of a metric.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StateValue {
    pub value: JsonValue,
    /// Source time.
    pub ts: UtcTime,
    #[schemars(with = "words::Quality")]
    pub quality: &'static str,
    pub unit: Option<String>,
    #[schemars(with = "words::DataType")]
    pub data_type: &'static str,
}
