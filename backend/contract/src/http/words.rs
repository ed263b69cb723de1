//! The closed lists of words, and what names are made of, as the API's description shows them. The domain has the same
//! lists as types; a test of the API holds the two together.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// What every name in a topic or payload is made of.
pub const IDENTIFIER: &str = "^[A-Za-z0-9._:-]{1,128}$";
/// The same with `*` for any run of characters.
pub const PATTERN: &str = "^[A-Za-z0-9._:*-]{1,128}$";

/// Text in one line.
pub const LINE: &str = r"^[^\x00-\x1f\x7f-\x9f]*$";
/// The same with something to be seen in it.
pub const NAME: &str = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$";

/// A topic, or a pattern of topics.
pub const TOPIC: &str = r"^[^\x00]{0,1024}$";

/// The same without an @.
pub const KEY_NAME: &str = r"^[^\x00-\x1f\x7f-\x9f@]*[^\x00-\x1f\x7f-\x9f\s@][^\x00-\x1f\x7f-\x9f@]*$";

/// Declares a type that stands for one of a closed list of words wherever a schema is made.
macro_rules! words {
    ($($(#[$about:meta])* $name:ident: [$($word:literal),* $(,)?];)*) => {$(
        $(#[$about])*
        #[derive(Debug)]
        pub enum $name {}

        impl $name {
            pub const ALL: &'static [&'static str] = &[$($word),*];
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "enum": Self::ALL })
            }
        }
    )*};
}

words! {
    /// What somebody may in a tenant.
    Role: ["viewer", "operator", "tenant_admin"];
    /// What is kept of a series.
    Mode: ["raw", "hourly", "both", "none"];
    /// OPC UA's severity of a value.
    Quality: ["GOOD", "UNCERTAIN", "BAD"];
    DataType: ["float", "int", "bool", "string"];
    /// How much it matters that somebody acts.
    Severity: ["critical", "high", "medium", "low"];
    /// How alarms are ordered.
    AlarmSort: ["ts", "severity"];
    /// What became of an alarm to be acknowledged.
    AcknowledgeResult: ["acknowledged", "already_acknowledged", "forbidden", "not_found"];
    GatewayStatus: ["online", "offline", "never_seen"];
    /// Why something is in quarantine.
    RejectReason: [
        "payload_too_large", "not_json", "missing_field", "invalid_field", "invalid_identifier",
        "unsupported_schema_version", "unknown_type", "value_type_mismatch", "topic_mismatch", "gateway_moved",
        "timestamp_out_of_range", "conflicting_duplicate", "not_provisioned", "series_limit", "storage_refused",
    ];
    /// Where an entry of the quarantine stands: not taken yet, to be replayed, or taken by a replay.
    RejectionStatus: ["open", "requested", "replayed"];
    ReplayState: ["requested", "done"];
    /// What came of a replay: it is stored now, was stored already, is good and not kept by any rule, was refused
    /// again, or never came to an end.
    ReplayOutcome: ["stored", "duplicate", "not_kept", "rejected_again", "given_up"];
    /// What counts are put together by.
    CountedBy: ["reason", "gateway", "hour"];
    /// What a matching rule lacks that the deciding one has.
    Weakness: ["lower_priority", "less_specific", "older", "disabled"];
    /// Who says how long something stays: the deciding rule, or `RAW_RETENTION_DAYS` and `HOURLY_RETENTION_DAYS`.
    RetentionSource: ["rule", "setting"];
    /// What a widget shows.
    WidgetKind: [
        "value", "bar", "gauge", "trend", "sparkline", "lamp", "state_text", "table", "alarm_list", "gateway_status",
        "camera_snapshot", "text",
    ];
    /// What made a version of a dashboard of the one before.
    DashboardChange: [
        "create", "update", "add_widget", "update_widget", "remove_widget", "reorder", "restore", "import",
        "duplicate",
    ];
    ExportFormat: ["vigia.dashboard"];
    SystemState: ["ok", "degraded"];
    ProcessRole: ["starting", "active", "standby"];
    UpOrDown: ["up", "down"];
    /// `client`: what this program shows the broker; `ca`: what it trusts; `broker`: what the broker showed when a connection to
    /// it was last made; `web`: what browsers see at `PUBLIC_URL`.
    CertificateKind: ["client", "ca", "broker", "web"];
    /// How far replaced certificate files have come.
    RotationState: ["none", "waiting", "trying", "failed"];
    BackupState: ["never", "ok", "late", "failed", "unverified", "not_archived"];
    BackupRepository: ["local", "s3"];
    BackupKind: ["full", "differential", "incremental"];
    LogLevel: ["WARN", "ERROR"];
    ActorKind: ["user", "api_key", "command_line", "nobody"];
}
