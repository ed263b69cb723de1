//! Series, and the PLCs they belong to.

use super::{Provisioning, Resolved, SeriesName, lock, not_provisioned};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;
use vigia_model::{RejectReason, Rejection, SeriesId};

const FIND: &str = "
    select n.ord
         , r.id
    from unnest($1::uuid[], $2::text[], $3::text[]) with ordinality n(plant_id, plc, metric, ord)
    join plcs c on c.plant_id = n.plant_id and c.plc_id = n.plc
    join series r on r.plc_id = c.id and r.metric_id = n.metric";
const COUNTS: &str = "select id, series_count from tenants where id = any($1)";
const INSERT_PLCS: &str = "
    insert into plcs (tenant_id, plant_id, plc_id)
    select distinct n.tenant_id, n.plant_id, n.plc
    from unnest($1::uuid[], $2::uuid[], $3::text[]) n(tenant_id, plant_id, plc)
    on conflict (plant_id, plc_id) do nothing";
const INSERT: &str = "
    with inserted as (
        insert into series (tenant_id, plant_id, plc_id, metric_id)
        select n.tenant_id, n.plant_id, c.id, n.metric
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) n(tenant_id, plant_id, plc, metric)
        join plcs c on c.plant_id = n.plant_id and c.plc_id = n.plc
        on conflict (plc_id, metric_id) do nothing
        returning tenant_id
    )
    update tenants t
    set series_count = t.series_count + added.series
    from (select tenant_id, count(*) as series from inserted group by tenant_id) added
    where t.id = added.tenant_id";

pub(super) const RECOUNT: &str = "
    update tenants t
    set series_count = counted.series
    from (
        select t.id, count(s.id) as series
        from tenants t
        left join series s on s.tenant_id = t.id
        group by t.id
    ) counted
    where t.id = counted.id and t.series_count <> counted.series";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 5] = [FIND, COUNTS, INSERT_PLCS, INSERT, RECOUNT];

pub(super) async fn resolve(
    tx: &mut PgConnection,
    names: &[SeriesName],
    provisioning: &Provisioning,
) -> Result<Vec<Resolved<SeriesId>>, sqlx::Error> {
    let mut found = find(tx, names).await?;
    if found.len() < names.len() && provisioning.auto {
        lock(tx).await?;
        // Whoever held the lock before us may have registered some.
        found = find(tx, names).await?;
        let missing = names.iter().enumerate().filter(|(index, _)| !found.contains_key(index));
        let missing: Vec<&SeriesName> = missing.map(|(_, name)| name).collect();
        register(tx, &missing, provisioning.max_series_per_tenant).await?;
        found = find(tx, names).await?;
    }
    let refuse = |name: &SeriesName| {
        if provisioning.auto {
            let most = provisioning.max_series_per_tenant;
            let detail =
                format!("the tenant has all the series it may have, MAX_SERIES_PER_TENANT is {most}");
            Rejection::message(RejectReason::SeriesLimit, detail)
        } else {
            not_provisioned(format!("metric {} of PLC {} is not registered", name.metric, name.plc))
        }
    };
    let ids =
        names.iter().enumerate().map(|(index, name)| found.get(&index).copied().ok_or_else(|| refuse(name)));
    Ok(ids.collect())
}

/// Registers of each tenant as many as it has room for, the first ones first.
async fn register(
    tx: &mut PgConnection,
    missing: &[&SeriesName],
    most_per_tenant: i64,
) -> Result<(), sqlx::Error> {
    let tenants: Vec<Uuid> = missing.iter().map(|name| name.tenant_id).collect();
    let counts: Vec<(Uuid, i64)> = sqlx::query_as(COUNTS).bind(&tenants).fetch_all(&mut *tx).await?;
    let mut room: HashMap<Uuid, i64> =
        counts.into_iter().map(|(tenant, count)| (tenant, most_per_tenant - count)).collect();
    let mut new: Vec<&SeriesName> = Vec::with_capacity(missing.len());
    for name in missing {
        if let Some(left) = room.get_mut(&name.tenant_id).filter(|left| **left > 0) {
            *left -= 1;
            new.push(name);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let tenants: Vec<Uuid> = new.iter().map(|name| name.tenant_id).collect();
    let plants: Vec<Uuid> = new.iter().map(|name| name.plant_id).collect();
    let plcs: Vec<&str> = new.iter().map(|name| name.plc.as_str()).collect();
    let metrics: Vec<&str> = new.iter().map(|name| name.metric.as_str()).collect();
    sqlx::query(INSERT_PLCS).bind(&tenants).bind(&plants).bind(&plcs).execute(&mut *tx).await?;
    sqlx::query(INSERT).bind(&tenants).bind(&plants).bind(&plcs).bind(&metrics).execute(tx).await?;
    Ok(())
}

async fn find(tx: &mut PgConnection, names: &[SeriesName]) -> Result<HashMap<usize, SeriesId>, sqlx::Error> {
    let plants: Vec<Uuid> = names.iter().map(|name| name.plant_id).collect();
    let plcs: Vec<&str> = names.iter().map(|name| name.plc.as_str()).collect();
    let metrics: Vec<&str> = names.iter().map(|name| name.metric.as_str()).collect();
    let rows: Vec<(i64, i32)> =
        sqlx::query_as(FIND).bind(&plants).bind(&plcs).bind(&metrics).fetch_all(tx).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(ordinal, id)| usize::try_from(ordinal - 1).ok().map(|index| (index, SeriesId(id))))
        .collect())
}
