//! How far packing may go: the watermark, and the hours before it that are due.

use super::WATERMARK_LOCK;
use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use std::time::Duration;
use vigia_model::Timestamp;

/// Writers of samples wait behind one who waits for the watermark, so that takes as long as a batch, or is given up.
const BRIEFLY: &str = "set local lock_timeout = '500ms'";
const LOCK: &str = "select pg_advisory_xact_lock($1)";
const ADVANCE: &str = "update packing set packed_up_to = $1 where packed_up_to < $1";
const PROGRESS: &str = "select packed_up_to, listed_up_to from packing";
const LIST_ALL: &str = "
    insert into packing_due as d (hour)
    select n.hour
    from generate_series(date_trunc('hour', $1::timestamptz, 'UTC'), $2::timestamptz - interval '1 ms', interval '1 hour') n(hour)
    on conflict (hour) do update
    set marks = d.marks + 1
      , waits = false";
/// The same, of months that have a partition: from the names of these, without reading what may be a billion rows.
const LIST_FOUND: &str = "
    insert into packing_due as d (hour)
    select h.hour
    from (
        select make_timestamptz(
                   substring(c.relname from '^samples_y(\\d{4,})m\\d\\d$')::integer,
                   substring(c.relname from '^samples_y\\d{4,}m(\\d\\d)$')::integer,
                   1, 0, 0, 0, 'UTC'
               ) as month
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        where i.inhparent = to_regclass('samples')
          and c.relname ~ '^samples_y\\d{4,}m\\d\\d$'
    ) m
    cross join lateral generate_series(
        greatest(m.month, date_trunc('hour', $1::timestamptz, 'UTC')),
        least(m.month + interval '1 month', $2::timestamptz) - interval '1 ms',
        interval '1 hour'
    ) h(hour)
    on conflict (hour) do update
    set marks = d.marks + 1
      , waits = false";
const LISTED: &str = "update packing set listed_up_to = $1";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] = [LOCK, ADVANCE, PROGRESS, LIST_ALL, LIST_FOUND, LISTED];

/// Within so long a time every hour is listed, without looking whether it holds anything.
const A_FEW_HOURS: Duration = Duration::from_hours(24 * 7);

/// Waits for those who are storing samples, and lets nobody begin to until the end of the transaction.
pub(crate) async fn hold_all_writers(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(AssertSqlSafe(BRIEFLY)).execute(&mut *tx).await?;
    sqlx::query(LOCK).bind(WATERMARK_LOCK).execute(tx).await?;
    Ok(())
}

impl Store {
    /// Lets samples before `to` be packed, and lists their hours. Never goes back.
    ///
    /// # Errors
    /// Transient also when a writer of samples holds the watermark for too long.
    pub async fn advance_packing(&self, to: Timestamp) -> Result<(), StoreError> {
        let operation = "move the watermark of packing";
        self.move_watermark(to).await.map_err(StoreError::on(operation))?;
        // Now that nobody stores a sample before it without saying so, what is there can be listed.
        self.list_due().await.map_err(StoreError::on("list the hours that are due"))
    }

    async fn move_watermark(&self, to: Timestamp) -> Result<(), sqlx::Error> {
        let (packed, _): (DateTime<Utc>, DateTime<Utc>) =
            sqlx::query_as(PROGRESS).fetch_one(&self.upkeep).await?;
        if packed >= to_column(to) {
            return Ok(());
        }
        let mut tx = self.upkeep.begin().await?;
        hold_all_writers(&mut tx).await?;
        sqlx::query(ADVANCE).bind(to_column(to)).execute(&mut *tx).await?;
        tx.commit().await
    }

    async fn list_due(&self) -> Result<(), sqlx::Error> {
        let mut tx = self.upkeep.begin().await?;
        let (packed, listed): (DateTime<Utc>, DateTime<Utc>) =
            sqlx::query_as(PROGRESS).fetch_one(&mut *tx).await?;
        if listed >= packed {
            return Ok(());
        }
        let gap = from_column(packed).millis_since(from_column(listed));
        let few = i64::try_from(A_FEW_HOURS.as_millis()).unwrap_or(i64::MAX);
        let list = if gap <= few { LIST_ALL } else { LIST_FOUND };
        sqlx::query(list).bind(listed).bind(packed).execute(&mut *tx).await?;
        sqlx::query(LISTED).bind(packed).execute(&mut *tx).await?;
        tx.commit().await
    }
}
