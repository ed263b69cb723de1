//! What is packed.

use vigia_model::{DataType, Quality, Timestamp, Value};

/// A sample that is kept, in one form or the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Source time.
    pub ts: Timestamp,
    /// What the event history shows. `None` if the sample is hidden: only its time is kept, to know a repeat.
    pub reading: Option<Reading>,
}

/// What a sample says.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub data_type: DataType,
    /// Absent only when `quality` is not good.
    pub value: Option<Value>,
    pub quality: Quality,
    /// A number in the table of units.
    pub unit: Option<i32>,
    /// The number of the gateway that sent it.
    pub gateway: i32,
}

impl Kept {
    pub const fn is_hidden(&self) -> bool {
        self.reading.is_none()
    }

    /// The same to the bit: 0 is not -0, and what is not a number is itself.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (&self.reading, &other.reading) {
            (Some(one), Some(other_one)) => self.ts == other.ts && one.is(other_one),
            (None, None) => self.ts == other.ts,
            _ => false,
        }
    }
}

impl Reading {
    fn is(&self, other: &Self) -> bool {
        let value = match (&self.value, &other.value) {
            (Some(Value::Float(one)), Some(Value::Float(other))) => one.to_bits() == other.to_bits(),
            (one, other) => one == other,
        };
        let rest = |reading: &Self| (reading.data_type, reading.quality, reading.unit, reading.gateway);
        value && rest(self) == rest(other)
    }

    /// The number charts and statistics take: a good float or integer, or a good bool as 0 or 1.
    pub fn good_statistic(&self) -> Option<f64> {
        match (self.quality, &self.value) {
            (Quality::Good, Some(value)) => value.as_statistic(),
            _ => None,
        }
    }
}
