//! `GET /api/gateways…`: who publishes, and whether it lives.

use crate::Api;
use crate::caller::{Caller, identifier};
use crate::convert::{heartbeat, utc};
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::name::search;
use crate::page::{LIST_LIMIT, cut, read_cursor, write_cursor};
use axum::Json;
use axum::extract::State;
use vigia_contract::http::Page;
use vigia_contract::http::gateway::Gateway;
use vigia_contract::http::place::GatewayQuery;
use vigia_contract::http::site::TenantQuery;
use vigia_live::GatewayPath;
use vigia_model::{GatewayHealth, GatewayStatus, Identifier};
use vigia_store::gateway::GatewayKey;
use vigia_store::site::PlaceFilter;

pub(crate) mod manage;

const LIST: &str = "gateways";

/// The gateways, in order of tenant, plant and thing name.
pub(crate) async fn list_gateways(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<GatewayQuery>,
) -> Result<Json<Page<Gateway>>, ApiError> {
    list(&api, &caller, LIST, &query).await
}

/// One gateway.
pub(crate) async fn get_gateway(
    State(api): State<Api>,
    caller: Caller,
    Path((site, gateway_id)): Path<(String, String)>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<Gateway>, ApiError> {
    let site = caller.site(&api, &site, query.tenant.as_deref()).await?;
    if Identifier::check(&gateway_id).is_err() {
        return Err(ApiError::NotFound("gateway"));
    }
    let gateway = api.store.gateway(&caller.scope, site.id, &gateway_id).await?;
    Ok(Json(wire(&api, gateway.ok_or(ApiError::NotFound("gateway"))?)))
}

/// A page of gateways. `name` keeps the cursors of different lists apart.
async fn list(
    api: &Api,
    caller: &Caller,
    name: &str,
    query: &GatewayQuery,
) -> Result<Json<Page<Gateway>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    let status = query.status.as_deref().map(read_status).transpose()?;
    let site = match &query.site {
        Some(site) => Some(caller.site(api, site, tenant).await?),
        None => None,
    };
    let mut after = match &query.cursor {
        Some(cursor) => {
            let [tenant, site, gateway_id] = read_cursor(name, cursor)?;
            Some(GatewayKey { tenant, site, gateway_id })
        }
        None => None,
    };
    let search = search(query.search.as_deref())?;
    let tenant = site.as_ref().map_or(tenant, |site| Some(&site.tenant));
    let filter = PlaceFilter { tenant, search: search.as_deref() };
    let plant = site.as_ref().map(|site| site.id);
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut items: Vec<Gateway> = Vec::new();
    // Who is online is known in memory, so a page is filled by reading on until enough have the status.
    let at_once = if status.is_some() { LIST_LIMIT.max } else { limit + 1 };
    loop {
        let read = api.store.gateways(&caller.scope, filter, plant, after.as_ref(), at_once).await?;
        let is_last = read.len() < usize::try_from(at_once).unwrap_or(usize::MAX);
        after = read.last().map(key);
        let read = read.into_iter().map(|gateway| wire(api, gateway));
        items.extend(read.filter(|gateway| status.is_none_or(|status| gateway.status == status.as_str())));
        if items.len() > wanted || is_last {
            break;
        }
    }
    let more = cut(&mut items, limit);
    let next_cursor = items
        .last()
        .filter(|_| more)
        .map(|last| write_cursor(name, &[&last.tenant, &last.site, &last.gateway_id]));
    Ok(Json(Page { items, next_cursor }))
}

fn wire(api: &Api, gateway: vigia_store::gateway::Gateway) -> Gateway {
    let health = newest_health(api, &gateway);
    let (status, since) = health.status(api.clock.now(), api.live.offline_after());
    Gateway {
        id: gateway.id,
        version: gateway.version,
        tenant: gateway.tenant,
        province: gateway.province,
        site: gateway.site,
        gateway_id: gateway.gateway_id,
        name: gateway.name,
        status: status.as_str(),
        since: since.map(utc),
        last_seen: health.last_seen.map(utc),
        heartbeat: health.heartbeat.as_ref().map(heartbeat),
        clock_skew_ms: health.clock_skew_ms,
        missing_seq: gateway.missing_seq,
        last_boot_id: gateway.last_boot_id,
    }
}

/// What memory knows, unless another process heard the gateway later (this one may stand by) and stored it.
fn newest_health(api: &Api, gateway: &vigia_store::gateway::Gateway) -> GatewayHealth {
    let name = |text: &str| Identifier::new(text).ok();
    let path = name(&gateway.tenant)
        .zip(name(&gateway.province))
        .zip(name(&gateway.site).zip(name(&gateway.gateway_id)))
        .map(|((tenant, province), (site, gateway))| GatewayPath { tenant, province, site, gateway });
    let live = path.and_then(|path| api.live.gateway_snapshot(&path)).map(|view| view.health);
    match live {
        Some(live) if live.last_seen >= gateway.health.last_seen => live,
        _ => gateway.health.clone(),
    }
}

fn read_status(word: &str) -> Result<GatewayStatus, ApiError> {
    GatewayStatus::ALL.into_iter().find(|status| status.as_str() == word).ok_or_else(|| {
        let words = GatewayStatus::ALL.map(GatewayStatus::as_str).join(", ");
        ApiError::InvalidQuery(format!("status: {word:?} is none of {words}"))
    })
}

fn key(gateway: &vigia_store::gateway::Gateway) -> GatewayKey {
    GatewayKey {
        tenant: gateway.tenant.clone(),
        site: gateway.site.clone(),
        gateway_id: gateway.gateway_id.clone(),
    }
}
