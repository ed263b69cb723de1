//! `GET /metrics`: Prometheus text, or a short JSON for those who ask for it.

use crate::Api;
use crate::health::mqtt_state;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use vigia_contract::http::health::MetricsSummary;
use vigia_model::Timestamp;

const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The figures of the process.
pub(crate) async fn get_metrics(State(api): State<Api>, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("application/json") {
        Json(summary(&api)).into_response()
    } else {
        ([(header::CONTENT_TYPE, PROMETHEUS_TEXT)], (api.render_metrics)()).into_response()
    }
}

fn summary(api: &Api) -> MetricsSummary {
    let board = api.live.board();
    MetricsSummary {
        mqtt_messages_received: board.received(),
        mqtt_messages_processed: board.processed(),
        mqtt_messages_failed: board.failed(),
        ws_connections: board.ws_connections(),
        uptime: api.clock.now().millis_since(board.started_at()) / 1_000,
        last_message: board.last_message().map_or(0, Timestamp::as_millis),
        mqtt_connected: mqtt_state(&board.connections()) == "connected",
    }
}
