//! A block to numbers, for charts.

use super::Block;
use crate::error::Malformed;
use crate::float::to_float;
use vigia_model::{DataType, Quality, Timestamp};

impl Block<'_> {
    /// Appends the time and the number of each sample that is shown, good and a float, an integer or a bool (as 0 or 1).
    /// Returns how many samples are shown but not good.
    ///
    /// In case of an error `into` is as it was.
    pub fn numbers(&self, into: &mut Vec<(Timestamp, f64)>) -> Result<usize, Malformed> {
        let before = into.len();
        let taken = self.take_numbers(into);
        if taken.is_err() {
            into.truncate(before);
        }
        taken
    }

    fn take_numbers(&self, into: &mut Vec<(Timestamp, f64)>) -> Result<usize, Malformed> {
        let times = self.times()?;
        let floats = self.floats()?;
        let integers: Vec<f64> = self.ints()?.into_iter().map(to_float).collect();
        let bools: Vec<f64> = self.bools()?.into_iter().map(|flag| f64::from(u8::from(flag))).collect();
        let mut times = times.as_slice();
        let mut columns = (floats.as_slice(), integers.as_slice(), bools.as_slice());
        let mut not_good = 0_usize;
        for (attributes, count) in &self.runs {
            let times = next(&mut times, *count)?;
            let Some(attributes) = attributes else { continue };
            let numbers = match attributes.stored {
                Some(DataType::Float) => next(&mut columns.0, *count)?,
                Some(DataType::Int) => next(&mut columns.1, *count)?,
                Some(DataType::Bool) => next(&mut columns.2, *count)?,
                Some(DataType::Text) | None => &[],
            };
            if attributes.quality == Quality::Good {
                into.extend(times.iter().copied().zip(numbers.iter().copied()));
            } else {
                not_good = not_good.saturating_add(*count);
            }
        }
        Ok(not_good)
    }
}

/// Takes the first `count` off the column.
fn next<'a, T>(column: &mut &'a [T], count: usize) -> Result<&'a [T], Malformed> {
    let (taken, rest) = column.split_at_checked(count).ok_or(Malformed::Truncated)?;
    *column = rest;
    Ok(taken)
}
