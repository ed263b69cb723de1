//! Units: every text ever sent, once.

use super::lock;
use sqlx::PgConnection;
use std::collections::HashMap;

const COUNT: &str = "select count(*) from units";
const INSERT: &str = "insert into units (unit) select unnest($1::text[]) on conflict (unit) do nothing";
const FIND: &str = "select unit, id from units where unit = any($1)";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [COUNT, INSERT, FIND];

/// Distinct units over all tenants; more is somebody putting values into the unit.
const MAX_UNITS: i64 = 10_000;

pub(super) async fn resolve(
    tx: &mut PgConnection,
    units: &[&str],
) -> Result<HashMap<Box<str>, i32>, sqlx::Error> {
    let found = find(tx, units).await?;
    let new: Vec<&str> = units.iter().copied().filter(|unit| !found.contains_key(*unit)).collect();
    if new.is_empty() {
        return Ok(found);
    }
    lock(tx).await?;
    let existing: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut *tx).await?;
    let room = usize::try_from(MAX_UNITS - existing).unwrap_or(0);
    let some: Vec<&str> = new.into_iter().take(room).collect();
    sqlx::query(INSERT).bind(&some).execute(&mut *tx).await?;
    find(tx, units).await
}

async fn find(tx: &mut PgConnection, units: &[&str]) -> Result<HashMap<Box<str>, i32>, sqlx::Error> {
    let rows: Vec<(String, i32)> = sqlx::query_as(FIND).bind(units).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(unit, id)| (unit.into_boxed_str(), id)).collect())
}
