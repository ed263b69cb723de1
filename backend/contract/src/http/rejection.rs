//! `/api/admin/rejections`: the quarantine.

use crate::http::UtcTime;
use crate::http::query::optional;
use serde::{Deserialize, Serialize};

/// The query of the quarantine.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct RejectionQuery {
    /// One of the closed list.
    #[serde(default, deserialize_with = "optional")]
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
    #[serde(default, deserialize_with = "optional")]
    pub limit: Option<u32>,
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// A rejected message, or a rejected sample of a message.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rejection {
    pub id: String,
    pub received_at: UtcTime,
    pub topic: String,
    pub reason: String,
    pub detail: String,
    /// Which sample of the message, from 0; null when the whole message is meant.
    pub sample_index: Option<i32>,
    /// The whole message as received.
    pub payload: String,
    /// `utf-8`: `payload` is the text; `base64`: it was none.
    pub payload_encoding: &'static str,
}
