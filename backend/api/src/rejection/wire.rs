//! Entries of the quarantine on the wire.

use crate::convert::utc;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vigia_contract::http::rejection::{OtherRejection, Rejection, Replay};
use vigia_store::rejection::RejectionEntry;

pub(super) fn wire(entry: RejectionEntry) -> Rejection {
    let (payload, payload_encoding) = match String::from_utf8(entry.payload) {
        Ok(text) => (text, "utf-8"),
        Err(error) => (STANDARD.encode(error.as_bytes()), "base64"),
    };
    Rejection {
        id: entry.id.to_string(),
        received_at: utc(entry.received_at),
        topic: entry.topic,
        reason: entry.reason,
        detail: entry.detail,
        sample_index: entry.sample_index,
        payload,
        payload_encoding,
        status: entry.status.as_str(),
        replay: entry.replay.map(replay),
    }
}

pub(super) fn other(entry: RejectionEntry) -> OtherRejection {
    OtherRejection {
        id: entry.id.to_string(),
        sample_index: entry.sample_index,
        reason: entry.reason,
        detail: entry.detail,
        status: entry.status.as_str(),
        replay: entry.replay.map(replay),
    }
}

fn replay(replay: vigia_store::rejection::Replay) -> Replay {
    match replay {
        vigia_store::rejection::Replay::Requested { at, by } => Replay {
            state: "requested",
            outcome: None,
            requested_by: by,
            requested_at: Some(utc(at)),
            replayed_at: None,
        },
        vigia_store::rejection::Replay::Done { at, by, outcome } => Replay {
            state: "done",
            outcome: Some(outcome.as_str()),
            requested_by: by,
            requested_at: None,
            replayed_at: Some(utc(at)),
        },
    }
}
