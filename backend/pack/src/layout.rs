//! What stands where in a block, and how much may.
//!
//! Version (1 byte), checksum of what follows (4), number of samples; then, unless that is zero: attributes, times, and
//! for samples that are shown units and gateways, and of those with a value floats, integers, bools and texts. A column
//! that would hold nothing is left out, which the attributes tell.

use crate::error::Malformed;

/// The first byte. It stands for pco's format too.
pub(crate) const VERSION: u8 = 1;

/// The most samples in one block. An hour has 3.6 million milliseconds, so they suffice for every hour.
pub const MAX_SAMPLES: usize = 4_000_000;

/// The most bytes of text in one block, repeated ones counted as often as they come: a reader gives each its own memory.
pub const MAX_TEXT_BYTES: usize = 256 << 20;

/// How a unit is written: none as 0, so that the numbers of units, which count from 1, stay small.
pub(crate) fn unit_number(unit: Option<i32>) -> i64 {
    match unit {
        None => 0,
        Some(number) if number > 0 => i64::from(number),
        Some(number) => i64::from(number) - 1,
    }
}

/// What [`unit_number`] wrote.
pub(crate) fn parse_unit(number: i64) -> Result<Option<i32>, Malformed> {
    let unit = match number {
        0 => return Ok(None),
        1.. => number,
        _ => number + 1,
    };
    i32::try_from(unit).map(Some).map_err(|_| Malformed::Contradiction("a unit beyond 32 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_come_back() {
        for unit in [None, Some(0), Some(1), Some(-1), Some(i32::MAX), Some(i32::MIN)] {
            assert_eq!(parse_unit(unit_number(unit)).unwrap(), unit);
        }
        assert!(parse_unit(i64::from(i32::MAX) + 1).is_err());
        assert!(parse_unit(i64::MIN).is_err());
    }
}
