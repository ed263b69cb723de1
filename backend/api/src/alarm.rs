//! `/api/alarms…`: what somebody should look at, and who took note.

use crate::Api;
use crate::answer::Tagged;
use crate::caller::{Caller, Operator, identifier};
use crate::convert::{span, timestamp, utc};
use crate::error::ApiError;
use crate::extract::{Json, Path, Query};
use crate::page::{LIST_LIMIT, cut, number, read_cursor, write_cursor};
use crate::plc::find_plc;
use axum::extract::State;
use std::iter;
use uuid::Uuid;
use vigia_contract::http::alarm::{
    AcknowledgeBody, AcknowledgeManyBody, AcknowledgedMany, AcknowledgedOne, Alarm, AlarmFacts, AlarmQuery,
    AlarmSummary, AlarmSummaryQuery, SeverityCounts,
};
use vigia_contract::http::{FieldProblem, Page};
use vigia_model::{Severity, Timestamp};
use vigia_store::alarm::{AcknowledgeOutcome, Acknowledgement, AlarmKey, AlarmOrder, AlarmPlace};

mod follow;

pub use follow::follow_alarms;

const LIST: &str = "alarms";
/// Alarms acknowledged at once: what fits on a page, and a transaction nobody waits for long.
const MOST_AT_ONCE: usize = 500;
/// The most characters somebody says on acknowledging.
const MOST_COMMENT: usize = 1_000;
/// The most characters of a type.
const MOST_TYPE: usize = 128;

/// The alarms, the newest first or the most severe.
pub(crate) async fn list_alarms(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<AlarmQuery>,
) -> Result<axum::Json<Page<Alarm>>, ApiError> {
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    let plc_name = identifier("plcId", query.plc_id.as_deref())?;
    let site = match &query.site {
        Some(site) => Some(caller.site(&api, site, tenant).await?),
        None => None,
    };
    let place = AlarmPlace {
        tenant: site.as_ref().map_or(tenant, |site| Some(&site.tenant)),
        plant: site.as_ref().map(|site| site.id),
        plc_name,
        ..AlarmPlace::default()
    };
    list(&api, &caller, place, &query).await
}

