//! What the audit log says of a dashboard: of a change only what differs, of a beginning or an end everything.

use super::Dashboard;
use super::content::{Content, Widget};
use crate::audit::{self, Actor, Deed};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

/// Writes it down.
pub(super) async fn tell(
    tx: &mut PgConnection,
    actor: &Actor,
    change: &str,
    before: Option<&Dashboard>,
    after: Option<&Dashboard>,
) -> Result<(), sqlx::Error> {
    let Some(dashboard) = after.or(before) else { return Ok(()) };
    let action = format!("dashboard.{change}");
    let subject = dashboard.id.to_string();
    let deed = Deed {
        action: &action,
        subject_kind: "dashboard",
        subject: &subject,
        subject_name: Some(audit::named(
            Some(&dashboard.content.name),
            &format!("{}/{}", dashboard.plc.site, dashboard.plc.plc_id),
        )),
        tenant: Some(dashboard.plc.tenant_id),
        before: before.map(|it| shown(it, after)),
        after: after.map(|it| shown(it, before)),
    };
    audit::note(tx, actor, deed).await
}

/// A dashboard, or what of it differs from the other one.
fn shown(dashboard: &Dashboard, other: Option<&Dashboard>) -> Value {
    let (content, other) = (&dashboard.content, other.map(|it| &it.content));
    let mut fields = Map::new();
    fields.insert("version".to_owned(), dashboard.version.into());
    if other.is_none() {
        fields.insert("site".to_owned(), json!(dashboard.plc.site));
        fields.insert("plc".to_owned(), json!(dashboard.plc.plc_id));
    }
    if other.is_none_or(|other| other.name != content.name) {
        fields.insert("name".to_owned(), json!(content.name));
    }
    if other.is_none_or(|other| other.icon_url != content.icon_url) {
        let icon = content.icon_url.as_ref().map(vigia_model::IconUrl::as_str);
        fields.insert("iconUrl".to_owned(), json!(icon));
    }
    let is_changed = |widget: &&Widget| other.is_none_or(|other| !other.widgets.contains(*widget));
    let widgets: Vec<Value> = content.widgets.iter().filter(is_changed).map(shown_widget).collect();
    if other.is_none() || !widgets.is_empty() {
        fields.insert("widgets".to_owned(), widgets.into());
    }
    if other.is_some_and(|other| order(content, other) != order(other, content)) {
        let keys: Vec<&str> = content.widgets.iter().map(|widget| widget.key.as_str()).collect();
        fields.insert("order".to_owned(), json!(keys));
    }
    fields.into()
}

/// The widgets two contents share, in the order of the first.
fn order(content: &Content, other: &Content) -> Vec<uuid::Uuid> {
    let shared = |id: &uuid::Uuid| other.widgets.iter().any(|widget| widget.id == *id);
    content.widgets.iter().map(|widget| widget.id).filter(shared).collect()
}

fn shown_widget(widget: &Widget) -> Value {
    let layout = widget.layout;
    json!({
        "id": widget.id, "widgetKey": widget.key.as_str(), "type": widget.kind.as_str(), "label": widget.label,
        "metricId": widget.metric.as_ref().map(vigia_model::Identifier::as_str), "unit": widget.unit,
        "dataType": widget.data_type.map(vigia_model::DataType::as_str),
        "layout": { "x": layout.x(), "y": layout.y(), "w": layout.w(), "h": layout.h() },
        // What was written by hand may be JSON that the log cannot hold.
        "options": serde_json::to_value(&widget.options).unwrap_or_default(),
    })
}
