//! The verdict: what is stored and shown, against what was published.

use crate::contradiction::Standing;
use crate::gateways::Gateways;
use crate::quarantine::Refusals;
use crate::rules::mode_of;
use crate::state::Newest;
use crate::system::System;
use anyhow::Result;
use std::fmt;
use std::path::Path;
use vigia_model::Timestamp;
use vigia_simulator::ledger::{Entry, IdRanges, Meaning, Published, entries};
use vigia_trials::audit::{Audit, Expectation, audit};

/// What is so old is packed, if nothing is broken: with `PACK_AFTER_SEC` at 60, and the pauses of packing.
const PACKED_BY_MS: i64 = 80_000;
/// How many differences are shown.
const SHOWN: usize = 20;

/// What came out.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) audit: Audit,
    /// Refused messages by the ledger.
    refusals: usize,
    late: Late,
    quarantine: Vec<String>,
    gateways: Vec<String>,
    shown_wrong: Vec<String>,
}

/// The last line of a run. Unless all that is wrong is zero, something is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LastLine {
    kills: u32,
    published: u64,
    /// Confirmed and not stored, or not counted in its hour.
    lost: u64,
    /// Counted more than once, or stored and never published.
    double: u64,
    state_wrong: u64,
    /// Whatever else differs, and whatever beside the data failed.
    wrong: u64,
    seed: u64,
}

impl Verdict {
    /// Compares everything. The backend in this place is the one that ingests.
    pub(crate) async fn reach(system: &System, ingesting: usize) -> Result<Self> {
        let ledger = system.ledger();
        let expectation = Expectation::read(&ledger)?.redelivered().kept_by(mode_of);
        let audit = audit(&expectation, system.database_url()).await?;
        drop(expectation);
        let Read { refusals, newest, gateways, confirmed, late } =
            Read::of(&ledger, Standing { overtaken: &audit.overtaken, unsure: &audit.unsure })?;
        let refused = refusals.len();
        let quarantine = refusals.differences(&confirmed, system.database_url()).await?;
        let [one, two] = &system.backends;
        let backend = if ingesting == 0 { one } else { two };
        let shown_wrong = newest.differences(system, backend).await;
        let gateways = gateways.differences(system, backend).await?;
        Ok(Self { audit, refusals: refused, late, quarantine, gateways, shown_wrong })
    }

    /// Everything in one line; `faults` are those beside the data.
    pub(crate) fn last_line(&self, kills: u32, seed: u64, faults: &[String]) -> LastLine {
        let count = |list: &[String]| u64::try_from(list.len()).unwrap_or(u64::MAX);
        let audit = &self.audit;
        LastLine {
            kills,
            published: audit.published,
            lost: audit.lost + audit.uncounted,
            double: audit.counted_twice + audit.double + audit.foreign,
            state_wrong: audit.state_wrong + count(&self.shown_wrong),
            wrong: audit.different
                + audit.mode_wrong
                + audit.packed_wrong
                + audit.hourly_wrong
                + audit.rejections_wrong
                + audit.unconfirmed
                + count(&self.quarantine)
                + count(&self.gateways)
                + count(faults),
            seed,
        }
    }

    /// The lines before the last.
    pub(crate) fn tell(&self) {
        println!("{}", self.audit);
        println!("quarantine: {} refusals expected, {} differences", self.refusals, self.quarantine.len());
        let Late { repeats, contradictions } = self.late;
        println!(
            "packed: {} samples; of such an age came {repeats} repeats, {contradictions} contradictions",
            self.audit.packed
        );
        println!(
            "contradictions: of {} the one published later stands; of {} packed ones only the time is known",
            self.audit.overtaken.len(),
            self.audit.unsure.len()
        );
        println!("gateways: {} differences", self.gateways.len());
        println!("unconfirmed: {}", self.audit.unconfirmed);
        let others = self.quarantine.iter().chain(&self.gateways).chain(&self.shown_wrong);
        for difference in others.take(SHOWN.saturating_sub(self.audit.examples.len())) {
            println!("  {difference}");
        }
    }
}

impl LastLine {
    /// Whether nothing at all is wrong.
    pub(crate) const fn is_well(&self) -> bool {
        self.lost + self.double + self.state_wrong + self.wrong == 0
    }
}

impl fmt::Display for LastLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, published, lost, double, state_wrong, wrong, seed } = self;
        write!(f, "chaos: kills={kills} published={published} lost={lost} double={double} ")?;
        write!(f, "state_wrong={state_wrong} wrong={wrong} seed={seed}")
    }
}

