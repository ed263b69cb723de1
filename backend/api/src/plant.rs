//! `/api/admin/plants[/:id]`: plants, as admins manage them.

use crate::Api;
use crate::answer::{Created, Tagged, edited, removed};
use crate::caller::Manager;
use crate::error::ApiError;
use crate::extract::{IfMatch, Json, Path, Query};
use crate::name::display_name;
use crate::site::{list, wire};
use crate::version::{VersionQuery, chosen, named};
use axum::extract::State;
use axum::response::NoContent;
use chrono_tz::Tz;
use uuid::Uuid;
use vigia_contract::http::place::{PlantBody, PlantEdit};
use vigia_contract::http::site::{PlaceQuery, Site};
use vigia_contract::http::{FieldProblem, Page};
use vigia_model::Identifier;
use vigia_store::edit::CreateOutcome;
use vigia_store::plant::NewPlant;

const NO_TENANT: &str = "is no tenant you manage";
const NO_TIME_ZONE: &str = "is no time zone: write an IANA name such as America/Argentina/Buenos_Aires";

/// The plants of the tenants the caller manages, in order of tenant and code.
pub(crate) async fn list_plants(
    State(api): State<Api>,
    Manager(caller): Manager,
    Query(query): Query<PlaceQuery>,
) -> Result<axum::Json<Page<Site>>, ApiError> {
    list(&api, &caller, &query).await
}

/// One plant.
pub(crate) async fn get_plant(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
) -> Result<Tagged<Site>, ApiError> {
    let plant = api.store.plant(&caller.scope, id).await?.ok_or(ApiError::NotFound("plant"))?;
    Ok(Tagged(wire(plant)))
}

/// Adds a plant before any of its gateways has spoken.
pub(crate) async fn create_plant(
    State(api): State<Api>,
    Manager(caller): Manager,
    Json(body): Json<PlantBody>,
) -> Result<Created<Tagged<Site>>, ApiError> {
    let mut problems = Vec::new();
    if !caller.scope.allows(&body.tenant) {
        problems.push(problem("tenant", NO_TENANT));
    }
    let mut code = |field: &str, text: &str| {
        Identifier::new(text).inspect_err(|why| problems.push(problem(field, why.to_string()))).ok()
    };
    let (tenant, code, province) =
        (code("tenant", &body.tenant), code("site", &body.site), code("province", &body.province));
    let (name, time_zone) = read(body.name.as_deref(), body.time_zone.as_deref(), &mut problems);
    let (Some(tenant), Some(code), Some(province), true) =
        (tenant.as_ref(), code.as_ref(), province.as_ref(), problems.is_empty())
    else {
        return Err(ApiError::InvalidFields(problems));
    };
    let tenant = tenant.as_str();
    let plant = NewPlant { tenant, code, province, name, time_zone: time_zone.unwrap_or("UTC") };
    let most = api.settings.max_gateways_per_tenant;
    match api.store.create_plant(&caller.scope, &plant, most, &caller.actor()).await? {
        CreateOutcome::Created(plant) => {
            Ok(Created { location: format!("/api/admin/plants/{}", plant.id), body: Tagged(wire(plant)) })
        }
        CreateOutcome::Exists => Err(ApiError::AlreadyExists("a plant of this code")),
        CreateOutcome::NoPlace => Err(ApiError::invalid_field("tenant", NO_TENANT)),
        CreateOutcome::TooMany => Err(ApiError::TooMany("plants")),
    }
}

/// Gives a plant another name for people and perhaps another time zone, if nobody did since the version named.
pub(crate) async fn update_plant(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(body): Json<PlantEdit>,
) -> Result<Tagged<Site>, ApiError> {
    let version = named(body.version, if_match)?;
    let mut problems = Vec::new();
    let (name, time_zone) = read(body.name.as_deref(), body.time_zone.as_deref(), &mut problems);
    if !problems.is_empty() {
        return Err(ApiError::InvalidFields(problems));
    }
    let outcome =
        api.store.update_plant(&caller.scope, id, version, name, time_zone, &caller.actor()).await?;
    edited(outcome, "plant", wire)
}

/// Removes a plant in which nothing stands; with a version (`?version=` or `If-Match`), only if it still has that one.
pub(crate) async fn delete_plant(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
    Query(query): Query<VersionQuery>,
    if_match: IfMatch,
) -> Result<NoContent, ApiError> {
    let version = chosen(query.version, if_match)?;
    let outcome = api.store.delete_plant(&caller.scope, id, version, &caller.actor()).await?;
    removed(outcome, "plant", "gateways or PLCs belong to this plant; it can be removed when none does", wire)
}

/// The name and the time zone; what is wrong with them is added to `problems`.
fn read<'a>(
    name: Option<&'a str>,
    time_zone: Option<&'a str>,
    problems: &mut Vec<FieldProblem>,
) -> (Option<&'a str>, Option<&'a str>) {
    let name = display_name(name).unwrap_or_else(|detail| {
        problems.push(problem("name", detail));
        None
    });
    if time_zone.is_some_and(|zone| zone.parse::<Tz>().is_err()) {
        problems.push(problem("timeZone", NO_TIME_ZONE));
    }
    (name, time_zone)
}

fn problem(field: &str, detail: impl Into<String>) -> FieldProblem {
    FieldProblem { field: field.to_owned(), detail: detail.into() }
}
