//! The books of the backups, which whoever makes one writes into `backups`.

use super::{Checkup, looking};
use crate::convert::from_column;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use vigia_model::Timestamp;

const IS_THERE: &str = "select to_regclass('backups') is not null";
/// Read only if the table is there. Of each kind of question its newest answer.
const LAST: &str = "
    select coalesce(to_jsonb(backups) ->> 'repository', 'local') as repository
         , kind
         , finished_at
         , coalesce(ok, false) as ok
         , detail
    from backups
    where finished_at is not null
    order by finished_at desc
    limit 500";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 1] = [IS_THERE];

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// `full`, `differential`, `incremental` or `verification`.
    pub kind: String,
    pub finished_at: Timestamp,
    pub is_good: bool,
    pub detail: Option<String>,
}

/// What the books say of one repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backups {
    /// `local` or `s3`.
    pub repository: String,
    /// The last that was made, good or bad.
    pub last: Option<Run>,
    pub last_good: Option<Timestamp>,
    /// The last verification, good or bad.
    pub last_verification: Option<Run>,
    pub last_verified: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    repository: String,
    kind: String,
    finished_at: DateTime<Utc>,
    ok: bool,
    detail: Option<String>,
}

impl Checkup {
    /// What the books say of each repository; none if nobody keeps any here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn backups(&mut self) -> Result<Vec<Backups>, StoreError> {
        let is_there: bool = sqlx::query_scalar(IS_THERE)
            .fetch_one(&mut self.connection)
            .await
            .map_err(looking("look for backups"))?;
        if !is_there {
            return Ok(Vec::new());
        }
        let rows: Vec<Row> = sqlx::query_as(LAST)
            .fetch_all(&mut self.connection)
            .await
            .map_err(looking("read the backups"))?;
        let mut repositories = BTreeMap::<String, Vec<Run>>::new();
        for row in rows {
            repositories.entry(row.repository.clone()).or_default().push(row.into());
        }
        Ok(repositories.into_iter().map(|(repository, runs)| Backups::of(repository, runs)).collect())
    }
}

impl Backups {
    /// From all runs, the newest first.
    pub fn of(repository: String, runs: Vec<Run>) -> Self {
        let (verifications, backups): (Vec<Run>, Vec<Run>) =
            runs.into_iter().partition(|run| run.kind == "verification");
        let good = |runs: &[Run]| runs.iter().find(|run| run.is_good).map(|run| run.finished_at);
        Self {
            repository,
            last_good: good(&backups),
            last_verified: good(&verifications),
            last: backups.into_iter().next(),
            last_verification: verifications.into_iter().next(),
        }
    }
}

impl From<Row> for Run {
    fn from(row: Row) -> Self {
        Self {
            kind: row.kind,
            finished_at: from_column(row.finished_at),
            is_good: row.ok,
            detail: row.detail,
        }
    }
}
