//! The quarantine's writing side: what was rejected stays visible, and cannot fill the disk.

use super::{BatchMessage, Conflict, RejectionRow, SampleRow};
use crate::connect::Store;
use crate::convert::to_column;
use crate::error::StoreError;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use vigia_model::{Identifier, RejectReason, Rejection, Timestamp};

const COUNT: &str = "
    insert into rejection_counts as c (hour, gateway, reason, total, kept)
    select n.hour, n.gateway, n.reason, n.total, least(n.total, $5)
    from unnest($1::timestamptz[], $2::text[], $3::text[], $4::int8[]) n(hour, gateway, reason, total)
    on conflict (hour, gateway, reason) do update
    set total = c.total + excluded.total
      , kept = least(c.total + excluded.total, $5)
    returning gateway, reason, total";
const INSERT_MESSAGES: &str = "
    insert into quarantined_messages (received_at, topic, payload)
    select *
    from unnest($1::timestamptz[], $2::text[], $3::bytea[])
    returning id";
const INSERT_REJECTIONS: &str = "
    insert into rejections (message_id, sample_index, reason, detail)
    select *
    from unnest($1::int8[], $2::int4[], $3::text[], $4::text[])";
const EXPIRE_BY_AGE: &str = "delete from quarantined_messages where received_at < $1";
const EXPIRE_BY_SIZE: &str = "
    delete from quarantined_messages
    where id <= (
        select max(id)
        from (
            select id
                 , sum(octet_length(payload) + octet_length(topic) + 200) over (order by id desc) as bytes_from_newest
            from quarantined_messages
        ) sized
        where bytes_from_newest > $1
    )";
const EXPIRE_COUNTS: &str = "delete from rejection_counts where hour < $1";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] =
    [COUNT, INSERT_MESSAGES, INSERT_REJECTIONS, EXPIRE_BY_AGE, EXPIRE_BY_SIZE, EXPIRE_COUNTS];

/// How much is kept of one gateway, reason and hour.
#[derive(Debug, Clone, Copy)]
pub struct QuarantineLimits {
    /// Rejections kept whole; the rest is only counted.
    pub whole_per_hour: i64,
}

impl Default for QuarantineLimits {
    fn default() -> Self {
        Self { whole_per_hour: 1_000 }
    }
}

/// The rejection of a sample that came second with another value.
pub(super) fn contradiction(rows: &[SampleRow], conflict: &Conflict) -> Option<RejectionRow> {
    let row = rows.get(conflict.row)?;
    let show = |sample: &vigia_model::Sample| {
        let mut text = match &sample.value {
            Some(value) => value.to_string(),
            None => "null".to_owned(),
        };
        if text.chars().count() > 80 {
            text = text.chars().take(80).chain("…".chars()).collect();
        }
        format!("{text} ({} {})", sample.data_type.as_str(), sample.quality.as_str())
    };
    let detail = format!(
        "{} is stored for this metric at {}, this sample says {}",
        show(&conflict.stored),
        row.sample.ts.as_millis(),
        show(&row.sample)
    );
    let rejection =
        Rejection { reason: RejectReason::ConflictingDuplicate, detail, sample_index: row.sample_index };
    Some(RejectionRow { message: row.message, rejection })
}

