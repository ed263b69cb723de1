//! `/api/gateways`: who publishes, and whether it lives.

use crate::http::{UtcTime, words};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// A gateway.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gateway {
    pub id: Uuid,
    /// To be named in the next edit.
    pub version: i32,
    pub tenant: String,
    pub province: String,
    pub site: String,
    pub gateway_id: String,
    pub name: Option<String>,
    #[schemars(with = "words::GatewayStatus")]
    pub status: &'static str,
    /// Since when it has that status; null when never seen.
    pub since: Option<UtcTime>,
    /// Receipt of its last message of any kind.
    pub last_seen: Option<UtcTime>,
    /// The newest one by source time.
    pub heartbeat: Option<Heartbeat>,
    /// Receipt minus source time of the last heartbeat; positive when the gateway's clock is behind.
    pub clock_skew_ms: Option<i64>,
    /// Messages that by their `seq` must have been sent and never arrived.
    pub missing_seq: i64,
    /// The boot it was last heard from, where it names boots.
    pub last_boot_id: Option<String>,
}

/// What a gateway said of itself.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Heartbeat {
    pub state: String,
    pub version: Option<String>,
    pub uptime_sec: Option<i64>,
    pub internet: Option<String>,
    pub mqtt: Option<String>,
    pub plc_link: Option<String>,
    pub buffer_mode: Option<String>,
    pub queued_messages: Option<i64>,
    /// Source time.
    pub timestamp: UtcTime,
}
