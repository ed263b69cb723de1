//! Packet ids handed over and not acknowledged.

use std::mem::replace;

/// A set of packet ids: a byte for each there can be, 64 KiB.
#[derive(Debug)]
pub(super) struct Outstanding {
    held: Vec<bool>,
    count: usize,
}

impl Outstanding {
    pub(super) fn new() -> Self {
        Self { held: vec![false; usize::from(u16::MAX) + 1], count: 0 }
    }

    /// `false` when it was in already.
    ///
    /// It counts by branches, and compares nothing with a constant, on purpose: `count += usize::from(bits & bit == 0)` was
    /// compiled to nothing by rustc 1.95 wherever a caller branched on the answer too (rust-lang/rust#158206), with
    /// optimization alone. What was removed was counted all the same, so that the count fell below zero.
    pub(super) fn insert(&mut self, packet_id: u16) -> bool {
        if replace(self.place(packet_id), true) {
            return false;
        }
        self.count += 1;
        true
    }

    /// `false` when it was not in.
    pub(super) fn remove(&mut self, packet_id: u16) -> bool {
        if !replace(self.place(packet_id), false) {
            return false;
        }
        self.count -= 1;
        true
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    #[expect(clippy::indexing_slicing, reason = "there is a place for every u16")]
    fn place(&mut self, packet_id: u16) -> &mut bool {
        &mut self.held[usize::from(packet_id)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_id_is_in_once() {
        let mut outstanding = Outstanding::new();
        for packet_id in [1, 63, 64, 100, u16::MAX] {
            assert!(outstanding.insert(packet_id) && !outstanding.insert(packet_id), "{packet_id}");
        }
        assert_eq!(outstanding.len(), 5);
        assert!(outstanding.remove(64) && !outstanding.remove(64) && !outstanding.remove(2));
        assert_eq!(outstanding.len(), 4);
        assert!(outstanding.insert(64));
    }

    /// It branches on every answer, as a session does: that is where the count was lost in optimized builds.
    #[test]
    fn it_counts_what_is_in_it() {
        let mut outstanding = Outstanding::new();
        let mut expected = BTreeSet::new();
        for step in 0..20_000_u32 {
            // All over the ids, each of them several times, and removed about as often as put in.
            let mixed = step.wrapping_mul(2_654_435_761) >> 7;
            let packet_id = u16::try_from(mixed % 301).unwrap() * 217;
            if mixed % 2 == 0 {
                if outstanding.insert(packet_id) {
                    assert!(expected.insert(packet_id), "{step}");
                }
            } else if outstanding.remove(packet_id) {
                assert!(expected.remove(&packet_id), "{step}");
            }
            assert_eq!(outstanding.len(), expected.len(), "{step}");
        }
        for packet_id in 0..=u16::MAX {
            outstanding.remove(packet_id);
        }
        assert_eq!(outstanding.len(), 0);
    }
}
