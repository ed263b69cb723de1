//! The comparison: one pass over the stored samples, with the expected ones beside them, then what follows from them.

mod samples;
mod derived;

use super::Audit;
use super::expectation::Expectation;
use super::hour::{Counted, Hour};
use super::stored::{self, SeriesRow};
use anyhow::Result;
use futures_util::TryStreamExt;
use sqlx::{Connection, PgConnection};
use std::collections::HashMap;
use std::time::Instant;

/// Compares a database with what was published.
///
/// Everything published must have arrived: wait for that first. What tenants say that the ledger does not know is not
/// looked at. The quarantine keeps 1 000 of a gateway, reason and hour; beyond that it is not comparable.
///
/// # Errors
/// When the database cannot be read.
pub async fn audit(expectation: &Expectation, database_url: &str) -> Result<Audit> {
    let began = Instant::now();
    let mut database = PgConnection::connect(database_url).await?;
    let mut beside = PgConnection::connect(database_url).await?;
    let mut comparison = Comparison::new(expectation);
    comparison.names(&mut database).await?;
    comparison.samples(&mut database, &mut beside).await?;
    beside.close().await?;
    comparison.hours(&mut database).await?;
    comparison.states(&mut database).await?;
    comparison.rejections(&mut database).await?;
    database.close().await?;
    let mut audit = comparison.audit;
    audit.took_seconds = began.elapsed().as_secs_f64();
    Ok(audit)
}

struct Comparison<'a> {
    expectation: &'a Expectation,
    /// Series of the ledger's tenants by id.
    names: HashMap<i32, String>,
    hours: HashMap<HourOf, Hour>,
    /// The samples of hours in which one or more may have said something else.
    unsure: HashMap<HourOf, Vec<Counted<'a>>>,
    /// What is wrong with the samples of an hour: that its row is off by as much is not counted again.
    known: HashMap<HourOf, Known>,
    /// The newest sample of each series.
    newest: HashMap<i32, Counted<'a>>,
    audit: Audit,
}

/// A series and the start of an hour.
type HourOf = (i32, i64);

/// Samples of one hour.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    lost: u64,
    too_many: u64,
}

impl<'a> Comparison<'a> {
    fn new(expectation: &'a Expectation) -> Self {
        let audit = Audit {
            published: expectation.samples(),
            unconfirmed: expectation.unconfirmed(),
            ..Audit::default()
        };
        Self {
            expectation,
            names: HashMap::new(),
            hours: HashMap::new(),
            unsure: HashMap::new(),
            known: HashMap::new(),
            newest: HashMap::new(),
            audit,
        }
    }

    async fn names(&mut self, database: &mut PgConnection) -> Result<()> {
        let mut rows = sqlx::query_as::<_, SeriesRow>(stored::SERIES).fetch(database);
        while let Some(row) = rows.try_next().await? {
            if self.expectation.tenants.contains(row.tenant.as_str()) {
                self.names.insert(row.id, row.name);
            }
        }
        Ok(())
    }

    fn tell(&mut self, series: i32, ts_ms: i64, what: &str) {
        let name = self.names.get(&series).map_or("?", String::as_str);
        self.audit.example(|| format!("{name} at {ts_ms}: {what}"));
    }
}
