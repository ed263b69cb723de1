//! Lists: pages with a cursor.

use schemars::JsonSchema;
use serde::Serialize;

/// One page of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "{T}Page")]
pub struct Page<T> {
    pub items: Vec<T>,
    /// To be sent back as `cursor` for the next page; null on the last one. Opaque.
    pub next_cursor: Option<String>,
}
