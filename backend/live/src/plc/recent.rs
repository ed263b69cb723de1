//! Changes just told, for the watchers that stand where another one stood: they are put together, and made into a frame,
//! once for all of them.

use super::PlcChange;
use std::sync::Arc;

/// Watchers of one PLC are seldom at more different places than this; whoever finds no room makes his own.
const MOST: usize = 8;

/// What led to the present version, by the version it starts from.
#[derive(Debug, Default)]
pub(super) struct Recent {
    version: u64,
    changes: Vec<(u64, Arc<PlcChange>)>,
}

impl Recent {
    /// All that changed after version `from` up to `to`, the present one.
    pub(super) fn get(
        &mut self,
        from: u64,
        to: u64,
        make: impl FnOnce() -> Option<Arc<PlcChange>>,
    ) -> Option<Arc<PlcChange>> {
        if self.version != to {
            self.version = to;
            self.changes.clear();
        }
        if let Some((_, change)) = self.changes.iter().find(|(start, _)| *start == from) {
            return Some(Arc::clone(change));
        }
        let change = make()?;
        if self.changes.len() < MOST {
            self.changes.push((from, Arc::clone(&change)));
        }
        Some(change)
    }
}
