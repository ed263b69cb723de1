//! Whether repeats are to be expected. Looking for them costs a quarter of an insert, so it is left out while none come;
//! the unique key finds the first one all the same, and the batch is stored once more with care.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// After a repeat so many batches are stored with care: repeats come in swarms, when a broker delivers again.
const CAREFUL_BATCHES: u32 = 20;

/// How rows go in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// All of them, or none if one is there already.
    Straight,
    /// Those that are not there yet.
    Careful,
}

/// What was met lately, shared by all who write.
#[derive(Debug, Clone, Default)]
pub(crate) struct Care(Arc<AtomicU32>);

impl Care {
    /// How to try it first.
    pub(crate) fn way(&self) -> Way {
        if self.0.load(Ordering::Relaxed) == 0 { Way::Straight } else { Way::Careful }
    }

    /// A row was there already.
    pub(crate) fn found_repeat(&self) {
        self.0.store(CAREFUL_BATCHES, Ordering::Relaxed);
    }

    /// Care was taken, and there was nothing to find.
    pub(crate) fn found_none(&self) {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_makes_careful_for_a_while() {
        let care = Care::default();
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
