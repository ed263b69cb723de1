//! Batch: messages become rows, and rows gather until they can be committed together.
//!
//! Group commit: while one batch is being committed the next one fills, so batches grow by themselves under load.
//! The live feed does not wait for any of it.

mod open;

use crate::decide::Rules;
use crate::delivery::{Delivery, MAX_MESSAGES, RECEIVE_MAXIMUM, Receipt};
use crate::directory::Directory;
use crate::validate::TimeWindow;
use arc_swap::ArcSwap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use vigia_live::Live;
use vigia_model::{Clock, Timestamp};

pub(crate) use open::{LiveUpdates, NamedSample, OpenBatch, Stage, Unresolved};

/// The least time between the begins of two commits, unless a window is full: a commit of four rows costs as much
/// as one of four hundred.
const SPACING: Duration = Duration::from_millis(15);
/// Samples and rejections in one batch; one more message of 2 000 may come on top.
const MAX_SAMPLES: usize = 10_000;
/// Payload bytes in one batch; they are kept until the commit, for the quarantine.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The stage between the connections and the one that keeps.
#[derive(Debug)]
pub(crate) struct Batcher {
    pub(crate) deliveries: mpsc::Receiver<Delivery>,
    /// Holds one: a batch is handed on only when the one before is safe.
    pub(crate) to_keeper: mpsc::Sender<OpenBatch>,
    /// A word for each batch that is safe.
    pub(crate) kept: mpsc::Receiver<()>,
    pub(crate) bench: Workbench,
}

/// What messages are turned into rows with; every stage has a copy of the same.
#[derive(Debug, Clone)]
pub(crate) struct Workbench {
    pub(crate) directory: Arc<Mutex<Directory>>,
    pub(crate) rules: Arc<ArcSwap<Rules>>,
    pub(crate) live: Live,
    pub(crate) clock: Clock,
    pub(crate) window: TimeWindow,
}

impl Workbench {
    /// Lets `work` fill a batch, under the directory's lock.
    pub(crate) fn work<R>(&self, work: impl FnOnce(&mut Stage<'_>) -> R) -> R {
        let rules = self.rules.load();
        let mut directory = self.directory();
        work(&mut Stage {
            directory: &mut directory,
            rules: &rules,
            live: &self.live,
            window: self.window,
            now: self.clock.now(),
        })
    }

    pub(crate) fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batcher {
    /// Runs until every connection has let go of its end and all that came is safe, or the keeper gave up.
    pub(crate) async fn run(mut self) {
        let mut open = OpenBatch::default();
        let mut committing = false;
        let mut all_received = false;
        let mut last_commit = Instant::now();
        loop {
            let due = last_commit + SPACING;
            tokio::select! {
                biased;
                done = self.kept.recv() => match done {
                    Some(()) => committing = false,
                    None => return, // the keeper gave up: nothing of this batch is acknowledged
                },
                delivery = self.deliveries.recv(), if !all_received && open.has_room() => match delivery {
                    Some(delivery) => self.accept(&mut open, delivery),
                    None => all_received = true,
                },
                () = sleep_until(due), if !committing && !open.is_empty() => {}
            }
            let now = Instant::now();
            let go = now >= due || open.window_is_full() || !open.has_room() || all_received;
            if !committing && !open.is_empty() && go {
                last_commit = now;
                committing = true;
                if self.to_keeper.send(std::mem::take(&mut open)).await.is_err() {
                    return;
                }
            }
            if all_received && open.is_empty() && !committing {
                return;
            }
        }
    }

    /// Takes a message, and with it what else has arrived, while there is room.
    fn accept(&mut self, open: &mut OpenBatch, first: Delivery) {
        /// So many under one lock, before anything else gets its turn.
        const AT_ONCE: u64 = 256;
        let (mut next, mut taken, mut latest) = (Some(first), 0, Timestamp::default());
        let deliveries = &mut self.deliveries;
        self.bench.work(|stage| {
            while let Some(delivery) = next.take() {
                latest = delivery.received_at;
                open.accept(delivery, stage);
                taken += 1;
                next = if taken < AT_ONCE && open.has_room() { deliveries.try_recv().ok() } else { None };
            }
        });
        crate::metrics::received(taken);
        self.bench.live.board().messages_received(taken, latest);
    }
}
