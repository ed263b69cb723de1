//! `…/export`, `…/import` and `…/duplicate`: a dashboard as a document, and on another PLC.

use super::answer::{Place, created, done, widget_content, wire};
use super::{NOT_FOUND, body};
use crate::Api;
use crate::answer::{Attachment, Created, MadeOrReplaced, Tagged};
use crate::caller::TenantAdmin;
use crate::error::ApiError;
use crate::extract::{IfMatch, Json, Path, Query};
use crate::version::chosen;
use axum::extract::State;
use serde_json::value::RawValue;
use uuid::Uuid;
use vigia_contract::http::dashboard::{
    DashboardExport, DuplicateBody, EXPORT_FORMAT, EXPORT_VERSION, ImportBody, ImportDocument, ImportHeader,
    PresentVersion, TransferredDashboard, UnknownMetric,
};
use vigia_store::dashboard::{Change, Dashboard, Draft, Outcome};

/// A dashboard as a document of its own, to be kept or taken elsewhere.
pub(crate) async fn export_dashboard(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(id): Path<Uuid>,
) -> Result<Attachment<DashboardExport>, ApiError> {
    let dashboard = api.store.dashboard(&caller.scope, id).await?.ok_or(NOT_FOUND)?;
    // Both names are identifiers; of their characters only the colon is no file's.
    let file = format!("{}-{}.dashboard.json", dashboard.plc.site, dashboard.plc.plc_id).replace(':', "_");
    let content = dashboard.content;
    let body = DashboardExport {
        format: EXPORT_FORMAT,
        format_version: EXPORT_VERSION,
        name: content.name,
        icon_url: content.icon_url.map(|url| url.to_string()),
        widgets: content.widgets.into_iter().map(widget_content).collect(),
    };
    Ok(Attachment { file, body })
}

/// Gives a PLC the dashboard of a document; with the present version named (`?version=` or `If-Match`), in place of the
/// one it has.
pub(crate) async fn import_dashboard(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(plc): Path<Uuid>,
    Query(query): Query<PresentVersion>,
    if_match: IfMatch,
    Json(ImportDocument(document)): Json<ImportDocument>,
) -> Result<MadeOrReplaced<TransferredDashboard>, ApiError> {
    let change = Change::Import(read(&document)?);
    let (scope, actor) = (&caller.scope, caller.actor());
    let Some(version) = chosen(query.version, if_match)? else {
        let outcome = api.store.create_dashboard(scope, plc, change, &actor).await?;
        let made = transferred(&api, done(outcome, "PLC", Place::List)?).await?;
        return Ok(MadeOrReplaced::Made(created(made.dashboard.id, made)));
    };
    let present = api.store.dashboard_of_plc(scope, plc).await?.ok_or(NOT_FOUND)?;
    let outcome = api.store.change_dashboard(scope, present.id, version, change, &actor).await?;
    let replaced = transferred(&api, done(outcome, "dashboard", Place::List)?).await?;
    Ok(MadeOrReplaced::Replaced(Tagged(replaced)))
}

/// Gives another PLC, of whichever tenant the caller manages, a copy of a dashboard.
pub(crate) async fn duplicate_dashboard(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(id): Path<Uuid>,
    Json(body): Json<DuplicateBody>,
) -> Result<Created<Tagged<TransferredDashboard>>, ApiError> {
    let source = api.store.dashboard(&caller.scope, id).await?.ok_or(NOT_FOUND)?;
    let change = Change::Duplicate(source.content);
    let outcome = api.store.create_dashboard(&caller.scope, body.plc_id, change, &caller.actor()).await?;
    if matches!(outcome, Outcome::NotFound) {
        return Err(ApiError::invalid_field("plcId", "is no PLC of a tenant you manage"));
    }
    let copy = transferred(&api, done(outcome, "PLC", Place::List)?).await?;
    Ok(created(copy.dashboard.id, copy))
}

/// Reads a document: first what it says it is, for only then the rest means anything.
fn read(document: &RawValue) -> Result<Draft, ApiError> {
    let faulty = |error: serde_json::Error| ApiError::InvalidBody(error.to_string());
    let header: ImportHeader = serde_json::from_str(document.get()).map_err(faulty)?;
    if header.format.as_deref() != Some(EXPORT_FORMAT) {
        let detail = format!("is not {EXPORT_FORMAT:?}: this is no exported dashboard");
        return Err(ApiError::invalid_field("format", detail));
    }
    if header.format_version != Some(EXPORT_VERSION) {
        let detail = match header.format_version {
            Some(version) if version > EXPORT_VERSION => {
                format!("{version} is newer than what this server reads, which is {EXPORT_VERSION}")
            }
            _ => format!("is not {EXPORT_VERSION}, the one this server reads"),
        };
        return Err(ApiError::invalid_field("formatVersion", detail));
    }
    let document: ImportBody = serde_json::from_str(document.get()).map_err(faulty)?;
    body::draft(&document.name, document.icon_url.as_deref(), document.widgets)
}

/// A dashboard with those of its widgets that name a metric its PLC has never sent.
async fn transferred(api: &Api, dashboard: Dashboard) -> Result<TransferredDashboard, ApiError> {
    let metrics: Vec<&str> = dashboard
        .content
        .widgets
        .iter()
        .filter_map(|widget| widget.metric.as_ref())
        .map(vigia_model::Identifier::as_str)
        .collect();
    let unknown = api.store.unknown_metrics(dashboard.plc.id, &metrics).await?;
    let dashboard = wire(dashboard);
    let unknown_metrics = dashboard.widgets.iter().filter_map(|widget| {
        let metric_id = widget.content.metric_id.clone().filter(|metric| unknown.contains(metric))?;
        Some(UnknownMetric { widget_key: widget.content.widget_key.clone(), metric_id })
    });
    Ok(TransferredDashboard { unknown_metrics: unknown_metrics.collect(), dashboard })
}
