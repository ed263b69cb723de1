//! Packet ids handed over and not acknowledged.

/// A set of packet ids: a bit for each there can be, 8 KiB.
#[derive(Debug)]
pub(super) struct Outstanding {
    bits: Vec<u64>,
    count: usize,
}

impl Outstanding {
    pub(super) fn new() -> Self {
        Self { bits: vec![0; usize::from(u16::MAX) / 64 + 1], count: 0 }
    }

    /// `false` when it was in already.
    pub(super) fn insert(&mut self, packet_id: u16) -> bool {
        let (word, bit) = self.place(packet_id);
        let new = *word & bit == 0;
        *word |= bit;
        self.count += usize::from(new);
        new
    }

    /// `false` when it was not in.
    pub(super) fn remove(&mut self, packet_id: u16) -> bool {
        let (word, bit) = self.place(packet_id);
        let known = *word & bit != 0;
        *word &= !bit;
        self.count -= usize::from(known);
        known
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    #[expect(clippy::indexing_slicing, reason = "there is a word for every u16")]
    fn place(&mut self, packet_id: u16) -> (&mut u64, u64) {
        (&mut self.bits[usize::from(packet_id) / 64], 1 << (packet_id % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
