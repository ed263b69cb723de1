//! The directory: from the names in a topic and a payload to the ids samples are stored under. Unknown names are
//! registered on first sight, up to the limits an operator set.

use crate::connect::Store;
use crate::error::StoreError;
use crate::state::{HealthColumns, health};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;
use vigia_model::{GatewayHealth, Identifier, RejectReason, Rejection, SeriesId, Source};

/// Any fixed number: who holds this lock may register names, so that the limits hold exactly.
const LOCK: i64 = 0x7669_6769_6102;
/// Distinct units over all tenants; more is somebody putting values into the unit.
const MAX_UNITS: i64 = 10_000;

const LOCK_SQL: &str = "select pg_advisory_xact_lock($1)";
const FIND_GATEWAY: &str = "
    select g.id
         , g.num
         , g.tenant_id
         , g.plant_id
         , t.code as tenant
         , p.code as plant
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
    join tenants t on t.id = g.tenant_id
    join plants p on p.id = g.plant_id
    left join gateway_state s on s.gateway_id = g.id
    where g.gateway_id = $1";
const FIND_TENANT: &str = "select id from tenants where code = $1";
const COUNT_TENANTS: &str = "select count(*) from tenants";
const COUNT_GATEWAYS: &str = "select count(*) from gateways where tenant_id = $1";
const INSERT_TENANT: &str = "insert into tenants (code) values ($1) returning id";
const INSERT_PLANT: &str = "
    insert into plants (tenant_id, code, province)
    values ($1, $2, $3)
    on conflict (tenant_id, code) do nothing";
const INSERT_GATEWAY: &str = "
    insert into gateways (tenant_id, plant_id, gateway_id)
    select $1, id, $3
    from plants
    where tenant_id = $1 and code = $2";
const FIND_SERIES: &str = "
    select n.ord
         , r.id
    from unnest($2::text[], $3::text[]) with ordinality n(plc, metric, ord)
    join plcs c on c.plant_id = $1 and c.plc_id = n.plc
    join series r on r.plc_id = c.id and r.metric_id = n.metric";
const COUNT_SERIES: &str = "select series_count from tenants where id = $1";
const INSERT_PLCS: &str = "
    insert into plcs (tenant_id, plant_id, plc_id)
    select distinct $1::uuid, $2::uuid, n.plc
    from unnest($3::text[]) n(plc)
    on conflict (plant_id, plc_id) do nothing";
const INSERT_SERIES: &str = "
    insert into series (tenant_id, plant_id, plc_id, metric_id)
    select $1, $2, c.id, n.metric
    from unnest($3::text[], $4::text[]) n(plc, metric)
    join plcs c on c.plant_id = $2 and c.plc_id = n.plc
    on conflict (plc_id, metric_id) do nothing";
const ADD_TO_COUNT: &str = "update tenants set series_count = series_count + $2 where id = $1";
const FIND_UNITS: &str = "select unit, id from units where unit = any($1)";
const COUNT_UNITS: &str = "select count(*) from units";
const INSERT_UNITS: &str = "insert into units (unit) select unnest($1::text[]) on conflict (unit) do nothing";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 16] = [
    LOCK_SQL,
    FIND_GATEWAY,
    FIND_TENANT,
    COUNT_TENANTS,
    COUNT_GATEWAYS,
    INSERT_TENANT,
    INSERT_PLANT,
    INSERT_GATEWAY,
    FIND_SERIES,
    COUNT_SERIES,
    INSERT_PLCS,
    INSERT_SERIES,
    ADD_TO_COUNT,
    FIND_UNITS,
    COUNT_UNITS,
    INSERT_UNITS,
];

/// What may be registered on first sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provisioning {
    /// `false`: only what an admin registered is taken.
    pub auto: bool,
    pub max_tenants: i64,
    pub max_gateways_per_tenant: i64,
    pub max_series_per_tenant: i64,
}

/// A gateway that may speak for its topic, and the ids of where it stands.
#[derive(Debug, Clone)]
pub struct BoundGateway {
    pub gateway_id: Uuid,
    /// The short number samples carry.
    pub gateway_num: i32,
    pub tenant_id: Uuid,
    pub plant_id: Uuid,
    /// What was known of its signs of life before this start.
    pub health: GatewayHealth,
}

/// An id, or the reason why there is none.
pub type Resolved<T> = Result<T, Rejection>;

#[derive(sqlx::FromRow)]
struct GatewayRow {
    id: Uuid,
    num: i32,
    tenant_id: Uuid,
    plant_id: Uuid,
    tenant: String,
    plant: String,
    #[sqlx(flatten)]
    health: HealthColumns,
}

