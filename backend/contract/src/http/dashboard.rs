//! Dashboards: what people look at, one for a PLC.

use crate::http::query::optional;
use crate::http::whole::{optional_whole, whole};
use crate::http::words::{self, IDENTIFIER};
use crate::http::{Ignored, UtcTime, examples};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What an exported document says it is.
pub const EXPORT_FORMAT: &str = "vigia.dashboard";
/// The version of exported documents that is written, and the only one that is read.
pub const EXPORT_VERSION: i64 = 1;

/// A dashboard.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dashboard {
    pub id: Uuid,
    /// To be named in the next edit of the dashboard or of any of its widgets; raised by each.
    pub version: i32,
    pub name: String,
    /// `https://…`, or a path of this server.
    pub icon_url: Option<String>,
    /// The PLC's id, as in `/api/plcs`.
    pub plc_id: Uuid,
    /// The tenant's code.
    pub tenant: String,
    /// The plant's code.
    pub site: String,
    /// The PLC's name in its messages, such as `plc-03`.
    pub plc: String,
    /// What people call the PLC.
    pub plc_name: Option<String>,
    /// In reading order.
    pub widgets: Vec<Widget>,
    pub created_at: UtcTime,
    /// When this version was made.
    pub updated_at: UtcTime,
    /// Who made it: e-mail, or the name of a key. Not shown to viewers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<String>,
}

/// A part of a dashboard.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Widget {
    pub id: Uuid,
    #[serde(flatten)]
    pub content: WidgetContent,
}

/// All of a widget but its id: what another dashboard may have too.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WidgetContent {
    /// Unique on its dashboard.
    pub widget_key: String,
    #[serde(rename = "type")]
    #[schemars(with = "words::WidgetKind")]
    pub kind: &'static str,
    pub label: String,
    /// The metric of the PLC it shows; null where the type shows none, or several.
    pub metric_id: Option<String>,
    pub unit: Option<String>,
    #[schemars(with = "Option<words::DataType>")]
    pub data_type: Option<&'static str>,
    pub layout: Layout,
    /// A JSON object, letter by letter as it was sent.
    #[schemars(with = "BTreeMap<String, Value>")]
    pub options: Box<RawValue>,
}

/// Where a widget stands on a grid of 12 columns, and how large it is.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Layout {
    /// Columns from the left.
    pub x: u16,
    /// Rows from the top.
    pub y: u16,
    /// Columns wide.
    pub w: u16,
    /// Rows high.
    pub h: u16,
}

/// A widget that was just written. Sent back to edit it again, it names the right version.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SavedWidget {
    #[serde(flatten)]
    pub widget: Widget,
    /// The version the dashboard has now.
    pub version: i32,
}

/// A dashboard in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DashboardSummary {
    pub id: Uuid,
    pub version: i32,
    pub name: String,
    pub icon_url: Option<String>,
    /// The PLC's id, as in `/api/plcs`.
    pub plc_id: Uuid,
    /// The tenant's code.
    pub tenant: String,
    /// The plant's code.
    pub site: String,
    /// The PLC's name in its messages.
    pub plc: String,
    /// What people call the PLC.
    pub plc_name: Option<String>,
    /// How many widgets it has.
    pub widget_count: i32,
    pub updated_at: UtcTime,
    /// E-mail, or the name of a key.
    pub updated_by: String,
}

/// A version in the list of a dashboard's.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DashboardVersion {
    pub version: i32,
    pub at: UtcTime,
    /// E-mail, or the name of a key.
    pub by: String,
    /// What made it.
    #[schemars(with = "words::DashboardChange")]
    pub change: String,
    /// The key of the widget, or the version that was restored.
    pub subject: Option<String>,
    /// The dashboard's name in it.
    pub name: String,
    /// How many widgets it had.
    pub widget_count: i32,
}

/// A dashboard as it was: `version` and `updatedAt` are those of then.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PastDashboard {
    #[serde(flatten)]
    pub dashboard: Dashboard,
    /// What made this version.
    #[schemars(with = "words::DashboardChange")]
    pub change: String,
    /// The key of the widget, or the version that was restored.
    pub subject: Option<String>,
}

/// A dashboard that came from elsewhere.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferredDashboard {
    #[serde(flatten)]
    pub dashboard: Dashboard,
    /// Widgets whose `metricId` this PLC has never sent. Metrics named in `options` are not looked at.
    pub unknown_metrics: Vec<UnknownMetric>,
}

/// A widget that shows nothing on this PLC, so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnknownMetric {
    pub widget_key: String,
    pub metric_id: String,
}

/// A dashboard as a document of its own, without any id.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DashboardExport {
    #[schemars(with = "words::ExportFormat")]
    pub format: &'static str,
    /// 1
    pub format_version: i64,
    pub name: String,
    pub icon_url: Option<String>,
    pub widgets: Vec<WidgetContent>,
}