/// The ledger, as far as the audit does not look at it.
#[derive(Default)]
struct Read {
    refusals: Refusals,
    newest: Newest,
    gateways: Gateways,
    confirmed: IdRanges,
    late: Late,
}

/// Messages about samples so old when they were published that those were packed already, had they come in time.
#[derive(Debug, Clone, Copy, Default)]
struct Late {
    repeats: u64,
    contradictions: u64,
}

impl Late {
    fn add(&mut self, published: &Published) {
        let contradicts = published.contradicts();
        if !contradicts && !published.duplicate {
            return;
        }
        let said = if contradicts { Meaning::said(published) } else { Meaning::of(published) };
        let is_packed = |ts: Timestamp| published.at.millis_since(ts) > PACKED_BY_MS;
        if said.samples.first().is_some_and(|(_, sample)| is_packed(sample.ts)) {
            *if contradicts { &mut self.contradictions } else { &mut self.repeats } += 1;
        }
    }
}

impl Read {
    fn of(ledger: &Path, standing: Standing<'_>) -> Result<Self> {
        let mut read = Self::default();
        for entry in entries(ledger)? {
            match entry? {
                Entry::Published(published) => {
                    read.late.add(&published);
                    read.refusals.add(&published, standing);
                    read.newest.add(&published, standing);
                    read.gateways.add(&published);
                }
                Entry::Acked { ids, .. } => {
                    for (first, last) in ids {
                        read.confirmed.add(first, last);
                    }
                }
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(audit: Audit) -> Verdict {
        let none = Vec::new;
        Verdict {
            audit,
            refusals: 0,
            late: Late::default(),
            quarantine: none(),
            gateways: none(),
            shown_wrong: none(),
        }
    }

    fn check(verdict: &Verdict, faults: usize, wrong: &str) {
        let line = verdict.last_line(3, 7, &vec!["stuck".to_owned(); faults]);
        assert_eq!(line.to_string(), format!("chaos: kills=3 published=9 {wrong} seed=7"));
        assert_eq!(line.is_well(), wrong == "lost=0 double=0 state_wrong=0 wrong=0");
    }

    #[test]
    fn the_last_line_shows_whatever_is_wrong() {
        let right = Audit { published: 9, ..Audit::default() };
        check(&verdict(right.clone()), 0, "lost=0 double=0 state_wrong=0 wrong=0");
        check(&verdict(right.clone()), 2, "lost=0 double=0 state_wrong=0 wrong=2");
        for (audit, wrong) in [
            (Audit { lost: 1, ..right.clone() }, "lost=1 double=0 state_wrong=0 wrong=0"),
            (
                Audit { uncounted: 1, counted_twice: 1, hourly_wrong: 1, ..right.clone() },
                "lost=1 double=1 state_wrong=0 wrong=1",
            ),
            (Audit { double: 1, foreign: 2, ..right.clone() }, "lost=0 double=3 state_wrong=0 wrong=0"),
            (Audit { state_wrong: 1, ..right.clone() }, "lost=0 double=0 state_wrong=1 wrong=0"),
            (Audit { different: 1, ..right.clone() }, "lost=0 double=0 state_wrong=0 wrong=1"),
            (Audit { mode_wrong: 1, ..right.clone() }, "lost=0 double=0 state_wrong=0 wrong=1"),
            (Audit { packed_wrong: 1, ..right.clone() }, "lost=0 double=0 state_wrong=0 wrong=1"),
            (Audit { hourly_wrong: 1, ..right.clone() }, "lost=0 double=0 state_wrong=0 wrong=1"),
            (Audit { rejections_wrong: 1, ..right.clone() }, "lost=0 double=0 state_wrong=0 wrong=1"),
            (Audit { unconfirmed: 1, ..right.clone() }, "lost=0 double=0 state_wrong=0 wrong=1"),
        ] {
            check(&verdict(audit), 0, wrong);
        }
        let one = || vec![String::new()];
        let right = || verdict(right.clone());
        check(&Verdict { quarantine: one(), ..right() }, 0, "lost=0 double=0 state_wrong=0 wrong=1");
        check(&Verdict { gateways: one(), ..right() }, 0, "lost=0 double=0 state_wrong=0 wrong=1");
        check(&Verdict { shown_wrong: one(), ..right() }, 0, "lost=0 double=0 state_wrong=1 wrong=0");
    }
}
