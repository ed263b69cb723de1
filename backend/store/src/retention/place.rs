//! Series by the names that rules match.

use crate::connect::Store;
use crate::error::StoreError;
use std::collections::HashMap;
use vigia_model::SeriesId;

/// A series with every gateway of its plant and the one that sent its newest sample: any of them may have sent what is kept of it.
const PLACES: &str = "
    select r.id
         , t.code as tenant
         , p.province
         , p.code as plant
         , c.plc_id as plc
         , r.metric_id as metric
         , coalesce(g.gateway_id, '') as gateway
    from (
        select *
        from series
        where id > $1
        order by id
        limit $2
    ) r
    join tenants t on t.id = r.tenant_id
    join plants p on p.id = r.plant_id
    join plcs c on c.id = r.plc_id
    left join series_last l on l.series_id = r.id
    left join gateways g on g.plant_id = r.plant_id or g.num = l.gateway_num
    order by r.id";

const NAMES: &str = "
    select r.id
         , t.code || ' / ' || p.code || ' / ' || c.plc_id || ' / ' || r.metric_id
    from series r
    join tenants t on t.id = r.tenant_id
    join plants p on p.id = r.plant_id
    join plcs c on c.id = r.plc_id
    where r.id = any($1)";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [PLACES, NAMES];

/// A series, and a gateway that may have sent it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PlacedSeries {
    pub id: i32,
    pub tenant: String,
    pub province: String,
    pub plant: String,
    pub plc: String,
    pub metric: String,
    pub gateway: String,
}

impl PlacedSeries {
    pub fn series(&self) -> SeriesId {
        SeriesId(self.id)
    }
}

impl Store {
    /// The series after `after`, up to `limit` of them, in order; one that several gateways may have sent stands there for each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn placed_series(&self, after: SeriesId, limit: u32) -> Result<Vec<PlacedSeries>, StoreError> {
        sqlx::query_as(PLACES)
            .bind(after.0)
            .bind(i64::from(limit))
            .fetch_all(&self.upkeep)
            .await
            .map_err(StoreError::on("list the series"))
    }

    /// How these series are called, for people: tenant, plant, PLC and metric.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn series_names(&self, series: &[SeriesId]) -> Result<HashMap<SeriesId, String>, StoreError> {
        let ids: Vec<i32> = series.iter().map(|series| series.0).collect();
        let names: Vec<(i32, String)> = sqlx::query_as(NAMES)
            .bind(ids)
            .fetch_all(&self.upkeep)
            .await
            .map_err(StoreError::on("name series"))?;
        Ok(names.into_iter().map(|(id, name)| (SeriesId(id), name)).collect())
    }
}
