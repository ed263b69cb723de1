//! Batch: messages become rows, and rows gather until they can be committed together.
//!
//! Group commit: while one batch is being committed the next one fills, so batches grow by themselves under load.
//! The live feed does not wait for any of it.

mod lane;
mod open;

use crate::decide::Rules;
use crate::delivery::{Delivery, MAX_MESSAGES, RECEIVE_MAXIMUM, Receipt};
use crate::directory::{Directory, REFUSED_FOR};
use crate::validate::TimeWindow;
use arc_swap::ArcSwap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::mpsc;
use vigia_live::Live;
use vigia_model::{Clock, Timestamp};
use vigia_store::batch::BatchMessage;

pub(crate) use lane::{Lane, Waiting};
pub(crate) use open::{LiveUpdates, NamedSample, OpenBatch, Stage, Unresolved, too_many_units};

/// Samples and rejections in one batch; one more message of 2 000 may come on top.
const MAX_SAMPLES: usize = 10_000;
/// Payload bytes in one batch; they are kept until the commit, for the quarantine.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The stage between the connections and the ones that keep.
#[derive(Debug)]
pub(crate) struct Batcher {
    pub(crate) deliveries: mpsc::Receiver<Delivery>,
    /// Messages of which every name is known.
    pub(crate) known: Lane,
    /// Messages that name something for the first time. Asking the database about it takes time, which these spend
    /// among themselves: they hold up nobody else, and are asked about many at once.
    pub(crate) strange: Lane,
    /// What the strange lane has no room for yet.
    pub(crate) waiting: Waiting,
    pub(crate) bench: Workbench,
}

/// What messages are turned into rows with; every stage has a copy of the same.
#[derive(Debug, Clone)]
pub(crate) struct Workbench {
    pub(crate) directory: Arc<Mutex<Directory>>,
    /// Held while names are learned: what one stage has just learned, another does not forget under it.
    pub(crate) learning: Arc<tokio::sync::Mutex<()>>,
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
            now: Instant::now(),
        })
    }

    /// The same for messages that are quarantined: who was refused a moment ago is asked about again, for somebody may
    /// have mended it since.
    pub(crate) fn work_again<R>(&self, work: impl FnOnce(&mut Stage<'_>) -> R) -> R {
        self.work(|stage| {
            stage.now += REFUSED_FOR;
            work(stage)
        })
    }

    pub(crate) fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batcher {
    /// Runs until every connection has let go of its end and all that came is safe, or a keeper gave up.
    pub(crate) async fn run(mut self) {
        let mut all_received = false;
        loop {
            let room = self.known.open.has_room() && self.waiting.has_room();
            let goes_on = tokio::select! {
                biased;
                goes_on = self.known.turn() => goes_on,
                goes_on = self.strange.turn() => goes_on,
                delivery = self.deliveries.recv(), if !all_received && room => {
                    match delivery {
                        Some(delivery) => self.accept(delivery),
                        None => all_received = true,
                    }
                    true
                }
            };
            if !goes_on || !self.known.dispatch(all_received) || !self.strange.dispatch(all_received) {
                return;
            }
            self.take_waiting();
            if all_received && self.known.is_idle() && self.strange.is_idle() && self.waiting.is_empty() {
                return;
            }
        }
    }

    /// Takes a message, and with it what else has arrived, while there is room.
    fn accept(&mut self, first: Delivery) {
        /// So many under one lock, before anything else gets its turn.
        const AT_ONCE: u64 = 256;
        let (mut next, mut taken, mut latest) = (Some(first), 0, Timestamp::default());
        let Self { deliveries, known, strange, waiting, bench } = self;
        bench.work(|stage| {
            while let Some(delivery) = next.take() {
                latest = delivery.received_at;
                if let Some(delivery) = sort_in(delivery, &mut known.open, &mut strange.open, stage) {
                    waiting.push(delivery);
                }
                taken += 1;
                let room = taken < AT_ONCE && known.open.has_room() && waiting.has_room();
                next = if room { deliveries.try_recv().ok() } else { None };
            }
        });
        crate::metrics::received(taken);
        bench.live.board().messages_received(taken, latest);
    }

    /// Lets those in that wait for room among the strange; some may be known by now.
    fn take_waiting(&mut self) {
        let Self { known, strange, waiting, bench, .. } = self;
        if waiting.is_empty() || !strange.open.has_room() || !known.open.has_room() {
            return;
        }
        bench.work(|stage| {
            while known.open.has_room()
                && strange.open.has_room()
                && let Some(delivery) = waiting.pop()
            {
                if let Some(delivery) = sort_in(delivery, &mut known.open, &mut strange.open, stage) {
                    waiting.push(delivery);
                }
            }
        });
    }
}

/// Reads a message and puts it where it belongs; gives it back when there is no room for it.
fn sort_in(
    delivery: Delivery,
    known: &mut OpenBatch,
    strange: &mut OpenBatch,
    stage: &mut Stage<'_>,
) -> Option<Delivery> {
    let topic_text = String::from_utf8_lossy(&delivery.topic);
    let known_topic = stage.directory.topic(&topic_text).map(|entry| Arc::clone(&entry.topic));
    let topic: Arc<str> = known_topic.unwrap_or_else(|| topic_text.as_ref().into());
    let payload = delivery.payload.clone();
    let read = stage.read(&topic, &payload, delivery.received_at);
    let is_strange = read.as_ref().is_ok_and(|read| stage.is_strange(&topic, read));
    if is_strange && !strange.has_room() {
        return Some(delivery);
    }
    let batch = if is_strange { strange } else { known };
    let Delivery { connection, generation, packet_id, received_at, ticket, .. } = delivery;
    let message = BatchMessage { topic, payload: payload.clone(), received_at };
    batch.add(message, Some(Receipt { connection, generation, packet_id, ticket }), read, stage);
    None
}
