//! Series by the names that rules match.

use crate::connect::Store;
use crate::error::StoreError;
use std::collections::HashMap;
use uuid::Uuid;
use vigia_model::SeriesId;

/// `moved_sender` sent the newest sample and stands elsewhere by now.
const PLACES: &str = "
    select r.id
         , t.code as tenant
         , p.province
         , p.code as plant
         , p.id as plant_id
         , c.plc_id as plc
         , r.metric_id as metric
         , g.gateway_id as moved_sender
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
    left join gateways g on g.num = l.gateway_num and g.plant_id <> r.plant_id
    order by r.id";
const GATEWAYS: &str = "select plant_id, gateway_id from gateways";

const NAMES: &str = "
    select r.id
         , t.code || ' / ' || p.code || ' / ' || c.plc_id || ' / ' || r.metric_id
    from series r
    join tenants t on t.id = r.tenant_id
    join plants p on p.id = r.plant_id
    join plcs c on c.id = r.plc_id
    where r.id = any($1)";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [PLACES, GATEWAYS, NAMES];

/// A series by the names that rules match. Any gateway of its plant may have sent it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PlacedSeries {
    pub id: i32,
    pub tenant: String,
    pub province: String,
    pub plant: String,
    pub plc: String,
    pub metric: String,
    pub plant_id: Uuid,
    /// The gateway that sent its newest sample, if it is at another plant by now.
    pub moved_sender: Option<String>,
}

impl PlacedSeries {
    pub fn series(&self) -> SeriesId {
        SeriesId(self.id)
    }
}

impl Store {
    /// The series after `after`, up to `limit` of them, in order.
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

    /// The gateways of each plant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gateways_of_plants(&self) -> Result<HashMap<Uuid, Vec<String>>, StoreError> {
        let rows: Vec<(Uuid, String)> = sqlx::query_as(GATEWAYS)
            .fetch_all(&self.upkeep)
            .await
            .map_err(StoreError::on("list the gateways of each plant"))?;
        let mut gateways: HashMap<Uuid, Vec<String>> = HashMap::new();
        for (plant, gateway) in rows {
            gateways.entry(plant).or_default().push(gateway);
        }
        Ok(gateways)
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
