//! The quarantine, as people list it.

use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use vigia_model::{TenantScope, Timestamp};

/// A page ends early when its payloads exceed this many bytes: a message of 128 KiB may stand behind 2 000 entries.
const MAX_PAGE_BYTES: i64 = 4 * 1024 * 1024;

/// The tenant of an entry is the tenant level of its topic; a topic without one is shown to internal admins only.
/// `before_bytes` is what the entries before it on this page weigh; payloads are fetched only for those within.
const LIST: &str = r"
    select c.id
         , c.received_at
         , c.topic
         , c.reason
         , c.detail
         , c.sample_index
         , m.payload
         , c.candidates
    from (
        select n.*
             , sum(n.bytes) over (order by n.id desc) - n.bytes as before_bytes
             , count(*) over () as candidates
        from (
            select r.id
                 , r.message_id
                 , q.received_at
                 , q.topic
                 , r.reason
                 , r.detail
                 , r.sample_index
                 , octet_length(q.payload)::bigint as bytes
            from rejections r
            join quarantined_messages q on q.id = r.message_id
            where ($1::text[] is null or (q.topic like 'factory/%' and split_part(q.topic, '/', 2) = any($1)))
              and ($2::text is null or r.reason = $2)
              and ($3::text is null or q.topic like $3 escape '\')
              and ($4::timestamptz is null or q.received_at >= $4)
              and ($5::timestamptz is null or q.received_at < $5)
              and ($6::bigint is null or r.id < $6)
            order by r.id desc
            limit $7
        ) n
    ) c
    join quarantined_messages m on m.id = c.message_id
    where c.before_bytes <= $8::bigint
    order by c.id desc";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 1] = [LIST];

/// Which entries of the quarantine; newest first.
#[derive(Debug, Clone, Default)]
pub struct RejectionQuery<'a> {
    pub reason: Option<&'a str>,
    /// Exact, or with `*` for any run of characters.
    pub topic: Option<&'a str>,
    /// Received at or after.
    pub from: Option<Timestamp>,
    /// Received before.
    pub to: Option<Timestamp>,
    /// Only entries older than this one.
    pub before: Option<i64>,
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
}

/// A page of the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectionPage {
    pub items: Vec<RejectionEntry>,
    pub has_more: bool,
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
    candidates: i64,
}

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
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let mut rows: Vec<RejectionRow> = sqlx::query_as(LIST)
            .bind(scope.codes())
            .bind(query.reason)
            .bind(query.topic.map(like_pattern))
            .bind(query.from.map(to_column))
            .bind(query.to.map(to_column))
            .bind(query.before)
            .bind(i64::from(query.limit) + 1)
            .bind(MAX_PAGE_BYTES)
            .persistent(false)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the quarantine"))?;
        let candidates = rows.first().map_or(0, |row| row.candidates);
        rows.truncate(limit);
        let has_more = candidates > i64::try_from(rows.len()).unwrap_or(i64::MAX);
        Ok(RejectionPage { items: rows.into_iter().map(RejectionEntry::from).collect(), has_more })
    }
}

impl From<RejectionRow> for RejectionEntry {
    fn from(row: RejectionRow) -> Self {
        Self {
            id: row.id,
            received_at: from_column(row.received_at),
            topic: row.topic,
            reason: row.reason,
            detail: row.detail,
            sample_index: row.sample_index,
            payload: row.payload,
        }
    }
}

/// A glob as `like` reads it, with `\` before what `like` would take for its own.
fn like_pattern(glob: &str) -> String {
    let mut like = String::with_capacity(glob.len());
    for letter in glob.chars() {
        match letter {
            '*' => like.push('%'),
            '%' | '_' | '\\' => like.extend(['\\', letter]),
            _ => like.push(letter),
        }
    }
    like
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_become_like() {
        for (glob, like) in [("factory/*/x", "factory/%/x"), ("a_b%c\\d", "a\\_b\\%c\\\\d")] {
            assert_eq!(like_pattern(glob), like);
        }
    }
}
