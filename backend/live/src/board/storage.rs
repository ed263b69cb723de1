//! Storage, on the status board: what the database takes, what it may, and how long that will do.

use std::collections::HashMap;
use vigia_model::Timestamp;

/// Above so many hundredths of the budget it is said.
const NEARLY_FULL: i64 = 80;
/// And with fewer days left than this.
const FEW_DAYS: i64 = 30;

/// How the room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StorageState {
    Ok,
    /// It will not do for long; then the oldest history goes.
    Filling,
    /// Nothing is left that may go.
    Full,
}

impl StorageState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Filling => "filling",
            Self::Full => "full",
        }
    }
}

/// What the database takes, and will.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StorageStatus {
    /// When it was weighed.
    pub weighed_at: Timestamp,
    /// What counts against the budget.
    pub bytes: i64,
    /// The budget; `None`: there is none.
    pub max_bytes: Option<i64>,
    /// At the rate of the last day.
    pub bytes_per_day: i64,
    /// What a sample of the last day takes, packed if it is; `None` if none came.
    pub bytes_per_sample: Option<f64>,
    /// Whole days until it takes the whole budget; `None`: it never will, at this rate.
    pub days_left: Option<i64>,
    /// Samples before were dropped; `None`: none were.
    pub raw_from: Option<Timestamp>,
    pub hourly_from: Option<Timestamp>,
    /// What each tenant adds in a day, by its code, in bytes.
    pub tenants: HashMap<String, i64>,
}

impl StorageStatus {
    pub fn state(&self) -> StorageState {
        let Some(max) = self.max_bytes else { return StorageState::Ok };
        if self.bytes > max {
            StorageState::Full
        } else if self.bytes > max / 100 * NEARLY_FULL || self.days_left.is_some_and(|days| days < FEW_DAYS) {
            StorageState::Filling
        } else {
            StorageState::Ok
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_well_before_the_end() {
        let state = |bytes, days_left| {
            StorageStatus { bytes, max_bytes: Some(1_000), days_left, ..StorageStatus::default() }.state()
        };
        assert_eq!(state(500, Some(40)), StorageState::Ok);
        assert_eq!(state(500, None), StorageState::Ok);
        assert_eq!(state(500, Some(29)), StorageState::Filling);
        assert_eq!(state(801, None), StorageState::Filling);
        assert_eq!(state(1_001, Some(0)), StorageState::Full);
        let unbounded = StorageStatus { bytes: 9_000, ..StorageStatus::default() };
        assert_eq!(unbounded.state(), StorageState::Ok);
    }
}
