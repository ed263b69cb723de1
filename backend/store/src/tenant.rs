//! Tenants, as admins manage them.

use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::convert::from_column;
use crate::edit::EditOutcome;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;
use vigia_model::{Identifier, TenantScope, Timestamp};

macro_rules! select_tenants {
    ($rest:literal) => {
        concat!(
            "
    select t.id
         , t.version
         , t.code
         , t.name
         , t.created_at
         , (select count(*) from plants p where p.tenant_id = t.id) as plants
         , (select count(*) from gateways g where g.tenant_id = t.id) as gateways
         , t.series_count as series
    from tenants t
    where ($1::text[] is null or t.code = any($1))",
            $rest
        )
    };
}

const LIST: &str = select_tenants!(
    "
      and ($2::text is null or t.code > $2)
      and ($4::text is null or lower(t.code) like '%' || $4 || '%' or lower(t.name) like '%' || $4 || '%')
    order by t.code
    limit $3"
);
const GET: &str = select_tenants!(" and t.id = $2");
const CREATE: &str = "
    insert into tenants (code, name)
    values ($1, $2)
    on conflict (code) do nothing
    returning id";
/// Whoever renames it meanwhile waits.
const LOCK: &str = "
    select t.id
    from tenants t
    where ($1::text[] is null or t.code = any($1))
      and t.id = $2
    for no key update";
const RENAME: &str = "
    update tenants
    set name = $2
      , version = version + 1
    where id = $1";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 5] = [LIST, GET, CREATE, LOCK, RENAME];

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub id: Uuid,
    pub version: i32,
    /// The tenant level of the topic.
    pub code: String,
    pub name: Option<String>,
    pub created_at: Timestamp,
    pub plants: i64,
    pub gateways: i64,
    pub series: i64,
}

#[derive(sqlx::FromRow)]
struct TenantRow {
    id: Uuid,
    version: i32,
    code: String,
    name: Option<String>,
    created_at: DateTime<Utc>,
    plants: i64,
    gateways: i64,
    series: i64,
}

impl From<TenantRow> for Tenant {
    fn from(row: TenantRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            code: row.code,
            name: row.name,
            created_at: from_column(row.created_at),
            plants: row.plants,
            gateways: row.gateways,
            series: row.series,
        }
    }
}

impl Store {
    /// Tenants of a scope in order of code, at most `limit` after `after`; narrowed to codes or names that contain a text.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tenants(
        &self,
        scope: &TenantScope,
        containing: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Tenant>, StoreError> {
        let rows: Vec<TenantRow> = sqlx::query_as(LIST)
            .bind(scope.codes())
            .bind(after)
            .bind(i64::from(limit))
            .bind(containing)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the tenants"))?;
        Ok(rows.into_iter().map(Tenant::from).collect())
    }

    /// One tenant of a scope, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tenant(&self, scope: &TenantScope, id: Uuid) -> Result<Option<Tenant>, StoreError> {
        let row: Option<TenantRow> = sqlx::query_as(GET)
            .bind(scope.codes())
            .bind(id)
            .fetch_optional(&self.api)
            .await
            .map_err(StoreError::on("read a tenant"))?;
        Ok(row.map(Tenant::from))
    }

    /// Adds a tenant before anything of it was seen; `None` when there is one of this code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_tenant(
        &self,
        code: &Identifier,
        name: Option<&str>,
        actor: &Actor,
    ) -> Result<Option<Tenant>, StoreError> {
        let created = async {
            let mut tx = self.api.begin().await?;
            let id: Option<Uuid> =
                sqlx::query_scalar(CREATE).bind(code.as_str()).bind(name).fetch_optional(&mut *tx).await?;
            let Some(id) = id else { return Ok(None) };
            let subject = id.to_string();
            let deed = Deed {
                action: "tenant.create",
                subject_kind: "tenant",
                subject: &subject,
                subject_name: Some(audit::named(name, code.as_str())),
                tenant: Some(id),
                after: Some(json!({ "tenant": code.as_str(), "name": name })),
                ..Deed::default()
            };
            audit::note(&mut tx, actor, deed).await?;
            let row: TenantRow =
                sqlx::query_as(GET).bind(None::<Vec<&str>>).bind(id).fetch_one(&mut *tx).await?;
            tx.commit().await?;
            Ok(Some(row.into()))
        };
        created.await.map_err(StoreError::on("create a tenant"))
    }

    /// Gives a tenant of the scope another name for people, if it still has `version`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rename_tenant(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: i32,
        name: Option<&str>,
        actor: &Actor,
    ) -> Result<EditOutcome<Tenant>, StoreError> {
        let renamed = async {
            let mut tx = self.api.begin().await?;
            let locked: Option<Uuid> =
                sqlx::query_scalar(LOCK).bind(scope.codes()).bind(id).fetch_optional(&mut *tx).await?;
            if locked.is_none() {
                return Ok(EditOutcome::NotFound);
            }
            let before: TenantRow =
                sqlx::query_as(GET).bind(scope.codes()).bind(id).fetch_one(&mut *tx).await?;
            if before.version != version {
                return Ok(EditOutcome::Stale(before.into()));
            }
            sqlx::query(RENAME).bind(id).bind(name).execute(&mut *tx).await?;
            let subject = id.to_string();
            let deed = Deed {
                action: "tenant.rename",
                subject_kind: "tenant",
                subject: &subject,
                subject_name: Some(audit::named(name, &before.code)),
                tenant: Some(id),
                before: Some(json!({ "version": version, "name": before.name })),
                after: Some(json!({ "version": version + 1, "name": name })),
            };
            audit::note(&mut tx, actor, deed).await?;
            tx.commit().await?;
            let (version, name) = (version + 1, name.map(str::to_owned));
            Ok(EditOutcome::Edited(Tenant { version, name, ..before.into() }))
        };
        renamed.await.map_err(StoreError::on("rename a tenant"))
    }
}
