//! Users and their roles in tenants.

use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use crate::session::{END_OTHERS, role};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use uuid::Uuid;
use vigia_model::{Email, Role, TenantScope, Timestamp};

pub(crate) mod password;

use password::{DROP_ALL_LINKS, DROP_MADE, add_link};
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
const FIND: &str = "select id from users where email = $1";
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
const CREATE: &str = "
    insert into users (email, name, made_by_tenant)
    values ($1, $2, $3)
    on conflict (email) do nothing
    returning id";
const UPDATE: &str = "
    update users
    set email = $3
      -- Whoever has the password was trusted with another address.
      , vouched = vouched and email = $3
      , name = $4
      , disabled = $5
      , version = version + 1
      , updated_at = now()
    where id = $1 and version = $2";
const LOCK: &str = "select version from users where id = $1 for update";
const RAISE_VERSION: &str = "update users set version = version + 1, updated_at = now() where id = $1";
const LEAVE: &str = "
    delete from memberships m
    using tenants t
    where t.id = m.tenant_id and m.user_id = $1 and ($2::text[] is null or t.code = any($2)) and t.code <> all($3)";
const JOIN: &str = "
    insert into memberships (user_id, tenant_id, role, name)
    select $1, t.id, n.role, $4
    from unnest($2::text[], $3::text[]) n(tenant, role)
    join tenants t on t.code = n.tenant
    on conflict (user_id, tenant_id) do update set role = excluded.role, name = coalesce(excluded.name, memberships.name)";
const DELETE: &str = "delete from users where id = $1";
/// What tenants made they may remove with the last role.
const DELETE_UNVOUCHED: &str = "
    delete from users u
    where u.id = $1 and u.made_by_tenant and not u.vouched
      and not exists (select from password_links l where l.user_id = u.id and l.vouched)";
#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 12] = [
    LIST,
    GET,
    FIND,
    MEMBERSHIPS,
    CREATE,
    UPDATE,
    LOCK,
    RAISE_VERSION,
    LEAVE,
    JOIN,
    DELETE,
    DELETE_UNVOUCHED,
];

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

/// A user as somebody writes one.
#[derive(Debug, Clone)]
pub struct UserEdit {
    pub email: Email,
    pub name: Option<String>,
    pub disabled: bool,
    /// Tenants by code; all of them within the editor's scope.
    pub roles: Vec<(String, Role)>,
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserOutcome {
    Done(User),
    /// Somebody changed it meanwhile; this is how it stands.
    Stale(User),
    NotFound,
    /// Another account of the scope has this e-mail.
    EmailTaken,
    /// The account is not the editor's alone; an internal admin decides.
    NotYours,
    /// There is no such tenant.
    UnknownTenant(String),
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

    /// Adds a user, with a link to choose a password. Who has an account already gets roles in further tenants from
    /// internal admins alone: nobody else knows whose password it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_user(
        &self,
        scope: &TenantScope,
        edit: &UserEdit,
        link: PasswordLink,
        actor: &Actor,
    ) -> Result<UserOutcome, StoreError> {
        let created = async {
            let mut tx = self.api.begin().await?;
            let everything = *scope == TenantScope::All;
            let created: Option<Uuid> = sqlx::query_scalar(CREATE)
                .bind(edit.email.as_str())
                .bind(edit.name.as_ref().filter(|_| everything))
                .bind(!everything)
                .fetch_optional(&mut *tx)
                .await?;
            let id = match created {
                Some(id) => id,
                None if everything => return Ok(UserOutcome::EmailTaken),
                None => {
                    let found: Option<Uuid> =
                        sqlx::query_scalar(FIND).bind(edit.email.as_str()).fetch_optional(&mut *tx).await?;
                    let Some(id) = found else { return Ok(UserOutcome::NotYours) };
                    let known = get(&mut tx, scope, id).await?;
                    return Ok(known.map_or(UserOutcome::NotYours, |_known| UserOutcome::EmailTaken));
                }
            };
            if let Err(tenant) = join(&mut tx, scope, id, edit).await? {
                return Ok(UserOutcome::UnknownTenant(tenant));
            }
            add_link(&mut tx, id, link).await?;
            let Some(user) = get(&mut tx, scope, id).await? else { return Ok(UserOutcome::NotFound) };
            tell(&mut tx, actor, "user.create", None, Some(&user)).await?;
            tx.commit().await?;
            Ok(UserOutcome::Done(user))
        };
        created.await.map_err(StoreError::on("create a user"))
    }

