//! The database: whether it can be reached, whether it is one that keeps what it promises, and how its schema stands.

mod refused;
mod state;

use super::finding::{Finding, Group};
use super::{backup, storage};
use crate::config::Draft;
use std::path::PathBuf;
use vigia_model::{Clock, Timestamp};
use vigia_store::checkup::Checkup;
use vigia_store::{DatabaseSettings, StoreError};

pub(super) const GROUP: Group = Group::Database;

/// What the database told, for this and for other groups.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) findings: Vec<Finding>,
    /// Its clock less ours, in milliseconds.
    pub(super) skew_ms: Option<i64>,
    /// Whether some process ingests into it now.
    pub(super) is_ingested: Option<bool>,
}

pub(super) async fn check(draft: &Draft, clock: &Clock) -> Told {
    let Some(settings) = &draft.database else {
        let text = "the database was not asked: its settings are not usable (environment)";
        return Told {
            findings: [GROUP, Group::Storage, Group::Backup]
                .into_iter()
                .map(|group| Finding::skipped(group, "database", text))
                .collect(),
            ..Told::default()
        };
    };
    let mut checkup = match Checkup::open(settings).await {
        Ok(checkup) => checkup,
        Err(refusal) => {
            let unseen =
                |group| Finding::skipped(group, "database", "the database cannot be asked (database)");
            return Told {
                findings: vec![
                    refused::explained(&refusal, settings),
                    unseen(Group::Storage),
                    unseen(Group::Backup),
                ],
                ..Told::default()
            };
        }
    };
    let mut told = Told::default();
    match look(&mut checkup, clock, &mut told).await {
        Ok(is_current) => {
            told.findings.extend(storage::books(draft, settings, is_current, clock).await);
            match checkup.backups().await {
                Ok(backups) => told.findings.extend(backup::judged(&backups, clock.now())),
                Err(error) => told.findings.push(unread(Group::Backup, &error)),
            }
        }
        Err(error) => told.findings.push(unread(GROUP, &error)),
    }
    checkup.close().await;
    told
}

/// Looks at everything; whether the schema is one that this program can read.
async fn look(checkup: &mut Checkup, clock: &Clock, told: &mut Told) -> Result<bool, StoreError> {
    let asked_at = clock.now();
    let server = checkup.server().await?;
    told.skew_ms = Some(server.now.millis_since(between(asked_at, clock.now())));
    let directory = server.data_directory.as_ref().map(PathBuf::from);
    told.findings.extend(storage::database_disk(directory).await);
    let findings = &mut told.findings;
    state::server(&server, findings);
    state::archiver(&server, &checkup.archiver().await?, clock.now(), findings);
    let schema = checkup.schema().await?;
    state::schema(&schema, findings);
    state::rights(&checkup.rights().await?, findings);
    state::burdens(checkup.longest_transaction().await?, &checkup.idle_slots().await?, findings);
    told.is_ingested = checkup.is_ingested().await.ok();
    Ok(schema.pending.is_empty() && schema.half_done.is_empty())
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
        .compose("docker compose logs --tail 50 db")
}

/// Where the database is, without any password.
pub(super) fn place(settings: &DatabaseSettings) -> String {
    settings.place()
}
