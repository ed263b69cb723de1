//! Looks once a minute how the backups are, for the status board.

use vigia_live::Live;
use vigia_live::board::{ArchivingStatus, BackupStatus, RepositoryStatus};
use vigia_store::backup::{RepositoryBackups, WalArchiving};
use vigia_store::{Store, StoreError};

/// What the database says of them; while it is away what it said last stays.
pub(crate) async fn look(store: Store, live: Live) {
    match read(&store).await {
        Ok(status) => live.board().set_backup(status),
        Err(error) => tracing::debug!(cause = %error.database_message(), "cannot look at the backups now"),
    }
}

async fn read(store: &Store) -> Result<BackupStatus, StoreError> {
    let repositories = store.backups().await?.into_iter().map(repository).collect();
    Ok(BackupStatus { repositories, archiving: store.wal_archiving().await?.map(archiving) })
}

fn repository(one: RepositoryBackups) -> RepositoryStatus {
    RepositoryStatus {
        repository: one.repository,
        last_success_at: one.last_success_at,
        last_kind: one.last_kind,
        last_bytes: one.last_bytes,
        last_verified_at: one.last_verified_at,
        backup_error: one.backup_error,
        verification_error: one.verification_error,
    }
}

fn archiving(it: WalArchiving) -> ArchivingStatus {
    ArchivingStatus {
        last_success_at: it.last_success_at,
        last_failure_at: it.last_failure_at,
        counted_since: it.counted_since,
    }
}
