//! What a cell of a table means: a time, or a value with its type.

use chrono::DateTime;
use vigia_model::{DataType, Timestamp, Value};

/// What a value looks like by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Empty,
    Bool,
    Int,
    Float,
    Text,
}

impl Kind {
    /// The exact type of one cell: an integer only if it is written as one and fits 64 bits.
    pub(super) fn of(cell: &str) -> Self {
        if cell.is_empty() {
            Self::Empty
        } else if as_bool(cell).is_some() {
            Self::Bool
        } else if as_int(cell).is_some() {
            Self::Int
        } else if as_float(cell).is_some() {
            Self::Float
        } else {
            Self::Text
        }
    }

    /// What a series holds that has cells of both kinds: whole numbers between fractions are floats too.
    /// Where no one type fits, each cell keeps its own.
    pub(super) fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Empty, kind) | (kind, Self::Empty) => kind,
            (Self::Int, Self::Float) | (Self::Float, Self::Int) => Self::Float,
            (one, same) if one == same => one,
            _ => Self::Text,
        }
    }
}

/// The value of a cell in a series of a kind. `None` for an empty cell.
pub(super) fn typed(cell: &str, series: Kind) -> (DataType, Option<Value>) {
    let kind = match (Kind::of(cell), series) {
        // Only if nothing is lost: beyond 2^53 an integer stays one.
        (Kind::Int, Kind::Float) if exact_float(cell).is_some() => Kind::Float,
        (Kind::Empty, series) => series,
        (own, _) => own,
    };
    match kind {
        Kind::Bool => (DataType::Bool, as_bool(cell).map(Value::Bool)),
        Kind::Int => (DataType::Int, as_int(cell).map(Value::Int)),
        Kind::Float | Kind::Empty => {
            (DataType::Float, as_float(cell).or(exact_float(cell)).map(Value::Float))
        }
        Kind::Text => (DataType::Text, (!cell.is_empty()).then(|| Value::Text(cell.into()))),
    }
}

/// ISO 8601 with a zone, or Unix milliseconds.
pub fn parse_time(cell: &str) -> Option<Timestamp> {
    if let Ok(ms) = cell.parse() {
        return Some(Timestamp::from_millis(ms));
    }
    DateTime::parse_from_rfc3339(cell).ok().map(|time| Timestamp::from_millis(time.timestamp_millis()))
}

fn as_bool(cell: &str) -> Option<bool> {
    match cell {
        "true" | "TRUE" | "True" => Some(true),
        "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Integers as JSON writes them: `007` and `+1` are words (a lot number, say), and `-0` has a sign to keep.
fn as_int(cell: &str) -> Option<i64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let plain = digits == "0" && digits.len() == cell.len()
        || !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { cell.parse().ok() } else { None }
}

/// Finite decimals with a fraction or an exponent, and `-0`.
fn as_float(cell: &str) -> Option<f64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    let fraction = digits.contains(['.', 'e', 'E']) || cell == "-0";
    let zeros =
        digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.") && !digits.starts_with("0e");
    if number && fraction && !zeros {
        cell.parse().ok().filter(|float: &f64| float.is_finite())
    } else {
        None
    }
}

/// An integer as a float, if every digit survives.
fn exact_float(cell: &str) -> Option<f64> {
    const LIMIT: i64 = 1 << 53;
    as_int(cell).filter(|int| (-LIMIT..=LIMIT).contains(int)).and_then(|_| cell.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, series: Kind, data_type: DataType, value: Option<Value>) {
        assert_eq!(typed(cell, series), (data_type, value), "{cell:?} in {series:?}");
    }

    #[test]
    fn a_cell_keeps_its_exact_type() {
        let own = |cell: &str, data_type, value| check(cell, Kind::of(cell), data_type, Some(value));
        own("83.2", DataType::Float, Value::Float(83.2));
        own("1e3", DataType::Float, Value::Float(1_000.0));
        own("9007199254740993", DataType::Int, Value::Int(9_007_199_254_740_993));
        own("-9223372036854775808", DataType::Int, Value::Int(i64::MIN));
        own("TRUE", DataType::Bool, Value::Bool(true));
        own("0", DataType::Int, Value::Int(0));
        for word in
            ["007", "+1", "NaN", "inf", "1e999", "RUNNING", "9223372036854775808", "1.2.3", "-", "1,5"]
        {
            own(word, DataType::Text, Value::Text(word.into()));
        }
    }

    #[test]
    fn whole_numbers_between_fractions_are_floats_unless_digits_would_be_lost() {
        let mixed = Kind::Int.join(Kind::Empty).join(Kind::Float);
        check("83", mixed, DataType::Float, Some(Value::Float(83.0)));
        check("9007199254740993", mixed, DataType::Int, Some(Value::Int(9_007_199_254_740_993)));
        check("", mixed, DataType::Float, None);
        check("7", Kind::Int.join(Kind::Text), DataType::Int, Some(Value::Int(7)));
    }

    #[test]
    fn times_are_iso_or_milliseconds() {
        let ms = |cell| parse_time(cell).map(Timestamp::as_millis);
        assert_eq!(ms("2025-01-08T18:00:00Z"), Some(1_736_359_200_000));
        assert_eq!(ms("2025-01-08T15:00:00.250-03:00"), Some(1_736_359_200_250));
        assert_eq!(ms("1736359200000"), Some(1_736_359_200_000));
        assert_eq!(ms("yesterday"), None);
    }
}