impl Store {
    /// The gateway of `source`, registered now if it is new and may be.
    ///
    /// Refuses a gateway that is bound to another tenant or plant (`gateway_moved`), and new names beyond the
    /// limits (`not_provisioned`). A refusal leaves no trace in the directory.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_gateway(
        &self,
        source: &Source,
        provisioning: &Provisioning,
    ) -> Result<Resolved<BoundGateway>, StoreError> {
        self.resolve_gateway_inner(source, provisioning).await.map_err(StoreError::on("register a gateway"))
    }

    async fn resolve_gateway_inner(
        &self,
        source: &Source,
        provisioning: &Provisioning,
    ) -> Result<Resolved<BoundGateway>, sqlx::Error> {
        let mut tx = self.ingest.begin().await?;
        if let Some(row) = find_gateway(&mut tx, source).await? {
            return Ok(bind(row, source));
        }
        if !provisioning.auto {
            return Ok(Err(not_provisioned(format!("gateway {} is not registered", source.gateway))));
        }
        lock(&mut tx).await?;
        let tenant: Option<Uuid> =
            sqlx::query_scalar(FIND_TENANT).bind(source.tenant.as_str()).fetch_optional(&mut *tx).await?;
        let tenant = if let Some(tenant) = tenant {
            let gateways: i64 = sqlx::query_scalar(COUNT_GATEWAYS).bind(tenant).fetch_one(&mut *tx).await?;
            let most = provisioning.max_gateways_per_tenant;
            if gateways >= most {
                return Ok(Err(not_provisioned(format!(
                    "tenant {} has {gateways} gateways, MAX_GATEWAYS_PER_TENANT is {most}",
                    source.tenant
                ))));
            }
            tenant
        } else {
            let tenants: i64 = sqlx::query_scalar(COUNT_TENANTS).fetch_one(&mut *tx).await?;
            let most = provisioning.max_tenants;
            if tenants >= most {
                return Ok(Err(not_provisioned(format!(
                    "there are {tenants} tenants, MAX_TENANTS is {most}"
                ))));
            }
            sqlx::query_scalar(INSERT_TENANT).bind(source.tenant.as_str()).fetch_one(&mut *tx).await?
        };
        sqlx::query(INSERT_PLANT)
            .bind(tenant)
            .bind(source.plant.as_str())
            .bind(source.province.as_str())
            .execute(&mut *tx)
            .await?;
        sqlx::query(INSERT_GATEWAY)
            .bind(tenant)
            .bind(source.plant.as_str())
            .bind(source.gateway.as_str())
            .execute(&mut *tx)
            .await?;
        let row = find_gateway(&mut tx, source).await?.ok_or(sqlx::Error::RowNotFound)?;
        tx.commit().await?;
        tracing::info!(
            tenant = %source.tenant, plant = %source.plant, gateway = %source.gateway,
            "registered a gateway on first sight"
        );
        Ok(bind(row, source))
    }

    /// The series of `names` (PLC, metric) at the plant of `gateway`, in the same order; new ones are registered
    /// if they may be, otherwise refused (`series_limit`, `not_provisioned`).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_series(
        &self,
        gateway: &BoundGateway,
        names: &[(Identifier, Identifier)],
        provisioning: &Provisioning,
    ) -> Result<Vec<Resolved<SeriesId>>, StoreError> {
        self.resolve_series_inner(gateway, names, provisioning)
            .await
            .map_err(StoreError::on("register series"))
    }

    async fn resolve_series_inner(
        &self,
        gateway: &BoundGateway,
        names: &[(Identifier, Identifier)],
        provisioning: &Provisioning,
    ) -> Result<Vec<Resolved<SeriesId>>, sqlx::Error> {
        let mut tx = self.ingest.begin().await?;
        let mut found = find_series(&mut tx, gateway, names).await?;
        let mut refusal = None;
        if found.len() < names.len() && provisioning.auto {
            lock(&mut tx).await?;
            let existing: i64 =
                sqlx::query_scalar(COUNT_SERIES).bind(gateway.tenant_id).fetch_one(&mut *tx).await?;
            let room = usize::try_from(provisioning.max_series_per_tenant - existing).unwrap_or(0);
            let mut new: Vec<&(Identifier, Identifier)> = names
                .iter()
                .enumerate()
                .filter(|(index, _)| !found.contains_key(index))
                .map(|(_, name)| name)
                .collect();
            if new.len() > room {
                let most = provisioning.max_series_per_tenant;
                refusal = Some(format!(
                    "the tenant has all the series it may have, MAX_SERIES_PER_TENANT is {most}"
                ));
                new.truncate(room);
            }
            let plcs: Vec<&str> = new.iter().map(|(plc, _)| plc.as_str()).collect();
            let metrics: Vec<&str> = new.iter().map(|(_, metric)| metric.as_str()).collect();
            sqlx::query(INSERT_PLCS)
                .bind(gateway.tenant_id)
                .bind(gateway.plant_id)
                .bind(&plcs)
                .execute(&mut *tx)
                .await?;
            let inserted = sqlx::query(INSERT_SERIES)
                .bind(gateway.tenant_id)
                .bind(gateway.plant_id)
                .bind(&plcs)
                .bind(&metrics)
                .execute(&mut *tx)
                .await?;
            let inserted = i64::try_from(inserted.rows_affected()).unwrap_or(i64::MAX);
            sqlx::query(ADD_TO_COUNT).bind(gateway.tenant_id).bind(inserted).execute(&mut *tx).await?;
            found = find_series(&mut tx, gateway, names).await?;
        }
        tx.commit().await?;
        let refuse = |(plc, metric): &(Identifier, Identifier)| match &refusal {
            Some(detail) => Rejection::message(RejectReason::SeriesLimit, detail.clone()),
            None => not_provisioned(format!("metric {metric} of PLC {plc} is not registered")),
        };
        Ok(names
            .iter()
            .enumerate()
            .map(|(index, name)| found.get(&index).copied().ok_or_else(|| refuse(name)))
            .collect())
    }

    /// The ids of `units`, registered where new. A unit that is missing in the answer is one too many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_units(&self, units: &[&str]) -> Result<HashMap<Box<str>, i32>, StoreError> {
        self.resolve_units_inner(units).await.map_err(StoreError::on("register units"))
    }

    async fn resolve_units_inner(&self, units: &[&str]) -> Result<HashMap<Box<str>, i32>, sqlx::Error> {
        let mut tx = self.ingest.begin().await?;
        lock(&mut tx).await?;
        let existing: i64 = sqlx::query_scalar(COUNT_UNITS).fetch_one(&mut *tx).await?;
        let room = usize::try_from(MAX_UNITS - existing).unwrap_or(0);
        let some: Vec<&str> = units.iter().copied().take(room).collect();
        sqlx::query(INSERT_UNITS).bind(&some).execute(&mut *tx).await?;
        let rows: Vec<(String, i32)> = sqlx::query_as(FIND_UNITS).bind(units).fetch_all(&mut *tx).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(|(unit, id)| (unit.into_boxed_str(), id)).collect())
    }
}

