//! Validate: a decoded message becomes samples, a heartbeat and rejections with a closed reason. The rules of the
//! contract, §1, and nothing else: no I/O, the time of receipt is passed in.

mod field;
mod heartbeat;
mod sample;

use field::{name, optional_integer, optional_text, require};
use std::borrow::Cow;
use std::time::Duration;
use vigia_contract::mqtt::{Envelope, MAX_SAMPLES, SampleFields, Samples, Scalar, read_samples};
use vigia_model::{Heartbeat, MAX_AHEAD, RejectReason, Rejection, Sample, SeqMark, Source, Timestamp};

/// The longest `bootId`, in characters.
const MAX_BOOT_ID_CHARS: usize = 128;

/// The window of source times a sample is taken from.
#[derive(Debug, Clone, Copy)]
pub struct TimeWindow {
    max_age: Duration,
    /// How far ahead of receipt a sample may be.
    max_ahead: Duration,
}

impl TimeWindow {
    /// For messages judged as they come: samples up to `max_age` older than their receipt are taken.
    pub const fn new(max_age: Duration) -> Self {
        Self { max_age, max_ahead: MAX_AHEAD }
    }

    /// For a message received at `received_at` and judged again `now`: what lay ahead then and lies ahead no more is
    /// taken. How old a sample is goes by its receipt, as before.
    #[must_use]
    pub fn again(self, received_at: Timestamp, now: Timestamp) -> Self {
        let since = u64::try_from(now.millis_since(received_at)).unwrap_or(0);
        Self { max_ahead: MAX_AHEAD + Duration::from_millis(since), ..self }
    }

    fn check(self, ts: Timestamp, received_at: Timestamp) -> Result<(), Rejection> {
        let refuse = |detail: String| Err(Rejection::message(RejectReason::TimestampOutOfRange, detail));
        if ts > received_at.plus(self.max_ahead) {
            refuse(format!(
                "timestamp {} is more than 5 min after its receipt at {}",
                ts.as_millis(),
                received_at.as_millis()
            ))
        } else if ts < received_at.minus(self.max_age) {
            refuse(format!(
                "timestamp {} is more than {} days before its receipt at {}",
                ts.as_millis(),
                self.max_age.as_secs() / 86_400,
                received_at.as_millis()
            ))
        } else {
            Ok(())
        }
    }
}

/// What a message turned out to say.
#[derive(Debug)]
pub struct Validated<'a> {
    /// Its place in the gateway's count, when it says so; known even of messages otherwise refused.
    pub seq: Option<SeqMark>,
    pub content: Content<'a>,
}

#[derive(Debug)]
pub enum Content<'a> {
    /// Samples in order of the message, and what was refused among them.
    Telemetry {
        samples: Vec<ValidSample<'a>>,
        rejections: Vec<Rejection>,
    },
    Heartbeat(Heartbeat),
    /// The whole message is refused.
    Rejected(Rejection),
}

/// A sample that follows every rule, with its names still borrowed from the payload.
#[derive(Debug)]
pub struct ValidSample<'a> {
    pub plc: Cow<'a, str>,
    pub metric: Cow<'a, str>,
    /// Its place in a schema 2 message.
    pub index: Option<u32>,
    pub sample: Sample,
}

/// Validates a message that came on the topic of `source` at `received_at`.
pub fn validate<'a>(
    mut envelope: Envelope<'a>,
    source: &Source,
    received_at: Timestamp,
    window: TimeWindow,
) -> Validated<'a> {
    let seq = match seq_mark(&mut envelope) {
        Ok(seq) => seq,
        Err(rejection) => return Validated { seq: None, content: Content::Rejected(rejection) },
    };
    let content = content(envelope, source, received_at, window).unwrap_or_else(Content::Rejected);
    Validated { seq, content }
}

