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

fn check(backups: &[Run], verifications: &[Run], expected: &[(&str, Level)]) {
    let findings = judged(
        &[Backups::of("local".to_owned(), [backups, verifications].concat())],
        Timestamp::from_millis(NOW),
    );
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
}

#[test]
fn no_books_are_a_warning() {
    let findings = judged(&[], Timestamp::from_millis(NOW));
    assert_eq!(
        findings.iter().map(|it| (it.id, it.level)).collect::<Vec<_>>(),
        [("backup-never", Level::Warning)]
    );
}

#[test]
fn each_repository_is_judged_by_itself() {
    let runs = |is_good| vec![run("full", 2, is_good), run("full", 20, true), run("verification", 30, true)];
    let repositories =
        [Backups::of("local".to_owned(), runs(true)), Backups::of("s3".to_owned(), runs(false))];
    let findings = judged(&repositories, Timestamp::from_millis(NOW));
    let failed: Vec<&str> =
        findings.iter().filter(|it| it.level == Level::Failure).map(|it| it.what.as_str()).collect();
    assert_eq!(failed, ["the last s3 full backup failed 2 h ago"]);
}
