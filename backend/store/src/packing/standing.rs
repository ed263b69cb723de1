//! How far packing has come, for people.

use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use vigia_model::Timestamp;

/// An hour that waits has little left of it, which is packed with its day.
const STANDING: &str = "
    select nullif(p.packed_up_to, '0001-01-01 00:00+00') as packed_up_to
         , (select min(packed_from) from series) as packed_from
         , count(d.hour) filter (where not d.waits) as due_hours
         , count(d.hour) filter (where d.waits) as waiting_hours
         , count(distinct date_trunc('day', d.hour, 'UTC')) filter (where not d.waits) as due_days
         , min(d.hour) filter (where not d.waits) as oldest_due
    from packing p
    left join packing_due d on true
    group by p.packed_up_to";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 1] = [STANDING];

/// How far packing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackingStanding {
    /// Samples before may be packed; none: nothing ever was.
    pub packed_up_to: Option<Timestamp>,
    /// The oldest packed row begins here, or a little later.
    pub packed_from: Option<Timestamp>,
    /// Hours before `packed_up_to` that are still to be packed.
    pub due_hours: i64,
    /// Hours of which little is left, to be packed when their day is over.
    pub waiting_hours: i64,
    /// The days in which the former lie.
    pub due_days: i64,
    pub oldest_due: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    packed_up_to: Option<DateTime<Utc>>,
    packed_from: Option<DateTime<Utc>>,
    due_hours: i64,
    waiting_hours: i64,
    due_days: i64,
    oldest_due: Option<DateTime<Utc>>,
}

impl Store {
    /// How far packing has come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn packing_standing(&self) -> Result<PackingStanding, StoreError> {
        let row: StandingRow = sqlx::query_as(STANDING)
            .fetch_one(&self.api)
            .await
            .map_err(StoreError::on("look how far packing has come"))?;
        Ok(PackingStanding {
            packed_up_to: row.packed_up_to.map(from_column),
            packed_from: row.packed_from.map(from_column),
            due_hours: row.due_hours,
            waiting_hours: row.waiting_hours,
            due_days: row.due_days,
            oldest_due: row.oldest_due.map(from_column),
        })
    }
}
