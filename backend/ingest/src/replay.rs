//! Replay: quarantined messages that somebody asked for go through the same stages as if they came now, as of their
//! receipt, and what comes of them is noted in their entries.
//!
//! A message is replayed as a whole, whichever of its samples was meant: the good ones are duplicates, which change
//! nothing. The request stays until the outcome is noted; after a crash in between it is done again.

mod outcome;

use crate::batch::OpenBatch;
use crate::commit::Committer;
use std::iter::Peekable;
use std::pin::pin;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use vigia_model::ReplayOutcome;
use vigia_store::StoreError;
use vigia_store::replay::{QuarantinedMessage, Replayed};

/// Messages begun together, and bytes of them: what comes from the broker must not wait for the same rows for long.
const MAX_MESSAGES: u32 = 256;
const MAX_BYTES: i64 = 2 * 1024 * 1024;
/// How often to look though nobody said that anything is to be done.
const LOOK_ANYWAY: Duration = Duration::from_secs(5);
/// How long to wait before trying again after the database failed.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// How long beginning or ending some may take: longer than the server's own limit.
const ANSWER: Duration = Duration::from_secs(35);

/// The way back out of the quarantine; of the process that ingests alone.
#[derive(Debug)]
pub(crate) struct Replayer {
    /// Quarantines nothing, and tries for as long as it takes.
    pub(crate) committer: Committer,
    /// Stop at once: what is under way is rolled back, and is still asked for.
    pub(crate) stop: CancellationToken,
}

impl Replayer {
    /// Runs until stopped.
    pub(crate) async fn run(mut self) {
        let stop = self.stop.clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                Err(error) = self.follow() => {
                    tracing::warn!(cause = %error.database_message(), "cannot replay what is quarantined now; trying again");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(TRY_AGAIN) => {}
            }
        }
    }

    /// Replays what is asked for, until something fails.
    async fn follow(&mut self) -> Result<(), StoreError> {
        let mut watch = self.committer.store.watch_replays().await?;
        loop {
            // Done after listening began, and after each notification: nothing falls between.
            self.replay_all().await?;
            let mut changed = pin!(watch.changed());
            loop {
                tokio::select! {
                    changed = &mut changed => break changed?,
                    // A connection that died without a word says nothing of requests either.
                    () = tokio::time::sleep(LOOK_ANYWAY) => self.replay_all().await?,
                }
            }
        }
    }

    async fn replay_all(&mut self) -> Result<(), StoreError> {
        loop {
            self.give_up().await?;
            let some = self.committer.store.begin_replays(MAX_MESSAGES, MAX_BYTES);
            let mut begun = in_time(some).await?.into_iter().peekable();
            if begun.peek().is_none() {
                return Ok(());
            }
            while begun.peek().is_some() {
                self.replay(&mut begun).instrument(tracing::debug_span!(parent: None, "replay")).await?;
            }
        }
    }

    /// Leaves alone what was begun too often and never came to an end.
    async fn give_up(&self) -> Result<(), StoreError> {
        let now = self.committer.bench.clock.now();
        let entries = in_time(self.committer.store.give_up_replays(now)).await?;
        if entries > 0 {
            crate::metrics::replayed(ReplayOutcome::GivenUp, entries);
            tracing::error!(entries, "gave up replaying messages that never came to an end");
        }
        Ok(())
    }

    /// Replays as many of these messages as make a batch.
    async fn replay(
        &mut self,
        begun: &mut Peekable<impl Iterator<Item = QuarantinedMessage> + Send>,
    ) -> Result<(), StoreError> {
        let (mut batch, messages) = self.fill(begun);
        let Ok(duplicates) = self.committer.commit_replayed(&mut batch).await else {
            // Stopped. Whoever ingests next finds the requests.
            return std::future::pending().await;
        };
        let entries = outcome::of_entries(&batch, &duplicates, &messages);
        let ids: Vec<i64> = messages.iter().map(|message| message.id).collect();
        let now = self.committer.bench.clock.now();
        in_time(self.committer.store.end_replays(&ids, &entries, now)).await?;
        tell(&entries);
        Ok(())
    }

    fn fill(
        &self,
        begun: &mut impl Iterator<Item = QuarantinedMessage>,
    ) -> (OpenBatch, Vec<QuarantinedMessage>) {
        let (mut batch, mut messages) = (OpenBatch::default(), Vec::new());
        let bench = &self.committer.bench;
        let now = bench.clock.now();
        bench.work_again(|stage| {
            while batch.has_room()
                && let Some(quarantined) = begun.next()
            {
                batch.add_replayed(quarantined.message.clone(), now, stage);
                messages.push(quarantined);
            }
        });
        (batch, messages)
    }
}

fn tell(entries: &[(i64, Replayed)]) {
    for (_, replayed) in entries {
        crate::metrics::replayed(replayed.outcome(), 1);
    }
    let again = entries.iter().filter(|(_, replayed)| matches!(replayed, Replayed::Again(_))).count();
    tracing::info!(entries = entries.len(), rejected_again = again, "replayed quarantined messages");
}

/// A connection that went silent must not hold up replays for ever.
async fn in_time<T>(answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(ANSWER, answer).await.unwrap_or(Err(StoreError::Silent))
}
