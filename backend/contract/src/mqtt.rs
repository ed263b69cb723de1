//! MQTT payloads as they arrive: every field optional and of any JSON type, so that one pass over the bytes
//! is enough both to read a good message and to say exactly what is wrong with a bad one.
//!
//! Strings are borrowed from the payload wherever they hold no escape.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// The largest payload taken, in bytes (AWS IoT Core's own limit).
pub const MAX_PAYLOAD_BYTES: usize = 128 * 1024;
/// The most samples in one schema 2 message.
pub const MAX_SAMPLES: usize = 2_000;

/// A JSON value of which only the scalar ones are looked into.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Scalar<'a> {
    /// The field is not there at all.
    #[default]
    Absent,
    Null,
    Bool(bool),
    /// An integer token that fits.
    Int(i64),
    /// An integer token above `i64::MAX`.
    UInt(u64),
    /// Any other number; always finite.
    Float(f64),
    Text(Cow<'a, str>),
    Array,
    Object,
}

impl Scalar<'_> {
    /// What it is, for a message to people: "a string", "an integer".
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::UInt(_) => "an integer beyond 64 bits signed",
            Self::Float(_) => "a number with fraction or exponent",
            Self::Text(_) => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// One value of one metric: the flat part of a schema 1 message, an element of `samples` in schema 2.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleFields<'a> {
    #[serde(borrow, default)]
    pub plc_id: Scalar<'a>,
    #[serde(borrow, default)]
    pub metric_id: Scalar<'a>,
    #[serde(borrow, default)]
    pub timestamp: Scalar<'a>,
    /// Null is allowed where the quality is not good, absent never.
    #[serde(borrow, default)]
    pub value: Scalar<'a>,
    #[serde(borrow, default)]
    pub data_type: Scalar<'a>,
    #[serde(borrow, default)]
    pub unit: Scalar<'a>,
    #[serde(borrow, default)]
    pub quality: Scalar<'a>,
}

/// Any message of the telemetry topic, every field [`Scalar::Absent`] until seen.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<'a> {
    #[serde(borrow, default)]
    pub schema_version: Scalar<'a>,
    #[serde(borrow, default)]
    pub timestamp: Scalar<'a>,
    #[serde(borrow, default, rename = "type")]
    pub kind: Scalar<'a>,
    #[serde(borrow, default)]
    pub tenant: Scalar<'a>,
    #[serde(borrow, default)]
    pub province: Scalar<'a>,
    #[serde(borrow, default)]
    pub plant: Scalar<'a>,
    #[serde(borrow, default)]
    pub gateway_id: Scalar<'a>,
    #[serde(borrow, default)]
    pub boot_id: Scalar<'a>,
    #[serde(borrow, default)]
    pub seq: Scalar<'a>,

    /// Schema 2: left as text here and read by [`read_samples`], so that one broken element does not cost the rest.
    #[serde(borrow, default)]
    pub samples: Option<&'a RawValue>,

    // schema 1 telemetry
    #[serde(borrow, default)]
    pub plc_id: Scalar<'a>,
    #[serde(borrow, default)]
    pub metric_id: Scalar<'a>,
    #[serde(borrow, default)]
    pub value: Scalar<'a>,
    #[serde(borrow, default)]
    pub data_type: Scalar<'a>,
    #[serde(borrow, default)]
    pub unit: Scalar<'a>,
    #[serde(borrow, default)]
    pub quality: Scalar<'a>,

    // heartbeat
    #[serde(borrow, default)]
    pub state: Scalar<'a>,
    #[serde(borrow, default)]
    pub version: Scalar<'a>,
    #[serde(borrow, default)]
    pub uptime_sec: Scalar<'a>,
    #[serde(borrow, default)]
    pub internet: Scalar<'a>,
    #[serde(borrow, default)]
    pub mqtt: Scalar<'a>,
    #[serde(borrow, default)]
    pub plc_link: Scalar<'a>,
    #[serde(borrow, default)]
    pub buffer_mode: Scalar<'a>,
    #[serde(borrow, default)]
    pub queued_messages: Scalar<'a>,
}

/// The `samples` field, read.
#[derive(Debug)]
pub enum Samples<'a> {
    /// In order; an element that could not be read has the parser's words instead.
    List(Vec<Result<SampleFields<'a>, String>>),
    /// Something that is not a list.
    NotAList,
}

/// Reads a payload in one pass.
///
/// # Errors
/// When the payload is not JSON, not an object, names a field twice, or holds something no type of ours can (a
/// number out of range, half a surrogate pair).
pub fn read(payload: &[u8]) -> Result<Envelope<'_>, serde_json::Error> {
    read_object(payload)
}

/// Reads the elements of `samples`: all in one pass, and only where that fails one by one.
pub fn read_samples(raw: &RawValue) -> Samples<'_> {
    if !raw.get().starts_with('[') {
        return Samples::NotAList;
    }
    if let Ok(samples) = serde_json::from_str::<Vec<MapOnly<SampleFields<'_>>>>(raw.get()) {
        return Samples::List(samples.into_iter().map(|sample| Ok(sample.0)).collect());
    }
    match serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
        Ok(elements) => Samples::List(
            elements
                .into_iter()
                .map(|element| read_object(element.get().as_bytes()).map_err(|error| error.to_string()))
                .collect(),
        ),
        Err(_) => Samples::NotAList,
    }
}

/// Whether the bytes follow the grammar of JSON, whatever they say.
pub fn is_json(payload: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(payload).is_ok()
}

fn read_object<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice::<MapOnly<T>>(bytes).map(|object| object.0)
}

/// Takes a JSON object and nothing else.
struct MapOnly<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for MapOnly<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = MapOnly<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(MapOnly)
            }
        }
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl<'de> Visitor<'de> for ScalarVisitor {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Scalar::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
                Ok(Scalar::Bool(flag))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Int(number))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(i64::try_from(number).map_or(Scalar::UInt(number), Scalar::Int))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Scalar::Float(number))
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Array)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Object)
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

#[cfg(test)]
mod tests;
