//! WebSocket messages, one JSON text frame each.

use crate::http::alarm::AlarmFacts;
use crate::http::gateway::Heartbeat;
use crate::http::query::optional;
use crate::http::{JsonValue, UtcTime, words};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::ser::{Serialize, Serializer};
use serde::{Deserialize, Serialize as DeriveSerialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The most filters one subscription may have.
pub const MAX_FILTERS: usize = 200;
/// The largest message a client may send, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// What the server says.
#[derive(Debug, Clone, DeriveSerialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ServerMessage<'a> {
    Telemetry(Telemetry<'a>),
    Gateway(Box<Gateway<'a>>),
    Alarm(Box<Alarm>),
    /// Updates that a newer one overwrote before this client took them.
    Lagged {
        /// How many.
        missed: u64,
        /// Alarms among them that it was told nothing of: to be read from `/api/alarms`.
        #[serde(skip_serializing_if = "is_zero")]
        alarms: u64,
    },
    /// Nothing happened for a second; the link lives.
    Tick,
    /// The client's last message was not understood; nothing changed.
    Error {
        code: &'static str,
        detail: String,
    },
}

/// The present values of a PLC (first), or those that changed.
#[derive(Debug, Clone, DeriveSerialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TelemetryMessage")]
pub struct Telemetry<'a> {
    pub tenant: &'a str,
    pub site: &'a str,
    pub plc_id: &'a str,
    /// The newest source time among `values`, in milliseconds since 1970.
    pub ts: i64,
    pub values: Fields<'a, JsonValue>,
    #[schemars(with = "BTreeMap<String, words::Quality>")]
    pub quality: Fields<'a, &'static str>,
    /// A metric's own time wherever it differs from `ts`.
    #[serde(skip_serializing_if = "Fields::is_empty")]
    pub times: Fields<'a, i64>,
    /// Where the client does not know it yet; null when a metric lost its unit.
    #[serde(skip_serializing_if = "Fields::is_empty")]
    pub unit: Fields<'a, Option<Box<str>>>,
    /// Where the client does not know it yet.
    #[serde(skip_serializing_if = "Fields::is_empty")]
    #[schemars(with = "BTreeMap<String, words::DataType>")]
    pub data_type: Fields<'a, &'static str>,
}

/// A JSON object by metric, in the order given.
#[derive(Debug, Clone)]
pub struct Fields<'a, V>(pub Vec<(&'a str, V)>);

impl<V> Fields<'_, V> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V> Default for Fields<'_, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V: JsonSchema> JsonSchema for Fields<'_, V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Fields_of_{}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<BTreeMap<String, V>>()
    }
}

impl<V: Serialize> Serialize for Fields<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A gateway's status or heartbeat (first), or a change of it.
#[derive(Debug, Clone, DeriveSerialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GatewayMessage")]
pub struct Gateway<'a> {
    pub tenant: &'a str,
    pub province: &'a str,
    pub site: &'a str,
    pub gateway_id: &'a str,
    #[schemars(with = "words::GatewayStatus")]
    pub status: &'static str,
    pub since: Option<UtcTime>,
    pub last_seen: Option<UtcTime>,
    pub clock_skew_ms: Option<i64>,
    /// It was moved and does not stand here any more: the last message about it here.
    #[serde(skip_serializing_if = "is_false")]
    pub gone: bool,
    pub heartbeat: Option<Heartbeat>,
    /// The same fields once more, beside the others.
    #[serde(flatten)]
    pub beat: Option<Heartbeat>,
}

/// An alarm that nobody acknowledged yet (first), or one that is new or changed: as REST shows it, but for its type.
#[derive(Debug, Clone, DeriveSerialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AlarmMessage")]
pub struct Alarm {
    /// What REST calls `type`.
    pub alarm_type: String,
    #[serde(flatten)]
    pub facts: AlarmFacts,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What a client may say.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ClientMessage {
    /// Replaces the set; a snapshot of the new one follows.
    Subscribe { filters: Vec<Filter> },
}

/// Which part of the feed is wanted. Absent, null, empty and `*` match everything; `*` within a name stands for any
/// run of characters. An unknown field is an error: a mistyped one would otherwise match everything.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "FeedFilter")]
pub struct Filter {
    pub tenant: Option<String>,
    #[serde(alias = "plant")]
    pub site: Option<String>,
    #[serde(alias = "plc_id")]
    pub plc_id: Option<String>,
    #[serde(alias = "metric_id")]
    pub metric_id: Option<String>,
    /// What is wanted of it; left out: everything.
    pub types: Option<Vec<FeedType>>,
}

/// What a filter may be narrowed to, by the `type` of the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FeedType {
    Telemetry,
    Gateway,
    Alarm,
}

/// Types as a query names them, with commas between.
#[derive(Debug, Clone)]
pub struct FeedTypes(pub Vec<FeedType>);

impl FromStr for FeedTypes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = |word: &str| match word.trim() {
            "telemetry" => Ok(FeedType::Telemetry),
            "gateway" => Ok(FeedType::Gateway),
            "alarm" => Ok(FeedType::Alarm),
            _ => Err("types are telemetry, gateway and alarm, with commas between"),
        };
        text.split(',').map(read).collect::<Result<_, _>>().map(Self)
    }
}

/// The one filter a client may give when it connects: `/ws?site=planta-1`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectQuery {
    #[serde(default, deserialize_with = "optional")]
    pub tenant: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    pub site: Option<String>,
    #[serde(default, rename = "plcId", alias = "plc_id", deserialize_with = "optional")]
    pub plc_id: Option<String>,
    #[serde(default, rename = "metricId", alias = "metric_id", deserialize_with = "optional")]
    pub metric_id: Option<String>,
    /// One or more of `telemetry`, `gateway`, `alarm`, with commas between; left out: everything.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(
        with = "Option<String>",
        regex(pattern = "^(telemetry|gateway|alarm)(,(telemetry|gateway|alarm))*$")
    )]
    pub types: Option<FeedTypes>,
}

impl From<ConnectQuery> for Filter {
    fn from(query: ConnectQuery) -> Self {
        Self {
            tenant: query.tenant,
            site: query.site,
            plc_id: query.plc_id,
            metric_id: query.metric_id,
            types: query.types.map(|types| types.0),
        }
    }
}

#[cfg(test)]
mod tests;
