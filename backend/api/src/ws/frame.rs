//! Events as frames.

use crate::alarm::facts;
use crate::convert::{heartbeat, json_value, utc};
use axum::body::Bytes;
use axum::extract::ws::{Message, Utf8Bytes};
use std::sync::Arc;
use vigia_contract::ws::{Alarm, Fields, Gateway, ServerMessage, Telemetry};
use vigia_live::{Event, GatewayView, PlcChange};

/// The text frame of an event.
pub(super) fn event(event: Event) -> Message {
    match event {
        Event::Plc(change) => plc(&change),
        Event::Gateway(view) => gateway(&view),
        Event::Alarm(news) => alarm(Arc::unwrap_or_clone(news)),
    }
}

/// The text frame of a message.
pub(super) fn text(message: &ServerMessage<'_>) -> Message {
    Message::Text(Utf8Bytes::from(json(message)))
}

fn json(message: &ServerMessage<'_>) -> String {
    // Maps with text keys and finite scalars: there is nothing serialization could refuse.
    serde_json::to_string(message).unwrap_or_default()
}

/// Made once for all who are told the same.
fn plc(change: &PlcChange) -> Message {
    let frame = change.frame(|change| Bytes::from(json(&telemetry(change))));
    // What was made from a text is one.
    Message::Text(Utf8Bytes::try_from(frame).unwrap_or_default())
}

fn telemetry(change: &PlcChange) -> ServerMessage<'_> {
    let ts = change.values.iter().map(|value| value.ts).max().unwrap_or_default();
    let mut telemetry = Telemetry {
        tenant: change.path.tenant.as_str(),
        site: change.path.site.as_str(),
        plc_id: change.path.plc.as_str(),
        ts: ts.as_millis(),
        values: Fields(Vec::with_capacity(change.values.len())),
        quality: Fields(Vec::with_capacity(change.values.len())),
        times: Fields::default(),
        unit: Fields::default(),
        data_type: Fields::default(),
    };
    for value in &change.values {
        let name = value.metric.as_str();
        telemetry.values.0.push((name, json_value(value.value.clone())));
        telemetry.quality.0.push((name, value.quality.as_str()));
        if value.ts != ts {
            telemetry.times.0.push((name, value.ts.as_millis()));
        }
        if let Some(labels) = &value.labels {
            telemetry.data_type.0.push((name, labels.data_type.as_str()));
            if let Some(unit) = &labels.unit {
                telemetry.unit.0.push((name, unit.clone()));
            }
        }
    }
    ServerMessage::Telemetry(telemetry)
}

fn gateway(view: &GatewayView) -> Message {
    let beat = view.health.heartbeat.as_ref().map(heartbeat);
    text(&ServerMessage::Gateway(Box::new(Gateway {
        tenant: view.path.tenant.as_str(),
        province: view.path.province.as_str(),
        site: view.path.site.as_str(),
        gateway_id: view.path.gateway.as_str(),
        status: view.status.as_str(),
        since: view.since.map(utc),
        last_seen: view.health.last_seen.map(utc),
        clock_skew_ms: view.health.clock_skew_ms,
        gone: view.gone,
        heartbeat: beat.clone(),
        beat,
    })))
}

fn alarm(mut alarm: vigia_model::Alarm) -> Message {
    let alarm_type = std::mem::take(&mut alarm.kind);
    text(&ServerMessage::Alarm(Box::new(Alarm { alarm_type, facts: facts(alarm) })))
}
