//! `GET /api/admin/rejections`: the quarantine.

use crate::Api;
use crate::caller::Admin;
use crate::convert::{timestamp, utc};
use crate::error::ApiError;
use crate::extract::Query;
use crate::page::{Limit, number, read_cursor, write_cursor};
use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vigia_contract::http::Page;
use vigia_contract::http::rejection::{Rejection, RejectionQuery};
use vigia_model::RejectReason;
use vigia_store::rejection::RejectionEntry;

const LIST: &str = "rejections";
/// Entries carry whole payloads, so pages are shorter than elsewhere.
const PAGE_LIMIT: Limit = Limit { default: 50, max: 500 };
/// The longest topic filter; MQTT topics themselves end at 65 535 bytes, ours far below.
const MAX_TOPIC_BYTES: usize = 1_024;

/// What was rejected, newest first. A page may be shorter than asked for when its payloads are large.
pub(crate) async fn list_rejections(
    State(api): State<Api>,
    Admin(caller): Admin,
    Query(query): Query<RejectionQuery>,
) -> Result<Json<Page<Rejection>>, ApiError> {
    let limit = PAGE_LIMIT.read(query.limit)?;
    let reason = query.reason.as_deref().map(read_reason).transpose()?;
    if query.topic.as_deref().is_some_and(|topic| topic.len() > MAX_TOPIC_BYTES || topic.contains('\0')) {
        return Err(ApiError::InvalidQuery("topic: is no topic".to_owned()));
    }
    let before = match &query.cursor {
        Some(cursor) => {
            let [id] = read_cursor(LIST, cursor)?;
            Some(number(&id)?)
        }
        None => None,
    };
    let query = vigia_store::rejection::RejectionQuery {
        reason: reason.map(RejectReason::as_str),
        topic: query.topic.as_deref(),
        from: query.from.map(timestamp),
        to: query.to.map(timestamp),
        before,
        limit,
    };
    let page = api.store.rejections(&caller.scope, &query).await?;
    let last = page.items.last().filter(|_| page.has_more);
    let next_cursor = last.map(|last| write_cursor(LIST, &[&last.id.to_string()]));
    Ok(Json(Page { items: page.items.into_iter().map(wire).collect(), next_cursor }))
}

fn read_reason(word: &str) -> Result<RejectReason, ApiError> {
    RejectReason::parse(word).ok_or_else(|| {
        let words = RejectReason::ALL.map(RejectReason::as_str).join(", ");
        ApiError::InvalidQuery(format!("reason: {word:?} is none of {words}"))
    })
}

fn wire(entry: RejectionEntry) -> Rejection {
    let (payload, payload_encoding) = match String::from_utf8(entry.payload) {
        Ok(text) => (text, "utf-8"),
        Err(error) => (STANDARD.encode(error.as_bytes()), "base64"),
    };
    Rejection {
        id: entry.id.to_string(),
        received_at: utc(entry.received_at),
        topic: entry.topic,
        reason: entry.reason,
        detail: entry.detail,
        sample_index: entry.sample_index,
        payload,
        payload_encoding,
    }
}
