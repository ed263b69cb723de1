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

pub(super) fn judged(repositories: &[Backups], now: Timestamp) -> Vec<Finding> {
    if repositories.is_empty() {
        return vec![never("no backup was ever made")];
    }
    repositories.iter().flat_map(|backups| of_repository(backups, now)).collect()
}

fn of_repository(backups: &Backups, now: Timestamp) -> Vec<Finding> {
    let Backups { repository, last, last_good, last_verification, last_verified } = backups;
    let mut findings = Vec::new();
    if let Some(run) = last.as_ref().filter(|run| !run.is_good) {
        findings.push(failed(run, repository, "backup-failed", now));
    }
    match last_good {
        None => findings.push(never(&format!("no {repository} backup was ever finished"))),
        Some(at) if now.millis_since(*at) > OLD_HOURS * HOUR_MS => findings.push(
            Finding::failure(
                GROUP,
                "backup-old",
                format!("the last good {repository} backup was made {}", ago(*at, now)),
            )
            .why("What came since is lost with the disk, as far as the log was not archived.")
            .mend("docs/operations/backup.md")
            .compose(
                "docker compose ps backup; docker compose logs --tail 50 backup; docker \
                    compose exec backup vigia-db now full",
            ),
        ),
        Some(at) => findings.push(Finding::ok(
            GROUP,
            "backup",
            format!("the last {repository} backup was made {}", ago(*at, now)),
        )),
    }
    if let Some(run) = last_verification.as_ref().filter(|run| !run.is_good) {
        findings.push(failed(run, repository, "backup-verification-failed", now));
    }
    let unverified = |what: String| {
        Finding::warning(GROUP, "backup-unverified", what)
            .why("A backup that nobody has read back is a hope.")
            .mend("docs/operations/backup.md")
            .compose(format!("docker compose exec backup vigia-db verify {repository}"))
    };
    match last_verified {
        None => findings
            .push(unverified(format!("no {repository} backup was ever restored to see whether it can be"))),
        Some(at) if now.millis_since(*at) > UNVERIFIED_HOURS * HOUR_MS => {
            findings.push(unverified(format!(
                "the last {repository} backup that was restored as a test was {}",
                ago(*at, now)
            )));
        }
        Some(at) => findings.push(Finding::ok(
            GROUP,
            "backup-verified",
            format!("a {repository} backup was restored as a test {}", ago(*at, now)),
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
        .compose("docker compose up -d backup; docker compose exec backup vigia-db now full")
}

fn failed(run: &Run, repository: &str, id: &'static str, now: Timestamp) -> Finding {
    let detail = run.detail.as_deref().unwrap_or("it left no word").trim();
    let mut finding = Finding::failure(
        GROUP,
        id,
        format!("the last {repository} {} failed {}", kind(run), ago(run.finished_at, now)),
    )
    .why(WHY)
    .mend("docs/operations/backup.md")
    .compose("docker compose exec backup vigia-db check; docker compose logs --tail 50 backup");
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
