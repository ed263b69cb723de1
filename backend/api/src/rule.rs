//! `/api/persist-rules[/:id]`: what is kept.

use crate::Api;
use crate::answer::{Created, Tagged, Versioned};
use crate::caller::Admin;
use crate::convert::utc;
use crate::error::ApiError;
use crate::extract::{IfMatch, Json, Path, Query};
use crate::page::{LIST_LIMIT, number, read_cursor, write_cursor};
use crate::version::{VersionQuery, chosen, named};
use axum::extract::State;
use axum::response::NoContent;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;
use vigia_contract::http::rule::{CountedSeries, DefaultRetention, Rule, RuleBody, RuleQuery, RuleSeries};
use vigia_contract::http::{FieldProblem, words};
use vigia_model::{Days, Mode, Pattern, Retention, RuleMatch};
use vigia_store::rule::{DeleteOutcome, NewRule, UpdateOutcome};

mod body;
mod counts;
pub(crate) mod dry_run;
pub(crate) mod explained;

const LIST: &str = "persist-rules";

/// The rules in order of priority.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RulePage {
    items: Vec<Rule>,
    next_cursor: Option<String>,
    /// What holds where no rule matches.
    #[schemars(with = "words::Mode")]
    default_mode: &'static str,
    /// How long what is kept stays where the deciding rule does not say.
    default_retention: DefaultRetention,
    /// With `counts=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    counted: Option<CountedSeries>,
}

/// All rules, the higher priority first, then the newer.
pub(crate) async fn list_rules(
    State(api): State<Api>,
    Admin(caller): Admin,
    Query(query): Query<RuleQuery>,
) -> Result<axum::Json<RulePage>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let mut rules = api.store.rules().await?;
    let counted = match query.counts {
        Some(true) => Some(counts::count(&api, &caller, rules.clone()).await?),
        Some(false) | None => None,
    };
    rules.sort_by_key(place);
    if let Some(cursor) = &query.cursor {
        let [priority, created, id] = read_cursor(LIST, cursor)?;
        let id = Uuid::parse_str(&id).map_err(|_| ApiError::InvalidCursor)?;
        let last = (-number::<i64>(&priority)?, -number::<i64>(&created)?, id);
        rules.retain(|rule| place(rule) > last);
    }
    let more = crate::page::cut(&mut rules, limit);
    let next_cursor = rules.last().filter(|_| more).map(|last| {
        let created = last.created_at.as_millis().to_string();
        write_cursor(LIST, &[&last.priority.to_string(), &created, &last.id.to_string()])
    });
    let shares = counted.as_ref().map(|(counted, _)| &counted.rules);
    let shown = |rule: vigia_model::Rule| {
        let share = shares.map(|shares| shares.get(&rule.id).copied().unwrap_or_default());
        let series = share.map(|share| RuleSeries { matched: share.matched, decided: share.decided });
        Rule { series, ..wire(rule) }
    };
    let items = rules.into_iter().map(shown).collect();
    let setting = api.settings.retention;
    Ok(axum::Json(RulePage {
        items,
        next_cursor,
        default_mode: api.settings.default_mode.as_str(),
        default_retention: DefaultRetention {
            raw_days: setting.raw.map(days),
            hourly_days: setting.hourly.map(days),
        },
        counted: counted.map(|(counted, complete)| CountedSeries {
            series: counted.series,
            by_default: counted.by_default,
            complete,
        }),
    }))
}

/// One rule.
pub(crate) async fn get_rule(
    State(api): State<Api>,
    Admin(_): Admin,
    Path(id): Path<Uuid>,
) -> Result<Tagged<Rule>, ApiError> {
    let rule = api.store.rule(id).await?.ok_or(ApiError::NotFound("rule"))?;
    Ok(Tagged(wire(rule)))
}

/// Adds a rule; it applies everywhere within a second.
pub(crate) async fn create_rule(
    State(api): State<Api>,
    Admin(caller): Admin,
    Json(body): Json<RuleBody>,
) -> Result<Created<Tagged<Rule>>, ApiError> {
    let rule = api.store.create_rule(&body::read(&body)?, &caller.actor()).await?;
    Ok(Created { location: format!("/api/persist-rules/{}", rule.id), body: Tagged(wire(rule)) })
}

/// Replaces a rule, if it still has the version the edit started from.
pub(crate) async fn update_rule(
    State(api): State<Api>,
    Admin(caller): Admin,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(body): Json<RuleBody>,
) -> Result<Tagged<Rule>, ApiError> {
    let rule = body::read(&body)?;
    let version = named(body.version, if_match)?;
    match api.store.update_rule(id, version, &rule, &caller.actor()).await? {
        UpdateOutcome::Updated(rule) => Ok(Tagged(wire(rule))),
        UpdateOutcome::Stale(current) => Err(stale(current)),
        UpdateOutcome::NotFound => Err(ApiError::NotFound("rule")),
    }
}

/// Removes a rule; with a version (`?version=` or `If-Match`), only if it still has that one.
pub(crate) async fn delete_rule(
    State(api): State<Api>,
    Admin(caller): Admin,
    Path(id): Path<Uuid>,
    Query(query): Query<VersionQuery>,
    if_match: IfMatch,
) -> Result<NoContent, ApiError> {
    let version = chosen(query.version, if_match)?;
    match api.store.delete_rule(id, version, &caller.actor()).await? {
        DeleteOutcome::Deleted => Ok(NoContent),
        DeleteOutcome::Stale(current) => Err(stale(current)),
        DeleteOutcome::NotFound => Err(ApiError::NotFound("rule")),
    }
}

/// Where a rule stands in the list; smaller is earlier.
fn place(rule: &vigia_model::Rule) -> (i64, i64, Uuid) {
    (-i64::from(rule.priority), -rule.created_at.as_millis(), rule.id)
}

fn stale(current: vigia_model::Rule) -> ApiError {
    let version = current.version;
    let current = serde_json::to_value(wire(current)).unwrap_or_default();
    ApiError::StaleVersion { version, current }
}

impl Versioned for Rule {
    fn version(&self) -> i32 {
        self.version
    }
}

fn wire(rule: vigia_model::Rule) -> Rule {
    let text = |pattern: &Pattern| pattern.as_str().to_owned();
    Rule {
        id: rule.id,
        version: rule.version,
        name: rule.name,
        enabled: rule.enabled,
        priority: rule.priority,
        tenant: text(&rule.matches.tenant),
        province: text(&rule.matches.province),
        plant: text(&rule.matches.plant),
        gateway_id: text(&rule.matches.gateway),
        plc_id: text(&rule.matches.plc),
        metric_id: text(&rule.matches.metric),
        mode: rule.mode.as_str(),
        raw_retention_days: rule.retention.raw.map(days),
        hourly_retention_days: rule.retention.hourly.map(days),
        created_at: utc(rule.created_at),
        series: None,
    }
}

fn days(days: Days) -> i32 {
    i32::from(days.get())
}