/// One alarm.
pub(crate) async fn get_alarm(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Tagged<Alarm>, ApiError> {
    let alarm = api.store.alarm(&caller.scope, id).await?.ok_or(ApiError::NotFound("alarm"))?;
    Ok(Tagged(wire(alarm)))
}

/// The alarms of one PLC.
pub(crate) async fn list_alarms_of_plc(
    State(api): State<Api>,
    caller: Caller,
    Path((site, plc_id)): Path<(String, String)>,
    Query(query): Query<AlarmQuery>,
) -> Result<axum::Json<Page<Alarm>>, ApiError> {
    if query.site.is_some() || query.plc_id.is_some() {
        return Err(ApiError::InvalidQuery("site and plcId stand in the path here".to_owned()));
    }
    let plc = find_plc(&api, &caller, &site, &plc_id, query.tenant.as_deref()).await?;
    let place = AlarmPlace { tenant: Some(&plc.tenant), plc: Some(plc.id), ..AlarmPlace::default() };
    list(&api, &caller, place, &query).await
}

/// How many alarms nobody has acknowledged yet, and the newest of them.
pub(crate) async fn get_alarm_summary(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<AlarmSummaryQuery>,
) -> Result<axum::Json<AlarmSummary>, ApiError> {
    let tenant = identifier("tenant", query.tenant.as_deref())?;
    let site = match &query.site {
        Some(site) => Some(caller.site(&api, site, tenant).await?),
        None => None,
    };
    let place = AlarmPlace {
        tenant: site.as_ref().map_or(tenant, |site| Some(&site.tenant)),
        plant: site.as_ref().map(|site| site.id),
        ..AlarmPlace::default()
    };
    let mut unacknowledged = SeverityCounts::default();
    for (severity, count) in api.store.unacknowledged_counts(&caller.scope, &place).await? {
        *match severity {
            Severity::Critical => &mut unacknowledged.critical,
            Severity::High => &mut unacknowledged.high,
            Severity::Medium => &mut unacknowledged.medium,
            Severity::Low => &mut unacknowledged.low,
        } = count;
    }
    let newest = vigia_store::alarm::AlarmQuery {
        place,
        acknowledged: Some(false),
        limit: 1,
        ..vigia_store::alarm::AlarmQuery::default()
    };
    let newest = api.store.alarms(&caller.scope, &newest).await?.pop().map(wire);
    Ok(axum::Json(AlarmSummary { unacknowledged, newest }))
}

/// Takes note of an alarm. Of one that somebody acknowledged already nothing changes.
pub(crate) async fn acknowledge_alarm(
    State(api): State<Api>,
    operator: Operator,
    Path(id): Path<Uuid>,
    body: Option<Json<AcknowledgeBody>>,
) -> Result<Tagged<Alarm>, ApiError> {
    let body = body.map(|Json(body)| body).unwrap_or_default();
    let said =
        comment(body.comment.as_deref()).map_err(|detail| ApiError::invalid_field("comment", detail))?;
    let Operator { caller, operates } = operator;
    let outcomes =
        api.store.acknowledge_alarms(&caller.scope, &operates, &[id], said, &caller.actor()).await?;
    match outcomes.first().map(|one| one.outcome) {
        Some(AcknowledgeOutcome::Acknowledged | AcknowledgeOutcome::AlreadyAcknowledged) => {}
        Some(AcknowledgeOutcome::Forbidden) => return Err(ApiError::Forbidden),
        Some(AcknowledgeOutcome::NotFound) | None => return Err(ApiError::NotFound("alarm")),
    }
    let alarm = api.store.alarm(&caller.scope, id).await?.ok_or(ApiError::NotFound("alarm"))?;
    Ok(Tagged(wire(alarm)))
}

/// Takes note of many alarms; each has a result of its own, and none stands in the way of the others.
pub(crate) async fn acknowledge_alarms(
    State(api): State<Api>,
    operator: Operator,
    Json(body): Json<AcknowledgeManyBody>,
) -> Result<axum::Json<AcknowledgedMany>, ApiError> {
    let mut problems = Vec::new();
    let mut problem =
        |field: &str, detail: String| problems.push(FieldProblem { field: field.to_owned(), detail });
    if body.ids.is_empty() || body.ids.len() > MOST_AT_ONCE {
        problem("ids", format!("1 to {MOST_AT_ONCE} alarms are acknowledged at once"));
    }
    let said = comment(body.comment.as_deref()).unwrap_or_else(|detail| {
        problem("comment", detail.to_owned());
        None
    });
    if !problems.is_empty() {
        return Err(ApiError::InvalidFields(problems));
    }
    let Operator { caller, operates } = operator;
    let outcomes =
        api.store.acknowledge_alarms(&caller.scope, &operates, &body.ids, said, &caller.actor()).await?;
    let result = |(id, one): (Uuid, Acknowledgement)| AcknowledgedOne {
        id,
        result: word(one.outcome),
        acknowledged_at: one.at.map(utc),
        acknowledged_by: one.by,
    };
    Ok(axum::Json(AcknowledgedMany { results: iter::zip(body.ids, outcomes).map(result).collect() }))
}

async fn list(
    api: &Api,
    caller: &Caller,
    place: AlarmPlace<'_>,
    query: &AlarmQuery,
) -> Result<axum::Json<Page<Alarm>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let severities = read_severities(query.severity.as_deref())?;
    let order = read_order(query.sort.as_deref())?;
    let kind = query.kind.as_deref();
    if kind.is_some_and(|kind| !(1..=MOST_TYPE).contains(&kind.chars().count()) || kind.contains('\0')) {
        return Err(ApiError::InvalidQuery(format!("type: has 1 to {MOST_TYPE} characters")));
    }
    let (from, to) = span(query.from, query.to)?;
    let wanted = vigia_store::alarm::AlarmQuery {
        place,
        severities: &severities,
        acknowledged: query.acknowledged,
        kind,
        from,
        to,
        changed_since: query.changed_since.map(timestamp),
        order,
        after: query.cursor.as_deref().map(|cursor| read_place(order, cursor)).transpose()?,
        limit: limit + 1,
    };
    let mut alarms = api.store.alarms(&caller.scope, &wanted).await?;
    let more = cut(&mut alarms, limit);
    let next_cursor = alarms.last().filter(|_| more).map(|last| write_place(order, last));
    Ok(axum::Json(Page { items: alarms.into_iter().map(wire).collect(), next_cursor }))
}

