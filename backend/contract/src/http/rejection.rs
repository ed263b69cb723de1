//! `/api/admin/rejections`: the quarantine.

use crate::http::query::optional;
use crate::http::{UtcTime, examples, words};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The query of the quarantine.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct RejectionQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(with = "Option<words::RejectReason>")]
    pub reason: Option<String>,
    /// A topic, exact or with `*` for any run of characters.
    #[serde(default, deserialize_with = "optional")]
    pub topic: Option<String>,
    /// Received at or after.
    #[serde(default, deserialize_with = "optional")]
    pub from: Option<UtcTime>,
    /// Received before.
    #[serde(default, deserialize_with = "optional")]
    pub to: Option<UtcTime>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// A rejected message, or a rejected sample of a message.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = examples::rejection())]
pub struct Rejection {
    pub id: String,
    pub received_at: UtcTime,
    pub topic: String,
    #[schemars(with = "words::RejectReason")]
    pub reason: String,
    pub detail: String,
    /// Which sample of the message, from 0; null when the whole message is meant.
    pub sample_index: Option<i32>,
    /// The whole message as received.
    pub payload: String,
    /// `utf-8`: `payload` is the text; `base64`: it was none.
    pub payload_encoding: &'static str,
}
