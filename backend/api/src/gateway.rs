//! `GET /api/gateways…`: who publishes, and whether it lives.

use crate::Api;
use crate::caller::{Caller, identifier};
use crate::convert::{heartbeat, utc};
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::page::{LIST_LIMIT, cut, read_cursor, write_cursor};
use axum::Json;
use axum::extract::State;
use vigia_contract::http::Page;
use vigia_contract::http::gateway::Gateway;
use vigia_contract::http::site::{ListQuery, TenantQuery};
use vigia_live::GatewayPath;
use vigia_model::{GatewayHealth, Identifier};
use vigia_store::gateway::GatewayKey;

pub(crate) mod manage;

const LIST: &str = "gateways";

/// The gateways, in order of tenant, plant and thing name.
pub(crate) async fn list_gateways(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Gateway>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    let after = match &query.cursor {
        Some(cursor) => {
            let [tenant, site, gateway_id] = read_cursor(LIST, cursor)?;
            Some(GatewayKey { tenant, site, gateway_id })
        }
        None => None,
    };
    let mut gateways = api.store.gateways(&caller.scope, tenant, None, after.as_ref(), limit + 1).await?;
    let more = cut(&mut gateways, limit);
    let next_cursor = gateways
        .last()
        .filter(|_| more)
        .map(|last| write_cursor(LIST, &[&last.tenant, &last.site, &last.gateway_id]));
    Ok(Json(Page { items: gateways.into_iter().map(|gateway| wire(&api, gateway)).collect(), next_cursor }))
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
