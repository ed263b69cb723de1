//! `/api/admin/system`: how everything is doing, on one page.

use crate::http::health::{MqttHealth, SpoolHealth, StorageHealth};
use crate::http::{UtcTime, words};
use schemars::JsonSchema;
use serde::Serialize;

/// The status board. What concerns all customers alike is there for internal admins only; a tenant's own admin sees his
/// tenants and whether all is well.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SystemStatus {
    /// `ok`, or `degraded` when something is not ready.
    #[schemars(with = "words::SystemState")]
    pub status: &'static str,
    /// What is not ready: `stopping`, `starting`, `standby`, `database`, `spool`, `mqtt`.
    pub not_ready: Vec<&'static str>,
    pub version: String,
    /// The commit it was made from, the first twelve digits of it; or `unknown`.
    pub commit: String,
    pub now: UtcTime,
    /// Null for the admin of a tenant.
    pub process: Option<ProcessStatus>,
    /// The connections to the broker. Null for the admin of a tenant.
    pub mqtt: Option<MqttHealth>,
    /// Null for the admin of a tenant.
    pub ingest: Option<IngestStatus>,
    /// Null for the admin of a tenant.
    pub spool: Option<SpoolHealth>,
    /// Null for the admin of a tenant.
    pub database: Option<DatabaseStatus>,
    /// How long the room for history will do. Null for the admin of a tenant, and in a process that does not ingest.
    pub storage: Option<StorageHealth>,
    /// Null for the admin of a tenant.
    pub packing: Option<PackingProgress>,
    /// Null for the admin of a tenant.
    pub retention: Option<RetentionInEffect>,
    /// Null for the admin of a tenant, and until it was looked at.
    pub backup: Option<BackupStatus>,
    /// The certificates of the connection to the broker and of the page, as far as they are known. Empty for the admin of a
    /// tenant.
    pub certificates: Vec<CertificateStatus>,
    /// How far replaced certificate files have come. Null for the admin of a tenant.
    pub certificate_rotation: Option<CertificateRotation>,
    /// The last warnings and errors of the log, the newest first. Empty for the admin of a tenant.
    pub errors: Vec<LoggedError>,
    /// The tenants the caller manages, by code; the first thousand. Null while the database is away.
    pub tenants: Option<Vec<TenantStatus>>,
}

/// This process.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProcessStatus {
    #[schemars(with = "words::ProcessRole")]
    pub role: &'static str,
    pub started_at: UtcTime,
    pub uptime_sec: i64,
    /// Resident memory; null where the system does not tell.
    pub memory_bytes: Option<u64>,
    /// How many live feeds are open.
    pub ws_connections: i64,
}

/// The way of messages since this process started.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IngestStatus {
    pub received: u64,
    /// All they mean is durable.
    pub processed: u64,
    /// Of these something was rejected.
    pub failed: u64,
    /// Messages in the last full second, over all connections.
    pub messages_per_second: u32,
    /// From receipt to commit, of the oldest message in the last batch; null before the first.
    pub lag_ms: Option<i64>,
    pub last_message_at: Option<UtcTime>,
}

/// The database, and what it weighs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseStatus {
    #[schemars(with = "words::UpOrDown")]
    pub state: &'static str,
    pub since: UtcTime,
    /// The last failure, also after it has passed.
    pub last_error: Option<String>,
    /// Of the server. This and the sizes are null while it is away.
    pub version: Option<String>,
    pub bytes: Option<i64>,
    /// The largest first.
    pub tables: Vec<TableSize>,
}

/// A table with its indexes and partitions.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TableSize {
    pub name: String,
    pub bytes: i64,
    /// About.
    pub rows: i64,
}

/// How far history is packed. What only the process that ingests knows is null in others; what only the database knows, while
/// it is away.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackingProgress {
    /// `PACK_AFTER_SEC`; null where nothing is packed here.
    pub after_sec: Option<u64>,
    /// The oldest packed row begins here, or a little later.
    pub packed_from: Option<UtcTime>,
    /// What lies before is packed, but for what is due; null: nothing ever was.
    pub packed_up_to: Option<UtcTime>,
    /// Whole days between the two, less those behind.
    pub days_packed: Option<i64>,
    /// Days in which hours lie that are still to be packed.
    pub days_behind: Option<i64>,
    /// Those hours.
    pub hours_due: Option<i64>,
    /// Hours of which little is left, to be packed when their day is over.
    pub hours_waiting: Option<i64>,
    pub oldest_due: Option<UtcTime>,
    /// When nothing was left to be packed last.
    pub caught_up_at: Option<UtcTime>,
    /// What is being packed now; null: nothing.
    pub under_way: Option<PackedSpan>,
    /// What was packed last; null: nothing since this process ingests.
    pub last: Option<PackedSpan>,
    /// The last failure, also after it has passed.
    pub last_error: Option<String>,
}

