//! `POST /api/admin/rejections[/:id]/replay`: asks for messages to be taken once more. The process that ingests does it.

use super::filter::Filter;
use super::find;
use super::wire::wire;
use crate::Api;
use crate::answer::Accepted;
use crate::caller::Admin;
use crate::error::ApiError;
use crate::extract::{Json, Path};
use axum::extract::State;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use vigia_contract::http::FieldProblem;
use vigia_contract::http::rejection::{Rejection, ReplayBody, RequestedReplays};
use vigia_model::RejectionStatus;
use vigia_store::replay::ReplayRequest;

/// Entries named in one request.
const MAX_IDS: usize = 1_000;
/// Entries a filter lets through, unless it says otherwise and at most. Each is only marked.
const DEFAULT_LIMIT: u32 = 1_000;
const MAX_LIMIT: u32 = 100_000;
/// How often it is looked whether one replay is done.
const LOOK: Duration = Duration::from_millis(100);

/// Asks for a replay of one entry's message, and waits a moment for what comes of it. Asking again changes nothing, but
/// for an entry that was refused again.
pub(crate) async fn replay_rejection(
    State(api): State<Api>,
    Admin(caller): Admin,
    Path(id): Path<i64>,
) -> Result<Accepted<Rejection>, ApiError> {
    let requested =
        api.store.request_replays(&caller.scope, ReplayRequest::Ids(&[id]), &caller.actor()).await?;
    if requested.matched == 0 {
        return Err(ApiError::NotFound("rejection"));
    }
    let until = Instant::now() + api.settings.replay_wait;
    loop {
        let entry = find(&api, &caller.scope, id).await?;
        if entry.status != RejectionStatus::Requested || Instant::now() >= until {
            return Ok(Accepted(wire(entry)));
        }
        sleep(LOOK).await;
    }
}

/// Asks for replays of many entries: those named, or those that match.
pub(crate) async fn replay_rejections(
    State(api): State<Api>,
    Admin(caller): Admin,
    Json(body): Json<ReplayBody>,
) -> Result<Accepted<RequestedReplays>, ApiError> {
    let wanted = read(body).map_err(ApiError::InvalidFields)?;
    let (request, limit) = match &wanted {
        Wanted::Ids(ids) => (ReplayRequest::Ids(ids), None),
        Wanted::Matching(filter, limit) => {
            (ReplayRequest::Matching { filter: filter.stored(), limit: *limit }, Some(i64::from(*limit)))
        }
    };
    let requested = api.store.request_replays(&caller.scope, request, &caller.actor()).await?;
    Ok(Accepted(RequestedReplays {
        matched: requested.matched,
        requested: requested.requested,
        waiting: requested.waiting,
        replayed: requested.replayed,
        messages: requested.messages,
        has_more: limit.is_some_and(|limit| requested.matched >= limit),
    }))
}

/// What a body asks for.
#[derive(Debug)]
enum Wanted {
    Ids(Vec<i64>),
    Matching(Filter, u32),
}

fn read(body: ReplayBody) -> Result<Wanted, Vec<FieldProblem>> {
    let problem =
        |field: &str, detail: &str| vec![FieldProblem { field: field.to_owned(), detail: detail.to_owned() }];
    let filter = Filter::read(body.reason.as_deref(), body.topic, body.gateway, body.from, body.to, None)?;
    let limit = body.limit.map_or(Some(DEFAULT_LIMIT), |limit| u32::try_from(limit).ok());
    let Some(limit) = limit.filter(|limit| (1..=MAX_LIMIT).contains(limit)) else {
        return Err(problem("limit", "lies between 1 and 100000"));
    };
    match body.ids {
        None if filter.is_empty() => {
            Err(problem("ids", "say what is meant: ids, or reason, topic, gateway, from, to"))
        }
        None => Ok(Wanted::Matching(filter, limit)),
        Some(_) if !filter.is_empty() || body.limit.is_some() => {
            Err(problem("ids", "stand alone, without filters"))
        }
        Some(ids) if ids.is_empty() || ids.len() > MAX_IDS => Err(problem("ids", "are 1 to 1000")),
        Some(ids) => ids
            .iter()
            .map(|id| id.parse().map_err(|_| problem("ids", "are those the quarantine shows")))
            .collect::<Result<_, _>>()
            .map(Wanted::Ids),
    }
}
