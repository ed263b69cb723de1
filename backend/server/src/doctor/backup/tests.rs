use super::*;
use crate::doctor::finding::Level;

const NOW: i64 = 1_800_000_000_000;

fn run(kind: &str, hours_ago: i64, is_good: bool) -> Run {
    let finished_at = Timestamp::from_millis(NOW - hours_ago * HOUR_MS);
    Run {
        kind: kind.to_owned(),
        finished_at,
        is_good,
        detail: Some("no room left\non the device".to_owned()),
    }
}

fn books(backups: &[Run], verifications: &[Run]) -> Backups {
    let good = |runs: &[Run]| runs.iter().find(|run| run.is_good).map(|run| run.finished_at);
    Backups {
        last: backups.first().cloned(),
        last_good: good(backups),
        last_verification: verifications.first().cloned(),
        last_verified: good(verifications),
    }
}

fn check(backups: &[Run], verifications: &[Run], expected: &[(&str, Level)]) {
    let findings = judged(Some(&books(backups, verifications)), Timestamp::from_millis(NOW));
    let found: Vec<(&str, Level)> = findings.iter().map(|it| (it.id, it.level)).collect();
    assert_eq!(found, expected);
    let troubles = findings.iter().filter(|it| matches!(it.level, Level::Warning | Level::Failure));
    for it in troubles {
        assert!(!it.why.is_empty() && !it.mend.is_empty() && !it.mend_compose.is_empty(), "{it:?}");
    }
}

#[test]
fn age_and_outcome_decide() {
    let full = |hours, good| run("full", hours, good);
    let verified = |hours, good| run("verification", hours, good);
    let (ok, warning, failure) = (Level::Ok, Level::Warning, Level::Failure);
    check(&[full(25, true)], &[verified(100, true)], &[("backup", ok), ("backup-verified", ok)]);
    check(&[full(27, true)], &[verified(100, true)], &[("backup-old", failure), ("backup-verified", ok)]);
    check(
        &[full(1, false), full(20, true)],
        &[verified(200, true)],
        &[("backup-failed", failure), ("backup", ok), ("backup-unverified", warning)],
    );
    check(
        &[full(1, false)],
        &[],
        &[("backup-failed", failure), ("backup-never", warning), ("backup-unverified", warning)],
    );
    check(
        &[run("incremental", 2, true)],
        &[verified(1, false), verified(30, true)],
        &[("backup", ok), ("backup-verification-failed", failure), ("backup-verified", ok)],
    );
    check(&[], &[], &[("backup-never", warning)]);
}

#[test]
fn no_books_are_a_warning() {
    let findings = judged(None, Timestamp::from_millis(NOW));
    assert_eq!(
        findings.iter().map(|it| (it.id, it.level)).collect::<Vec<_>>(),
        [("backup-never", Level::Warning)]
    );
}
