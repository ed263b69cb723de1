//! The status board: how the pipeline is doing. Ingest writes it, health and metrics read it.

use crate::whole;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use vigia_model::{Clock, Timestamp};

mod backup;
mod certificate;
mod connection;
mod errors;
mod spool;
mod peaks;
mod storage;
mod upkeep;

pub use backup::{
    ArchivingStatus, BACKUP_LATE, BACKUP_UNVERIFIED, BackupState, BackupStatus, RepositoryStatus,
};
pub use certificate::{
    Certificate, CertificateKind, CertificateStatus, HALF_REPLACED_FOR, RotationState, RotationStatus,
};
pub use errors::{ErrorBoard, LoggedError};

pub use connection::{
    ConnectionBoard, ConnectionState, ConnectionStatus, SubscriptionState, SubscriptionStatus,
};
pub use spool::{SpoolBoard, SpoolDepth, SpoolState, SpoolStatus};
pub use storage::{StorageState, StorageStatus};
pub use upkeep::{LetGo, PackedTime, PackingStatus, RetentionStatus};

/// What this process does on its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Not decided yet: migrating, reading state and rules.
    Starting,
    /// It ingests.
    Active,
    /// Another process ingests; this one waits to take over.
    Standby,
}

impl Role {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Active => "active",
            Self::Standby => "standby",
        }
    }
}

/// Whether the database answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseStatus {
    pub up: bool,
    /// When it became so.
    pub since: Timestamp,
    /// The last failure, also after it has passed.
    pub last_error: Option<Arc<str>>,
}

/// Where things stand. All its parts are cheap to write from the hot path.
#[derive(Debug)]
pub struct StatusBoard {
    clock: Clock,
    started_at: Timestamp,
    role: Mutex<Role>,
    stopping: AtomicBool,
    database: Mutex<DatabaseStatus>,
    connections: Mutex<BTreeMap<Arc<str>, Arc<ConnectionBoard>>>,
    spool: SpoolBoard,
    errors: Arc<ErrorBoard>,
    certificates: Mutex<Vec<CertificateStatus>>,
    rotation: Mutex<RotationStatus>,
    storage: Mutex<Option<Arc<StorageStatus>>>,
    packing: Mutex<Option<PackingStatus>>,
    retention: Mutex<Option<RetentionStatus>>,
    backup: Mutex<Option<Arc<BackupStatus>>>,
    received: AtomicU64,
    processed: AtomicU64,
    failed: AtomicU64,
    /// Milliseconds; 0 is never.
    last_message: AtomicI64,
    /// Milliseconds; negative before the first commit.
    lag_ms: AtomicI64,
    ws_connections: AtomicI64,
    missing: AtomicI64,
}

impl StatusBoard {
    pub(crate) fn new(clock: Clock, errors: Arc<ErrorBoard>) -> Self {
        let now = clock.now();
        Self {
            spool: SpoolBoard::new(clock.clone()),
            clock,
            errors,
            certificates: Mutex::default(),
            rotation: Mutex::new(RotationStatus { state: RotationState::None, since: now, detail: None }),
            storage: Mutex::default(),
            packing: Mutex::default(),
            retention: Mutex::default(),
            backup: Mutex::default(),
            started_at: now,
            role: Mutex::new(Role::Starting),
            stopping: AtomicBool::new(false),
            database: Mutex::new(DatabaseStatus { up: false, since: now, last_error: None }),
            connections: Mutex::default(),
            received: AtomicU64::new(0),
            processed: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            last_message: AtomicI64::new(0),
            lag_ms: AtomicI64::new(-1),
            ws_connections: AtomicI64::new(0),
            missing: AtomicI64::new(0),
        }
    }

    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    pub fn role(&self) -> Role {
        *whole(self.role.lock())
    }

    pub fn set_role(&self, role: Role) {
        *whole(self.role.lock()) = role;
    }

