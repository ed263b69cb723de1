//! `/api/admin/dashboards/:id/widgets[/:widgetId]`: one widget, or their order. Each write is one of the dashboard.

use super::answer::{Place, done, widget_wire, wire};
use super::body;
use crate::Api;
use crate::answer::{Made, Removed, Tagged};
use crate::caller::TenantAdmin;
use crate::error::ApiError;
use crate::extract::{IfMatch, Json, Path, Query};
use crate::version::named;
use axum::extract::State;
use uuid::Uuid;
use vigia_contract::http::dashboard::{Dashboard, PresentVersion, ReorderBody, SavedWidget, WidgetBody};
use vigia_store::dashboard::Change;

/// Adds a widget after the others.
pub(crate) async fn add_widget(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(body): Json<WidgetBody>,
) -> Result<Made<Tagged<SavedWidget>>, ApiError> {
    let named_version = body.version;
    if body.id.is_some() {
        return Err(ApiError::invalid_field("id", "a new widget gets its id here; leave it out"));
    }
    let change = Change::AddWidget(body::widget(body)?);
    let version = named(named_version, if_match)?;
    let outcome = api.store.change_dashboard(&caller.scope, id, version, change, &caller.actor()).await?;
    let dashboard = done(outcome, "dashboard", Place::Widget)?;
    let place = dashboard.content.widgets.len().saturating_sub(1);
    Ok(Made(saved(dashboard, place)?))
}

/// Replaces a widget; it keeps its place in the order, and its key and layout unless others are given.
pub(crate) async fn update_widget(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path((id, widget)): Path<(Uuid, Uuid)>,
    if_match: IfMatch,
    Json(body): Json<WidgetBody>,
) -> Result<Tagged<SavedWidget>, ApiError> {
    let named_version = body.version;
    if body.id.is_some_and(|id| id != widget) {
        return Err(ApiError::invalid_field("id", "is not the widget of this address"));
    }
    let change = Change::UpdateWidget(widget, body::widget(body)?);
    let version = named(named_version, if_match)?;
    let outcome = api.store.change_dashboard(&caller.scope, id, version, change, &caller.actor()).await?;
    let dashboard = done(outcome, "dashboard", Place::Widget)?;
    let place = dashboard.content.widgets.iter().position(|it| it.id == widget);
    saved(dashboard, place.ok_or(ApiError::NotFound("widget"))?)
}

/// Removes a widget. The entity tag of the empty answer is the version the dashboard has now.
pub(crate) async fn remove_widget(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path((id, widget)): Path<(Uuid, Uuid)>,
    Query(query): Query<PresentVersion>,
    if_match: IfMatch,
) -> Result<Removed, ApiError> {
    let version = named(query.version, if_match)?;
    let change = Change::RemoveWidget(widget);
    let outcome = api.store.change_dashboard(&caller.scope, id, version, change, &caller.actor()).await?;
    let dashboard = done(outcome, "dashboard", Place::Widget)?;
    Ok(Removed { version: dashboard.version })
}

/// Puts the widgets in another order, which names each of them once.
pub(crate) async fn reorder_widgets(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(body): Json<ReorderBody>,
) -> Result<Tagged<Dashboard>, ApiError> {
    let version = named(body.version, if_match)?;
    let change = Change::Reorder(body.order);
    let outcome = api.store.change_dashboard(&caller.scope, id, version, change, &caller.actor()).await?;
    Ok(Tagged(wire(done(outcome, "dashboard", Place::List)?)))
}

/// The widget at a place, with the dashboard's version.
fn saved(
    dashboard: vigia_store::dashboard::Dashboard,
    place: usize,
) -> Result<Tagged<SavedWidget>, ApiError> {
    let version = dashboard.version;
    let found = dashboard.content.widgets.into_iter().nth(place);
    let widget = widget_wire(found.ok_or(ApiError::NotFound("widget"))?);
    Ok(Tagged(SavedWidget { widget, version }))
}
