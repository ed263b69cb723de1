//! `/api/admin/plants`, `/api/admin/gateways`, `/api/admin/plcs`: what admins write of places.

use crate::http::query::optional;
use crate::http::whole::optional_whole;
use crate::http::words::{self, IDENTIFIER, LINE};
use crate::http::{Ignored, examples};
use schemars::JsonSchema;
use serde::Deserialize;

/// A plant to be added.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::plant_body())]
pub struct PlantBody {
    /// The tenant's code.
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: String,
    /// The plant's code; never changed.
    #[serde(alias = "plant")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub site: String,
    /// The province level of its gateways' topics; never changed.
    #[schemars(regex(pattern = IDENTIFIER))]
    pub province: String,
    /// For people.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub name: Option<String>,
    /// IANA name; `UTC` when left out.
    #[serde(default, alias = "time_zone")]
    pub time_zone: Option<String>,
}

/// A plant as somebody changes one. What a client got it may send back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::plant_edit())]
pub struct PlantEdit {
    #[serde(default)]
    pub id: Ignored,
    #[serde(default)]
    pub tenant: Ignored,
    #[serde(default, alias = "plant")]
    pub site: Ignored,
    #[serde(default)]
    pub province: Ignored,
    #[serde(default)]
    pub plcs: Ignored,
    #[serde(default)]
    pub gateways: Ignored,
    /// The version the edit started from; needed here or as `If-Match`.
    #[serde(default, deserialize_with = "optional_whole")]
    pub version: Option<i32>,
    /// For people.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub name: Option<String>,
    /// IANA name; left out, it stays.
    #[serde(default, alias = "time_zone")]
    pub time_zone: Option<String>,
}

/// A gateway to be admitted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::gateway_body())]
pub struct GatewayBody {
    /// The tenant's code.
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: String,
    /// The plant's code.
    #[serde(alias = "plant")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub site: String,
    /// The thing name; never changed.
    #[serde(alias = "gateway_id")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub gateway_id: String,
    /// For people.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub name: Option<String>,
}

/// A gateway as somebody changes one. What a client got it may send back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::gateway_edit())]
pub struct GatewayEdit {
    #[serde(default)]
    pub id: Ignored,
    #[serde(default)]
    pub province: Ignored,
    #[serde(default, alias = "gateway_id")]
    pub gateway_id: Ignored,
    #[serde(default)]
    pub status: Ignored,
    #[serde(default)]
    pub since: Ignored,
    #[serde(default, alias = "last_seen")]
    pub last_seen: Ignored,
    #[serde(default)]
    pub heartbeat: Ignored,
    #[serde(default, alias = "clock_skew_ms")]
    pub clock_skew_ms: Ignored,
    #[serde(default, alias = "missing_seq")]
    pub missing_seq: Ignored,
    #[serde(default, alias = "last_boot_id")]
    pub last_boot_id: Ignored,
    /// The version the edit started from; needed here or as `If-Match`.
    #[serde(default, deserialize_with = "optional_whole")]
    pub version: Option<i32>,
    /// Another one than its own moves it, which only internal admins may do.
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// The plant's code. Another one than its own moves it.
    #[serde(alias = "plant")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub site: Option<String>,
    /// For people.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub name: Option<String>,
}

/// The query of the lists of gateways.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GatewayQuery {
    /// Only those of this tenant, by its code.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// Only those of this plant, by its code.
    #[serde(default, alias = "plant", deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub site: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::GatewayStatus>")]
    pub status: Option<String>,
    /// A part of the thing name, or of the name people gave.
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

/// A PLC as somebody changes one: only its name is a person's to give. What a client got it may send back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::plc_edit())]
pub struct PlcEdit {
    #[serde(default)]
    pub id: Ignored,
    #[serde(default)]
    pub tenant: Ignored,
    #[serde(default, alias = "plant")]
    pub site: Ignored,
    #[serde(default, alias = "plc_id")]
    pub plc_id: Ignored,
    #[serde(default, alias = "last_ts")]
    pub last_ts: Ignored,
    /// The version the edit started from; needed here or as `If-Match`.
    #[serde(default, deserialize_with = "optional_whole")]
    pub version: Option<i32>,
    /// For people.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub name: Option<String>,
}
