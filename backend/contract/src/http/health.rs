//! Health and the short form of the metrics.

use crate::http::UtcTime;
use schemars::JsonSchema;
use serde::Serialize;

/// `GET /health`: always answered while the process lives. For anybody but internal admins connections are numbered, and
/// filters and the words of errors are left out.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// `ok`, or `degraded` when something is not ready.
    pub status: &'static str,
    pub version: String,
    /// The commit it was made from, the first twelve digits of it; or `unknown`.
    pub commit: String,
    pub started_at: UtcTime,
    pub uptime_sec: i64,
    /// `starting`, `active` or `standby`.
    pub role: &'static str,
    /// What will go wrong if nobody does anything: `storage` when the room for history will not do for long, `certificate`
    /// when one of the connection to the broker ends within 30 days, or that of the page within 7, or replaced ones do not come
    /// into use, `backup` when the last one is too old or failed, none was restored as a test for too long, or WAL is not
    /// archived.
    pub warnings: Vec<&'static str>,
    pub mqtt: MqttHealth,
    pub database: DatabaseHealth,
    pub spool: SpoolHealth,
    /// Null for anybody but internal admins, in a process that does not ingest, and before it was looked at.
    pub storage: Option<StorageHealth>,
}

/// The connections to the broker.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MqttHealth {
    /// `connected` when every connection is subscribed, `partial` when some are, otherwise `down`.
    pub state: &'static str,
    pub last_message_at: Option<UtcTime>,
    /// Messages of all gateways that were sent and never arrived, by their own count (`bootId`, `seq`); as of the last
    /// half minute. Not by connection: over a shared subscription any of them may have been meant to bring it.
    pub missing_seq: i64,
    pub connections: Vec<ConnectionHealth>,
}

/// One connection to the broker.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionHealth {
    pub client_id: String,
    /// `connecting`, `connected`, `subscribed` or `down`.
    pub state: &'static str,
    pub since: UtcTime,
    /// Whether the broker still had the session at the last CONNACK; null before the first.
    pub session_present: Option<bool>,
    pub subscriptions: Vec<SubscriptionHealth>,
    /// Messages received and not yet acknowledged.
    pub in_flight: u32,
    /// How many of those the broker may send.
    pub window: u32,
    /// Messages in the last full second.
    pub rate: u32,
    /// Messages a second above which AWS IoT Core throws them away.
    pub rate_limit: u32,
    /// Messages in the fastest second of the last minute.
    pub peak_rate_last_minute: u32,
    /// Messages in the fastest second of the last hour.
    pub peak_rate_last_hour: u32,
    pub reconnects: u64,
    pub received: u64,
    pub acknowledged: u64,
    /// Messages the broker sent again before they were acknowledged; the copies are not counted as received.
    pub resent: u64,
    /// About how long the messages that gathered during the last break will take; null while there are none.
    pub drain_estimate_sec: Option<u64>,
    /// The last failure, also after it has passed.
    pub last_error: Option<String>,
}

/// One filter of a connection.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionHealth {
    pub filter: String,
    /// `pending`, `granted`, or `refused: ` and the reason.
    pub state: String,
}

/// The database.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseHealth {
    /// `up` or `down`.
    pub state: &'static str,
    pub since: UtcTime,
    pub last_error: Option<String>,
}

/// The disk buffer for messages that the database cannot take now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpoolHealth {
    /// `empty`, `filling` (the database is away), `draining`, `full` or `failed` (no messages are taken), `closed` (not
    /// open yet, or another process has it).
    pub state: &'static str,
    pub since: UtcTime,
    /// Messages waiting.
    pub entries: u64,
    /// What they count against `maxBytes`.
    pub bytes: u64,
    pub max_bytes: u64,
    /// When the message that waits longest was received.
    pub oldest_received_at: Option<UtcTime>,
    /// Seconds until it is empty, at the rate of the last seconds.
    pub drain_estimate_sec: Option<u64>,
    /// The last refusal, also after it has passed.
    pub last_error: Option<String>,
}

/// The room that history takes, and how long it will do. As of the last minute; what a day adds, as of the last hour.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StorageHealth {
    /// `ok`; `filling` when more than 80 % of `maxBytes` are taken or fewer than 30 days are left; `full` when more is taken
    /// and nothing is left that may go.
    pub state: &'static str,
    pub weighed_at: UtcTime,
    /// What the database takes, without room in it that deleted hourly rows left.
    pub bytes: i64,
    /// `STORAGE_MAX_BYTES`; null: there is no limit. When it is reached the oldest samples go, and after them the oldest
    /// hourly rows.
    pub max_bytes: Option<i64>,
    /// What the last full day added.
    pub bytes_per_day: i64,
    /// Until `maxBytes` is reached, if each day adds as much; null: it never is.
    pub days_left: Option<i64>,
    /// Samples before were dropped, of every series; null: none were.
    pub raw_from: Option<UtcTime>,
    /// Hourly rows before were dropped for want of room; null: none were.
    pub hourly_from: Option<UtcTime>,
}

/// `GET /health/ready` when ready; otherwise it is a problem.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Ready {
    /// `ready`
    pub status: &'static str,
}

/// `GET /metrics` with `Accept: application/json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricsSummary {
    pub mqtt_messages_received: u64,
    pub mqtt_messages_processed: u64,
    pub mqtt_messages_failed: u64,
    pub ws_connections: i64,
    /// Seconds since the process started.
    pub uptime: i64,
    /// Receipt of the last message in milliseconds since 1970; 0 before the first.
    pub last_message: i64,
    pub mqtt_connected: bool,
}
