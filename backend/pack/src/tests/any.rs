//! Samples of all kinds.

use crate::{Kept, Reading};
use proptest::prelude::*;
use std::ops::Range;
use vigia_model::{DataType, Quality, Timestamp, Value};

/// The first and the last millisecond of the years 1 to 9999.
const YEARS: Range<i64> = -62_135_596_800_000..253_402_300_800_000;

/// Any samples at any times, with nothing in common.
pub(super) fn mixed() -> impl Strategy<Value = Vec<Kept>> {
    let times = prop_oneof![
        4 => prop::collection::btree_set(YEARS, 0..80),
        1 => prop::collection::btree_set(any::<i64>(), 0..80),
        1 => Just([i64::MIN, -1, 0, i64::MAX].into()),
    ];
    times.prop_flat_map(|times| {
        let count = times.len();
        let readings =
            prop::collection::vec(prop_oneof![4 => reading().prop_map(Some), 1 => Just(None)], count);
        readings.prop_map(move |readings| {
            let times = times.iter().map(|ms| Timestamp::from_millis(*ms));
            times.zip(readings).map(|(ts, reading)| Kept { ts, reading }).collect()
        })
    })
}

/// Samples as a machine sends them: more or less regular, one type and quality for some time.
pub(super) fn regular() -> impl Strategy<Value = Vec<Kept>> {
    let phase = (reading(), prop::option::weighted(0.8, value_like()), 1_usize..400);
    let period = prop_oneof![Just(1_000_i64), Just(60_000), 1_i64..10_000_000];
    (YEARS, period, prop_oneof![Just(1_i64), 1_i64..20], prop::collection::vec(phase, 1..4)).prop_flat_map(
        |(start, period, jitter, phases)| {
            let count: usize = phases.iter().map(|(_, _, count)| count).sum();
            prop::collection::vec(0..jitter, count).prop_map(move |late| {
                let mut late = late.into_iter();
                let mut ts = start;
                let mut samples = Vec::new();
                for (reading, values, count) in &phases {
                    for position in (0_i32..).take(*count) {
                        let noise = late.next().unwrap();
                        ts += period.max(20) + noise;
                        let reading = values.as_ref().map(|values| {
                            let value = values(position, i32::try_from(noise).unwrap());
                            Reading { value: Some(value), ..reading.clone() }
                        });
                        samples.push(Kept { ts: Timestamp::from_millis(ts), reading });
                    }
                }
                samples
            })
        },
    )
}

/// For `assert_eq!`, which takes 0 for -0: the same samples with every float as its bits.
pub(super) fn to_the_bit(samples: &[Kept]) -> Vec<(Kept, Option<u64>)> {
    let bits = |sample: &Kept| match sample.reading.as_ref()?.value {
        Some(Value::Float(number)) => Some(number.to_bits()),
        _ => None,
    };
    samples.iter().map(|sample| (sample.clone(), bits(sample))).collect()
}

fn reading() -> impl Strategy<Value = Reading> {
    let types = prop::sample::select(DataType::ALL.as_slice());
    let qualities = prop::sample::select(Quality::ALL.as_slice());
    let gateway = prop_oneof![Just(1), any::<i32>()];
    (types, prop::option::weighted(0.9, value()), qualities, any::<Option<i32>>(), gateway).prop_map(
        |(data_type, value, quality, unit, gateway)| Reading { data_type, value, quality, unit, gateway },
    )
}

fn value() -> impl Strategy<Value = Value> {
    let finite = any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |float| float.is_finite());
    let decimal =
        (-99_999_i32..99_999, 0_i32..4).prop_map(|(number, digits)| f64::from(number) / 10_f64.powi(digits));
    let special = [
        0.0,
        -0.0,
        f64::MIN_POSITIVE,
        5e-324,
        -5e-324,
        f64::MAX,
        f64::MIN,
        9_007_199_254_740_993.0,
        0.1 + 0.2,
    ];
    prop_oneof![
        finite.prop_map(Value::Float),
        decimal.prop_map(Value::Float),
        prop::sample::select(special.to_vec()).prop_map(Value::Float),
        any::<i64>().prop_map(Value::Int),
        prop::sample::select(vec![i64::MIN, -1, 0, 1, i64::MAX]).prop_map(Value::Int),
        any::<bool>().prop_map(Value::Bool),
        prop_oneof!["", "run", "stop", "\\PC{0,40}"].prop_map(|text: String| Value::Text(text.into())),
    ]
}

/// The value at a position, a little noise added.
type Signal = fn(i32, i32) -> Value;

fn value_like() -> impl Strategy<Value = Signal> {
    let signals: Vec<Signal> = vec![
        |position, noise| Value::Float(f64::from(position / 7 + noise) / 10.0),
        |position, noise| Value::Float((f64::from(position * 31 + noise) / 97.0).sin()),
        |position, noise| Value::Float(if noise == 0 { -0.0 } else { f64::from(position) * 1e300 }),
        |position, _| Value::Float(f64::from(position / 50) * 2.5),
        |position, noise| Value::Int(1 << 40 | i64::from(position * 3 + noise)),
        |position, noise| Value::Int(i64::MAX.wrapping_add(i64::from(position * noise))),
        |position, _| Value::Bool(position % 90 < 45),
        |position, noise| Value::Bool((position ^ noise) & 1 == 0),
        |position, _| Value::Text(if position % 60 < 30 { "running" } else { "stopped" }.into()),
        |position, _| Value::Text(position.to_string().into()),
    ];
    prop::sample::select(signals)
}
