//! The process's metrics: the exporter, and what is read from the status board at each scrape.

#![expect(clippy::disallowed_macros, reason = "this is where the names live")]
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "metrics are floats")]

mod disk;
mod process;

use crate::version;
use ::metrics::{counter, describe_counter, describe_gauge, gauge};
use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use vigia_live::Live;
use vigia_live::board::{
    BackupStatus, CertificateKind, CertificateStatus, ConnectionState, ConnectionStatus, Role, StorageStatus,
};
use vigia_model::{Clock, Timestamp};

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
    describe_gauge!("vigia_info", "Always 1; version and commit are labels");
    describe_gauge!("vigia_start_time_seconds", "When the process started, Unix time");
    describe_gauge!("vigia_uptime_seconds", "Seconds since the process started");
    describe_gauge!("vigia_database_up", "1 while the database answers");
    describe_gauge!("vigia_ingest_active", "1 in the process that ingests, 0 in a standby");
    describe_gauge!(
        "vigia_mqtt_missing_messages",
        "Messages of all gateways that were sent and never arrived, by their own count; as of the last half minute"
    );
    describe_gauge!("vigia_spool_entries", "Messages waiting in the spool");
    describe_gauge!("vigia_spool_bytes", "What they count against the spool's limit");
    describe_gauge!("vigia_spool_max_bytes", "The spool's limit");
    describe_gauge!("vigia_spool_oldest_age_seconds", "Age of the message that waits longest, 0 for none");
    describe_gauge!(
        "vigia_spool_refusing",
        "1 while the spool is full or its disk fails: no message is taken"
    );
    describe_gauge!("vigia_disk_free_bytes", "What is free on the disk of the spool");
    describe_gauge!("vigia_disk_size_bytes", "How large that disk is");
    describe_gauge!("vigia_storage_bytes", "What the database takes, as it counts against the budget");
    describe_gauge!("vigia_storage_budget_bytes", "What it may take, 0 for whatever it likes");
    describe_gauge!("vigia_storage_growth_bytes_per_day", "What the last day added");
    describe_gauge!(
        "vigia_storage_days_left",
        "Days until it takes its budget, if each adds as much; +Inf for never"
    );
    describe_gauge!(
        "vigia_certificate_expiry_timestamp_seconds",
        "When the first certificate of this kind ends, Unix time"
    );
    describe_gauge!(
        "vigia_certificate_rotation_stuck",
        "1 while certificate files that were replaced do not come into use by themselves"
    );
    describe_gauge!(
        "vigia_backup_first_success_timestamp_seconds",
        "When the oldest good backup on the books ended, Unix time, 0 for never; by repository"
    );
    describe_gauge!(
        "vigia_backup_last_success_timestamp_seconds",
        "When the last good backup ended, Unix time, 0 for never; by repository"
    );
    describe_gauge!(
        "vigia_backup_last_verified_timestamp_seconds",
        "When a backup was last restored and compared, Unix time, 0 for never; by repository"
    );
    describe_gauge!("vigia_backup_last_bytes", "What the last good backup took in the repository");
    describe_gauge!("vigia_backup_failing", "1 while the last backup or the last verification failed");
    describe_gauge!(
        "vigia_archive_last_success_timestamp_seconds",
        "When Postgres last archived a WAL file, Unix time, 0 for never"
    );
    describe_gauge!(
        "vigia_archive_last_failure_timestamp_seconds",
        "When archiving one last failed, Unix time, 0 for never"
    );
    describe_gauge!("vigia_websocket_connections", "Open WebSockets");
    describe_gauge!("vigia_mqtt_subscribed", "1 while the connection is subscribed");
    describe_gauge!(
        "vigia_mqtt_in_flight_messages",
        "Messages received and not yet acknowledged; AWS IoT Core allows 100"
    );
    describe_gauge!("vigia_mqtt_window_messages", "Messages the broker may send before one is acknowledged");
    describe_gauge!("vigia_mqtt_messages_per_second", "Messages in the last full second");
    describe_gauge!(
        "vigia_mqtt_limit_messages_per_second",
        "Messages a second above which AWS IoT Core throws them away"
    );
    describe_gauge!(
        "vigia_mqtt_session_present",
        "1 if the broker still had the session at the last CONNACK"
    );
    describe_gauge!("vigia_mqtt_state_since_seconds", "When the connection came to its state, Unix time");
    describe_gauge!("vigia_mqtt_subscriptions", "Filters of the connection by state");
    describe_gauge!(
        "vigia_mqtt_drain_estimate_seconds",
        "About how long the messages that gathered during the last break will take; 0 while there are none"
    );
    describe_counter!(
        "vigia_quarantine_expired_messages_total",
        "Quarantined messages this process dropped for their age or for want of room"
    );
    counter!("vigia_quarantine_expired_messages_total").absolute(0);
    describe_counter!("vigia_mqtt_received_total", "Messages received by connection");
    describe_counter!("vigia_mqtt_acknowledged_total", "Messages acknowledged by connection");
    describe_counter!("vigia_mqtt_resent_total", "Messages a broker sent twice inside one connection");
    describe_counter!("vigia_mqtt_reconnects_total", "Times the connection was made again");
    describe_gauge!("vigia_websocket_max_connections", "How many there may be");
    describe_gauge!("process_resident_memory_bytes", "Memory the process occupies");
    describe_gauge!("process_open_fds", "Files and connections the process has open");
    describe_counter!("vigia_trace_spans_exported_total", "Spans the collector took");
    describe_counter!("vigia_trace_spans_dropped_total", "Spans dropped because nobody took them");
    counter!("vigia_trace_spans_exported_total").absolute(0);
    for cause in ["queue_full", "export_failed"] {
        counter!("vigia_trace_spans_dropped_total", "cause" => cause).absolute(0);
    }
    vigia_ingest::describe();
    Ok(handle)
}

