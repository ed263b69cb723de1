//! Partitions: of `samples` one per UTC month, of `packed` one per week; made when the first row asks for one.
//!
//! A month and a week, not a day: within the accepted age of a sample (five years) nobody can make more than some sixty of the
//! one and some 260 of the other. What was dropped is never made again (see [`crate::retention`]).

use crate::connect::Store;
use crate::convert::to_column;
use crate::error::StoreError;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use std::collections::HashSet;
use vigia_model::Timestamp;

/// Any fixed number: who holds this lock may add partitions.
const LOCK: i64 = 0x7669_6769_6101;

const EXISTS: &str = "
    select exists (
        select
        from pg_inherits
        where inhparent = to_regclass($1) and inhrelid = to_regclass($2)
    )";
const LOCK_SQL: &str = "select pg_advisory_xact_lock($1)";
const IS_GONE: &str = "
    select raw_from >= $1
    from retention";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 3] = [EXISTS, LOCK_SQL, IS_GONE];

/// A table that is parted by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parted {
    /// By months.
    Samples,
    /// By weeks, which begin on Mondays.
    Packed,
}

/// One part of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Partition {
    of: Parted,
    /// Its first day, UTC.
    from: NaiveDate,
}

impl Partition {
    /// The one `ts` falls in.
    pub fn of(parted: Parted, ts: Timestamp) -> Self {
        let date = DateTime::from_timestamp_millis(ts.as_millis()).unwrap_or_default().date_naive();
        let from = match parted {
            Parted::Samples => date.with_day(1),
            Parted::Packed => date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into())),
        };
        Self { of: parted, from: from.unwrap_or(date) }
    }

    /// The day after its last.
    fn to(self) -> NaiveDate {
        let to = match self.of {
            Parted::Samples => self.from.checked_add_months(Months::new(1)),
            Parted::Packed => self.from.checked_add_days(Days::new(7)),
        };
        to.unwrap_or(self.from)
    }

    /// When it ends; exclusive.
    pub fn end(self) -> Timestamp {
        let midnight = self.to().and_hms_opt(0, 0, 0).unwrap_or_default();
        Timestamp::from_millis(midnight.and_utc().timestamp_millis())
    }

    /// When it begins.
    pub fn begin(self) -> Timestamp {
        let midnight = self.from.and_hms_opt(0, 0, 0).unwrap_or_default();
        Timestamp::from_millis(midnight.and_utc().timestamp_millis())
    }

    /// Its bounds as Postgres reads them.
    pub(crate) fn bounds(self) -> (String, String) {
        (format!("{} 00:00+00", self.from), format!("{} 00:00+00", self.to()))
    }

    pub fn parted(self) -> Parted {
        self.of
    }

    /// The one a table of this name is; `None` for a table of another kind.
    pub(crate) fn named(table: &str) -> Option<Self> {
        let (of, month, day) = if let Some(month) = table.strip_prefix("samples_y") {
            (Parted::Samples, month, "d01")
        } else {
            (Parted::Packed, table.strip_prefix("packed_y")?, "")
        };
        let from = NaiveDate::parse_from_str(&format!("{month}{day}"), "%Ym%md%d").ok()?;
        let partition = Self { of, from };
        (partition.table() == table).then_some(partition)
    }

    pub(crate) const fn parent(self) -> &'static str {
        match self.of {
            Parted::Samples => "samples",
            Parted::Packed => "packed",
        }
    }

    pub fn table(self) -> String {
        match self.of {
            Parted::Samples => self.from.format("samples_y%Ym%m").to_string(),
            Parted::Packed => self.from.format("packed_y%Ym%md%d").to_string(),
        }
    }
}

/// Which partitions are known to exist: asked once, remembered while the process lives.
#[derive(Debug, Clone, Default)]
pub struct KnownPartitions(HashSet<Partition>);

