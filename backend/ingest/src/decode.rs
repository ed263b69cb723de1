//! Decode: a topic and bytes become a contract type, or a rejection. Nothing is interpreted yet.

use vigia_contract::mqtt::{self, Envelope, MAX_PAYLOAD_BYTES};
use vigia_contract::topic::TelemetryTopic;
use vigia_model::{Identifier, RejectReason, Rejection, Source};

/// The names in a topic, checked.
///
/// # Errors
/// `topic_mismatch` when the topic has another form, `invalid_identifier` when a level is no identifier.
pub fn decode_topic(topic: &str) -> Result<Source, Rejection> {
    let parsed = TelemetryTopic::parse(topic).ok_or_else(|| {
        Rejection::message(
            RejectReason::TopicMismatch,
            "topic is not factory/{tenant}/{province}/{plant}/gateway/{thing}/telemetry",
        )
    })?;
    let level = |name: &str, text: &str| {
        Identifier::new(text).map_err(|error| {
            Rejection::message(RejectReason::InvalidIdentifier, format!("topic level {name} {error}"))
        })
    };
    Ok(Source {
        tenant: level("tenant", parsed.tenant)?,
        province: level("province", parsed.province)?,
        plant: level("plant", parsed.plant)?,
        gateway: level("gateway", parsed.gateway)?,
    })
}

/// Reads a payload.
///
/// # Errors
/// `payload_too_large`, `not_json`, or `invalid_field` when the JSON holds what no field of ours can.
pub fn decode(payload: &[u8]) -> Result<Envelope<'_>, Rejection> {
    if payload.len() > MAX_PAYLOAD_BYTES {
        return Err(Rejection::message(
            RejectReason::PayloadTooLarge,
            format!("payload has {} bytes, at most {MAX_PAYLOAD_BYTES} are taken", payload.len()),
        ));
    }
    mqtt::read(payload).map_err(|error| {
        if mqtt::is_json(payload) {
            Rejection::message(RejectReason::InvalidField, format!("payload cannot be read: {error}"))
        } else {
            Rejection::message(RejectReason::NotJson, format!("payload is not JSON: {error}"))
        }
    })
}
