//! The last state of everything, read once at start to fill the live memory.

use crate::connect::Store;
use crate::convert::{ValueColumns, from_column};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use vigia_model::{GatewayHealth, Heartbeat, Identifier, Sample, SeriesId};

const LAST_VALUES: &str = "
    select l.series_id
         , t.code as tenant
         , p.code as plant
         , c.plc_id as plc
         , r.metric_id as metric
         , l.ts
         , l.value
         , l.int_value
         , l.text_value
         , l.data_type
         , l.quality
         , u.unit
    from series_last l
    join series r on r.id = l.series_id
    join plcs c on c.id = r.plc_id
    join plants p on p.id = r.plant_id
    join tenants t on t.id = r.tenant_id
    left join units u on u.id = l.unit_id
    where l.series_id > $1
    order by l.series_id
    limit $2";
const GATEWAYS: &str = "
    select t.code as tenant
         , p.province
         , p.code as plant
         , g.gateway_id as gateway
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
    from gateways g
    join plants p on p.id = g.plant_id
    join tenants t on t.id = g.tenant_id
    left join gateway_state s on s.gateway_id = g.id
    where $1::text[] is null or g.gateway_id = any($1)";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 2] = [LAST_VALUES, GATEWAYS];

/// The newest sample of a series, with the series' names.
#[derive(Debug, Clone)]
pub struct LastValue {
    pub tenant: Identifier,
    pub plant: Identifier,
    pub plc: Identifier,
    pub metric: Identifier,
    pub sample: Sample,
}

/// A gateway as last heard of.
#[derive(Debug, Clone)]
pub struct KnownGateway {
    pub tenant: Identifier,
    pub province: Identifier,
    pub plant: Identifier,
    pub gateway: Identifier,
    pub health: GatewayHealth,
}

/// Some last values, and from where to read on.
#[derive(Debug, Clone)]
pub struct LastValues {
    pub values: Vec<LastValue>,
    /// The last series looked at; `None` when there are no more.
    pub through: Option<SeriesId>,
}

#[derive(sqlx::FromRow)]
struct LastValueRow {
    series_id: i32,
    tenant: String,
    plant: String,
    plc: String,
    metric: String,
    #[sqlx(flatten)]
    value: ValueColumns,
}

#[derive(sqlx::FromRow)]
struct KnownGatewayRow {
    tenant: String,
    province: String,
    plant: String,
    gateway: String,
    #[sqlx(flatten)]
    health: HealthColumns,
}

/// `gateway_state` as an outer join shows it.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct HealthColumns {
    last_seen: Option<DateTime<Utc>>,
    online_since: Option<DateTime<Utc>>,
    clock_skew_ms: Option<i64>,
    heartbeat_ts: Option<DateTime<Utc>>,
    state: Option<String>,
    version: Option<String>,
    uptime_sec: Option<i64>,
    internet: Option<String>,
    mqtt: Option<String>,
    plc_link: Option<String>,
    buffer_mode: Option<String>,
    queued_messages: Option<i64>,
}

/// Back to the model's view of a gateway's signs of life.
pub(crate) fn health(row: HealthColumns) -> GatewayHealth {
    let boxed = |text: Option<String>| text.map(String::into_boxed_str);
    GatewayHealth {
        said_goodbye: row.state.as_deref() == Some("offline"),
        last_seen: row.last_seen.map(from_column),
        online_since: row.online_since.map(from_column),
        clock_skew_ms: row.clock_skew_ms,
        heartbeat: row.heartbeat_ts.map(|ts| Heartbeat {
            ts: from_column(ts),
            state: row.state.unwrap_or_default().into_boxed_str(),
            version: boxed(row.version),
            uptime_sec: row.uptime_sec,
            internet: boxed(row.internet),
            mqtt: boxed(row.mqtt),
            plc_link: boxed(row.plc_link),
            buffer_mode: boxed(row.buffer_mode),
            queued_messages: row.queued_messages,
        }),
    }
}

impl Store {
    /// The last values of the next `limit` series after `after`. What bears a name that no payload could, given by
    /// hand, is left out.
    ///
    /// # Errors
    /// When the database fails or holds a value of an unknown kind.
    pub async fn last_values(&self, after: Option<SeriesId>, limit: u32) -> Result<LastValues, StoreError> {
        let operation = "read the last values";
        let rows: Vec<LastValueRow> = sqlx::query_as(LAST_VALUES)
            .bind(after.map_or(0, |series| series.0))
            .bind(i64::from(limit))
            .fetch_all(&self.ingest)
            .await
            .map_err(StoreError::on(operation))?;
        let through = rows.last().map(|row| SeriesId(row.series_id));
        let values = rows.into_iter().filter_map(|row| {
            let names = [&row.tenant, &row.plant, &row.plc, &row.metric].map(|name| identifier(name));
            let [Some(tenant), Some(plant), Some(plc), Some(metric)] = names else { return None };
            let sample = row.value.into_sample(operation);
            Some(sample.map(|sample| LastValue { tenant, plant, plc, metric, sample }))
        });
        Ok(LastValues { values: values.collect::<Result<_, _>>()?, through })
    }

    /// Every gateway, heard of or not; without those whose names could be in no topic.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_gateways(&self) -> Result<Vec<KnownGateway>, StoreError> {
        known_gateways(&self.ingest, None).await
    }
}

/// These gateways, or all, heard of or not; without those whose names could be in no topic.
pub(crate) async fn known_gateways(
    pool: &PgPool,
    gateways: Option<&[String]>,
) -> Result<Vec<KnownGateway>, StoreError> {
    let rows: Vec<KnownGatewayRow> = sqlx::query_as(GATEWAYS)
        .bind(gateways)
        .fetch_all(pool)
        .await
        .map_err(StoreError::on("read the gateways"))?;
    let known = rows.into_iter().filter_map(|row| {
        let names = [&row.tenant, &row.province, &row.plant, &row.gateway].map(|name| identifier(name));
        let [Some(tenant), Some(province), Some(plant), Some(gateway)] = names else { return None };
        Some(KnownGateway { tenant, province, plant, gateway, health: health(row.health) })
    });
    Ok(known.collect())
}

fn identifier(text: &str) -> Option<Identifier> {
    Identifier::new(text)
        .inspect_err(
            |error| tracing::warn!(name = text, %error, "no message can speak of a thing of this name"),
        )
        .ok()
}
