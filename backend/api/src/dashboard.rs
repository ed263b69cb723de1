//! `/api/admin/plcs/:id/dashboard`, `/api/admin/dashboards[/:id]` and `/api/dashboards/:site/:plcId`: what people look
//! at, one for a PLC.

use crate::Api;
use crate::answer::{Created, Tagged};
use crate::caller::{Caller, TenantAdmin, identifier};
use crate::error::ApiError;
use crate::extract::{IfMatch, Json, Path, Query};
use crate::page::{LIST_LIMIT, cut, read_cursor, write_cursor};
use crate::plc::find_plc;
use crate::version::named;
use axum::extract::State;
use axum::response::NoContent;
use uuid::Uuid;
use vigia_contract::http::Page;
use vigia_contract::http::dashboard::{
    Dashboard, DashboardBody, DashboardQuery, DashboardSummary, PresentVersion,
};
use vigia_contract::http::site::TenantQuery;
use vigia_store::dashboard::{Change, DashboardKey};

mod answer;
mod body;
mod options;
pub(crate) mod transfer;
pub(crate) mod version;
pub(crate) mod widget;

use answer::{Place, created, done, summary, wire};

const LIST: &str = "dashboards";
const NOT_FOUND: ApiError = ApiError::NotFound("dashboard");

/// The dashboards of the tenants the caller manages, without their widgets, in order of tenant, plant and PLC.
pub(crate) async fn list_dashboards(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Query(query): Query<DashboardQuery>,
) -> Result<axum::Json<Page<DashboardSummary>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    let site = identifier("site", query.site.as_deref())?;
    let after = match &query.cursor {
        Some(cursor) => {
            let [tenant, site, plc_id] = read_cursor(LIST, cursor)?;
            Some(DashboardKey { tenant, site, plc_id })
        }
        None => None,
    };
    let mut found = api.store.dashboards(&caller.scope, tenant, site, after.as_ref(), limit + 1).await?;
    let more = cut(&mut found, limit);
    let next_cursor = found
        .last()
        .filter(|_| more)
        .map(|last| write_cursor(LIST, &[&last.plc.tenant, &last.plc.site, &last.plc.plc_id]));
    Ok(axum::Json(Page { items: found.into_iter().map(summary).collect(), next_cursor }))
}

/// The dashboard of a PLC as a viewer sees it: without the names of those who made it.
pub(crate) async fn show_dashboard(
    State(api): State<Api>,
    caller: Caller,
    Path((site, plc_id)): Path<(String, String)>,
    Query(query): Query<TenantQuery>,
) -> Result<Tagged<Dashboard>, ApiError> {
    let plc = find_plc(&api, &caller, &site, &plc_id, query.tenant.as_deref()).await?;
    let found = api.store.dashboard_of_plc(&caller.scope, plc.id).await?;
    let mut dashboard = wire(found.ok_or(NOT_FOUND)?);
    dashboard.updated_by = None;
    Ok(Tagged(dashboard))
}

/// The dashboard of a PLC, by the PLC's id.
pub(crate) async fn get_dashboard_of_plc(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(plc): Path<Uuid>,
) -> Result<Tagged<Dashboard>, ApiError> {
    let found = api.store.dashboard_of_plc(&caller.scope, plc).await?;
    Ok(Tagged(wire(found.ok_or(NOT_FOUND)?)))
}

/// Gives a PLC its dashboard.
pub(crate) async fn create_dashboard(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(plc): Path<Uuid>,
    Json(body): Json<DashboardBody>,
) -> Result<Created<Tagged<Dashboard>>, ApiError> {
    let draft = body::draft(&body.name, body.icon_url.as_deref(), body.widgets.unwrap_or_default())?;
    let outcome =
        api.store.create_dashboard(&caller.scope, plc, Change::Create(draft), &caller.actor()).await?;
    let dashboard = wire(done(outcome, "PLC", Place::List)?);
    Ok(created(dashboard.id, dashboard))
}

/// One dashboard.
pub(crate) async fn get_dashboard(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(id): Path<Uuid>,
) -> Result<Tagged<Dashboard>, ApiError> {
    let found = api.store.dashboard(&caller.scope, id).await?;
    Ok(Tagged(wire(found.ok_or(NOT_FOUND)?)))
}

/// Replaces name, icon and, when given, all widgets at once, if the dashboard still has the version the edit started from.
pub(crate) async fn update_dashboard(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(body): Json<DashboardBody>,
) -> Result<Tagged<Dashboard>, ApiError> {
    let change = body::update(&body.name, body.icon_url.as_deref(), body.widgets)?;
    let version = named(body.version, if_match)?;
    let outcome = api.store.change_dashboard(&caller.scope, id, version, change, &caller.actor()).await?;
    Ok(Tagged(wire(done(outcome, "dashboard", Place::List)?)))
}

/// Removes a dashboard with all its versions, if it still has the version named (`?version=` or `If-Match`).
pub(crate) async fn delete_dashboard(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(id): Path<Uuid>,
    Query(query): Query<PresentVersion>,
    if_match: IfMatch,
) -> Result<NoContent, ApiError> {
    let version = named(query.version, if_match)?;
    let outcome = api.store.delete_dashboard(&caller.scope, id, version, &caller.actor()).await?;
    done(outcome, "dashboard", Place::List).map(|_gone| NoContent)
}
