//! Heartbeats: never refused for their time, and forgiving about fields old firmware does not send.

use super::field::{check_text, optional_integer, optional_text, text};
use vigia_contract::mqtt::Envelope;
use vigia_model::{Heartbeat, Rejection, Timestamp};

/// The longest text of a heartbeat, in characters.
const MAX_CHARS: usize = 128;

pub(super) fn heartbeat(envelope: Envelope<'_>, ts: Timestamp) -> Result<Heartbeat, Rejection> {
    let state = text("state", envelope.state)?;
    check_text("state", &state, MAX_CHARS)?;
    Ok(Heartbeat {
        ts,
        state: state.into(),
        version: optional_text("version", envelope.version, MAX_CHARS)?,
        uptime_sec: optional_integer("uptimeSec", &envelope.uptime_sec)?,
        internet: optional_text("internet", envelope.internet, MAX_CHARS)?,
        mqtt: optional_text("mqtt", envelope.mqtt, MAX_CHARS)?,
        plc_link: optional_text("plcLink", envelope.plc_link, MAX_CHARS)?,
        buffer_mode: optional_text("bufferMode", envelope.buffer_mode, MAX_CHARS)?,
        queued_messages: optional_integer("queuedMessages", &envelope.queued_messages)?,
    })
}
