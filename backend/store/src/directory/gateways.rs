//! Gateways, and the tenants and plants they are bound to.

use super::{BoundGateway, Provisioning, Resolved, lock, not_provisioned};
use crate::state::{HealthColumns, health};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use vigia_model::{RejectReason, Rejection, Source};

const FIND: &str = "
    select g.gateway_id as gateway
         , g.id
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
    where g.gateway_id = any($1)";
const FIND_TENANTS: &str = "
    select t.code
         , t.id
         , (select count(*) from gateways g where g.tenant_id = t.id)
    from tenants t
    where t.code = any($1)";
const COUNT_TENANTS: &str = "select count(*) from tenants";
/// Somebody may add a tenant by hand at this moment; it is found at the next message.
const INSERT_TENANTS: &str = "
    insert into tenants (code)
    select unnest($1::text[])
    on conflict (code) do nothing
    returning code, id";
const INSERT_PLANTS: &str = "
    insert into plants (tenant_id, code, province)
    select distinct on (n.tenant_id, n.plant) n.tenant_id, n.plant, n.province
    from unnest($1::uuid[], $2::text[], $3::text[]) with ordinality n(tenant_id, plant, province, ord)
    order by n.tenant_id, n.plant, n.ord
    on conflict (tenant_id, code) do nothing";
const INSERT: &str = "
    insert into gateways (tenant_id, plant_id, gateway_id)
    select p.tenant_id, p.id, n.gateway
    from unnest($1::uuid[], $2::text[], $3::text[]) n(tenant_id, plant, gateway)
    join plants p on p.tenant_id = n.tenant_id and p.code = n.plant
    on conflict (gateway_id) do nothing";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] =
    [FIND, FIND_TENANTS, COUNT_TENANTS, INSERT_TENANTS, INSERT_PLANTS, INSERT];

#[derive(sqlx::FromRow)]
struct GatewayRow {
    gateway: String,
    id: Uuid,
    num: i32,
    tenant_id: Uuid,
    plant_id: Uuid,
    tenant: String,
    plant: String,
    #[sqlx(flatten)]
    health: HealthColumns,
}

/// A tenant, and how many gateways it has.
struct Tenant {
    id: Uuid,
    gateways: i64,
}

pub(super) async fn resolve(
    tx: &mut PgConnection,
    sources: &[Source],
    provisioning: &Provisioning,
) -> Result<Vec<Resolved<BoundGateway>>, sqlx::Error> {
    let mut found = find(tx, sources).await?;
    let mut refused = HashMap::new();
    if sources.iter().any(|source| !found.contains_key(source.gateway.as_str())) && provisioning.auto {
        lock(tx).await?;
        // Whoever held the lock before us may have registered some.
        found = find(tx, sources).await?;
        refused = register(tx, sources, &found, provisioning).await?;
        found = find(tx, sources).await?;
    }
    let answer = |source: &Source| match found.get(source.gateway.as_str()) {
        Some(row) => bind(row, source),
        None => Err(refused
            .get(source.gateway.as_str())
            .cloned()
            .unwrap_or_else(|| not_provisioned(format!("gateway {} is not registered", source.gateway)))),
    };
    Ok(sources.iter().map(answer).collect())
}

