//! Backups: whether there are any, how old the last is, and whether one was ever read back.

use super::ago;
use super::finding::{Finding, Group};
use crate::backups::repository as status;
use vigia_model::Timestamp;
use vigia_store::backup::RepositoryBackups;

const GROUP: Group = Group::Backup;

const WHY: &str = "Nothing else brings history back after a lost disk or a mistaken command.";

/// Where another makes them, or nobody.
pub(super) fn off() -> Finding {
    let text = "BACKUP is off: whoever runs the database backs it up, and shows whether that can be restored";
    Finding::skipped(GROUP, "backup", text)
}

/// `None` where the table is not there yet.
pub(super) fn judged(repositories: Option<Vec<RepositoryBackups>>, now: Timestamp) -> Vec<Finding> {
    match repositories {
        None => vec![Finding::skipped(
            GROUP,
            "backup",
            "nobody can have written down a backup: the database is not migrated (database)",
        )],
        Some(none) if none.is_empty() => vec![never("no backup was ever made")],
        Some(some) => some.into_iter().flat_map(|one| of_repository(one, now)).collect(),
    }
}

fn of_repository(one: RepositoryBackups, now: Timestamp) -> Vec<Finding> {
    let (tried, verified) = (one.last_tried_at, one.last_verification_at);
    let one = status(one);
    let repository = &one.repository;
    let mut findings = Vec::new();
    if let Some(error) = &one.backup_error {
        let what = format!("the last {repository} backup failed {}", when(tried, now));
        findings.push(failed("backup-failed", what, error));
    }
    match one.last_success_at {
        None => findings.push(never(&format!("no {repository} backup was ever finished"))),
        Some(at) if one.is_late(now) => findings.push(
            Finding::failure(
                GROUP,
                "backup-old",
                format!("the last good {repository} backup was made {}", ago(at, now)),
            )
            .why("What came since is lost with the disk, as far as the log was not archived.")
            .mend("docs/operations/backup.md")
            .compose(
                "deploy/compose ps backup; deploy/compose logs --tail 50 backup; deploy/compose exec backup vigia-db now full",
            ),
        ),
        Some(at) => findings.push(Finding::ok(
            GROUP,
            "backup",
            format!("the last {repository} backup was made {}", ago(at, now)),
        )),
    }
    if let Some(error) = &one.verification_error {
        let what = format!("the last verification of a {repository} backup failed {}", when(verified, now));
        findings.push(failed("backup-verification-failed", what, error));
    }
    let unverified = |what: String| {
        Finding::warning(GROUP, "backup-unverified", what)
            .why("A backup that nobody has read back is a hope.")
            .mend("docs/operations/backup.md")
            .compose(format!("deploy/compose exec backup vigia-db verify {repository}"))
    };
    match (one.last_verified_at, one.first_success_at) {
        (None, Some(first)) if !one.is_unverified(now) => findings.push(Finding::ok(
            GROUP,
            "backup-verified",
            format!(
                "the first {repository} backup was made {}; one is restored as a test each week",
                ago(first, now)
            ),
        )),
        (None, _) => findings
            .push(unverified(format!("no {repository} backup was ever restored to see whether it can be"))),
        (Some(at), _) if one.is_unverified(now) => {
            findings.push(unverified(format!(
                "the last {repository} backup that was restored as a test was {}",
                ago(at, now)
            )));
        }
        (Some(at), _) => findings.push(Finding::ok(
            GROUP,
            "backup-verified",
            format!("a {repository} backup was restored as a test {}", ago(at, now)),
        )),
    }
    findings
}

fn never(what: &str) -> Finding {
    Finding::warning(GROUP, "backup-never", what)
        .why(WHY)
        .mend(
            "pg_dump --format=custom --file=vigia.dump \"$DATABASE_URL\", and then regularly: \
            docs/operations/backup.md",
        )
        .compose("deploy/compose up -d backup; deploy/compose exec backup vigia-db now full")
}

fn failed(id: &'static str, what: String, error: &str) -> Finding {
    let error = if error.trim().is_empty() { "it left no word" } else { error.trim() };
    let mut finding = Finding::failure(GROUP, id, what)
        .why(WHY)
        .mend("docs/operations/backup.md")
        .compose("deploy/compose exec backup vigia-db check; deploy/compose logs --tail 50 backup");
    for line in error.lines().take(5) {
        finding = finding.detail(line.to_owned());
    }
    finding
}

fn when(at: Option<Timestamp>, now: Timestamp) -> String {
    at.map_or_else(String::new, |at| ago(at, now))
}

#[cfg(test)]
mod tests;
