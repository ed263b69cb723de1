//! What was planned, what of it came to pass, and whether that is enough to have shown something.

use crate::event::FILL_DISK;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// A run this long must have shown everything it planned: in a shorter one there may be a single try of a kind.
const THOROUGH: Duration = Duration::from_mins(10);

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Performed,
    /// There was nothing to break.
    Skipped,
}

/// Every kind of event that was planned.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<&'static str, Count>);

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    performed: u32,
    skipped: u32,
}

impl Tally {
    pub(crate) fn add(&mut self, kind: &'static str, outcome: Outcome) {
        let count = self.0.entry(kind).or_default();
        match outcome {
            Outcome::Performed => count.performed += 1,
            Outcome::Skipped => count.skipped += 1,
        }
    }

    /// What a run of this length did not show, though it should; `refusing` is how long spools took no more.
    pub(crate) fn gaps(&self, lasting: Duration, refusing: Duration) -> Vec<String> {
        if lasting < THOROUGH {
            return Vec::new();
        }
        let never = self.0.iter().filter(|(_, count)| count.performed == 0);
        let mut gaps: Vec<String> = never
            .map(|(kind, count)| format!("{kind} was planned {} times and never done", count.skipped))
            .collect();
        let filled = self.0.get(FILL_DISK).map_or(0, |count| count.performed);
        if filled > 0 && refusing.is_zero() {
            gaps.push(format!("the disk was full {filled} times, and no spool ever refused a message"));
        }
        gaps
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (kind, Count { performed, skipped })) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{kind} {performed}")?;
            if *skipped > 0 {
                write!(f, " ({skipped} skipped)")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_skipped_is_not_counted_as_done() {
        let mut tally = Tally::default();
        tally.add(FILL_DISK, Outcome::Performed);
        for outcome in [Outcome::Skipped, Outcome::Performed, Outcome::Skipped] {
            tally.add("freeze", outcome);
        }
        assert_eq!(tally.to_string(), "fill-disk 1, freeze 1 (2 skipped)");
        tally.add("kill-broker", Outcome::Skipped);
        let second = Duration::from_secs(1);
        let short = Duration::from_mins(9);
        assert_eq!(tally.gaps(THOROUGH, second), ["kill-broker was planned 1 times and never done"]);
        assert_eq!(tally.gaps(THOROUGH, Duration::ZERO).len(), 2, "nor did a spool ever refuse");
        assert!(tally.gaps(short, Duration::ZERO).is_empty(), "too short to tell");
    }
}
