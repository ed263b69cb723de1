//! Numbers and statistics, beside what a plain loop says.

use super::any::{mixed, regular};
use crate::{Block, Extent, Kept, Point, Statistics, pack, statistics};
use proptest::prelude::*;
use vigia_model::{Quality, Sum, Timestamp};

fn numbers(samples: &[Kept]) -> Vec<(Timestamp, f64)> {
    samples
        .iter()
        .filter_map(|sample| Some((sample.ts, sample.reading.as_ref()?.good_statistic()?)))
        .collect()
}

fn check(samples: &[Kept]) {
    let expected = numbers(samples);
    let only: Vec<f64> = expected.iter().map(|(_, number)| *number).collect();
    let extent = only.first().zip(only.last()).map(|(first, last)| Extent {
        min: only.iter().copied().fold(f64::INFINITY, f64::min),
        max: only.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        first: *first,
        last: *last,
    });
    let hidden = samples.iter().filter(|sample| sample.is_hidden()).count();
    let readings = samples.iter().filter_map(|sample| sample.reading.as_ref());
    let non_good = readings.filter(|reading| reading.quality != Quality::Good).count();
    let mut sum = Sum::default();
    for number in &only {
        sum.add(*number);
    }
    let visible = samples.len() - hidden;
    let expected_statistics = Statistics { visible, hidden, non_good, numbers: only.len(), sum, extent };
    assert_eq!(statistics(samples), expected_statistics);

    let bytes = pack(samples).unwrap();
    let (mut got, mut faulty, mut other) = (Vec::new(), 0, 0);
    Block::open(&bytes)
        .unwrap()
        .points(|ts, point| match point {
            Point::Number(number) => got.push((ts, number)),
            Point::NotGood => faulty += 1,
            Point::Other => other += 1,
        })
        .unwrap();
    assert_eq!(got, expected);
    assert_eq!((faulty, other), (non_good, visible - non_good - only.len()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn of_mixed_samples(samples in mixed()) {
        check(&samples);
    }

    #[test]
    fn of_regular_samples(samples in regular()) {
        check(&samples);
    }
}
