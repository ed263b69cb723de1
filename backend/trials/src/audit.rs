//! The audit: what is stored, compared with what the ledger says was published.
//!
//! Samples to the last bit, packed or not, each exactly once and kept as its rule says; the figures beside packed ones;
//! hourly rows computed anew; the last state of every series; the quarantine by reason. One pass over the samples in the
//! order of their key, so that two million take seconds.
//!
//! ```no_run
//! # async fn check(ledger: &std::path::Path, database_url: &str) -> anyhow::Result<()> {
//! use vigia_trials::audit::{Expectation, audit};
//! let audit = audit(&Expectation::read(ledger)?, database_url).await?;
//! anyhow::ensure!(audit.is_clean(), "{audit}");
//! # Ok(())
//! # }
//! ```

mod expectation;
mod hour;
mod stored;
mod compare;

pub use compare::audit;
pub use expectation::{Expectation, series_name};

use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// What was compared and what differs. Every count but the first four should be zero.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Audit {
    /// Different samples published.
    pub published: u64,
    /// Of these, samples of messages the broker never confirmed: they may be stored or not.
    pub unconfirmed: u64,
    /// Samples stored for the tenants of the ledger.
    pub stored: u64,
    /// Of these, samples that are packed.
    pub packed: u64,
    /// Confirmed and not stored.
    pub lost: u64,
    /// Stored more than once.
    pub double: u64,
    /// Samples too many in an hourly row, beyond those that are stored twice or were never published.
    pub counted_twice: u64,
    /// Samples too few in an hourly row, beyond the lost ones.
    pub uncounted: u64,
    /// Stored with another value, type or quality.
    pub different: u64,
    /// Stored and never published.
    pub foreign: u64,
    /// Kept in another way than the rule of their metric says.
    pub mode_wrong: u64,
    /// Packed rows that cannot be read, or whose figures are not those of their samples.
    pub packed_wrong: u64,
    /// Hourly rows that are missing, too many or not what their samples come to.
    pub hourly_wrong: u64,
    /// Series whose last state is missing or not their newest sample.
    pub state_wrong: u64,
    /// Messages and samples quarantined too few or too many, over all reasons.
    pub rejections_wrong: u64,
    /// Samples, by series and time, of which the contradiction that was published later stands: that is right, and then
    /// the earlier one must be in quarantine.
    pub overtaken: BTreeSet<(String, i64)>,
    /// Samples that are packed and hidden and were contradicted: a contradiction that came when only the time was left is a
    /// repeat, so neither of the two need be in quarantine.
    pub unsure: BTreeSet<(String, i64)>,
    /// The first few differences, for people.
    pub examples: Vec<String>,
    pub took_seconds: f64,
}

impl Audit {
    /// Everything confirmed is stored once, as it was sent, and what follows from it is right.
    pub const fn is_clean(&self) -> bool {
        self.faults() == 0
    }

    /// How many things are wrong.
    pub const fn faults(&self) -> u64 {
        self.lost
            + self.double
            + self.different
            + self.foreign
            + self.mode_wrong
            + self.packed_wrong
            + self.hourly_wrong
            + self.state_wrong
            + self.rejections_wrong
    }

    fn example(&mut self, text: impl FnOnce() -> String) {
        const ENOUGH: usize = 20;
        if self.examples.len() < ENOUGH {
            self.examples.push(text());
        }
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} samples published, {} stored", self.published, self.stored)?;
        if self.packed > 0 {
            write!(f, ", {} of them packed", self.packed)?;
        }
        if self.is_clean() {
            return write!(f, ", all right ({:.1} s)", self.took_seconds);
        }
        for (what, count) in [
            ("lost", self.lost),
            ("double", self.double),
            ("different", self.different),
            ("never published", self.foreign),
            ("not kept by their rule", self.mode_wrong),
            ("packed rows wrong", self.packed_wrong),
            ("hourly rows wrong", self.hourly_wrong),
            ("last states wrong", self.state_wrong),
            ("rejections wrong", self.rejections_wrong),
        ] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        self.examples.iter().try_for_each(|example| write!(f, "\n  {example}"))
    }
}

#[cfg(test)]
mod tests;
