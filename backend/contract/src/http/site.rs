//! `/api/sites`: the plants.

use crate::http::query::optional;
use crate::http::words::{IDENTIFIER, LINE};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A plant.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Site {
    pub id: Uuid,
    /// To be named in the next edit.
    pub version: i32,
    pub tenant: String,
    /// The plant's code.
    pub site: String,
    pub province: String,
    pub name: Option<String>,
    /// IANA name.
    pub time_zone: String,
    /// How many PLCs it has.
    pub plcs: i64,
    /// How many gateways are bound to it.
    pub gateways: i64,
}

/// The query of lists of plants and PLCs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceQuery {
    /// Only those of this tenant, by its code.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// A part of the name, of the one in topics and payloads or of the one people gave.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub search: Option<String>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// The query of routes with a `:site` in their path: which tenant's, where it is ambiguous.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
}
