//! What history may take of a disk, for whoever has not said so yet. The arithmetic is that of docs/storage.md, *How much of
//! the disk*, and so are its figures.

use crate::config::BackupSettings;

/// Of the disk; an alert says when less is free.
const FREE_PERCENT: u64 = 10;
/// The system, images and what building them leaves (10 GB), what the database writes ahead (2 GB), Prometheus (2 GB).
const BESIDE: u64 = 14_000_000_000;
/// In percent of the database: a full backup, for packed history hardly shrinks;
const FULL_PERCENT: u64 = 90;
/// what is backed up daily until the next one;
const DAILY_PERCENT: u64 = 10;
/// and the copy that proves a backup, with the log of a day besides.
const COPY_PERCENT: u64 = 110;
const COPY_LOG: u64 = 1 << 30;
/// Of a sample in the archived log; there all stay that came since the oldest full backup, one of which is made a week.
const LOG_BYTES: u64 = 200;
const WEEK_DAYS: u64 = 7;
/// Less history than that is not worth a setting.
const LEAST: u64 = 1_000_000_000;

/// What else wants room.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    pub(super) spool: u64,
    pub(super) samples_a_day: u64,
    pub(super) backup: BackupSettings,
}

/// What history may take; `None`: there is no room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget {
    /// With the backups, and the copy that proves them, on the same disk.
    pub(super) beside_backups: Option<u64>,
    /// With those on another one.
    pub(super) alone: Option<u64>,
}

impl Budget {
    /// On a disk of `size` bytes.
    pub(super) fn of(size: u64, needs: Needs) -> Self {
        let kept = needs.backup.kept;
        let room = (size / 100 * (100 - FREE_PERCENT)).saturating_sub(BESIDE).saturating_sub(needs.spool);
        let log = needs.samples_a_day.saturating_mul(LOG_BYTES * WEEK_DAYS).saturating_mul(kept);
        // When one is proved all that are kept are there, and the copy. When one is made there is one more, and no copy.
        let percent = (FULL_PERCENT + DAILY_PERCENT).saturating_mul(kept).saturating_add(100 + COPY_PERCENT);
        let beside = room.saturating_sub(COPY_LOG).saturating_sub(log) / percent * 100;
        Self { beside_backups: rounded(beside), alone: rounded(room) }
    }
}

/// The setting for a disk of `size` bytes, for people.
pub(super) fn advice(size: u64, needs: Needs) -> String {
    let disk = format!("its disk of {} GB", size / LEAST);
    let Some(alone) = Budget::of(size, needs).alone else {
        return format!("give the database a larger disk: {disk} has no room for history; docs/storage.md");
    };
    if !needs.backup.is_on {
        return format!("set STORAGE_MAX_BYTES={alone}, of {disk}; docs/storage.md");
    }
    let wanted = needs.backup.kept;
    // As many as are wanted, or as there is room for.
    let beside = (1..=wanted).rev().find_map(|kept| {
        let needs = Needs { backup: BackupSettings { kept, ..needs.backup }, ..needs };
        Some((kept, Budget::of(size, needs).beside_backups?))
    });
    let Some((kept, beside)) = beside else {
        return format!(
            "set STORAGE_MAX_BYTES={alone} with the backups on another disk: {disk} has no room for them; docs/storage.md"
        );
    };
    let fewer = if kept < wanted { format!("BACKUP_KEEP_FULL={kept} and ") } else { String::new() };
    format!(
        "set {fewer}STORAGE_MAX_BYTES={beside} where the backups lie on the same disk (full ones kept: {kept}; their log, \
            and the copy that proves them), or {alone} where they lie on another: of {disk}; docs/storage.md"
    )
}

/// To hundreds of millions, down.
fn rounded(bytes: u64) -> Option<u64> {
    (bytes >= LEAST).then(|| bytes / (LEAST / 10) * (LEAST / 10))
}

#[cfg(test)]
mod tests;
