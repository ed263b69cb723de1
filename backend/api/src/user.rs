//! `/api/admin/users[/:id]`: people and their roles.

use crate::Api;
use crate::answer::{Created, Made, Tagged, Versioned};
use crate::caller::{Caller, Manager, identifier};
use crate::convert::utc;
use crate::error::ApiError;
use crate::extract::{IfMatch, Json, Path, Query};
use crate::login::{Token, TokenKind};
use crate::name::{display_name, search};
use crate::page::{LIST_LIMIT, cut, read_cursor, write_cursor};
use crate::version::{VersionQuery, chosen, named};
use axum::extract::State;
use axum::response::NoContent;
use std::time::Duration;
use uuid::Uuid;
use vigia_contract::http::account::{CreatedUser, PasswordLink, TenantRole, User, UserBody, UserQuery};
use vigia_contract::http::{FieldProblem, Page};
use vigia_model::{Email, Identifier, Role, TenantScope};
use vigia_store::user::{LinkOutcome, UserEdit, UserOutcome};

const LIST: &str = "users";
/// How long the link works by which somebody new chooses a password.
const INVITATION_LASTS: Duration = Duration::from_hours(7 * 24);
/// How long one works for somebody who has a password already.
const RESET_LASTS: Duration = Duration::from_hours(24);
/// Roles one person may have.
const MOST_ROLES: usize = 1_000;

/// People in order of address: all, or those with a role in a tenant the caller manages.
pub(crate) async fn list_users(
    State(api): State<Api>,
    Manager(caller): Manager,
    Query(query): Query<UserQuery>,
) -> Result<axum::Json<Page<User>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    let after = match &query.cursor {
        Some(cursor) => {
            let [email] = read_cursor(LIST, cursor)?;
            Some(email)
        }
        None => None,
    };
    let search = search(query.search.as_deref())?;
    let found = api.store.users(&caller.scope, tenant, search.as_deref(), after.as_deref(), limit + 1).await;
    let mut users = found?;
    let more = cut(&mut users, limit);
    let next_cursor = users.last().filter(|_| more).map(|last| write_cursor(LIST, &[&last.email]));
    let items = users.into_iter().map(|user| wire(&api, user)).collect();
    Ok(axum::Json(Page { items, next_cursor }))
}

/// One person.
pub(crate) async fn get_user(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
) -> Result<Tagged<User>, ApiError> {
    let user = api.store.user(&caller.scope, id).await?.ok_or(ApiError::NotFound("user"))?;
    Ok(Tagged(wire(&api, user)))
}

/// Adds a person, with a link to hand over by which he chooses a password. Who has an account elsewhere gets roles in
/// further tenants from an internal admin alone: a tenant admin cannot know who chose that password.
pub(crate) async fn create_user(
    State(api): State<Api>,
    Manager(caller): Manager,
    Json(body): Json<UserBody>,
) -> Result<Created<Tagged<CreatedUser>>, ApiError> {
    let edit = read(&api, &caller.scope, &body)?;
    if caller.scope != TenantScope::All && edit.roles.is_empty() {
        return Err(ApiError::invalid_field("tenants", "name a tenant you manage, and a role"));
    }
    if caller.scope != TenantScope::All && edit.disabled {
        // He could not enable it again.
        return Err(ApiError::invalid_field("disabled", "only internal admins disable an account"));
    }
    let token = Token::random(TokenKind::PasswordLink);
    let link = link(&api, &caller, &token, true);
    match api.store.create_user(&caller.scope, &edit, link, &caller.actor()).await? {
        UserOutcome::Done(user) => {
            api.doors.known.forget_all();
            let location = format!("/api/admin/users/{}", user.id);
            let password_link = shown(&api, &token, link);
            let created = CreatedUser { user: wire(&api, user), password_link };
            Ok(Created { location, body: Tagged(created) })
        }
        outcome => Err(refused(&api, outcome)),
    }
}

/// Changes a person, if nobody did since the version named. A tenant admin changes roles in his tenants alone.
pub(crate) async fn update_user(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(body): Json<UserBody>,
) -> Result<Tagged<User>, ApiError> {
    let version = named(body.version, if_match)?;
    if body.disabled && is_self(&caller, id) {
        return Err(ApiError::invalid_field(
            "disabled",
            "nobody shuts himself out; another internal admin can",
        ));
    }
    let edit = read(&api, &caller.scope, &body)?;
    if is_self(&caller, id) && caller.identity.admin && !is_admin(&api, edit.email.as_str()) {
        return Err(ApiError::invalid_field("email", "nobody shuts himself out; another internal admin can"));
    }
    match api.store.update_user(&caller.scope, id, version, &edit, &caller.actor()).await? {
        UserOutcome::Done(user) => {
            api.doors.known.forget_all();
            Ok(Tagged(wire(&api, user)))
        }
        outcome => Err(refused(&api, outcome)),
    }
}

/// Removes a person, with a version named only if nobody changed him since; by a tenant admin from his tenants, and with the last of them an account that tenants made.
pub(crate) async fn delete_user(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
    Query(query): Query<VersionQuery>,
    if_match: IfMatch,
) -> Result<NoContent, ApiError> {
    if is_self(&caller, id) {
        return Err(ApiError::Forbidden);
    }
    let version = chosen(query.version, if_match)?;
    match api.store.delete_user(&caller.scope, id, version, &caller.actor()).await? {
        UserOutcome::Done(_gone) => {
            api.doors.known.forget_all();
            Ok(NoContent)
        }
        outcome => Err(refused(&api, outcome)),
    }
}

