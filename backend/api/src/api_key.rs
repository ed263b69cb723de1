//! `/api/admin/api-keys[/:id]`: keys for machines.

use crate::Api;
use crate::answer::Made;
use crate::caller::{Manager, identifier};
use crate::convert::{timestamp, utc};
use crate::error::ApiError;
use crate::extract::{Json, Path, Query};
use crate::login::{Token, TokenKind};
use crate::name::{display_name, search};
use crate::page::{LIST_LIMIT, cut, number, read_cursor, write_cursor};
use axum::extract::State;
use axum::response::NoContent;
use uuid::Uuid;
use vigia_contract::http::account::{ApiKey, ApiKeyBody, ApiKeyQuery, CreatedApiKey};
use vigia_contract::http::{FieldProblem, Page};
use vigia_model::{Role, Timestamp};
use vigia_store::api_key::NewApiKey;

const LIST: &str = "api-keys";

/// The keys of the tenants the caller manages, the newest first.
pub(crate) async fn list_api_keys(
    State(api): State<Api>,
    Manager(caller): Manager,
    Query(query): Query<ApiKeyQuery>,
) -> Result<axum::Json<Page<ApiKey>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    let after = match &query.cursor {
        Some(cursor) => {
            let [created, id] = read_cursor(LIST, cursor)?;
            let id = Uuid::parse_str(&id).map_err(|_| ApiError::InvalidCursor)?;
            Some((Timestamp::from_millis(number(&created)?), id))
        }
        None => None,
    };
    let search = search(query.search.as_deref())?;
    let mut keys = api.store.api_keys(&caller.scope, tenant, search.as_deref(), after, limit + 1).await?;
    let more = cut(&mut keys, limit);
    let next_cursor = keys
        .last()
        .filter(|_| more)
        .map(|last| write_cursor(LIST, &[&last.created_at.as_millis().to_string(), &last.id.to_string()]));
    Ok(axum::Json(Page { items: keys.into_iter().map(wire).collect(), next_cursor }))
}

/// Makes a key. What it opens is in this answer and nowhere else.
pub(crate) async fn create_api_key(
    State(api): State<Api>,
    Manager(caller): Manager,
    Json(body): Json<ApiKeyBody>,
) -> Result<Made<axum::Json<CreatedApiKey>>, ApiError> {
    let mut problems = Vec::new();
    let mut problem = |field: &str, detail: &str| {
        problems.push(FieldProblem { field: field.to_owned(), detail: detail.to_owned() });
    };
    let name = display_name(Some(&body.name)).ok().flatten().unwrap_or_default();
    if name.is_empty() {
        problem("name", "a name has 1 to 200 characters, in one line");
    } else if name.contains('@') {
        // It signs what the key does: nobody is to take it for a person.
        problem("name", "is no e-mail address: an @ is for people");
    }
    let role = Role::parse(&body.role);
    if role.is_none() {
        problem("role", "is none of viewer, operator, tenant_admin");
    }
    let expires_at = body.expires_at.map(timestamp);
    if expires_at.is_some_and(|end| end <= api.clock.now()) {
        problem("expiresAt", "lies in the past");
    }
    let (Some(role), true) = (role, problems.is_empty()) else {
        return Err(ApiError::InvalidFields(problems));
    };
    let token = Token::random(TokenKind::ApiKey);
    let new = NewApiKey {
        token_hash: token.hash(),
        hint: token.hint(),
        name,
        tenant: &body.tenant,
        role,
        expires_at,
    };
    let unknown = || ApiError::invalid_field("tenant", "is no tenant you manage");
    if body.tenant.contains('\0') {
        return Err(unknown());
    }
    let key = api.store.create_api_key(&caller.scope, &new, &caller.actor()).await?.ok_or_else(unknown)?;
    let created = CreatedApiKey { key: wire(key), token: token.secret().to_owned() };
    Ok(Made(axum::Json(created)))
}

/// Ends a key, at once.
pub(crate) async fn revoke_api_key(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
) -> Result<NoContent, ApiError> {
    let revoked = api.store.revoke_api_key(&caller.scope, id, &caller.actor()).await?;
    let hash = revoked.ok_or(ApiError::NotFound("key"))?;
    api.doors.known.forget(&[hash]);
    Ok(NoContent)
}

fn wire(key: vigia_store::api_key::ApiKey) -> ApiKey {
    ApiKey {
        id: key.id,
        hint: key.hint,
        name: key.name,
        tenant: key.tenant,
        role: key.role.as_str(),
        created_by: key.created_by,
        created_at: utc(key.created_at),
        expires_at: key.expires_at.map(utc),
        last_used_at: key.last_used_at.map(utc),
        last_address: key.last_address,
    }
}
