//! Commit: resolves what is new and stores a batch in one transaction.
//!
//! If the database is away, it is tried again until patience ends. If a row is refused, the batch is cut in halves
//! until that row stands alone and is quarantined; the others are stored.

mod resolve;
mod suspects;
mod store;

use crate::batch::{OpenBatch, Workbench};
use crate::directory::Directory;
use crate::metrics::BatchFigures;
use std::collections::BTreeSet;
use std::sync::MutexGuard;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use vigia_store::batch::{GatewayRow, QuarantineLimits, RejectionRow};
use vigia_store::directory::Provisioning;
use vigia_store::partition::KnownPartitions;
use vigia_store::{Store, StoreError};

/// First and longest wait between attempts while the database is away.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// How long one attempt may take: longer than the server's own limit, so that only a connection gone silent meets it.
const ATTEMPT: Duration = Duration::from_secs(35);

/// Repeats a database operation while the database is away. (A macro, because a closure that borrows across an
/// await cannot yet be proven `Send`.)
macro_rules! while_away {
    ($committer:expr, $attempt:expr) => {{
        let mut pause = $crate::commit::RETRY.0;
        loop {
            // An attempt that hangs is given up too: dropping it closes its connection, and the server rolls back.
            let attempt = tokio::select! {
                attempt = tokio::time::timeout($crate::commit::ATTEMPT, $attempt) => {
                    attempt.unwrap_or_else(|_elapsed| Err(vigia_store::StoreError::Silent))
                }
                not_committed = $crate::commit::no_longer(&$committer.give_up, $committer.deadline) => return Err(not_committed),
            };
            if let Some(answer) = $committer.judge(attempt, &mut pause).await? {
                break answer;
            }
        }
    }};
}
use while_away;

use store::Stored;
pub(crate) use suspects::Suspects;

/// What turns a batch into rows of Postgres. One each for what comes, for what comes with new names, for what waited in
/// the spool, and for what is replayed.
#[derive(Debug, Clone)]
pub(crate) struct Committer {
    pub(crate) store: Store,
    pub(crate) bench: Workbench,
    pub(crate) provisioning: Provisioning,
    /// How much of what is refused is quarantined; `None` for messages that are already, of which it is only told.
    pub(crate) limits: Option<QuarantineLimits>,
    pub(crate) partitions: KnownPartitions,
    pub(crate) suspects: Suspects,
    /// Until when to try while the database is away; `None`: for ever.
    pub(crate) deadline: Option<Instant>,
    /// Cut short: stop trying while the database is away.
    pub(crate) give_up: CancellationToken,
}

/// Why a batch is not in Postgres. Some of it may be; storing it once more is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotCommitted {
    /// The database did not take it in time.
    Away,
    /// We were told to stop waiting.
    GaveUp,
}

impl Committer {
    /// Stores everything a batch means. When this returns `Ok`, all of it is durable.
    pub(crate) async fn commit(&mut self, batch: &mut OpenBatch) -> Result<(), NotCommitted> {
        let begin = Instant::now();
        let stored = self.make_durable(batch).await?;
        let failed: BTreeSet<usize> = batch.rejections.iter().map(|row| row.message).collect();
        for row in &batch.rejections {
            crate::metrics::rejected(row.rejection.reason);
            tell(batch, row);
        }
        let board = self.bench.live.board();
        board.messages_failed(failed.len().try_into().unwrap_or(u64::MAX));
        let figures = BatchFigures {
            messages: batch.messages.len(),
            stored: stored.stored,
            duplicates: stored.duplicates.len(),
            not_kept: batch.samples.iter().filter(|row| !row.mode.is_kept()).count(),
            took: begin.elapsed(),
            oldest_receipt: batch.messages.iter().map(|message| message.received_at).min(),
            newest_source: batch.samples.iter().map(|row| row.sample.ts).max(),
        };
        let now = self.bench.clock.now();
        if let Some(oldest) = figures.oldest_receipt {
            self.bench.live.board().set_lag_ms(now.millis_since(oldest));
        }
        crate::metrics::committed(figures, now);
        Ok(())
    }

