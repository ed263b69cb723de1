//! What must be stored: a ledger boiled down to samples by series and time.

use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use vigia_model::{DataType, Mode, Quality, RejectReason, Sample, Value};
use vigia_simulator::Ledger;
use vigia_simulator::ledger::{Entry, IdRanges, Meaning, Published, SampleKey, entries};

/// A ledger boiled down. Some 60 bytes a sample.
#[derive(Debug, Default)]
pub struct Expectation {
    /// By `tenant/plant/plc/metric`.
    pub(super) series: HashMap<Box<str>, Series>,
    pub(super) tenants: BTreeSet<Box<str>>,
    /// By reason: how many the broker confirmed, and how many were published at all.
    pub(super) rejections: BTreeMap<&'static str, (u64, u64)>,
    messages: u64,
    samples: u64,
    unconfirmed: u64,
}

/// What was published of one series.
#[derive(Debug)]
pub(super) struct Series {
    /// What is kept of it.
    pub(super) mode: Mode,
    /// Sorted by time, each time once.
    pub(super) samples: Vec<Expected>,
    /// What else was said of a time: whichever is committed first holds.
    contradictions: HashMap<i64, Content>,
}

/// One sample.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expected {
    pub(super) ts_ms: i64,
    pub(super) content: Content,
    /// The message it came in, by its number in the ledger.
    message: u64,
    /// The broker confirmed it: it must be stored. Otherwise it may be.
    pub(super) confirmed: bool,
}

/// What a sample says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Content {
    pub(super) data_type: DataType,
    pub(super) quality: Quality,
    pub(super) value: Option<Value>,
}

impl Content {
    /// The same to the last bit.
    pub(super) fn is(&self, other: &Self) -> bool {
        let value = match (&self.value, &other.value) {
            (Some(Value::Float(one)), Some(Value::Float(other))) => one.to_bits() == other.to_bits(),
            (one, other) => one == other,
        };
        value && self.data_type == other.data_type && self.quality == other.quality
    }

    /// What it adds to its hour.
    pub(super) fn good_statistic(&self) -> Option<f64> {
        (self.quality == Quality::Good).then(|| self.value.as_ref()?.as_statistic()).flatten()
    }
}

impl Series {
    /// Of a series whose rule, or the lack of one, says `both`.
    fn new() -> Self {
        Self { mode: Mode::Both, samples: Vec::new(), contradictions: HashMap::new() }
    }

    /// What contradicts the sample of this time.
    pub(super) fn contradiction(&self, ts_ms: i64) -> Option<&Content> {
        self.contradictions.get(&ts_ms)
    }
}

impl From<Sample> for Content {
    fn from(sample: Sample) -> Self {
        Self { data_type: sample.data_type, quality: sample.quality, value: sample.value }
    }
}

impl Expectation {
    /// Reads a ledger file without holding its messages.
    ///
    /// # Errors
    /// When it cannot be read or is no ledger.
    pub fn read(path: &Path) -> Result<Self> {
        let (mut expectation, mut acked) = (Self::default(), IdRanges::default());
        let mut rejected = Vec::new();
        for entry in entries(path)? {
            match entry? {
                Entry::Published(published) => expectation.add(&published, &mut rejected),
                Entry::Acked { ids, .. } => ids.into_iter().for_each(|(first, last)| acked.add(first, last)),
            }
        }
        Ok(expectation.settled(&acked, &rejected))
    }

    /// The same of a ledger in memory.
    pub fn of(ledger: &Ledger) -> Self {
        let (mut expectation, mut rejected) = (Self::default(), Vec::new());
        ledger.published.values().for_each(|published| expectation.add(published, &mut rejected));
        expectation.settled(&ledger.acked, &rejected)
    }

    /// The same where the broker may deliver a message more than once: what is refused may then be in quarantine any
    /// number of times, but must be there as often as it was published.
    #[must_use]
    pub fn redelivered(mut self) -> Self {
        self.rejections.values_mut().for_each(|(_, most)| *most = u64::MAX);
        self
    }

    /// The same where rules other than `both` for all are in force: what is kept of a metric, by its name.
    #[must_use]
    pub fn kept_by(mut self, mode_of: impl Fn(&str) -> Mode) -> Self {
        for (name, series) in &mut self.series {
            series.mode = mode_of(name.rsplit('/').next().unwrap_or_default());
        }
        self
    }

    /// Messages published, of any kind and each as often as it was.
    pub const fn messages(&self) -> u64 {
        self.messages
    }

    /// Different samples published.
    pub const fn samples(&self) -> u64 {
        self.samples
    }

    /// Of these, samples the broker never confirmed.
    pub const fn unconfirmed(&self) -> u64 {
        self.unconfirmed
    }

    fn add(&mut self, published: &Published, rejected: &mut Vec<(u64, RejectReason)>) {
        self.messages += 1;
        rejected.extend(published.rejected.iter().map(|rejection| (published.id, rejection.reason)));
        let contradicts = published.contradicts();
        let meaning = if contradicts { Meaning::said(published) } else { Meaning::of(published) };
        let mut name = String::new();
        for (key, sample) in meaning.samples {
            name.clear();
            write_name(&mut name, &key);
            if !self.series.contains_key(name.as_str()) {
                self.tenants.insert(key.tenant.into());
                self.series.insert(name.as_str().into(), Series::new());
            }
            let Some(series) = self.series.get_mut(name.as_str()) else { continue };
            let (ts_ms, content, message) = (key.ts.as_millis(), sample.into(), published.id);
            if contradicts {
                series.contradictions.insert(ts_ms, content);
            } else {
                series.samples.push(Expected { ts_ms, content, message, confirmed: false });
            }
        }
    }

    /// Brings order in: the first message of each series and time is the one that counts; a repeat only adds its
    /// confirmation.
    fn settled(mut self, acked: &IdRanges, rejected: &[(u64, RejectReason)]) -> Self {
        for Series { samples, .. } in self.series.values_mut() {
            for sample in samples.iter_mut() {
                sample.confirmed = acked.contains(sample.message);
            }
            samples.sort_by_key(|sample| (sample.ts_ms, sample.message));
            samples.dedup_by(|repeat, first| {
                let is_repeat = repeat.ts_ms == first.ts_ms;
                first.confirmed |= is_repeat && repeat.confirmed && repeat.content.is(&first.content);
                is_repeat
            });
            self.samples += count(samples.len());
            self.unconfirmed += count(samples.iter().filter(|sample| !sample.confirmed).count());
        }
        for (message, reason) in rejected {
            let (confirmed, all) = self.rejections.entry(reason.as_str()).or_default();
            *confirmed += u64::from(acked.contains(*message));
            *all += 1;
        }
        self
    }
}

pub(super) fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// What the audit calls the series of a sample.
pub fn series_name(key: &SampleKey) -> String {
    let mut name = String::new();
    write_name(&mut name, key);
    name
}

fn write_name(name: &mut String, key: &SampleKey) {
    for part in [&key.tenant, &key.plant, &key.plc] {
        name.push_str(part);
        name.push('/');
    }
    name.push_str(&key.metric);
}
