//! Names and ids: the words by which the outside calls things, and the numbers by which we do.

use std::fmt;
use std::sync::Arc;

/// The longest identifier, in characters (all are ASCII, so also in bytes).
pub const MAX_IDENTIFIER_LEN: usize = 128;

/// A name as it appears in a topic level, a `plcId` or a `metricId`: 1–128 of `A-Za-z0-9._:-`.
///
/// Cheap to clone; holding one proves that the characters were checked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier(Arc<str>);

/// Why a text is not an [`Identifier`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentifier {
    #[error("is empty")]
    Empty,
    #[error("is {0} bytes long, at most {MAX_IDENTIFIER_LEN} are allowed")]
    TooLong(usize),
    #[error("has a character outside A-Z a-z 0-9 . _ : -")]
    Character,
}

impl Identifier {
    /// Checks `text` and keeps a copy of it.
    pub fn new(text: &str) -> Result<Self, InvalidIdentifier> {
        Self::check(text)?;
        Ok(Self(Arc::from(text)))
    }

    /// Checks without keeping: the hot path looks names up by `&str` and allocates only for new ones.
    pub fn check(text: &str) -> Result<(), InvalidIdentifier> {
        if text.is_empty() {
            Err(InvalidIdentifier::Empty)
        } else if text.len() > MAX_IDENTIFIER_LEN {
            Err(InvalidIdentifier::TooLong(text.len()))
        } else if !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-')) {
            Err(InvalidIdentifier::Character)
        } else {
            Ok(())
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl std::borrow::Borrow<str> for Identifier {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The number of a series (tenant + plant + PLC + metric) inside one database. It is what samples are keyed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesId(pub i32);

/// Who speaks: the names in a telemetry topic. The topic is the authority, payloads only repeat it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Source {
    pub tenant: Identifier,
    pub province: Identifier,
    pub plant: Identifier,
    pub gateway: Identifier,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_contract_alphabet_and_nothing_else() {
        for good in ["a", "granix-ba-gw-01", "temp_head", "ns=2".replace('=', ":").as_str(), &"x".repeat(128)]
        {
            assert!(Identifier::new(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", InvalidIdentifier::Empty),
            ("ñandú", InvalidIdentifier::Character),
            ("a b", InvalidIdentifier::Character),
            ("a/b", InvalidIdentifier::Character),
            ("a\0", InvalidIdentifier::Character),
        ] {
            assert_eq!(Identifier::new(bad).unwrap_err(), why, "{bad:?}");
        }
        assert_eq!(Identifier::new(&"x".repeat(129)).unwrap_err(), InvalidIdentifier::TooLong(129));
    }
}
