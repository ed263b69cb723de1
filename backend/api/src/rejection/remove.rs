//! `DELETE /api/admin/rejections[/:id]`: clearing the quarantine of what is understood.

use super::filter::{Filter, of_query};
use crate::Api;
use crate::caller::Admin;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::page::Limit;
use axum::Json;
use axum::extract::State;
use axum::response::NoContent;
use vigia_contract::http::rejection::{RemovalQuery, RemovedRejections};

/// How many entries go at once.
const LIMIT: Limit = Limit { default: 1_000, max: 10_000 };

/// Removes one entry.
pub(crate) async fn delete_rejection(
    State(api): State<Api>,
    Admin(caller): Admin,
    Path(id): Path<i64>,
) -> Result<NoContent, ApiError> {
    if api.store.remove_rejection(&caller.scope, id, &caller.actor()).await? {
        Ok(NoContent)
    } else {
        Err(ApiError::NotFound("rejection"))
    }
}

/// Removes the oldest entries that match.
pub(crate) async fn delete_rejections(
    State(api): State<Api>,
    Admin(caller): Admin,
    Query(query): Query<RemovalQuery>,
) -> Result<Json<RemovedRejections>, ApiError> {
    let limit = LIMIT.read(query.limit)?;
    let filter = Filter::read(
        query.reason.as_deref(),
        query.topic,
        query.gateway,
        query.from,
        query.to,
        query.status.as_deref(),
    )
    .map_err(of_query)?;
    if filter.is_empty() {
        let detail = "say what is meant: reason, topic, gateway, from, to or status";
        return Err(ApiError::InvalidQuery(detail.to_owned()));
    }
    let removed =
        api.store.remove_rejections(&caller.scope, &filter.stored(), limit, &caller.actor()).await?;
    Ok(Json(RemovedRejections { deleted: removed.entries, has_more: removed.has_more }))
}
