//! Decide: what the rules keep of a sample, and from when on. Plain functions of names; the mode is remembered beside the
//! series until the rules change.

use crate::validate::{Content, ValidSample, Validated};
use std::time::Duration;
use vigia_model::{Days, Mode, RejectReason, Rejection, Retention, RuleSet, SeriesPath, Source, Timestamp};
use vigia_store::retention::GRACE;

/// What holds where no rule says otherwise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Defaults {
    pub(crate) mode: Mode,
    pub(crate) retention: Retention,
}

/// The rules as read once, with a number that grows with every reading.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) generation: u64,
    pub(crate) set: RuleSet,
    pub(crate) retention: Retention,
    /// What lay before was dropped, of every series.
    pub(crate) raw_from: Timestamp,
    /// How long samples of some series are kept; all others longer.
    shortest: Option<Duration>,
}

/// When a sample came, and when it is judged: later, if it waited on disk or in the quarantine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged {
    pub(crate) received_at: Timestamp,
    pub(crate) now: Timestamp,
}

/// What waited so long after its receipt is as old as it is by now: what it may repeat is about to go.
const MAY_WAIT: Duration = Duration::from_hours(12);
const _: () =
    assert!(MAY_WAIT.as_secs() < GRACE.as_secs(), "nothing is taken of which a repeat is known no more");

impl Rules {
    pub(crate) fn new(generation: u64, set: RuleSet, retention: Retention, raw_from: Timestamp) -> Self {
        let shortest = set.shortest_raw(retention).map(Days::as_duration);
        Self { generation, set, retention, raw_from, shortest }
    }

    /// The persistence mode of one series, spoken for by the gateway of `source`.
    pub(crate) fn decide(&self, source: &Source, plc: &str, metric: &str) -> Mode {
        self.set.decide(path(source, plc, metric)).0
    }

    /// Refuses those samples of a message that lie before what is kept of their series.
    pub(crate) fn refuse_too_old(&self, source: &Source, validated: &mut Validated<'_>, judged: Judged) {
        let Content::Telemetry { samples, rejections } = &mut validated.content else { return };
        // Nearly always all of them are newer than anything that goes.
        let suspect = self.shortest.map_or(self.raw_from, |kept| judged.oldest(kept).max(self.raw_from));
        if samples.iter().all(|valid| valid.sample.ts >= suspect) {
            return;
        }
        samples.retain(|valid| {
            let begins = self.begins(source, valid, judged);
            if valid.sample.ts < begins {
                rejections.push(too_old(valid, begins));
            }
            valid.sample.ts >= begins
        });
        if samples.is_empty()
            && rejections.len() == 1
            && rejections.iter().all(|it| it.sample_index.is_none())
        {
            // Its one sample was the message.
            if let Some(rejection) = rejections.pop() {
                validated.content = Content::Rejected(rejection);
            }
        }
    }

    /// Where the samples of a series begin.
    fn begins(&self, source: &Source, valid: &ValidSample<'_>, judged: Judged) -> Timestamp {
        let path = path(source, &valid.plc, &valid.metric);
        if !self.set.decide(path).0.is_kept() {
            // Nothing of it is stored, so nothing of it can be too old to be.
            return Timestamp::from_millis(i64::MIN);
        }
        let kept = self.set.retention(path, self.retention);
        kept.raw.map_or(self.raw_from, |days| judged.oldest(days.as_duration()).max(self.raw_from))
    }
}

impl Judged {
    /// The oldest time that is taken where history is kept for so long.
    fn oldest(self, kept: Duration) -> Timestamp {
        self.received_at.max(self.now.minus(MAY_WAIT)).minus(kept)
    }
}

fn too_old(valid: &ValidSample<'_>, begins: Timestamp) -> Rejection {
    let detail = format!(
        "timestamp {} lies before {}, from when on samples of its series are kept",
        valid.sample.ts.as_millis(),
        begins.as_millis()
    );
    Rejection::message(RejectReason::TimestampOutOfRange, detail).at(valid.index)
}

fn path<'a>(source: &'a Source, plc: &'a str, metric: &'a str) -> SeriesPath<'a> {
    SeriesPath {
        tenant: source.tenant.as_str(),
        province: source.province.as_str(),
        plant: source.plant.as_str(),
        gateway: source.gateway.as_str(),
        plc,
        metric,
    }
}

#[cfg(test)]
mod tests;
