//! Drain: what waited in the spool goes through the same stages as if it came now, with its receipt as the clock, and
//! leaves the spool only when it is committed.
//!
//! A process that stands by drains too: what it once acknowledged must not wait until it is needed again. Two writers
//! on one database are safe, for every commit is idempotent; the one that ingests is told, for its live state.

use crate::batch::OpenBatch;
use crate::commit::{Committer, NotCommitted};
use crate::delivery::MAX_MESSAGES;
use crate::spool::{SharedSpool, chain};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use vigia_live::board::Role;
use vigia_spool::Sequence;
use vigia_store::batch::BatchMessage;

/// Bytes read from the spool at once.
const CHUNK_BYTES: usize = 8 * 1024 * 1024;
/// How long to wait after the disk refused to be read.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// The way out of the spool.
#[derive(Debug)]
pub(crate) struct Drainer {
    pub(crate) spool: SharedSpool,
    /// Tries for as long as it takes.
    pub(crate) committer: Committer,
    /// Held while a chunk is written: what is known of names is not forgotten under it.
    pub(crate) writing: Arc<tokio::sync::Mutex<()>>,
    /// Stop at once: what is under way is rolled back, and is still in the spool.
    pub(crate) stop: CancellationToken,
}

impl Drainer {
    /// Runs until stopped.
    pub(crate) async fn run(mut self) {
        loop {
            let front = tokio::select! {
                () = self.stop.cancelled() => return,
                front = self.spool.front(MAX_MESSAGES, CHUNK_BYTES) => front,
            };
            let drained = match front {
                Ok(chunk) => self.drain(chunk).await,
                Err(error) => Err(chain(&error)),
            };
            if let Err(error) = drained {
                tracing::error!(error, "the spool cannot be read now");
                tokio::select! {
                    () = self.stop.cancelled() => return,
                    () = tokio::time::sleep(TRY_AGAIN) => {}
                }
            }
        }
    }

    async fn drain(&mut self, chunk: Vec<(Sequence, BatchMessage)>) -> Result<(), String> {
        let mut chunk = chunk.into_iter().peekable();
        while chunk.peek().is_some() {
            let writing = Arc::clone(&self.writing);
            let _writing = writing.lock().await;
            let (mut batch, last) = self.fill(&mut chunk);
            let count = batch.messages.len();
            let span = tracing::debug_span!(parent: None, "drain", "batch.messages" = count);
            match self.committer.commit(&mut batch).instrument(span).await {
                Ok(()) => {}
                Err(NotCommitted::Away | NotCommitted::GaveUp) => return Ok(()),
            }
            let Some(last) = last else { return Ok(()) };
            let board = self.committer.bench.live.board();
            if board.role() != Role::Active
                && let Err(error) = self.committer.store.note_drained().await
            {
                // Drained once more, which changes nothing: who ingests must hear of it.
                tracing::debug!(cause = %error.database_message(), "cannot tell of what was drained now");
                return Ok(());
            }
            self.spool.remove_through(last).await.map_err(|error| chain(&error))?;
            crate::metrics::drained(count);
        }
        Ok(())
    }

    /// As many of the chunk's messages as make a batch, and the place of the last.
    fn fill(
        &self,
        chunk: &mut impl Iterator<Item = (Sequence, BatchMessage)>,
    ) -> (OpenBatch, Option<Sequence>) {
        let (mut batch, mut last) = (OpenBatch::default(), None);
        self.committer.bench.work(|stage| {
            while batch.has_room()
                && let Some((sequence, message)) = chunk.next()
            {
                batch.add_again(message, stage);
                last = Some(sequence);
            }
        });
        (batch, last)
    }
}
