//! Whole numbers in bodies. To JSON `3.0` is one as much as `3`; to serde it is not.

use serde::de::{Deserialize, Deserializer, Error};

/// Reads a whole number, however it is written.
///
/// # Errors
/// When it is none, or none of this type.
pub fn whole<'de, T: TryFrom<i64>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let number = match Number::deserialize(deserializer)? {
        Number::Whole(number) => Some(number),
        Number::Float(number) => from_float(number),
    };
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| D::Error::custom("expected a whole number that is not too large"))
}

/// The same where there may be none.
///
/// # Errors
/// As [`whole`].
pub fn optional_whole<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: TryFrom<i64>,
    D: Deserializer<'de>,
{
    #[derive(serde::Deserialize)]
    #[serde(bound = "T: TryFrom<i64>")]
    struct Wrapped<T>(#[serde(deserialize_with = "whole")] T);
    Ok(Option::<Wrapped<T>>::deserialize(deserializer)?.map(|Wrapped(number)| number))
}

#[derive(serde::Deserialize)]
#[serde(untagged, expecting = "expected a whole number")]
enum Number {
    Whole(i64),
    Float(f64),
}

/// Beyond this a float does not tell one whole number from the next.
const EXACT: f64 = 9_007_199_254_740_992.0;

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "in range and without a fraction"
)]
fn from_float(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
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
        let optional = |json| optional_whole::<u16, _>(&mut serde_json::Deserializer::from_str(json)).ok();
        assert_eq!((optional("null"), optional("4.0"), optional("-1")), (Some(None), Some(Some(4)), None));
    }
}
