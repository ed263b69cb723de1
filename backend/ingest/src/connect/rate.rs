//! How fast messages come on one connection.

use std::time::Duration;
use tokio::time::Instant;

/// Messages a second on one connection from which on to warn; AWS IoT Core discards what is above 100.
const WARN_RATE: u32 = 80;
/// How long to leave it at one warning.
const WARN_AGAIN: Duration = Duration::from_mins(1);

/// Messages a second, to warn before the broker starts to throw them away.
#[derive(Debug)]
pub(super) struct Rate {
    second_began: Instant,
    messages: u32,
    warned: Option<Instant>,
}

impl Rate {
    pub(super) fn new() -> Self {
        Self { second_began: Instant::now(), messages: 0, warned: None }
    }

    /// Counts a message; returns the rate when it is time to warn of it.
    pub(super) fn count(&mut self) -> Option<u32> {
        self.messages += 1;
        if self.second_began.elapsed() < Duration::from_secs(1) {
            return None;
        }
        let rate = std::mem::take(&mut self.messages);
        self.second_began = Instant::now();
        let due = self.warned.is_none_or(|warned| warned.elapsed() >= WARN_AGAIN);
        if rate < WARN_RATE || !due {
            return None;
        }
        self.warned = Some(self.second_began);
        Some(rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn warns_from_eighty_a_second_on_and_once_a_minute() {
        let mut rate = Rate::new();
        let mut warnings = Vec::new();
        for (seconds, per_second) in [(5, 79), (5, 80), (70, 100)] {
            for _ in 0..seconds * per_second {
                tokio::time::advance(Duration::from_secs(1) / per_second + Duration::from_nanos(1)).await;
                warnings.extend(rate.count());
            }
        }
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings.iter().all(|rate| *rate >= WARN_RATE), "{warnings:?}");
    }
}
