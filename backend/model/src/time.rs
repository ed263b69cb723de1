//! Time: the one unit (milliseconds since 1970, UTC) and the one source of "now".

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const HOUR_MS: i64 = 3_600_000;

/// How far ahead of its receipt a sample may be.
pub const MAX_AHEAD: Duration = Duration::from_mins(5);

/// An instant in milliseconds since 1970-01-01T00:00:00Z, as gateways send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The start of the UTC hour this instant falls in, the key of hourly rows.
    #[must_use]
    pub const fn hour(self) -> Self {
        Self(self.0.div_euclid(HOUR_MS) * HOUR_MS)
    }

    /// `self - earlier` in milliseconds; negative when `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The next millisecond: makes a span of what goes up to `self`.
    #[must_use]
    pub const fn after(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Where "now" comes from: the machine in production, a test's hand otherwise. The one seam of the system.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    #[default]
    System,
    /// Stands still until a test moves it; holds milliseconds.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that a test sets with [`Clock::set`].
    pub fn manual(at: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.as_millis())))
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Manual(ms) => Timestamp(ms.load(Ordering::Relaxed)),
        }
    }

    /// Moves a manual clock; the system's clock is not ours to move and stays.
    pub fn set(&self, at: Timestamp) {
        if let Self::Manual(ms) = self {
            ms.store(at.as_millis(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_utc_and_round_down_before_1970_too() {
        assert_eq!(Timestamp::from_millis(1_736_359_200_123).hour().as_millis(), 1_736_359_200_000);
        assert_eq!(Timestamp::from_millis(-1).hour().as_millis(), -HOUR_MS);
    }

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let clock = Clock::manual(Timestamp::from_millis(5));
        let copy = clock.clone();
        clock.set(Timestamp::from_millis(9));
        assert_eq!(copy.now().as_millis(), 9);
    }
}