impl KnownPartitions {
    /// The parts of `parted` not known to exist yet.
    pub fn missing(&self, parted: Parted, times: impl IntoIterator<Item = Timestamp>) -> Vec<Partition> {
        let mut missing = Vec::new();
        for ts in times {
            let partition = Partition::of(parted, ts);
            if !self.0.contains(&partition) && !missing.contains(&partition) {
                missing.push(partition);
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
    /// Makes sure that `partitions` exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ensure_partitions(
        &self,
        known: &mut KnownPartitions,
        partitions: &[Partition],
    ) -> Result<(), StoreError> {
        for partition in partitions {
            if ensure(&self.ingest, *partition).await.map_err(StoreError::on("make a partition"))? {
                known.0.insert(*partition);
            }
        }
        Ok(())
    }

    /// Makes `partition` before anything asks for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make_ahead(&self, partition: Partition) -> Result<(), StoreError> {
        ensure(&self.upkeep, partition).await.map(drop).map_err(StoreError::on("make a partition ahead"))
    }
}

/// Lets nobody else make or drop partitions until the end of the transaction.
pub(crate) async fn lock(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(LOCK_SQL).bind(LOCK).execute(tx).await.map(drop)
}

/// Makes one unless it is there: apart and then attached, which blocks neither readers nor writers of the table. `false` for
/// one that was dropped, and is not made again.
pub(crate) async fn ensure(pool: &PgPool, partition: Partition) -> Result<bool, sqlx::Error> {
    let (parent, table, (from, to)) = (partition.parent(), partition.table(), partition.bounds());
    let mut tx = pool.begin().await?;
    lock(&mut tx).await?;
    let is_gone: bool =
        sqlx::query_scalar(IS_GONE).bind(to_column(partition.end())).fetch_one(&mut *tx).await?;
    if is_gone {
        return Ok(false);
    }
    let exists: bool = sqlx::query_scalar(EXISTS).bind(parent).bind(&table).fetch_one(&mut *tx).await?;
    if !exists {
        let key = match partition.of {
            Parted::Samples => "ts",
            Parted::Packed => "start",
        };
        // The names and the dates are ours: no text from outside is in these statements. The check lets ATTACH
        // skip its scan; it is dropped again because the partition's own bound says the same.
        let statements = [
            format!(
                "create table if not exists {table} (like {parent} including defaults including constraints)"
            ),
            format!(
                "alter table {table} add constraint {table}_bound check ({key} >= '{from}' and {key} < '{to}')"
            ),
            format!("alter table {parent} attach partition {table} for values from ('{from}') to ('{to}')"),
            format!("alter table {table} drop constraint {table}_bound"),
        ];
        for statement in statements {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut *tx).await?;
        }
        tracing::info!(partition = %table, "made a partition");
    }
    tx.commit().await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_weeks_are_utc() {
        let table = |parted, text: &str| {
            let at = text.parse::<DateTime<chrono::Utc>>().unwrap().timestamp_millis();
            Partition::of(parted, Timestamp::from_millis(at)).table()
        };
        assert_eq!(table(Parted::Samples, "2025-12-31T23:59:59.999Z"), "samples_y2025m12");
        assert_eq!(table(Parted::Samples, "2026-01-01T00:00:00Z"), "samples_y2026m01");
        assert_eq!(table(Parted::Packed, "2026-11-29T23:59:59.999Z"), "packed_y2026m11d23");
        assert_eq!(table(Parted::Packed, "2026-11-30T00:00:00Z"), "packed_y2026m11d30");
        assert_eq!(table(Parted::Packed, "2025-01-01T00:00:00Z"), "packed_y2024m12d30");
        for name in ["samples_y2025m12", "packed_y2024m12d30"] {
            assert_eq!(Partition::named(name).unwrap().table(), name);
        }
        for name in ["samples", "samples_y2025m13", "samples_y2025m12d02", "packed_y2024m12", "samples_old"] {
            assert_eq!(Partition::named(name), None, "{name}");
        }
    }
}
