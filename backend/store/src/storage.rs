//! What the database weighs, table by table, what a day adds to it, and how long the room will do; from its own books.

mod growth;
mod forecast;
mod oldest;

use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use vigia_model::Timestamp;

pub use forecast::{Held, days_left};
pub use growth::{Growth, SeriesGrowth};

/// Partitions count as the table they are parts of. Rows are what the last analysis found, indexes are in the bytes.
const TABLES: &str = "
    select coalesce(parent.relname, c.relname)::text as name
         , sum(pg_total_relation_size(c.oid))::bigint as bytes
         , sum(greatest(c.reltuples, 0))::bigint as rows
    from pg_class c
    left join pg_inherits i on i.inhrelid = c.oid
    left join pg_class parent on parent.oid = i.inhparent
    where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
    group by 1
    order by 2 desc, 1";
const DATABASE: &str = "
    select current_setting('server_version') as version
         , pg_database_size(current_database()) as bytes";

const NEWEST: &str = "select max(ts) from series_last";

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [[TABLES, DATABASE, NEWEST].as_slice(), &growth::STATEMENTS, &oldest::STATEMENTS].concat()
}

/// A table with its indexes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TableSize {
    pub name: String,
    pub bytes: i64,
    /// About; 0 for one that was never analysed.
    pub rows: i64,
}

/// The database as a whole.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DatabaseSize {
    /// Of the server, such as `15.18`.
    pub version: String,
    pub bytes: i64,
}

impl Store {
    /// Every table, the largest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn table_sizes(&self) -> Result<Vec<TableSize>, StoreError> {
        sqlx::query_as(TABLES).fetch_all(&self.api).await.map_err(StoreError::on("weigh the tables"))
    }

    /// Source time of the newest sample of any series.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_sample(&self) -> Result<Option<Timestamp>, StoreError> {
        let newest: Option<DateTime<Utc>> = sqlx::query_scalar(NEWEST)
            .fetch_one(&self.api)
            .await
            .map_err(StoreError::on("look for the newest sample"))?;
        Ok(newest.map(from_column))
    }

    /// The database and its server.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn database_size(&self) -> Result<DatabaseSize, StoreError> {
        sqlx::query_as(DATABASE).fetch_one(&self.api).await.map_err(StoreError::on("weigh the database"))
    }
}
