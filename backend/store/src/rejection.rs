//! The quarantine, as people see it: listed, looked into, counted, cleared. Replaying is in [`replay`](crate::replay).

mod counts;
mod expire;
mod filter;
mod remove;

use crate::connect::Store;
use crate::convert::from_column;
use crate::error::{Operation, StoreError};
use crate::order::TimeOrder;
use chrono::{DateTime, Utc};
use vigia_model::{RejectionStatus, ReplayOutcome, TenantScope, Timestamp};

pub use counts::{CountKey, CountQuery, CountedBy, RejectionCount, RejectionCounts};
pub use expire::QuarantineBounds;
pub use filter::RejectionFilter;
pub(crate) use filter::{from_matching, like_pattern, settled, status};
pub use remove::Removed;

/// A page ends early when its payloads exceed this many bytes: a message of 128 KiB may stand behind 2 000 entries.
const MAX_PAGE_BYTES: i64 = 4 * 1024 * 1024;

macro_rules! columns {
    () => {
        concat!(
            "
            select r.id
                 , r.message_id
                 , q.received_at
                 , q.topic
                 , r.reason
                 , r.detail
                 , r.sample_index
                 , r.replay_outcome
                 , r.replayed_at
                 , r.replay_requested_by
                 , p.requested_at
                 , p.requested_by
                 , ",
            status!(),
            " as status"
        )
    };
}

/// `before_bytes` is what the entries before it on this page weigh; payloads are fetched only for those within.
macro_rules! list {
    ($order:literal, $beyond:literal) => {
        concat!(
            "
    select c.*
         , m.payload
    from (
        select n.*
             , sum(n.bytes) over (order by n.id ",
            $order,
            ") - n.bytes as before_bytes
             , count(*) over () as candidates
        from (",
            columns!(),
            "
                 , octet_length(q.payload)::bigint as bytes",
            from_matching!(),
            "
              and ($8::bigint is null or r.id ",
            $beyond,
            " $8)
            order by r.id ",
            $order,
            "
            limit $9
        ) n
    ) c
    join quarantined_messages m on m.id = c.message_id
    where c.before_bytes <= $10::bigint
    order by c.id ",
            $order
        )
    };
}

const LIST_NEWEST_FIRST: &str = list!("desc", "<");
const LIST_OLDEST_FIRST: &str = list!("asc", ">");
const GET: &str = concat!(
    columns!(),
    "
                 , q.payload
                 , 1::bigint as candidates",
    from_matching!(),
    "
              and r.id = $8"
);
/// Others of the same message, the one asked about left out.
const OTHERS: &str = concat!(
    columns!(),
    "
                 , ''::bytea as payload
                 , count(*) over () as candidates",
    from_matching!(),
    "
              and r.id <> $8
              and r.message_id = (select o.message_id from rejections o where o.id = $8)
            order by r.sample_index nulls first, r.id
            limit $9"
);
/// Up to `$8` of them.
const COUNT: &str = concat!(
    "
    select count(*)
    from (
            select",
    from_matching!(),
    "
            limit $8
    ) n"
);
const BINDING: &str = "
    select t.code as tenant
         , p.code as plant
    from gateways g
    join tenants t on t.id = g.tenant_id
    join plants p on p.id = g.plant_id
    where ($1::text[] is null or t.code = any($1)) and g.gateway_id = $2";

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [
        [LIST_NEWEST_FIRST, LIST_OLDEST_FIRST, GET, OTHERS, COUNT, BINDING].as_slice(),
        &counts::STATEMENTS,
        &remove::STATEMENTS,
        &expire::STATEMENTS,
    ]
    .concat()
}

/// Which entries of the quarantine.
#[derive(Debug, Clone, Copy, Default)]
pub struct RejectionQuery<'a> {
    pub filter: RejectionFilter<'a>,
    pub order: TimeOrder,
    /// The last entry of the page before.
    pub after: Option<i64>,
    pub limit: u32,
}

/// An entry of the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectionEntry {
    pub id: i64,
    pub received_at: Timestamp,
    pub topic: String,
    pub reason: String,
    pub detail: String,
    /// Which sample of the message, from 0; `None` when the whole message is meant.
    pub sample_index: Option<i32>,
    /// The whole message.
    pub payload: Vec<u8>,
    pub status: RejectionStatus,
    /// The replay that is asked for, or else the last one there was.
    pub replay: Option<Replay>,
}

/// Taking a quarantined message once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// It is to be done.
    Requested { at: Timestamp, by: String },
    /// It is done.
    Done { at: Timestamp, by: String, outcome: ReplayOutcome },
}

/// A page of the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectionPage {
    pub items: Vec<RejectionEntry>,
    pub has_more: bool,
}

/// Other rejections of a message, without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherRejections {
    pub items: Vec<RejectionEntry>,
    /// How many there are, those left out included.
    pub total: i64,
}

/// Where a gateway belongs now.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GatewayBinding {
    pub tenant: String,
    pub plant: String,
}

#[derive(sqlx::FromRow)]
struct RejectionRow {
    id: i64,
    received_at: DateTime<Utc>,
    topic: String,
    reason: String,
    detail: String,
    sample_index: Option<i32>,
    payload: Vec<u8>,
    status: String,
    replay_outcome: Option<String>,
    replayed_at: Option<DateTime<Utc>>,
    replay_requested_by: Option<String>,
    requested_at: Option<DateTime<Utc>>,
    requested_by: Option<String>,
    candidates: i64,
}

