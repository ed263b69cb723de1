//! Taking note of alarms: once, by the first who does.

use crate::audit::{self, Actor, Deed, Subject};
use crate::connect::Store;
use crate::error::StoreError;
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;
use vigia_model::TenantScope;

/// Locked in order of id, so that two who acknowledge the same alarms wait for one another and for nothing else.
const LOCK: &str = "
    select a.id
         , a.tenant_id
         , a.type || ' (' || p.code || '/' || c.plc_id || ')' as name
         , a.acknowledged
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
      and not a.acknowledged";

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

#[derive(sqlx::FromRow)]
struct LockedRow {
    id: Uuid,
    tenant_id: Uuid,
    name: String,
    acknowledged: bool,
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
    ) -> Result<Vec<AcknowledgeOutcome>, StoreError> {
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
            if !fresh.is_empty() {
                sqlx::query(ACKNOWLEDGE)
                    .bind(may.codes())
                    .bind(fresh.iter().map(|row| row.id).collect::<Vec<_>>())
                    .bind(&actor.name)
                    .bind(comment)
                    .execute(&mut *tx)
                    .await?;
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
            let outcomes: HashMap<Uuid, AcknowledgeOutcome> =
                locked.iter().map(|row| (row.id, row.outcome())).collect();
            let outcome = |id| outcomes.get(id).copied().unwrap_or(AcknowledgeOutcome::NotFound);
            Ok(ids.iter().map(outcome).collect())
        };
        acknowledged.await.map_err(StoreError::on("acknowledge alarms"))
    }
}
