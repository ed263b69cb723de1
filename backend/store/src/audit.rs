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
    insert into audit_log (actor, actor_kind, address, action, subject_kind, subject, tenant_id, before, after, subject_name)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const INSERT_EACH: &str = "
    insert into audit_log (actor, actor_kind, address, action, subject_kind, subject, tenant_id, before, after, subject_name)
    select $1, $2, $3, $4, $5, n.subject::text, n.tenant_id, $8, $9, n.name
    from unnest($6::uuid[], $7::uuid[], $10::text[]) with ordinality n(subject, tenant_id, name, place)
    order by n.place";
/// A page ends early when its rows exceed this many bytes: a dashboard that was deleted stands in its row whole.
const MAX_PAGE_BYTES: i64 = 4 * 1024 * 1024;
/// The present name of what a row without one is about, if it is still there; of the row's own tenant alone, or where the row
/// belongs to none, which internal admins alone read.
macro_rules! present_name {
    () => {
        "case c.subject_kind
               when 'user' then coalesce(
                   c.after->>'email'
                 , c.before->>'email'
                 , (select u.email from users u where u.id = c.subject_id and c.tenant_id is null)
               )
               when 'rule' then (select r.name from persist_rules r where r.id = c.subject_id and c.tenant_id is null)
               when 'tenant' then (
                   select coalesce(t.name || ' (' || t.code || ')', t.code)
                   from tenants t
                   where t.id = c.subject_id and t.id = c.tenant_id
               )
               when 'api_key' then (
                   select k.name from api_keys k where k.id = c.subject_id and k.tenant_id = c.tenant_id
               )
               when 'plant' then (
                   select coalesce(p.name || ' (' || p.code || ')', p.code)
                   from plants p
                   where p.id = c.subject_id and p.tenant_id = c.tenant_id
               )
               when 'gateway' then (
                   select coalesce(g.name || ' (' || g.gateway_id || ')', g.gateway_id)
                   from gateways g
                   where g.id = c.subject_id and g.tenant_id = c.tenant_id
               )
               when 'plc' then (
                   select coalesce(l.name || ' (' || p.code || '/' || l.plc_id || ')', p.code || '/' || l.plc_id)
                   from plcs l
                   join plants p on p.id = l.plant_id
                   where l.id = c.subject_id and l.tenant_id = c.tenant_id
               )
               when 'dashboard' then (
                   select v.name || ' (' || p.code || '/' || l.plc_id || ')'
                   from dashboards d
                   join dashboard_versions v on v.dashboard_id = d.id and v.version = d.version
                   join plcs l on l.id = d.plc_id
                   join plants p on p.id = l.plant_id
                   where d.id = c.subject_id and l.tenant_id = c.tenant_id
               )
               when 'alarm' then (
                   select a.type || ' (' || p.code || '/' || l.plc_id || ')'
                   from alarms a
                   join plcs l on l.id = a.plc_id
                   join plants p on p.id = l.plant_id
                   where a.id = c.subject_id and a.tenant_id = c.tenant_id
               )
           end"
    };
}
/// What belongs to no tenant is shown to internal admins only. `before_bytes` is what the rows before it on this page
/// weigh. `$3` and `$5` are parts of what they look for, in lower case and escaped.
macro_rules! list {
    ($order:literal, $beyond:literal) => {
        concat!(
            "
    select c.*
         , coalesce(c.kept_name, ",
            present_name!(),
            ") as subject_name
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
                 , a.subject_name as kept_name
                 , case when a.subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then a.subject::uuid end as subject_id
                 , a.tenant_id
                 , t.code as tenant
                 , a.before
                 , a.after
                 , a.bytes
            from audit_log a
            left join tenants t on t.id = a.tenant_id
            where ($1::text[] is null or t.code = any($1))
              and ($2::text is null or t.code = $2)
              and ($3::text is null or lower(a.actor) like '%' || $3 || '%')
              and ($4::text is null or a.action = $4)
              and ($5::text is null or lower(a.subject) like '%' || $5 || '%' or lower(a.subject_name) like '%' || $5 || '%')
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
    /// What people call it; it stays in the log when they call it otherwise.
    pub subject_name: Option<String>,
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
    /// What people called it, or call it now if that was not kept.
    pub subject_name: Option<String>,
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
    /// A part of it, in lower case, as `like` takes it between two `%`.
    pub actor: Option<&'a str>,
    pub action: Option<&'a str>,
    /// A part of its id or of its name, likewise.
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
        .bind(deed.subject_name)
        .execute(tx)
        .await?;
    Ok(())
}

/// What people call something that has a code and perhaps a name.
pub(crate) fn named(name: Option<&str>, code: &str) -> String {
    name.map_or_else(|| code.to_owned(), |name| format!("{name} ({code})"))
}

/// What is noted of one of many: its id, the tenant whose it is, and what people call it.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) id: Uuid,
    pub(crate) tenant: Uuid,
    pub(crate) name: Option<String>,
}

/// Adds a row for each subject; the rest of the deed is the same.
pub(crate) async fn note_each(
    tx: &mut PgConnection,
    actor: &Actor,
    deed: Deed<'_>,
    subjects: Vec<Subject>,
) -> Result<(), sqlx::Error> {
    let tenants: Vec<Uuid> = subjects.iter().map(|subject| subject.tenant).collect();
    let (ids, names): (Vec<Uuid>, Vec<Option<String>>) =
        subjects.into_iter().map(|subject| (subject.id, subject.name)).unzip();
    sqlx::query(INSERT_EACH)
        .bind(&actor.name)
        .bind(actor.kind.as_str())
        .bind(&actor.address)
        .bind(deed.action)
        .bind(deed.subject_kind)
        .bind(ids)
        .bind(tenants)
        .bind(deed.before)
        .bind(deed.after)
        .bind(names)
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
