//! PLCs, as the API lists them.

use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use vigia_model::{TenantScope, Timestamp};

const LIST: &str = "
    select c.id
         , t.code as tenant
         , p.code as site
         , c.plc_id
         , c.name
         , (select max(l.ts) from series r join series_last l on l.series_id = r.id where r.plc_id = c.id) as last_ts
    from plcs c
    join plants p on p.id = c.plant_id
    join tenants t on t.id = c.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and ($2::text is null or t.code = $2)
      and ($3::uuid is null or c.plant_id = $3)
      and ($4::text is null or (t.code, p.code, c.plc_id) > ($4, $5::text, $6::text))
    order by t.code, p.code, c.plc_id
    limit $7";
const GET: &str = "
    select c.id
         , t.code as tenant
         , p.code as site
         , c.plc_id
         , c.name
         , (select max(l.ts) from series r join series_last l on l.series_id = r.id where r.plc_id = c.id) as last_ts
    from plcs c
    join plants p on p.id = c.plant_id
    join tenants t on t.id = c.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and c.plant_id = $2
      and c.plc_id = $3";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 2] = [LIST, GET];

/// A controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plc {
    pub id: Uuid,
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
        tenant: Option<&str>,
        plant: Option<Uuid>,
        after: Option<&PlcKey>,
        limit: u32,
    ) -> Result<Vec<Plc>, StoreError> {
        let rows: Vec<PlcRow> = sqlx::query_as(LIST)
            .bind(scope.codes())
            .bind(tenant)
            .bind(plant)
            .bind(after.map(|key| &key.tenant))
            .bind(after.map(|key| &key.site))
            .bind(after.map(|key| &key.plc_id))
            .bind(i64::from(limit))
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the PLCs"))?;
        Ok(rows.into_iter().map(Plc::from).collect())
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
}
