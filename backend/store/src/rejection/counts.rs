//! How much was rejected, what was only counted included.

use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use vigia_model::{RejectReason, TenantScope, Timestamp};

/// Counts know gateways, and through them tenants; what was counted for names that are no gateway's is shown to
/// internal admins only.
macro_rules! counts {
    ($key:literal, $order:literal) => {
        concat!(
            "
    select ",
            $key,
            " as key
         , sum(c.total)::bigint as total
         , sum(c.kept)::bigint as kept
         , coalesce(sum(sum(c.total)) over (), 0)::bigint as all_total
         , coalesce(sum(sum(c.kept)) over (), 0)::bigint as all_kept
         , count(*) over () as groups
    from rejection_counts c
    where ($1::text[] is null or exists (
            select from gateways g join tenants t on t.id = g.tenant_id
            where g.gateway_id = c.gateway and t.code = any($1)
        ))
      and c.hour >= $2
      and c.hour < $3
      and ($4::text is null or c.gateway = $4)
      and ($5::text is null or c.reason = $5)
    group by ",
            $key,
            "
    order by ",
            $order,
            "
    limit $6"
        )
    };
}
const BY_REASON: &str = counts!("c.reason", "total desc, key");
const BY_GATEWAY: &str = counts!("c.gateway", "total desc, key");
const BY_HOUR: &str = counts!("c.hour", "key");

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [BY_REASON, BY_GATEWAY, BY_HOUR];

/// What counts are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedBy {
    Reason,
    Gateway,
    Hour,
}

/// Which counts.
#[derive(Debug, Clone, Copy)]
pub struct CountQuery<'a> {
    /// The first hour.
    pub from: Timestamp,
    /// Hours that begin before.
    pub to: Timestamp,
    pub gateway: Option<&'a str>,
    pub reason: Option<RejectReason>,
    pub by: CountedBy,
    pub limit: u32,
}

/// What was rejected in a span of hours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RejectionCounts {
    /// The largest first; hours in their order.
    pub items: Vec<RejectionCount>,
    /// Of all of it, what is not among `items` included.
    pub total: i64,
    pub kept: i64,
    pub has_more: bool,
}

/// What was rejected for one reason, by one gateway, or in one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectionCount {
    pub key: CountKey,
    pub total: i64,
    /// How many of them were kept whole when they came.
    pub kept: i64,
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CountKey {
    Reason(String),
    /// Empty: names that are no gateway's, counted together.
    Gateway(String),
    Hour(Timestamp),
}

#[derive(sqlx::FromRow)]
struct CountRow<K> {
    key: K,
    total: i64,
    kept: i64,
    all_total: i64,
    all_kept: i64,
    groups: i64,
}

impl Store {
    /// What was rejected in a span of hours, put together by reason, gateway or hour.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rejection_counts(
        &self,
        scope: &TenantScope,
        query: &CountQuery<'_>,
    ) -> Result<RejectionCounts, StoreError> {
        let counted = match query.by {
            CountedBy::Reason => self.counts(BY_REASON, scope, query, CountKey::Reason).await,
            CountedBy::Gateway => self.counts(BY_GATEWAY, scope, query, CountKey::Gateway).await,
            CountedBy::Hour => {
                let hour = |hour: DateTime<Utc>| CountKey::Hour(from_column(hour));
                self.counts(BY_HOUR, scope, query, hour).await
            }
        };
        counted.map_err(StoreError::on("count what was rejected"))
    }

    async fn counts<K>(
        &self,
        statement: &'static str,
        scope: &TenantScope,
        query: &CountQuery<'_>,
        key: impl Fn(K) -> CountKey + Send,
    ) -> Result<RejectionCounts, sqlx::Error>
    where
        K: Send + Unpin,
        for<'r> CountRow<K>: sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        let rows: Vec<CountRow<K>> = sqlx::query_as(statement)
            .bind(scope.codes())
            .bind(to_column(query.from))
            .bind(to_column(query.to))
            .bind(query.gateway)
            .bind(query.reason.map(RejectReason::as_str))
            .bind(i64::from(query.limit))
            .fetch_all(&self.api)
            .await?;
        let Some(first) = rows.first() else { return Ok(RejectionCounts::default()) };
        let (total, kept, groups) = (first.all_total, first.all_kept, first.groups);
        let has_more = groups > i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let items = rows
            .into_iter()
            .map(|row| RejectionCount { key: key(row.key), total: row.total, kept: row.kept })
            .collect();
        Ok(RejectionCounts { items, total, kept, has_more })
    }
}
