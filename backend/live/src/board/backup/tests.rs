//! What is worrying, and what is not.

use super::*;

const HOUR: i64 = 3_600_000;
const NOW: i64 = 1_764_000_000_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn repository(name: &str, hours_ago: Option<i64>, error: Option<&str>) -> RepositoryStatus {
    RepositoryStatus {
        repository: name.to_owned(),
        first_success_at: hours_ago.map(|hours| at(NOW - hours * HOUR)),
        last_success_at: hours_ago.map(|hours| at(NOW - hours * HOUR)),
        last_kind: None,
        last_bytes: None,
        last_verified_at: None,
        backup_error: error.map(str::to_owned),
        verification_error: None,
    }
}

fn state(repositories: Vec<RepositoryStatus>, archiving: Option<ArchivingStatus>) -> BackupState {
    BackupStatus { repositories, archiving }.state(at(NOW))
}

#[test]
fn the_worst_repository_counts() {
    let fresh = || repository("local", Some(35), None);
    assert_eq!(state(vec![], None), BackupState::Never);
    assert_eq!(state(vec![fresh()], None), BackupState::Ok);
    assert_eq!(state(vec![repository("local", Some(37), None)], None), BackupState::Late);
    assert_eq!(state(vec![fresh(), repository("s3", Some(37), None)], None), BackupState::Late);
    assert_eq!(state(vec![fresh(), repository("s3", None, None)], None), BackupState::Late);
    assert_eq!(state(vec![fresh(), repository("s3", None, Some("refused"))], None), BackupState::Failed);
    let unverified = RepositoryStatus { verification_error: Some("other rows".to_owned()), ..fresh() };
    assert_eq!(state(vec![unverified], None), BackupState::Failed);
    // Good ones for so long, and when one was restored last, in days.
    let restored = |first: i64, verified: Option<i64>| RepositoryStatus {
        first_success_at: Some(at(NOW - first * 24 * HOUR)),
        last_verified_at: verified.map(|days| at(NOW - days * 24 * HOUR)),
        ..fresh()
    };
    assert_eq!(state(vec![restored(9, None)], None), BackupState::Ok, "the first one has its time");
    assert_eq!(state(vec![restored(10, None)], None), BackupState::Unverified);
    assert_eq!(state(vec![restored(100, Some(9))], None), BackupState::Ok);
    assert_eq!(state(vec![restored(100, Some(8)), restored(100, Some(10))], None), BackupState::Unverified);
    assert!(BackupState::Unverified.is_worrying() && BackupState::Late.is_worrying());
    assert!(!BackupState::Never.is_worrying() && !BackupState::Ok.is_worrying());
}

/// Minutes before now.
fn ago(minutes: i64) -> Timestamp {
    at(NOW - minutes * 60_000)
}

/// What Postgres told each time it was asked: minutes ago it archived last, and failed last.
fn archiving(told: &[(Option<i64>, Option<i64>)]) -> Option<ArchivingStatus> {
    told.iter().fold(None, |before, (archived, failed)| {
        Some(ArchivingStatus::told(archived.map(ago), failed.map(ago), before))
    })
}

#[test]
fn archiving_that_fails_for_long_counts_where_nothing_was_ever_backed_up_too() {
    let check = |told: &[(Option<i64>, Option<i64>)], expected| {
        assert_eq!(state(vec![], archiving(told)), expected, "{told:?}");
    };
    check(&[(Some(1), None)], BackupState::Never);
    check(&[(Some(1), Some(5))], BackupState::Never);
    // Nothing is written at night, and then the first file fails.
    check(&[(Some(300), None)], BackupState::Never);
    check(&[(Some(300), None), (Some(300), Some(1))], BackupState::Never);
    check(&[(Some(300), Some(11))], BackupState::NotArchived);
    check(&[(Some(300), Some(11)), (Some(300), Some(6)), (Some(300), Some(1))], BackupState::NotArchived);
    check(&[(None, Some(11)), (None, Some(1))], BackupState::NotArchived);
    // It went between two failures.
    check(&[(Some(300), Some(15)), (Some(14), Some(1))], BackupState::Never);
    check(&[(Some(300), Some(15)), (Some(2), Some(15)), (Some(2), Some(1))], BackupState::Never);
    check(&[(None, None)], BackupState::Never);
}
