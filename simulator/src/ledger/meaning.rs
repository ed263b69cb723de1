//! What a published message means to a receiver that keeps the contract. Reads payloads in its own way, not with the
//! backend's reader, so that a fault there shows as a difference.

use super::line::Published;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use vigia_model::{DataType, Quality, Sample, Timestamp, Value};

/// The identity of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SampleKey {
    pub tenant: String,
    pub plant: String,
    pub plc: String,
    pub metric: String,
    pub ts: Timestamp,
}

/// What is to be made of a message; its refusals are in [`Published::rejected`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meaning {
    pub samples: Vec<(SampleKey, Sample)>,
    pub is_heartbeat: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    tenant: Cow<'a, str>,
    #[serde(borrow)]
    plant: Cow<'a, str>,
    timestamp: i64,
    #[serde(borrow)]
    samples: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    #[serde(borrow)]
    plc_id: Cow<'a, str>,
    #[serde(borrow)]
    metric_id: Cow<'a, str>,
    timestamp: Option<i64>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(borrow)]
    data_type: Cow<'a, str>,
    unit: Option<String>,
    #[serde(borrow)]
    quality: Cow<'a, str>,
}

impl Meaning {
    /// Reads a message. One that must be refused as a whole means nothing.
    pub fn of(published: &Published) -> Self {
        if published.rejected.iter().any(|rejection| rejection.index.is_none()) {
            return Self::default();
        }
        Self::said(published)
    }

    /// What a message says, though it may be refused as a whole: one that contradicts another may be taken in its place.
    pub fn said(published: &Published) -> Self {
        read(published).unwrap_or_default()
    }
}

fn read(published: &Published) -> Option<Meaning> {
    let payload: Payload<'_> = serde_json::from_slice(&published.payload).ok()?;
    if payload.kind == "heartbeat" {
        return Some(Meaning { samples: Vec::new(), is_heartbeat: true });
    }
    let flat = std::str::from_utf8(&published.payload).ok()?;
    let elements: Vec<&str> = match &payload.samples {
        Some(list) => list.iter().map(|raw| raw.get()).collect(),
        None => vec![flat],
    };
    let refused =
        |index: usize| published.rejected.iter().any(|r| r.index.map(usize::try_from) == Some(Ok(index)));
    let samples = elements
        .into_iter()
        .enumerate()
        .filter(|(index, _)| !refused(*index))
        .filter_map(|(_, element)| sample(&payload, element))
        .collect();
    Some(Meaning { samples, is_heartbeat: false })
}

fn sample(payload: &Payload<'_>, element: &str) -> Option<(SampleKey, Sample)> {
    let fields: Fields<'_> = serde_json::from_str(element).ok()?;
    let data_type = DataType::parse(&fields.data_type)?;
    let raw = fields.value.map(RawValue::get).filter(|raw| *raw != "null");
    // By the standard library, digit for digit and correctly rounded.
    let value = match (raw, data_type) {
        (None, _) => None,
        (Some(raw), DataType::Float) => Some(Value::Float(raw.parse().ok()?)),
        (Some(raw), DataType::Int) => Some(Value::Int(raw.parse().ok()?)),
        (Some(raw), DataType::Bool) => Some(Value::Bool(raw.parse().ok()?)),
        (Some(raw), DataType::Text) => Some(Value::Text(serde_json::from_str::<Box<str>>(raw).ok()?)),
    };
    let ts = Timestamp::from_millis(fields.timestamp.unwrap_or(payload.timestamp));
    let key = SampleKey {
        tenant: payload.tenant.clone().into_owned(),
        plant: payload.plant.clone().into_owned(),
        plc: fields.plc_id.into_owned(),
        metric: fields.metric_id.into_owned(),
        ts,
    };
    let quality = Quality::parse(&fields.quality)?;
    Some((key, Sample { ts, data_type, value, quality, unit: fields.unit.map(Into::into) }))
}
