//! What whoever makes the backups is told, as far as it is of interest here. A wrong value is theirs to refuse: it stops no start.

use super::environment::Environment;

const KEPT: u64 = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BackupSettings {
    /// `false`: nothing of ours makes any. What the table `backups` has was made for another database, or long ago.
    pub(crate) is_on: bool,
    /// How many full ones are kept.
    pub(crate) kept: u64,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self { is_on: true, kept: KEPT }
    }
}

pub(super) fn backup(env: &Environment) -> BackupSettings {
    BackupSettings {
        is_on: env.or("BACKUP", "on").text != "off",
        kept: env
            .get("BACKUP_KEEP_FULL")
            .and_then(|kept| kept.text.parse().ok())
            .filter(|kept| (1..=9_999).contains(kept))
            .unwrap_or(KEPT),
    }
}
