//! Retention: history that is old enough leaves, partition by partition where all of one may go, else row by row.
//!
//! What lies before [`Beginning::raw`] or [`Beginning::hourly`] was dropped, of every series. The table `retention` says so, and
//! no partition before it is ever made again: a sample that comes too late finds none, and is refused.

mod place;
mod cutoff;
mod drop;
mod thin;
mod budget;

use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use crate::partition;
use chrono::{DateTime, Utc};
use std::time::Duration;
use vigia_model::Timestamp;

pub use budget::{HOURLY_FLOOR, RAW_FLOOR, Shortening, StorageUse};
pub use cutoff::{Cutoff, Cutoffs};
pub use drop::PartitionSize;
pub use place::PlacedSeries;
pub use thin::{History, LOT};

/// So long after its time history goes: a sample that was taken in time and is not stored yet, or comes again, still finds its
/// place.
pub const GRACE: Duration = Duration::from_hours(24);

const BEGINNING: &str = "select raw_from, hourly_from from retention";
const RAISE_RAW: &str = "update retention set raw_from = $1 where raw_from < $1";
const RAISE_HOURLY: &str = "update retention set hourly_from = $1 where hourly_from < $1";
/// What is not packed yet and lies before never will be.
const FORGET_DUE: &str = "delete from packing_due where hour < $1";
const FORGET_PACKED: &str = "update series set packed_from = null, packed_ts = null where packed_ts < $1";

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    let own = [BEGINNING, RAISE_RAW, RAISE_HOURLY, FORGET_DUE, FORGET_PACKED];
    [own.as_slice(), &place::STATEMENTS, &drop::STATEMENTS, &thin::STATEMENTS, &budget::STATEMENTS].concat()
}

/// No sample is as old: a history that begins before was never shortened.
const EVER: Timestamp = Timestamp::from_millis(-60_000_000_000_000);

/// Where history begins; of a database of which nothing was dropped, before everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginning {
    pub raw: Timestamp,
    pub hourly: Timestamp,
}

impl Beginning {
    /// Samples before were dropped, of every series; `None`: none were.
    pub fn raw_dropped_before(self) -> Option<Timestamp> {
        Some(self.raw).filter(|from| *from > EVER)
    }

    /// Hourly rows before were dropped for want of room; `None`: none were.
    pub fn hourly_dropped_before(self) -> Option<Timestamp> {
        Some(self.hourly).filter(|from| *from > EVER)
    }
}

impl Store {
    /// Where history begins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn beginning(&self) -> Result<Beginning, StoreError> {
        let (raw, hourly): (DateTime<Utc>, DateTime<Utc>) = sqlx::query_as(BEGINNING)
            .fetch_one(&self.control)
            .await
            .map_err(StoreError::on("look where history begins"))?;
        Ok(Beginning { raw: from_column(raw), hourly: from_column(hourly) })
    }

    /// Lets the samples of every series begin at `to`, a full hour; never goes back. Nothing goes by it yet, but no partition
    /// before it is made any more, and nothing before it is packed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_raw_at(&self, to: Timestamp) -> Result<(), StoreError> {
        let raise = async {
            let mut tx = self.upkeep.begin().await?;
            partition::lock(&mut tx).await?;
            sqlx::query(RAISE_RAW).bind(to_column(to)).execute(&mut *tx).await?;
            tx.commit().await?;
            sqlx::query(FORGET_DUE).bind(to_column(to)).execute(&self.upkeep).await?;
            sqlx::query(FORGET_PACKED).bind(to_column(to)).execute(&self.upkeep).await?;
            Ok(())
        };
        raise.await.map_err(StoreError::on("move the beginning of samples"))
    }

    /// Lets the hourly rows of every series begin at `to`; never goes back, and drops nothing yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_hourly_at(&self, to: Timestamp) -> Result<(), StoreError> {
        let raised = sqlx::query(RAISE_HOURLY).bind(to_column(to)).execute(&self.upkeep).await;
        raised.map(drop).map_err(StoreError::on("move the beginning of hourly rows"))
    }
}
