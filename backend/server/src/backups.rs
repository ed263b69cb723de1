//! Looks once a minute how the backups are, for the status board.

use crate::config::BackupSettings;
use vigia_live::Live;
use vigia_live::board::{ArchivingStatus, BackupStatus, RepositoryStatus};
use vigia_store::backup::RepositoryBackups;
use vigia_store::{Store, StoreError};

/// What the database says of them; while it is away what it said last stays.
pub(crate) async fn look(store: Store, live: Live, settings: BackupSettings) {
    let before = live.board().backup().and_then(|it| it.archiving);
    match read(&store, before, settings).await {
        Ok(status) => live.board().set_backup(status),
        Err(error) => tracing::debug!(cause = %error.database_message(), "cannot look at the backups now"),
    }
}

async fn read(
    store: &Store,
    before: Option<ArchivingStatus>,
    settings: BackupSettings,
) -> Result<BackupStatus, StoreError> {
    // Where they are off nobody makes new ones, and of the age of former ones nobody wants to hear.
    let repositories = if settings.is_on { store.backups().await? } else { Vec::new() };
    let repositories = repositories.into_iter().map(repository).collect();
    let archiving = store.wal_archiving().await?;
    let archiving = archiving.map(|it| ArchivingStatus::told(it.last_success_at, it.last_failure_at, before));
    Ok(BackupStatus { repositories, archiving })
}

/// As the board knows it.
pub(crate) fn repository(one: RepositoryBackups) -> RepositoryStatus {
    RepositoryStatus {
        repository: one.repository,
        first_success_at: one.first_success_at,
        last_success_at: one.last_success_at,
        last_kind: one.last_kind,
        last_bytes: one.last_bytes,
        last_verified_at: one.last_verified_at,
        backup_error: one.backup_error,
        verification_error: one.verification_error,
    }
}
