//! The room there is: where history is to begin so that the database fits it, samples first.

use super::Beginning;
use crate::connect::Store;
use crate::error::StoreError;
use crate::partition::{Parted, Partition};
use std::time::Duration;
use vigia_model::Timestamp;

/// The number of live rows is worth something once a vacuum or an analysis has found it: after a crash it is counted anew from
/// nothing. `nulls` is the part of the rows of which nothing is counted.
const USE: &str = "
    select pg_database_size(current_database()) as bytes
         , pg_total_relation_size(c.oid) as hourly_bytes
         , case
               when coalesce(s.last_vacuum, s.last_autovacuum, s.last_analyze, s.last_autoanalyze) is null
               then greatest(s.n_live_tup, c.reltuples::bigint)
               else s.n_live_tup
           end as hourly_rows
         , coalesce(n.null_frac, 0)::float8 as nulls
    from pg_class c
    join pg_stat_user_tables s on s.relid = c.oid
    left join pg_stats n on n.schemaname = s.schemaname and n.tablename = s.relname and n.attname = 'sum'
    where c.oid = 'hourly'::regclass";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 1] = [USE];

/// Samples of the last day stay, whatever the budget.
pub const RAW_FLOOR: Duration = Duration::from_hours(24);
/// And hourly rows of the last month.
pub const HOURLY_FLOOR: Duration = Duration::from_hours(24 * 31);
/// From so many rows on a table tells what a row takes.
const ENOUGH_ROWS: i64 = 10_000;
/// What a row of `hourly` takes in a table filled anew. In the table, of which 70 % are filled, its pointer (4), header (24) and
/// twelve columns (96), all aligned; in the index, as full as inserts here and there leave it, pointer, header and key (28 of 40).
const HOURLY_ROW: f64 = 124.0 / 0.7 + 40.0;
/// What it takes less where nothing was counted: eight columns are null (64), and a bitmap says so (8).
const WITHOUT_COUNTS: f64 = 56.0 / 0.7;

/// What of the disk is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageUse {
    /// The files of the database.
    pub bytes: i64,
    /// Room in the file of `hourly` that rows which were deleted left, and that those to come take first.
    pub hourly_room: i64,
    /// `hourly` without that room.
    pub hourly: i64,
}

impl StorageUse {
    /// What counts against the budget.
    pub fn taken(self) -> i64 {
        self.bytes.saturating_sub(self.hourly_room)
    }
}

/// What has to be shortened next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortening {
    /// Samples begin at this time.
    Raw(Timestamp),
    /// Hourly rows do.
    Hourly(Timestamp),
    /// Nothing before what has to go already is gone.
    Waits,
    /// Only what always stays is left.
    Nothing,
}

#[derive(sqlx::FromRow)]
struct UseRow {
    bytes: i64,
    hourly_bytes: i64,
    hourly_rows: i64,
    nulls: f64,
}

impl Store {
    /// What the database takes now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn storage_use(&self) -> Result<StorageUse, StoreError> {
        let look = async {
            let row: UseRow = sqlx::query_as(USE).fetch_one(&self.upkeep).await?;
            let weight = HOURLY_ROW - row.nulls * WITHOUT_COUNTS;
            let room = float(row.hourly_bytes) - weight * float(row.hourly_rows);
            let hourly_room = if row.hourly_rows >= ENOUGH_ROWS { whole(room) } else { 0 };
            Ok(StorageUse { bytes: row.bytes, hourly_room, hourly: row.hourly_bytes - hourly_room })
        };
        look.await.map_err(StoreError::on("weigh the database"))
    }

    /// What is to be shortened next when the database takes too much.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shortening(&self, now: Timestamp) -> Result<Shortening, StoreError> {
        let Beginning { raw, hourly } = self.beginning().await?;
        if !self.detached().await?.is_empty() {
            return Ok(Shortening::Waits);
        }
        // The one that ends first.
        let oldest = self.raw_partitions().await?.first().map(|it| it.partition.end());
        match oldest {
            Some(end) if end <= raw => return Ok(Shortening::Waits),
            Some(end) if end <= now.minus(RAW_FLOOR) => return Ok(Shortening::Raw(end)),
            _ => {}
        }
        let Some(oldest) = self.oldest_hour().await? else { return Ok(Shortening::Nothing) };
        if oldest < hourly {
            return Ok(Shortening::Waits);
        }
        let end = Partition::of(Parted::Samples, oldest).end();
        Ok(if end <= now.minus(HOURLY_FLOOR) { Shortening::Hourly(end) } else { Shortening::Nothing })
    }
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "an estimate")]
fn float(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "an estimate")]
fn whole(number: f64) -> i64 {
    number.max(0.0) as i64
}
