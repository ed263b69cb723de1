//! A set of ids kept as ranges, so that a million confirmed messages in a row cost one entry.

use std::collections::BTreeMap;

/// Ids, as inclusive ranges that neither touch nor overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdRanges(BTreeMap<u64, u64>);

impl IdRanges {
    /// Adds `first..=last`.
    pub fn add(&mut self, first: u64, last: u64) {
        let (mut first, mut last) = (first, last.max(first));
        if let Some((&start, &end)) = self.0.range(..=first).next_back()
            && end.saturating_add(1) >= first
        {
            first = start;
            last = last.max(end);
        }
        while let Some((&start, &end)) = self.0.range(first..=last.saturating_add(1)).next() {
            last = last.max(end);
            self.0.remove(&start);
        }
        self.0.insert(first, last);
    }

    pub fn contains(&self, id: u64) -> bool {
        self.0.range(..=id).next_back().is_some_and(|(_, &end)| id <= end)
    }

    /// How many ids there are.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(first, last)| last - first + 1).sum()
    }

    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.0.iter().map(|(first, last)| (*first, *last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(add: &[(u64, u64)], want: &[(u64, u64)]) {
        let mut ranges = IdRanges::default();
        for (first, last) in add {
            ranges.add(*first, *last);
        }
        assert_eq!(ranges.iter().collect::<Vec<_>>(), want, "{add:?}");
    }

    #[test]
    fn ranges_melt_together() {
        check(&[(1, 1), (2, 2), (3, 3)], &[(1, 3)]);
        check(&[(3, 3), (1, 1), (2, 2)], &[(1, 3)]);
        check(&[(1, 2), (5, 6), (9, 9), (2, 8)], &[(1, 9)]);
        check(&[(4, 9), (5, 6)], &[(4, 9)]);
        check(&[(1, 1), (3, 3)], &[(1, 1), (3, 3)]);
    }

    #[test]
    fn knows_what_it_holds() {
        let mut ranges = IdRanges::default();
        ranges.add(2, 4);
        ranges.add(8, 8);
        let held: Vec<u64> = (0..10).filter(|id| ranges.contains(*id)).collect();
        assert_eq!(held, [2, 3, 4, 8]);
        assert_eq!(ranges.count(), 4);
    }
}
