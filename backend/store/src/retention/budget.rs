//! The room there is: where history is to begin so that the database fits it, samples first.

use super::Beginning;
use crate::connect::Store;
use crate::error::StoreError;
use crate::partition::{Parted, Partition};
use std::time::Duration;
use vigia_model::Timestamp;

const USE: &str = "
    select pg_database_size(current_database()) as bytes
         , pg_total_relation_size(c.oid) as hourly_bytes
         , case when s.n_live_tup > 0 then s.n_live_tup else greatest(c.reltuples, 0)::bigint end as hourly_rows
         , r.hourly_row_bytes
    from retention r
    join pg_class c on c.oid = 'hourly'::regclass
    left join pg_stat_user_tables s on s.relid = c.oid";
/// The fullest the table ever was tells what a row takes, unless that is less than it can be (`$2`).
const NOTE_ROW: &str = "
    update retention
    set hourly_row_bytes = $1
    where hourly_row_bytes is null or hourly_row_bytes > $1 or hourly_row_bytes < $2";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [USE, NOTE_ROW];

/// Samples of the last day stay, whatever the budget.
pub const RAW_FLOOR: Duration = Duration::from_hours(24);
/// And hourly rows of the last month.
pub const HOURLY_FLOOR: Duration = Duration::from_hours(24 * 31);
/// From so many rows on a table tells what a row takes.
const ENOUGH_ROWS: i64 = 10_000;
/// What a row of `hourly` takes at the very least; if it seems to take less, the planner's number of rows is wrong. In the table, of
/// which 70 % are filled, 68 bytes: its pointer (4), its header with a bitmap of nulls (32), and of its columns those that are
/// never null (32). In the index 28: pointer (4), header (8) and key (16).
const LEAST_HOURLY_ROW: f64 = 68.0 / 0.7 + 28.0;

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
    hourly_row_bytes: Option<f64>,
}

impl Store {
    /// What the database takes now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn storage_use(&self) -> Result<StorageUse, StoreError> {
        let look = async {
            let row: UseRow = sqlx::query_as(USE).fetch_one(&self.upkeep).await?;
            let (bytes, rows) = (float(row.hourly_bytes), float(row.hourly_rows));
            if row.hourly_rows >= ENOUGH_ROWS && bytes / rows >= LEAST_HOURLY_ROW {
                sqlx::query(NOTE_ROW).bind(bytes / rows).bind(LEAST_HOURLY_ROW).execute(&self.upkeep).await?;
            }
            let room = row.hourly_row_bytes.map_or(0.0, |weight| bytes - weight.max(LEAST_HOURLY_ROW) * rows);
            let hourly_room = whole(room);
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
        // The one that ends first.
        let oldest = self.raw_partitions().await?.first().map(|it| it.partition.end());
        match oldest {
            Some(end) if end <= raw => return Ok(Shortening::Waits),
            Some(end) if end <= now.minus(RAW_FLOOR) => return Ok(Shortening::Raw(end)),
            _ => {}
        }
        let Some(oldest) = self.oldest_hour().await? else { return Ok(Shortening::Nothing) };
        let end = Partition::of(Parted::Samples, oldest.max(hourly)).end();
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
