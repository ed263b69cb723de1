//! `GET /api/admin/audit-log`: who did what.

use crate::Api;
use crate::caller::{Manager, identifier};
use crate::convert::{span, time_order, utc};
use crate::error::ApiError;
use crate::extract::Query;
use crate::name::part;
use crate::page::{LIST_LIMIT, read_id, write_id};
use axum::Json;
use axum::extract::State;
use vigia_contract::http::Page;
use vigia_contract::http::account::{AuditEntry, AuditQuery};
use vigia_store::audit::AuditRow;

const LIST: &str = "audit-log";

/// The log of the tenants the caller manages, in the order in which it was written. What belongs to no tenant is for internal admins. A page
/// may be shorter than asked for when its rows are large.
pub(crate) async fn list_audit_log(
    State(api): State<Api>,
    Manager(caller): Manager,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<AuditEntry>>, ApiError> {
    let limit = LIST_LIMIT.read(query.limit)?;
    let order = time_order(query.order);
    let after = query.cursor.as_deref().map(|cursor| read_id(LIST, order, cursor)).transpose()?;
    if query.action.as_ref().is_some_and(|text| text.contains('\0')) {
        return Err(ApiError::InvalidQuery("a filter holds a character no entry has".to_owned()));
    }
    let actor = part("actor", query.actor.as_deref())?;
    let subject = part("subject", query.subject.as_deref())?;
    let (from, to) = span(query.from, query.to)?;
    let wanted = vigia_store::audit::AuditQuery {
        tenant: identifier("tenant", query.tenant.as_deref())?,
        actor: actor.as_deref(),
        action: query.action.as_deref(),
        subject: subject.as_deref(),
        from,
        to,
        order,
        after,
        limit,
    };
    let page = api.store.audit_log(&caller.scope, &wanted).await?;
    let last = page.items.last().filter(|_| page.has_more);
    let next_cursor = last.map(|last| write_id(LIST, order, last.id));
    Ok(Json(Page { items: page.items.into_iter().map(wire).collect(), next_cursor }))
}

fn wire(row: AuditRow) -> AuditEntry {
    AuditEntry {
        id: row.id.to_string(),
        at: utc(row.at()),
        actor: row.actor,
        actor_kind: row.actor_kind,
        address: row.address,
        action: row.action,
        subject_kind: row.subject_kind,
        subject: row.subject,
        subject_name: row.subject_name,
        tenant: row.tenant,
        before: row.before,
        after: row.after,
    }
}
