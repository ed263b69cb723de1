//! `/api/plcs`: controllers and their present state.

use crate::http::{JsonValue, UtcTime};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A PLC.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plc {
    pub id: Uuid,
    pub tenant: String,
    pub site: String,
    pub plc_id: String,
    pub name: Option<String>,
    /// The newest source time of any of its metrics.
    pub last_ts: Option<UtcTime>,
}

/// The last value of each of its metrics.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlcState {
    pub tenant: String,
    pub site: String,
    pub plc_id: String,
    pub last_ts: Option<UtcTime>,
    /// By metric.
    pub values: BTreeMap<String, StateValue>,
}

/// The last value of a metric.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateValue {
    pub value: JsonValue,
    /// Source time.
    pub ts: UtcTime,
    /// `GOOD`, `UNCERTAIN` or `BAD`.
    pub quality: &'static str,
    pub unit: Option<String>,
    /// `float`, `int`, `bool` or `string`.
    pub data_type: &'static str,
}
