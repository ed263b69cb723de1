//! Gateways, as the API lists them: who they are, what was stored of their health, what never arrived.

use crate::connect::Store;
use crate::error::StoreError;
use crate::site::PlaceFilter;
use crate::state::{HealthColumns, health};
use uuid::Uuid;
use vigia_model::{GatewayHealth, TenantScope};

mod manage;

pub use manage::{GatewayEdit, GatewayOutcome, NewGateway};

/// Gaps between the ranges of received numbers are messages that never arrived; what a boot sent before its first
/// received message cannot be known.
macro_rules! select_gateways {
    ($rest:literal) => {
        concat!(
            "
    select g.id
         , g.version as edit_version
         , t.code as tenant
         , p.province
         , p.code as site
         , g.gateway_id
         , g.name
         , s.last_seen
         , s.online_since
         , s.clock_skew_ms
         , s.heartbeat_ts
         , s.state
         , s.version
         , s.uptime_sec
         , s.internet
         , s.mqtt
         , s.plc_link
         , s.buffer_mode
         , s.queued_messages
         , least(coalesce((
               select sum(b.missing + upper(b.seen) - lower(b.seen) - (select sum(upper(r) - lower(r)) from unnest(b.seen) r))
               from gateway_boots b
               where b.gateway_id = g.id and not isempty(b.seen)
           ), 0), 9223372036854775807)::bigint as missing_seq
         , (
               select b.boot_id
               from gateway_boots b
               where b.gateway_id = g.id
               order by b.last_received desc, b.boot_id
               limit 1
           ) as last_boot_id
    from gateways g
    join plants p on p.id = g.plant_id
    join tenants t on t.id = g.tenant_id
    left join gateway_state s on s.gateway_id = g.id
    where ($1::text[] is null or t.code = any($1))",
            $rest
        )
    };
}

const LIST: &str = select_gateways!(
    "
      and ($2::text is null or t.code = $2)
      and ($7::uuid is null or g.plant_id = $7)
      and ($3::text is null or (t.code, p.code, g.gateway_id) > ($3, $4::text, $5::text))
      and ($8::text is null or lower(g.gateway_id) like '%' || $8 || '%' or lower(g.name) like '%' || $8 || '%')
    order by t.code, p.code, g.gateway_id
    limit $6"
);
const GET: &str = select_gateways!(
    "
      and g.plant_id = $2
      and g.gateway_id = $3"
);

const BY_ID: &str = select_gateways!(" and g.id = $2");
const MISSING: &str = "
    select least(coalesce(sum(b.missing + upper(b.seen) - lower(b.seen) - (select sum(upper(r) - lower(r)) from unnest(b.seen) r)), 0), 9223372036854775807)::bigint
    from gateway_boots b
    where not isempty(b.seen)";

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [&[LIST, GET, BY_ID, MISSING][..], &manage::STATEMENTS].concat()
}

/// A gateway as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    pub id: Uuid,
    /// Of what people edit of it.
    pub version: i32,
    pub tenant: String,
    pub province: String,
    pub site: String,
    /// The thing name.
    pub gateway_id: String,
    pub name: Option<String>,
    /// What was last stored of its signs of life.
    pub health: GatewayHealth,
    /// Messages known to have been sent that never arrived.
    pub missing_seq: i64,
    /// The boot it was last heard from.
    pub last_boot_id: Option<String>,
}

/// Where a page of gateways begins: after this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayKey {
    pub tenant: String,
    pub site: String,
    pub gateway_id: String,
}

#[derive(sqlx::FromRow)]
struct GatewayRow {
    id: Uuid,
    edit_version: i32,
    tenant: String,
    province: String,
    site: String,
    gateway_id: String,
    name: Option<String>,
    #[sqlx(flatten)]
    health: HealthColumns,
    missing_seq: i64,
    last_boot_id: Option<String>,
}

impl From<GatewayRow> for Gateway {
    fn from(row: GatewayRow) -> Self {
        Self {
            id: row.id,
            version: row.edit_version,
            tenant: row.tenant,
            province: row.province,
            site: row.site,
            gateway_id: row.gateway_id,
            name: row.name,
            health: health(row.health),
            missing_seq: row.missing_seq,
            last_boot_id: row.last_boot_id,
        }
    }
}

impl Store {
    /// Messages of all gateways known to have been sent that never arrived.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn missing_messages(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar(MISSING)
            .fetch_one(&self.api)
            .await
            .map_err(StoreError::on("count what never arrived"))
    }

    /// Gateways in order of tenant, plant and thing name, of all plants or of one; at most `limit` after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gateways(
        &self,
        scope: &TenantScope,
        filter: PlaceFilter<'_>,
        plant: Option<Uuid>,
        after: Option<&GatewayKey>,
        limit: u32,
    ) -> Result<Vec<Gateway>, StoreError> {
        let rows: Vec<GatewayRow> = sqlx::query_as(LIST)
            .bind(scope.codes())
            .bind(filter.tenant)
            .bind(after.map(|key| &key.tenant))
            .bind(after.map(|key| &key.site))
            .bind(after.map(|key| &key.gateway_id))
            .bind(i64::from(limit))
            .bind(plant)
            .bind(filter.search)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the gateways"))?;
        Ok(rows.into_iter().map(Gateway::from).collect())
    }

    /// One gateway of a plant, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gateway(
        &self,
        scope: &TenantScope,
        plant: Uuid,
        gateway_id: &str,
    ) -> Result<Option<Gateway>, StoreError> {
        let row: Option<GatewayRow> = sqlx::query_as(GET)
            .bind(scope.codes())
            .bind(plant)
            .bind(gateway_id)
            .fetch_optional(&self.api)
            .await
            .map_err(StoreError::on("read a gateway"))?;
        Ok(row.map(Gateway::from))
    }
}
