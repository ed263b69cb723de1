//! Where history begins: of all series, and of those by themselves of which more was let go.
//!
//! It is written down before anything goes, under the lock that everybody holds who stores samples: who comes later looks
//! there, in the same transaction. So no sample comes back, and no copy of one that is known no more is counted again, whatever
//! the rules say by then.

use super::{Cutoff, Cutoffs, EVER};
use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use crate::{packing, partition};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;
use vigia_model::{SeriesId, Timestamp};

const BEGINNING: &str = "select raw_from, hourly_from from retention";
const OF_SERIES: &str = "
    select s.id
         , greatest(s.raw_from, r.raw_from)
         , greatest(s.hourly_from, r.hourly_from)
    from series s
    cross join retention r
    where s.id = any($1)";
/// `$3` is the last time before which any series lets go.
const RAISE: &str = "
    update retention
    set raw_from = greatest(raw_from, $1)
      , hourly_from = greatest(hourly_from, $2)
      , let_go_up_to = greatest(let_go_up_to, $3)";
const RAISE_SERIES: &str = "
    update series s
    set raw_from = greatest(s.raw_from, n.raw_from)
      , hourly_from = greatest(s.hourly_from, n.hourly_from)
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[]) n(id, raw_from, hourly_from)
    where s.id = n.id
      and (
          s.raw_from is null
          or s.raw_from < n.raw_from
          or s.hourly_from is null
          or s.hourly_from < n.hourly_from
      )";
/// What is not packed yet and lies before never will be.
const FORGET_DUE: &str = "delete from packing_due where hour < $1";
const FORGET_PACKED: &str = "update series set packed_from = null, packed_ts = null where packed_ts < $1";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] =
    [BEGINNING, OF_SERIES, RAISE, RAISE_SERIES, FORGET_DUE, FORGET_PACKED];

/// Where history begins; of a database of which nothing was let go, before everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginning {
    /// Samples before were let go.
    pub raw: Timestamp,
    /// Hourly rows before were let go.
    pub hourly: Timestamp,
}

impl Beginning {
    pub(super) const OF_ALL_TIME: Self = Self { raw: EVER, hourly: EVER };

    /// Samples before were let go, of every series; `None`: none were.
    pub fn raw_dropped_before(self) -> Option<Timestamp> {
        Some(self.raw).filter(|from| *from > EVER)
    }

    /// Hourly rows before were let go, of every series; `None`: none were.
    pub fn hourly_dropped_before(self) -> Option<Timestamp> {
        Some(self.hourly).filter(|from| *from > EVER)
    }
}

impl Store {
    /// Where the history of every series begins, if not later.
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

    /// Lets history begin where `cutoffs` say; never goes back. Nothing goes by it yet, but from now on nothing before is taken,
    /// no partition before is made, and nothing before is packed.
    ///
    /// # Errors
    /// Transient also when a writer of samples holds on for too long.
    pub async fn let_go(&self, cutoffs: &Cutoffs) -> Result<(), StoreError> {
        let all = cutoffs.all;
        let own: Vec<&Cutoff> =
            cutoffs.series.iter().filter(|it| it.raw > all.raw || it.hourly > all.hourly).collect();
        self.raise(all, &own).await.map_err(StoreError::on("move where history begins"))
    }

    /// The same for the samples of every series, at a full hour.
    ///
    /// # Errors
    /// As of [`let_go`](Self::let_go).
    pub async fn begin_raw_at(&self, to: Timestamp) -> Result<(), StoreError> {
        let all = Beginning { raw: to, ..Beginning::OF_ALL_TIME };
        self.raise(all, &[]).await.map_err(StoreError::on("move where samples begin"))
    }

    /// The same for the hourly rows of every series.
    ///
    /// # Errors
    /// As of [`let_go`](Self::let_go).
    pub async fn begin_hourly_at(&self, to: Timestamp) -> Result<(), StoreError> {
        let all = Beginning { hourly: to, ..Beginning::OF_ALL_TIME };
        self.raise(all, &[]).await.map_err(StoreError::on("move where hourly rows begin"))
    }

    async fn raise(&self, all: Beginning, own: &[&Cutoff]) -> Result<(), sqlx::Error> {
        let last = own.iter().map(|it| it.raw.max(it.hourly)).fold(all.raw.max(all.hourly), Timestamp::max);
        let mut tx = self.upkeep.begin().await?;
        partition::lock(&mut tx).await?;
        sqlx::query(RAISE)
            .bind(to_column(all.raw))
            .bind(to_column(all.hourly))
            .bind(to_column(last))
            .execute(&mut *tx)
            .await?;
        if !own.is_empty() {
            sqlx::query(RAISE_SERIES)
                .bind(own.iter().map(|it| it.series.0).collect::<Vec<_>>())
                .bind(own.iter().map(|it| to_column(it.raw)).collect::<Vec<_>>())
                .bind(own.iter().map(|it| to_column(it.hourly)).collect::<Vec<_>>())
                .execute(&mut *tx)
                .await?;
        }
        // Last, so that nobody waits for all of that.
        packing::hold_all_writers(&mut tx).await?;
        tx.commit().await?;
        sqlx::query(FORGET_DUE).bind(to_column(all.raw)).execute(&self.upkeep).await?;
        sqlx::query(FORGET_PACKED).bind(to_column(all.raw)).execute(&self.upkeep).await?;
        Ok(())
    }
}

/// Where the history of each of these series begins.
pub(crate) async fn of_series(
    tx: &mut PgConnection,
    series: Vec<i32>,
) -> Result<HashMap<SeriesId, Beginning>, sqlx::Error> {
    let rows: Vec<(i32, DateTime<Utc>, DateTime<Utc>)> =
        sqlx::query_as(OF_SERIES).bind(series).fetch_all(tx).await?;
    let begins = |(series, raw, hourly)| {
        (SeriesId(series), Beginning { raw: from_column(raw), hourly: from_column(hourly) })
    };
    Ok(rows.into_iter().map(begins).collect())
}
