//! What a sample is, but for its time and what its value says: one small number.

use crate::error::Malformed;
use crate::sample::{Kept, Reading};
use vigia_model::{DataType, Quality, Value};

/// The number of a sample that is hidden. The others count up from the next.
const HIDDEN: i64 = 0;

/// What is alike in long runs of samples that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attributes {
    /// As declared.
    pub(crate) data_type: DataType,
    pub(crate) quality: Quality,
    /// Of the value itself, if there is one: it tells in which column the value stands.
    pub(crate) stored: Option<DataType>,
}

impl Attributes {
    fn of(reading: &Reading) -> Self {
        let stored = reading.value.as_ref().map(|value| match value {
            Value::Float(_) => DataType::Float,
            Value::Int(_) => DataType::Int,
            Value::Bool(_) => DataType::Bool,
            Value::Text(_) => DataType::Text,
        });
        Self { data_type: reading.data_type, quality: reading.quality, stored }
    }
}

pub(crate) fn number(sample: &Kept) -> i64 {
    let Some(reading) = &sample.reading else { return HIDDEN };
    let Attributes { data_type, quality, stored } = Attributes::of(reading);
    1 + type_number(data_type) + 4 * quality_number(quality) + 12 * stored.map_or(4, type_number)
}

/// What [`number`] stands for; `None` for a hidden sample.
pub(crate) fn parse(number: i64) -> Result<Option<Attributes>, Malformed> {
    if number == HIDDEN {
        return Ok(None);
    }
    let unknown = || Malformed::Contradiction("attributes of an unknown kind");
    let number = usize::try_from(number).ok().and_then(|number| number.checked_sub(1)).ok_or_else(unknown)?;
    let data_type = *DataType::ALL.get(number % 4).ok_or_else(unknown)?;
    let quality = *Quality::ALL.get(number / 4 % 3).ok_or_else(unknown)?;
    let stored = match number / 12 {
        4 => None,
        stored => Some(*DataType::ALL.get(stored).ok_or_else(unknown)?),
    };
    Ok(Some(Attributes { data_type, quality, stored }))
}

/// The position in [`DataType::ALL`]. It is written, so it may never change.
const fn type_number(data_type: DataType) -> i64 {
    match data_type {
        DataType::Float => 0,
        DataType::Int => 1,
        DataType::Bool => 2,
        DataType::Text => 3,
    }
}

/// The position in [`Quality::ALL`]. It is written, so it may never change.
const fn quality_number(quality: Quality) -> i64 {
    match quality {
        Quality::Good => 0,
        Quality::Uncertain => 1,
        Quality::Bad => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_positions() {
        for (position, data_type) in (0..).zip(DataType::ALL) {
            assert_eq!(type_number(data_type), position);
        }
        for (position, quality) in (0..).zip(Quality::ALL) {
            assert_eq!(quality_number(quality), position);
        }
    }

    #[test]
    fn there_are_sixty_and_hidden() {
        assert_eq!(parse(HIDDEN).unwrap(), None);
        assert!((1..=60).all(|number| parse(number).unwrap().is_some()));
        assert!([-1, 61, i64::MIN, i64::MAX].into_iter().all(|number| parse(number).is_err()));
    }
}
