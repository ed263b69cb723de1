//! What is worth knowing of a block without reading it.

use crate::sample::Kept;
use vigia_model::{Quality, Sum};

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Statistics {
    /// How many samples are part of the event history.
    pub visible: usize,
    /// How many are not.
    pub hidden: usize,
    /// How many of the visible ones are not good.
    pub non_good: usize,
    /// How many of them have a number: they are good, and a float, an integer or a bool.
    pub numbers: usize,
    /// Of the numbers.
    pub sum: Sum,
    /// Of the numbers; `None` if there are none.
    pub extent: Option<Extent>,
}

/// Where the numbers begin and end, in value and in time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    pub min: f64,
    pub max: f64,
    pub first: f64,
    pub last: f64,
}

/// The samples must be in order.
pub fn statistics(samples: &[Kept]) -> Statistics {
    let mut statistics = Statistics::default();
    for sample in samples {
        let Some(reading) = &sample.reading else {
            statistics.hidden = statistics.hidden.saturating_add(1);
            continue;
        };
        statistics.visible = statistics.visible.saturating_add(1);
        if reading.quality != Quality::Good {
            statistics.non_good = statistics.non_good.saturating_add(1);
        }
        if let Some(number) = reading.good_statistic() {
            let so_far =
                statistics.extent.unwrap_or(Extent { min: number, max: number, first: number, last: number });
            statistics.numbers = statistics.numbers.saturating_add(1);
            statistics.sum.add(number);
            statistics.extent = Some(Extent {
                min: so_far.min.min(number),
                max: so_far.max.max(number),
                first: so_far.first,
                last: number,
            });
        }
    }
    statistics
}
