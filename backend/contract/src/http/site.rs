//! `/api/sites`: the plants.

use crate::http::query::optional;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A plant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Site {
    pub id: Uuid,
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

/// The query of lists that can be narrowed to a tenant.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default, deserialize_with = "optional")]
    pub tenant: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    pub limit: Option<u32>,
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// The query of routes with a `:site` in their path: which tenant's, where it is ambiguous.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct TenantQuery {
    #[serde(default, deserialize_with = "optional")]
    pub tenant: Option<String>,
}