    /// The same for messages that are quarantined already: they were counted when they came. Tells which of the batch's
    /// samples were there before.
    pub(crate) async fn commit_replayed(
        &mut self,
        batch: &mut OpenBatch,
    ) -> Result<Vec<usize>, NotCommitted> {
        let stored = self.make_durable(batch).await?;
        crate::metrics::stored_by_replay(stored.stored);
        Ok(stored.duplicates)
    }

    async fn make_durable(&mut self, batch: &mut OpenBatch) -> Result<Stored, NotCommitted> {
        let resolving = async {
            self.resolve(batch).await?;
            self.resolve_units(batch).await
        };
        resolving.instrument(tracing::debug_span!("resolve")).await?;
        let gateways = self.gateway_rows(batch);
        self.store_batch(batch, &gateways).instrument(tracing::debug_span!("store")).await
    }

    /// The newest picture of every gateway that spoke.
    fn gateway_rows(&self, batch: &OpenBatch) -> Vec<GatewayRow> {
        let mut directory = self.directory();
        batch
            .gateways
            .iter()
            .map(|((gateway, tenant), seen)| GatewayRow {
                gateway_id: *gateway,
                tenant_id: *tenant,
                health: directory.gateway_health(*gateway).clone(),
                seen: seen.clone(),
            })
            .collect()
    }

    fn directory(&self) -> MutexGuard<'_, Directory> {
        self.bench.directory()
    }

    /// Looks at the answer to one attempt: `Some` is an answer, or the refusal of a row; `None`, after a pause, means
    /// that the database is away or otherwise not itself, and the attempt is to be repeated.
    async fn judge<T: Send>(
        &self,
        attempt: Result<T, StoreError>,
        pause: &mut Duration,
    ) -> Result<Option<Result<T, StoreError>>, NotCommitted> {
        match attempt {
            Err(error) if !error.is_row_fault() => {
                let cause = error.database_message();
                tracing::warn!(error = %error, cause, "the database does not take this now; trying again");
                self.bench.live.board().database_down(&cause);
                self.bench.live.board().spool().held_up();
                crate::metrics::commit_failed("retry");
                tokio::select! {
                    not_committed = no_longer(&self.give_up, self.deadline) => return Err(not_committed),
                    () = tokio::time::sleep(*pause) => {}
                }
                *pause = (*pause * 2).min(RETRY.1);
                Ok(None)
            }
            answer => {
                self.bench.live.board().database_up();
                Ok(Some(answer))
            }
        }
    }
}

/// What was refused, and which message it was: by what the broker called it, unless it comes from the spool, and by topic and
/// receipt, as the quarantine shows it.
fn tell(batch: &OpenBatch, row: &RejectionRow) {
    let Some(message) = batch.messages.get(row.message) else { return };
    let receipt = batch.receipts.get(row.message);
    tracing::debug!(
        reason = row.rejection.reason.as_str(),
        detail = row.rejection.detail,
        sample = row.rejection.sample_index,
        topic = &*message.topic,
        received_at = message.received_at.as_millis(),
        "mqtt.connection" = receipt.map(|receipt| receipt.connection),
        "mqtt.generation" = receipt.map(|receipt| receipt.generation),
        "mqtt.packet_id" = receipt.map(|receipt| receipt.packet_id),
        "rejected"
    );
}

/// Comes when an attempt is not to be waited for any longer.
async fn no_longer(give_up: &CancellationToken, deadline: Option<Instant>) -> NotCommitted {
    let deadline = async {
        match deadline {
            Some(deadline) => tokio::time::sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = give_up.cancelled() => NotCommitted::GaveUp,
        () = deadline => NotCommitted::Away,
    }
}
