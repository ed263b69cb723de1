//! The database: whether it can be reached, whether it is one that keeps what it promises, and how its schema stands.

mod refused;
mod state;

use super::finding::{Finding, Group};
use super::{backup, storage};
use crate::config::Draft;
use std::path::PathBuf;
use vigia_model::{Clock, Timestamp};
use vigia_store::StoreError;
use vigia_store::checkup::Checkup;

pub(super) const GROUP: Group = Group::Database;

/// What the database told, for this and for other groups.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) findings: Vec<Finding>,
    /// Its clock less ours, in milliseconds.
    pub(super) skew_ms: Option<i64>,
    /// Whether some process ingests into it now.
    pub(super) is_ingested: Option<bool>,
    /// Groups that were to be looked at and are not yet.
    ahead: Vec<Group>,
}

impl Told {
    pub(super) fn begin(&mut self) {
        self.ahead = vec![Group::Storage, Group::Backup];
    }

    pub(super) fn done(&mut self, group: Group) {
        self.ahead.retain(|it| *it != group);
    }

    /// Time ran out, if there is such a finding: what was found stays.
    pub(super) fn cut_short(&mut self, late: Option<Finding>) {
        if late.is_some() {
            self.findings.extend(late);
            self.skip("not looked at: what comes before it took too long (database)");
        }
    }

    fn skip(&mut self, text: &str) {
        for group in std::mem::take(&mut self.ahead) {
            self.findings.push(Finding::skipped(group, "database", text));
        }
    }
}

pub(super) async fn check(draft: &Draft, clock: &Clock, told: &mut Told) {
    told.begin();
    let Some(settings) = &draft.database else {
        told.ahead.insert(0, GROUP);
        told.skip("the database was not asked: its settings are not usable (environment)");
        return;
    };
    let mut checkup = match Checkup::open(settings).await {
        Ok(checkup) => checkup,
        Err(refusal) => {
            told.findings.push(refused::explained(&refusal, settings));
            told.skip("the database cannot be asked (database)");
            return;
        }
    };
    match look(&mut checkup, draft, clock, told).await {
        Ok(seen) => {
            told.findings.extend(storage::books(draft, settings, seen, clock).await);
            told.done(Group::Storage);
            if draft.backup.is_on {
                match checkup.backups().await {
                    Ok(backups) => told.findings.extend(backup::judged(backups, clock.now())),
                    Err(error) => told.findings.push(unread(Group::Backup, &error)),
                }
            } else {
                told.findings.push(backup::off());
            }
            told.done(Group::Backup);
        }
        Err(error) => {
            told.findings.push(unread(GROUP, &error));
            told.skip("not looked at: what comes before it failed (database)");
        }
    }
    checkup.close().await;
}

/// Looks at everything; whether the schema is one that this program can read, and where the data lie, if that is told.
async fn look(
    checkup: &mut Checkup,
    draft: &Draft,
    clock: &Clock,
    told: &mut Told,
) -> Result<(bool, Option<PathBuf>), StoreError> {
    let asked_at = clock.now();
    let server = checkup.server().await?;
    told.skew_ms = Some(server.now.millis_since(between(asked_at, clock.now())));
    let directory = server.data_directory.as_ref().map(PathBuf::from);
    told.findings.extend(storage::database_disk(directory.clone()).await);
    let findings = &mut told.findings;
    state::server(&server, findings);
    // Where backups are off it is no fault that nothing is archived; that it fails is one.
    if draft.backup.is_on || server.settings.archives {
        state::archiver(&server, &checkup.archiver().await?, clock.now(), findings);
    }
    let schema = checkup.schema().await?;
    state::schema(&schema, findings);
    state::rights(&checkup.rights().await?, findings);
    state::burdens(checkup.longest_transaction().await?, &checkup.idle_slots().await?, findings);
    told.is_ingested = checkup.is_ingested().await.ok();
    Ok((schema.pending.is_empty() && schema.half_done.is_empty(), directory))
}

fn between(from: Timestamp, to: Timestamp) -> Timestamp {
    Timestamp::from_millis(from.as_millis() + to.millis_since(from) / 2)
}

pub(super) fn unread(group: Group, error: &StoreError) -> Finding {
    Finding::failure(group, "database-query-failed", format!("{error}: {}", error.database_message()))
        .why(
            "The database is there and does not answer this question: a right is missing, or \
            it is in trouble.",
        )
        .mend("look into the log of PostgreSQL")
        .compose("deploy/compose logs --tail 50 db")
}