    /// Changes a user's roles within the scope, and the rest of the account if the scope is everything. Whoever loses
    /// something is signed out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_user(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: i32,
        edit: &UserEdit,
        actor: &Actor,
    ) -> Result<UserOutcome, StoreError> {
        let updated = async {
            let mut tx = self.api.begin().await?;
            let _locked: Option<i32> = sqlx::query_scalar(LOCK).bind(id).fetch_optional(&mut *tx).await?;
            let Some(before) = get(&mut tx, scope, id).await? else { return Ok(UserOutcome::NotFound) };
            if before.version != version {
                return Ok(UserOutcome::Stale(before));
            }
            let has = |tenant: &str| before.memberships.iter().any(|it| it.tenant == tenant);
            if *scope != TenantScope::All && !edit.roles.iter().all(|(tenant, _)| has(tenant)) {
                return Ok(UserOutcome::NotYours);
            }
            let written = if *scope == TenantScope::All {
                sqlx::query(UPDATE)
                    .bind(id)
                    .bind(version)
                    .bind(edit.email.as_str())
                    .bind(&edit.name)
                    .bind(edit.disabled)
                    .execute(&mut *tx)
                    .await
            } else {
                sqlx::query(RAISE_VERSION).bind(id).execute(&mut *tx).await
            };
            match written {
                Ok(_) => {}
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                    return Ok(UserOutcome::EmailTaken);
                }
                Err(error) => return Err(error),
            }
            let kept: Vec<&str> = edit.roles.iter().map(|(tenant, _)| tenant.as_str()).collect();
            sqlx::query(LEAVE).bind(id).bind(scope.codes()).bind(kept).execute(&mut *tx).await?;
            if let Err(tenant) = join(&mut tx, scope, id, edit).await? {
                return Ok(UserOutcome::UnknownTenant(tenant));
            }
            // By its id: without a role in the editor's tenants it is not found otherwise.
            let rows: Vec<UserRow> =
                sqlx::query_as(GET).bind(None::<Vec<&str>>).bind(id).fetch_all(&mut *tx).await?;
            let Some(after) = with_roles(&mut tx, rows, scope).await?.pop() else {
                return Ok(UserOutcome::NotFound);
            };
            let is_other = after.email != before.email;
            if is_other || after.disabled || tenants_of(&after) != tenants_of(&before) {
                // Made for somebody who could do less, or was somebody else.
                sqlx::query(DROP_ALL_LINKS).bind(id).execute(&mut *tx).await?;
            }
            if is_other || after.disabled || roles_of(&after) != roles_of(&before) {
                sqlx::query(DROP_MADE).bind(id).execute(&mut *tx).await?;
            }
            if is_other || after.disabled {
                let _ended: Vec<Vec<u8>> =
                    sqlx::query_scalar(END_OTHERS).bind(id).bind(None::<Uuid>).fetch_all(&mut *tx).await?;
            }
            tell(&mut tx, actor, "user.update", Some(&before), Some(&after)).await?;
            tx.commit().await?;
            Ok(UserOutcome::Done(after))
        };
        updated.await.map_err(StoreError::on("change a user"))
    }

    /// Removes a user; by one who does not see everything only the roles in his tenants, and the account if no other is
    /// left, a tenant made it and no internal admin vouches for it. `false` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_user(
        &self,
        scope: &TenantScope,
        id: Uuid,
        actor: &Actor,
    ) -> Result<bool, StoreError> {
        let deleted = async {
            let mut tx = self.api.begin().await?;
            let _locked: Option<i32> = sqlx::query_scalar(LOCK).bind(id).fetch_optional(&mut *tx).await?;
            let Some(before) = get(&mut tx, scope, id).await? else { return Ok(false) };
            sqlx::query(LEAVE)
                .bind(id)
                .bind(scope.codes())
                .bind(Vec::<&str>::new())
                .execute(&mut *tx)
                .await?;
            sqlx::query(DROP_MADE).bind(id).execute(&mut *tx).await?;
            if *scope == TenantScope::All {
                sqlx::query(DELETE).bind(id).execute(&mut *tx).await?;
            } else if memberships(&mut tx, id).await?.is_empty() {
                sqlx::query(DELETE_UNVOUCHED).bind(id).execute(&mut *tx).await?;
            }
            // Of an account that stays: they were made for one of the tenant's people.
            sqlx::query(DROP_ALL_LINKS).bind(id).execute(&mut *tx).await?;
            tell(&mut tx, actor, "user.delete", Some(&before), None).await?;
            tx.commit().await?;
            Ok(true)
        };
        deleted.await.map_err(StoreError::on("remove a user"))
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

/// Gives roles; the code of a tenant that there is not.
async fn join(
    connection: &mut PgConnection,
    scope: &TenantScope,
    user: Uuid,
    edit: &UserEdit,
) -> Result<Result<(), String>, sqlx::Error> {
    let tenants: Vec<&str> = edit.roles.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let words: Vec<&str> = edit.roles.iter().map(|(_, role)| role.as_str()).collect();
    let joined = sqlx::query(JOIN)
        .bind(user)
        .bind(&tenants)
        .bind(words)
        .bind(edit.name.as_ref().filter(|_| *scope != TenantScope::All))
        .execute(&mut *connection)
        .await?;
    if joined.rows_affected() == u64::try_from(tenants.len()).unwrap_or(u64::MAX) {
        return Ok(Ok(()));
    }
    let known = memberships(connection, user).await?;
    let unknown = tenants.iter().find(|tenant| !known.iter().any(|it| it.tenant == **tenant));
    Ok(Err(unknown.map_or_else(String::new, |tenant| (*tenant).to_owned())))
}

fn tenants_of(user: &User) -> Vec<Uuid> {
    user.memberships.iter().map(|it| it.tenant_id).collect()
}

fn roles_of(user: &User) -> Vec<(Uuid, Role)> {
    user.memberships.iter().map(|it| (it.tenant_id, it.role)).collect()
}

/// A row for each tenant whose people may know of it, and one for the internal admins if there is none.
async fn tell(
    connection: &mut PgConnection,
    actor: &Actor,
    action: &str,
    before: Option<&User>,
    after: Option<&User>,
) -> Result<(), sqlx::Error> {
    let shown = |user: &User, tenant: Option<Uuid>| -> Value {
        let roles: HashMap<&str, &str> = user
            .memberships
            .iter()
            .filter(|it| tenant.is_none_or(|tenant| it.tenant_id == tenant))
            .map(|it| (it.tenant.as_str(), it.role.as_str()))
            .collect();
        json!({ "email": user.email, "name": user.name, "disabled": user.disabled, "roles": roles })
    };
    let Some(user) = after.or(before) else { return Ok(()) };
    let both = before.iter().chain(after.iter()).flat_map(|user| &user.memberships);
    let mut tenants: Vec<Option<Uuid>> = both.map(|membership| Some(membership.tenant_id)).collect();
    tenants.sort_unstable();
    tenants.dedup();
    if tenants.is_empty() {
        tenants.push(None);
    }
    let subject = user.id.to_string();
    for tenant in tenants {
        let deed = Deed {
            action,
            subject_kind: "user",
            subject: &subject,
            tenant,
            before: before.map(|user| shown(user, tenant)),
            after: after.map(|user| shown(user, tenant)),
        };
        audit::note(connection, actor, deed).await?;
    }
    Ok(())
}
