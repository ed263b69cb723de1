//! `GET /api/admin/rejections/counts`: how much was rejected, what was only counted included.

use super::filter::{Filter, of_query};
use crate::Api;
use crate::caller::{Admin, identifier};
use crate::convert::{timestamp, utc};
use crate::error::ApiError;
use crate::extract::Query;
use axum::Json;
use axum::extract::State;
use std::time::Duration;
use vigia_contract::http::rejection::{RejectionCount, RejectionCounts, RejectionCountsQuery};
use vigia_model::Timestamp;
use vigia_store::rejection::{CountKey, CountQuery, CountedBy};

const DAY: Duration = Duration::from_hours(24);
/// The longest span: a year and a day. Hour by hour it is a month.
const MAX_SPAN: Duration = Duration::from_hours(366 * 24);
const MAX_SPAN_BY_HOUR: Duration = Duration::from_hours(31 * 24);
/// The most items.
const MAX_ITEMS: u32 = 1_000;

/// How much was rejected in a span of hours, by reason, gateway or hour.
pub(crate) async fn get_rejection_counts(
    State(api): State<Api>,
    Admin(caller): Admin,
    Query(query): Query<RejectionCountsQuery>,
) -> Result<Json<RejectionCounts>, ApiError> {
    let (by, word) = match query.by.as_deref() {
        None | Some("reason") => (CountedBy::Reason, "reason"),
        Some("gateway") => (CountedBy::Gateway, "gateway"),
        Some("hour") => (CountedBy::Hour, "hour"),
        Some(other) => {
            return Err(ApiError::InvalidQuery(format!("by: {other:?} is none of reason, gateway, hour")));
        }
    };
    let gateway = identifier("gateway", query.gateway.as_deref())?;
    let filter = Filter::read(query.reason.as_deref(), None, None, None, None, None).map_err(of_query)?;
    let to = query.to.map_or_else(|| api.clock.now(), timestamp);
    let from = query.from.map_or_else(|| to.minus(DAY), timestamp).hour();
    check_span(from, to, by)?;
    let counts = CountQuery { from, to, gateway, reason: filter.stored().reason, by, limit: MAX_ITEMS };
    let counts = api.store.rejection_counts(&caller.scope, &counts).await?;
    Ok(Json(RejectionCounts {
        from: utc(from),
        to: utc(to),
        by: word,
        total: counts.total,
        kept: counts.kept,
        items: counts.items.into_iter().map(wire).collect(),
        has_more: counts.has_more,
    }))
}

fn check_span(from: Timestamp, to: Timestamp, by: CountedBy) -> Result<(), ApiError> {
    if from >= to {
        return Err(ApiError::InvalidQuery("from lies before to".to_owned()));
    }
    let most = if by == CountedBy::Hour { MAX_SPAN_BY_HOUR } else { MAX_SPAN };
    // The beginning was rounded down to its hour.
    if to > from.plus(most + Duration::from_hours(1)) {
        let days = most.as_secs() / DAY.as_secs();
        return Err(ApiError::InvalidQuery(format!("from and to are at most {days} days apart")));
    }
    Ok(())
}

fn wire(count: vigia_store::rejection::RejectionCount) -> RejectionCount {
    let (mut reason, mut gateway_id, mut hour) = (None, None, None);
    match count.key {
        CountKey::Reason(word) => reason = Some(word),
        CountKey::Gateway(name) => gateway_id = Some(name),
        CountKey::Hour(at) => hour = Some(utc(at)),
    }
    RejectionCount { reason, gateway_id, hour, total: count.total, kept: count.kept }
}