/// A link by which a person chooses another password. Made by internal admins, or by a tenant admin for somebody who
/// belongs to nobody else's tenants.
pub(crate) async fn create_password_link(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
) -> Result<Made<axum::Json<PasswordLink>>, ApiError> {
    let user = api.store.user(&caller.scope, id).await?.ok_or(ApiError::NotFound("user"))?;
    if is_admin(&api, &user.email) && !caller.identity.admin {
        return Err(ApiError::Forbidden);
    }
    let token = Token::random(TokenKind::PasswordLink);
    let link = link(&api, &caller, &token, false);
    match api.store.link_password(&caller.scope, id, link, &caller.actor()).await? {
        LinkOutcome::Made => {}
        LinkOutcome::NotFound => return Err(ApiError::NotFound("user")),
        LinkOutcome::NotYours => return Err(ApiError::Forbidden),
    }
    Ok(Made(axum::Json(shown(&api, &token, link))))
}

fn link(api: &Api, caller: &Caller, token: &Token, first_only: bool) -> vigia_store::user::PasswordLink {
    let expires_at = api.clock.now().plus(if first_only { INVITATION_LASTS } else { RESET_LASTS });
    let vouched = caller.identity.admin;
    let made_by = caller.identity.user();
    vigia_store::user::PasswordLink { token_hash: token.hash(), first_only, vouched, made_by, expires_at }
}

/// Behind a `#`, so that no server and no proxy ever logs the token.
fn shown(api: &Api, token: &Token, link: vigia_store::user::PasswordLink) -> PasswordLink {
    let url = format!("{}/set-password#{}", api.settings.public_url, token.secret());
    PasswordLink { url, expires_at: utc(link.expires_at) }
}

fn read(api: &Api, scope: &TenantScope, body: &UserBody) -> Result<UserEdit, ApiError> {
    let mut problems = Vec::new();
    let mut problem =
        |field: &str, detail: String| problems.push(FieldProblem { field: field.to_owned(), detail });
    let email = Email::new(&body.email).inspect_err(|error| problem("email", error.to_string())).ok();
    let name = display_name(body.name.as_deref()).unwrap_or_else(|detail| {
        problem("name", detail.to_owned());
        None
    });
    if body.tenants.len() > MOST_ROLES {
        problem("tenants", format!("a person has at most {MOST_ROLES} roles"));
    }
    let mut roles = std::collections::BTreeMap::new();
    for (index, entry) in body.tenants.iter().enumerate() {
        let field = format!("tenants[{index}]");
        let manages = Identifier::check(&entry.tenant).is_ok() && scope.allows(&entry.tenant);
        if !manages {
            problem(&format!("{field}.tenant"), "is no tenant you manage".to_owned());
        }
        match Role::parse(&entry.role) {
            Some(role) if roles.insert(entry.tenant.clone(), role).is_some() => {
                problem(&format!("{field}.tenant"), "is named twice".to_owned());
            }
            Some(_) => {}
            None => problem(&format!("{field}.role"), "is none of viewer, operator, tenant_admin".to_owned()),
        }
    }
    let (Some(email), true) = (email, problems.is_empty()) else {
        return Err(ApiError::InvalidFields(problems));
    };
    // Whoever writes himself into ADMIN_EMAILS' place would be one of them.
    if is_admin(api, email.as_str()) && *scope != TenantScope::All {
        return Err(ApiError::Forbidden);
    }
    let name = name.map(str::to_owned);
    Ok(UserEdit { email, name, disabled: body.disabled, roles: roles.into_iter().collect() })
}

fn is_self(caller: &Caller, id: Uuid) -> bool {
    caller.identity.user() == Some(id)
}

fn refused(api: &Api, outcome: UserOutcome) -> ApiError {
    match outcome {
        UserOutcome::Stale(user) => {
            let version = user.version;
            let current = serde_json::to_value(wire(api, user)).unwrap_or_default();
            ApiError::StaleVersion { version, current }
        }
        UserOutcome::NotYours => ApiError::Forbidden,
        UserOutcome::EmailTaken => ApiError::AlreadyExists("an account with this e-mail"),
        UserOutcome::UnknownTenant(tenant) => {
            ApiError::invalid_field("tenants", format!("there is no tenant {tenant}"))
        }
        UserOutcome::Done(_) | UserOutcome::NotFound => ApiError::NotFound("user"),
    }
}

fn is_admin(api: &Api, email: &str) -> bool {
    api.settings.admins.iter().any(|admin| admin.as_str() == email)
}

impl Versioned for CreatedUser {
    fn version(&self) -> i32 {
        self.user.version
    }
}

impl Versioned for User {
    fn version(&self) -> i32 {
        self.version
    }
}

fn wire(api: &Api, user: vigia_store::user::User) -> User {
    let tenants = user.memberships.into_iter();
    User {
        id: user.id,
        version: user.version,
        admin: user.vouched && is_admin(api, &user.email),
        email: user.email,
        name: user.name,
        disabled: user.disabled,
        created_at: utc(user.created_at),
        last_login_at: user.last_login_at.map(utc),
        tenants: tenants.map(|it| TenantRole { tenant: it.tenant, role: it.role.as_str() }).collect(),
    }
}
