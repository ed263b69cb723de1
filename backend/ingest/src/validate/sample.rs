//! One sample: names, time, type and value, quality, unit.

use super::field::{check_text, name, optional_text, require, text, timestamp};
use super::{TimeWindow, ValidSample};
use vigia_contract::mqtt::{SampleFields, Scalar};
use vigia_model::sample::{MAX_TEXT_CHARS, MAX_UNIT_CHARS};
use vigia_model::{DataType, Quality, RejectReason, Rejection, Sample, Timestamp, Value};

/// Validates the fields of one sample; its own timestamp counts before that of the envelope.
pub(super) fn sample(
    fields: SampleFields<'_>,
    envelope_timestamp: Timestamp,
    index: Option<u32>,
    received_at: Timestamp,
    window: TimeWindow,
) -> Result<ValidSample<'_>, Rejection> {
    let plc = name("plcId", fields.plc_id)?;
    let metric = name("metricId", fields.metric_id)?;
    let data_type = data_type(fields.data_type)?;
    let quality = quality(fields.quality)?;
    let value = value(fields.value, data_type, quality)?;
    let unit = optional_text("unit", fields.unit, MAX_UNIT_CHARS)?.filter(|unit| !unit.is_empty());
    let ts = match fields.timestamp {
        Scalar::Absent => envelope_timestamp,
        own => timestamp("timestamp", own)?,
    };
    window.check(ts, received_at)?;
    Ok(ValidSample { plc, metric, index, sample: Sample { ts, data_type, value, quality, unit } })
}

fn data_type(scalar: Scalar<'_>) -> Result<DataType, Rejection> {
    let word = text("dataType", scalar)?;
    DataType::parse(&word).ok_or_else(|| not_one_of("dataType", &word, "float, int, bool, string"))
}

fn quality(scalar: Scalar<'_>) -> Result<Quality, Rejection> {
    let word = text("quality", scalar)?;
    Quality::parse(&word).ok_or_else(|| not_one_of("quality", &word, "GOOD, BAD, UNCERTAIN"))
}

fn not_one_of(field: &str, word: &str, expected: &str) -> Rejection {
    let shown: String = word.chars().take(40).collect();
    Rejection::message(
        RejectReason::InvalidField,
        format!("{field} is {shown:?}, expected one of {expected}"),
    )
}

/// The value as the type it declares. Null says "none", which only a sample that is not good may say.
fn value(scalar: Scalar<'_>, data_type: DataType, quality: Quality) -> Result<Option<Value>, Rejection> {
    let value = match (data_type, require("value", scalar)?) {
        (_, Scalar::Null) if quality == Quality::Good => {
            return Err(Rejection::message(
                RejectReason::ValueTypeMismatch,
                "value is null though quality is GOOD",
            ));
        }
        (_, Scalar::Null) => return Ok(None),
        (DataType::Float, Scalar::Float(number)) => Value::Float(number),
        (DataType::Float, Scalar::Int(number)) => Value::Float(nearest_float(i128::from(number))),
        (DataType::Float, Scalar::UInt(number)) => Value::Float(nearest_float(i128::from(number))),
        (DataType::Int, Scalar::Int(number)) => Value::Int(number),
        // JSON's `-0` is an integer token, though parsers make it a float to keep its sign.
        (DataType::Int, Scalar::Float(number)) if number == 0.0 && number.is_sign_negative() => Value::Int(0),
        (DataType::Bool, Scalar::Bool(flag)) => Value::Bool(flag),
        (DataType::Text, Scalar::Text(text)) => {
            check_text("value", &text, MAX_TEXT_CHARS)?;
            Value::Text(text.into())
        }
        (_, other) => {
            return Err(Rejection::message(
                RejectReason::ValueTypeMismatch,
                format!("value is {}, dataType is {}", other.kind(), data_type.as_str()),
            ));
        }
    };
    Ok(Some(value))
}

#[expect(
    clippy::cast_precision_loss,
    clippy::as_conversions,
    reason = "a float is what the gateway declared"
)]
fn nearest_float(number: i128) -> f64 {
    number as f64
}
