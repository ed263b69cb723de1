//! Partitions of `samples`: one per UTC month, made when the first sample of a month asks for it.
//!
//! A month, not a day: within the accepted age of a sample (five years) nobody can make more than some sixty.

use crate::connect::Store;
use crate::error::StoreError;
use chrono::{DateTime, Datelike, Months, NaiveDate};
use sqlx::AssertSqlSafe;
use std::collections::HashSet;
use vigia_model::Timestamp;

/// Any fixed number: who holds this lock may add partitions.
const LOCK: i64 = 0x7669_6769_6101;

const EXISTS: &str = "
    select exists (
        select
        from pg_inherits
        where inhparent = 'samples'::regclass and inhrelid = to_regclass($1)
    )";
const LOCK_SQL: &str = "select pg_advisory_xact_lock($1)";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 2] = [EXISTS, LOCK_SQL];

/// A UTC month, as "months since year 0".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(i32);

impl Month {
    /// The month `ts` falls in.
    pub fn of(ts: Timestamp) -> Self {
        let date = DateTime::from_timestamp_millis(ts.as_millis()).unwrap_or_default();
        Self(date.year() * 12 + i32::try_from(date.month0()).unwrap_or(0))
    }

    fn first_day(self) -> NaiveDate {
        let month = u32::try_from(self.0.rem_euclid(12)).unwrap_or(0) + 1;
        NaiveDate::from_ymd_opt(self.0.div_euclid(12), month, 1).unwrap_or_default()
    }

    fn table(self) -> String {
        self.first_day().format("samples_y%Ym%m").to_string()
    }
}

/// Which partitions are known to exist: asked once, remembered while the process lives.
#[derive(Debug, Clone, Default)]
pub struct KnownPartitions(HashSet<Month>);

impl KnownPartitions {
    /// The months of `samples` not known to have a partition yet.
    pub fn missing(&self, times: impl IntoIterator<Item = Timestamp>) -> Vec<Month> {
        let mut missing = Vec::new();
        for ts in times {
            let month = Month::of(ts);
            if !self.0.contains(&month) && !missing.contains(&month) {
                missing.push(month);
            }
        }
        missing
    }

    /// Forgets all: a partition may have been dropped under us.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

impl Store {
    /// Makes sure that the partitions of `months` exist.
    ///
    /// Made apart and then attached, which blocks neither readers nor writers of the table.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ensure_partitions(
        &self,
        known: &mut KnownPartitions,
        months: &[Month],
    ) -> Result<(), StoreError> {
        for month in months {
            self.ensure_partition(*month).await.map_err(StoreError::on("make a partition of samples"))?;
            known.0.insert(*month);
        }
        Ok(())
    }

    async fn ensure_partition(&self, month: Month) -> Result<(), sqlx::Error> {
        let table = month.table();
        let from = month.first_day();
        let to = from.checked_add_months(Months::new(1)).unwrap_or(from);
        let mut tx = self.ingest.begin().await?;
        sqlx::query(LOCK_SQL).bind(LOCK).execute(&mut *tx).await?;
        let exists: bool = sqlx::query_scalar(EXISTS).bind(&table).fetch_one(&mut *tx).await?;
        if !exists {
            // The name and the dates are ours: no text from outside is in these statements. The check lets ATTACH
            // skip its scan; it is dropped again because the partition's own bound says the same.
            let statements = [
                format!(
                    "create table if not exists {table} (like samples including defaults including constraints)"
                ),
                format!(
                    "alter table {table} add constraint {table}_bound check (ts >= '{from} 00:00+00' and ts < '{to} 00:00+00')"
                ),
                format!(
                    "alter table samples attach partition {table} for values from ('{from} 00:00+00') to ('{to} 00:00+00')"
                ),
                format!("alter table {table} drop constraint {table}_bound"),
            ];
            for statement in statements {
                sqlx::query(AssertSqlSafe(statement)).execute(&mut *tx).await?;
            }
            tracing::info!(partition = %table, "made a partition of samples");
        }
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_utc() {
        let ms = |text: &str| {
            Timestamp::from_millis(text.parse::<DateTime<chrono::Utc>>().unwrap().timestamp_millis())
        };
        assert_eq!(Month::of(ms("2025-12-31T23:59:59.999Z")).table(), "samples_y2025m12");
        assert_eq!(Month::of(ms("2026-01-01T00:00:00Z")).table(), "samples_y2026m01");
    }
}
