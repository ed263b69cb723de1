//! Units: every text ever sent, once.

use super::lock;
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use vigia_model::SeriesId;

const FIND: &str = "
    select r.tenant_id
         , u.id
    from unnest($1::int4[], $2::text[]) with ordinality n(series_id, unit, ord)
    join series r on r.id = n.series_id
    left join units u on u.unit = n.unit
    order by n.ord";
const COUNTS: &str = "select id, unit_count from tenants where id = any($1)";
const INSERT: &str = "
    with inserted as (
        insert into units (unit)
        select unnest($2::text[])
        on conflict (unit) do nothing
        returning unit
    )
    update tenants t
    set unit_count = t.unit_count + added.units
    from (
        select n.tenant_id, count(*) as units
        from unnest($1::uuid[], $2::text[]) n(tenant_id, unit)
        join inserted i on i.unit = n.unit
        group by n.tenant_id
    ) added
    where t.id = added.tenant_id";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [FIND, COUNTS, INSERT];

/// Units a tenant may be the first to send; more is somebody putting values into the unit. It is the tenant's own
/// limit: another one's flood keeps nobody from a unit of theirs.
pub const MAX_UNITS_PER_TENANT: i64 = 200;

/// The id of a unit; of one that is one too many, the tenant that may have no more.
pub type ResolvedUnit = Result<i32, Uuid>;

pub(super) async fn resolve(
    tx: &mut PgConnection,
    units: &[(SeriesId, &str)],
) -> Result<Vec<ResolvedUnit>, sqlx::Error> {
    let found = find(tx, units).await?;
    if found.iter().all(Result::is_ok) {
        return Ok(found);
    }
    lock(tx).await?;
    // Whoever held the lock before us may have registered some.
    let found = find(tx, units).await?;
    let mut seen = HashSet::new();
    let missing = found.iter().zip(units).filter_map(|(found, (_, unit))| Some((found.err()?, *unit)));
    let missing: Vec<(Uuid, &str)> = missing.filter(|(_, unit)| seen.insert(*unit)).collect();
    register(tx, &missing).await?;
    find(tx, units).await
}

/// Registers of each tenant as many as it has room for, the first ones first.
async fn register(tx: &mut PgConnection, missing: &[(Uuid, &str)]) -> Result<(), sqlx::Error> {
    let tenants: Vec<Uuid> = missing.iter().map(|(tenant, _)| *tenant).collect();
    let counts: Vec<(Uuid, i64)> = sqlx::query_as(COUNTS).bind(&tenants).fetch_all(&mut *tx).await?;
    let mut room: HashMap<Uuid, i64> =
        counts.into_iter().map(|(tenant, count)| (tenant, MAX_UNITS_PER_TENANT - count)).collect();
    let mut has_room = |tenant: &Uuid| {
        room.get_mut(tenant).filter(|left| **left > 0).is_some_and(|left| {
            *left -= 1;
            true
        })
    };
    let (tenants, units): (Vec<Uuid>, Vec<&str>) =
        missing.iter().filter(|(tenant, _)| has_room(tenant)).copied().unzip();
    sqlx::query(INSERT).bind(tenants).bind(units).execute(tx).await?;
    Ok(())
}

async fn find(tx: &mut PgConnection, units: &[(SeriesId, &str)]) -> Result<Vec<ResolvedUnit>, sqlx::Error> {
    let series: Vec<i32> = units.iter().map(|(series, _)| series.0).collect();
    let texts: Vec<&str> = units.iter().map(|(_, unit)| *unit).collect();
    let rows: Vec<(Uuid, Option<i32>)> = sqlx::query_as(FIND).bind(series).bind(texts).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(tenant, id)| id.ok_or(tenant)).collect())
}
