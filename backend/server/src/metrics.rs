//! The process's metrics: the exporter, and what is read from the status board at each scrape.

#![expect(clippy::disallowed_macros, reason = "this is where the names live")]
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "metrics are floats")]

use ::metrics::{counter, describe_counter, describe_gauge, gauge};
use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use vigia_live::Live;
use vigia_live::board::Role;
use vigia_model::Clock;

/// From a commit on an idle machine to a database in trouble, in seconds.
const SECONDS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
const MESSAGES: [f64; 10] = [1.0, 5.0, 10.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0];

/// Starts collecting for the whole process.
///
/// # Errors
/// When it was started before.
pub(crate) fn start() -> anyhow::Result<PrometheusHandle> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Suffix("_messages".to_owned()), &MESSAGES)
        })
        .context("cannot set up the metrics")?
        .build_recorder();
    let handle = recorder.handle();
    ::metrics::set_global_recorder(recorder).context("cannot start the metrics")?;
    describe_gauge!("vigia_info", "Always 1; the version is a label");
    describe_gauge!("vigia_start_time_seconds", "When the process started, Unix time");
    describe_gauge!("vigia_database_up", "1 while the database answers");
    describe_gauge!("vigia_ingest_active", "1 in the process that ingests, 0 in a standby");
    describe_gauge!("vigia_websocket_connections", "Open WebSockets");
    describe_gauge!("vigia_mqtt_subscribed", "1 while the connection is subscribed");
    describe_gauge!(
        "vigia_mqtt_in_flight_messages",
        "Messages received and not yet acknowledged; AWS IoT Core allows 100"
    );
    describe_counter!("vigia_mqtt_received_total", "Messages received by connection");
    describe_counter!("vigia_mqtt_reconnects_total", "Times the connection was made again");
    vigia_ingest::describe();
    Ok(handle)
}

/// The whole exposition, with the board's figures as they are now.
pub(crate) fn render(handle: &PrometheusHandle, live: &Live, clock: &Clock) -> String {
    let board = live.board();
    gauge!("vigia_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    gauge!("vigia_start_time_seconds").set(board.started_at().as_millis() as f64 / 1_000.0);
    gauge!("vigia_uptime_seconds").set(clock.now().millis_since(board.started_at()) as f64 / 1_000.0);
    gauge!("vigia_database_up").set(f64::from(u8::from(board.database().up)));
    gauge!("vigia_ingest_active").set(f64::from(u8::from(board.role() == Role::Active)));
    gauge!("vigia_websocket_connections").set(board.ws_connections() as f64);
    for connection in board.connections() {
        let client = connection.client_id.to_string();
        let subscribed = connection.state == vigia_live::board::ConnectionState::Subscribed;
        gauge!("vigia_mqtt_subscribed", "client_id" => client.clone()).set(f64::from(u8::from(subscribed)));
        gauge!("vigia_mqtt_in_flight_messages", "client_id" => client.clone())
            .set(f64::from(connection.in_flight));
        counter!("vigia_mqtt_received_total", "client_id" => client.clone()).absolute(connection.received);
        counter!("vigia_mqtt_reconnects_total", "client_id" => client).absolute(connection.reconnects);
    }
    handle.render()
}
