//! The one promise of the feed under any interleaving: the last value applied is finally delivered.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// What a subscriber believes after all it was told.
#[derive(Default)]
struct Belief(HashMap<(PlcPath, Identifier), (Timestamp, Option<Value>)>);

impl Belief {
    /// Takes one event; how many values it held, `None` when nothing was ready.
    fn learn(&mut self, subscription: &mut Subscription) -> Option<usize> {
        let Event::Plc(change) = subscription.try_next()? else { return Some(0) };
        let count = change.values.len();
        for value in &change.values {
            let key = (change.path.clone(), value.metric.clone());
            let told = self.0.insert(key, (value.ts, value.value.clone()));
            assert!(told.is_none_or(|(ts, _)| ts <= value.ts), "told an older time than before");
        }
        Some(count)
    }

    fn agrees_with(&self, live: &Live, plcs: &[PlcPath]) {
        let mut known = 0;
        for path in plcs {
            for (metric, sample) in live.plc_snapshot(path).unwrap().values {
                known += 1;
                let believed = self.0.get(&(path.clone(), metric));
                assert_eq!(believed, Some(&(sample.ts, sample.value)));
            }
        }
        assert_eq!(known, self.0.len());
    }
}

#[test]
fn writers_and_newcomers_race_and_everybody_ends_with_the_last_values() {
    const PLCS: usize = 8;
    const METRICS: i64 = 6;
    const ROUNDS: i64 = 1_500;
    let (live, _) = live();
    let paths: Vec<_> = (0..PLCS).map(|n| path("granix", "planta-1", &format!("plc-{n}"))).collect();
    let done = AtomicBool::new(false);

    thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let (live, paths) = (live.clone(), &paths);
                scope.spawn(move || {
                    for round in 0..ROUNDS {
                        for path in paths {
                            // Entries and metrics appear while others already watch.
                            let plc = live.plc(path);
                            let index = plc.metric(&name(&format!("m{}", round % METRICS)));
                            live.apply(&plc, &[(index, sample(round * 3 + writer, round))]);
                        }
                    }
                })
            })
            .collect();
        for reader in 0..4 {
            let (live, paths, done) = (live.clone(), &paths, &done);
            scope.spawn(move || {
                // A few come and go before one stays.
                for _ in 0..reader * 5 {
                    let mut brief = live.subscribe(TenantScope::All, everything());
                    Belief::default().learn(&mut brief);
                }
                let mut subscription = live.subscribe(TenantScope::All, everything());
                let mut belief = Belief::default();
                while !done.load(Ordering::Acquire) {
                    belief.learn(&mut subscription);
                }
                while belief.learn(&mut subscription).is_some() {}
                belief.agrees_with(&live, paths);
            });
        }
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Release);
    });
}

#[test]
fn a_waiting_subscriber_is_woken_for_every_last_value() {
    const ROUNDS: i64 = 20_000;
    let (live, _) = live();
    let plc = live.plc(&path("granix", "planta-1", "plc-03"));
    let head = plc.metric(&name("temp_head"));
    let mut subscription = live.subscribe(TenantScope::All, everything());
    let writer = {
        let live = live.clone();
        thread::spawn(move || {
            for ts in 1..=ROUNDS {
                live.apply(&plc, &[(head, sample(ts, ts))]);
            }
        })
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let delivered = runtime.block_on(async {
        let mut delivered = 0_u64;
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), subscription.next());
            let Event::Plc(change) = next.await.expect("a wake-up was lost") else { continue };
            delivered += 1;
            if change.values[0].ts == at(ROUNDS) {
                return delivered;
            }
        }
    });
    writer.join().unwrap();
    let missed = subscription.take_missed().updates;
    assert!(delivered + missed <= u64::try_from(ROUNDS).unwrap(), "{delivered} + {missed}");
}

#[derive(Debug, Clone)]
enum Step {
    Apply { plc: usize, metric: usize, ts: i64 },
    Look,
    Resubscribe,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..3_usize, 0..4_usize, 0..50_i64).prop_map(|(plc, metric, ts)| Step::Apply { plc, metric, ts }),
        3 => Just(Step::Look),
        1 => Just(Step::Resubscribe),
    ];
    proptest::collection::vec(step, 0..200)
}

proptest! {
    /// Told plus missed is exactly what happened, and what is believed in the end is what is.
    #[test]
    fn told_plus_missed_is_what_happened(steps in steps()) {
        let (live, _) = live();
        let paths: Vec<_> = (0..3).map(|n| path("granix", "planta-1", &format!("plc-{n}"))).collect();
        for path in &paths {
            live.plc(path);
        }
        let mut newest: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        let mut subscription = live.subscribe(TenantScope::All, everything());
        while subscription.try_next().is_some() {}
        // Somebody else looks all the time: what is made for him must do for us.
        let mut eager = live.subscribe(TenantScope::All, everything());
        let (mut happened, mut told) = (0, 0);
        let mut belief = Belief::default();
        let mut eagers_belief = Belief::default();
        for step in steps.into_iter().chain([Step::Look]) {
            while eagers_belief.learn(&mut eager).is_some() {}
            match step {
                Step::Apply { plc, metric, ts } => {
                    let plc_entry = live.plc(&paths[plc]);
                    let index = plc_entry.metric(&name(&format!("m{metric}")));
                    live.apply(&plc_entry, &[(index, sample(ts, ts))]);
                    let known = newest.entry((plc, metric)).or_insert(-1);
                    if ts > *known {
                        *known = ts;
                        happened += 1;
                    }
                }
                Step::Look => {
                    while let Some(count) = belief.learn(&mut subscription) {
                        told += count;
                    }
                }
                Step::Resubscribe => {
                    subscription = live.subscribe(TenantScope::All, everything());
                    while belief.learn(&mut subscription).is_some() {}
                    (happened, told) = (0, 0);
                }
            }
        }
        prop_assert_eq!(told + usize::try_from(subscription.take_missed().updates).unwrap(), happened);
        belief.agrees_with(&live, &paths);
        eagers_belief.agrees_with(&live, &paths);
    }
}
