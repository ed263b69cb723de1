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

/// The figures in the form asked for.
#[derive(Debug)]
pub(crate) enum Metrics {
    Prometheus(String),
    Summary(MetricsSummary),
}

impl IntoResponse for Metrics {
    fn into_response(self) -> Response {
        match self {
            Self::Prometheus(text) => ([(header::CONTENT_TYPE, PROMETHEUS_TEXT)], text).into_response(),
            Self::Summary(summary) => Json(summary).into_response(),
        }
    }
}

/// The figures of the process.
pub(crate) async fn get_metrics(State(api): State<Api>, headers: HeaderMap) -> Metrics {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("application/json") {
        Metrics::Summary(summary(&api))
    } else {
        Metrics::Prometheus((api.render_metrics)())
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
