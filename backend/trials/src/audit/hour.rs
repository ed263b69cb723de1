//! Hourly statistics the plain way, from samples in order of time.

use super::expectation::Content;
use vigia_model::{Quality, Timestamp};

/// One hour of one series.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Hour {
    pub(super) count: i64,
    pub(super) non_good: i64,
    pub(super) good: Option<Good>,
}

/// Figures over good numeric or bool samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Good {
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) first: (i64, f64),
    pub(super) last: (i64, f64),
    /// With what rounding lost of it.
    pub(super) sum: f64,
}

/// Adds up one hour. Samples come in order of time.
#[derive(Debug, Default)]
pub(super) struct Adder {
    hour: Hour,
    /// What rounding lost of the sum so far (Neumaier's summation).
    lost: f64,
}

impl Adder {
    pub(super) fn add(&mut self, ts_ms: i64, content: &Content) {
        self.hour.non_good += i64::from(content.quality != Quality::Good);
        let Some(number) = content.good_statistic() else { return };
        self.hour.count += 1;
        let Some(good) = &mut self.hour.good else {
            let here = (ts_ms, number);
            self.hour.good = Some(Good { min: number, max: number, first: here, last: here, sum: number });
            return;
        };
        good.min = good.min.min(number);
        good.max = good.max.max(number);
        good.last = (ts_ms, number);
        let sum = good.sum + number;
        self.lost += if good.sum.abs() >= number.abs() {
            (good.sum - sum) + number
        } else {
            (number - sum) + good.sum
        };
        good.sum = sum;
    }

    /// The hour, or `None` when there is nothing to count in it.
    pub(super) fn done(self) -> Option<Hour> {
        let mut hour = self.hour;
        if let Some(good) = &mut hour.good {
            good.sum += self.lost;
        }
        (hour.count > 0 || hour.non_good > 0).then_some(hour)
    }
}

impl Hour {
    /// The same figures: all but the sum to the last bit, the sum to the last digits that addition in another order
    /// may change.
    pub(super) fn is(&self, other: &Self) -> bool {
        let good = match (&self.good, &other.good) {
            (None, None) => true,
            (Some(one), Some(other)) => one.is(other),
            _ => false,
        };
        good && self.count == other.count && self.non_good == other.non_good
    }

    /// How many samples more than the other it has.
    pub(super) fn surplus(&self, other: &Self) -> u64 {
        [self.count - other.count, self.non_good - other.non_good]
            .into_iter()
            .filter_map(|surplus| u64::try_from(surplus).ok())
            .sum()
    }
}

impl Good {
    fn is(&self, other: &Self) -> bool {
        const SUM_TOLERANCE: f64 = 1e-12;
        let figures = |good: &Self| [good.min, good.max, good.first.1, good.last.1].map(f64::to_bits);
        let largest = self.sum.abs().max(self.max.abs()).max(self.min.abs());
        figures(self) == figures(other)
            && (self.first.0, self.last.0) == (other.first.0, other.last.0)
            && (self.sum - other.sum).abs() <= largest * SUM_TOLERANCE
    }
}

/// The start of the hour of a time.
pub(super) fn hour_of(ts_ms: i64) -> i64 {
    Timestamp::from_millis(ts_ms).hour().as_millis()
}
