//! `/api/admin/tenants[/:id]`: customers.

use crate::Api;
use crate::answer::{Made, Tagged, edited};
use crate::caller::{Admin, Manager};
use crate::convert::utc;
use crate::error::ApiError;
use crate::extract::{IfMatch, Json, Path, Query};
use crate::name::{display_name, search};
use crate::page::{LIST_LIMIT, cut, read_cursor, write_cursor};
use crate::version::named;
use axum::extract::State;
use uuid::Uuid;
use vigia_contract::http::Page;
use vigia_contract::http::account::{Tenant, TenantBody, TenantEdit, TenantsQuery};
use vigia_model::Identifier;

const LIST: &str = "tenants";

/// The tenants the caller manages, in order of code.
pub(crate) async fn list_tenants(
    State(api): State<Api>,
    Manager(caller): Manager,
    Query(query): Query<TenantsQuery>,
) -> Result<axum::Json<Page<Tenant>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let after = match &query.cursor {
        Some(cursor) => {
            let [code] = read_cursor(LIST, cursor)?;
            Some(code)
        }
        None => None,
    };
    let search = search(query.search.as_deref())?;
    let mut tenants =
        api.store.tenants(&caller.scope, search.as_deref(), after.as_deref(), limit + 1).await?;
    let more = cut(&mut tenants, limit);
    let next_cursor = tenants.last().filter(|_| more).map(|last| write_cursor(LIST, &[&last.code]));
    Ok(axum::Json(Page { items: tenants.into_iter().map(wire).collect(), next_cursor }))
}

/// One customer.
pub(crate) async fn get_tenant(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
) -> Result<Tagged<Tenant>, ApiError> {
    let tenant = api.store.tenant(&caller.scope, id).await?.ok_or(ApiError::NotFound("tenant"))?;
    Ok(Tagged(wire(tenant)))
}

/// Adds a customer before any of his gateways has spoken.
pub(crate) async fn create_tenant(
    State(api): State<Api>,
    Admin(caller): Admin,
    Json(body): Json<TenantBody>,
) -> Result<Made<Tagged<Tenant>>, ApiError> {
    let code =
        Identifier::new(&body.tenant).map_err(|why| ApiError::invalid_field("tenant", why.to_string()))?;
    let name = name(body.name.as_deref())?;
    let tenant = api.store.create_tenant(&code, name, &caller.actor()).await?;
    let tenant = tenant.ok_or(ApiError::AlreadyExists("a tenant of this code"))?;
    Ok(Made(Tagged(wire(tenant))))
}

/// Gives a customer another name for people, if nobody did since the version named; the code stays.
pub(crate) async fn update_tenant(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(body): Json<TenantEdit>,
) -> Result<Tagged<Tenant>, ApiError> {
    let (version, name) = (named(body.version, if_match)?, name(body.name.as_deref())?);
    let outcome = api.store.rename_tenant(&caller.scope, id, version, name, &caller.actor()).await?;
    edited(outcome, "tenant", wire)
}

fn name(text: Option<&str>) -> Result<Option<&str>, ApiError> {
    display_name(text).map_err(|detail| ApiError::invalid_field("name", detail))
}

fn wire(tenant: vigia_store::tenant::Tenant) -> Tenant {
    Tenant {
        id: tenant.id,
        version: tenant.version,
        tenant: tenant.code,
        name: tenant.name,
        created_at: utc(tenant.created_at),
        plants: tenant.plants,
        gateways: tenant.gateways,
        series: tenant.series,
    }
}
