//! `/api/admin/dashboards/:id/versions[/:version]`: what a dashboard was, and how it becomes that again.

use super::NOT_FOUND;
use super::answer::{Place, done, wire};
use crate::Api;
use crate::answer::Tagged;
use crate::caller::TenantAdmin;
use crate::convert::utc;
use crate::error::ApiError;
use crate::extract::{IfMatch, Json, Path, Query};
use crate::page::{LIST_LIMIT, cut, number, read_cursor, write_cursor};
use crate::version::named;
use axum::extract::State;
use uuid::Uuid;
use vigia_contract::http::Page;
use vigia_contract::http::dashboard::{
    Dashboard, DashboardVersion, PastDashboard, RestoreBody, VersionQuery,
};
use vigia_store::dashboard::VersionEntry;

const LIST: &str = "dashboard-versions";

/// The versions of a dashboard that are kept, the present one first, without their widgets.
pub(crate) async fn list_versions(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path(id): Path<Uuid>,
    Query(query): Query<VersionQuery>,
) -> Result<axum::Json<Page<DashboardVersion>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let before = match &query.cursor {
        Some(cursor) => {
            let [version] = read_cursor(LIST, cursor)?;
            Some(number(&version)?)
        }
        None => None,
    };
    let mut versions = api.store.dashboard_versions(&caller.scope, id, before, limit + 1).await?;
    if versions.is_empty() && before.is_none() {
        return Err(NOT_FOUND); // each has the present one at least
    }
    let more = cut(&mut versions, limit);
    let next_cursor =
        versions.last().filter(|_| more).map(|last| write_cursor(LIST, &[&last.version.to_string()]));
    Ok(axum::Json(Page { items: versions.into_iter().map(entry).collect(), next_cursor }))
}

/// A dashboard as it was in a version.
pub(crate) async fn get_version(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path((id, version)): Path<(Uuid, i32)>,
) -> Result<axum::Json<PastDashboard>, ApiError> {
    let found = api.store.dashboard_version(&caller.scope, id, version).await?;
    let past = found.ok_or(ApiError::NotFound("version"))?;
    let (change, subject) = (past.change.clone(), past.subject.clone());
    Ok(axum::Json(PastDashboard { dashboard: wire(past), change, subject }))
}

/// Makes a new version that is like a former one; nothing in between is forgotten.
pub(crate) async fn restore_version(
    State(api): State<Api>,
    TenantAdmin(caller): TenantAdmin,
    Path((id, former)): Path<(Uuid, i32)>,
    if_match: IfMatch,
    Json(body): Json<RestoreBody>,
) -> Result<Tagged<Dashboard>, ApiError> {
    let version = named(body.version, if_match)?;
    let outcome = api.store.restore_dashboard(&caller.scope, id, version, former, &caller.actor()).await?;
    Ok(Tagged(wire(done(outcome, "dashboard", Place::List)?)))
}

fn entry(version: VersionEntry) -> DashboardVersion {
    DashboardVersion {
        version: version.version,
        at: utc(version.at),
        by: version.actor,
        change: version.change,
        subject: version.subject,
        name: version.name,
        widget_count: version.widgets,
    }
}
