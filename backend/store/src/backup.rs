//! How the backups are, as the service that makes them wrote it down, and whether WAL is archived, as Postgres says.

use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use vigia_model::Timestamp;

const REPOSITORIES: &str = "
    select repository
         , min(finished_at) filter (where ok and not is_verification) as first_success_at
         , max(finished_at) filter (where ok and not is_verification) as last_success_at
         , (array_agg(kind order by finished_at desc) filter (where ok and not is_verification))[1] as last_kind
         , (array_agg(bytes order by finished_at desc) filter (where ok and not is_verification))[1] as last_bytes
         , max(finished_at) filter (where ok and is_verification) as last_verified_at
         , max(finished_at) filter (where not is_verification) as last_tried_at
         , max(finished_at) filter (where is_verification) as last_verification_at
         , (array_agg(case when not ok then detail end order by finished_at desc) filter (where not is_verification))[1]
               as backup_error
         , (array_agg(case when not ok then detail end order by finished_at desc) filter (where is_verification))[1]
               as verification_error
    from (select *, kind = 'verification' as is_verification from backups) as backups
    group by repository
    order by repository";
const ARCHIVING: &str = "
    select last_archived_time, last_failed_time
    from pg_stat_archiver
    where current_setting('archive_mode') <> 'off'";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 2] = [REPOSITORIES, ARCHIVING];

/// What became of the backups in one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryBackups {
    /// `local` or `s3`.
    pub repository: String,
    /// The oldest good one that is on the books.
    pub first_success_at: Option<Timestamp>,
    pub last_success_at: Option<Timestamp>,
    /// `full`, `differential` or `incremental`.
    pub last_kind: Option<String>,
    /// What the last good one took there.
    pub last_bytes: Option<i64>,
    pub last_verified_at: Option<Timestamp>,
    /// The last backup, good or bad.
    pub last_tried_at: Option<Timestamp>,
    /// The last verification, good or bad.
    pub last_verification_at: Option<Timestamp>,
    /// Why the last backup failed; `None` if it did not.
    pub backup_error: Option<String>,
    /// Why the last verification failed; `None` if it did not.
    pub verification_error: Option<String>,
}

/// Whether Postgres gets rid of its WAL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalArchiving {
    pub last_success_at: Option<Timestamp>,
    pub last_failure_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct RepositoryRow {
    repository: String,
    first_success_at: Option<DateTime<Utc>>,
    last_success_at: Option<DateTime<Utc>>,
    last_kind: Option<String>,
    last_bytes: Option<i64>,
    last_verified_at: Option<DateTime<Utc>>,
    last_tried_at: Option<DateTime<Utc>>,
    last_verification_at: Option<DateTime<Utc>>,
    backup_error: Option<String>,
    verification_error: Option<String>,
}

/// Last archived, last failed.
type ArchivingRow = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// For whoever has a connection.
pub(crate) async fn repositories(
    connection: impl PgExecutor<'_>,
) -> Result<Vec<RepositoryBackups>, StoreError> {
    let rows: Vec<RepositoryRow> = sqlx::query_as(REPOSITORIES)
        .fetch_all(connection)
        .await
        .map_err(StoreError::on("look at the backups"))?;
    let read = |row: RepositoryRow| RepositoryBackups {
        repository: row.repository,
        first_success_at: row.first_success_at.map(from_column),
        last_success_at: row.last_success_at.map(from_column),
        last_kind: row.last_kind,
        last_bytes: row.last_bytes,
        last_verified_at: row.last_verified_at.map(from_column),
        last_tried_at: row.last_tried_at.map(from_column),
        last_verification_at: row.last_verification_at.map(from_column),
        backup_error: row.backup_error,
        verification_error: row.verification_error,
    };
    Ok(rows.into_iter().map(read).collect())
}

impl Store {
    /// Every repository that was ever backed up to; none where nothing is backed up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn backups(&self) -> Result<Vec<RepositoryBackups>, StoreError> {
        repositories(&self.api).await
    }

    /// How archiving goes; `None` where it is off.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wal_archiving(&self) -> Result<Option<WalArchiving>, StoreError> {
        let row: Option<ArchivingRow> = sqlx::query_as(ARCHIVING)
            .fetch_optional(&self.api)
            .await
            .map_err(StoreError::on("look at the archiving of WAL"))?;
        Ok(row.map(|(archived, failed)| WalArchiving {
            last_success_at: archived.map(from_column),
            last_failure_at: failed.map(from_column),
        }))
    }
}
