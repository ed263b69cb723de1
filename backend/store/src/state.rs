//! The last state of everything, read once at start to fill the live memory.

use crate::connect::Store;
use crate::convert::{ValueColumns, from_column};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use vigia_model::{GatewayHealth, Heartbeat, Identifier, Sample};

const LAST_VALUES: &str = "
    select t.code as tenant
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
    left join units u on u.id = l.unit_id";
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
    left join gateway_state s on s.gateway_id = g.id";

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

#[derive(sqlx::FromRow)]
struct LastValueRow {
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
    /// The last value of every series.
    ///
    /// # Errors
    /// When the database fails or holds a value of an unknown kind.
    pub async fn last_values(&self) -> Result<Vec<LastValue>, StoreError> {
        let operation = "read the last values";
        let rows: Vec<LastValueRow> =
            sqlx::query_as(LAST_VALUES).fetch_all(&self.ingest).await.map_err(StoreError::on(operation))?;
        rows.into_iter()
            .map(|row| {
                Ok(LastValue {
                    tenant: identifier(operation, &row.tenant)?,
                    plant: identifier(operation, &row.plant)?,
                    plc: identifier(operation, &row.plc)?,
                    metric: identifier(operation, &row.metric)?,
                    sample: row.value.into_sample(operation)?,
                })
            })
            .collect()
    }

    /// Every gateway, heard of or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_gateways(&self) -> Result<Vec<KnownGateway>, StoreError> {
        let operation = "read the gateways";
        let rows: Vec<KnownGatewayRow> =
            sqlx::query_as(GATEWAYS).fetch_all(&self.ingest).await.map_err(StoreError::on(operation))?;
        rows.into_iter()
            .map(|row| {
                Ok(KnownGateway {
                    tenant: identifier(operation, &row.tenant)?,
                    province: identifier(operation, &row.province)?,
                    plant: identifier(operation, &row.plant)?,
                    gateway: identifier(operation, &row.gateway)?,
                    health: health(row.health),
                })
            })
            .collect()
    }
}

fn identifier(operation: &'static str, text: &str) -> Result<Identifier, StoreError> {
    Identifier::new(text).map_err(|error| StoreError::Inconsistent {
        operation,
        what: format!("the name {text:?}, which {error}"),
    })
}
