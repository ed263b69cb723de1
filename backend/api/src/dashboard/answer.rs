//! From the store to the wire: dashboards, and why a write was refused.

use super::body::too_many;
use crate::answer::{Created, Tagged, Versioned};
use crate::convert::utc;
use crate::error::ApiError;
use uuid::Uuid;
use vigia_contract::http::FieldProblem;
use vigia_contract::http::dashboard::{
    Dashboard, DashboardSummary, Layout, SavedWidget, TransferredDashboard, Widget, WidgetContent,
};
use vigia_model::DataType;
use vigia_store::dashboard::{MAX_DASHBOARD_BYTES, Outcome, Refusal, WidgetFault};

/// How many ids an error names; the rest is counted.
const NAMED_IDS: usize = 10;

/// Where the fields of a widget stand in the body.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// In `widgets[n]`.
    List,
    /// The body is the widget.
    Widget,
}

/// The dashboard a write left behind; `missing` is what there is none of otherwise.
pub(super) fn done(
    outcome: Outcome,
    missing: &'static str,
    place: Place,
) -> Result<vigia_store::dashboard::Dashboard, ApiError> {
    match outcome {
        Outcome::Done(dashboard) => Ok(*dashboard),
        Outcome::Stale(current) => Err(stale(*current)),
        Outcome::NotFound => Err(ApiError::NotFound(missing)),
        Outcome::Exists => Err(ApiError::AlreadyExists("a dashboard of this PLC")),
        Outcome::Refused(refusal) => Err(refused(refusal, place)),
    }
}

fn stale(current: vigia_store::dashboard::Dashboard) -> ApiError {
    let version = current.version;
    let current = serde_json::to_value(wire(current)).unwrap_or_default();
    ApiError::StaleVersion { version, current }
}

fn refused(refusal: Refusal, place: Place) -> ApiError {
    match refusal {
        Refusal::NoSuchWidget => ApiError::NotFound("widget"),
        Refusal::NoSuchVersion => ApiError::NotFound("version"),
        Refusal::TooManyWidgets => ApiError::invalid_field("widgets", too_many()),
        Refusal::TooLarge(bytes) => {
            let detail = format!(
                "the widgets would have {bytes} bytes as JSON, at most {MAX_DASHBOARD_BYTES} are kept: shorten options"
            );
            ApiError::invalid_field("widgets", detail)
        }
        Refusal::Widgets(faults) => {
            let problem = |(index, fault)| {
                let (field, detail) = explained(&fault);
                let field = match place {
                    Place::List => format!("widgets[{index}].{field}"),
                    Place::Widget => field.to_owned(),
                };
                FieldProblem { field, detail }
            };
            ApiError::InvalidFields(faults.into_iter().map(problem).collect())
        }
        Refusal::Order { missing, unknown, repeated } => {
            let problems =
                [("misses", missing), ("names, though they are not here,", unknown), ("repeats", repeated)]
                    .into_iter()
                    .filter(|(_, ids)| !ids.is_empty())
                    .map(|(verb, ids)| format!("{verb} {}", listed(&ids)));
            ApiError::invalid_field("order", problems.collect::<Vec<_>>().join("; "))
        }
    }
}

/// The field of a widget, and what is wrong with it.
fn explained(fault: &WidgetFault) -> (&'static str, String) {
    match fault {
        WidgetFault::UnknownId(id) => {
            ("id", format!("{id} is no widget of this dashboard; a new one has no id yet"))
        }
        WidgetFault::RepeatedId(id) => ("id", format!("{id} is named twice")),
        WidgetFault::KeyTaken(key) => ("widgetKey", format!("\"{key}\" is the key of another widget here")),
        WidgetFault::NoRoom => ("layout", "below the others the grid ends; name a place".to_owned()),
    }
}

fn listed(ids: &[Uuid]) -> String {
    let named: Vec<_> = ids.iter().take(NAMED_IDS).map(Uuid::to_string).collect();
    match ids.len().saturating_sub(NAMED_IDS) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// The answer that a dashboard was made.
pub(super) fn created<T: Versioned>(id: Uuid, body: T) -> Created<Tagged<T>> {
    Created { location: format!("/api/admin/dashboards/{id}"), body: Tagged(body) }
}

impl Versioned for Dashboard {
    fn version(&self) -> i32 {
        self.version
    }
}

impl Versioned for TransferredDashboard {
    fn version(&self) -> i32 {
        self.dashboard.version
    }
}

impl Versioned for SavedWidget {
    fn version(&self) -> i32 {
        self.version
    }
}

pub(super) fn wire(dashboard: vigia_store::dashboard::Dashboard) -> Dashboard {
    let (plc, content) = (dashboard.plc, dashboard.content);
    Dashboard {
        id: dashboard.id,
        version: dashboard.version,
        name: content.name,
        icon_url: content.icon_url.map(|url| url.to_string()),
        plc_id: plc.id,
        tenant: plc.tenant,
        site: plc.site,
        plc: plc.plc_id,
        plc_name: plc.name,
        widgets: content.widgets.into_iter().map(widget_wire).collect(),
        created_at: utc(dashboard.created_at),
        updated_at: utc(dashboard.updated_at),
        updated_by: Some(dashboard.updated_by),
    }
}

pub(super) fn widget_wire(widget: vigia_store::dashboard::Widget) -> Widget {
    Widget { id: widget.id, content: widget_content(widget) }
}

pub(super) fn widget_content(widget: vigia_store::dashboard::Widget) -> WidgetContent {
    let layout = widget.layout;
    WidgetContent {
        widget_key: widget.key.to_string(),
        kind: widget.kind.as_str(),
        label: widget.label,
        metric_id: widget.metric.map(|metric| metric.to_string()),
        unit: widget.unit,
        data_type: widget.data_type.map(DataType::as_str),
        layout: Layout { x: layout.x(), y: layout.y(), w: layout.w(), h: layout.h() },
        options: widget.options,
    }
}

pub(super) fn summary(dashboard: vigia_store::dashboard::DashboardSummary) -> DashboardSummary {
    let plc = dashboard.plc;
    DashboardSummary {
        id: dashboard.id,
        version: dashboard.version,
        name: dashboard.name,
        icon_url: dashboard.icon_url,
        plc_id: plc.id,
        tenant: plc.tenant,
        site: plc.site,
        plc: plc.plc_id,
        plc_name: plc.name,
        widget_count: dashboard.widgets,
        updated_at: utc(dashboard.updated_at),
        updated_by: dashboard.updated_by,
    }
}
