//! PLCs, as the API lists them.

use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::convert::from_column;
use crate::edit::EditOutcome;
use crate::error::StoreError;
use crate::site::PlaceFilter;
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;
use vigia_model::{TenantScope, Timestamp};

macro_rules! select_plcs {
    ($rest:literal) => {
        concat!(
            "
    select c.id
         , c.version
         , t.code as tenant
         , p.code as site
         , c.plc_id
         , c.name
         , (select max(l.ts) from series r join series_last l on l.series_id = r.id where r.plc_id = c.id) as last_ts
    from plcs c
    join plants p on p.id = c.plant_id
    join tenants t on t.id = c.tenant_id
    where ($1::text[] is null or t.code = any($1))",
            $rest
        )
    };
}

const LIST: &str = select_plcs!(
    "
      and ($2::text is null or t.code = $2)
      and ($3::uuid is null or c.plant_id = $3)
      and ($4::text is null or (t.code, p.code, c.plc_id) > ($4, $5::text, $6::text))
      and ($8::text is null or lower(c.plc_id) like '%' || $8 || '%' or lower(c.name) like '%' || $8 || '%')
    order by t.code, p.code, c.plc_id
    limit $7"
);
const GET: &str = select_plcs!(
    "
      and c.plant_id = $2
      and c.plc_id = $3"
);
const BY_ID: &str = select_plcs!(" and c.id = $2");
const LOCK: &str = "
    select c.tenant_id
    from plcs c
    join tenants t on t.id = c.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and c.id = $2
    for no key update of c";
const RENAME: &str = "
    update plcs
    set name = $2
      , version = version + 1
    where id = $1";

/// A plant without such a PLC is there too: what is missing should have its name.
const FIND: &str = "
    select c.id
    from plants p
    join tenants t on t.id = p.tenant_id
    left join plcs c on c.plant_id = p.id and c.plc_id = $4
    where ($1::text[] is null or t.code = any($1))
      and ($2::text is null or t.code = $2)
      and p.code = $3
    limit 2";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 6] = [LIST, GET, BY_ID, LOCK, RENAME, FIND];

/// A controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plc {
    pub id: Uuid,
    pub version: i32,
    pub tenant: String,
    pub site: String,
    pub plc_id: String,
    pub name: Option<String>,
    /// The newest source time stored of any of its metrics.
    pub last_ts: Option<Timestamp>,
}

/// Where a page of PLCs begins: after this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlcKey {
    pub tenant: String,
    pub site: String,
    pub plc_id: String,
}

#[derive(sqlx::FromRow)]
struct PlcRow {
    id: Uuid,
    version: i32,
    tenant: String,
    site: String,
    plc_id: String,
    name: Option<String>,
    last_ts: Option<DateTime<Utc>>,
}

impl From<PlcRow> for Plc {
    fn from(row: PlcRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            tenant: row.tenant,
            site: row.site,
            plc_id: row.plc_id,
            name: row.name,
            last_ts: row.last_ts.map(from_column),
        }
    }
}

impl Store {
    /// PLCs in order of tenant, plant and name, of all plants or of one; at most `limit` after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plcs(
        &self,
        scope: &TenantScope,
        filter: PlaceFilter<'_>,
        plant: Option<Uuid>,
        after: Option<&PlcKey>,
        limit: u32,
    ) -> Result<Vec<Plc>, StoreError> {
        let rows: Vec<PlcRow> = sqlx::query_as(LIST)
            .bind(scope.codes())
            .bind(filter.tenant)
            .bind(plant)
            .bind(after.map(|key| &key.tenant))
            .bind(after.map(|key| &key.site))
            .bind(after.map(|key| &key.plc_id))
            .bind(i64::from(limit))
            .bind(filter.search)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the PLCs"))?;
        Ok(rows.into_iter().map(Plc::from).collect())
    }

    /// The ids of the PLCs that may be meant by a plant's code and a PLC's name: of every plant of that code (at most two)
    /// its PLC, or `None` where it has no such PLC.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_plcs(
        &self,
        scope: &TenantScope,
        tenant: Option<&str>,
        site: &str,
        plc_id: &str,
    ) -> Result<Vec<Option<Uuid>>, StoreError> {
        sqlx::query_scalar(FIND)
            .bind(scope.codes())
            .bind(tenant)
            .bind(site)
            .bind(plc_id)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("find a PLC"))
    }

    /// One PLC of a plant, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plc(
        &self,
        scope: &TenantScope,
        plant: Uuid,
        plc_id: &str,
    ) -> Result<Option<Plc>, StoreError> {
        let row: Option<PlcRow> = sqlx::query_as(GET)
            .bind(scope.codes())
            .bind(plant)
            .bind(plc_id)
            .fetch_optional(&self.api)
            .await
            .map_err(StoreError::on("read a PLC"))?;
        Ok(row.map(Plc::from))
    }

    /// Gives a PLC another name for people, if it still has `version`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rename_plc(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: i32,
        name: Option<&str>,
        actor: &Actor,
    ) -> Result<EditOutcome<Plc>, StoreError> {
        let renamed = async {
            let mut tx = self.api.begin().await?;
            let tenant: Option<Uuid> =
                sqlx::query_scalar(LOCK).bind(scope.codes()).bind(id).fetch_optional(&mut *tx).await?;
            let Some(tenant) = tenant else { return Ok(EditOutcome::NotFound) };
            let before: PlcRow =
                sqlx::query_as(BY_ID).bind(scope.codes()).bind(id).fetch_one(&mut *tx).await?;
            if before.version != version {
                return Ok(EditOutcome::Stale(before.into()));
            }
            sqlx::query(RENAME).bind(id).bind(name).execute(&mut *tx).await?;
            let subject = id.to_string();
            let deed = Deed {
                action: "plc.rename",
                subject_kind: "plc",
                subject: &subject,
                subject_name: Some(audit::named(name, &format!("{}/{}", before.site, before.plc_id))),
                tenant: Some(tenant),
                before: Some(json!({ "version": version, "name": before.name })),
                after: Some(json!({ "version": version + 1, "name": name })),
            };
            audit::note(&mut tx, actor, deed).await?;
            tx.commit().await?;
            let (version, name) = (version + 1, name.map(str::to_owned));
            Ok(EditOutcome::Edited(Plc { version, name, ..before.into() }))
        };
        renamed.await.map_err(StoreError::on("rename a PLC"))
    }
}
