//! From the domain to the wire.

use crate::error::ApiError;
use vigia_contract::http::gateway::Heartbeat;
use vigia_contract::http::telemetry::RawSample;
use vigia_contract::http::{JsonValue, Order, UtcTime};
use vigia_model::{Sample, Timestamp, Value};
use vigia_store::order::TimeOrder;

pub(crate) fn utc(ts: Timestamp) -> UtcTime {
    UtcTime::from_millis(ts.as_millis())
}

pub(crate) fn timestamp(time: UtcTime) -> Timestamp {
    Timestamp::from_millis(time.as_millis())
}

/// A span of time somebody asks for, open where he names no end.
///
/// # Errors
/// When it ends before it begins.
pub(crate) fn span(
    from: Option<UtcTime>,
    to: Option<UtcTime>,
) -> Result<(Option<Timestamp>, Option<Timestamp>), ApiError> {
    let (from, to) = (from.map(timestamp), to.map(timestamp));
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return Err(ApiError::InvalidQuery("from lies before to".to_owned()));
    }
    Ok((from, to))
}

/// Newest first, unless it was asked for otherwise.
pub(crate) fn time_order(asked: Option<Order>) -> TimeOrder {
    match asked.unwrap_or_default() {
        Order::Descending => TimeOrder::NewestFirst,
        Order::Ascending => TimeOrder::OldestFirst,
    }
}

pub(crate) fn json_value(value: Option<Value>) -> JsonValue {
    match value {
        Some(Value::Float(number)) => JsonValue::Float(number),
        Some(Value::Int(number)) => JsonValue::Int(number),
        Some(Value::Bool(flag)) => JsonValue::Bool(flag),
        Some(Value::Text(text)) => JsonValue::Text(text),
        None => JsonValue::Null,
    }
}

pub(crate) fn raw_sample(metric_id: String, sample: Sample) -> RawSample {
    RawSample {
        ts: utc(sample.ts),
        metric_id,
        value: json_value(sample.value),
        quality: sample.quality.as_str(),
        unit: sample.unit.map(Into::into),
        data_type: sample.data_type.as_str(),
    }
}

pub(crate) fn heartbeat(beat: &vigia_model::Heartbeat) -> Heartbeat {
    let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    Heartbeat {
        state: beat.state.to_string(),
        version: text(&beat.version),
        uptime_sec: beat.uptime_sec,
        internet: text(&beat.internet),
        mqtt: text(&beat.mqtt),
        plc_link: text(&beat.plc_link),
        buffer_mode: text(&beat.buffer_mode),
        queued_messages: beat.queued_messages,
        timestamp: utc(beat.ts),
    }
}
