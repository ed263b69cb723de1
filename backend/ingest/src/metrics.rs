//! The pipeline's metrics: every name in one place, with what it means.

#![expect(clippy::disallowed_macros, reason = "this is where the names live")]
#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "metrics are floats")]

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use std::time::Duration;
use vigia_model::{RejectReason, ReplayOutcome, Timestamp};
use vigia_store::packing::PackedLot;
use vigia_store::retention::History;

/// Registers every metric, at zero where it counts, so that a scrape shows them before the first event.
pub fn describe() {
    describe_counter!("vigia_messages_received_total", "Messages taken from the broker");
    describe_counter!(
        "vigia_messages_acknowledged_total",
        "Messages acknowledged to the broker once durable"
    );
    describe_counter!("vigia_messages_committed_total", "Messages of which all is committed to Postgres");
    describe_counter!("vigia_spool_written_messages_total", "Messages written to the spool");
    describe_counter!("vigia_spool_drained_messages_total", "Messages of the spool that were committed");
    describe_counter!("vigia_samples_stored_total", "Samples committed that were not stored before");
    describe_counter!("vigia_samples_duplicate_total", "Samples that were stored already, saying the same");
    describe_counter!(
        "vigia_samples_not_kept_total",
        "Samples whose rule keeps nothing of them but the live state"
    );
    describe_counter!("vigia_rejections_total", "Messages and samples quarantined, by reason");
    describe_counter!(
        "vigia_rejections_replayed_total",
        "Entries of the quarantine that were replayed, by what came of it"
    );
    describe_counter!("vigia_mqtt_connections_lost_total", "Broker connections that failed or were lost");
    describe_counter!("vigia_mqtt_stale_acks_total", "Acks not sent because their connection was gone");
    describe_counter!(
        "vigia_mqtt_qos0_dropped_total",
        "QoS 0 messages dropped because the pipeline was full"
    );
    describe_counter!(
        "vigia_certificate_rotations_total",
        "Tries of replaced certificate files: succeeded, once for each set of files, or failed"
    );
    describe_counter!("vigia_commit_failures_total", "Commits that failed, by what follows: retry or split");
    describe_counter!("vigia_packed_samples_total", "Samples packed, those included that came late");
    describe_counter!("vigia_packed_rows_total", "Packed rows written, of hours and of days");
    describe_gauge!(
        "vigia_packing_due_hours",
        "Hours with samples still to be packed, those that wait for the end of their day included"
    );
    describe_histogram!("vigia_pack_seconds", "Time it takes to pack one lot of samples");
    describe_counter!("vigia_storage_dropped_bytes_total", "What partitions took that were dropped");
    describe_counter!(
        "vigia_storage_deleted_rows_total",
        "Rows deleted because they were too old, or for want of room, where their partition stays"
    );
    describe_histogram!("vigia_commit_seconds", "Time a batch takes from its begin to durable");
    describe_histogram!("vigia_batch_messages", "Messages in a batch");
    describe_histogram!(
        "vigia_acknowledge_lag_seconds",
        "Receipt of a batch's oldest message to durable, in Postgres or in the spool"
    );
    describe_histogram!("vigia_receipt_lag_seconds", "Receipt of a batch's oldest message to committed");
    describe_histogram!(
        "vigia_source_lag_seconds",
        "Source time of a batch's newest sample to its commit; large while old buffers are replayed"
    );
    for name in [
        "vigia_messages_received_total",
        "vigia_messages_acknowledged_total",
        "vigia_messages_committed_total",
        "vigia_spool_written_messages_total",
        "vigia_spool_drained_messages_total",
        "vigia_samples_stored_total",
        "vigia_samples_duplicate_total",
        "vigia_samples_not_kept_total",
        "vigia_packed_samples_total",
        "vigia_packed_rows_total",
        "vigia_storage_dropped_bytes_total",
        "vigia_mqtt_connections_lost_total",
        "vigia_mqtt_stale_acks_total",
        "vigia_mqtt_qos0_dropped_total",
    ] {
        counter!(name).absolute(0);
    }
    for reason in RejectReason::ALL {
        counter!("vigia_rejections_total", "reason" => reason.as_str()).absolute(0);
    }
    for outcome in ReplayOutcome::ALL {
        counter!("vigia_rejections_replayed_total", "outcome" => outcome.as_str()).absolute(0);
    }
    for history in [History::Samples, History::Packed, History::Hourly] {
        counter!("vigia_storage_deleted_rows_total", "table" => history.table()).absolute(0);
    }
    for outcome in ["succeeded", "failed"] {
        counter!("vigia_certificate_rotations_total", "outcome" => outcome).absolute(0);
    }
    for then in ["retry", "split"] {
        counter!("vigia_commit_failures_total", "then" => then).absolute(0);
    }
}