    /// The process was asked to stop: from here on it is not ready, whatever else it is.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub fn database(&self) -> DatabaseStatus {
        whole(self.database.lock()).clone()
    }

    /// An operation on the database succeeded.
    pub fn database_up(&self) {
        let mut database = whole(self.database.lock());
        if !database.up {
            database.up = true;
            database.since = self.clock.now();
        }
    }

    /// The database is away; `error` says how it shows.
    pub fn database_down(&self, error: &str) {
        let mut database = whole(self.database.lock());
        if database.up {
            database.up = false;
            database.since = self.clock.now();
        }
        database.last_error = Some(error.into());
    }

    /// The board of one broker connection, made at first sight.
    pub fn connection(&self, client_id: &str) -> Arc<ConnectionBoard> {
        let mut connections = whole(self.connections.lock());
        if let Some(connection) = connections.get(client_id) {
            return Arc::clone(connection);
        }
        let connection = Arc::new(ConnectionBoard::new(self.clock.clone(), client_id));
        connections.insert(client_id.into(), Arc::clone(&connection));
        connection
    }

    /// A board for a connection that is only being wound up: shown nowhere, and nothing waits for it.
    pub fn unlisted_connection(&self, client_id: &str) -> Arc<ConnectionBoard> {
        Arc::new(ConnectionBoard::new(self.clock.clone(), client_id))
    }

    /// This process no longer connects; its counts go on if it does again.
    pub fn rest_connections(&self) {
        for connection in whole(self.connections.lock()).values() {
            connection.rest();
        }
    }

    /// The last warnings and errors.
    pub fn errors(&self) -> &ErrorBoard {
        &self.errors
    }

    /// The certificates whose end would stop something, by kind.
    pub fn certificates(&self) -> Vec<CertificateStatus> {
        whole(self.certificates.lock()).clone()
    }

    /// Those of these kinds are these now.
    pub fn set_certificates(&self, kinds: &[CertificateKind], certificates: Vec<CertificateStatus>) {
        let mut known = whole(self.certificates.lock());
        known.retain(|one| !kinds.contains(&one.kind));
        known.extend(certificates);
        known.sort_by_key(|one| one.kind);
    }

    /// How far new certificate files have come.
    pub fn rotation(&self) -> RotationStatus {
        whole(self.rotation.lock()).clone()
    }

    /// Notes how far they have come; `since` moves only when it is another state.
    pub fn set_rotation(&self, state: RotationState, detail: Option<&str>) {
        let mut rotation = whole(self.rotation.lock());
        if rotation.state != state {
            rotation.state = state;
            rotation.since = self.clock.now();
        }
        if rotation.detail.as_deref() != detail {
            rotation.detail = detail.map(Into::into);
        }
    }

    /// What will go wrong if nobody does anything, a word each: `storage`, `certificate`, `backup`.
    pub fn warnings(&self) -> Vec<&'static str> {
        let now = self.clock.now();
        let mut warnings = Vec::new();
        if self.storage().is_some_and(|storage| storage.state() != StorageState::Ok) {
            warnings.push("storage");
        }
        if self.certificates().iter().any(|one| one.ends_soon(now)) || self.rotation().is_stuck(now) {
            warnings.push("certificate");
        }
        if self.backup().is_some_and(|backup| backup.state(now).is_worrying()) {
            warnings.push("backup");
        }
        warnings
    }

    /// How long the room will do; `None` until it was looked at, and in a process that does not ingest.
    pub fn storage(&self) -> Option<Arc<StorageStatus>> {
        whole(self.storage.lock()).clone()
    }

    pub fn set_storage(&self, storage: Option<StorageStatus>) {
        *whole(self.storage.lock()) = storage.map(Arc::new);
    }

    /// How the backups are; `None` until it was looked at.
    pub fn backup(&self) -> Option<Arc<BackupStatus>> {
        whole(self.backup.lock()).clone()
    }

    pub fn set_backup(&self, backup: BackupStatus) {
        *whole(self.backup.lock()) = Some(Arc::new(backup));
    }

    /// How packing goes; `None` in a process that does not pack.
    pub fn packing(&self) -> Option<PackingStatus> {
        whole(self.packing.lock()).clone()
    }

    /// Notes something of packing.
    pub fn note_packing(&self, note: impl FnOnce(&mut PackingStatus)) {
        note(whole(self.packing.lock()).get_or_insert_default());
    }

    /// This process packs no more.
    pub fn rest_packing(&self) {
        *whole(self.packing.lock()) = None;
    }

    /// How history is kept within bounds; `None` in a process that does not ingest.
    pub fn retention(&self) -> Option<RetentionStatus> {
        whole(self.retention.lock()).clone()
    }

    /// Notes something of it.
    pub fn note_retention(&self, note: impl FnOnce(&mut RetentionStatus)) {
        note(whole(self.retention.lock()).get_or_insert_default());
    }

    /// This process lets nothing go any more.
    pub fn rest_retention(&self) {
        *whole(self.retention.lock()) = None;
    }

    /// The board of the spool.
    pub fn spool(&self) -> &SpoolBoard {
        &self.spool
    }

    /// All connections in order of client id.
    pub fn connections(&self) -> Vec<ConnectionStatus> {
        whole(self.connections.lock()).values().map(|connection| connection.status()).collect()
    }

    /// Messages came from the broker, the last of them at `at`.
    pub fn messages_received(&self, messages: u64, at: Timestamp) {
        self.received.fetch_add(messages, Ordering::Relaxed);
        self.last_message.fetch_max(at.as_millis(), Ordering::Relaxed);
    }

    /// All that these messages mean is durable.
    pub fn messages_processed(&self, messages: u64) {
        self.processed.fetch_add(messages, Ordering::Relaxed);
    }

    /// Of these messages something was rejected. They count as processed too, once they are durable.
    pub fn messages_failed(&self, messages: u64) {
        self.failed.fetch_add(messages, Ordering::Relaxed);
    }

    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub fn processed(&self) -> u64 {
        self.processed.load(Ordering::Relaxed)
    }

    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Receipt of the last message.
    pub fn last_message(&self) -> Option<Timestamp> {
        match self.last_message.load(Ordering::Relaxed) {
            0 => None,
            ms => Some(Timestamp::from_millis(ms)),
        }
    }

    /// Messages of all gateways that were sent and never arrived, by their own count; as of the last half minute.
    pub fn missing(&self) -> i64 {
        self.missing.load(Ordering::Relaxed)
    }

    pub fn set_missing(&self, messages: i64) {
        self.missing.store(messages, Ordering::Relaxed);
    }

    /// How long the oldest message of the last batch took from receipt to commit, in milliseconds.
    pub fn lag_ms(&self) -> Option<i64> {
        Some(self.lag_ms.load(Ordering::Relaxed)).filter(|lag| *lag >= 0)
    }

    pub fn set_lag_ms(&self, lag: i64) {
        self.lag_ms.store(lag.max(0), Ordering::Relaxed);
    }

    /// Open WebSocket connections.
    pub fn ws_connections(&self) -> i64 {
        self.ws_connections.load(Ordering::Relaxed)
    }

    /// A WebSocket was opened (+1) or closed (-1). Returns how many are open now.
    pub fn count_ws(&self, change: i64) -> i64 {
        self.ws_connections.fetch_add(change, Ordering::Relaxed) + change
    }

    /// What is not ready, a word each: `stopping`, `starting`, `standby`, `database`, `spool`, `mqtt`. Empty means ready.
    pub fn not_ready(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.stopping.load(Ordering::Relaxed) {
            missing.push("stopping");
        }
        let role = self.role();
        if role != Role::Active {
            missing.push(role.as_str());
        }
        if !whole(self.database.lock()).up || self.spool.is_held_up() {
            missing.push("database");
        }
        if self.spool.state().is_stuck() {
            missing.push("spool");
        }
        // A standby is not connected to the broker, and should not be.
        if role == Role::Active {
            let connections = whole(self.connections.lock());
            if connections.is_empty() || connections.values().any(|connection| !connection.is_subscribed()) {
                missing.push("mqtt");
            }
        }
        missing
    }
}

#[cfg(test)]
mod tests;
