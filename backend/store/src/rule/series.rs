//! Series by the names that rules match, with the gateway that sent the newest sample of each.

use crate::connect::Store;
use crate::error::StoreError;
use vigia_model::{SeriesId, SeriesPath, TenantScope};

const SERIES: &str = "
    select r.id
         , t.code as tenant
         , p.province
         , p.code as plant
         , g.gateway_id as gateway
         , c.plc_id as plc
         , r.metric_id as metric
    from (
        select *
        from series
        where id > $2
          and ($1::text[] is null or tenant_id in (select id from tenants where code = any($1)))
        order by id
        limit $3
    ) r
    join tenants t on t.id = r.tenant_id
    join plants p on p.id = r.plant_id
    join plcs c on c.id = r.plc_id
    left join series_last l on l.series_id = r.id
    left join gateways g on g.num = l.gateway_num
    order by r.id";
const SENDER: &str = "
    select g.gateway_id
    from tenants t
    join plants p on p.tenant_id = t.id
    join plcs c on c.plant_id = p.id
    join series r on r.plc_id = c.id
    join series_last l on l.series_id = r.id
    join gateways g on g.num = l.gateway_num
    where ($1::text[] is null or t.code = any($1))
      and t.code = $2
      and p.code = $3
      and c.plc_id = $4
      and r.metric_id = $5";
const GATEWAYS: &str = "
    select g.gateway_id
    from tenants t
    join plants p on p.tenant_id = t.id
    join gateways g on g.plant_id = p.id
    where ($1::text[] is null or t.code = any($1))
      and t.code = $2
      and p.code = $3
    order by g.gateway_id
    limit $4";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [SERIES, SENDER, GATEWAYS];

/// A series by the names that rules match.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SentSeries {
    id: i32,
    tenant: String,
    province: String,
    plant: String,
    /// None: nothing came of it yet.
    gateway: Option<String>,
    plc: String,
    metric: String,
}

impl SentSeries {
    pub fn id(&self) -> SeriesId {
        SeriesId(self.id)
    }

    /// The names that rules match.
    pub fn path(&self) -> SeriesPath<'_> {
        SeriesPath {
            tenant: &self.tenant,
            province: &self.province,
            plant: &self.plant,
            gateway: self.gateway.as_deref().unwrap_or_default(),
            plc: &self.plc,
            metric: &self.metric,
        }
    }
}

impl Store {
    /// The series of a scope after `after`, up to `limit` of them, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sent_series(
        &self,
        scope: &TenantScope,
        after: SeriesId,
        limit: u32,
    ) -> Result<Vec<SentSeries>, StoreError> {
        sqlx::query_as(SERIES)
            .bind(scope.codes())
            .bind(after.0)
            .bind(i64::from(limit))
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the series for the rules"))
    }

    /// The gateway that sent the newest sample of a series, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn series_sender(
        &self,
        scope: &TenantScope,
        path: SeriesPath<'_>,
    ) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar(SENDER)
            .bind(scope.codes())
            .bind(path.tenant)
            .bind(path.plant)
            .bind(path.plc)
            .bind(path.metric)
            .fetch_optional(&self.api)
            .await
            .map_err(StoreError::on("look up who sends a series"))
    }

    /// The gateways of a plant by name, up to `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gateways_of_plant(
        &self,
        scope: &TenantScope,
        tenant: &str,
        plant: &str,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(GATEWAYS)
            .bind(scope.codes())
            .bind(tenant)
            .bind(plant)
            .bind(i64::from(limit))
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the gateways of a plant"))
    }
}
