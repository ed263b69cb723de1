//! `GET /api/persist-rules/explain`: what is kept of a series, and why.

use super::{days, wire};
use crate::Api;
use crate::caller::{Admin, Caller, identifier};
use crate::error::ApiError;
use crate::extract::Query;
use axum::extract::State;
use std::collections::BTreeSet;
use vigia_contract::http::rule::{ExplainQuery, Explanation, GatewayExplanation, Overruled, SeriesNames};
use vigia_model::{Days, Retention, Rule, SeriesPath, explain};

/// Gateways that are told of.
const MOST_GATEWAYS: u32 = 100;

/// Which rule decides for a series, and what the other matching ones lack. The series need not have been seen yet.
pub(crate) async fn explain_rules(
    State(api): State<Api>,
    Admin(caller): Admin,
    Query(query): Query<ExplainQuery>,
) -> Result<axum::Json<Explanation>, ApiError> {
    let is_named = query.gateway_id.is_some();
    let mut series = names(&api, &caller, query).await?;
    let rules = api.store.rules().await?;
    if is_named {
        return Ok(axum::Json(explained(&api, rules, series, Vec::new())));
    }
    let senders = senders(&api, &caller, &series).await?;
    let of_each = senders.iter().map(|sender| {
        let path = SeriesPath { gateway: &sender.gateway, ..path(&series) };
        let found = explain(rules.clone(), path, api.settings.default_mode);
        let retention = effective(&api, found.decided_by.as_ref());
        GatewayExplanation {
            gateway_id: sender.gateway.clone(),
            sends: sender.sends,
            mode: found.mode.as_str(),
            raw_retention_days: retention.raw.map(days),
            hourly_retention_days: retention.hourly.map(days),
            decided_by: found.decided_by.map(wire),
        }
    });
    let gateways: Vec<GatewayExplanation> = of_each.collect();
    series.gateway_id =
        gateways.first().map(|first| first.gateway_id.clone()).ok_or(ApiError::NotFound("gateway"))?;
    Ok(axum::Json(explained(&api, rules, series, gateways)))
}

fn explained(
    api: &Api,
    rules: Vec<Rule>,
    series: SeriesNames,
    gateways: Vec<GatewayExplanation>,
) -> Explanation {
    let found = explain(rules, path(&series), api.settings.default_mode);
    let own = found.decided_by.as_ref().map(|rule| rule.retention).unwrap_or_default();
    let retention = effective(api, found.decided_by.as_ref());
    let from = |own: Option<Days>| if own.is_some() { "rule" } else { "setting" };
    let overruled = found.overruled.into_iter();
    Explanation {
        mode: found.mode.as_str(),
        raw_retention_days: retention.raw.map(days),
        hourly_retention_days: retention.hourly.map(days),
        raw_retention_from: from(own.raw),
        hourly_retention_from: from(own.hourly),
        decided_by: found.decided_by.map(wire),
        overruled: overruled
            .map(|(rule, weakness)| Overruled { rule: wire(rule), because: weakness.as_str() })
            .collect(),
        series,
        gateways,
    }
}

/// How long what is kept by a rule, or by none, stays.
fn effective(api: &Api, decided_by: Option<&Rule>) -> Retention {
    decided_by.map(|rule| rule.retention).unwrap_or_default().or(api.settings.retention)
}

/// A gateway that sends a series, or may.
struct Sender {
    gateway: String,
    sends: bool,
}

/// Who sends a series: of the newest sample first, then whoever was heard of it in the last day by this process. Where
/// nobody is known, the gateways of its plant.
async fn senders(api: &Api, caller: &Caller, series: &SeriesNames) -> Result<Vec<Sender>, ApiError> {
    let newest = api.store.series_sender(&caller.scope, path(series)).await?;
    let is_it = |found: SeriesPath<'_>| {
        found.tenant == series.tenant
            && found.plant == series.site
            && found.plc == series.plc_id
            && found.metric == series.metric_id
    };
    let day = api.live.traffic().day(api.clock.now());
    let heard: BTreeSet<String> = day
        .series
        .iter()
        .map(|(spoken, _)| spoken.path())
        .filter(|found| is_it(*found))
        .map(|found| found.gateway.to_owned())
        .filter(|gateway| newest.as_ref() != Some(gateway))
        .collect();
    let sender = |sends| move |gateway| Sender { gateway, sends };
    let most = usize::try_from(MOST_GATEWAYS).unwrap_or(usize::MAX);
    let senders: Vec<Sender> = newest.into_iter().chain(heard).take(most).map(sender(true)).collect();
    if !senders.is_empty() {
        return Ok(senders);
    }
    let of_plant =
        api.store.gateways_of_plant(&caller.scope, &series.tenant, &series.site, MOST_GATEWAYS).await?;
    Ok(of_plant.into_iter().map(sender(false)).collect())
}

fn path(series: &SeriesNames) -> SeriesPath<'_> {
    SeriesPath {
        tenant: &series.tenant,
        province: &series.province,
        plant: &series.site,
        gateway: &series.gateway_id,
        plc: &series.plc_id,
        metric: &series.metric_id,
    }
}

/// The names of a series; those of a plant that is known are looked up. Without a gateway, if none was named.
async fn names(api: &Api, caller: &Caller, query: ExplainQuery) -> Result<SeriesNames, ApiError> {
    for (field, name) in [
        ("site", Some(&query.site)),
        ("gatewayId", query.gateway_id.as_ref()),
        ("plcId", Some(&query.plc_id)),
        ("metricId", Some(&query.metric_id)),
    ] {
        identifier(field, name.map(String::as_str))?;
    }
    identifier("province", query.province.as_deref())?;
    let (tenant, province) = match (query.tenant, query.province) {
        (Some(tenant), Some(province)) => {
            identifier("tenant", Some(&tenant))?;
            (tenant, province)
        }
        (tenant, province) => {
            let site = caller.site(api, &query.site, tenant.as_deref()).await?;
            (site.tenant, province.unwrap_or(site.province))
        }
    };
    Ok(SeriesNames {
        tenant,
        province,
        site: query.site,
        gateway_id: query.gateway_id.unwrap_or_default(),
        plc_id: query.plc_id,
        metric_id: query.metric_id,
    })
}
