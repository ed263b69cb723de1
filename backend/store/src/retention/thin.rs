//! Thinning out: rows that are too old go in small lots, where their partition cannot. Each statement finds them series by
//! series by the key, and leaves those that somebody is at for the next time.

use crate::connect::{Lent, Store};
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use vigia_model::{SeriesId, Timestamp};

/// `$3` is the last of the times: by it the planner leaves out partitions.
const SAMPLES: &str = "
    delete from samples s
    using (
        select d.series_id
             , d.ts
        from unnest($1::int4[], $2::timestamptz[]) n(series_id, before)
        cross join lateral (
            select o.series_id
                 , o.ts
            from samples o
            where o.series_id = n.series_id
              and o.ts < n.before
              and o.ts < $3
            order by o.ts
            limit $4
            for update skip locked
        ) d
        limit $4
    ) gone
    where s.series_id = gone.series_id
      and s.ts = gone.ts
      and s.ts < $3";
/// Rows of which all is too old.
const PACKED: &str = "
    delete from packed p
    using (
        select d.series_id
             , d.start
             , d.hours
        from unnest($1::int4[], $2::timestamptz[]) n(series_id, before)
        cross join lateral (
            select o.series_id
                 , o.start
                 , o.hours
            from packed o
            where o.series_id = n.series_id
              and o.start < n.before
              and o.start < $3
              and o.start + make_interval(hours => o.hours::integer) <= n.before
            order by o.start
            limit $4
            for update skip locked
        ) d
        limit $4
    ) gone
    where p.series_id = gone.series_id
      and p.start = gone.start
      and p.hours = gone.hours
      and p.start < $3";
/// `$3` only keeps the parameters the same.
const HOURLY: &str = "
    delete from hourly h
    using (
        select d.series_id
             , d.hour
        from unnest($1::int4[], $2::timestamptz[]) n(series_id, before)
        cross join lateral (
            select o.series_id
                 , o.hour
            from hourly o
            where o.series_id = n.series_id
              and o.hour < n.before
            order by o.hour
            limit $4
            for update skip locked
        ) d
        limit $4
    ) gone
    where h.series_id = gone.series_id
      and h.hour = gone.hour
      and h.hour < $3";
/// The key finds few rows among many, whatever the planner's figures of a table that was just filled say.
const BY_KEY: [&str; 3] =
    ["set local enable_seqscan = off", "set local enable_hashjoin = off", "set local enable_mergejoin = off"];
const OLDEST_HOUR: &str = "
    select min(h.hour)
    from series r
    cross join lateral (
        select o.hour
        from hourly o
        where o.series_id = r.id
        order by o.hour
        limit 1
    ) h";
const VACUUM_HOURLY: &str = "vacuum (analyze, skip_locked) hourly";

/// What is said of packed samples that are gone.
const FORGET: &str = "
    update series r
    set packed_from = null
      , packed_ts = null
    from unnest($1::int4[], $2::timestamptz[]) n(series_id, before)
    where r.id = n.series_id and r.packed_ts < n.before";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 5] = [SAMPLES, PACKED, HOURLY, OLDEST_HOUR, FORGET];

/// So many rows go in one transaction: some tens of milliseconds.
pub const LOT: u64 = 2_000;

/// A part of history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    Samples,
    Packed,
    Hourly,
}

impl History {
    pub const fn table(self) -> &'static str {
        match self {
            Self::Samples => "samples",
            Self::Packed => "packed",
            Self::Hourly => "hourly",
        }
    }
}

impl Store {
    /// Deletes up to [`LOT`] rows of each series named that end before its time; of hourly rows, those whose hour begins
    /// before. As long as it deletes so many, there may be more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn thin_out(
        &self,
        history: History,
        before: &[(SeriesId, Timestamp)],
    ) -> Result<u64, StoreError> {
        let statement = match history {
            History::Samples => SAMPLES,
            History::Packed => PACKED,
            History::Hourly => HOURLY,
        };
        let Some(last) = before.iter().map(|(_, before)| *before).max() else { return Ok(0) };
        let (series, times): (Vec<i32>, Vec<DateTime<Utc>>) =
            before.iter().map(|(series, before)| (series.0, to_column(*before))).unzip();
        let delete = async {
            let mut lent = Lent::from(&self.upkeep).await?;
            let mut tx = lent.begin().await?;
            for setting in BY_KEY {
                sqlx::query(AssertSqlSafe(setting)).execute(&mut *tx).await?;
            }
            let deleted = sqlx::query(statement)
                .bind(&series)
                .bind(&times)
                .bind(to_column(last))
                .bind(i64::try_from(LOT).unwrap_or(i64::MAX))
                .execute(&mut *tx)
                .await?
                .rows_affected();
            if history == History::Packed && deleted < LOT {
                sqlx::query(FORGET).bind(series).bind(times).execute(&mut *tx).await?;
            }
            tx.commit().await?;
            lent.give_back();
            Ok(deleted)
        };
        delete.await.map_err(StoreError::on("thin out history"))
    }

    /// The oldest hour of which there is an hourly row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn oldest_hour(&self) -> Result<Option<Timestamp>, StoreError> {
        let oldest: Option<DateTime<Utc>> = sqlx::query_scalar(OLDEST_HOUR)
            .fetch_one(&self.upkeep)
            .await
            .map_err(StoreError::on("look for the oldest hour"))?;
        Ok(oldest.map(from_column))
    }

    /// Gives the room of hourly rows that went back to those that come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vacuum_hourly(&self) -> Result<(), StoreError> {
        let vacuum = async {
            let mut connection = self.upkeep.acquire().await?;
            sqlx::query(AssertSqlSafe(VACUUM_HOURLY)).persistent(false).execute(&mut *connection).await
        };
        vacuum.await.map(drop).map_err(StoreError::on("vacuum the hourly rows"))
    }
}
