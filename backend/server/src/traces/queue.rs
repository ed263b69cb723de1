//! Between the spans and the collector: a bounded queue that nobody waits for, and one task that exports from it.

use crate::metrics;
use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter, SpanProcessor};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Spans that wait: of some hundred bytes each, so a few MiB at the most.
const QUEUE: usize = 4_096;
/// Spans exported together.
const BATCH: usize = 512;
/// The longest a span waits for others.
const GATHER: Duration = Duration::from_secs(2);

/// The near end.
#[derive(Debug)]
pub(super) struct Queue(mpsc::Sender<SpanData>);

/// The task at the far end.
#[derive(Debug)]
pub(super) struct Exporting {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Queue {
    /// A queue, and the task that exports what comes into it.
    pub(super) fn to(exporter: impl SpanExporter + 'static, patience: Duration) -> (Self, Exporting) {
        let (sender, spans) = mpsc::channel(QUEUE);
        let exporting = Exporting { tasks: TaskTracker::new(), stop: CancellationToken::new() };
        exporting.tasks.spawn(export(spans, exporter, patience, exporting.stop.clone()));
        (Self(sender), exporting)
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.0.try_send(span).is_err() {
            metrics::spans_dropped("queue_full", 1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl Exporting {
    /// Lets what waits be exported, and goes when that takes too long.
    pub(super) async fn end(self, patience: Duration) {
        self.stop.cancel();
        self.tasks.close();
        if timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::debug!("the last spans were not exported in time");
        }
    }
}

async fn export(
    mut spans: mpsc::Receiver<SpanData>,
    exporter: impl SpanExporter,
    patience: Duration,
    stop: CancellationToken,
) {
    let mut is_away = false;
    while let Some(batch) = gather(&mut spans, &stop).await {
        let count = batch.len();
        // Longer than the exporter's own, which ends first.
        let outcome = timeout(patience * 2, exporter.export(batch)).await;
        let error = match outcome {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_elapsed) => Some("no answer".to_owned()),
        };
        match error {
            None => {
                metrics::spans_exported(count);
                if std::mem::take(&mut is_away) {
                    tracing::info!("traces are exported again");
                }
            }
            Some(cause) => {
                metrics::spans_dropped("export_failed", count);
                if !std::mem::replace(&mut is_away, true) {
                    tracing::warn!(cause, "traces cannot be exported now; they are dropped and counted");
                }
            }
        }
    }
}

/// The next spans to export: as many as go together, or what came within a while. `None` after the last.
async fn gather(spans: &mut mpsc::Receiver<SpanData>, stop: &CancellationToken) -> Option<Vec<SpanData>> {
    let mut batch = Vec::new();
    let mut until = None;
    loop {
        let room = BATCH - batch.len();
        let due = until.unwrap_or_else(|| Instant::now() + GATHER);
        tokio::select! {
            biased;
            () = stop.cancelled(), if !spans.is_closed() => spans.close(),
            taken = spans.recv_many(&mut batch, room) => {
                if taken == 0 {
                    return (!batch.is_empty()).then_some(batch);
                }
                until.get_or_insert(due);
            }
            () = sleep_until(due), if until.is_some() => return Some(batch),
        }
        if batch.len() >= BATCH {
            return Some(batch);
        }
    }
}
