//! One PLC: the last sample of each of its metrics, and who watches them.

use crate::path::PlcPath;
use crate::whole;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use vigia_model::{DataType, Identifier, Quality, Sample, Timestamp, Value};

mod link;
mod recent;

pub(crate) use link::PlcLink;
use link::Watch;
use recent::Recent;

/// The place of a metric within its PLC; given once, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricIndex(u32);

impl MetricIndex {
    fn position(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// The live entry of a PLC. Ingest keeps the `Arc` and the metric indexes, so that the hot path looks up no name.
#[derive(Debug)]
pub struct LivePlc {
    path: PlcPath,
    state: RwLock<State>,
    /// Locked under `state`.
    recent: Mutex<Recent>,
}

#[derive(Debug, Default)]
struct State {
    by_name: HashMap<Identifier, MetricIndex>,
    metrics: Vec<Metric>,
    /// The version at which each metric last changed, apart from `metrics` so that a look for changes is one scan
    /// of a dense list.
    changed: Vec<u64>,
    /// Grows by one with every apply that changed something.
    version: u64,
    watches: Vec<Watch>,
    /// The metrics one apply changed, each once; kept only to reuse its memory.
    touched: Vec<usize>,
}

#[derive(Debug)]
struct Metric {
    name: Identifier,
    sample: Option<Sample>,
    /// The version at which unit or data type last changed.
    relabelled: u64,
    /// Whether it ever named a unit: only then is losing it news.
    had_unit: bool,
}

/// What is new of a PLC since the subscriber last looked. Subscribers to all of its metrics that looked at the same times
/// share it.
#[derive(Debug)]
pub struct PlcChange {
    pub path: PlcPath,
    /// Never empty; one entry a metric, its latest value.
    pub values: Vec<MetricChange>,
    frame: OnceLock<Bytes>,
}

/// The latest value of a metric.
#[derive(Debug, Clone)]
pub struct MetricChange {
    pub metric: Identifier,
    /// Source time.
    pub ts: Timestamp,
    pub value: Option<Value>,
    pub quality: Quality,
    /// There when the subscriber does not know them yet.
    pub labels: Option<Labels>,
}

/// What a value is called besides its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    pub data_type: DataType,
    /// The outer `None`: never had one, nothing to tell. `Some(None)`: had one and lost it.
    pub unit: Option<Option<Box<str>>>,
}

/// The last sample of every metric of a PLC that has one, in order of first appearance.
#[derive(Debug, Clone)]
pub struct PlcSnapshot {
    pub path: PlcPath,
    /// The newest source time.
    pub last_ts: Option<Timestamp>,
    pub values: Vec<(Identifier, Sample)>,
}

impl LivePlc {
    pub(crate) fn new(path: PlcPath) -> Self {
        Self { path, state: RwLock::default(), recent: Mutex::default() }
    }

    pub fn path(&self) -> &PlcPath {
        &self.path
    }

    /// The index of a metric, made at first sight.
    pub fn metric(&self, name: &Identifier) -> MetricIndex {
        if let Some(index) = whole(self.state.read()).by_name.get(name) {
            return *index;
        }
        let mut state = whole(self.state.write());
        if let Some(index) = state.by_name.get(name) {
            return *index; // somebody was faster
        }
        let index = MetricIndex(u32::try_from(state.metrics.len()).unwrap_or(u32::MAX));
        state.by_name.insert(name.clone(), index);
        state.metrics.push(Metric { name: name.clone(), sample: None, relabelled: 0, had_unit: false });
        state.changed.push(0);
        for watch in &mut state.watches {
            watch.learn(&self.path, name);
        }
        index
    }

    /// Takes samples in order; of each metric only a strictly newer source time counts.
    pub(crate) fn apply(&self, updates: &[(MetricIndex, Sample)]) {
        self.change(updates.iter().map(|(index, sample)| (*index, sample)), |known, new| new.ts > known.ts);
    }

    /// Replaces the value of a metric where it has the source time of `stored`: what was committed first holds.
    pub(crate) fn correct(&self, metric: MetricIndex, stored: &Sample) {
        self.change(std::iter::once((metric, stored)), |known, stored| {
            stored.ts == known.ts && (!stored.says_the_same(known) || stored.unit != known.unit)
        });
    }

