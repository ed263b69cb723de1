//! The server: what it is, its clock, the settings that matter to us, and what holds it up.

use super::{Checkup, looking};
use crate::convert::from_column;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use vigia_model::Timestamp;

/// A setting that this user may not see is null.
const SERVER: &str = "
    select current_setting('server_version_num')::int as version
         , current_setting('server_version') as version_text
         , clock_timestamp() as now
         , pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool as is_read_only
         , current_setting('fsync')::bool as fsync
         , current_setting('full_page_writes')::bool as full_page_writes
         , current_setting('data_checksums')::bool as data_checksums
         , current_setting('archive_mode') <> 'off' as archives
         , current_setting('max_connections')::int as max_connections
         , current_setting('superuser_reserved_connections')::int as reserved_connections
         , (select setting::bigint * 8192 from pg_settings where name = 'shared_buffers') as shared_buffers
         , (select setting from pg_settings where name = 'data_directory') as data_directory";
const ARCHIVER: &str = "
    select last_archived_time as archived_at
         , last_failed_time as failed_at
         , last_failed_wal as failed_file
    from pg_stat_archiver";
/// In seconds. Whose transactions one may not see count as none.
const LONGEST: &str = "
    select coalesce(extract(epoch from max(age)), 0)::bigint
    from (
        select clock_timestamp() - xact_start as age
        from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
        union all
        select clock_timestamp() - prepared from pg_prepared_xacts where database = current_database()
    ) as transactions";
const SLOTS: &str = "
    select slot_name::text
         , pg_wal_lsn_diff(
               case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end
             , restart_lsn
           )::bigint as bytes
    from pg_replication_slots
    where not active and restart_lsn is not null
    order by 2 desc, 1";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] = [SERVER, ARCHIVER, LONGEST, SLOTS, IS_INGESTED, HAS_LEASE];

/// What it is and how it is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Such as 15.
    pub major: i32,
    /// Such as `15.18 (Debian …)`.
    pub version: String,
    pub now: Timestamp,
    pub is_read_only: bool,
    pub settings: Settings,
    /// Where its files lie, on the machine it runs on; `None` if this user may not know.
    pub data_directory: Option<String>,
}

/// The settings that matter to us.
#[expect(clippy::struct_excessive_bools, reason = "one for each setting")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub fsync: bool,
    pub full_page_writes: bool,
    pub data_checksums: bool,
    pub archives: bool,
    /// For everybody but superusers.
    pub connections: i32,
    pub shared_buffers: i64,
}

/// Whether somebody ingests: the lease is renewed every second or two.
const IS_INGESTED: &str = "
    select holder is not null and renewed_at > now() - interval '15 s' from ingest_lease";
const HAS_LEASE: &str = "select to_regclass('ingest_lease') is not null";

/// How archiving its log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archiver {
    pub archived_at: Option<Timestamp>,
    pub failed_at: Option<Timestamp>,
    pub failed_file: Option<String>,
}

impl Archiver {
    /// Whether the last thing it tried failed.
    pub fn is_failing(&self) -> bool {
        self.failed_at > self.archived_at
    }
}

#[expect(clippy::struct_excessive_bools, reason = "one for each setting")]
#[derive(sqlx::FromRow)]
struct ServerRow {
    version: i32,
    version_text: String,
    now: DateTime<Utc>,
    is_read_only: bool,
    fsync: bool,
    full_page_writes: bool,
    data_checksums: bool,
    archives: bool,
    max_connections: i32,
    reserved_connections: i32,
    shared_buffers: Option<i64>,
    data_directory: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ArchiverRow {
    archived_at: Option<DateTime<Utc>>,
    failed_at: Option<DateTime<Utc>>,
    failed_file: Option<String>,
}

impl Checkup {
    /// What the server is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn server(&mut self) -> Result<Server, StoreError> {
        let row: ServerRow = sqlx::query_as(SERVER)
            .fetch_one(&mut self.connection)
            .await
            .map_err(looking("look at the server's settings"))?;
        Ok(Server {
            major: row.version / 10_000,
            version: row.version_text,
            now: from_column(row.now),
            is_read_only: row.is_read_only,
            settings: Settings {
                fsync: row.fsync,
                full_page_writes: row.full_page_writes,
                data_checksums: row.data_checksums,
                archives: row.archives,
                connections: row.max_connections - row.reserved_connections,
                shared_buffers: row.shared_buffers.unwrap_or(i64::MAX),
            },
            data_directory: row.data_directory,
        })
    }

    /// How archiving its log goes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn archiver(&mut self) -> Result<Archiver, StoreError> {
        let row: ArchiverRow = sqlx::query_as(ARCHIVER)
            .fetch_one(&mut self.connection)
            .await
            .map_err(looking("look at the archiver"))?;
        Ok(Archiver {
            archived_at: row.archived_at.map(from_column),
            failed_at: row.failed_at.map(from_column),
            failed_file: row.failed_file,
        })
    }

    /// How many seconds the longest transaction has lasted: nothing that died since can be cleaned up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn longest_transaction(&mut self) -> Result<i64, StoreError> {
        sqlx::query_scalar(LONGEST)
            .fetch_one(&mut self.connection)
            .await
            .map_err(looking("look for long transactions"))
    }

    /// Replication slots that nobody uses, and how much of its log the server keeps for them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn idle_slots(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        sqlx::query_as(SLOTS)
            .fetch_all(&mut self.connection)
            .await
            .map_err(looking("look at the replication slots"))
    }

    /// Whether some process ingests into this database now, wherever it runs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_ingested(&mut self) -> Result<bool, StoreError> {
        let has_lease: bool = sqlx::query_scalar(HAS_LEASE)
            .fetch_one(&mut self.connection)
            .await
            .map_err(looking("look for the lease on ingesting"))?;
        if !has_lease {
            return Ok(false);
        }
        let is_ingested: Option<Option<bool>> = sqlx::query_scalar(IS_INGESTED)
            .fetch_optional(&mut self.connection)
            .await
            .map_err(looking("read the lease on ingesting"))?;
        Ok(is_ingested.flatten().unwrap_or(false))
    }
}
