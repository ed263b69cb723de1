//! How fast messages come on one connection.

use std::time::Duration;
use tokio::time::Instant;

/// Messages a second on one connection; AWS IoT Core discards what is above.
pub(super) const RATE_LIMIT: u32 = 100;
/// Messages a second from which on to warn.
const WARN_RATE: u32 = 80;
/// How long to leave it at one warning.
const WARN_AGAIN: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

/// Messages a second, to show, and to warn before the broker starts to throw them away.
#[derive(Debug)]
pub(super) struct Rate {
    second_began: Instant,
    messages: u32,
    warned: Option<Instant>,
}

impl Rate {
    pub(super) fn new(now: Instant) -> Self {
        Self { second_began: now, messages: 0, warned: None }
    }

    /// Starts to count anew, on a new connection.
    pub(super) fn restart(&mut self, now: Instant) {
        self.second_began = now;
        self.messages = 0;
    }

    pub(super) fn count(&mut self) {
        self.messages = self.messages.saturating_add(1);
    }

    /// When the second is full.
    pub(super) fn due(&self) -> Instant {
        self.second_began + SECOND
    }

    /// Closes a full second: the messages a second in it.
    pub(super) fn close_second(&mut self, now: Instant) -> u32 {
        let messages = std::mem::take(&mut self.messages);
        let lasted = now.duration_since(self.second_began).max(SECOND);
        self.second_began = now;
        // A second closed late, after a write that took long say, is no faster for it.
        let rate = u128::from(messages) * SECOND.as_millis() / lasted.as_millis();
        u32::try_from(rate).unwrap_or(u32::MAX)
    }

    /// Whether it is time to warn of this rate.
    pub(super) fn warns(&mut self, rate: u32, now: Instant) -> bool {
        let due = self.warned.is_none_or(|warned| now.duration_since(warned) >= WARN_AGAIN);
        let warns = rate >= WARN_RATE && due;
        if warns {
            self.warned = Some(now);
        }
        warns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warns_from_eighty_a_second_on_and_once_a_minute() {
        let mut now = Instant::now();
        let mut rate = Rate::new(now);
        let mut warnings = Vec::new();
        for (seconds, per_second) in [(5, 79), (5, 80), (70, 100)] {
            for _ in 0..seconds {
                (0..per_second).for_each(|_| rate.count());
                now = rate.due();
                let closed = rate.close_second(now);
                assert_eq!(closed, per_second);
                if rate.warns(closed, now) {
                    warnings.push(closed);
                }
            }
        }
        assert_eq!(warnings, [80, 100]);
    }

    #[test]
    fn a_second_closed_late_is_no_faster_and_an_empty_one_is_zero() {
        let now = Instant::now();
        let mut rate = Rate::new(now);
        (0..100).for_each(|_| rate.count());
        assert_eq!(rate.close_second(now + 4 * SECOND), 25);
        assert_eq!(rate.close_second(rate.due()), 0);
    }
}
