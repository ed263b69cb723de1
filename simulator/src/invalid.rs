//! Messages with exactly one fault, each with the reason for which it must be refused. Nothing of them is accepted,
//! so none leaves a trace among the real values. And readings that contradict a real one: of the two either may be
//! accepted, whichever comes first.

use crate::error::{Error, Result};
use crate::message::{Expected, ExpectedRejection};
use crate::payload::{Reading, Sender};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::time::Duration;
use vigia_contract::mqtt::MAX_PAYLOAD_BYTES;
use vigia_contract::publish::{TelemetryV1, TelemetryV2};
use vigia_model::{RejectReason, Value};

/// One way to be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvalidKind {
    NotJson,
    MissingField,
    InvalidField,
    InvalidIdentifier,
    UnsupportedSchemaVersion,
    UnknownType,
    ValueTypeMismatch,
    TopicMismatch,
    /// An hour ahead of its time.
    Future,
    /// Older than any window.
    Ancient,
    /// A good envelope of schema 2 whose one sample is bad.
    BadSample,
    /// Above 128 KiB: never sent by a broker like that of AWS, so not among the usual ones.
    TooLarge,
}

impl InvalidKind {
    pub const ALL: [Self; 12] = [
        Self::NotJson,
        Self::MissingField,
        Self::InvalidField,
        Self::InvalidIdentifier,
        Self::UnsupportedSchemaVersion,
        Self::UnknownType,
        Self::ValueTypeMismatch,
        Self::TopicMismatch,
        Self::Future,
        Self::Ancient,
        Self::BadSample,
        Self::TooLarge,
    ];

    /// All but those a broker may refuse by itself.
    pub const USUAL: [Self; 11] = [
        Self::NotJson,
        Self::MissingField,
        Self::InvalidField,
        Self::InvalidIdentifier,
        Self::UnsupportedSchemaVersion,
        Self::UnknownType,
        Self::ValueTypeMismatch,
        Self::TopicMismatch,
        Self::Future,
        Self::Ancient,
        Self::BadSample,
    ];

    /// The reason the contract gives for it.
    pub const fn reason(self) -> RejectReason {
        match self {
            Self::NotJson => RejectReason::NotJson,
            Self::MissingField => RejectReason::MissingField,
            Self::InvalidField => RejectReason::InvalidField,
            Self::InvalidIdentifier => RejectReason::InvalidIdentifier,
            Self::UnsupportedSchemaVersion => RejectReason::UnsupportedSchemaVersion,
            Self::UnknownType => RejectReason::UnknownType,
            Self::ValueTypeMismatch | Self::BadSample => RejectReason::ValueTypeMismatch,
            Self::TopicMismatch => RejectReason::TopicMismatch,
            Self::Future | Self::Ancient => RejectReason::TimestampOutOfRange,
            Self::TooLarge => RejectReason::PayloadTooLarge,
        }
    }
}

/// Spoils the message that `reading` would have made.
pub fn spoil(kind: InvalidKind, sender: &Sender<'_>, reading: &Reading) -> Result<(Bytes, Expected)> {
    let header = sender.header(1, "telemetry", reading.ts);
    let good = TelemetryV1 { header, sample: reading.wire(false) };
    let mut json = serde_json::to_value(&good).map_err(|source| Error::Payload { source })?;
    let expected = Expected::refused(kind.reason());
    match kind {
        InvalidKind::NotJson => {
            // All but its end, so that its time is in it and no two are the same.
            let mut most = json.to_string();
            most.pop();
            return Ok((most.into_bytes().into(), expected));
        }
        InvalidKind::MissingField => {
            if let Some(fields) = json.as_object_mut() {
                fields.remove("quality");
            }
        }
        InvalidKind::InvalidField => set(&mut json, "quality", json!("SPLENDID")),
        InvalidKind::InvalidIdentifier => set(&mut json, "plcId", json!("plc 3/ñ")),
        InvalidKind::UnsupportedSchemaVersion => set(&mut json, "schemaVersion", json!(3)),
        InvalidKind::UnknownType => set(&mut json, "type", json!("gossip")),
        InvalidKind::ValueTypeMismatch => {
            set(&mut json, "dataType", json!("float"));
            set(&mut json, "value", json!("eighty-three"));
        }
        InvalidKind::TopicMismatch => set(&mut json, "plant", json!("another-plant")),
        InvalidKind::Future => {
            set(&mut json, "timestamp", json!(reading.ts.plus(Duration::from_hours(1)).as_millis()));
        }
        InvalidKind::Ancient => {
            set(&mut json, "timestamp", json!(reading.ts.minus(TWENTY_YEARS).as_millis()));
        }
        InvalidKind::TooLarge => set(&mut json, "padding", Json::String("x".repeat(MAX_PAYLOAD_BYTES))),
        InvalidKind::BadSample => return bad_sample(sender, reading),
    }
    Ok((json.to_string().into_bytes().into(), expected))
}

/// The same series and time with the next number; `None` where there is no number.
pub fn contradicted(reading: &Reading) -> Option<Reading> {
    let value = match reading.value {
        Some(Value::Float(number)) => Value::Float(number.next_up()),
        Some(Value::Int(number)) => Value::Int(number.wrapping_add(1)),
        Some(Value::Bool(_) | Value::Text(_)) | None => return None,
    };
    Some(Reading { value: Some(value), ..reading.clone() })
}

const TWENTY_YEARS: Duration = Duration::from_hours(20 * 365 * 24);

fn bad_sample(sender: &Sender<'_>, reading: &Reading) -> Result<(Bytes, Expected)> {
    let header = sender.header(2, "telemetry", reading.ts);
    let message = TelemetryV2 { header, samples: vec![reading.wire(true)] };
    let mut json = serde_json::to_value(&message).map_err(|source| Error::Payload { source })?;
    if let Some(sample) = json.pointer_mut("/samples/0") {
        set(sample, "dataType", json!("int"));
        set(sample, "value", json!(1.5));
    }
    let rejection = ExpectedRejection { index: Some(0), reason: InvalidKind::BadSample.reason() };
    Ok((json.to_string().into_bytes().into(), Expected { rejected: vec![rejection], duplicate: false }))
}

fn set(json: &mut Json, field: &str, to: Json) {
    if let Some(fields) = json.as_object_mut() {
        fields.insert(field.to_owned(), to);
    }
}
