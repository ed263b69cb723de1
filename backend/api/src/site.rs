//! `GET /api/sites`

use crate::Api;
use crate::caller::{Caller, identifier};
use crate::error::ApiError;
use crate::extract::Query;
use crate::name::search;
use crate::page::{LIST_LIMIT, cut, read_cursor, write_cursor};
use axum::Json;
use axum::extract::State;
use vigia_contract::http::Page;
use vigia_contract::http::site::{PlaceQuery, Site};
use vigia_store::site::{PlaceFilter, SiteKey};

const LIST: &str = "sites";

/// The plants, in order of tenant and code.
pub(crate) async fn list_sites(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PlaceQuery>,
) -> Result<Json<Page<Site>>, ApiError> {
    list(&api, &caller, &query).await
}

pub(crate) async fn list(
    api: &Api,
    caller: &Caller,
    query: &PlaceQuery,
) -> Result<Json<Page<Site>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let search = search(query.search.as_deref())?;
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    let filter = PlaceFilter { tenant, search: search.as_deref() };
    let after = match &query.cursor {
        Some(cursor) => {
            let [tenant, site] = read_cursor(LIST, cursor)?;
            Some(SiteKey { tenant, site })
        }
        None => None,
    };
    let mut sites = api.store.sites(&caller.scope, filter, after.as_ref(), limit + 1).await?;
    let more = cut(&mut sites, limit);
    let next_cursor =
        sites.last().filter(|_| more).map(|last| write_cursor(LIST, &[&last.tenant, &last.site]));
    Ok(Json(Page { items: sites.into_iter().map(wire).collect(), next_cursor }))
}

pub(crate) fn wire(site: vigia_store::site::Site) -> Site {
    Site {
        id: site.id,
        version: site.version,
        tenant: site.tenant,
        site: site.site,
        province: site.province,
        name: site.name,
        time_zone: site.time_zone,
        plcs: site.plcs,
        gateways: site.gateways,
    }
}
