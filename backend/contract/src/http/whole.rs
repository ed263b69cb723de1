//! Whole numbers in bodies. To JSON `3.0` is one as much as `3`; to serde it is not.

use serde::de::{Deserialize, Deserializer, Error};

/// Reads a whole number, however it is written.
///
/// # Errors
/// When it is none, or beyond 32 bits.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    match Number::deserialize(deserializer)? {
        Number::Whole(number) => {
            i32::try_from(number).map_err(|_| D::Error::custom("the number is too large"))
        }
        Number::Float(number) => {
            from_float(number).ok_or_else(|| D::Error::custom("not a whole number of 32 bits"))
        }
    }
}

/// The same where there may be none.
///
/// # Errors
/// As [`whole`].
pub fn optional_whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Wrapped(#[serde(deserialize_with = "whole")] i32);
    Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|Wrapped(number)| number))
}

#[derive(serde::Deserialize)]
#[serde(untagged, expecting = "expected a whole number")]
enum Number {
    Whole(i64),
    Float(f64),
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "in range and without a fraction"
)]
fn from_float(number: f64) -> Option<i32> {
    let fits = number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
    fits.then_some(number as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<i32> {
        whole(&mut serde_json::Deserializer::from_str(json)).ok()
    }

    #[test]
    fn whole_however_written() {
        for (json, number) in
            [("3", Some(3)), ("3.0", Some(3)), ("-2.2288e4", Some(-22_288)), ("2147483647.0", Some(i32::MAX))]
        {
            assert_eq!(read(json), number, "{json}");
        }
        for json in ["3.5", "2147483648", "-2147483649.0", "1e300", "\"3\"", "null", "true"] {
            assert_eq!(read(json), None, "{json}");
        }
        assert_eq!(optional_whole(&mut serde_json::Deserializer::from_str("null")).unwrap(), None);
        assert_eq!(optional_whole(&mut serde_json::Deserializer::from_str("4.0")).unwrap(), Some(4));
    }
}
