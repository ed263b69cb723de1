//! `GET /health` and `GET /health/ready`.

use crate::Api;
use crate::convert::utc;
use crate::error::ApiError;
use axum::Json;
use axum::extract::State;
use vigia_contract::http::health::{ConnectionHealth, DatabaseHealth, Health, MqttHealth, Ready};
use vigia_live::board::{ConnectionState, ConnectionStatus};

/// How the process is doing; answered as long as it lives.
pub(crate) async fn get_health(State(api): State<Api>) -> Json<Health> {
    let board = api.live.board();
    let database = board.database();
    let connections = board.connections();
    Json(Health {
        status: if board.not_ready().is_empty() { "ok" } else { "degraded" },
        version: api.settings.version.clone(),
        started_at: utc(board.started_at()),
        uptime_sec: api.clock.now().millis_since(board.started_at()) / 1_000,
        role: board.role().as_str(),
        mqtt: MqttHealth {
            state: mqtt_state(&connections),
            last_message_at: board.last_message().map(utc),
            connections: connections.into_iter().map(wire).collect(),
        },
        database: DatabaseHealth {
            state: if database.up { "up" } else { "down" },
            since: utc(database.since),
            last_error: database.last_error.map(|error| error.to_string()),
        },
    })
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

fn wire(connection: ConnectionStatus) -> ConnectionHealth {
    ConnectionHealth {
        client_id: connection.client_id.to_string(),
        state: connection.state.as_str(),
        since: utc(connection.since),
        in_flight: connection.in_flight,
        reconnects: connection.reconnects,
        received: connection.received,
        last_error: connection.last_error.map(|error| error.to_string()),
    }
}