/// Registers the sources that are not `found`, as far as the limits go; returns why others were not, by gateway.
async fn register<'a>(
    tx: &mut PgConnection,
    sources: &'a [Source],
    found: &HashMap<String, GatewayRow>,
    provisioning: &Provisioning,
) -> Result<HashMap<&'a str, Rejection>, sqlx::Error> {
    let mut seen = HashSet::new();
    let missing = sources.iter().filter(|source| !found.contains_key(source.gateway.as_str()));
    // Of one gateway on two topics the first counts, as if they had come one after the other.
    let missing: Vec<&Source> = missing.filter(|source| seen.insert(source.gateway.as_str())).collect();
    let mut refused = HashMap::new();
    let mut tenants = tenants(tx, &missing, provisioning, &mut refused).await?;
    let mut new: Vec<(Uuid, &Source)> = Vec::with_capacity(missing.len());
    for source in missing {
        let Some(tenant) = tenants.get_mut(source.tenant.as_str()) else { continue };
        let most = provisioning.max_gateways_per_tenant;
        if tenant.gateways >= most {
            let detail = format!(
                "tenant {} has {} gateways, MAX_GATEWAYS_PER_TENANT is {most}",
                source.tenant, tenant.gateways
            );
            refused.insert(source.gateway.as_str(), not_provisioned(detail));
        } else {
            tenant.gateways += 1;
            new.push((tenant.id, source));
        }
    }
    if new.is_empty() {
        return Ok(refused);
    }
    let ids: Vec<Uuid> = new.iter().map(|(tenant, _)| *tenant).collect();
    let plants: Vec<&str> = new.iter().map(|(_, source)| source.plant.as_str()).collect();
    let provinces: Vec<&str> = new.iter().map(|(_, source)| source.province.as_str()).collect();
    let gateways: Vec<&str> = new.iter().map(|(_, source)| source.gateway.as_str()).collect();
    sqlx::query(INSERT_PLANTS).bind(&ids).bind(&plants).bind(&provinces).execute(&mut *tx).await?;
    sqlx::query(INSERT).bind(&ids).bind(&plants).bind(&gateways).execute(tx).await?;
    for (_, source) in &new {
        tracing::info!(
            tenant = %source.tenant, plant = %source.plant, gateway = %source.gateway,
            "registered a gateway on first sight"
        );
    }
    Ok(refused)
}

/// The tenants of `missing`, new ones made while there is room for them.
async fn tenants<'a>(
    tx: &mut PgConnection,
    missing: &[&'a Source],
    provisioning: &Provisioning,
    refused: &mut HashMap<&'a str, Rejection>,
) -> Result<HashMap<String, Tenant>, sqlx::Error> {
    let mut codes: Vec<&str> = missing.iter().map(|source| source.tenant.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let rows: Vec<(String, Uuid, i64)> =
        sqlx::query_as(FIND_TENANTS).bind(&codes).fetch_all(&mut *tx).await?;
    let mut tenants: HashMap<String, Tenant> =
        rows.into_iter().map(|(code, id, gateways)| (code, Tenant { id, gateways })).collect();
    let new: Vec<&str> = codes.into_iter().filter(|code| !tenants.contains_key(*code)).collect();
    if new.is_empty() {
        return Ok(tenants);
    }
    let existing: i64 = sqlx::query_scalar(COUNT_TENANTS).fetch_one(&mut *tx).await?;
    let most = provisioning.max_tenants;
    let room = usize::try_from(most - existing).unwrap_or(0);
    let some: Vec<&str> = new.into_iter().take(room).collect();
    let rows: Vec<(String, Uuid)> = sqlx::query_as(INSERT_TENANTS).bind(&some).fetch_all(tx).await?;
    tenants.extend(rows.into_iter().map(|(code, id)| (code, Tenant { id, gateways: 0 })));
    for source in missing.iter().filter(|source| !tenants.contains_key(source.tenant.as_str())) {
        let detail = format!("there are {existing} tenants, MAX_TENANTS is {most}");
        refused.insert(source.gateway.as_str(), not_provisioned(detail));
    }
    Ok(tenants)
}

async fn find(tx: &mut PgConnection, sources: &[Source]) -> Result<HashMap<String, GatewayRow>, sqlx::Error> {
    let gateways: Vec<&str> = sources.iter().map(|source| source.gateway.as_str()).collect();
    let rows: Vec<GatewayRow> = sqlx::query_as(FIND).bind(&gateways).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.gateway.clone(), row)).collect())
}

/// Lets the gateway speak only for the tenant and plant it is bound to.
fn bind(row: &GatewayRow, source: &Source) -> Resolved<BoundGateway> {
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
        health: health(row.health.clone()),
    })
}