fn read_severities(list: Option<&str>) -> Result<Vec<Severity>, ApiError> {
    let Some(list) = list else { return Ok(Severity::ALL.to_vec()) };
    let read = |word: &str| {
        Severity::parse(word.trim()).ok_or_else(|| {
            let words = Severity::ALL.map(Severity::as_str).join(", ");
            ApiError::InvalidQuery(format!("severity: {word:?} is none of {words}"))
        })
    };
    list.split(',').map(read).collect()
}

fn read_order(sort: Option<&str>) -> Result<AlarmOrder, ApiError> {
    match sort {
        None | Some("ts") => Ok(AlarmOrder::NewestFirst),
        Some("severity") => Ok(AlarmOrder::BySeverity),
        Some(other) => Err(ApiError::InvalidQuery(format!("sort: {other:?} is neither ts nor severity"))),
    }
}

const fn order_word(order: AlarmOrder) -> &'static str {
    match order {
        AlarmOrder::NewestFirst => "ts",
        AlarmOrder::BySeverity => "severity",
    }
}

fn write_place(order: AlarmOrder, last: &vigia_model::Alarm) -> String {
    let (ts, id) = (last.ts.as_millis().to_string(), last.id.to_string());
    write_cursor(LIST, &[order_word(order), last.severity.as_str(), &ts, &id])
}

fn read_place(order: AlarmOrder, cursor: &str) -> Result<AlarmKey, ApiError> {
    let [word, severity, ts, id] = read_cursor(LIST, cursor)?;
    if word != order_word(order) {
        return Err(ApiError::InvalidCursor);
    }
    Ok(AlarmKey {
        severity: Severity::parse(&severity).ok_or(ApiError::InvalidCursor)?,
        ts: Timestamp::from_millis(number(&ts)?),
        id: number(&id)?,
    })
}

/// What somebody said, without the blanks around it; lines may break.
fn comment(text: Option<&str>) -> Result<Option<&str>, &'static str> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let is_odd = |c: char| c.is_control() && c != '\n';
    if text.is_some_and(|text| text.chars().count() > MOST_COMMENT || text.chars().any(is_odd)) {
        return Err("a comment has up to 1000 characters");
    }
    Ok(text)
}

const fn word(outcome: AcknowledgeOutcome) -> &'static str {
    match outcome {
        AcknowledgeOutcome::Acknowledged => "acknowledged",
        AcknowledgeOutcome::AlreadyAcknowledged => "already_acknowledged",
        AcknowledgeOutcome::Forbidden => "forbidden",
        AcknowledgeOutcome::NotFound => "not_found",
    }
}

/// An alarm as REST shows it.
fn wire(mut alarm: vigia_model::Alarm) -> Alarm {
    Alarm { kind: std::mem::take(&mut alarm.kind), facts: facts(alarm) }
}

/// All of an alarm but its type, as REST and the feed show it.
pub(crate) fn facts(alarm: vigia_model::Alarm) -> AlarmFacts {
    AlarmFacts {
        id: alarm.id,
        tenant: alarm.tenant,
        site: alarm.site,
        plc_id: alarm.plc,
        plc_name: alarm.plc_name,
        metric_id: alarm.metric,
        ts: utc(alarm.ts),
        message: alarm.message,
        severity: alarm.severity.as_str(),
        acknowledged: alarm.acknowledged,
        acknowledged_at: alarm.acknowledged_at.map(utc),
        acknowledged_by: alarm.acknowledged_by,
        comment: alarm.comment,
        created_at: utc(alarm.created_at),
        changed_at: utc(alarm.changed_at),
        version: alarm.version,
    }
}
