//! Dropping partitions, never in anybody's way: one is detached while others write and read, renamed, and only then dropped. One
//! that cannot be dropped, because a view of somebody's hangs on it, holds up nothing else.

use super::Cutoffs;
use crate::connect::Store;
use crate::error::StoreError;
use crate::partition::{self, Partition};
use sqlx::postgres::types::Oid;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

const PARTITIONS: &str = "
    select c.relname::text as name
         , coalesce(pg_total_relation_size(c.oid), 0) as bytes
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent in ('samples'::regclass, 'packed'::regclass)";
const DROPPING: &str = "select dropping from retention";
const BEGIN: &str = "update retention set dropping = $1 where dropping is null";
const END: &str = "update retention set dropping = null where dropping = $1";
/// Whether a table is there, is a part of its parent, and has begun to be none.
const STATE: &str = "
    select c.oid
         , i.inhrelid is not null as is_attached
         , coalesce(i.inhdetachpending, false) as is_leaving
    from (select to_regclass($1)::oid as oid) c
    left join pg_inherits i on i.inhrelid = c.oid";
/// What is detached begins with this.
const GONE: &str = "gone_";
const DETACHED: &str = "
    select c.relname::text as name
         , pg_total_relation_size(c.oid) as bytes
    from pg_class c
    where c.relkind = 'r'
      and c.relnamespace = current_schema()::regnamespace
      and c.relname ~ '^gone_(samples|packed)_y[0-9md]+_[0-9]+$'
    order by c.relname";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] = [PARTITIONS, DROPPING, BEGIN, END, STATE, DETACHED];

/// A partition and what it takes on disk, indexes included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartitionSize {
    pub partition: Partition,
    pub bytes: i64,
}

#[derive(sqlx::FromRow)]
struct State {
    oid: Option<Oid>,
    is_attached: bool,
    is_leaving: bool,
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

    /// Makes a partition one that is to be [dropped](Self::drop_detached), unless it holds anything that is kept; tells whether it
    /// did. When it is cut short, it is to be [called again](Self::being_dropped) for the same before any other.
    ///
    /// # Errors
    /// Transient also when somebody reads what is to be dropped for too long.
    pub async fn detach_partition(
        &self,
        partition: Partition,
        cutoffs: &Cutoffs,
    ) -> Result<bool, StoreError> {
        let (table, kept) = (partition.table(), Kept::of(partition, cutoffs));
        let detached = async {
            // Outside any transaction: between the steps it holds nothing.
            let mut connection = self.upkeep.acquire().await?;
            let dropping: Option<String> = sqlx::query_scalar(DROPPING).fetch_one(&mut *connection).await?;
            if dropping.as_deref() != Some(&*table)
                && (kept.is_in(&mut connection, &table).await?
                    || !note(&mut connection, BEGIN, &table).await?)
            {
                return Ok(false);
            }
            detach(&mut connection, partition, &kept).await
        };
        detached.await.map_err(StoreError::on("detach a partition"))
    }

    /// Drops what was detached, and tells how many bytes that gave back. What cannot be dropped is left for the next time, and
    /// named in the log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_detached(&self) -> Result<i64, StoreError> {
        let drop_each = async {
            let mut connection = self.upkeep.acquire().await?;
            let detached: Vec<(String, i64)> = sqlx::query_as(DETACHED).fetch_all(&mut *connection).await?;
            let mut freed = 0;
            for (table, bytes) in detached {
                match run(&mut connection, format!("drop table if exists {table}")).await {
                    Ok(()) => {
                        tracing::info!(table, bytes, "dropped what was detached");
                        freed += bytes;
                    }
                    Err(sqlx::Error::Database(error)) => {
                        tracing::warn!(
                            table,
                            bytes,
                            cause = error.message(),
                            "cannot drop what was detached"
                        );
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(freed)
        };
        drop_each.await.map_err(StoreError::on("drop what was detached"))
    }
}

async fn detach(
    connection: &mut PgConnection,
    partition: Partition,
    kept: &Kept,
) -> Result<bool, sqlx::Error> {
    let (parent, table) = (partition.parent(), partition.table());
    let state: State = sqlx::query_as(STATE).bind(&table).fetch_one(&mut *connection).await?;
    if state.is_attached {
        // Waits for those who use it, without a lock that anybody else would wait for.
        let how = if state.is_leaving { "finalize" } else { "concurrently" };
        run(connection, format!("alter table {parent} detach partition {table} {how}")).await?;
    }
    // Nobody reaches it any more. Somebody may have, since it was looked into.
    if state.oid.is_some() && kept.is_in(connection, &table).await? {
        let (from, to) = partition.bounds();
        let attach =
            format!("alter table {parent} attach partition {table} for values from ('{from}') to ('{to}')");
        run(connection, attach).await?;
        note(connection, END, &table).await?;
        return Ok(false);
    }
    if let Some(Oid(oid)) = state.oid {
        // From here on it is nobody's partition, and a new one of that name may be made.
        run(connection, format!("alter table {table} rename to {GONE}{table}_{oid}")).await?;
    }
    note(connection, END, &table).await?;
    tracing::info!(partition = %table, "detached a partition");
    Ok(true)
}

/// What a partition may hold that is kept.
struct Kept {
    series: Vec<i32>,
    /// Series that came later than those judged, if samples of any may be kept.
    after: Option<i32>,
}

impl Kept {
    fn of(partition: Partition, cutoffs: &Cutoffs) -> Self {
        let last = cutoffs.series.last().map_or(i32::MIN, |cutoff| cutoff.series.0);
        Self {
            series: cutoffs.keepers(partition).into_iter().map(|series| series.0).collect(),
            after: (cutoffs.all.raw < partition.end()).then_some(last),
        }
    }

    async fn is_in(&self, connection: &mut PgConnection, table: &str) -> Result<bool, sqlx::Error> {
        if self.series.is_empty() && self.after.is_none() {
            return Ok(false);
        }
        // The name is ours.
        let is_in = format!(
            "select exists (
                 select
                 from unnest($1::int4[]) k(id)
                 cross join lateral (select from {table} t where t.series_id = k.id limit 1) found
             ) or exists (
                 select
                 from {table} t
                 where t.series_id > $2
             )"
        );
        sqlx::query_scalar(AssertSqlSafe(is_in))
            .persistent(false)
            .bind(&self.series)
            .bind(self.after)
            .fetch_one(connection)
            .await
    }
}

/// Notes that the dropping of a partition begins, which may be so of one at a time, or has come to its end.
async fn note(
    connection: &mut PgConnection,
    statement: &'static str,
    table: &str,
) -> Result<bool, sqlx::Error> {
    let mut tx = connection.begin().await?;
    partition::lock(&mut tx).await?;
    let noted = sqlx::query(statement).bind(table).execute(&mut *tx).await?.rows_affected();
    tx.commit().await?;
    Ok(noted > 0)
}

/// Runs a statement about tables by itself, outside any transaction.
async fn run(connection: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    // The names in it are ours.
    sqlx::query(AssertSqlSafe(statement)).persistent(false).execute(connection).await.map(drop)
}
