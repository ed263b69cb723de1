//! What is measured: one value of a series at one source time.

use crate::time::Timestamp;
use std::fmt;

/// The longest `string` value, in characters.
pub const MAX_TEXT_CHARS: usize = 4_096;
/// The longest unit, in characters.
pub const MAX_UNIT_CHARS: usize = 64;

/// The type a sample declares for its value. A series may change it from one sample to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataType {
    Float,
    Int,
    Bool,
    Text,
}

impl DataType {
    pub const ALL: [Self; 4] = [Self::Float, Self::Int, Self::Bool, Self::Text];

    /// The wire's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Float => "float",
            Self::Int => "int",
            Self::Bool => "bool",
            Self::Text => "string",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// How far a value may be trusted (OPC UA's three severities).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quality {
    Good,
    Uncertain,
    Bad,
}

impl Quality {
    pub const ALL: [Self; 3] = [Self::Good, Self::Uncertain, Self::Bad];

    /// The wire's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "GOOD",
            Self::Uncertain => "UNCERTAIN",
            Self::Bad => "BAD",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// A value, kept exactly: integers to the last digit, floats to the last bit.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Float(f64),
    Int(i64),
    Bool(bool),
    Text(Box<str>),
}

impl Value {
    /// The number that enters hourly statistics; a bool counts as 0 or 1, a text not at all.
    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "hourly statistics are floats by contract"
    )]
    pub fn as_statistic(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            Self::Int(number) => Some(*number as f64),
            Self::Bool(flag) => Some(if *flag { 1.0 } else { 0.0 }),
            Self::Text(_) => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Float(number) => write!(f, "{number}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

/// One value of a series at one source time. Together with the series, `ts` is its identity.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Source time.
    pub ts: Timestamp,
    pub data_type: DataType,
    /// Absent only when `quality` is not good.
    pub value: Option<Value>,
    pub quality: Quality,
    /// As the gateway wrote it ("celsius", "rpm"); at most [`MAX_UNIT_CHARS`] characters.
    pub unit: Option<Box<str>>,
}

impl Sample {
    /// Whether `other` says the same: value, type and quality. (The unit is a label and does not count.)
    ///
    /// Decides between a duplicate, which changes nothing, and a conflicting duplicate, which is quarantined.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.data_type == other.data_type && self.quality == other.quality && self.value == other.value
    }

    /// The number this sample adds to its hourly row: good numeric or bool values only.
    pub fn good_statistic(&self) -> Option<f64> {
        match (self.quality, &self.value) {
            (Quality::Good, Some(value)) => value.as_statistic(),
            _ => None,
        }
    }
}
