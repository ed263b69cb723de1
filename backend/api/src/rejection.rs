//! `/api/admin/rejections[/:id]`: the quarantine. Internal admins only.

mod counts;
mod export;
mod filter;
mod remove;
mod replay;
mod wire;

use crate::Api;
use crate::caller::Admin;
use crate::convert::time_order;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::page::{Limit, read_id, write_id};
use axum::Json;
use axum::extract::State;
use filter::Filter;
use serde_json::value::RawValue;
use vigia_contract::http::rejection::{
    BoundTo, Matching, RejectedGateway, RejectionDetail, RejectionPage, RejectionQuery,
};
use vigia_contract::topic::TelemetryTopic;
use vigia_model::TenantScope;
use vigia_store::rejection::RejectionEntry;
use wire::{other, wire};

pub(crate) use counts::get_rejection_counts;
pub(crate) use export::export_rejections;
pub(crate) use remove::{delete_rejection, delete_rejections};
pub(crate) use replay::{replay_rejection, replay_rejections};

const LIST: &str = "rejections";
/// Entries carry whole payloads, so pages are shorter than elsewhere.
const PAGE_LIMIT: Limit = Limit { default: 50, max: 500 };
/// A count goes no further: people look at the first hundreds, and whatever matches is done in lots.
const MOST_COUNTED: u32 = 10_000;
/// Others of the same message that are shown with an entry.
const MAX_OTHERS: u32 = 100;

/// What was rejected, in the order in which it came. A page may be shorter than asked for when its payloads are large.
pub(crate) async fn list_rejections(
    State(api): State<Api>,
    Admin(caller): Admin,
    Query(query): Query<RejectionQuery>,
) -> Result<Json<RejectionPage>, ApiError> {
    let limit = PAGE_LIMIT.read(query.limit)?;
    let order = time_order(query.order);
    let after = query.cursor.as_deref().map(|cursor| read_id(LIST, order, cursor)).transpose()?;
    let filter = Filter::read(
        query.reason.as_deref(),
        query.topic,
        query.gateway,
        query.from,
        query.to,
        query.status.as_deref(),
    )
    .map_err(filter::of_query)?;
    let wanted = vigia_store::rejection::RejectionQuery { filter: filter.stored(), order, after, limit };
    let page = api.store.rejections(&caller.scope, &wanted).await?;
    let matching = match query.count {
        Some(true) => {
            // One more only shows that there are more.
            let counted = api.store.count_rejections(&caller.scope, &wanted.filter, MOST_COUNTED + 1).await?;
            let most = i64::from(MOST_COUNTED);
            Some(Matching { count: counted.min(most), at_least: counted > most })
        }
        Some(false) | None => None,
    };
    let last = page.items.last().filter(|_| page.has_more);
    let next_cursor = last.map(|last| write_id(LIST, order, last.id));
    Ok(Json(RejectionPage { items: page.items.into_iter().map(wire).collect(), next_cursor, matching }))
}

/// One entry, with what helps to understand it.
pub(crate) async fn get_rejection(
    State(api): State<Api>,
    Admin(caller): Admin,
    Path(id): Path<i64>,
) -> Result<Json<RejectionDetail>, ApiError> {
    let entry = find(&api, &caller.scope, id).await?;
    let others = api.store.other_rejections(&caller.scope, id, MAX_OTHERS).await?;
    let gateway = match TelemetryTopic::parse(&entry.topic) {
        Some(topic) => {
            let bound = api.store.gateway_binding(&caller.scope, topic.gateway).await?;
            Some(RejectedGateway {
                tenant: topic.tenant.to_owned(),
                province: topic.province.to_owned(),
                site: topic.plant.to_owned(),
                gateway_id: topic.gateway.to_owned(),
                bound_to: bound.map(|bound| BoundTo { tenant: bound.tenant, site: bound.plant }),
            })
        }
        None => None,
    };
    Ok(Json(RejectionDetail {
        gateway,
        sample: entry.sample_index.and_then(|index| sample(&entry.payload, index)),
        others: others.items.into_iter().map(other).collect(),
        others_total: others.total,
        rejection: wire(entry),
    }))
}

async fn find(api: &Api, scope: &TenantScope, id: i64) -> Result<RejectionEntry, ApiError> {
    api.store.rejection(scope, id).await?.ok_or(ApiError::NotFound("rejection"))
}

/// A sample of a message, to the letter.
fn sample(payload: &[u8], index: i32) -> Option<Box<RawValue>> {
    let envelope = vigia_contract::mqtt::read(payload).ok()?;
    let samples: Vec<&RawValue> = serde_json::from_str(envelope.samples?.get()).ok()?;
    samples.get(usize::try_from(index).ok()?).map(|sample| (*sample).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_cut_out_to_the_letter() {
        let payload =
            br#"{"schemaVersion":2,"samples":[{"value":1},{"value": 9007199254740993, "x":1e999},7]}"#;
        let shown = |payload: &[u8], index| sample(payload, index).map(|raw| raw.get().to_owned());
        assert_eq!(shown(payload, 1).as_deref(), Some(r#"{"value": 9007199254740993, "x":1e999}"#));
        assert_eq!(shown(payload, 2).as_deref(), Some("7"));
        for (payload, index) in [
            (&payload[..], 3),
            (payload, -1),
            (b"{\"samples\":5}", 0),
            (b"{\"samples\":[1", 0),
            (b"\xff", 0),
            (b"{}", 0),
        ] {
            assert_eq!(shown(payload, index), None);
        }
    }
}