/// Lets one at a time register names.
async fn lock(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(LOCK_SQL).bind(LOCK).execute(tx).await?;
    Ok(())
}

async fn find_gateway(tx: &mut PgConnection, source: &Source) -> Result<Option<GatewayRow>, sqlx::Error> {
    sqlx::query_as(FIND_GATEWAY).bind(source.gateway.as_str()).fetch_optional(tx).await
}

/// Lets the gateway speak only for the tenant and plant it is bound to.
fn bind(row: GatewayRow, source: &Source) -> Resolved<BoundGateway> {
    if row.tenant != source.tenant.as_str() || row.plant != source.plant.as_str() {
        // Where it belongs is not told: the reader of this quarantine entry may be of the other tenant.
        return Err(Rejection::message(
            RejectReason::GatewayMoved,
            format!(
                "gateway {} is bound to another plant than {}/{}; an admin can move it",
                source.gateway, source.tenant, source.plant
            ),
        ));
    }
    Ok(BoundGateway {
        gateway_id: row.id,
        gateway_num: row.num,
        tenant_id: row.tenant_id,
        plant_id: row.plant_id,
        health: health(row.health),
    })
}

async fn find_series(
    tx: &mut PgConnection,
    gateway: &BoundGateway,
    names: &[(Identifier, Identifier)],
) -> Result<HashMap<usize, SeriesId>, sqlx::Error> {
    let plcs: Vec<&str> = names.iter().map(|(plc, _)| plc.as_str()).collect();
    let metrics: Vec<&str> = names.iter().map(|(_, metric)| metric.as_str()).collect();
    let rows: Vec<(i64, i32)> =
        sqlx::query_as(FIND_SERIES).bind(gateway.plant_id).bind(&plcs).bind(&metrics).fetch_all(tx).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(ordinal, id)| usize::try_from(ordinal - 1).ok().map(|index| (index, SeriesId(id))))
        .collect())
}

fn not_provisioned(detail: String) -> Rejection {
    Rejection::message(RejectReason::NotProvisioned, detail)
}
