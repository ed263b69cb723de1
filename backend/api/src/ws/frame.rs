//! Events as frames.

use crate::alarm::facts;
use crate::convert::{heartbeat, json_value, utc};
use axum::extract::ws::{Message, Utf8Bytes};
use std::sync::Arc;
use vigia_contract::ws::{Alarm, Fields, Gateway, ServerMessage, Telemetry};
use vigia_live::{Event, GatewayView, PlcChange};

/// The text frame of an event.
pub(super) fn event(event: Event) -> Message {
    match event {
        Event::Plc(change) => plc(change),
        Event::Gateway(view) => gateway(&view),
        Event::Alarm(news) => alarm(Arc::unwrap_or_clone(news)),
    }
}

/// The text frame of a message.
pub(super) fn text(message: &ServerMessage<'_>) -> Message {
    // Maps with text keys and finite scalars: there is nothing serialization could refuse.
    Message::Text(Utf8Bytes::from(serde_json::to_string(message).unwrap_or_default()))
}

fn plc(change: PlcChange) -> Message {
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
    // Names are borrowed, values moved: so they are taken apart first.
    let names: Vec<_> = change.values.iter().map(|value| value.metric.clone()).collect();
    for (name, value) in names.iter().zip(change.values) {
        let name = name.as_str();
        telemetry.values.0.push((name, json_value(value.value)));
        telemetry.quality.0.push((name, value.quality.as_str()));
        if value.ts != ts {
            telemetry.times.0.push((name, value.ts.as_millis()));
        }
        if let Some(labels) = value.labels {
            telemetry.data_type.0.push((name, labels.data_type.as_str()));
            if let Some(unit) = labels.unit {
                telemetry.unit.0.push((name, unit));
            }
        }
    }
    text(&ServerMessage::Telemetry(telemetry))
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
