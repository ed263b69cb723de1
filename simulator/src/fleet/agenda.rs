//! What the fleet has to do next, by time.

use crate::message::Message;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Microseconds since the start of the stream.
pub(super) type Micros = u64;

/// One thing to do.
#[derive(Debug)]
pub(super) enum Task {
    /// Read this series.
    Read(usize),
    /// Send what this gateway gathered.
    Flush(usize),
    Heartbeat(usize),
    /// Gateway, and its PLC.
    PlcFails(usize, usize),
    PlcReturns(usize, usize),
    OutageBegins(usize),
    OutageEnds(usize),
    /// Send the next late message from this gateway's disk.
    Burst(usize),
    /// Publish these bytes once more.
    Repeat(Box<Message>),
}

/// Tasks by due time; of the same time, first come first served.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<Entry>>,
    added: u64,
}

#[derive(Debug)]
struct Entry {
    due: Micros,
    order: u64,
    task: Task,
}

impl Agenda {
    pub(super) fn add(&mut self, due: Micros, task: Task) {
        self.added += 1;
        self.heap.push(Reverse(Entry { due, order: self.added, task }));
    }

    pub(super) fn next(&mut self) -> Option<(Micros, Task)> {
        self.heap.pop().map(|Reverse(entry)| (entry.due, entry.task))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.order).cmp(&(other.due, other.order))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (self.due, self.order) == (other.due, other.order)
    }
}

impl Eq for Entry {}
