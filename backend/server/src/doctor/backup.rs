//! Backups: whether there are any, how old the last is, and whether one was ever read back.

use super::ago;
use super::finding::{Finding, Group};
use vigia_model::Timestamp;
use vigia_store::checkup::{Backups, Run};

const GROUP: Group = Group::Backup;
const HOUR_MS: i64 = 3_600_000;
/// A day, and two hours for the run itself.
const OLD_HOURS: i64 = 26;
/// A week and a day.
const UNVERIFIED_HOURS: i64 = 8 * 24;

const WHY: &str = "Nothing else brings history back after a lost disk or a mistaken command.";

pub(super) fn judged(backups: Option<&Backups>, now: Timestamp) -> Vec<Finding> {
    let Some(Backups { last: Some(last), last_good, last_verification, last_verified }) = backups else {
        return vec![never("no backup was ever made")];
    };
    let mut findings = Vec::new();
    if !last.is_good {
        findings.push(failed(last, "backup-failed", now));
    }
    match last_good {
        None => findings.push(never("no backup was ever finished")),
        Some(at) if now.millis_since(*at) > OLD_HOURS * HOUR_MS => findings.push(
            Finding::failure(GROUP, "backup-old", format!("the last good backup was made {}", ago(*at, now)))
                .why("What came since is lost with the disk, as far as the log was not archived.")
                .mend("docs/operations/backup.md")
                .compose("docker compose ps backup; docker compose logs --tail 50 backup; docker compose exec backup vigia-backup full"),
        ),
        Some(at) => findings.push(Finding::ok(GROUP, "backup", format!("the last backup was made {}", ago(*at, now)))),
    }
    if let Some(run) = last_verification.as_ref().filter(|run| !run.is_good) {
        findings.push(failed(run, "backup-verification-failed", now));
    }
    let unverified = |what: String| {
        Finding::warning(GROUP, "backup-unverified", what)
            .why("A backup that nobody has read back is a hope.")
            .mend("docs/operations/backup.md")
            .compose("docker compose exec backup vigia-backup verify")
    };
    match last_verified {
        None => findings.push(unverified("no backup was ever restored to see whether it can be".to_owned())),
        Some(at) if now.millis_since(*at) > UNVERIFIED_HOURS * HOUR_MS => {
            findings.push(unverified(format!(
                "the last backup that was restored as a test was {}",
                ago(*at, now)
            )));
        }
        Some(at) => findings.push(Finding::ok(
            GROUP,
            "backup-verified",
            format!("one was restored as a test {}", ago(*at, now)),
        )),
    }
    findings
}

fn never(what: &str) -> Finding {
    Finding::warning(GROUP, "backup-never", what)
        .why(WHY)
        .mend("pg_dump --format=custom --file=vigia.dump \"$DATABASE_URL\", and then regularly: docs/operations/backup.md")
        .compose("docker compose up -d backup; docker compose exec backup vigia-backup full")
}

fn failed(run: &Run, id: &'static str, now: Timestamp) -> Finding {
    let detail = run.detail.as_deref().unwrap_or("it left no word").trim();
    let mut finding =
        Finding::failure(GROUP, id, format!("the last {} failed {}", kind(run), ago(run.finished_at, now)))
            .why(WHY)
            .mend("docs/operations/backup.md")
            .compose("docker compose logs --tail 50 backup");
    for line in detail.lines().take(5) {
        finding = finding.detail(line.to_owned());
    }
    finding
}

fn kind(run: &Run) -> String {
    match run.kind.as_str() {
        "verification" => "verification of a backup".to_owned(),
        kind => format!("{kind} backup"),
    }
}

#[cfg(test)]
mod tests;
