//! Users and their roles in tenants.

use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use crate::session::role;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use uuid::Uuid;
use vigia_model::{Role, TenantScope, Timestamp};

pub(crate) mod edit;
pub(crate) mod password;

pub use edit::{UserEdit, UserOutcome};
pub use password::{LinkOutcome, NewPassword, PasswordLink};

/// Users somebody may see: all, or those with a role in one of his tenants.
macro_rules! select_users {
    ($rest:literal) => {
        concat!(
            "
    select u.id
         , u.version
         , u.email
         , u.name
         , u.disabled
         , u.vouched
         , u.created_at
         , u.last_login_at
    from users u
    where ($1::text[] is null or exists (
            select from memberships m join tenants t on t.id = m.tenant_id
            where m.user_id = u.id and t.code = any($1)
        ))",
            $rest
        )
    };
}

const LIST: &str = select_users!(
    "
      and ($2::text is null or exists (
            select from memberships m join tenants t on t.id = m.tenant_id
            where m.user_id = u.id and t.code = $2
        ))
      and ($3::text is null or u.email like '%' || $3 || '%')
      and ($4::text is null or u.email > $4)
    order by u.email
    limit $5"
);
const GET: &str = select_users!(" and u.id = $2");
const MEMBERSHIPS: &str = "
    select m.user_id
         , t.id as tenant_id
         , t.code as tenant
         , m.role
         , m.name
         , m.created_at
    from memberships m
    join tenants t on t.id = m.tenant_id
    where m.user_id = any($1)
    order by t.code";
#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 3] = [LIST, GET, MEMBERSHIPS];

/// A role in a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub tenant_id: Uuid,
    /// The tenant's code.
    pub tenant: String,
    pub role: Role,
    /// What this tenant calls the person.
    pub name: Option<String>,
    pub since: Timestamp,
}

/// A person with an account, as far as somebody may see: only roles in his own tenants, and of the rest nothing that
/// would tell whether there are others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: Uuid,
    pub version: i32,
    pub email: String,
    pub name: Option<String>,
    pub disabled: bool,
    /// Its password came by a link of an internal admin or of the command line.
    pub vouched: bool,
    pub created_at: Timestamp,
    pub last_login_at: Option<Timestamp>,
    pub memberships: Vec<Membership>,
}

impl User {
    /// What of it is shown to somebody who does not see everything.
    fn seen_by_some(mut self) -> Self {
        let first = self.memberships.iter().map(|it| it.since).min();
        self.name = self.memberships.iter().find_map(|it| it.name.clone());
        self.created_at = first.unwrap_or(self.created_at);
        self.last_login_at = self.last_login_at.filter(|login| *login > self.created_at);
        // Of what is seen alone, so that it does not move when somebody else's tenant does.
        let mut seen = DefaultHasher::new();
        (&self.email, &self.name, self.disabled).hash(&mut seen);
        for it in &self.memberships {
            (&it.tenant, it.role).hash(&mut seen);
        }
        self.version = i32::try_from(seen.finish() >> 33).unwrap_or(0);
        self
    }
}

#[derive(sqlx::FromRow)]
struct UserRow {
    id: Uuid,
    version: i32,
    email: String,
    name: Option<String>,
    disabled: bool,
    vouched: bool,
    created_at: DateTime<Utc>,
    last_login_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct MembershipRow {
    user_id: Uuid,
    tenant_id: Uuid,
    tenant: String,
    role: String,
    name: Option<String>,
    created_at: DateTime<Utc>,
}

impl Store {
    /// Users of a scope in order of e-mail, at most `limit` after `after`; narrowed to a tenant, or to addresses that
    /// contain a text.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(
        &self,
        scope: &TenantScope,
        tenant: Option<&str>,
        containing: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<User>, StoreError> {
        let listed = async {
            let mut connection = self.api.acquire().await?;
            let rows: Vec<UserRow> = sqlx::query_as(LIST)
                .bind(scope.codes())
                .bind(tenant)
                .bind(containing)
                .bind(after)
                .bind(i64::from(limit))
                .fetch_all(&mut *connection)
                .await?;
            with_roles(&mut connection, rows, scope).await
        };
        listed.await.map_err(StoreError::on("list the users"))
    }

    /// One user of a scope.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, scope: &TenantScope, id: Uuid) -> Result<Option<User>, StoreError> {
        let found = async {
            let mut connection = self.api.acquire().await?;
            get(&mut connection, scope, id).await
        };
        found.await.map_err(StoreError::on("read a user"))
    }
}

/// The roles of one user.
pub(crate) async fn memberships(
    connection: &mut PgConnection,
    user: Uuid,
) -> Result<Vec<Membership>, sqlx::Error> {
    let rows: Vec<MembershipRow> = sqlx::query_as(MEMBERSHIPS).bind(vec![user]).fetch_all(connection).await?;
    Ok(rows.into_iter().map(Membership::from).collect())
}

impl From<MembershipRow> for Membership {
    fn from(row: MembershipRow) -> Self {
        Self {
            tenant_id: row.tenant_id,
            tenant: row.tenant,
            role: role(&row.role),
            name: row.name,
            since: from_column(row.created_at),
        }
    }
}

async fn get(
    connection: &mut PgConnection,
    scope: &TenantScope,
    id: Uuid,
) -> Result<Option<User>, sqlx::Error> {
    let rows: Vec<UserRow> =
        sqlx::query_as(GET).bind(scope.codes()).bind(id).fetch_all(&mut *connection).await?;
    Ok(with_roles(connection, rows, scope).await?.pop())
}

async fn with_roles(
    connection: &mut PgConnection,
    rows: Vec<UserRow>,
    scope: &TenantScope,
) -> Result<Vec<User>, sqlx::Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let found: Vec<MembershipRow> = sqlx::query_as(MEMBERSHIPS).bind(ids).fetch_all(connection).await?;
    let mut roles: HashMap<Uuid, Vec<Membership>> = HashMap::new();
    for row in found.into_iter().filter(|row| scope.allows(&row.tenant)) {
        roles.entry(row.user_id).or_default().push(row.into());
    }
    let user = |row: UserRow| User {
        memberships: roles.remove(&row.id).unwrap_or_default(),
        id: row.id,
        version: row.version,
        email: row.email,
        name: row.name,
        disabled: row.disabled,
        vouched: row.vouched,
        created_at: from_column(row.created_at),
        last_login_at: row.last_login_at.map(from_column),
    };
    let shown = |user: User| if *scope == TenantScope::All { user } else { user.seen_by_some() };
    Ok(rows.into_iter().map(user).map(shown).collect())
}
