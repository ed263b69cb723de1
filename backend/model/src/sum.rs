//! Sums of floats.

/// A sum that loses nothing to rounding (Knuth's two-sum, as in the database) and never overflows: statistics must never
/// cost a sample.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sum {
    /// As floats add up.
    pub rounded: f64,
    /// What rounding took.
    pub error: f64,
}

impl Sum {
    pub const fn of(number: f64) -> Self {
        Self { rounded: number, error: 0.0 }
    }

    /// The sum of sums that were computed before.
    pub fn total(self) -> f64 {
        let total = self.rounded + self.error;
        if total.is_finite() { total } else { self.rounded }
    }

    /// Adds what fits a float.
    pub fn add(&mut self, number: f64) {
        let sum = self.rounded + number;
        if !sum.is_finite() {
            self.rounded = f64::MAX.copysign(sum);
            return;
        }
        let part = sum - self.rounded;
        let error = (self.rounded - (sum - part)) + (number - part);
        if error.is_finite() {
            self.error += error;
        }
        self.rounded = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_lose_nothing_to_rounding_and_never_overflow() {
        let sum = |numbers: &[f64]| {
            let mut sum = Sum::default();
            for number in numbers {
                sum.add(*number);
            }
            sum.total().to_bits()
        };
        assert_eq!(sum(&[1e16, 1.0, -1e16]), 1.0_f64.to_bits());
        assert_eq!(sum(&[1.7e308, 1.7e308, 1.7e308]), f64::MAX.to_bits());
        assert_eq!(sum(&[-1.7e308, -1.7e308]), f64::MIN.to_bits());
    }
}
