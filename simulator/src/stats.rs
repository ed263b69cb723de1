//! How it goes, in figures shared between the tasks.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Counters of one run.
#[derive(Debug, Default)]
pub struct Stats {
    /// Messages handed to a connection.
    published: AtomicU64,
    acked: AtomicU64,
    /// Acked, although the broker knew of no subscriber: these went nowhere.
    unheard: AtomicU64,
    /// Refused by the broker for good; they stay pending in the ledger.
    refused: AtomicU64,
    /// Sent again after a reconnect.
    resent: AtomicU64,
    connects: AtomicU64,
    /// Sessions that followed a broken one.
    reconnects: AtomicU64,
    bytes: AtomicU64,
    last_fault: Mutex<Option<String>>,
}

/// The figures at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Snapshot {
    pub published: u64,
    pub acked: u64,
    pub unheard: u64,
    pub refused: u64,
    pub resent: u64,
    pub connects: u64,
    pub reconnects: u64,
    pub bytes: u64,
}

impl Stats {
    pub fn snapshot(&self) -> Snapshot {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Snapshot {
            published: read(&self.published),
            acked: read(&self.acked),
            unheard: read(&self.unheard),
            refused: read(&self.refused),
            resent: read(&self.resent),
            connects: read(&self.connects),
            reconnects: read(&self.reconnects),
            bytes: read(&self.bytes),
        }
    }

    /// Why a connection broke or was refused, since this was last asked.
    pub fn take_fault(&self) -> Option<String> {
        self.last_fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn add_published(&self, messages: u64, bytes: u64) {
        self.published.fetch_add(messages, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn add_acked(&self, messages: u64, unheard: u64) {
        self.acked.fetch_add(messages, Ordering::Relaxed);
        self.unheard.fetch_add(unheard, Ordering::Relaxed);
    }

    pub(crate) fn add_refused(&self, why: String) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        self.fault(why);
    }

    pub(crate) fn add_resent(&self, messages: u64) {
        self.resent.fetch_add(messages, Ordering::Relaxed);
    }

    pub(crate) fn add_connect(&self, again: bool) {
        self.connects.fetch_add(1, Ordering::Relaxed);
        self.reconnects.fetch_add(u64::from(again), Ordering::Relaxed);
    }

    pub(crate) fn fault(&self, why: String) {
        *self.last_fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }
}

impl Snapshot {
    /// Neither confirmed nor refused yet.
    pub const fn pending(&self) -> u64 {
        self.published.saturating_sub(self.acked.saturating_add(self.refused))
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "published {} acked {} pending {}", self.published, self.acked, self.pending())?;
        for (name, figure) in [
            ("without-subscriber", self.unheard),
            ("refused", self.refused),
            ("resent", self.resent),
            ("reconnects", self.reconnects),
        ] {
            if figure > 0 {
                write!(f, " {name} {figure}")?;
            }
        }
        Ok(())
    }
}
