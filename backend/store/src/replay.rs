//! Replaying what is quarantined: the API marks messages, the process that ingests takes them once more and notes what
//! came of it, in the entries themselves.
//!
//! A message is marked by a row of `replay_requests`, which goes when its outcome is noted. Whoever dies in between
//! leaves the mark, and the message is taken again, which changes nothing that was stored.

mod request;

use crate::batch::{BatchMessage, storable};
use crate::connect::{Lent, Store};
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use crate::rejection::settled;
use crate::watch::Watch;
use chrono::{DateTime, Utc};
use vigia_model::{Rejection, ReplayOutcome, Timestamp};

pub use request::{ReplayRequest, RequestedReplays};

/// The channel a trigger notifies after every request.
const CHANNEL: &str = "vigia_replay_requests";

/// Requests that were begun so often and never ended.
const GIVE_UP: &str = concat!(
    "
    with given_up as (
        delete from replay_requests
        where attempts >= $1
        returning message_id, requested_by
    )
    update rejections r
    set replay_outcome = 'given_up'
      , replayed_at = $2
      , replay_requested_by = g.requested_by
    from given_up g
    where r.message_id = g.message_id and not ",
    settled!()
);
/// The oldest messages that were never begun, a bounded piece of them; when there is none, one that was, alone: it may
/// be the one on which the process died.
const BEGIN: &str = "
    with due as (
        select n.message_id
             , n.attempts
             , row_number() over place as place
             , sum(octet_length(q.payload)) over place - octet_length(q.payload) as bytes_before
        from (select message_id, attempts from replay_requests order by attempts, message_id limit $1) n
        join quarantined_messages q on q.id = n.message_id
        window place as (order by n.attempts, n.message_id)
    )
    , begun as (
        update replay_requests p
        set attempts = p.attempts + 1
        from due
        where p.message_id = due.message_id
          and (due.place = 1 or (due.attempts = 0 and due.bytes_before < $2))
        returning p.message_id
    )
    select q.id
         , q.received_at
         , q.topic
         , q.payload
         , array_agg(r.id order by r.id) as entries
         , array_agg(r.sample_index order by r.id) as sample_indexes
    from begun b
    join quarantined_messages q on q.id = b.message_id
    join rejections r on r.message_id = q.id
    group by q.id
    order by q.id";
/// Where the request is gone, somebody else has noted the outcome.
const NOTE: &str = concat!(
    "
    update rejections r
    set replay_outcome = n.outcome
      , replayed_at = $5
      , replay_requested_by = p.requested_by
      , reason = coalesce(n.reason, r.reason)
      , detail = coalesce(n.detail, r.detail)
    from unnest($1::int8[], $2::text[], $3::text[], $4::text[]) n(id, outcome, reason, detail)
       , replay_requests p
    where r.id = n.id and p.message_id = r.message_id and not ",
    settled!()
);
const END: &str = "delete from replay_requests where message_id = any($1)";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 6] =
    [GIVE_UP, BEGIN, NOTE, END, request::REQUEST_IDS, request::REQUEST_MATCHING];

/// How often a message is begun before it is given up.
const MAX_ATTEMPTS: i32 = 5;

/// A quarantined message that is to be taken once more.
#[derive(Debug, Clone)]
pub struct QuarantinedMessage {
    pub id: i64,
    pub message: BatchMessage,
    /// What was rejected of it, as far as it was kept.
    pub entries: Vec<QuarantinedEntry>,
}

/// An entry of a quarantined message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuarantinedEntry {
    pub id: i64,
    /// `None`: the whole message is meant.
    pub sample_index: Option<u32>,
}

/// What came of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replayed {
    As(ReplayOutcome),
    /// Refused again, for this reason.
    Again(Rejection),
}

impl Replayed {
    pub const fn outcome(&self) -> ReplayOutcome {
        match self {
            Self::As(outcome) => *outcome,
            Self::Again(_) => ReplayOutcome::RejectedAgain,
        }
    }
}

#[derive(sqlx::FromRow)]
struct BegunRow {
    id: i64,
    received_at: DateTime<Utc>,
    topic: String,
    payload: Vec<u8>,
    entries: Vec<i64>,
    sample_indexes: Vec<Option<i32>>,
}

impl From<BegunRow> for QuarantinedMessage {
    fn from(row: BegunRow) -> Self {
        let index = |index: Option<i32>| index.and_then(|index| u32::try_from(index).ok());
        let entries = row.entries.into_iter().zip(row.sample_indexes);
        Self {
            id: row.id,
            message: BatchMessage {
                topic: row.topic.into(),
                payload: row.payload.into(),
                received_at: from_column(row.received_at),
            },
            entries: entries
                .map(|(id, sample)| QuarantinedEntry { id, sample_index: index(sample) })
                .collect(),
        }
    }
}

impl Store {
    /// Gives up what was begun too often and never ended; how many entries that were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_up_replays(&self, now: Timestamp) -> Result<u64, StoreError> {
        let given_up =
            sqlx::query(GIVE_UP).bind(MAX_ATTEMPTS).bind(to_column(now)).execute(&self.ingest).await;
        Ok(given_up.map_err(StoreError::on("give up replays"))?.rows_affected())
    }

    /// Begins some of the replays asked for, and counts the attempt. Nothing is returned when nothing is left to do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_replays(
        &self,
        max_messages: u32,
        max_bytes: i64,
    ) -> Result<Vec<QuarantinedMessage>, StoreError> {
        let rows: Vec<BegunRow> = sqlx::query_as(BEGIN)
            .bind(i64::from(max_messages))
            .bind(max_bytes)
            .fetch_all(&self.ingest)
            .await
            .map_err(StoreError::on("begin replays"))?;
        Ok(rows.into_iter().map(QuarantinedMessage::from).collect())
    }

    /// Notes what came of messages that were begun, entry by entry. Nothing else is changed of an entry that an earlier
    /// replay has stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_replays(
        &self,
        messages: &[i64],
        entries: &[(i64, Replayed)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let rejection = |entry: &(i64, Replayed)| match &entry.1 {
            Replayed::Again(rejection) => Some((rejection.reason.as_str(), storable(&rejection.detail))),
            Replayed::As(_) => None,
        };
        let (reasons, details): (Vec<_>, Vec<_>) =
            entries.iter().map(|entry| rejection(entry).unzip()).unzip();
        let end = async {
            let mut lent = Lent::from(&self.ingest).await?;
            let mut tx = lent.begin().await?;
            sqlx::query(NOTE)
                .bind(entries.iter().map(|(id, _)| *id).collect::<Vec<_>>())
                .bind(entries.iter().map(|(_, replayed)| replayed.outcome().as_str()).collect::<Vec<_>>())
                .bind(reasons)
                .bind(details)
                .bind(to_column(now))
                .execute(&mut *tx)
                .await?;
            sqlx::query(END).bind(messages).execute(&mut *tx).await?;
            tx.commit().await?;
            lent.give_back();
            Ok(())
        };
        end.await.map_err(StoreError::on("note what came of replays"))
    }

    /// Starts listening for requests, made by whomever.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watch_replays(&self) -> Result<Watch, StoreError> {
        Watch::open(self, CHANNEL, "listen for replays").await
    }
}
