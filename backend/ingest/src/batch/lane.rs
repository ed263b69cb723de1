//! Lanes: batches on their way to a keeper, one after another, and who waits for one.

use super::{Delivery, MAX_BYTES, MAX_MESSAGES, OpenBatch, RECEIVE_MAXIMUM};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// The least time between the begins of two commits, unless a window is full: a commit of four rows costs as much
/// as one of four hundred.
const SPACING: Duration = Duration::from_millis(15);
/// The same for messages with new names: waiting for more of them saves asking the database about each.
const STRANGE_SPACING: Duration = Duration::from_millis(300);

/// One batch after another, on their way to a keeper.
#[derive(Debug)]
pub(crate) struct Lane {
    /// Holds one: a batch is handed on only when the one before is safe.
    to_keeper: mpsc::Sender<OpenBatch>,
    /// A word for each batch that is safe.
    kept: mpsc::Receiver<()>,
    /// The least time between the begins of two batches, unless a window is full.
    spacing: Duration,
    /// How many messages make it worth to go at once for a window that is full. Where windows are full all the time,
    /// others fill them, and a few messages more or less hold up nobody.
    worth: usize,
    pub(super) open: OpenBatch,
    keeping: bool,
    last_begin: Instant,
}

impl Lane {
    fn new(
        to_keeper: mpsc::Sender<OpenBatch>,
        kept: mpsc::Receiver<()>,
        spacing: Duration,
        worth: usize,
    ) -> Self {
        let last_begin = Instant::now();
        Self { to_keeper, kept, spacing, worth, open: OpenBatch::default(), keeping: false, last_begin }
    }

    /// For messages of which every name is known.
    pub(crate) fn known(to_keeper: mpsc::Sender<OpenBatch>, kept: mpsc::Receiver<()>) -> Self {
        Self::new(to_keeper, kept, SPACING, 1)
    }

    /// For messages that name something for the first time.
    pub(crate) fn strange(to_keeper: mpsc::Sender<OpenBatch>, kept: mpsc::Receiver<()>) -> Self {
        Self::new(to_keeper, kept, STRANGE_SPACING, RECEIVE_MAXIMUM / 2)
    }

    pub(super) fn is_idle(&self) -> bool {
        self.open.is_empty() && !self.keeping
    }

    /// Waits until there is something to do: the batch under way is safe, or the next one is due. `false` when the
    /// keeper has given up: nothing of the open batch is acknowledged.
    pub(super) async fn turn(&mut self) -> bool {
        let due = self.last_begin + self.spacing;
        tokio::select! {
            biased;
            safe = self.kept.recv() => {
                self.keeping = false;
                safe.is_some()
            }
            () = sleep_until(due), if !self.keeping && !self.open.is_empty() => true,
        }
    }

    /// Hands the open batch on when its time has come. `false` when the keeper has given up.
    pub(super) fn dispatch(&mut self, hurry: bool) -> bool {
        let now = Instant::now();
        let go = hurry
            || now >= self.last_begin + self.spacing
            || (self.open.window_is_full() && self.open.messages.len() >= self.worth)
            || !self.open.has_room();
        if self.keeping || self.open.is_empty() || !go {
            return true;
        }
        self.last_begin = now;
        self.keeping = true;
        // The place is free: nothing is under way.
        self.to_keeper.try_send(std::mem::take(&mut self.open)).is_ok()
    }
}

/// Messages with new names that wait for their lane: a flood of names must not hold up those who bring none.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    deliveries: VecDeque<Delivery>,
    bytes: usize,
}

impl Waiting {
    pub(super) fn is_empty(&self) -> bool {
        self.deliveries.is_empty()
    }

    pub(super) fn has_room(&self) -> bool {
        self.deliveries.len() < MAX_MESSAGES && self.bytes < MAX_BYTES
    }

    pub(super) fn push(&mut self, delivery: Delivery) {
        self.bytes += delivery.payload.len();
        self.deliveries.push_back(delivery);
    }

    pub(super) fn pop(&mut self) -> Option<Delivery> {
        let delivery = self.deliveries.pop_front()?;
        self.bytes -= delivery.payload.len();
        Some(delivery)
    }
}