pub(crate) fn received(messages: u64) {
    counter!("vigia_messages_received_total").increment(messages);
}

pub(crate) fn rejected(reason: RejectReason) {
    counter!("vigia_rejections_total", "reason" => reason.as_str()).increment(1);
}

pub(crate) fn replayed(outcome: ReplayOutcome, entries: u64) {
    counter!("vigia_rejections_replayed_total", "outcome" => outcome.as_str()).increment(entries);
}

/// Samples of quarantined messages that a replay has stored. Nothing else of a replay counts as traffic.
pub(crate) fn stored_by_replay(samples: usize) {
    counter!("vigia_samples_stored_total").increment(samples as u64);
}

pub(crate) fn packed(lot: PackedLot, took: Duration) {
    counter!("vigia_packed_samples_total").increment(lot.samples as u64);
    counter!("vigia_packed_rows_total").increment(lot.rows as u64);
    histogram!("vigia_pack_seconds").record(took.as_secs_f64());
}

pub(crate) fn packing_due(hours: i64) {
    gauge!("vigia_packing_due_hours").set(hours as f64);
}

/// A partition was dropped.
pub(crate) fn dropped(bytes: i64) {
    counter!("vigia_storage_dropped_bytes_total").increment(u64::try_from(bytes).unwrap_or(0));
}

/// Rows that were too old were deleted where their partition stays.
pub(crate) fn thinned_out(history: History, rows: u64) {
    counter!("vigia_storage_deleted_rows_total", "table" => history.table()).increment(rows);
}

pub(crate) fn connection_lost() {
    counter!("vigia_mqtt_connections_lost_total").increment(1);
}

/// Replaced certificate files were tried.
pub(crate) fn rotated(outcome: &'static str) {
    counter!("vigia_certificate_rotations_total", "outcome" => outcome).increment(1);
}

pub(crate) fn stale_acks(acks: usize) {
    counter!("vigia_mqtt_stale_acks_total").increment(acks as u64);
}

pub(crate) fn dropped_qos0() {
    counter!("vigia_mqtt_qos0_dropped_total").increment(1);
}

pub(crate) fn commit_failed(then: &'static str) {
    counter!("vigia_commit_failures_total", "then" => then).increment(1);
}

pub(crate) fn spooled(messages: usize) {
    counter!("vigia_spool_written_messages_total").increment(messages as u64);
}

pub(crate) fn drained(messages: usize) {
    counter!("vigia_spool_drained_messages_total").increment(messages as u64);
}

/// Messages that are safe, in Postgres or in the spool, and so are acknowledged.
pub(crate) fn acknowledged(messages: usize, oldest_receipt: Option<Timestamp>, now: Timestamp) {
    counter!("vigia_messages_acknowledged_total").increment(messages as u64);
    if let Some(oldest) = oldest_receipt {
        histogram!("vigia_acknowledge_lag_seconds").record(seconds(now, oldest));
    }
}

/// What one batch came to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BatchFigures {
    pub(crate) messages: usize,
    pub(crate) stored: usize,
    pub(crate) duplicates: usize,
    pub(crate) not_kept: usize,
    pub(crate) took: Duration,
    pub(crate) oldest_receipt: Option<Timestamp>,
    pub(crate) newest_source: Option<Timestamp>,
}

pub(crate) fn committed(figures: BatchFigures, now: Timestamp) {
    counter!("vigia_messages_committed_total").increment(figures.messages as u64);
    counter!("vigia_samples_stored_total").increment(figures.stored as u64);
    counter!("vigia_samples_duplicate_total").increment(figures.duplicates as u64);
    counter!("vigia_samples_not_kept_total").increment(figures.not_kept as u64);
    histogram!("vigia_batch_messages").record(figures.messages as f64);
    histogram!("vigia_commit_seconds").record(figures.took.as_secs_f64());
    if let Some(oldest) = figures.oldest_receipt {
        histogram!("vigia_receipt_lag_seconds").record(seconds(now, oldest));
    }
    if let Some(newest) = figures.newest_source {
        histogram!("vigia_source_lag_seconds").record(seconds(now, newest).max(0.0));
    }
}

fn seconds(now: Timestamp, then: Timestamp) -> f64 {
    now.millis_since(then) as f64 / 1_000.0
}
