//! `GET /health` and `GET /health/ready`.

use crate::Api;
use crate::caller::SeesAll;
use crate::convert::utc;
use crate::error::ApiError;
use axum::Json;
use axum::extract::State;
use vigia_contract::http::health::{
    ConnectionHealth, DatabaseHealth, Health, MqttHealth, Ready, SpoolHealth, StorageHealth,
    SubscriptionHealth,
};
use vigia_live::board::{
    ConnectionState, ConnectionStatus, SpoolStatus, StatusBoard, StorageState, StorageStatus,
};

/// How the process is doing; answered as long as it lives. What is called how, and what failed in which words, is for
/// internal admins alone: a filter may name a customer, an error a host.
pub(crate) async fn get_health(State(api): State<Api>, SeesAll(all): SeesAll) -> Json<Health> {
    let board = api.live.board();
    let database = board.database();
    let storage = board.storage();
    let is_filling = storage.as_ref().is_some_and(|storage| storage.state() != StorageState::Ok);
    let is_unsafe = board.backup().is_some_and(|backup| backup.state(api.clock.now()).is_worrying());
    let warnings = [("storage", is_filling), ("backup", is_unsafe)];
    let warnings = warnings.into_iter().filter_map(|(name, holds)| holds.then_some(name)).collect();
    let mut health = Health {
        status: if board.not_ready().is_empty() { "ok" } else { "degraded" },
        version: api.settings.version.clone(),
        started_at: utc(board.started_at()),
        uptime_sec: api.clock.now().millis_since(board.started_at()) / 1_000,
        role: board.role().as_str(),
        warnings,
        mqtt: mqtt(board),
        database: DatabaseHealth {
            state: if database.up { "up" } else { "down" },
            since: utc(database.since),
            last_error: database.last_error.map(|error| error.to_string()),
        },
        spool: spool(board.spool().status()),
        storage: storage.as_deref().map(self::storage),
    };
    if !all {
        forget_names(&mut health);
    }
    Json(health)
}

fn forget_names(health: &mut Health) {
    health.database.last_error = None;
    health.spool.last_error = None;
    health.storage = None;
    for (number, connection) in (1..).zip(&mut health.mqtt.connections) {
        connection.client_id = number.to_string();
        connection.last_error = None;
        connection.subscriptions.clear();
    }
}

/// Whether it can do its work now.
pub(crate) async fn get_ready(State(api): State<Api>) -> Result<Json<Ready>, ApiError> {
    let missing = api.live.board().not_ready();
    if missing.is_empty() { Ok(Json(Ready { status: "ready" })) } else { Err(ApiError::NotReady(missing)) }
}

/// All connections in one word.
pub(crate) fn mqtt_state(connections: &[ConnectionStatus]) -> &'static str {
    let subscribed =
        connections.iter().filter(|connection| connection.state == ConnectionState::Subscribed).count();
    match subscribed {
        0 => "down",
        all if all == connections.len() => "connected",
        _ => "partial",
    }
}

/// The connections to the broker.
pub(crate) fn mqtt(board: &StatusBoard) -> MqttHealth {
    let connections = board.connections();
    MqttHealth {
        state: mqtt_state(&connections),
        last_message_at: board.last_message().map(utc),
        missing_seq: board.missing(),
        connections: connections.into_iter().map(wire).collect(),
    }
}

pub(crate) fn spool(status: SpoolStatus) -> SpoolHealth {
    SpoolHealth {
        state: status.state.as_str(),
        since: utc(status.since),
        entries: status.depth.entries,
        bytes: status.depth.bytes,
        max_bytes: status.max_bytes,
        oldest_received_at: status.depth.oldest.map(utc),
        drain_estimate_sec: status.drain_estimate.map(|estimate| estimate.as_secs()),
        last_error: status.last_error.map(|error| error.to_string()),
    }
}

pub(crate) fn storage(status: &StorageStatus) -> StorageHealth {
    StorageHealth {
        state: status.state().as_str(),
        weighed_at: utc(status.weighed_at),
        bytes: status.bytes,
        max_bytes: status.max_bytes,
        bytes_per_day: status.bytes_per_day,
        days_left: status.days_left,
        raw_from: status.raw_from.map(utc),
        hourly_from: status.hourly_from.map(utc),
    }
}

fn wire(connection: ConnectionStatus) -> ConnectionHealth {
    ConnectionHealth {
        client_id: connection.client_id.to_string(),
        state: connection.state.as_str(),
        since: utc(connection.since),
        session_present: connection.session_present,
        subscriptions: connection
            .subscriptions
            .into_iter()
            .map(|subscription| SubscriptionHealth {
                filter: subscription.filter.to_string(),
                state: subscription.state.to_string(),
            })
            .collect(),
        in_flight: connection.in_flight,
        window: connection.window,
        rate: connection.rate,
        rate_limit: connection.rate_limit,
        peak_rate_last_minute: connection.peak_of_minute,
        peak_rate_last_hour: connection.peak_of_hour,
        reconnects: connection.reconnects,
        received: connection.received,
        acknowledged: connection.acknowledged,
        resent: connection.resent,
        drain_estimate_sec: connection.drain_estimate.map(|left| left.as_secs()),
        last_error: connection.last_error.map(|error| error.to_string()),
    }
}
