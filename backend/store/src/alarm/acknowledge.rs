//! Taking note of alarms: once, by the first who does.

use crate::audit::{self, Actor, Deed, Subject};
use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;
use vigia_model::{TenantScope, Timestamp};

/// Locked in order of id, so that two who acknowledge the same alarms wait for one another and for nothing else.
const LOCK: &str = "
    select a.id
         , a.tenant_id
         , a.type || ' (' || p.code || '/' || c.plc_id || ')' as name
         , a.acknowledged
         , a.acknowledged_at
         , a.acknowledged_by
         , ($3::text[] is null or t.code = any($3)) as allowed
    from alarms a
    join tenants t on t.id = a.tenant_id
    join plcs c on c.id = a.plc_id
    join plants p on p.id = a.plant_id
    where a.id = any($2)
      and ($1::text[] is null or t.code = any($1))
    order by a.id
    for update of a";
const ACKNOWLEDGE: &str = "
    update alarms a
    set acknowledged = true
      , acknowledged_by = $3
      , comment = coalesce($4, a.comment)
    from tenants t
    where t.id = a.tenant_id
      and ($1::text[] is null or t.code = any($1))
      and a.id = any($2)
      and not a.acknowledged
    returning a.id, a.acknowledged_at, a.acknowledged_by";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [LOCK, ACKNOWLEDGE];

/// What became of one alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcknowledgeOutcome {
    Acknowledged,
    /// Somebody was first; nothing was changed.
    AlreadyAcknowledged,
    /// It may be seen, but the role in its tenant does not allow this.
    Forbidden,
    NotFound,
}

/// What became of one alarm, and who took note of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    pub outcome: AcknowledgeOutcome,
    /// When the first who did took note; none where it was forbidden or not found.
    pub at: Option<Timestamp>,
    /// E-mail, or the name of a key; none when it was done in SQL.
    pub by: Option<String>,
}

impl Acknowledgement {
    const NOT_FOUND: Self = Self { outcome: AcknowledgeOutcome::NotFound, at: None, by: None };
}

#[derive(sqlx::FromRow)]
struct NotedRow {
    id: Uuid,
    acknowledged_at: Option<DateTime<Utc>>,
    acknowledged_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct LockedRow {
    id: Uuid,
    tenant_id: Uuid,
    name: String,
    acknowledged: bool,
    acknowledged_at: Option<DateTime<Utc>>,
    acknowledged_by: Option<String>,
    allowed: bool,
}

impl LockedRow {
    fn outcome(&self) -> AcknowledgeOutcome {
        match (self.allowed, self.acknowledged) {
            (false, _) => AcknowledgeOutcome::Forbidden,
            (true, true) => AcknowledgeOutcome::AlreadyAcknowledged,
            (true, false) => AcknowledgeOutcome::Acknowledged,
        }
    }

    /// What became of it, with what was noted of it just now.
    fn told(&self, noted: Option<&NotedRow>) -> Acknowledgement {
        let outcome = self.outcome();
        let (at, by) = match outcome {
            AcknowledgeOutcome::Acknowledged => {
                noted.map(|row| (row.acknowledged_at, row.acknowledged_by.clone())).unwrap_or_default()
            }
            AcknowledgeOutcome::AlreadyAcknowledged => (self.acknowledged_at, self.acknowledged_by.clone()),
            AcknowledgeOutcome::Forbidden | AcknowledgeOutcome::NotFound => (None, None),
        };
        Acknowledgement { outcome, at: at.map(from_column), by }
    }
}

impl Store {
    /// Acknowledges alarms that `sees` shows, as far as their tenants are among those in which the caller `may`; what
    /// became of each, in the order of `ids`.
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn acknowledge_alarms(
        &self,
        sees: &TenantScope,
        may: &TenantScope,
        ids: &[Uuid],
        comment: Option<&str>,
        actor: &Actor,
    ) -> Result<Vec<Acknowledgement>, StoreError> {
        let acknowledged = async {
            let mut tx = self.api.begin().await?;
            let locked: Vec<LockedRow> = sqlx::query_as(LOCK)
                .bind(sees.codes())
                .bind(ids)
                .bind(may.codes())
                .fetch_all(&mut *tx)
                .await?;
            let fresh: Vec<&LockedRow> =
                locked.iter().filter(|row| row.outcome() == AcknowledgeOutcome::Acknowledged).collect();
            let mut noted = HashMap::new();
            if !fresh.is_empty() {
                let rows: Vec<NotedRow> = sqlx::query_as(ACKNOWLEDGE)
                    .bind(may.codes())
                    .bind(fresh.iter().map(|row| row.id).collect::<Vec<_>>())
                    .bind(&actor.name)
                    .bind(comment)
                    .fetch_all(&mut *tx)
                    .await?;
                noted.extend(rows.into_iter().map(|row| (row.id, row)));
                let subject = |row: &&LockedRow| Subject {
                    id: row.id,
                    tenant: row.tenant_id,
                    name: Some(row.name.clone()),
                };
                let subjects = fresh.iter().map(subject).collect();
                let deed = Deed {
                    action: "alarm.acknowledge",
                    subject_kind: "alarm",
                    before: Some(json!({ "acknowledged": false })),
                    after: Some(json!({ "acknowledged": true, "comment": comment })),
                    ..Deed::default()
                };
                audit::note_each(&mut tx, actor, deed, subjects).await?;
                tx.commit().await?;
            }
            let of_each: HashMap<Uuid, Acknowledgement> =
                locked.into_iter().map(|row| (row.id, row.told(noted.get(&row.id)))).collect();
            let told = |id| of_each.get(id).cloned().unwrap_or(Acknowledgement::NOT_FOUND);
            Ok(ids.iter().map(told).collect())
        };
        acknowledged.await.map_err(StoreError::on("acknowledge alarms"))
    }
}