/// Quarantined messages were dropped.
pub(crate) fn expired(messages: u64) {
    counter!("vigia_quarantine_expired_messages_total").increment(messages);
}

/// How many live feeds may be open.
pub(crate) fn limit(websockets: u32) {
    gauge!("vigia_websocket_max_connections").set(websockets);
}

/// A collector took spans.
pub(crate) fn spans_exported(spans: usize) {
    counter!("vigia_trace_spans_exported_total").increment(spans as u64);
}

/// Spans were dropped.
pub(crate) fn spans_dropped(cause: &'static str, spans: usize) {
    counter!("vigia_trace_spans_dropped_total", "cause" => cause).increment(spans as u64);
}

/// The whole exposition, with the board's figures as they are now.
/// `spool_dir` is where messages wait: of that disk it is told how much is free.
pub(crate) fn render(handle: &PrometheusHandle, live: &Live, clock: &Clock, spool_dir: &Path) -> String {
    let board = live.board();
    gauge!("vigia_info", "version" => version::VERSION, "commit" => version::COMMIT).set(1.0);
    gauge!("vigia_start_time_seconds").set(board.started_at().as_millis() as f64 / 1_000.0);
    gauge!("vigia_uptime_seconds").set(clock.now().millis_since(board.started_at()) as f64 / 1_000.0);
    gauge!("vigia_database_up").set(f64::from(u8::from(board.database().up)));
    gauge!("vigia_ingest_active").set(f64::from(u8::from(board.role() == Role::Active)));
    gauge!("vigia_websocket_connections").set(board.ws_connections() as f64);
    gauge!("vigia_mqtt_missing_messages").set(board.missing() as f64);
    let spool = board.spool().status();
    let oldest_ms = spool.depth.oldest.map_or(0, |oldest| clock.now().millis_since(oldest));
    gauge!("vigia_spool_entries").set(spool.depth.entries as f64);
    gauge!("vigia_spool_bytes").set(spool.depth.bytes as f64);
    gauge!("vigia_spool_max_bytes").set(spool.max_bytes as f64);
    gauge!("vigia_spool_oldest_age_seconds").set(oldest_ms as f64 / 1_000.0);
    gauge!("vigia_spool_refusing").set(f64::from(u8::from(spool.state.is_stuck())));
    if let Some(room) = disk::room(spool_dir) {
        gauge!("vigia_disk_free_bytes").set(room.free);
        gauge!("vigia_disk_size_bytes").set(room.size);
    }
    show_storage(board.storage().as_deref().unwrap_or(&StorageStatus::default()));
    show_certificates(&board.certificates());
    let is_stuck = board.rotation().is_stuck(clock.now());
    gauge!("vigia_certificate_rotation_stuck").set(f64::from(u8::from(is_stuck)));
    if let Some(backup) = board.backup() {
        show_backup(&backup);
    }
    for connection in board.connections() {
        show_connection(&connection);
    }
    let processor_time = show_process();
    handle.render() + &processor_time
}

/// Shows the process, and gives its processor time as text: the exporter counts in whole numbers, and that is none.
fn show_process() -> String {
    let figures = process::figures();
    if let Some(bytes) = figures.resident_bytes {
        gauge!("process_resident_memory_bytes").set(bytes);
    }
    if let Some(files) = figures.open_files {
        gauge!("process_open_fds").set(files as f64);
    }
    figures.cpu_seconds.map_or_else(String::new, |seconds| {
        format!(
            "# HELP process_cpu_seconds_total Processor time the process took\n# TYPE process_cpu_seconds_total counter\n\
             process_cpu_seconds_total {seconds}\n"
        )
    })
}

