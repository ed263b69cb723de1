//! Between one PLC and one watcher: what is new, and how much was merged away.

use super::{LivePlc, PlcChange};
use crate::path::PlcPath;
use crate::watcher::{Ready, Watcher};
use crate::whole;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use vigia_model::Identifier;

/// Which metrics of a PLC a watcher wants.
#[derive(Debug, Clone)]
enum Wanted {
    All,
    /// By position.
    Some(Vec<bool>),
}

impl Wanted {
    fn new<'a>(watcher: &Watcher, path: &PlcPath, names: impl Iterator<Item = &'a Identifier>) -> Self {
        if watcher.wants_every_metric(path) {
            Self::All
        } else {
            Self::Some(names.map(|name| watcher.wants_metric(path, name)).collect())
        }
    }

    fn has(&self, position: usize) -> bool {
        match self {
            Self::All => true,
            Self::Some(flags) => flags.get(position).copied().unwrap_or(false),
        }
    }
}

/// One watcher, as the PLC holds it under its lock.
#[derive(Debug)]
pub(super) struct Watch {
    link: Arc<PlcLink>,
    wanted: Wanted,
}

impl Watch {
    pub(super) fn new<'a>(
        link: Arc<PlcLink>,
        path: &PlcPath,
        names: impl Iterator<Item = &'a Identifier>,
    ) -> Self {
        let wanted = Wanted::new(&link.watcher, path, names);
        Self { link, wanted }
    }

    pub(super) fn watcher(&self) -> u64 {
        self.link.watcher.id
    }

    /// A new metric took the next position.
    pub(super) fn learn(&mut self, path: &PlcPath, name: &Identifier) {
        if let Wanted::Some(flags) = &mut self.wanted {
            flags.push(self.link.watcher.wants_metric(path, name));
        }
    }

    /// The metrics at these positions changed.
    pub(super) fn note(&self, touched: &[usize]) {
        let hits = match &self.wanted {
            Wanted::All => touched.len(),
            Wanted::Some(_) => touched.iter().filter(|position| self.wanted.has(**position)).count(),
        };
        if hits > 0 {
            self.link.updates.fetch_add(u64::try_from(hits).unwrap_or(u64::MAX), Ordering::Relaxed);
            self.mark();
        }
    }

    /// Only under the PLC's write lock. That lock also orders this against [`PlcLink::read`], which clears the flag
    /// before it takes the lock: either that look sees the change, or this sees the flag cleared.
    pub(super) fn mark(&self) {
        if !self.link.dirty.load(Ordering::Relaxed) {
            self.link.dirty.store(true, Ordering::Relaxed);
            self.link.watcher.push(Ready::Plc(Arc::clone(&self.link)));
        }
    }
}

/// The bond of one watcher with one PLC; its size does not depend on how many updates wait.
#[derive(Debug)]
pub(crate) struct PlcLink {
    watcher: Arc<Watcher>,
    plc: Arc<LivePlc>,
    /// Whether it stands in the watcher's ready list.
    dirty: AtomicBool,
    /// Wanted updates since the bond was made; several of one metric in one apply are one.
    updates: AtomicU64,
    /// Where the subscriber stands. Only it locks this.
    reader: Mutex<Reader>,
}

#[derive(Debug)]
struct Reader {
    /// `None` until the first look, which is the snapshot.
    seen: Option<u64>,
    /// Of the link's `updates`, those already told or counted as missed.
    counted: u64,
    wanted: Wanted,
}

impl PlcLink {
    pub(crate) fn new(watcher: Arc<Watcher>, plc: Arc<LivePlc>) -> Self {
        let wanted = Wanted::new(&watcher, plc.path(), std::iter::empty());
        Self {
            watcher,
            plc,
            dirty: AtomicBool::new(false),
            updates: AtomicU64::new(0),
            reader: Mutex::new(Reader { seen: None, counted: 0, wanted }),
        }
    }

    pub(crate) fn plc(&self) -> &LivePlc {
        &self.plc
    }

    /// What is new since the last look (`None`: nothing), and how many updates were overwritten in between.
    pub(crate) fn read(&self) -> (Option<Arc<PlcChange>>, u64) {
        let mut guard = whole(self.reader.lock());
        let reader = &mut *guard;
        self.dirty.store(false, Ordering::Relaxed);
        let state = whole(self.plc.state.read());

        if let Wanted::Some(flags) = &mut reader.wanted {
            let new = state.metrics.iter().skip(flags.len());
            flags.extend(new.map(|metric| self.watcher.wants_metric(&self.plc.path, &metric.name)));
        }
        let seen = reader.seen.unwrap_or(0);
        let make = || self.plc.changes(&state, seen, |position| reader.wanted.has(position)).map(Arc::new);
        // A snapshot is large and seldom asked for twice alike; it is not kept.
        let is_shared =
            matches!(reader.wanted, Wanted::All) && reader.seen.is_some() && state.watches.len() > 1;
        let change =
            if is_shared { whole(self.plc.recent.lock()).get(seen, state.version, make) } else { make() };

        let updates = self.updates.load(Ordering::Relaxed);
        let told = change.as_ref().map_or(0, |change| u64::try_from(change.values.len()).unwrap_or(u64::MAX));
        let missed = match reader.seen {
            Some(_) => (updates - reader.counted).saturating_sub(told),
            None => 0, // what changed before the snapshot was read is in it
        };
        reader.counted = updates;
        reader.seen = Some(state.version);
        (change, missed)
    }
}
