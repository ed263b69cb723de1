//! `/api/admin/gateways[/:id]`: gateways, as admins manage them.

use super::{list, wire};
use crate::Api;
use crate::answer::{Created, Tagged, edited, removed};
use crate::caller::Manager;
use crate::error::ApiError;
use crate::extract::{IfMatch, Json, Path, Query};
use crate::name::display_name;
use crate::version::{VersionQuery, chosen, named};
use axum::extract::State;
use axum::response::NoContent;
use uuid::Uuid;
use vigia_contract::http::gateway::Gateway;
use vigia_contract::http::place::{GatewayBody, GatewayEdit, GatewayQuery};
use vigia_contract::http::{FieldProblem, Page};
use vigia_model::{Identifier, TenantScope};
use vigia_store::edit::CreateOutcome;
use vigia_store::gateway::{GatewayOutcome, NewGateway};

const LIST: &str = "admin-gateways";
const NO_PLANT: &str = "is no plant of this tenant";
const NO_TENANT: &str = "is no tenant you manage";

/// The gateways of the tenants the caller manages, in order of tenant, plant and thing name.
pub(crate) async fn list_managed_gateways(
    State(api): State<Api>,
    Manager(caller): Manager,
    Query(query): Query<GatewayQuery>,
) -> Result<axum::Json<Page<Gateway>>, ApiError> {
    list(&api, &caller, LIST, &query).await
}

/// One gateway.
pub(crate) async fn get_managed_gateway(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
) -> Result<Tagged<Gateway>, ApiError> {
    let gateway = api.store.gateway_by_id(&caller.scope, id).await?.ok_or(ApiError::NotFound("gateway"))?;
    Ok(Tagged(wire(&api, gateway)))
}

/// Admits a gateway to a plant before it has spoken.
pub(crate) async fn create_gateway(
    State(api): State<Api>,
    Manager(caller): Manager,
    Json(body): Json<GatewayBody>,
) -> Result<Created<Tagged<Gateway>>, ApiError> {
    let mut problems = Vec::new();
    let mut problem =
        |field: &str, detail: String| problems.push(FieldProblem { field: field.to_owned(), detail });
    if !caller.scope.allows(&body.tenant) {
        problem("tenant", NO_TENANT.to_owned());
    }
    let mut code = |field: &str, text: &str| {
        Identifier::new(text).inspect_err(|why| problem(field, why.to_string())).ok()
    };
    let (tenant, site, gateway) =
        (code("tenant", &body.tenant), code("site", &body.site), code("gatewayId", &body.gateway_id));
    let name = display_name(body.name.as_deref()).unwrap_or_else(|detail| {
        problem("name", detail.to_owned());
        None
    });
    let (Some(tenant), Some(site), Some(gateway), true) =
        (tenant.as_ref(), site.as_ref(), gateway.as_ref(), problems.is_empty())
    else {
        return Err(ApiError::InvalidFields(problems));
    };
    let new = NewGateway { tenant: tenant.as_str(), site: site.as_str(), gateway, name };
    let most = api.settings.max_gateways_per_tenant;
    match api.store.create_gateway(&caller.scope, &new, most, &caller.actor()).await? {
        CreateOutcome::Created(gateway) => Ok(Created {
            location: format!("/api/admin/gateways/{}", gateway.id),
            body: Tagged(wire(&api, gateway)),
        }),
        // Thing names are unique over all tenants; whose it is is not told.
        CreateOutcome::Exists => Err(ApiError::AlreadyExists("a gateway of this thing name")),
        CreateOutcome::NoPlace => Err(ApiError::invalid_field("site", NO_PLANT)),
        CreateOutcome::TooMany => Err(ApiError::TooMany("gateways")),
    }
}

/// Names a gateway and moves it to another plant, if nobody edited it since the version named. Only internal admins give
/// it to another tenant.
pub(crate) async fn update_gateway(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(body): Json<GatewayEdit>,
) -> Result<Tagged<Gateway>, ApiError> {
    let version = named(body.version, if_match)?;
    let mut problems = Vec::new();
    let mut problem =
        |field: &str, detail: String| problems.push(FieldProblem { field: field.to_owned(), detail });
    for (field, code) in [("tenant", &body.tenant), ("site", &body.site)] {
        if let Some(Err(why)) = code.as_deref().map(Identifier::check) {
            problem(field, why.to_string());
        }
    }
    let name = display_name(body.name.as_deref()).unwrap_or_else(|detail| {
        problem("name", detail.to_owned());
        None
    });
    if !problems.is_empty() {
        return Err(ApiError::InvalidFields(problems));
    }
    let edit = vigia_store::gateway::GatewayEdit {
        name,
        tenant: body.tenant.as_deref(),
        site: body.site.as_deref(),
        any_tenant: caller.scope == TenantScope::All,
    };
    match api.store.update_gateway(&caller.scope, id, version, &edit, &caller.actor()).await? {
        GatewayOutcome::Of(outcome) => edited(*outcome, "gateway", |gateway| wire(&api, gateway)),
        GatewayOutcome::NoPlant => Err(ApiError::invalid_field("site", NO_PLANT)),
        GatewayOutcome::OtherTenant => Err(ApiError::Forbidden),
    }
}

/// Removes a gateway that was never heard; with a version (`?version=` or `If-Match`), only if it still has that one.
pub(crate) async fn delete_gateway(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
    Query(query): Query<VersionQuery>,
    if_match: IfMatch,
) -> Result<NoContent, ApiError> {
    let version = chosen(query.version, if_match)?;
    let outcome = api.store.delete_gateway(&caller.scope, id, version, &caller.actor()).await?;
    removed(
        outcome,
        "gateway",
        "this gateway has been heard, and its samples name it; it can be moved",
        |gateway| wire(&api, gateway),
    )
}
