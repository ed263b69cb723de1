//! Clearing the quarantine of what is understood. A message goes with the last of its rejections.

use super::{RejectionFilter, bind_filter, from_matching};
use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgConnection;
use vigia_model::TenantScope;

/// Locks the messages, so that of two who remove the last two rejections of one the second sees that none is left.
macro_rules! remove {
    ($which:literal) => {
        concat!(
            "
    with chosen as (
            select r.id",
            from_matching!(),
            $which,
            "
            for update of q
    )
    delete from rejections r
    using chosen c, quarantined_messages q
    where r.id = c.id and q.id = r.message_id
    returning r.message_id, q.received_at, q.topic, r.reason, r.detail, r.sample_index"
        )
    };
}
const REMOVE: &str = remove!(
    "
              and r.id = $8"
);
/// The oldest first.
const REMOVE_MATCHING: &str = remove!(
    "
            order by r.id
            limit $8"
);
const REMOVE_EMPTY: &str = "
    delete from quarantined_messages q
    where q.id = any($1) and not exists (select from rejections r where r.message_id = q.id)";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [REMOVE, REMOVE_MATCHING, REMOVE_EMPTY];

/// What a removal came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    pub entries: u64,
    /// Perhaps: as many as asked for were there.
    pub has_more: bool,
}

#[derive(sqlx::FromRow)]
struct RemovedRow {
    message_id: i64,
    received_at: DateTime<Utc>,
    topic: String,
    reason: String,
    detail: String,
    sample_index: Option<i32>,
}

impl Store {
    /// Removes one entry; `false` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_rejection(
        &self,
        scope: &TenantScope,
        id: i64,
        actor: &Actor,
    ) -> Result<bool, StoreError> {
        let removed = async {
            let mut tx = self.api.begin().await?;
            let rows: Vec<RemovedRow> =
                bind_filter!(sqlx::query_as(REMOVE), scope, RejectionFilter::default())
                    .bind(id)
                    .fetch_all(&mut *tx)
                    .await?;
            let Some(gone) = rows.first() else { return Ok(false) };
            let subject = id.to_string();
            let deed = Deed {
                action: "rejection.delete",
                subject_kind: "rejection",
                subject: &subject,
                subject_name: Some(gone.topic.clone()),
                before: Some(json!({
                    "receivedAt": from_column(gone.received_at).as_millis(), "topic": gone.topic,
                    "reason": gone.reason, "detail": gone.detail, "sampleIndex": gone.sample_index,
                })),
                ..Deed::default()
            };
            audit::note(&mut tx, actor, deed).await?;
            remove_empty(&mut tx, &rows).await?;
            tx.commit().await?;
            Ok(true)
        };
        removed.await.map_err(StoreError::on("remove an entry of the quarantine"))
    }

    /// Removes the oldest entries a filter matches, at most `limit` of them, with one row in the audit log for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_rejections(
        &self,
        scope: &TenantScope,
        filter: &RejectionFilter<'_>,
        limit: u32,
        actor: &Actor,
    ) -> Result<Removed, StoreError> {
        let removed = async {
            let mut tx = self.api.begin().await?;
            let rows: Vec<RemovedRow> = bind_filter!(sqlx::query_as(REMOVE_MATCHING), scope, filter)
                .bind(i64::from(limit))
                .persistent(false)
                .fetch_all(&mut *tx)
                .await?;
            let entries = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            if entries > 0 {
                let deed = Deed {
                    action: "rejection.delete",
                    subject_kind: "rejections",
                    subject: "filter",
                    before: Some(json!({ "filter": filter.shown(), "deleted": entries })),
                    ..Deed::default()
                };
                audit::note(&mut tx, actor, deed).await?;
                remove_empty(&mut tx, &rows).await?;
            }
            tx.commit().await?;
            Ok(Removed { entries, has_more: entries >= u64::from(limit) })
        };
        removed.await.map_err(StoreError::on("clear the quarantine"))
    }
}

/// Removes the messages of which no rejection is left.
async fn remove_empty(tx: &mut PgConnection, rows: &[RemovedRow]) -> Result<(), sqlx::Error> {
    let messages: Vec<i64> = rows.iter().map(|row| row.message_id).collect();
    sqlx::query(REMOVE_EMPTY).bind(messages).execute(tx).await?;
    Ok(())
}
