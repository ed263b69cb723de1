//! What must be stored: a ledger boiled down to samples by series and time.

use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use vigia_model::{DataType, Quality, RejectReason, Sample, Value};
use vigia_simulator::Ledger;
use vigia_simulator::ledger::{Entry, IdRanges, Meaning, Published, SampleKey, entries};

/// A ledger boiled down. Some 60 bytes a sample.
#[derive(Debug, Default)]
pub struct Expectation {
    /// By `tenant/plant/plc/metric`, sorted by time, each time once.
    pub(super) series: HashMap<Box<str>, Vec<Expected>>,
    pub(super) tenants: BTreeSet<Box<str>>,
    /// By reason: how many the broker confirmed, and how many were published at all.
    pub(super) rejections: BTreeMap<&'static str, (u64, u64)>,
    messages: u64,
    samples: u64,
    unconfirmed: u64,
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
        let mut name = String::new();
        for (key, sample) in Meaning::of(published).samples {
            write_name(&mut name, &key);
            let expected = Expected {
                ts_ms: key.ts.as_millis(),
                content: sample.into(),
                message: published.id,
                confirmed: false,
            };
            if let Some(samples) = self.series.get_mut(name.as_str()) {
                samples.push(expected);
            } else {
                self.tenants.insert(key.tenant.into());
                self.series.insert(name.as_str().into(), vec![expected]);
            }
        }
    }

    /// Brings order in: the first message of each series and time is the one that counts; a repeat only adds its
    /// confirmation.
    fn settled(mut self, acked: &IdRanges, rejected: &[(u64, RejectReason)]) -> Self {
        for samples in self.series.values_mut() {
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

fn write_name(name: &mut String, key: &SampleKey) {
    name.clear();
    for part in [&key.tenant, &key.plant, &key.plc] {
        name.push_str(part);
        name.push('/');
    }
    name.push_str(&key.metric);
}
