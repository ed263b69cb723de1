//! Bytes of good messages, by the contract's own types.

use crate::error::{Error, Result};
use bytes::Bytes;
use serde::Serialize;
use std::sync::Arc;
use vigia_contract::publish::{Header, Heartbeat, TelemetryV1, TelemetryV2, WireSample, WireValue};
use vigia_model::{DataType, Quality, Timestamp, Value};

/// One value read from a PLC, not yet in a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub plc_id: Arc<str>,
    pub metric_id: Arc<str>,
    pub unit: Option<Arc<str>>,
    pub ts: Timestamp,
    pub data_type: DataType,
    pub value: Option<Value>,
    pub quality: Quality,
}

/// Who sends, as payloads say it.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    pub tenant: &'a str,
    pub province: &'a str,
    pub plant: &'a str,
    pub gateway: &'a str,
    /// The gateway's boot and the message's number in it.
    pub boot: Option<(&'a str, i64)>,
}

impl<'a> Sender<'a> {
    /// The envelope of a message.
    pub fn header(&self, schema_version: u8, kind: &'static str, at: Timestamp) -> Header<'a> {
        Header {
            schema_version,
            timestamp: at.as_millis(),
            kind,
            tenant: self.tenant,
            province: self.province,
            plant: self.plant,
            gateway_id: self.gateway,
            boot_id: self.boot.map(|(boot_id, _)| boot_id),
            seq: self.boot.map(|(_, seq)| seq),
        }
    }
}

impl Reading {
    /// As an element of schema 2; without its time, as the flat part of schema 1.
    pub fn wire(&self, with_time: bool) -> WireSample<'_> {
        WireSample {
            plc_id: &self.plc_id,
            metric_id: &self.metric_id,
            timestamp: with_time.then(|| self.ts.as_millis()),
            value: match &self.value {
                None => WireValue::Null,
                Some(Value::Float(number)) => WireValue::Float(*number),
                Some(Value::Int(number)) => WireValue::Int(*number),
                Some(Value::Bool(flag)) => WireValue::Bool(*flag),
                Some(Value::Text(text)) => WireValue::Text(text.as_ref().to_owned()),
            },
            data_type: self.data_type.as_str(),
            unit: self.unit.as_deref(),
            quality: self.quality.as_str(),
        }
    }
}

/// Schema 1: one sample, flat.
pub fn single(sender: &Sender<'_>, reading: &Reading) -> Result<Bytes> {
    let header = sender.header(1, "telemetry", reading.ts);
    bytes_of(&TelemetryV1 { header, sample: reading.wire(false) }, 1)
}

/// Schema 2: many samples, each with its own time unless that is the envelope's.
pub fn many(sender: &Sender<'_>, at: Timestamp, readings: &[Reading]) -> Result<Bytes> {
    let header = sender.header(2, "telemetry", at);
    let samples = readings.iter().map(|reading| reading.wire(reading.ts != at)).collect();
    bytes_of(&TelemetryV2 { header, samples }, readings.len())
}

/// What a heartbeat reports.
#[derive(Debug, Clone, Copy)]
pub struct Health<'a> {
    pub version: &'a str,
    pub uptime_sec: i64,
    pub plc_link: &'a str,
    pub queued_messages: i64,
}

/// A sign of life; `schema_version` is the one the gateway uses for its telemetry.
pub fn heartbeat(
    sender: &Sender<'_>,
    schema_version: u8,
    at: Timestamp,
    health: &Health<'_>,
) -> Result<Bytes> {
    let beat = Heartbeat {
        header: sender.header(schema_version, "heartbeat", at),
        state: "online",
        version: health.version,
        uptime_sec: health.uptime_sec,
        internet: "ok",
        mqtt: "ok",
        plc_link: health.plc_link,
        buffer_mode: "disk",
        queued_messages: health.queued_messages,
    };
    bytes_of(&beat, 1)
}

fn bytes_of(payload: &impl Serialize, samples: usize) -> Result<Bytes> {
    let mut bytes = Vec::with_capacity(256 + 160 * samples);
    serde_json::to_writer(&mut bytes, payload).map_err(|source| Error::Payload { source })?;
    Ok(bytes.into())
}
