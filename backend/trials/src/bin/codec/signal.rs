//! What is packed: signals as plants have them, the same in every run.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::iter::repeat_with;

const START_MS: i64 = 1_795_651_200_000;
const HOUR: Pace = Pace { name: "1 Hz, by hour", period_ms: 1_000, samples: 3_600, spans: 24 };
const SECONDS_BY_DAY: Pace = Pace { name: "1 Hz, by day", period_ms: 1_000, samples: 86_400, spans: 3 };
const TENS_BY_HOUR: Pace = Pace { name: "6/min, by hour", period_ms: 10_000, samples: 360, spans: 24 * 3 };
const TENS_BY_DAY: Pace = Pace { name: "6/min, by day", period_ms: 10_000, samples: 8_640, spans: 3 };
const MINUTES_BY_HOUR: Pace = Pace { name: "1/min, by hour", period_ms: 60_000, samples: 60, spans: 24 * 14 };
const MINUTES_BY_DAY: Pace = Pace { name: "1/min, by day", period_ms: 60_000, samples: 1_440, spans: 14 };

/// How often a sample comes, and how many make a block.
#[derive(Clone, Copy)]
struct Pace {
    name: &'static str,
    period_ms: i64,
    samples: usize,
    spans: usize,
}

pub(crate) struct Signal {
    pub(crate) name: &'static str,
    pub(crate) pace: &'static str,
    /// What the product promises, in bytes a sample with everything counted.
    pub(crate) target: Option<f64>,
    pub(crate) spans: Vec<Span>,
}

/// What goes into one block.
pub(crate) struct Span {
    pub(crate) times: Vec<i64>,
    pub(crate) values: Values,
}

pub(crate) enum Values {
    Floats(Vec<f64>),
    Ints(Vec<i64>),
    Bools(Vec<bool>),
    Texts(Vec<&'static str>),
}

pub(crate) fn all() -> Vec<Signal> {
    vec![
        signal("0.1 resolution, exact times", HOUR, 0, None, || Values::floats(tenths())),
        signal("0.1 resolution, 5 ms jitter", HOUR, 5, Some(2.0), || Values::floats(tenths())),
        signal("full-precision noise, 5 ms jitter", HOUR, 5, Some(7.0), || Values::floats(noise())),
        signal("counter, 5 ms jitter", HOUR, 5, None, || Values::ints(counter())),
        signal("step, 5 ms jitter", HOUR, 5, None, || Values::floats(held(&[20.5, 40.0, 55.5, 70.0]))),
        signal("bool, 5 ms jitter", HOUR, 5, None, || Values::bools(held(&[false, true]))),
        signal("text states, 5 ms jitter", HOUR, 5, None, || {
            Values::texts(held(&["running", "idle", "fault"]))
        }),
        signal("0.1 resolution, 5 ms jitter", SECONDS_BY_DAY, 5, None, || Values::floats(tenths())),
        signal("0.1 resolution, 5 ms jitter", TENS_BY_HOUR, 5, None, || Values::floats(tenths())),
        signal("0.1 resolution, 5 ms jitter", TENS_BY_DAY, 5, None, || Values::floats(tenths())),
        signal("0.1 resolution, 5 ms jitter", MINUTES_BY_HOUR, 5, None, || Values::floats(tenths())),
        signal("0.1 resolution, 5 ms jitter", MINUTES_BY_DAY, 5, Some(3.0), || Values::floats(tenths())),
        signal("full-precision noise, 5 ms jitter", MINUTES_BY_DAY, 5, Some(7.0), || Values::floats(noise())),
        signal("text states, 5 ms jitter", MINUTES_BY_DAY, 5, None, || {
            Values::texts(held(&["running", "idle", "fault"]))
        }),
    ]
}

fn signal(
    name: &'static str,
    pace: Pace,
    jitter_ms: i64,
    target: Option<f64>,
    values: impl FnOnce() -> Box<dyn FnMut(usize) -> Values>,
) -> Signal {
    let mut random = StdRng::seed_from_u64(1);
    let mut due = (0..).map(|number: i64| START_MS + number * pace.period_ms);
    let mut values = values();
    let spans = repeat_with(|| Span {
        times: due
            .by_ref()
            .take(pace.samples)
            .map(|due| due + random.random_range(-jitter_ms..=jitter_ms))
            .collect(),
        values: values(pace.samples),
    });
    Signal { name, pace: pace.name, target, spans: spans.take(pace.spans).collect() }
}

impl Values {
    fn floats(mut source: impl Iterator<Item = f64> + 'static) -> Box<dyn FnMut(usize) -> Self> {
        Box::new(move |count| Self::Floats(source.by_ref().take(count).collect()))
    }

    fn ints(mut source: impl Iterator<Item = i64> + 'static) -> Box<dyn FnMut(usize) -> Self> {
        Box::new(move |count| Self::Ints(source.by_ref().take(count).collect()))
    }

    fn bools(mut source: impl Iterator<Item = bool> + 'static) -> Box<dyn FnMut(usize) -> Self> {
        Box::new(move |count| Self::Bools(source.by_ref().take(count).collect()))
    }

    fn texts(mut source: impl Iterator<Item = &'static str> + 'static) -> Box<dyn FnMut(usize) -> Self> {
        Box::new(move |count| Self::Texts(source.by_ref().take(count).collect()))
    }
}

/// A temperature that drifts, read to a tenth.
fn tenths() -> impl Iterator<Item = f64> {
    let mut random = StdRng::seed_from_u64(2);
    let mut level: f64 = 60.0;
    repeat_with(move || {
        level += random.random_range(-0.2..=0.2);
        (level * 10.0).round() / 10.0
    })
}

fn noise() -> impl Iterator<Item = f64> {
    let mut random = StdRng::seed_from_u64(3);
    repeat_with(move || random.random_range(59.0..61.0))
}

fn counter() -> impl Iterator<Item = i64> {
    let mut random = StdRng::seed_from_u64(4);
    let mut count = 1_000_000;
    repeat_with(move || {
        count += random.random_range(0..4);
        count
    })
}

/// One of the states, which changes every five minutes or so at one sample a second.
fn held<T: Copy + 'static>(states: &'static [T]) -> impl Iterator<Item = T> {
    let mut random = StdRng::seed_from_u64(5);
    let mut position = 0;
    repeat_with(move || {
        if random.random_ratio(1, 300) {
            position = random.random_range(0..states.len());
        }
        states.get(position).copied()
    })
    .flatten()
}
