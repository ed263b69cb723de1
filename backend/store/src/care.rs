//! Whether repeats are to be expected. Looking for them costs a quarter of an insert, so it is left out while none come;
//! the unique key finds the first one all the same, and the batch is stored once more with care.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// After a repeat so many batches are stored with care: repeats come in swarms, when a broker delivers again.
const CAREFUL_BATCHES: u32 = 20;

/// How rows go in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// All of them by `COPY`, or none if one is there already.
    Copy,
    /// The same by `INSERT`.
    Straight,
    /// Those that are not there yet.
    Careful,
}

/// What was met lately, shared by all who write.
#[derive(Debug, Clone)]
pub(crate) struct Care {
    careful_batches: Arc<AtomicU32>,
    /// `Copy`, or `Straight` where that would wait for the network.
    usual: Way,
}

impl Care {
    /// What usually is the best way.
    pub(crate) fn new(usual: Way) -> Self {
        Self { careful_batches: Arc::default(), usual }
    }

    /// How to try it first.
    pub(crate) fn way(&self) -> Way {
        if self.careful_batches.load(Ordering::Relaxed) == 0 { self.usual } else { Way::Careful }
    }

    /// A row was there already.
    pub(crate) fn found_repeat(&self) {
        self.careful_batches.store(CAREFUL_BATCHES, Ordering::Relaxed);
    }

    /// Care was taken, and there was nothing to find.
    pub(crate) fn found_none(&self) {
        let less = |left: u32| left.checked_sub(1);
        self.careful_batches.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_makes_careful_for_a_while() {
        let care = Care::new(Way::Straight);
        assert_eq!(care.way(), Way::Straight);
        care.found_none();
        care.found_repeat();
        for _ in 0..CAREFUL_BATCHES {
            assert_eq!(care.way(), Way::Careful);
            care.found_none();
        }
        assert_eq!(care.way(), Way::Straight);
    }
}
