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
}

impl Reading {
    /// The number charts and statistics take: a good float or integer, or a good bool as 0 or 1.
    pub fn good_statistic(&self) -> Option<f64> {
        match (self.quality, &self.value) {
            (Quality::Good, Some(value)) => value.as_statistic(),
            _ => None,
        }
    }
}
