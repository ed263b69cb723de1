//! How many samples of each series came lately, whatever is kept of them: what a persistence rule would keep cannot be
//! counted in the database when none does so yet.

use dashmap::DashMap;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use vigia_model::{Clock, Identifier, SeriesPath, Source, TenantScope, Timestamp};

/// Hours that are counted apart, the present one included.
const HOURS: i64 = 24;
const HOUR_MS: i64 = 3_600_000;
/// Series counted at most: some 300 bytes each. Names beyond are counted together and shown nowhere.
const MAX_SERIES: usize = 500_000;

/// The counters of all series a gateway spoke of since this process started.
#[derive(Debug)]
pub struct Traffic {
    since: Timestamp,
    series: DashMap<Spoken, Arc<Counter>>,
    others: Arc<Counter>,
}

/// A series as one gateway speaks of it: rules match the gateway too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spoken {
    pub source: Source,
    pub plc: Identifier,
    pub metric: Identifier,
}

impl Spoken {
    /// The names that rules match.
    pub fn path(&self) -> SeriesPath<'_> {
        SeriesPath {
            tenant: self.source.tenant.as_str(),
            province: self.source.province.as_str(),
            plant: self.source.plant.as_str(),
            gateway: self.source.gateway.as_str(),
            plc: self.plc.as_str(),
            metric: self.metric.as_str(),
        }
    }
}

/// Samples received of one series, by hour. One task writes, so plain stores do; a reader may see an hour half turned.
#[derive(Debug)]
pub struct Counter {
    /// The newest hour counted, since 1970.
    hour: AtomicI64,
    samples: [AtomicU32; 24],
}

impl Counter {
    fn new() -> Self {
        Self { hour: AtomicI64::new(0), samples: std::array::from_fn(|_| AtomicU32::new(0)) }
    }

    /// A sample was received at `at`.
    pub fn count(&self, at: Timestamp) {
        let hour = at.as_millis().div_euclid(HOUR_MS);
        let newest = self.hour.load(Ordering::Relaxed);
        if hour > newest {
            for passed in (newest + 1).max(hour - HOURS + 1)..=hour {
                if let Some(samples) = self.of(passed) {
                    samples.store(0, Ordering::Relaxed);
                }
            }
            self.hour.store(hour, Ordering::Relaxed);
        } else if hour <= newest - HOURS {
            return; // received long ago, drained from the spool only now
        }
        if let Some(samples) = self.of(hour) {
            samples.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Samples received since the beginning of `first`, an hour not more than a day ago.
    fn since(&self, first: i64) -> u64 {
        let newest = self.hour.load(Ordering::Relaxed);
        let hours = first.max(newest - HOURS + 1)..=newest;
        hours.filter_map(|hour| self.of(hour)).map(|samples| u64::from(samples.load(Ordering::Relaxed))).sum()
    }

    fn of(&self, hour: i64) -> Option<&AtomicU32> {
        self.samples.get(usize::try_from(hour.rem_euclid(HOURS)).ok()?)
    }
}

/// What came of each series in the span that was watched.
#[derive(Debug, Clone)]
pub struct Day {
    /// When the span begins: a day ago, to the hour, or when this process started.
    pub from: Timestamp,
    pub to: Timestamp,
    /// Series of which something came, in no order.
    pub series: Vec<(Spoken, u64)>,
}

impl Traffic {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self { since: clock.now(), series: DashMap::new(), others: Arc::new(Counter::new()) }
    }

    /// The counter of a series, made at first sight.
    pub fn counter(&self, source: &Source, plc: &Identifier, metric: &Identifier) -> Arc<Counter> {
        let spoken = Spoken { source: source.clone(), plc: plc.clone(), metric: metric.clone() };
        if let Some(counter) = self.series.get(&spoken) {
            return Arc::clone(&counter);
        }
        if self.series.len() >= MAX_SERIES {
            return Arc::clone(&self.others);
        }
        Arc::clone(&self.series.entry(spoken).or_insert_with(|| Arc::new(Counter::new())))
    }

    /// How many samples of each tenant of a scope came in the last day, or since this process started.
    pub fn per_tenant(&self, scope: &TenantScope, now: Timestamp) -> HashMap<Identifier, u64> {
        let first = now.as_millis().div_euclid(HOUR_MS) - HOURS + 1;
        let mut sums = HashMap::new();
        for entry in self.series.iter().filter(|entry| scope.allows(entry.key().source.tenant.as_str())) {
            let samples = entry.value().since(first);
            if samples > 0 {
                *sums.entry(entry.key().source.tenant.clone()).or_default() += samples;
            }
        }
        sums
    }

    /// What came in the last day, or since this process started.
    pub fn day(&self, now: Timestamp) -> Day {
        let first = now.as_millis().div_euclid(HOUR_MS) - HOURS + 1;
        let series = self.series.iter().filter_map(|entry| {
            let samples = entry.value().since(first);
            (samples > 0).then(|| (entry.key().clone(), samples))
        });
        Day {
            from: self.since.max(Timestamp::from_millis(first * HOUR_MS)),
            to: now,
            series: series.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(hour: i64) -> Timestamp {
        Timestamp::from_millis(hour * HOUR_MS + 1_000)
    }

    fn name(text: &str) -> Identifier {
        Identifier::new(text).unwrap()
    }

    #[test]
    fn a_counter_forgets_what_is_older_than_a_day() {
        let counter = Counter::new();
        for at in [100, 100, 110, 123] {
            counter.count(hour(at));
        }
        assert_eq!(counter.since(100), 4);
        assert_eq!(counter.since(101), 2);
        counter.count(hour(124));
        assert_eq!(counter.since(101), 3, "hour 100 gave its place to hour 124");
        counter.count(hour(99));
        assert_eq!(counter.since(99), 3, "too late");
        counter.count(hour(122));
        assert_eq!(counter.since(101), 4, "late, and still within the day");
        counter.count(hour(500));
        assert_eq!(counter.since(477), 1);
    }

    #[test]
    fn a_day_holds_what_came_in_it() {
        let clock = Clock::manual(hour(1_000));
        let traffic = Traffic::new(&clock);
        let source = Source { tenant: name("t"), province: name("p"), plant: name("x"), gateway: name("g") };
        let counter = traffic.counter(&source, &name("plc"), &name("old"));
        counter.count(hour(1_000));
        assert!(Arc::ptr_eq(&counter, &traffic.counter(&source, &name("plc"), &name("old"))));
        let day = traffic.day(hour(1_001));
        assert_eq!((day.from, day.series.len()), (hour(1_000), 1), "watched since the start");
        traffic.counter(&source, &name("plc"), &name("new")).count(hour(1_030));
        let day = traffic.day(hour(1_030));
        assert_eq!(day.from, Timestamp::from_millis(1_007 * HOUR_MS));
        let [(spoken, samples)] = day.series.as_slice() else { panic!("{day:?}") };
        assert_eq!((spoken.path().metric, *samples), ("new", 1));
    }
}
