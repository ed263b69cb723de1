//! Dropping partitions, never in anybody's way: one is detached while others write and read, and only then dropped.

use crate::connect::Store;
use crate::error::StoreError;
use crate::partition::{self, Partition};
use sqlx::{AssertSqlSafe, PgConnection};
use vigia_model::SeriesId;

const PARTITIONS: &str = "
    select c.relname::text as name
         , coalesce(pg_total_relation_size(c.oid), 0) as bytes
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent in ('samples'::regclass, 'packed'::regclass)";
const DROPPING: &str = "select dropping from retention";
const SET_DROPPING: &str = "update retention set dropping = $1";
/// Whether a table is there, is a part of its parent, and has begun to be none.
const STATE: &str = "
    select c.oid is not null as is_there
         , i.inhrelid is not null as is_attached
         , coalesce(i.inhdetachpending, false) as is_leaving
         , coalesce(pg_total_relation_size(c.oid), 0) as bytes
    from (select to_regclass($1)::oid as oid) c
    left join pg_inherits i on i.inhrelid = c.oid";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 4] = [PARTITIONS, DROPPING, SET_DROPPING, STATE];

/// A partition and what it takes on disk, indexes included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartitionSize {
    pub partition: Partition,
    pub bytes: i64,
}

#[derive(sqlx::FromRow)]
struct State {
    is_there: bool,
    is_attached: bool,
    is_leaving: bool,
    bytes: i64,
}

impl Store {
    /// The partitions of `samples` and `packed`, the one that ends first first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn raw_partitions(&self) -> Result<Vec<PartitionSize>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(PARTITIONS)
            .fetch_all(&self.upkeep)
            .await
            .map_err(StoreError::on("list the partitions"))?;
        let known = |(name, bytes): (String, i64)| {
            Partition::named(&name).map(|partition| PartitionSize { partition, bytes })
        };
        let mut partitions: Vec<PartitionSize> = rows.into_iter().filter_map(known).collect();
        partitions.sort_by_key(|it| (it.partition.end(), it.partition.parent()));
        Ok(partitions)
    }

    /// The partition that is being dropped, if that was cut short.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn being_dropped(&self) -> Result<Option<Partition>, StoreError> {
        let dropping: Option<String> = sqlx::query_scalar(DROPPING)
            .fetch_one(&self.upkeep)
            .await
            .map_err(StoreError::on("look what is being dropped"))?;
        Ok(dropping.as_deref().and_then(Partition::named))
    }

    /// Drops a partition, unless it holds anything of the series `keep`; tells how many bytes that gave back. When it is cut
    /// short, it is to be [called again](Self::being_dropped) for the same before any other.
    ///
    /// # Errors
    /// Transient also when somebody reads what is to be dropped for too long.
    pub async fn drop_partition(
        &self,
        partition: Partition,
        keep: &[SeriesId],
    ) -> Result<Option<i64>, StoreError> {
        let table = partition.table();
        let dropped = async {
            // Outside any transaction: between the steps it holds nothing.
            let mut connection = self.upkeep.acquire().await?;
            let dropping: Option<String> = sqlx::query_scalar(DROPPING).fetch_one(&mut *connection).await?;
            if dropping.as_deref() != Some(&*table) {
                if holds(&mut connection, &table, keep).await? {
                    return Ok(None);
                }
                set_dropping(&mut connection, Some(&table)).await?;
            }
            detach_and_drop(&mut connection, partition, keep).await
        };
        dropped.await.map_err(StoreError::on("drop a partition"))
    }
}

async fn detach_and_drop(
    connection: &mut PgConnection,
    partition: Partition,
    keep: &[SeriesId],
) -> Result<Option<i64>, sqlx::Error> {
    let (parent, table) = (partition.parent(), partition.table());
    let state: State = sqlx::query_as(STATE).bind(&table).fetch_one(&mut *connection).await?;
    if state.is_attached {
        // Waits for those who use it, without a lock that anybody else would wait for.
        let how = if state.is_leaving { "finalize" } else { "concurrently" };
        run(connection, format!("alter table {parent} detach partition {table} {how}")).await?;
    }
    // Nobody reaches it any more. Somebody may have, since it was looked into.
    if state.is_there && holds(connection, &table, keep).await? {
        let (from, to) = partition.bounds();
        let attach =
            format!("alter table {parent} attach partition {table} for values from ('{from}') to ('{to}')");
        run(connection, attach).await?;
        set_dropping(connection, None).await?;
        return Ok(None);
    }
    run(connection, format!("drop table if exists {table}")).await?;
    set_dropping(connection, None).await?;
    tracing::info!(partition = %table, bytes = state.bytes, "dropped a partition");
    Ok(Some(state.bytes))
}

/// Whether a partition holds anything of these series.
async fn holds(connection: &mut PgConnection, table: &str, series: &[SeriesId]) -> Result<bool, sqlx::Error> {
    if series.is_empty() {
        return Ok(false);
    }
    let series: Vec<i32> = series.iter().map(|series| series.0).collect();
    // The name is ours.
    let holds = format!(
        "select exists (
             select
             from unnest($1::int4[]) k(id)
             cross join lateral (select from {table} t where t.series_id = k.id limit 1) found
         )"
    );
    sqlx::query_scalar(AssertSqlSafe(holds)).persistent(false).bind(series).fetch_one(connection).await
}

async fn set_dropping(connection: &mut PgConnection, table: Option<&str>) -> Result<(), sqlx::Error> {
    use sqlx::Connection as _;
    let mut tx = connection.begin().await?;
    partition::lock(&mut tx).await?;
    sqlx::query(SET_DROPPING).bind(table).execute(&mut *tx).await?;
    tx.commit().await
}

/// Runs a statement about tables by itself, outside any transaction.
async fn run(connection: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    // The names in it are ours.
    sqlx::query(AssertSqlSafe(statement)).persistent(false).execute(connection).await.map(drop)
}
