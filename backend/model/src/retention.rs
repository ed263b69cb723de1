//! Retention: how long stays what is kept of a series.

use std::time::Duration;

/// A number of days, 1 to 36 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(u16);

impl Days {
    /// A hundred years.
    pub const MOST: u16 = 36_500;

    /// `None` for a number that is none of them.
    pub fn new(days: i32) -> Option<Self> {
        u16::try_from(days).ok().filter(|days| (1..=Self::MOST).contains(days)).map(Self)
    }

    pub const fn get(self) -> u16 {
        self.0
    }

    /// The more of the two; `None` is for ever.
    pub fn longest(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        Some(one?.max(other?))
    }

    pub fn as_duration(self) -> Duration {
        Duration::from_hours(24 * u64::from(self.0))
    }
}

/// How long the two parts of a history are kept; of a setting `None` means for ever, of a rule that the setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Samples, and the times of those that are kept only so that a repeat is known.
    pub raw: Option<Days>,
    pub hourly: Option<Days>,
}

impl Retention {
    /// What a rule says, and where it says nothing, what the setting says.
    #[must_use]
    pub fn or(self, setting: Self) -> Self {
        Self { raw: self.raw.or(setting.raw), hourly: self.hourly.or(setting.hourly) }
    }

    /// As long as either says, where `None` is for ever.
    #[must_use]
    pub fn longest(self, other: Self) -> Self {
        Self { raw: Days::longest(self.raw, other.raw), hourly: Days::longest(self.hourly, other.hourly) }
    }
}
