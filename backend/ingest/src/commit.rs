//! Commit: resolves what is new, stores a batch in one transaction, and only then lets it be acknowledged.
//!
//! If the database is away, it is tried again and nothing is acknowledged. If a row is refused, the batch is cut in
//! halves until that row stands alone and is quarantined; the others are stored.

mod resolve;
mod store;

use crate::acknowledge::Acknowledger;
use crate::batch::OpenBatch;
use crate::decide::Rules;
use crate::directory::Directory;
use crate::metrics::BatchFigures;
use arc_swap::ArcSwap;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vigia_live::Live;
use vigia_model::Clock;
use vigia_store::batch::{GatewayRow, QuarantineLimits};
use vigia_store::directory::Provisioning;
use vigia_store::partition::KnownPartitions;
use vigia_store::{Store, StoreError};

/// First and longest wait between attempts while the database is away.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// Repeats a database operation while the database is away. (A macro, because a closure that borrows across an
/// await cannot yet be proven `Send`.)
macro_rules! while_away {
    ($committer:expr, $attempt:expr) => {{
        let mut pause = $crate::commit::RETRY.0;
        loop {
            // An attempt that hangs is given up too: dropping it rolls back.
            let attempt = tokio::select! {
                attempt = $attempt => attempt,
                () = $committer.give_up.cancelled() => return Err($crate::commit::GaveUp),
            };
            if let Some(answer) = $committer.judge(attempt, &mut pause).await? {
                break answer;
            }
        }
    }};
}
use while_away;

/// The last stage.
#[derive(Debug)]
pub(crate) struct Committer {
    pub(crate) batches: mpsc::Receiver<OpenBatch>,
    pub(crate) done: mpsc::Sender<()>,
    pub(crate) store: Store,
    pub(crate) directory: Arc<Mutex<Directory>>,
    pub(crate) rules: Arc<ArcSwap<Rules>>,
    pub(crate) live: Live,
    pub(crate) clock: Clock,
    pub(crate) provisioning: Provisioning,
    pub(crate) limits: QuarantineLimits,
    pub(crate) partitions: KnownPartitions,
    pub(crate) acknowledger: Acknowledger,
    /// Cut short: stop trying while the database is away.
    pub(crate) give_up: CancellationToken,
}

/// The database stayed away until we were told to stop. What was not stored was not acknowledged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GaveUp;

impl Committer {
    /// Runs until the batcher has ended and its last batch is acknowledged.
    pub(crate) async fn run(mut self) {
        while let Some(batch) = self.batches.recv().await {
            let messages = batch.messages.len();
            if let Err(GaveUp) = self.process(batch).await {
                tracing::warn!(
                    messages,
                    "stopped without the database: unacknowledged messages will come again"
                );
                return;
            }
            if self.done.send(()).await.is_err() {
                return;
            }
        }
    }

    async fn process(&mut self, mut batch: OpenBatch) -> Result<(), GaveUp> {
        let begin = Instant::now();
        self.resolve(&mut batch).await?;
        self.resolve_units(&mut batch).await?;
        let gateways = self.gateway_rows(&batch);
        let stored = self.store_batch(&mut batch, &gateways).await?;

        let failed: BTreeSet<usize> = batch.rejections.iter().map(|row| row.message).collect();
        for row in &batch.rejections {
            crate::metrics::rejected(row.rejection.reason);
        }
        let board = self.live.board();
        board.messages_failed(failed.len().try_into().unwrap_or(u64::MAX));
        board.messages_processed(batch.messages.len().try_into().unwrap_or(u64::MAX));
        let figures = BatchFigures {
            messages: batch.messages.len(),
            stored: stored.stored,
            duplicates: stored.duplicates,
            not_kept: batch.samples.iter().filter(|row| !row.mode.is_kept()).count(),
            took: begin.elapsed(),
            oldest_receipt: batch.messages.iter().map(|message| message.received_at).min(),
        };
        crate::metrics::committed(figures, self.clock.now());
        self.acknowledger.acknowledge(batch.receipts).await;
        Ok(())
    }

    /// The newest picture of every gateway that spoke.
    fn gateway_rows(&self, batch: &OpenBatch) -> Vec<GatewayRow> {
        let mut directory = self.directory();
        batch
            .gateways
            .iter()
            .map(|(gateway, seen)| GatewayRow {
                gateway_id: *gateway,
                health: directory.gateway_health(*gateway).clone(),
                seen: seen.clone(),
            })
            .collect()
    }

    fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the answer to one attempt: `Some` is an answer, or the refusal of a row; `None`, after a pause, means
    /// that the database is away or otherwise not itself, and the attempt is to be repeated.
    async fn judge<T: Send>(
        &self,
        attempt: Result<T, StoreError>,
        pause: &mut Duration,
    ) -> Result<Option<Result<T, StoreError>>, GaveUp> {
        match attempt {
            Err(error) if !error.is_row_fault() => {
                let cause = error.database_message();
                tracing::warn!(error = %error, cause, "the database does not take this now; trying again");
                self.live.board().database_down(&cause);
                crate::metrics::commit_failed("retry");
                tokio::select! {
                    () = self.give_up.cancelled() => return Err(GaveUp),
                    () = tokio::time::sleep(*pause) => {}
                }
                *pause = (*pause * 2).min(RETRY.1);
                Ok(None)
            }
            answer => {
                self.live.board().database_up();
                Ok(Some(answer))
            }
        }
    }
}