/// A dashboard as somebody writes it. What a client got it may send back; of what it cannot change the server's holds.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::dashboard_body())]
pub struct DashboardBody {
    #[serde(default)]
    pub id: Ignored,
    #[serde(default, alias = "plc_id")]
    pub plc_id: Ignored,
    #[serde(default)]
    pub tenant: Ignored,
    #[serde(default)]
    pub site: Ignored,
    #[serde(default)]
    pub plc: Ignored,
    #[serde(default, alias = "plc_name")]
    pub plc_name: Ignored,
    #[serde(default, alias = "created_at")]
    pub created_at: Ignored,
    #[serde(default, alias = "updated_at")]
    pub updated_at: Ignored,
    #[serde(default, alias = "updated_by")]
    pub updated_by: Ignored,
    /// The version the edit started from; needed to replace, here or as `If-Match`.
    #[serde(default, deserialize_with = "optional_whole")]
    pub version: Option<i32>,
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// `https://…`, or a path of this server that begins with one `/`.
    #[serde(default, alias = "icon_url")]
    #[schemars(length(max = 2_048))]
    pub icon_url: Option<String>,
    /// All of them in their order: one with the `id` of a present widget stays that one, one without is new, and one that
    /// is not named is removed. Left out: the widgets stay as they are.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub widgets: Option<Vec<WidgetBody>>,
}

/// A widget as somebody writes it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::widget_body())]
pub struct WidgetBody {
    /// Which widget of the dashboard is meant; none for a new one.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// The version of the dashboard the edit started from, where the widget is written alone.
    #[serde(default, deserialize_with = "optional_whole")]
    pub version: Option<i32>,
    /// Unique on its dashboard. Left out: the one it has, or the next free of `w1`, `w2`, …
    #[serde(default, alias = "widget_key")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub widget_key: Option<String>,
    #[serde(rename = "type")]
    #[schemars(with = "words::WidgetKind")]
    pub kind: String,
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub label: Option<String>,
    /// Needed by types that show one metric.
    #[serde(default, alias = "metric_id")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub metric_id: Option<String>,
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub unit: Option<String>,
    #[serde(default, alias = "data_type")]
    #[schemars(with = "Option<words::DataType>")]
    pub data_type: Option<String>,
    /// Left out: where it stands, or below all others.
    #[serde(default)]
    pub layout: Option<LayoutBody>,
    /// A JSON object of at most 16 KiB.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, Value>>")]
    pub options: Option<Box<RawValue>>,
}

/// A place on the grid as somebody writes it.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayoutBody {
    /// Columns from the left.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(min = 0, max = 11))]
    pub x: i64,
    /// Rows from the top.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(min = 0, max = 10_000))]
    pub y: i64,
    /// Columns wide: up to 12 - `x`.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(min = 1, max = 12))]
    pub w: i64,
    /// Rows high.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(min = 1, max = 50))]
    pub h: i64,
}

/// Another order of the same widgets.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = examples::reorder_body())]
pub struct ReorderBody {
    /// The id of every widget of the dashboard, once.
    #[schemars(length(max = 200))]
    pub order: Vec<Uuid>,
    /// The version the edit started from, here or as `If-Match`.
    #[serde(default, deserialize_with = "optional_whole")]
    pub version: Option<i32>,
}

/// A former version to be the present one again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = examples::restore_body())]
pub struct RestoreBody {
    /// The present version, here or as `If-Match`.
    #[serde(default, deserialize_with = "optional_whole")]
    pub version: Option<i32>,
}

/// Where a copy goes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::duplicate_body())]
pub struct DuplicateBody {
    /// The id of a PLC without a dashboard, as in `/api/plcs`.
    #[serde(alias = "plc_id")]
    pub plc_id: Uuid,
}

/// A document that was not looked at yet.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ImportDocument(#[schemars(with = "ImportBody")] pub Box<RawValue>);

/// What a document says of itself; read before the rest, which only then means anything.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportHeader {
    #[serde(default)]
    pub format: Option<String>,
    #[serde(default)]
    pub format_version: Option<i64>,
}

/// An exported dashboard, of version 1.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::import_body())]
pub struct ImportBody {
    #[schemars(with = "words::ExportFormat")]
    pub format: String,
    /// 1, the only one this server reads.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(min = 1, max = 1))]
    pub format_version: i64,
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    #[serde(default)]
    #[schemars(length(max = 2_048))]
    pub icon_url: Option<String>,
    /// Without ids: all of them will be new.
    #[schemars(length(max = 200))]
    pub widgets: Vec<WidgetBody>,
}

/// The query of the dashboards' list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardQuery {
    /// A tenant's code.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// A plant's code.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub site: Option<String>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// The query of the versions' list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionQuery {
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// The version a write without a body of ours means.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PresentVersion {
    /// The present version, here or as `If-Match`.
    #[serde(default, deserialize_with = "optional")]
    pub version: Option<i32>,
}
