//! Adding people, giving them roles, and removing them: each in one transaction with what the audit log tells of it.

use super::password::{DROP_ALL_LINKS, DROP_MADE, PasswordLink, add_link};
use super::{GET, User, UserRow, get, memberships, with_roles};
use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::error::StoreError;
use crate::session::END_OTHERS;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;
use vigia_model::{Email, Role, TenantScope};

pub(super) const FIND: &str = "select id from users where email = $1";
pub(super) const CREATE: &str = "
    insert into users (email, name, made_by_tenant, disabled)
    values ($1, $2, $3, $4)
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
pub(super) const LOCK: &str = "select version from users where id = $1 for update";
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
pub(crate) const STATEMENTS: [&str; 9] =
    [FIND, CREATE, UPDATE, LOCK, RAISE_VERSION, LEAVE, JOIN, DELETE, DELETE_UNVOUCHED];

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

impl Store {
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
                .bind(edit.disabled)
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
    /// left, a tenant made it and no internal admin vouches for it. With a version, only if it still has that one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_user(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: Option<i32>,
        actor: &Actor,
    ) -> Result<UserOutcome, StoreError> {
        let deleted = async {
            let mut tx = self.api.begin().await?;
            let _locked: Option<i32> = sqlx::query_scalar(LOCK).bind(id).fetch_optional(&mut *tx).await?;
            let Some(before) = get(&mut tx, scope, id).await? else { return Ok(UserOutcome::NotFound) };
            if version.is_some_and(|version| version != before.version) {
                return Ok(UserOutcome::Stale(before));
            }
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
            Ok(UserOutcome::Done(before))
        };
        deleted.await.map_err(StoreError::on("remove a user"))
    }
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
            subject_name: Some(user.email.clone()),
            tenant,
            before: before.map(|user| shown(user, tenant)),
            after: after.map(|user| shown(user, tenant)),
        };
        audit::note(connection, actor, deed).await?;
    }
    Ok(())
}
