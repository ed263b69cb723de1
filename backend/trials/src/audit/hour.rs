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
    pub(super) sum: f64,
    /// What rounding lost of the sum (Neumaier's summation).
    pub(super) sum_error: f64,
}

/// A sample that is part of its hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted<'a> {
    pub(super) ts_ms: i64,
    pub(super) content: &'a Content,
    /// What it may have said instead, where only its time is known.
    pub(super) or: Option<&'a Content>,
}

/// The hour of these samples, which come in order of time; `None` when there is nothing to count in it.
pub(super) fn sum_up(samples: &[Counted<'_>]) -> Option<Hour> {
    let mut adder = Adder::default();
    for sample in samples {
        adder.add(sample.ts_ms, sample.content);
    }
    adder.done()
}

/// Which of the samples must have said the other thing for the hour to be what it is; `None` if it cannot have come about.
pub(super) fn explain(found: &Hour, samples: &[Counted<'_>]) -> Option<Vec<i64>> {
    /// More are not tried: each doubles the work.
    const MOST: usize = 12;
    let open: Vec<usize> = (0..).zip(samples).filter(|(_, it)| it.or.is_some()).map(|(at, _)| at).collect();
    (open.len() <= MOST).then_some(())?;
    (0_u32..1 << open.len()).find_map(|picked| {
        let mut tried = samples.to_vec();
        let mut others = Vec::new();
        for (_, at) in open.iter().enumerate().filter(|(bit, _)| picked >> bit & 1 == 1) {
            let sample = tried.get_mut(*at)?;
            sample.content = sample.or?;
            others.push(sample.ts_ms);
        }
        sum_up(&tried).is_some_and(|hour| found.is(&hour)).then_some(others)
    })
}

/// Adds up one hour. Samples come in order of time.
#[derive(Debug, Default)]
struct Adder {
    hour: Hour,
}

impl Adder {
    fn add(&mut self, ts_ms: i64, content: &Content) {
        self.hour.non_good += i64::from(content.quality != Quality::Good);
        let Some(number) = content.good_statistic() else { return };
        self.hour.count += 1;
        let Some(good) = &mut self.hour.good else {
            let here = (ts_ms, number);
            let (min, max, sum) = (number, number, number);
            self.hour.good = Some(Good { min, max, first: here, last: here, sum, sum_error: 0.0 });
            return;
        };
        good.min = good.min.min(number);
        good.max = good.max.max(number);
        good.last = (ts_ms, number);
        let sum = good.sum + number;
        good.sum_error += if good.sum.abs() >= number.abs() {
            (good.sum - sum) + number
        } else {
            (number - sum) + good.sum
        };
        good.sum = sum;
    }

    /// The hour, or `None` when there is nothing to count in it.
    fn done(self) -> Option<Hour> {
        let hour = self.hour;
        (hour.count > 0 || hour.non_good > 0).then_some(hour)
    }
}

impl Hour {
    /// The same figures: all but the sum to the last bit, the sum far beyond what a float holds.
    pub(super) fn is(&self, other: &Self) -> bool {
        let good = match (&self.good, &other.good) {
            (None, None) => true,
            (Some(one), Some(other)) => one.is(other),
            _ => false,
        };
        good && self.count == other.count && self.non_good == other.non_good
    }

    /// How many samples it counts that the other does not, at the least. A sample too few and another too many do not
    /// cancel: then the counts agree and the sums do not.
    pub(super) fn surplus(&self, other: &Self) -> u64 {
        let good = match (&self.good, &other.good) {
            (Some(one), Some(other_good)) if self.count == other.count => {
                i64::from(!one.adds_up_to(other_good))
            }
            _ => self.count - other.count,
        };
        let surpluses = [good, self.non_good - other.non_good];
        surpluses.into_iter().filter_map(|surplus| u64::try_from(surplus).ok()).sum()
    }
}

impl Good {
    fn is(&self, other: &Self) -> bool {
        let figures = |good: &Self| [good.min, good.max, good.first.1, good.last.1].map(f64::to_bits);
        figures(self) == figures(other)
            && (self.first.0, self.last.0) == (other.first.0, other.last.0)
            && self.adds_up_to(other)
    }

    /// The same sum, by far more digits than a float has: those of a large counter hide a whole sample. What rounding
    /// lost is known on both sides, and of that only the last digits depend on the order.
    fn adds_up_to(&self, other: &Self) -> bool {
        const TOLERANCE: f64 = 1e-18;
        let largest = self.sum.abs().max(self.max.abs()).max(self.min.abs());
        let difference = (self.sum - other.sum) + (self.sum_error - other.sum_error);
        difference.abs() <= largest * TOLERANCE
    }
}

/// The start of the hour of a time.
pub(super) fn hour_of(ts_ms: i64) -> i64 {
    Timestamp::from_millis(ts_ms).hour().as_millis()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_model::{DataType, Value};

    /// Of a counter far beyond 2^53, a sample every two seconds.
    fn hour(numbers: impl IntoIterator<Item = i64>) -> Hour {
        let mut adder = Adder::default();
        for number in numbers {
            let value = Some(Value::Int(9_007_199_254_740_993 + number * 2_900));
            adder.add(number, &Content { data_type: DataType::Int, quality: Quality::Good, value });
        }
        adder.done().unwrap()
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_is_counted() {
        let whole = hour(0..1_800);
        assert_eq!((whole.surplus(&hour(0..1_797)), hour(0..1_797).surplus(&whole)), (3, 0));
        let bad = Hour { non_good: 2, ..whole };
        assert_eq!((bad.surplus(&whole), whole.surplus(&bad)), (2, 0));
    }

    #[test]
    fn one_lost_and_another_counted_twice_do_not_cancel() {
        let whole = hour(0..1_800);
        let other = hour((0..1_800).map(|number| if number == 900 { 901 } else { number }));
        assert!(!other.is(&whole));
        assert_eq!((other.surplus(&whole), whole.surplus(&other)), (1, 1));
    }

    #[test]
    fn another_order_gives_the_same_hour() {
        let whole = hour(0..1_800);
        let mut backwards = hour((0..1_800).rev());
        if let (Some(good), Some(whole)) = (&mut backwards.good, &whole.good) {
            (good.first, good.last) = (whole.first, whole.last);
        }
        assert!(backwards.is(&whole), "{backwards:?} {whole:?}");
    }
}
