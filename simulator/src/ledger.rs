//! What was published and what the broker confirmed: an append-only file of JSON lines, by which a test knows what
//! must have been stored and a resend knows what may be missing.
//!
//! ```text
//! {"id":7,"at":1736359200012,"topic":"factory/…","payload":{…}}                    a message; `text` or `hex`
//! {"id":8,"at":…,"topic":"…","text":"{\"a","rejected":[{"reason":"not_json"}]}       where it is no JSON line
//! {"acked":[[1,7],[9,9]],"at":1736359200020}                                        PUBACKs, as ranges of ids
//! ```
//! A message's line is written before the message is sent, so a message on the wire is always in the ledger, even if
//! the simulator is killed. What a line means is read from the payload itself.

mod ranges;
mod line;
mod writer;
mod meaning;

pub use line::{Entry, Published, entries};
pub use meaning::{Meaning, SampleKey};
pub use ranges::IdRanges;
pub use writer::LedgerWriter;

use crate::error::Result;
use crate::message::ExpectedRejection;
use std::collections::BTreeMap;
use std::path::Path;
use vigia_model::Sample;

/// A ledger in memory; for files of many gigabytes walk [`entries`] instead.
#[derive(Debug, Default)]
pub struct Ledger {
    pub published: BTreeMap<u64, Published>,
    pub acked: IdRanges,
}

impl Ledger {
    /// Reads a ledger, even one still being written. A line cut short by a kill is passed over.
    pub fn read(path: &Path) -> Result<Self> {
        let mut ledger = Self::default();
        for entry in entries(path)? {
            match entry? {
                Entry::Published(published) => {
                    ledger.published.insert(published.id, published);
                }
                Entry::Acked { ids, .. } => {
                    for (first, last) in ids {
                        ledger.acked.add(first, last);
                    }
                }
            }
        }
        Ok(ledger)
    }

    /// What must be known of the fleet once everything published has arrived: each sample once, the first one
    /// published of each series and time.
    pub fn samples(&self) -> BTreeMap<SampleKey, Sample> {
        let mut samples = BTreeMap::new();
        for published in self.published.values() {
            for (key, sample) in Meaning::of(published).samples {
                samples.entry(key).or_insert(sample);
            }
        }
        samples
    }

    /// What must be in quarantine.
    pub fn rejections(&self) -> Vec<(u64, ExpectedRejection)> {
        let of = |published: &Published| {
            published.rejected.iter().map(|it| (published.id, *it)).collect::<Vec<_>>()
        };
        self.published.values().flat_map(of).collect()
    }

    /// What was published and never confirmed, in order.
    pub fn pending(&self) -> impl Iterator<Item = &Published> {
        self.published.values().filter(|published| !self.acked.contains(published.id))
    }
}

#[cfg(test)]
mod tests;
