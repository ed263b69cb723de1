//! The schema: which migrations were made, and whether this user may do what the pipeline does.

use super::{Checkup, looking};
use crate::connect::migrations;
use crate::error::StoreError;
use std::collections::HashMap;

const IS_MIGRATED: &str = "select to_regclass('_sqlx_migrations') is not null";
/// What migrations make, and their own table; others may have theirs in the same schema.
const TABLES: [&str; 34] = [
    "_sqlx_migrations",
    "alarms",
    "api_keys",
    "audit_log",
    "backups",
    "dashboard_versions",
    "dashboards",
    "gateway_boots",
    "gateway_state",
    "gateways",
    "hourly",
    "ingest_lease",
    "login_failures",
    "memberships",
    "mqtt_clients",
    "packed",
    "packing",
    "packing_due",
    "password_links",
    "persist_rules",
    "plants",
    "plcs",
    "quarantined_messages",
    "rejection_counts",
    "rejections",
    "replay_requests",
    "retention",
    "samples",
    "series",
    "series_last",
    "sessions",
    "tenants",
    "units",
    "users",
];
/// Read only if the table is there.
const APPLIED: &str = "select version, success, checksum from _sqlx_migrations order by version";
/// Partitions are made in the schema, by whoever owns the table they are parts of.
const RIGHTS: &str = "
    select current_user::text as who
         , current_schema()::text as schema
         , coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create
         , coalesce((
               select array_agg(c.relname::text order by c.relname)
               from pg_class c
               left join pg_inherits i on i.inhrelid = c.oid
               left join pg_class parent on parent.oid = i.inhparent
               where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
                 and coalesce(parent.relname, c.relname) = any ($1) and not pg_has_role(c.relowner, 'usage')
           ), '{}') as foreign_tables";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [IS_MIGRATED, APPLIED, RIGHTS];

/// Migrations, by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// The newest that was made.
    pub newest: Option<i64>,
    /// This program has them, and the database not yet.
    pub pending: Vec<i64>,
    /// The database has them, and this program does not know them.
    pub unknown: Vec<i64>,
    /// Begun and not finished.
    pub half_done: Vec<i64>,
    /// Made from another text than this program has.
    pub changed: Vec<i64>,
}

/// What the user may do.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Rights {
    pub who: String,
    pub schema: Option<String>,
    pub may_create: bool,
    /// Tables of ours, and parts of them, that another owns.
    pub foreign_tables: Vec<String>,
}

impl Checkup {
    /// How far the schema is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schema(&mut self) -> Result<Schema, StoreError> {
        let is_migrated: bool = sqlx::query_scalar(IS_MIGRATED)
            .fetch_one(&mut self.connection)
            .await
            .map_err(looking("look for migrations"))?;
        let applied: Vec<(i64, bool, Vec<u8>)> = if is_migrated {
            sqlx::query_as(APPLIED)
                .fetch_all(&mut self.connection)
                .await
                .map_err(looking("read the migrations"))?
        } else {
            Vec::new()
        };
        Ok(compared(&migrations().collect(), applied))
    }

    /// What the user may do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rights(&mut self) -> Result<Rights, StoreError> {
        sqlx::query_as(RIGHTS)
            .bind(&TABLES[..])
            .fetch_one(&mut self.connection)
            .await
            .map_err(looking("look at the user's rights"))
    }
}

fn compared(ours: &HashMap<i64, &[u8]>, applied: Vec<(i64, bool, Vec<u8>)>) -> Schema {
    let mut schema = Schema::default();
    let mut pending: Vec<i64> = ours.keys().copied().collect();
    for (version, is_done, checksum) in applied {
        pending.retain(|it| *it != version);
        if !is_done {
            schema.half_done.push(version);
            continue;
        }
        match ours.get(&version) {
            None => schema.unknown.push(version),
            Some(known) if *known != checksum.as_slice() => schema.changed.push(version),
            Some(_) => {}
        }
        schema.newest = schema.newest.max(Some(version));
    }
    pending.sort_unstable();
    Schema { pending, ..schema }
}
