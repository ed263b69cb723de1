//! Whole numbers as floats, for rates.

use std::time::Duration;

/// A count as a float; exact up to 2^53.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts of messages, far below 2^53")]
pub const fn float(count: u64) -> f64 {
    count as f64
}

/// So many per second.
pub fn per_second(count: u64, time: Duration) -> f64 {
    float(count) / time.as_secs_f64().max(f64::MIN_POSITIVE)
}

/// The middle of some figures; of an even number, the mean of the two in the middle. `None` of none.
pub fn median(figures: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    let upper = *figures.get(figures.len() / 2)?;
    if figures.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *figures.get(figures.len() / 2 - 1)?;
    Some(f64::midpoint(lower, upper))
}

/// The figure that `per_mille` of all are not above (nearest rank). `None` of none.
pub fn quantile(figures: &[f64], per_mille: usize) -> Option<f64> {
    let mut figures = figures.to_vec();
    figures.sort_by(f64::total_cmp);
    let rank = (figures.len() * per_mille).div_ceil(1_000).max(1);
    figures.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([]), None);
        assert_eq!(median([3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median([4.0, 1.0]), Some(2.5));
    }

    #[test]
    fn quantiles_are_figures_that_occurred() {
        let figures: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(quantile(&figures, 500), Some(50.0));
        assert_eq!(quantile(&figures, 990), Some(99.0));
        assert_eq!(quantile(&[7.0], 990), Some(7.0));
        assert_eq!(quantile(&[], 500), None);
    }
}
