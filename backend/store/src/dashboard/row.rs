//! Dashboards between rows and types.

use super::content::{Content, Widget};
use super::{Dashboard, PlcRef};
use crate::convert::from_column;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sqlx::types::Json;
use uuid::Uuid;
use vigia_model::{DataType, IconUrl, Identifier, Layout, WidgetKind};

#[derive(sqlx::FromRow)]
pub(super) struct DashboardRow {
    id: Uuid,
    version: i32,
    created_at: DateTime<Utc>,
    #[sqlx(flatten)]
    plc: PlcRow,
    name: String,
    icon_url: Option<String>,
    widgets: Json<Vec<StoredWidget>>,
    change: String,
    subject: Option<String>,
    actor: String,
    at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
pub(super) struct PlcRow {
    plc: Uuid,
    tenant_id: Uuid,
    tenant: String,
    site: String,
    plc_id: String,
    plc_name: Option<String>,
}

/// A widget as a column holds it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredWidget {
    id: Uuid,
    widget_key: String,
    #[serde(rename = "type")]
    kind: String,
    label: String,
    metric_id: Option<String>,
    unit: Option<String>,
    data_type: Option<String>,
    layout: StoredLayout,
    options: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
struct StoredLayout {
    x: u16,
    y: u16,
    w: u16,
    h: u16,
}

/// Widgets as the column holds them.
pub(super) fn to_column(widgets: &[Widget]) -> Result<String, sqlx::Error> {
    let stored: Vec<StoredWidget> = widgets.iter().map(StoredWidget::from).collect();
    serde_json::to_string(&stored).map_err(|error| sqlx::Error::Encode(error.into()))
}

impl From<PlcRow> for PlcRef {
    fn from(row: PlcRow) -> Self {
        Self {
            id: row.plc,
            tenant_id: row.tenant_id,
            tenant: row.tenant,
            site: row.site,
            plc_id: row.plc_id,
            name: row.plc_name,
        }
    }
}

impl TryFrom<DashboardRow> for Dashboard {
    type Error = sqlx::Error;

    fn try_from(row: DashboardRow) -> Result<Self, sqlx::Error> {
        let icon_url = row.icon_url.map(|url| IconUrl::new(&url).map_err(|_| unknown("icon", &url)));
        let widgets: Result<_, _> = row.widgets.0.into_iter().map(Widget::try_from).collect();
        Ok(Self {
            id: row.id,
            version: row.version,
            plc: row.plc.into(),
            content: Content { name: row.name, icon_url: icon_url.transpose()?, widgets: widgets? },
            created_at: from_column(row.created_at),
            updated_at: from_column(row.at),
            updated_by: row.actor,
            change: row.change,
            subject: row.subject,
        })
    }
}

impl From<&Widget> for StoredWidget {
    fn from(widget: &Widget) -> Self {
        let layout = widget.layout;
        Self {
            id: widget.id,
            widget_key: widget.key.to_string(),
            kind: widget.kind.as_str().to_owned(),
            label: widget.label.clone(),
            metric_id: widget.metric.as_ref().map(ToString::to_string),
            unit: widget.unit.clone(),
            data_type: widget.data_type.map(|kind| kind.as_str().to_owned()),
            layout: StoredLayout { x: layout.x(), y: layout.y(), w: layout.w(), h: layout.h() },
            options: widget.options.clone(),
        }
    }
}

impl TryFrom<StoredWidget> for Widget {
    type Error = sqlx::Error;

    fn try_from(stored: StoredWidget) -> Result<Self, sqlx::Error> {
        let identifier = |what, text: String| Identifier::new(&text).map_err(|_| unknown(what, &text));
        let data_type = |word: String| DataType::parse(&word).ok_or_else(|| unknown("data type", &word));
        let StoredLayout { x, y, w, h } = stored.layout;
        let layout = Layout::new(x.into(), y.into(), w.into(), h.into());
        Ok(Self {
            id: stored.id,
            key: identifier("widget key", stored.widget_key)?,
            kind: WidgetKind::parse(&stored.kind).ok_or_else(|| unknown("widget", &stored.kind))?,
            label: stored.label,
            metric: stored.metric_id.map(|metric| identifier("metric", metric)).transpose()?,
            unit: stored.unit,
            data_type: stored.data_type.map(data_type).transpose()?,
            layout: layout.map_err(|why| unknown("layout", &why.to_string()))?,
            options: stored.options,
        })
    }
}

fn unknown(what: &str, found: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("the {what} {found:?} is none this version knows").into())
}