    fn change<'a>(
        &self,
        updates: impl Iterator<Item = (MetricIndex, &'a Sample)>,
        wins: impl Fn(&Sample, &Sample) -> bool,
    ) {
        let mut guard = whole(self.state.write());
        let state = &mut *guard;
        let version = state.version + 1;
        state.touched.clear();
        for (index, sample) in updates {
            let position = index.position();
            let (Some(metric), Some(changed)) =
                (state.metrics.get_mut(position), state.changed.get_mut(position))
            else {
                debug_assert!(false, "a metric index of another PLC");
                continue;
            };
            if metric.sample.as_ref().is_some_and(|known| !wins(known, sample)) {
                continue;
            }
            metric.put(sample, version);
            if *changed != version {
                *changed = version;
                state.touched.push(position);
            }
        }
        if state.touched.is_empty() {
            return;
        }
        state.version = version;
        for watch in &state.watches {
            watch.note(&state.touched);
        }
    }

    /// Everything that is known now.
    pub(crate) fn snapshot(&self) -> PlcSnapshot {
        let state = whole(self.state.read());
        let values: Vec<_> = state
            .metrics
            .iter()
            .filter_map(|metric| metric.sample.clone().map(|sample| (metric.name.clone(), sample)))
            .collect();
        let last_ts = values.iter().map(|(_, sample)| sample.ts).max();
        PlcSnapshot { path: self.path.clone(), last_ts, values }
    }

    /// The newest source time of any metric.
    pub fn last_ts(&self) -> Option<Timestamp> {
        whole(self.state.read())
            .metrics
            .iter()
            .filter_map(|metric| metric.sample.as_ref())
            .map(|s| s.ts)
            .max()
    }

    /// The wanted metrics that changed after a version; `None` when none did.
    fn changes(&self, state: &State, seen: u64, wanted: impl Fn(usize) -> bool) -> Option<PlcChange> {
        let mut values = Vec::new();
        for (position, (metric, version)) in state.metrics.iter().zip(&state.changed).enumerate() {
            if *version <= seen || !wanted(position) {
                continue;
            }
            let Some(sample) = &metric.sample else { continue };
            values.push(MetricChange {
                metric: metric.name.clone(),
                ts: sample.ts,
                value: sample.value.clone(),
                quality: sample.quality,
                labels: (metric.relabelled > seen).then(|| metric.labels(sample)),
            });
        }
        (!values.is_empty()).then(|| PlcChange::new(&self.path, values))
    }

    /// Makes `link` known, with everything there is as its first news.
    pub(crate) fn attach(&self, link: Arc<PlcLink>) {
        let mut state = whole(self.state.write());
        let watch = Watch::new(link, &self.path, state.metrics.iter().map(|metric| &metric.name));
        watch.mark();
        state.watches.push(watch);
    }

    /// Forgets a watcher; nothing is pushed to it from here on.
    pub(crate) fn detach(&self, watcher: u64) {
        whole(self.state.write()).watches.retain(|watch| watch.watcher() != watcher);
    }
}

impl PlcChange {
    fn new(path: &PlcPath, values: Vec<MetricChange>) -> Self {
        Self { path: path.clone(), values, frame: OnceLock::new() }
    }

    /// The change as it is sent: made by the first who asks, and the same for all with whom it is shared.
    pub fn frame(&self, make: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.frame.get_or_init(|| make(self)).clone()
    }
}

impl Metric {
    /// Takes over a sample; the unit, nearly always the same, costs no allocation.
    fn put(&mut self, sample: &Sample, version: u64) {
        self.had_unit |= sample.unit.is_some();
        let Some(known) = &mut self.sample else {
            self.sample = Some(sample.clone());
            self.relabelled = version;
            return;
        };
        if known.unit != sample.unit || known.data_type != sample.data_type {
            known.unit.clone_from(&sample.unit);
            known.data_type = sample.data_type;
            self.relabelled = version;
        }
        known.ts = sample.ts;
        known.quality = sample.quality;
        known.value.clone_from(&sample.value);
    }

    fn labels(&self, sample: &Sample) -> Labels {
        Labels { data_type: sample.data_type, unit: self.had_unit.then(|| sample.unit.clone()) }
    }
}
