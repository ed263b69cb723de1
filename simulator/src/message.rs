//! One message on its way, and what the receiver must make of it.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use vigia_model::RejectReason;

/// A message ready to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// When to publish it, from the start of the stream.
    pub due: Duration,
    /// Which gateway sends it: messages of one keep their order.
    pub gateway: usize,
    pub topic: Bytes,
    pub payload: Bytes,
    pub expected: Expected,
    /// Its place in a ledger that already has it; `None` when it is new.
    pub id: Option<u64>,
}

/// What a receiver that keeps the contract makes of a message, beyond what the payload itself says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// Empty for a good message.
    pub rejected: Vec<ExpectedRejection>,
    /// The same bytes were sent before.
    pub duplicate: bool,
}

/// A refusal that must happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedRejection {
    /// Which sample of a schema 2 message; absent when the whole message is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    #[serde(with = "reason_word")]
    pub reason: RejectReason,
}

impl Expected {
    /// A whole message that must be refused; one that contradicts another, if that was taken first.
    pub fn refused(reason: RejectReason) -> Self {
        Self { rejected: vec![ExpectedRejection { index: None, reason }], duplicate: false }
    }
}

/// Reasons in the contract's words.
mod reason_word {
    use serde::{Deserialize, Deserializer, Serializer};
    use vigia_model::RejectReason;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
    pub(super) fn serialize<S: Serializer>(reason: &RejectReason, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(reason.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RejectReason, D::Error> {
        let word = std::borrow::Cow::<str>::deserialize(deserializer)?;
        RejectReason::parse(&word).ok_or_else(|| serde::de::Error::custom(format!("{word} is no reason")))
    }
}
