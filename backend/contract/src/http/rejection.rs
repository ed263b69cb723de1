//! `/api/admin/rejections`: the quarantine.

use crate::http::query::optional;
use crate::http::whole::optional_whole;
use crate::http::words::{self, IDENTIFIER, TOPIC};
use crate::http::{Order, UtcTime, examples};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The query of the quarantine.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::RejectReason>")]
    pub reason: Option<String>,
    /// A topic, exact or with `*` for any run of characters.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = TOPIC))]
    pub topic: Option<String>,
    /// A gateway, by its level of the topic.
    #[serde(default, deserialize_with = "optional", alias = "gatewayId", alias = "gateway_id")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub gateway: Option<String>,
    /// Received at or after.
    #[serde(default, deserialize_with = "optional")]
    pub from: Option<UtcTime>,
    /// Received before.
    #[serde(default, deserialize_with = "optional")]
    pub to: Option<UtcTime>,
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::RejectionStatus>")]
    pub status: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    pub order: Option<Order>,
    /// Whether to count all that match, up to 10 000.
    #[serde(default, deserialize_with = "optional")]
    pub count: Option<bool>,
    /// How many entries a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// A page of the quarantine.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RejectionPage {
    pub items: Vec<Rejection>,
    /// Give it back as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// With `count=true`: how many match, on all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching: Option<Matching>,
}

/// How many entries match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Matching {
    /// At most 10 000.
    pub count: i64,
    /// Whether there are more than were counted.
    pub at_least: bool,
}

/// Which entries are exported.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::RejectReason>")]
    pub reason: Option<String>,
    /// A topic, exact or with `*` for any run of characters.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = TOPIC))]
    pub topic: Option<String>,
    /// A gateway, by its level of the topic.
    #[serde(default, deserialize_with = "optional", alias = "gatewayId", alias = "gateway_id")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub gateway: Option<String>,
    /// Received at or after.
    #[serde(default, deserialize_with = "optional")]
    pub from: Option<UtcTime>,
    /// Received before.
    #[serde(default, deserialize_with = "optional")]
    pub to: Option<UtcTime>,
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::RejectionStatus>")]
    pub status: Option<String>,
}

/// Which entries are removed: the oldest of those that match. One of the filters must be there.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovalQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::RejectReason>")]
    pub reason: Option<String>,
    /// A topic, exact or with `*` for any run of characters.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = TOPIC))]
    pub topic: Option<String>,
    /// A gateway, by its level of the topic.
    #[serde(default, deserialize_with = "optional", alias = "gatewayId", alias = "gateway_id")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub gateway: Option<String>,
    /// Received at or after.
    #[serde(default, deserialize_with = "optional")]
    pub from: Option<UtcTime>,
    /// Received before.
    #[serde(default, deserialize_with = "optional")]
    pub to: Option<UtcTime>,
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::RejectionStatus>")]
    pub status: Option<String>,
    /// How many go at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 10_000))]
    pub limit: Option<u32>,
}

/// A rejected message, or a rejected sample of a message.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = examples::rejection())]
pub struct Rejection {
    pub id: String,
    /// When the broker brought it.
    pub received_at: UtcTime,
    pub topic: String,
    /// After a replay that failed, that of the replay.
    #[schemars(with = "words::RejectReason")]
    pub reason: String,
    /// What is wrong with it, for people.
    pub detail: String,
    /// Which sample of the message, from 0; null when the whole message is meant.
    pub sample_index: Option<i32>,
    /// The whole message as received.
    pub payload: String,
    /// `utf-8`: `payload` is the text; `base64`: it was none.
    pub payload_encoding: &'static str,
    #[schemars(with = "words::RejectionStatus")]
    pub status: &'static str,
    /// The replay asked for, or else the last there was; null: there was none.
    pub replay: Option<Replay>,
}

/// Taking a quarantined message once more.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    #[schemars(with = "words::ReplayState")]
    pub state: &'static str,
    /// Null while it is not done.
    #[schemars(with = "Option<words::ReplayOutcome>")]
    pub outcome: Option<&'static str>,
    /// E-mail of who asked for it.
    pub requested_by: String,
    /// When it was asked for; null once it is done.
    pub requested_at: Option<UtcTime>,
    /// When it was done.
    pub replayed_at: Option<UtcTime>,
}

