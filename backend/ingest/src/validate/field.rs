//! Reading one field: absent, of the wrong kind, or good.

use std::borrow::Cow;
use vigia_contract::mqtt::Scalar;
use vigia_model::{Identifier, RejectReason, Rejection, Timestamp};

pub(super) fn require<'a>(field: &str, scalar: Scalar<'a>) -> Result<Scalar<'a>, Rejection> {
    match scalar {
        Scalar::Absent => Err(Rejection::message(RejectReason::MissingField, format!("{field} is missing"))),
        present => Ok(present),
    }
}

pub(super) fn wrong_kind(field: &str, found: &Scalar<'_>, expected: &str) -> Rejection {
    Rejection::message(
        RejectReason::InvalidField,
        format!("{field} is {}, expected {expected}", found.kind()),
    )
}

pub(super) fn text<'a>(field: &str, scalar: Scalar<'a>) -> Result<Cow<'a, str>, Rejection> {
    match require(field, scalar)? {
        Scalar::Text(text) => Ok(text),
        other => Err(wrong_kind(field, &other, "a string")),
    }
}

/// An identifier, still borrowed.
pub(super) fn name<'a>(field: &str, scalar: Scalar<'a>) -> Result<Cow<'a, str>, Rejection> {
    let text = text(field, scalar)?;
    Identifier::check(&text)
        .map_err(|error| Rejection::message(RejectReason::InvalidIdentifier, format!("{field} {error}")))?;
    Ok(text)
}

/// A text that may be absent or null; too long or with NUL, it is refused.
pub(super) fn optional_text(
    field: &str,
    scalar: Scalar<'_>,
    max_chars: usize,
) -> Result<Option<Box<str>>, Rejection> {
    match scalar {
        Scalar::Absent | Scalar::Null => Ok(None),
        Scalar::Text(text) => {
            check_text(field, &text, max_chars)?;
            Ok(Some(text.into()))
        }
        other => Err(wrong_kind(field, &other, "a string")),
    }
}

pub(super) fn check_text(field: &str, text: &str, max_chars: usize) -> Result<(), Rejection> {
    // Bytes bound characters from above, and are counted already.
    if text.len() > max_chars && text.chars().count() > max_chars {
        return Err(Rejection::message(
            RejectReason::InvalidField,
            format!("{field} has {} characters, at most {max_chars} are taken", text.chars().count()),
        ));
    }
    if text.contains('\0') {
        return Err(Rejection::message(RejectReason::InvalidField, format!("{field} holds a NUL character")));
    }
    Ok(())
}

pub(super) fn optional_integer(field: &str, scalar: &Scalar<'_>) -> Result<Option<i64>, Rejection> {
    match scalar {
        Scalar::Absent | Scalar::Null => Ok(None),
        Scalar::Int(number) => Ok(Some(*number)),
        other => Err(wrong_kind(field, other, "an integer")),
    }
}

/// Unix milliseconds; what does not fit 64 bits is no time anybody could mean.
pub(super) fn timestamp(field: &str, scalar: Scalar<'_>) -> Result<Timestamp, Rejection> {
    match require(field, scalar)? {
        Scalar::Int(ms) => Ok(Timestamp::from_millis(ms)),
        Scalar::UInt(ms) => Err(Rejection::message(
            RejectReason::TimestampOutOfRange,
            format!("{field} {ms} is beyond any date"),
        )),
        other => Err(wrong_kind(field, &other, "Unix milliseconds as an integer")),
    }
}

/// Unix milliseconds of whatever size, for what is never refused for its time; beyond 64 bits it counts as the end.
pub(super) fn any_timestamp(field: &str, scalar: Scalar<'_>) -> Result<Timestamp, Rejection> {
    let ms = match require(field, scalar)? {
        Scalar::Int(ms) => ms,
        Scalar::UInt(_) => i64::MAX,
        Scalar::Float(ms) => nearest_integer(ms),
        other => return Err(wrong_kind(field, &other, "Unix milliseconds as an integer")),
    };
    Ok(Timestamp::from_millis(ms))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    reason = "saturates at the ends, as wanted"
)]
fn nearest_integer(number: f64) -> i64 {
    number as i64
}
