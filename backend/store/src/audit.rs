//! The audit log: written in the transaction of what it tells of, and never changed.

use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use crate::order::TimeOrder;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;
use vigia_model::{TenantScope, Timestamp};

const INSERT: &str = "
    insert into audit_log (actor, actor_kind, address, action, subject_kind, subject, tenant_id, before, after)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const INSERT_EACH: &str = "
    insert into audit_log (actor, actor_kind, address, action, subject_kind, subject, tenant_id, before, after)
    select $1, $2, $3, $4, $5, n.subject::text, n.tenant_id, $8, $9
    from unnest($6::uuid[], $7::uuid[]) with ordinality n(subject, tenant_id, place)
    order by n.place";
/// A page ends early when its rows exceed this many bytes: a dashboard that was deleted stands in its row whole.
const MAX_PAGE_BYTES: i64 = 4 * 1024 * 1024;
/// What belongs to no tenant is shown to internal admins only. `before_bytes` is what the rows before it on this page
/// weigh.
macro_rules! list {
    ($order:literal, $beyond:literal) => {
        concat!(
            "
    select c.*
    from (
        select n.*
             , sum(n.bytes) over (order by n.id ",
            $order,
            ") - n.bytes as before_bytes
             , count(*) over () as candidates
        from (
            select a.id
                 , a.at
                 , a.actor
                 , a.actor_kind
                 , a.address
                 , a.action
                 , a.subject_kind
                 , a.subject
                 , t.code as tenant
                 , a.before
                 , a.after
                 , a.bytes
            from audit_log a
            left join tenants t on t.id = a.tenant_id
            where ($1::text[] is null or t.code = any($1))
              and ($2::text is null or t.code = $2)
              and ($3::text is null or a.actor = $3)
              and ($4::text is null or a.action = $4)
              and ($5::text is null or a.subject = $5)
              and ($6::timestamptz is null or a.at >= $6)
              and ($7::timestamptz is null or a.at < $7)
              and ($8::bigint is null or a.id ",
            $beyond,
            " $8)
            order by a.id ",
            $order,
            "
            limit $9
        ) n
    ) c
    where c.before_bytes <= $10::bigint
    order by c.id ",
            $order
        )
    };
}

const LIST_NEWEST_FIRST: &str = list!("desc", "<");
const LIST_OLDEST_FIRST: &str = list!("asc", ">");

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 4] = [INSERT, INSERT_EACH, LIST_NEWEST_FIRST, LIST_OLDEST_FIRST];

/// What kind of somebody did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    User,
    ApiKey,
    CommandLine,
    /// Nobody was let in.
    Nobody,
}

impl ActorKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ApiKey => "api_key",
            Self::CommandLine => "command_line",
            Self::Nobody => "nobody",
        }
    }
}

/// Who does something, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// E-mail, or the name of a key.
    pub name: String,
    pub kind: ActorKind,
    pub address: Option<String>,
}

/// What was done.
#[derive(Debug, Clone, Default)]
pub struct Deed<'a> {
    /// `<resource>.<verb>`.
    pub action: &'a str,
    pub subject_kind: &'a str,
    pub subject: &'a str,
    /// Whose it is; none for what only internal admins may see.
    pub tenant: Option<Uuid>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AuditRow {
    pub id: i64,
    at: DateTime<Utc>,
    pub actor: String,
    pub actor_kind: String,
    pub address: Option<String>,
    pub action: String,
    pub subject_kind: String,
    pub subject: String,
    /// Its code.
    pub tenant: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    candidates: i64,
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    pub items: Vec<AuditRow>,
    pub has_more: bool,
}

impl AuditRow {
    pub fn at(&self) -> Timestamp {
        from_column(self.at)
    }
}

/// Which rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditQuery<'a> {
    pub tenant: Option<&'a str>,
    pub actor: Option<&'a str>,
    pub action: Option<&'a str>,
    pub subject: Option<&'a str>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    pub order: TimeOrder,
    /// The last row of the page before.
    pub after: Option<i64>,
    pub limit: u32,
}

/// Adds a row.
pub(crate) async fn note(tx: &mut PgConnection, actor: &Actor, deed: Deed<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(INSERT)
        .bind(&actor.name)
        .bind(actor.kind.as_str())
        .bind(&actor.address)
        .bind(deed.action)
        .bind(deed.subject_kind)
        .bind(deed.subject)
        .bind(deed.tenant)
        .bind(deed.before)
        .bind(deed.after)
        .execute(tx)
        .await?;
    Ok(())
}

/// Adds a row for each subject and the tenant whose it is; the rest of the deed is the same.
pub(crate) async fn note_each(
    tx: &mut PgConnection,
    actor: &Actor,
    deed: Deed<'_>,
    subjects: &[(Uuid, Uuid)],
) -> Result<(), sqlx::Error> {
    let (subjects, tenants): (Vec<Uuid>, Vec<Uuid>) = subjects.iter().copied().unzip();
    sqlx::query(INSERT_EACH)
        .bind(&actor.name)
        .bind(actor.kind.as_str())
        .bind(&actor.address)
        .bind(deed.action)
        .bind(deed.subject_kind)
        .bind(subjects)
        .bind(tenants)
        .bind(deed.before)
        .bind(deed.after)
        .execute(tx)
        .await?;
    Ok(())
}

impl Store {
    /// Adds a row about something that changed nothing else, such as a refused login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(&self, actor: &Actor, deed: Deed<'_>) -> Result<(), StoreError> {
        let noted = async {
            let mut connection = self.api.acquire().await?;
            note(&mut connection, actor, deed).await
        };
        noted.await.map_err(StoreError::on("write the audit log"))
    }

    /// A page of the log. It may hold fewer rows than asked for, though there are more, when they are large.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_log(
        &self,
        scope: &TenantScope,
        query: &AuditQuery<'_>,
    ) -> Result<AuditPage, StoreError> {
        let statement = match query.order {
            TimeOrder::NewestFirst => LIST_NEWEST_FIRST,
            TimeOrder::OldestFirst => LIST_OLDEST_FIRST,
        };
        let mut items: Vec<AuditRow> = sqlx::query_as(statement)
            .bind(scope.codes())
            .bind(query.tenant)
            .bind(query.actor)
            .bind(query.action)
            .bind(query.subject)
            .bind(query.from.map(to_column))
            .bind(query.to.map(to_column))
            .bind(query.after)
            // One more only shows that there is another page.
            .bind(i64::from(query.limit) + 1)
            .bind(MAX_PAGE_BYTES)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("read the audit log"))?;
        let candidates = items.first().map_or(0, |row| row.candidates);
        items.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        let has_more = candidates > i64::try_from(items.len()).unwrap_or(i64::MAX);
        Ok(AuditPage { items, has_more })
    }
}