/// An entry of the quarantine with what helps to understand it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = examples::rejection_detail())]
pub struct RejectionDetail {
    #[serde(flatten)]
    pub rejection: Rejection,
    /// Who the topic says sent it; null when the topic has another form.
    pub gateway: Option<RejectedGateway>,
    /// The sample meant, as it stands in the message; null when the whole message is meant or it cannot be read.
    #[schemars(with = "Option<serde_json::Value>")]
    pub sample: Option<Box<RawValue>>,
    /// Other rejections of the same message, the first hundred.
    pub others: Vec<OtherRejection>,
    /// How many others there are.
    pub others_total: i64,
}

/// The gateway a topic names.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RejectedGateway {
    pub tenant: String,
    pub province: String,
    pub site: String,
    pub gateway_id: String,
    /// Where it belongs now; null while it is not registered.
    pub bound_to: Option<BoundTo>,
}

/// The tenant and plant of a gateway.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BoundTo {
    pub tenant: String,
    pub site: String,
}

/// Another rejection of the same message.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OtherRejection {
    pub id: String,
    /// Which sample of the message, from 0; null when the whole message is meant.
    pub sample_index: Option<i32>,
    #[schemars(with = "words::RejectReason")]
    pub reason: String,
    pub detail: String,
    #[schemars(with = "words::RejectionStatus")]
    pub status: &'static str,
    /// The replay asked for, or else the last there was; null: there was none.
    pub replay: Option<Replay>,
}

/// Which entries are to be replayed: those named, or those that match; one or the other.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::replay_body())]
pub struct ReplayBody {
    #[schemars(length(min = 1, max = 1_000), inner(regex(pattern = r"^[0-9]{1,18}$")))]
    pub ids: Option<Vec<String>>,
    #[schemars(with = "Option<words::RejectReason>")]
    pub reason: Option<String>,
    /// A topic, exact or with `*` for any run of characters.
    #[schemars(regex(pattern = TOPIC))]
    pub topic: Option<String>,
    /// A gateway, by its level of the topic.
    #[serde(alias = "gatewayId", alias = "gateway_id")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub gateway: Option<String>,
    /// Received at or after.
    pub from: Option<UtcTime>,
    /// Received before.
    pub to: Option<UtcTime>,
    /// How many at most, those first that were never replayed.
    #[serde(default, deserialize_with = "optional_whole")]
    #[schemars(range(min = 1, max = 100_000))]
    pub limit: Option<i32>,
}

/// What asking for many replays came to, counted in entries.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestedReplays {
    /// Found, of those named or matching.
    pub matched: i64,
    /// Asked for now.
    pub requested: i64,
    /// Asked for before and still to be done.
    pub waiting: i64,
    /// Stored by an earlier replay: nothing is to be done.
    pub replayed: i64,
    /// Messages those asked for now belong to; a message is replayed as a whole.
    pub messages: i64,
    /// Whether more may match than `limit` let through.
    pub has_more: bool,
}

/// What removing many entries came to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedRejections {
    pub deleted: u64,
    /// Whether more may match than `limit` let through.
    pub has_more: bool,
}

/// The query of the quarantine's counts.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionCountsQuery {
    /// The first hour; 24 hours before `to` unless it is given.
    #[serde(default, deserialize_with = "optional")]
    pub from: Option<UtcTime>,
    /// Hours that begin before; now unless it is given.
    #[serde(default, deserialize_with = "optional")]
    pub to: Option<UtcTime>,
    /// One gateway.
    #[serde(default, deserialize_with = "optional", alias = "gatewayId", alias = "gateway_id")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub gateway: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::RejectReason>")]
    pub reason: Option<String>,
    /// `reason` unless it is given.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::CountedBy>")]
    pub by: Option<String>,
}

/// How much was rejected.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RejectionCounts {
    pub from: UtcTime,
    pub to: UtcTime,
    #[schemars(with = "words::CountedBy")]
    pub by: &'static str,
    /// Of all of it, what was only counted included.
    pub total: i64,
    /// How many of them were kept whole when they came; some may be gone by now.
    pub kept: i64,
    /// The largest first; hours in their order.
    pub items: Vec<RejectionCount>,
    /// Whether there are more items than are shown: the smallest are left out.
    pub has_more: bool,
}

/// How much was rejected for one reason, of one gateway, or in one hour.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RejectionCount {
    /// With `by=reason`.
    #[schemars(with = "Option<words::RejectReason>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// With `by=gateway`; empty: names that are no gateway's, together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_id: Option<String>,
    /// With `by=hour`: its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<UtcTime>,
    /// What was only counted included.
    pub total: i64,
    /// How many of them were kept whole when they came.
    pub kept: i64,
}
