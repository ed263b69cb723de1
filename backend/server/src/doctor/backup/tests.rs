//! What is said of backups, by age and outcome.

use super::*;
use crate::doctor::finding::Level;

const HOUR_MS: i64 = 3_600_000;
const NOW: i64 = 1_800_000_000_000;

/// Hours since the last good backup (the first was as long ago) and the last good verification, and why the last ones failed an hour ago.
fn repository(
    name: &str,
    (backup, verification): (Option<i64>, Option<i64>),
    (backup_error, verification_error): (Option<&str>, Option<&str>),
) -> RepositoryBackups {
    let at = |hours: i64| Timestamp::from_millis(NOW - hours * HOUR_MS);
    let error = |error: Option<&str>| error.map(str::to_owned);
    RepositoryBackups {
        repository: name.to_owned(),
        first_success_at: backup.map(at),
        last_success_at: backup.map(at),
        last_kind: None,
        last_bytes: None,
        last_verified_at: verification.map(at),
        last_tried_at: if backup_error.is_some() { Some(at(1)) } else { backup.map(at) },
        last_verification_at: if verification_error.is_some() { Some(at(1)) } else { verification.map(at) },
        backup_error: error(backup_error),
        verification_error: error(verification_error),
    }
}

fn found(repositories: Option<Vec<RepositoryBackups>>) -> Vec<Finding> {
    judged(repositories, Timestamp::from_millis(NOW))
}

fn check(
    hours: (Option<i64>, Option<i64>),
    errors: (Option<&str>, Option<&str>),
    expected: &[(&str, Level)],
) {
    let findings = found(Some(vec![repository("local", hours, errors)]));
    let ids: Vec<(&str, Level)> = findings.iter().map(|it| (it.id, it.level)).collect();
    assert_eq!(ids, expected);
    let troubles = findings.iter().filter(|it| matches!(it.level, Level::Warning | Level::Failure));
    for it in troubles {
        assert!(!it.why.is_empty() && !it.mend.is_empty() && !it.mend_compose.is_empty(), "{it:?}");
    }
}

#[test]
fn age_and_outcome_decide() {
    let (ok, warning, failure) = (Level::Ok, Level::Warning, Level::Failure);
    let (none, full) = ((None, None), (Some("no room left\non the device"), None));
    check((Some(35), Some(215)), none, &[("backup", ok), ("backup-verified", ok)]);
    check((Some(37), Some(100)), none, &[("backup-old", failure), ("backup-verified", ok)]);
    check(
        (Some(20), Some(217)),
        full,
        &[("backup-failed", failure), ("backup", ok), ("backup-unverified", warning)],
    );
    check(
        (None, None),
        full,
        &[("backup-failed", failure), ("backup-never", warning), ("backup-unverified", warning)],
    );
    // The first one is restored within a week.
    check((Some(20), None), none, &[("backup", ok), ("backup-verified", ok)]);
    check((Some(217), None), none, &[("backup-old", failure), ("backup-unverified", warning)]);
    check(
        (Some(2), Some(30)),
        (None, Some("other rows")),
        &[("backup", ok), ("backup-verification-failed", failure), ("backup-verified", ok)],
    );
}

#[test]
fn no_books_are_a_warning_and_no_table_is_none() {
    let ids = |findings: Vec<Finding>| findings.iter().map(|it| (it.id, it.level)).collect::<Vec<_>>();
    assert_eq!(ids(found(Some(Vec::new()))), [("backup-never", Level::Warning)]);
    assert_eq!(ids(found(None)), [("backup", Level::Skipped)]);
}

#[test]
fn each_repository_is_judged_by_itself() {
    let hours = (Some(20), Some(30));
    let findings = found(Some(vec![
        repository("local", hours, (None, None)),
        repository("s3", hours, (Some("no room left\non the device"), None)),
    ]));
    let failed: Vec<&Finding> = findings.iter().filter(|it| it.level == Level::Failure).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].what, "the last s3 backup failed 60 min ago");
    assert_eq!(failed[0].details, ["no room left", "on the device"]);
}
