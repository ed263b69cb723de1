//! Dropping partitions, never in anybody's way.
//!
//! One of which nothing is kept, of any series, is detached while others write and read, renamed, and only then dropped: nobody
//! writes to it any more. One that cannot be dropped, because a view of somebody's hangs on it, holds up nothing else. One of which
//! some series keep something that none has there is emptied: it stays a partition, to which they may still write.

use super::Cutoffs;
use crate::connect::Store;
use crate::convert::to_column;
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
const BEGIN: &str = "update retention set dropping = $1 where dropping is null and raw_from >= $2";
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
      and not c.relispartition
      and c.relnamespace = current_schema()::regnamespace
      and c.relname ~ '^gone_(samples|packed)_y[0-9md]+_[0-9]+$'
    order by c.relname";
/// What an attached partition takes that holds anything.
const WEIGHT: &str = "
    select pg_total_relation_size(c.oid)
    from pg_class c
    where c.oid = to_regclass($1)
      and c.relispartition
      and pg_relation_size(c.oid) > 0";
/// Writers of late samples wait behind one who empties a partition.
const BRIEFLY: &str = "set local lock_timeout = '200ms'";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 7] = [PARTITIONS, DROPPING, BEGIN, END, STATE, DETACHED, WEIGHT];

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

    /// Makes a partition before which [all history begins](super::Beginning) one that is to be [dropped](Self::drop_detached). When
    /// it is cut short, it is to be [called again](Self::being_dropped) for the same before any other.
    ///
    /// # Errors
    /// Transient also when somebody reads what is to be dropped for too long.
    pub async fn detach_partition(&self, partition: Partition) -> Result<(), StoreError> {
        let detach = async {
            // Outside any transaction: between the steps it holds nothing.
            let mut connection = self.upkeep.acquire().await?;
            detach(&mut connection, partition).await
        };
        detach.await.map_err(StoreError::on("detach a partition"))
    }

    /// Empties a partition, unless it holds anything that is kept; tells how many bytes that gave back.
    ///
    /// # Errors
    /// Transient also when somebody is reading it.
    pub async fn empty_partition(&self, partition: Partition, cutoffs: &Cutoffs) -> Result<i64, StoreError> {
        let (table, kept) = (partition.table(), Kept::of(partition, cutoffs));
        let empty = async {
            let mut connection = self.upkeep.acquire().await?;
            let weight: Option<i64> =
                sqlx::query_scalar(WEIGHT).bind(&table).fetch_optional(&mut *connection).await?;
            let Some(bytes) = weight else { return Ok(0) };
            if kept.is_in(&mut connection, &table).await? {
                return Ok(0);
            }
            let mut tx = connection.begin().await?;
            run(&mut tx, BRIEFLY.to_owned()).await?;
            run(&mut tx, format!("lock table {table} in access exclusive mode")).await?;
            // Somebody may have written to it, since it was looked into.
            if kept.is_in(&mut tx, &table).await? {
                return Ok(0);
            }
            run(&mut tx, format!("truncate only {table}")).await?;
            tx.commit().await?;
            tracing::info!(partition = %table, bytes, "emptied a partition");
            Ok(bytes)
        };
        empty.await.map_err(StoreError::on("empty a partition"))
    }

    /// What is detached and not dropped yet, by name and size in bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn detached(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let look = async { detached(&mut *self.upkeep.acquire().await?).await };
        look.await.map_err(StoreError::on("list what is detached"))
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

async fn detached(connection: &mut PgConnection) -> Result<Vec<(String, i64)>, sqlx::Error> {
    sqlx::query_as(DETACHED).fetch_all(connection).await
}

async fn detach(connection: &mut PgConnection, partition: Partition) -> Result<(), sqlx::Error> {
    let (parent, table) = (partition.parent(), partition.table());
    let dropping: Option<String> = sqlx::query_scalar(DROPPING).fetch_one(&mut *connection).await?;
    if dropping.as_deref() != Some(&*table) {
        let mut tx = connection.begin().await?;
        partition::lock(&mut tx).await?;
        let noted =
            sqlx::query(BEGIN).bind(&table).bind(to_column(partition.end())).execute(&mut *tx).await?;
        tx.commit().await?;
        if noted.rows_affected() == 0 {
            return Ok(());
        }
    }
    let state: State = sqlx::query_as(STATE).bind(&table).fetch_one(&mut *connection).await?;
    if state.is_attached {
        // Waits for those who use it, without a lock that anybody else would wait for.
        let how = if state.is_leaving { "finalize" } else { "concurrently" };
        run(connection, format!("alter table {parent} detach partition {table} {how}")).await?;
    }
    // Whoever took this over meanwhile may have come to the end before.
    let mut tx = connection.begin().await?;
    partition::lock(&mut tx).await?;
    let ended = sqlx::query(END).bind(&table).execute(&mut *tx).await?.rows_affected() > 0;
    let state: State = sqlx::query_as(STATE).bind(&table).fetch_one(&mut *tx).await?;
    if let Some(Oid(oid)) = state.oid.filter(|_| ended && !state.is_attached) {
        run(&mut tx, format!("alter table {table} rename to {GONE}{table}_{oid}")).await?;
        tracing::info!(partition = %table, "detached a partition");
    }
    tx.commit().await
}

/// What a partition may hold that is kept.
struct Kept {
    series: Vec<i32>,
    /// Series that came later than those judged.
    after: i32,
}

impl Kept {
    fn of(partition: Partition, cutoffs: &Cutoffs) -> Self {
        let last = cutoffs.series.last().map_or(i32::MIN, |cutoff| cutoff.series.0);
        Self { series: cutoffs.keepers(partition).into_iter().map(|series| series.0).collect(), after: last }
    }

    async fn is_in(&self, connection: &mut PgConnection, table: &str) -> Result<bool, sqlx::Error> {
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

/// Runs a statement about tables.
async fn run(connection: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    // The names in it are ours.
    sqlx::query(AssertSqlSafe(statement)).persistent(false).execute(connection).await.map(drop)
}
