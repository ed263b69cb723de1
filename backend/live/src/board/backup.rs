//! The backups, on the status board.

use std::time::Duration;
use vigia_model::Timestamp;

/// A good backup that is older is late. One a day is made, and it may take an hour one day and five the next. The alert rules,
/// the dashboard and the documentation say the same (`stack/monitoring.rs`).
pub const BACKUP_LATE: Duration = Duration::from_hours(36);
/// A backup is restored as a test every week, and that may take long too. Where none was for so long, somebody should look.
pub const BACKUP_UNVERIFIED: Duration = Duration::from_hours(9 * 24);
/// Archiving that fails is tried again all the time; a short trouble is none.
const NOT_ARCHIVED: Duration = Duration::from_mins(10);

/// The backups and the archiving of WAL, as of the last minute.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackupStatus {
    /// By name; none where nothing was ever backed up.
    pub repositories: Vec<RepositoryStatus>,
    /// `None` where it is off.
    pub archiving: Option<ArchivingStatus>,
}

/// What became of the backups in one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryStatus {
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
    /// Why the last backup failed; `None` if it did not.
    pub backup_error: Option<String>,
    /// Why the last verification failed; `None` if it did not.
    pub verification_error: Option<String>,
}

/// Whether Postgres gets rid of its WAL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchivingStatus {
    pub last_success_at: Option<Timestamp>,
    pub last_failure_at: Option<Timestamp>,
    /// When it was first seen to fail without a success since; `None` while it does not.
    pub failing_since: Option<Timestamp>,
}

/// How it stands with the backups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BackupState {
    /// None was ever made.
    Never,
    Ok,
    /// The last good one is too old.
    Late,
    /// The last backup or the last verification failed.
    Failed,
    /// None was restored as a test for too long.
    Unverified,
    /// WAL is not archived.
    NotArchived,
}

impl BackupState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Ok => "ok",
            Self::Late => "late",
            Self::Failed => "failed",
            Self::Unverified => "unverified",
            Self::NotArchived => "not_archived",
        }
    }

    /// Whether somebody should look. Where nothing is backed up that was decided, or another does it.
    pub const fn is_worrying(self) -> bool {
        !matches!(self, Self::Never | Self::Ok)
    }
}

impl BackupStatus {
    pub fn state(&self, now: Timestamp) -> BackupState {
        if self.archiving.is_some_and(|archiving| archiving.is_stuck(now)) {
            return BackupState::NotArchived;
        }
        if self.repositories.is_empty() {
            return BackupState::Never;
        }
        if self.repositories.iter().any(|one| one.error().is_some()) {
            return BackupState::Failed;
        }
        if self.repositories.iter().any(|one| one.is_late(now)) {
            return BackupState::Late;
        }
        let is_unverified = self.repositories.iter().any(|one| one.is_unverified(now));
        if is_unverified { BackupState::Unverified } else { BackupState::Ok }
    }

    /// Of the repository that is furthest behind; `None` if one has none at all.
    pub fn last_success_at(&self) -> Option<Timestamp> {
        self.oldest(|one| one.last_success_at)
    }

    /// The same for what was verified.
    pub fn last_verified_at(&self) -> Option<Timestamp> {
        self.oldest(|one| one.last_verified_at)
    }

    fn oldest(&self, pick: fn(&RepositoryStatus) -> Option<Timestamp>) -> Option<Timestamp> {
        // `None` is the least.
        self.repositories.iter().map(pick).min().flatten()
    }
}

impl RepositoryStatus {
    /// What is wrong with it, if the last backup or the last verification failed.
    pub fn error(&self) -> Option<&str> {
        self.backup_error.as_deref().or(self.verification_error.as_deref())
    }

    /// Whether the last good one is too old, or there is none.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.last_success_at.is_none_or(|at| at < now.minus(BACKUP_LATE))
    }

    /// Whether none was restored as a test for too long, or ever, though there have been good ones for as long.
    pub fn is_unverified(&self, now: Timestamp) -> bool {
        self.last_verified_at.or(self.first_success_at).is_some_and(|at| at < now.minus(BACKUP_UNVERIFIED))
    }
}

impl ArchivingStatus {
    /// What Postgres tells now, after what it told before. It keeps the last failure alone, and where nothing was written for an
    /// hour the last success is as old: when failing began has to be remembered.
    pub fn told(
        last_success_at: Option<Timestamp>,
        last_failure_at: Option<Timestamp>,
        before: Option<Self>,
    ) -> Self {
        let failing = last_failure_at.filter(|failed| last_success_at.is_none_or(|at| *failed > at));
        let known = before.filter(|it| it.last_success_at == last_success_at);
        let failing_since = failing.map(|now| known.and_then(|it| it.failing_since).unwrap_or(now));
        Self { last_success_at, last_failure_at, failing_since }
    }

    fn is_stuck(&self, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| since < now.minus(NOT_ARCHIVED))
    }
}

#[cfg(test)]
mod tests;