macro_rules! bind_filter {
    ($query:expr, $scope:expr, $filter:expr) => {
        $query
            .bind($scope.codes())
            .bind($filter.reason.map(vigia_model::RejectReason::as_str))
            .bind($filter.topic.map($crate::rejection::like_pattern))
            .bind($filter.from.map($crate::convert::to_column))
            .bind($filter.to.map($crate::convert::to_column))
            .bind($filter.status.map(vigia_model::RejectionStatus::as_str))
            .bind($filter.gateway)
    };
}
pub(crate) use bind_filter;

impl Store {
    /// A page of the quarantine. It may hold fewer entries than asked for, though there are more, when they are large.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rejections(
        &self,
        scope: &TenantScope,
        query: &RejectionQuery<'_>,
    ) -> Result<RejectionPage, StoreError> {
        let operation = "list the quarantine";
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let statement = match query.order {
            TimeOrder::NewestFirst => LIST_NEWEST_FIRST,
            TimeOrder::OldestFirst => LIST_OLDEST_FIRST,
        };
        let mut rows: Vec<RejectionRow> = bind_filter!(sqlx::query_as(statement), scope, query.filter)
            .bind(query.after)
            .bind(i64::from(query.limit) + 1)
            .bind(MAX_PAGE_BYTES)
            .persistent(false)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on(operation))?;
        let candidates = rows.first().map_or(0, |row| row.candidates);
        rows.truncate(limit);
        let has_more = candidates > i64::try_from(rows.len()).unwrap_or(i64::MAX);
        Ok(RejectionPage { items: entries(rows, operation)?, has_more })
    }

    /// How many entries a filter matches, counted up to `most`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_rejections(
        &self,
        scope: &TenantScope,
        filter: &RejectionFilter<'_>,
        most: u32,
    ) -> Result<i64, StoreError> {
        bind_filter!(sqlx::query_scalar(COUNT), scope, filter)
            .bind(i64::from(most))
            .persistent(false)
            .fetch_one(&self.api)
            .await
            .map_err(StoreError::on("count entries of the quarantine"))
    }

    /// One entry of the quarantine, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rejection(
        &self,
        scope: &TenantScope,
        id: i64,
    ) -> Result<Option<RejectionEntry>, StoreError> {
        let operation = "read an entry of the quarantine";
        let row: Option<RejectionRow> = bind_filter!(sqlx::query_as(GET), scope, RejectionFilter::default())
            .bind(id)
            .fetch_optional(&self.api)
            .await
            .map_err(StoreError::on(operation))?;
        row.map(|row| row.entry(operation)).transpose()
    }

    /// The other rejections of the message an entry belongs to, at most `limit` of them, in the order of its samples.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn other_rejections(
        &self,
        scope: &TenantScope,
        id: i64,
        limit: u32,
    ) -> Result<OtherRejections, StoreError> {
        let operation = "list the rejections of a message";
        let rows: Vec<RejectionRow> = bind_filter!(sqlx::query_as(OTHERS), scope, RejectionFilter::default())
            .bind(id)
            .bind(i64::from(limit))
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on(operation))?;
        let total = rows.first().map_or(0, |row| row.candidates);
        Ok(OtherRejections { items: entries(rows, operation)?, total })
    }

    /// The tenant and plant a gateway is bound to now; `None` while it is not registered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gateway_binding(
        &self,
        scope: &TenantScope,
        gateway: &str,
    ) -> Result<Option<GatewayBinding>, StoreError> {
        sqlx::query_as(BINDING)
            .bind(scope.codes())
            .bind(gateway)
            .fetch_optional(&self.api)
            .await
            .map_err(StoreError::on("read what a gateway is bound to"))
    }
}

fn entries(rows: Vec<RejectionRow>, operation: Operation) -> Result<Vec<RejectionEntry>, StoreError> {
    rows.into_iter().map(|row| row.entry(operation)).collect()
}

impl RejectionRow {
    fn entry(self, operation: Operation) -> Result<RejectionEntry, StoreError> {
        let unknown = |what: String| StoreError::Inconsistent { operation, what };
        let status = RejectionStatus::parse(&self.status)
            .ok_or_else(|| unknown(format!("the status {:?}", self.status)))?;
        let replay = match (self.requested_at, self.replay_outcome) {
            (Some(at), _) if status == RejectionStatus::Requested => {
                Some(Replay::Requested { at: from_column(at), by: self.requested_by.unwrap_or_default() })
            }
            (_, Some(word)) => Some(Replay::Done {
                at: self.replayed_at.map(from_column).unwrap_or_default(),
                by: self.replay_requested_by.unwrap_or_default(),
                outcome: ReplayOutcome::parse(&word)
                    .ok_or_else(|| unknown(format!("the outcome {word:?}")))?,
            }),
            (_, None) => None,
        };
        Ok(RejectionEntry {
            id: self.id,
            received_at: from_column(self.received_at),
            topic: self.topic,
            reason: self.reason,
            detail: self.detail,
            sample_index: self.sample_index,
            payload: self.payload,
            status,
            replay,
        })
    }
}
