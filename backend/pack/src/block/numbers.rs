//! A block to numbers, for charts.

use super::Block;
use crate::error::Malformed;
use crate::float::to_float;
use vigia_model::{DataType, Quality, Timestamp};

/// What a chart makes of a sample that is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Point {
    /// Good, and a float, an integer or a bool (as 0 or 1).
    Number(f64),
    NotGood,
    /// Good, but a text.
    Other,
}

impl Block<'_> {
    /// Shows each sample that is shown, in order.
    pub fn points(&self, mut show: impl FnMut(Timestamp, Point)) -> Result<(), Malformed> {
        let times = self.times()?;
        let floats = self.floats()?;
        let integers: Vec<f64> = self.ints()?.into_iter().map(to_float).collect();
        let bools: Vec<f64> = self.bools()?.into_iter().map(|flag| f64::from(u8::from(flag))).collect();
        let mut times = times.as_slice();
        let mut columns = (floats.as_slice(), integers.as_slice(), bools.as_slice());
        for (attributes, count) in &self.runs {
            let times = next(&mut times, *count)?;
            let Some(attributes) = attributes else { continue };
            let numbers = match attributes.stored {
                Some(DataType::Float) => next(&mut columns.0, *count)?,
                Some(DataType::Int) => next(&mut columns.1, *count)?,
                Some(DataType::Bool) => next(&mut columns.2, *count)?,
                Some(DataType::Text) | None => &[],
            };
            match (attributes.quality, numbers) {
                (Quality::Good, []) => times.iter().for_each(|ts| show(*ts, Point::Other)),
                (Quality::Good, numbers) => {
                    times.iter().zip(numbers).for_each(|(ts, number)| show(*ts, Point::Number(*number)));
                }
                _ => times.iter().for_each(|ts| show(*ts, Point::NotGood)),
            }
        }
        Ok(())
    }
}

/// Takes the first `count` off the column.
fn next<'a, T>(column: &mut &'a [T], count: usize) -> Result<&'a [T], Malformed> {
    let (taken, rest) = column.split_at_checked(count).ok_or(Malformed::Truncated)?;
    *column = rest;
    Ok(taken)
}
