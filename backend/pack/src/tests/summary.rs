//! Numbers and statistics, beside what a plain loop says.

use super::any::{mixed, regular};
use crate::{Block, Extent, Kept, Statistics, pack, statistics};
use proptest::prelude::*;
use vigia_model::{Quality, Timestamp};

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
    assert_eq!(statistics(samples), Statistics { visible: samples.len() - hidden, hidden, extent });

    let bytes = pack(samples).unwrap();
    let mut got = vec![(Timestamp::from_millis(7), 7.0)];
    let not_good = Block::open(&bytes).unwrap().numbers(&mut got).unwrap();
    assert_eq!(got.remove(0), (Timestamp::from_millis(7), 7.0));
    assert_eq!(got, expected);
    let readings = samples.iter().filter_map(|sample| sample.reading.as_ref());
    assert_eq!(not_good, readings.filter(|reading| reading.quality != Quality::Good).count());
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