/// Stores rejections with the messages they belong to, each message once, up to the limits; counts them all.
pub(super) async fn insert(
    tx: &mut PgConnection,
    messages: &[BatchMessage],
    rejections: &[RejectionRow],
    limits: &QuarantineLimits,
) -> Result<(), sqlx::Error> {
    if rejections.is_empty() {
        return Ok(());
    }
    let mut room = count(tx, messages, rejections, limits).await?;
    let mut kept: Vec<&RejectionRow> = Vec::with_capacity(rejections.len());
    for row in rejections {
        let Some(message) = messages.get(row.message) else { continue };
        let key = (gateway_of(&message.topic).to_owned(), row.rejection.reason.as_str().to_owned());
        if let Some(left) = room.get_mut(&key).filter(|left| **left > 0) {
            *left -= 1;
            kept.push(row);
        }
    }
    let wanted: BTreeSet<usize> = kept.iter().map(|row| row.message).collect();
    let whole: Vec<&BatchMessage> = wanted.iter().filter_map(|index| messages.get(*index)).collect();
    let ids: Vec<i64> = sqlx::query_scalar(INSERT_MESSAGES)
        .bind(whole.iter().map(|message| to_column(message.received_at)).collect::<Vec<_>>())
        .bind(whole.iter().map(|message| storable(&message.topic)).collect::<Vec<_>>())
        .bind(whole.iter().map(|message| &*message.payload).collect::<Vec<_>>())
        .fetch_all(&mut *tx)
        .await?;
    let ids: HashMap<usize, i64> = wanted.into_iter().zip(ids).collect();
    let index =
        |row: &RejectionRow| row.rejection.sample_index.map(|index| i32::try_from(index).unwrap_or(i32::MAX));
    sqlx::query(INSERT_REJECTIONS)
        .bind(kept.iter().map(|row| ids.get(&row.message).copied()).collect::<Vec<_>>())
        .bind(kept.iter().map(|row| index(row)).collect::<Vec<_>>())
        .bind(kept.iter().map(|row| row.rejection.reason.as_str()).collect::<Vec<_>>())
        .bind(kept.iter().map(|row| storable(&row.rejection.detail)).collect::<Vec<_>>())
        .execute(tx)
        .await?;
    Ok(())
}

/// Counts every rejection and returns how many of each (gateway, reason) may still be kept whole.
async fn count(
    tx: &mut PgConnection,
    messages: &[BatchMessage],
    rejections: &[RejectionRow],
    limits: &QuarantineLimits,
) -> Result<HashMap<(String, String), i64>, sqlx::Error> {
    let mut counts: BTreeMap<(Timestamp, &str, &str), i64> = BTreeMap::new();
    for row in rejections {
        let Some(message) = messages.get(row.message) else { continue };
        let key = (message.received_at.hour(), gateway_of(&message.topic), row.rejection.reason.as_str());
        *counts.entry(key).or_default() += 1;
    }
    let totals: Vec<(String, String, i64)> = sqlx::query_as(COUNT)
        .bind(counts.keys().map(|(hour, _, _)| to_column(*hour)).collect::<Vec<_>>())
        .bind(counts.keys().map(|(_, gateway, _)| storable(gateway)).collect::<Vec<_>>())
        .bind(counts.keys().map(|(_, _, reason)| *reason).collect::<Vec<_>>())
        .bind(counts.values().copied().collect::<Vec<_>>())
        .bind(limits.whole_per_hour)
        .fetch_all(tx)
        .await?;
    let mut room: HashMap<(String, String), i64> = HashMap::new();
    for ((_, gateway, reason), new) in counts {
        let before: i64 = totals
            .iter()
            .filter(|(g, r, _)| g == gateway && r == reason)
            .map(|(_, _, total)| total - new)
            .max()
            .unwrap_or(0);
        let left = (limits.whole_per_hour - before).clamp(0, new);
        *room.entry((gateway.to_owned(), reason.to_owned())).or_default() += left;
    }
    Ok(room)
}

/// The gateway level of a topic where it is a name; whatever else stands there is counted together.
fn gateway_of(topic: &str) -> &str {
    topic.split('/').nth(5).filter(|level| Identifier::check(level).is_ok()).unwrap_or_default()
}

/// Text as Postgres takes it: without NUL.
fn storable(text: &str) -> String {
    text.replace('\0', "\\0")
}

impl Store {
    /// Drops quarantined messages received before `oldest`, then the oldest until the rest is within `max_bytes`;
    /// returns how many went.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_quarantine(&self, oldest: Timestamp, max_bytes: i64) -> Result<u64, StoreError> {
        let expire = async {
            let by_age = sqlx::query(EXPIRE_BY_AGE).bind(to_column(oldest)).execute(&self.api).await?;
            let by_size = sqlx::query(EXPIRE_BY_SIZE).bind(max_bytes).execute(&self.api).await?;
            sqlx::query(EXPIRE_COUNTS).bind(to_column(oldest)).execute(&self.api).await?;
            Ok(by_age.rows_affected() + by_size.rows_affected())
        };
        expire.await.map_err(StoreError::on("expire the quarantine"))
    }
}