fn content<'a>(
    mut envelope: Envelope<'a>,
    source: &Source,
    received_at: Timestamp,
    window: TimeWindow,
) -> Result<Content<'a>, Rejection> {
    let version = schema_version(&envelope.schema_version)?;
    let is_heartbeat = match require("type", std::mem::take(&mut envelope.kind))? {
        Scalar::Text(kind) => match &*kind {
            "telemetry" => false,
            "heartbeat" => true,
            other => {
                let shown: String = other.chars().take(40).collect();
                return Err(Rejection::message(
                    RejectReason::UnknownType,
                    format!("type is {shown:?}, expected telemetry or heartbeat"),
                ));
            }
        },
        other => return Err(field::wrong_kind("type", &other, "a string")),
    };
    check_names(&mut envelope, source)?;
    let timestamp = std::mem::take(&mut envelope.timestamp);
    if is_heartbeat {
        let timestamp = field::any_timestamp("timestamp", timestamp)?;
        return heartbeat::heartbeat(envelope, timestamp).map(Content::Heartbeat);
    }
    let timestamp = field::timestamp("timestamp", timestamp)?;
    match version {
        1 => {
            let fields = SampleFields {
                plc_id: envelope.plc_id,
                metric_id: envelope.metric_id,
                timestamp: Scalar::Absent,
                value: envelope.value,
                data_type: envelope.data_type,
                unit: envelope.unit,
                quality: envelope.quality,
            };
            let sample = sample::sample(fields, timestamp, None, received_at, window)?;
            Ok(Content::Telemetry { samples: vec![sample], rejections: Vec::new() })
        }
        _ => many(&envelope, timestamp, received_at, window),
    }
}

/// Schema 2: each sample stands alone.
fn many<'a>(
    envelope: &Envelope<'a>,
    timestamp: Timestamp,
    received_at: Timestamp,
    window: TimeWindow,
) -> Result<Content<'a>, Rejection> {
    let raw = envelope
        .samples
        .ok_or_else(|| Rejection::message(RejectReason::MissingField, "samples is missing"))?;
    let Samples::List(list) = read_samples(raw) else {
        return Err(Rejection::message(RejectReason::InvalidField, "samples is not an array"));
    };
    if list.is_empty() || list.len() > MAX_SAMPLES {
        return Err(Rejection::message(
            RejectReason::InvalidField,
            format!("samples has {} elements, 1 to {MAX_SAMPLES} are taken", list.len()),
        ));
    }
    let mut samples = Vec::with_capacity(list.len());
    let mut rejections = Vec::new();
    for (index, element) in list.into_iter().enumerate() {
        let index = u32::try_from(index).ok();
        let valid = element
            .map_err(|error| {
                Rejection::message(RejectReason::InvalidField, format!("sample cannot be read: {error}"))
            })
            .and_then(|fields| sample::sample(fields, timestamp, index, received_at, window));
        match valid {
            Ok(sample) => samples.push(sample),
            Err(rejection) => rejections.push(rejection.at(index)),
        }
    }
    Ok(Content::Telemetry { samples, rejections })
}

fn schema_version(field: &Scalar<'_>) -> Result<i64, Rejection> {
    match field {
        Scalar::Absent => Err(Rejection::message(RejectReason::MissingField, "schemaVersion is missing")),
        Scalar::Int(version @ (1 | 2)) => Ok(*version),
        Scalar::Int(version) => Err(Rejection::message(
            RejectReason::UnsupportedSchemaVersion,
            format!("schemaVersion is {version}, 1 and 2 are supported"),
        )),
        Scalar::UInt(_) | Scalar::Float(_) => Err(Rejection::message(
            RejectReason::UnsupportedSchemaVersion,
            "schemaVersion is another number, 1 and 2 are supported",
        )),
        other => Err(field::wrong_kind("schemaVersion", other, "an integer")),
    }
}

/// The payload may only repeat what the topic says.
fn check_names(envelope: &mut Envelope<'_>, source: &Source) -> Result<(), Rejection> {
    let fields = [
        ("tenant", std::mem::take(&mut envelope.tenant), &source.tenant),
        ("province", std::mem::take(&mut envelope.province), &source.province),
        ("plant", std::mem::take(&mut envelope.plant), &source.plant),
        ("gatewayId", std::mem::take(&mut envelope.gateway_id), &source.gateway),
    ];
    for (field, scalar, expected) in fields {
        let said = name(field, scalar)?;
        if said != expected.as_str() {
            return Err(Rejection::message(
                RejectReason::TopicMismatch,
                format!("{field} is {said}, topic says {expected}"),
            ));
        }
    }
    Ok(())
}

fn seq_mark(envelope: &mut Envelope<'_>) -> Result<Option<SeqMark>, Rejection> {
    let boot_id = optional_text("bootId", std::mem::take(&mut envelope.boot_id), MAX_BOOT_ID_CHARS)?;
    let seq = optional_integer("seq", &envelope.seq)?;
    match (boot_id, seq) {
        // The last number leaves room for the half-open range it is counted in.
        (_, Some(seq)) if !(0..i64::MAX).contains(&seq) => {
            Err(Rejection::message(RejectReason::InvalidField, format!("seq is {seq}, expected 0 or more")))
        }
        (Some(boot_id), Some(seq)) => Ok(Some(SeqMark { boot_id, seq })),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests;
