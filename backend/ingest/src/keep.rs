//! Keep: makes a batch safe, in Postgres or in the spool, and only then lets it be acknowledged.
//!
//! While anything waits in the spool, what comes goes behind it, so that the order stays. Postgres has [`PATIENCE`] to
//! take a batch; after that the batch waits on disk and the acknowledgements go out. When the disk takes nothing
//! either, no message is taken until one of the two does again.

use crate::acknowledge::Acknowledger;
use crate::batch::{Lane, OpenBatch};
use crate::commit::{Committer, NotCommitted};
use crate::delivery::Receipt;
use crate::spool::{SharedSpool, chain};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{Instrument as _, Span};
use vigia_store::batch::BatchMessage;

/// How long Postgres may take for a batch before it goes to the spool: longer than a quick restart, and far shorter
/// than the 30 s after which AWS IoT Core sends what is not acknowledged once more.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);
/// How often to try again when neither takes anything. After disk trouble the spool is read through at each try.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// The stage behind a lane of the batcher.
#[derive(Debug)]
pub(crate) struct Keeper {
    batches: mpsc::Receiver<OpenBatch>,
    done: mpsc::Sender<()>,
    committer: Committer,
    spool: SharedSpool,
    acknowledger: Acknowledger,
}

/// One for a batch, never for a message: what is asked of it is where its time goes.
fn span(batch: &OpenBatch) -> Span {
    tracing::debug_span!(
        parent: None,
        "batch",
        "batch.messages" = batch.messages.len(),
        "batch.samples" = batch.samples.len(),
        "batch.rejections" = batch.rejections.len(),
        "batch.unresolved" = batch.unresolved.len(),
    )
}

/// Which messages are safe, by what the broker calls them: for whoever looks for a single one.
fn tell(receipts: &[Receipt]) {
    tracing::debug!(messages = receipts.len(), "a batch is safe");
    for Receipt { connection, generation, packet_id, .. } in receipts {
        tracing::trace!(
            "mqtt.connection" = connection,
            "mqtt.generation" = generation,
            "mqtt.packet_id" = packet_id,
            "a message is safe"
        );
    }
}

impl Keeper {
    /// A keeper, and the lane that leads to it.
    pub(crate) fn behind(
        lane: fn(mpsc::Sender<OpenBatch>, mpsc::Receiver<()>) -> Lane,
        committer: &Committer,
        spool: &SharedSpool,
        acknowledger: &Acknowledger,
    ) -> (Self, Lane) {
        let (to_keeper, batches) = mpsc::channel(1);
        let (done, kept) = mpsc::channel(1);
        let keeper = Self {
            batches,
            done,
            committer: committer.clone(),
            spool: spool.clone(),
            acknowledger: acknowledger.clone(),
        };
        (keeper, lane(to_keeper, kept))
    }

    /// Runs until the batcher has ended and its last batch is acknowledged, or we are told to give up.
    pub(crate) async fn run(mut self) {
        while let Some(batch) = self.batches.recv().await {
            let messages = batch.messages.len();
            let span = span(&batch);
            if self.keep(batch).instrument(span).await.is_err() {
                tracing::warn!(
                    messages,
                    "stopped without database and spool: unacknowledged messages will come again"
                );
                return;
            }
            if self.done.send(()).await.is_err() {
                return;
            }
        }
    }

    async fn keep(&mut self, mut batch: OpenBatch) -> Result<(), NotCommitted> {
        let oldest = batch.messages.iter().map(|message| message.received_at).min();
        let count = batch.messages.len();
        let receipts = if self.spool.is_passed_by() && self.commit(&mut batch).await? {
            batch.into_messages().1
        } else {
            let (messages, receipts) = batch.into_messages();
            self.spool.give_way().await;
            self.keep_somewhere(&messages).instrument(tracing::debug_span!("spool")).await?;
            receipts
        };
        let now = self.committer.bench.clock.now();
        self.committer.bench.live.board().messages_processed(count.try_into().unwrap_or(u64::MAX));
        crate::metrics::acknowledged(count, oldest, now);
        tell(&receipts);
        self.acknowledger.acknowledge(receipts).await;
        Ok(())
    }

    /// Whether Postgres took the batch in time.
    async fn commit(&mut self, batch: &mut OpenBatch) -> Result<bool, NotCommitted> {
        self.committer.deadline = Some(Instant::now() + PATIENCE);
        match self.committer.commit(batch).await {
            Ok(()) => Ok(true),
            Err(NotCommitted::Away) => {
                let seconds = PATIENCE.as_secs();
                self.committer
                    .bench
                    .live
                    .board()
                    .database_down(&format!("it took no batch within {seconds} s"));
                Ok(false)
            }
            Err(NotCommitted::GaveUp) => Err(NotCommitted::GaveUp),
        }
    }

    /// Tries the spool, and Postgres if nothing waits there, until one of them takes the messages.
    async fn keep_somewhere(&mut self, messages: &[BatchMessage]) -> Result<(), NotCommitted> {
        let mut refused = false;
        loop {
            let Err(error) = self.spool.append(messages).await else {
                crate::metrics::spooled(messages.len());
                if refused {
                    tracing::info!("the spool takes messages again");
                }
                return Ok(());
            };
            if !std::mem::replace(&mut refused, true) {
                tracing::error!(error = chain(&error), "no more messages are taken: the spool refuses them");
            }
            tokio::select! {
                () = self.committer.give_up.cancelled() => return Err(NotCommitted::GaveUp),
                () = tokio::time::sleep(TRY_AGAIN) => {}
            }
            if self.spool.is_passed_by() {
                let mut batch = self.again(messages);
                if self.commit(&mut batch).await? {
                    self.spool.look_again();
                    return Ok(());
                }
            }
        }
    }

    /// A batch of messages of which the database may know some by now.
    fn again(&self, messages: &[BatchMessage]) -> OpenBatch {
        let mut batch = OpenBatch::default();
        self.committer.bench.work(|stage| {
            for message in messages {
                batch.add_again(message.clone(), stage);
            }
        });
        batch
    }
}