/// A time of which samples are packed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackedSpan {
    pub from: UtcTime,
    pub to: UtcTime,
    /// When packing it began, or ended.
    pub at: UtcTime,
    /// How many were packed, or are by now.
    pub samples: u64,
}

/// How long history stays. What only the process that ingests knows is null in others.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetentionInEffect {
    /// `RAW_RETENTION_DAYS`, where no rule says otherwise; null: for ever.
    pub raw_days: Option<i32>,
    /// `HOURLY_RETENTION_DAYS`, where no rule says otherwise; null: for ever.
    pub hourly_days: Option<i32>,
    /// `STORAGE_MAX_BYTES`; null: there is no limit, or this process does not ingest.
    pub max_bytes: Option<i64>,
    /// When it was last looked what has become too old.
    pub last_run_at: Option<UtcTime>,
    /// When that is looked at again. Whether the room does is looked at every minute.
    pub next_run_at: Option<UtcTime>,
    /// Nothing goes by its age before, because rules or days were changed; null: it does.
    pub held_until: Option<UtcTime>,
    /// Something that is to go is still there.
    pub is_left: Option<bool>,
    /// What was let go last; null: nothing since this process ingests.
    pub last_let_go: Option<LetGoStatus>,
    /// The last failure, also after it has passed.
    pub last_error: Option<String>,
}

/// What was let go.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LetGoStatus {
    pub at: UtcTime,
    /// A partition that was dropped or emptied, or the table of which rows were deleted.
    pub table: String,
    /// What the partition took; null where rows were deleted.
    pub bytes: Option<i64>,
    /// How many rows were deleted; null where a partition went.
    pub rows: Option<u64>,
}

/// The backups of the database, as of the last minute.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackupStatus {
    /// `never`: none was ever made; `late`: the last good one is more than 36 h old; `failed`: the last one, or the last
    /// verification; `unverified`: none was restored as a test for 9 days, or ever, though there are good ones as old;
    /// `not_archived`: WAL has not been archived for ten minutes.
    #[schemars(with = "words::BackupState")]
    pub state: &'static str,
    /// When the last good one ended, in the repository that is furthest behind; null: one has none.
    pub last_success_at: Option<UtcTime>,
    /// When one was last restored and compared, in the repository where that is longest ago; null: in one it never was.
    pub last_verified_at: Option<UtcTime>,
    /// Why the last backup or the last verification failed; null if neither did.
    pub last_error: Option<String>,
    /// When Postgres last archived a WAL file; null: never, or archiving is off.
    pub last_archived_at: Option<UtcTime>,
    pub last_archive_failure_at: Option<UtcTime>,
    pub repositories: Vec<RepositoryBackups>,
}

/// The backups in one repository.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryBackups {
    #[schemars(with = "words::BackupRepository")]
    pub repository: String,
    pub last_success_at: Option<UtcTime>,
    #[schemars(with = "Option<words::BackupKind>")]
    pub last_kind: Option<String>,
    /// What the last good one took there.
    pub bytes: Option<i64>,
    pub last_verified_at: Option<UtcTime>,
    pub last_error: Option<String>,
}

/// A certificate whose end would stop something.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateStatus {
    #[schemars(with = "words::CertificateKind")]
    pub kind: &'static str,
    pub subject: String,
    pub issuer: String,
    pub not_after: UtcTime,
    /// Whole days until then; negative once it has expired.
    pub days_left: i64,
}

/// Certificate files that were replaced on disk, on their way into use.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateRotation {
    /// `none`: the files are what is in use. `waiting`: they were changed, and are not whole yet or wait for their turn.
    /// `trying`: a connection is being made with them. `failed`: the broker did not take them; what was in use still is.
    #[schemars(with = "words::RotationState")]
    pub state: &'static str,
    pub since: UtcTime,
    /// What is wrong with the files, or why they failed.
    pub detail: Option<String>,
}

/// Something that went wrong.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LoggedError {
    /// Of the last one, when several alike came.
    pub at: UtcTime,
    #[schemars(with = "words::LogLevel")]
    pub level: &'static str,
    /// The module that said it.
    pub target: String,
    pub message: String,
    /// How many alike came one after the other.
    pub times: u64,
}

/// What a customer has and sends.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantStatus {
    pub tenant: String,
    pub name: Option<String>,
    pub plants: i64,
    pub gateways: i64,
    pub gateways_online: i64,
    pub series: i64,
    /// Samples received in the last day, or since this process started; 0 in one that stands by.
    pub samples_last_day: u64,
    /// What its last full day added to the database, as of the last hour; null in a process that does not ingest.
    pub bytes_per_day: Option<i64>,
    /// Which part of what all tenants add that is, from 0 to 1. Null for the admin of a tenant.
    pub storage_share: Option<f64>,
}
