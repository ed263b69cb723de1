//! What stands on a dashboard.

use serde_json::value::RawValue;
use uuid::Uuid;
use vigia_model::{DataType, IconUrl, Identifier, Layout, WidgetKind};

/// All that a version of a dashboard holds.
#[derive(Debug, Clone, Default)]
pub struct Content {
    pub name: String,
    pub icon_url: Option<IconUrl>,
    /// In reading order.
    pub widgets: Vec<Widget>,
}

/// A part of a dashboard.
#[derive(Debug, Clone)]
pub struct Widget {
    pub id: Uuid,
    /// What people and programs call it; unique on its dashboard.
    pub key: Identifier,
    pub kind: WidgetKind,
    pub label: String,
    pub metric: Option<Identifier>,
    pub unit: Option<String>,
    pub data_type: Option<DataType>,
    pub layout: Layout,
    /// A JSON object, letter by letter as it was sent.
    pub options: Box<RawValue>,
}

/// A widget as somebody writes one; each field is checked already.
#[derive(Debug, Clone)]
pub struct WidgetEdit {
    /// Which one of the dashboard is meant; none for a new one.
    pub id: Option<Uuid>,
    /// None: the one it has, or the next that is free.
    pub key: Option<Identifier>,
    pub kind: WidgetKind,
    pub label: String,
    pub metric: Option<Identifier>,
    pub unit: Option<String>,
    pub data_type: Option<DataType>,
    /// None: where it stands, or below all others.
    pub layout: Option<Layout>,
    pub options: Box<RawValue>,
}

impl PartialEq for Widget {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.key == other.key
            && self.kind == other.kind
            && self.label == other.label
            && self.metric == other.metric
            && self.unit == other.unit
            && self.data_type == other.data_type
            && self.layout == other.layout
            && self.options.get() == other.options.get()
    }
}

impl From<Widget> for WidgetEdit {
    /// The edit that leaves it as it is.
    fn from(widget: Widget) -> Self {
        Self {
            id: Some(widget.id),
            key: Some(widget.key),
            kind: widget.kind,
            label: widget.label,
            metric: widget.metric,
            unit: widget.unit,
            data_type: widget.data_type,
            layout: Some(widget.layout),
            options: widget.options,
        }
    }
}