fn show_storage(storage: &StorageStatus) {
    gauge!("vigia_storage_bytes").set(storage.bytes as f64);
    gauge!("vigia_storage_budget_bytes").set(storage.max_bytes.unwrap_or(0) as f64);
    gauge!("vigia_storage_growth_bytes_per_day").set(storage.bytes_per_day as f64);
    gauge!("vigia_storage_days_left").set(storage.days_left.map_or(f64::INFINITY, |days| days as f64));
}

/// Kinds of certificates that were shown, and repositories: the exporter forgets no gauge, and the last figures of what is gone
/// would stay for ever. No alert compares with `NaN`.
static KINDS: Mutex<BTreeSet<CertificateKind>> = Mutex::new(BTreeSet::new());
static SHOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn show_certificates(certificates: &[CertificateStatus]) {
    let mut shown = KINDS.lock().unwrap_or_else(PoisonError::into_inner);
    for kind in CertificateKind::ALL {
        let ends = certificates.iter().filter(|one| one.kind == kind).map(|one| one.certificate.not_after);
        let first = ends.min();
        if first.is_some() {
            shown.insert(kind);
        } else if !shown.contains(&kind) {
            continue;
        }
        gauge!("vigia_certificate_expiry_timestamp_seconds", "kind" => kind.as_str())
            .set(first.map_or(f64::NAN, |at| at.as_millis() as f64 / 1_000.0));
    }
}

fn show_backup(backup: &BackupStatus) {
    let seconds = |at: Option<Timestamp>| at.map_or(0.0, |at| at.as_millis() as f64 / 1_000.0);
    let show = |repository: &str, figures: [f64; 5]| {
        let names = [
            "vigia_backup_first_success_timestamp_seconds",
            "vigia_backup_last_success_timestamp_seconds",
            "vigia_backup_last_verified_timestamp_seconds",
            "vigia_backup_last_bytes",
            "vigia_backup_failing",
        ];
        for (name, value) in names.into_iter().zip(figures) {
            gauge!(name, "repository" => repository.to_owned()).set(value);
        }
    };
    for one in &backup.repositories {
        let figures = [
            seconds(one.first_success_at),
            seconds(one.last_success_at),
            seconds(one.last_verified_at),
            one.last_bytes.unwrap_or(0) as f64,
            f64::from(u8::from(one.error().is_some())),
        ];
        show(&one.repository, figures);
    }
    let now: BTreeSet<String> = backup.repositories.iter().map(|one| one.repository.clone()).collect();
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    for gone in shown.difference(&now) {
        show(gone, [f64::NAN; 5]);
    }
    shown.extend(now);
    drop(shown);
    let (archived, failed) =
        backup.archiving.map_or((None, None), |it| (it.last_success_at, it.last_failure_at));
    gauge!("vigia_archive_last_success_timestamp_seconds").set(seconds(archived));
    gauge!("vigia_archive_last_failure_timestamp_seconds").set(seconds(failed));
}

fn show_connection(connection: &ConnectionStatus) {
    let client = connection.client_id.to_string();
    let show = |name: &'static str, value: f64| gauge!(name, "client_id" => client.clone()).set(value);
    let count =
        |name: &'static str, value: u64| counter!(name, "client_id" => client.clone()).absolute(value);
    show("vigia_mqtt_subscribed", f64::from(u8::from(connection.state == ConnectionState::Subscribed)));
    show("vigia_mqtt_state_since_seconds", connection.since.as_millis() as f64 / 1_000.0);
    show("vigia_mqtt_session_present", f64::from(u8::from(connection.session_present == Some(true))));
    show("vigia_mqtt_in_flight_messages", f64::from(connection.in_flight));
    show("vigia_mqtt_window_messages", f64::from(connection.window));
    show("vigia_mqtt_messages_per_second", f64::from(connection.rate));
    show("vigia_mqtt_limit_messages_per_second", f64::from(connection.rate_limit));
    let drain_estimate = connection.drain_estimate.unwrap_or_default();
    show("vigia_mqtt_drain_estimate_seconds", drain_estimate.as_secs_f64());
    for state in ["pending", "granted", "refused"] {
        let filters = connection.subscriptions.iter().filter(|one| one.state.as_str() == state).count();
        gauge!("vigia_mqtt_subscriptions", "client_id" => client.clone(), "state" => state)
            .set(filters as f64);
    }
    count("vigia_mqtt_received_total", connection.received);
    count("vigia_mqtt_acknowledged_total", connection.acknowledged);
    count("vigia_mqtt_resent_total", connection.resent);
    count("vigia_mqtt_reconnects_total", connection.reconnects);
}

#[cfg(test)]
mod tests;
