//! MQTT payloads as gateways write them: for the simulator, for tests, and later for our own gateway.

use serde::Serialize;

/// The envelope every message carries.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Header<'a> {
    pub schema_version: u8,
    /// Unix milliseconds, UTC, at the source.
    pub timestamp: i64,
    /// `telemetry` or `heartbeat`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub tenant: &'a str,
    pub province: &'a str,
    pub plant: &'a str,
    pub gateway_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
}

/// A value as JSON shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum WireValue {
    Float(f64),
    Int(i64),
    Bool(bool),
    Text(String),
    Null,
}

/// One sample: the flat part of schema 1, or an element of schema 2.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireSample<'a> {
    pub plc_id: &'a str,
    pub metric_id: &'a str,
    /// Absent in schema 1, where the envelope's holds; optional in schema 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
    pub value: WireValue,
    /// `float`, `int`, `bool` or `string`.
    pub data_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'a str>,
    /// `GOOD`, `UNCERTAIN` or `BAD`.
    pub quality: &'static str,
}

/// Schema 1 telemetry: one sample, flat.
#[derive(Debug, Clone, Serialize)]
pub struct TelemetryV1<'a> {
    #[serde(flatten)]
    pub header: Header<'a>,
    #[serde(flatten)]
    pub sample: WireSample<'a>,
}

/// Schema 2 telemetry: 1–2 000 samples.
#[derive(Debug, Clone, Serialize)]
pub struct TelemetryV2<'a> {
    #[serde(flatten)]
    pub header: Header<'a>,
    pub samples: Vec<WireSample<'a>>,
}

/// A gateway's sign of life.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Heartbeat<'a> {
    #[serde(flatten)]
    pub header: Header<'a>,
    pub state: &'a str,
    pub version: &'a str,
    pub uptime_sec: i64,
    pub internet: &'a str,
    pub mqtt: &'a str,
    pub plc_link: &'a str,
    pub buffer_mode: &'a str,
    pub queued_messages: i64,
}
