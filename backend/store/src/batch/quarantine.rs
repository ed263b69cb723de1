//! The quarantine's writing side: what was rejected stays visible, within limits, and all of it is counted.

use super::{BatchMessage, Conflict, RejectionRow, SampleRow};
use crate::convert::{from_column, to_column};
use chrono::{DateTime, Utc};
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
    returning hour, gateway, reason, total";
const INSERT_MESSAGES: &str = "
    insert into quarantined_messages (received_at, topic, payload)
    select *
    from unnest($1::timestamptz[], $2::text[], $3::bytea[])
    returning id";
const INSERT_REJECTIONS: &str = "
    insert into rejections (message_id, sample_index, reason, detail)
    select *
    from unnest($1::int8[], $2::int4[], $3::text[], $4::text[])";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [COUNT, INSERT_MESSAGES, INSERT_REJECTIONS];

/// What is counted together: hour, gateway, reason.
type Counted<'a> = (Timestamp, &'a str, &'a str);

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

/// The rejection of a sample before where the history of its series begins.
pub(super) fn too_old(row: &SampleRow, begin: Timestamp) -> RejectionRow {
    let detail = format!(
        "timestamp {} lies before {}, from when on this metric is kept",
        row.sample.ts.as_millis(),
        begin.as_millis()
    );
    let rejection =
        Rejection { reason: RejectReason::TimestampOutOfRange, detail, sample_index: row.sample_index };
    RejectionRow { message: row.message, rejection }
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
        let Some(key) = counted(messages, row) else { continue };
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

/// Counts every rejection and returns how many of each (hour, gateway, reason) may still be kept whole.
async fn count<'a>(
    tx: &mut PgConnection,
    messages: &'a [BatchMessage],
    rejections: &'a [RejectionRow],
    limits: &QuarantineLimits,
) -> Result<HashMap<Counted<'a>, i64>, sqlx::Error> {
    // Sorted, so that two writers lock in the same order.
    let mut counts: BTreeMap<Counted<'a>, i64> = BTreeMap::new();
    for key in rejections.iter().filter_map(|row| counted(messages, row)) {
        *counts.entry(key).or_default() += 1;
    }
    let totals: Vec<(DateTime<Utc>, String, String, i64)> = sqlx::query_as(COUNT)
        .bind(counts.keys().map(|(hour, _, _)| to_column(*hour)).collect::<Vec<_>>())
        .bind(counts.keys().map(|(_, gateway, _)| *gateway).collect::<Vec<_>>())
        .bind(counts.keys().map(|(_, _, reason)| *reason).collect::<Vec<_>>())
        .bind(counts.values().copied().collect::<Vec<_>>())
        .bind(limits.whole_per_hour)
        .fetch_all(tx)
        .await?;
    let totals: HashMap<Counted<'_>, i64> = totals
        .iter()
        .map(|(hour, gateway, reason, total)| ((from_column(*hour), &**gateway, &**reason), *total))
        .collect();
    let room = |(key, new): (Counted<'a>, i64)| {
        let before = totals.get(&key).map_or(0, |total| total - new);
        (key, (limits.whole_per_hour - before).clamp(0, new))
    };
    Ok(counts.into_iter().map(room).collect())
}

/// Under what a rejection is counted.
fn counted<'a>(messages: &'a [BatchMessage], row: &'a RejectionRow) -> Option<Counted<'a>> {
    let message = messages.get(row.message)?;
    Some((message.received_at.hour(), gateway_of(&message.topic), row.rejection.reason.as_str()))
}

/// The gateway level of a topic where it is a name; whatever else stands there is counted together.
fn gateway_of(topic: &str) -> &str {
    topic.split('/').nth(5).filter(|level| Identifier::check(level).is_ok()).unwrap_or_default()
}

/// Text as Postgres takes it: without NUL.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "\\0")
}
