//! The verdict: what is stored and shown, against what was published.

use crate::quarantine::Refusals;
use crate::state::Newest;
use crate::system::System;
use anyhow::Result;
use std::path::Path;
use vigia_simulator::ledger::{Entry, IdRanges, entries};
use vigia_trials::audit::{Audit, Expectation, audit};

/// How many differences are shown.
const SHOWN: usize = 20;

/// What came out.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) audit: Audit,
    /// Refused messages by the ledger.
    refusals: usize,
    quarantine: Vec<String>,
    shown_wrong: Vec<String>,
}

impl Verdict {
    /// Compares everything. The backend in this place is the one that ingests.
    pub(crate) async fn reach(system: &System, ingesting: usize) -> Result<Self> {
        let ledger = system.ledger();
        let audit = audit(&Expectation::read(&ledger)?.redelivered(), system.database_url()).await?;
        let (refusals, newest, confirmed) = read(&ledger)?;
        let refused = refusals.len();
        let quarantine = refusals.differences(&confirmed, system.database_url()).await?;
        let [one, two] = &system.backends;
        let backend = if ingesting == 0 { one } else { two };
        let shown_wrong = newest.differences(system, backend).await;
        Ok(Self { audit, refusals: refused, quarantine, shown_wrong })
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.audit.is_clean()
            && self.audit.unconfirmed == 0
            && self.quarantine.is_empty()
            && self.shown_wrong.is_empty()
    }

    /// Confirmed and not stored.
    pub(crate) const fn lost(&self) -> u64 {
        self.audit.lost
    }

    /// Counted more than once, or stored and never published.
    pub(crate) const fn double(&self) -> u64 {
        self.audit.counted_twice + self.audit.double + self.audit.foreign
    }

    pub(crate) fn state_wrong(&self) -> u64 {
        self.audit.state_wrong + u64::try_from(self.shown_wrong.len()).unwrap_or(u64::MAX)
    }

    /// The lines before the last.
    pub(crate) fn tell(&self) {
        println!("{}", self.audit);
        println!("quarantine: {} refusals expected, {} differences", self.refusals, self.quarantine.len());
        println!("unconfirmed: {}", self.audit.unconfirmed);
        let others = self.quarantine.iter().chain(&self.shown_wrong);
        for difference in others.take(SHOWN.saturating_sub(self.audit.examples.len())) {
            println!("  {difference}");
        }
    }
}

fn read(ledger: &Path) -> Result<(Refusals, Newest, IdRanges)> {
    let (mut refusals, mut newest, mut confirmed) =
        (Refusals::default(), Newest::default(), IdRanges::default());
    for entry in entries(ledger)? {
        match entry? {
            Entry::Published(published) => {
                refusals.add(&published);
                newest.add(&published);
            }
            Entry::Acked { ids, .. } => ids.into_iter().for_each(|(first, last)| confirmed.add(first, last)),
        }
    }
    Ok((refusals, newest, confirmed))
}
