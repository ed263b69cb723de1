//! `GET /api/plcs…`: controllers, and their present state from memory.

use crate::Api;
use crate::answer::{Tagged, edited};
use crate::caller::{Caller, Manager, identifier};
use crate::convert::{json_value, utc};
use crate::error::ApiError;
use crate::extract::{IfMatch, Path, Query};
use crate::name::display_name;
use crate::name::search;
use crate::page::{LIST_LIMIT, cut, read_cursor, write_cursor};
use crate::version::named;
use axum::Json;
use axum::extract::State;
use std::collections::BTreeMap;
use uuid::Uuid;
use vigia_contract::http::Page;
use vigia_contract::http::place::PlcEdit;
use vigia_contract::http::plc::{Plc, PlcState, StateValue};
use vigia_contract::http::site::{PlaceQuery, TenantQuery};
use vigia_live::{PlcPath, PlcSnapshot};
use vigia_model::Identifier;
use vigia_store::plc::PlcKey;
use vigia_store::site::PlaceFilter;

const LIST: &str = "plcs";

/// The PLCs of all plants, in order of tenant, plant and name.
pub(crate) async fn list_plcs(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PlaceQuery>,
) -> Result<Json<Page<Plc>>, ApiError> {
    list(&api, &caller, None, &query).await
}

/// The PLCs of one plant.
pub(crate) async fn list_plcs_of_site(
    State(api): State<Api>,
    caller: Caller,
    Path(site): Path<String>,
    Query(query): Query<PlaceQuery>,
) -> Result<Json<Page<Plc>>, ApiError> {
    let site = caller.site(&api, &site, query.tenant.as_deref()).await?;
    list(&api, &caller, Some(site.id), &query).await
}

/// One PLC.
pub(crate) async fn get_plc(
    State(api): State<Api>,
    caller: Caller,
    Path((site, plc_id)): Path<(String, String)>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<Plc>, ApiError> {
    let plc = find_plc(&api, &caller, &site, &plc_id, query.tenant.as_deref()).await?;
    Ok(Json(wire(&api, plc)))
}

/// The last value of each metric. It comes from memory, so it also answers while the database is away.
pub(crate) async fn get_plc_state(
    State(api): State<Api>,
    caller: Caller,
    Path((site, plc_id)): Path<(String, String)>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<PlcState>, ApiError> {
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    if let Some(snapshot) = live_snapshot(&api, &caller, &site, &plc_id, tenant)? {
        return Ok(Json(wire_state(snapshot)));
    }
    let plc = find_plc(&api, &caller, &site, &plc_id, tenant).await?;
    // Known, but silent since this process started and before.
    Ok(Json(PlcState {
        tenant: plc.tenant,
        site: plc.site,
        plc_id: plc.plc_id,
        last_ts: plc.last_ts.map(utc),
        values: BTreeMap::new(),
    }))
}

/// Gives a PLC another name for people, if nobody did since the version named.
pub(crate) async fn rename_plc(
    State(api): State<Api>,
    Manager(caller): Manager,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    crate::extract::Json(body): crate::extract::Json<PlcEdit>,
) -> Result<Tagged<Plc>, ApiError> {
    let version = named(body.version, if_match)?;
    let name =
        display_name(body.name.as_deref()).map_err(|detail| ApiError::invalid_field("name", detail))?;
    let outcome = api.store.rename_plc(&caller.scope, id, version, name, &caller.actor()).await?;
    edited(outcome, "PLC", |plc| wire(&api, plc))
}

/// A PLC by the names in a path.
pub(crate) async fn find_plc(
    api: &Api,
    caller: &Caller,
    site: &str,
    plc_id: &str,
    tenant: Option<&str>,
) -> Result<vigia_store::plc::Plc, ApiError> {
    let site = caller.site(api, site, tenant).await?;
    if Identifier::check(plc_id).is_err() {
        return Err(ApiError::NotFound("PLC"));
    }
    api.store.plc(&caller.scope, site.id, plc_id).await?.ok_or(ApiError::NotFound("PLC"))
}

async fn list(
    api: &Api,
    caller: &Caller,
    plant: Option<Uuid>,
    query: &PlaceQuery,
) -> Result<Json<Page<Plc>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let search = search(query.search.as_deref())?;
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    let filter = PlaceFilter { tenant, search: search.as_deref() };
    let after = match &query.cursor {
        Some(cursor) => {
            let [tenant, site, plc_id] = read_cursor(LIST, cursor)?;
            Some(PlcKey { tenant, site, plc_id })
        }
        None => None,
    };
    let mut plcs = api.store.plcs(&caller.scope, filter, plant, after.as_ref(), limit + 1).await?;
    let more = cut(&mut plcs, limit);
    let next_cursor = plcs
        .last()
        .filter(|_| more)
        .map(|last| write_cursor(LIST, &[&last.tenant, &last.site, &last.plc_id]));
    Ok(Json(Page { items: plcs.into_iter().map(|plc| wire(api, plc)).collect(), next_cursor }))
}

fn live_snapshot(
    api: &Api,
    caller: &Caller,
    site: &str,
    plc_id: &str,
    tenant: Option<&str>,
) -> Result<Option<PlcSnapshot>, ApiError> {
    let (Ok(site), Ok(plc)) = (Identifier::new(site), Identifier::new(plc_id)) else { return Ok(None) };
    let mut tenants = api.live.tenants_of(&caller.scope, &site);
    tenants.retain(|candidate| tenant.is_none_or(|tenant| tenant == candidate.as_str()));
    if tenants.len() > 1 {
        return Err(ApiError::AmbiguousSite(site.to_string()));
    }
    Ok(tenants.pop().and_then(|tenant| api.live.plc_snapshot(&PlcPath { tenant, site, plc })))
}

/// What memory knows is newer than what was stored.
fn wire(api: &Api, plc: vigia_store::plc::Plc) -> Plc {
    let names = (Identifier::new(&plc.tenant), Identifier::new(&plc.site), Identifier::new(&plc.plc_id));
    let live = match names {
        (Ok(tenant), Ok(site), Ok(plc)) => api.live.find_plc(&PlcPath { tenant, site, plc }),
        _ => None,
    };
    let last_ts = plc.last_ts.max(live.and_then(|plc| plc.last_ts()));
    Plc {
        id: plc.id,
        version: plc.version,
        tenant: plc.tenant,
        site: plc.site,
        plc_id: plc.plc_id,
        name: plc.name,
        last_ts: last_ts.map(utc),
    }
}

fn wire_state(snapshot: PlcSnapshot) -> PlcState {
    let values = snapshot.values.into_iter().map(|(metric, sample)| {
        let value = StateValue {
            value: json_value(sample.value),
            ts: utc(sample.ts),
            quality: sample.quality.as_str(),
            unit: sample.unit.map(Into::into),
            data_type: sample.data_type.as_str(),
        };
        (metric.to_string(), value)
    });
    PlcState {
        tenant: snapshot.path.tenant.to_string(),
        site: snapshot.path.site.to_string(),
        plc_id: snapshot.path.plc.to_string(),
        last_ts: snapshot.last_ts.map(utc),
        values: values.collect(),
    }
}
