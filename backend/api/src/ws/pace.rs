//! How often all feeds together are written to.
//!
//! A busy plant changes hundreds of times a second, and each of its viewers could be told each time. Together they would
//! take the processors from the intake. So whatever is written is charged to an account that all feeds share, and while
//! it is overdrawn, whoever has just been told something waits before he is told more: what changes meanwhile comes in
//! one write. Whoever was told nothing lately never waits, and with few viewers the account is never overdrawn.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What a write is charged: one system call, and waking up for it.
const WRITE: Duration = Duration::from_micros(20);
/// What each frame in it is charged.
const FRAME: Duration = Duration::from_micros(10);
/// The longest wait. Beyond it more viewers cost more processor time, not more patience.
const LONGEST: Duration = Duration::from_millis(150);
/// Timers tick in milliseconds: a shorter wait would become a longer one.
const SHORTEST: Duration = Duration::from_millis(2);

/// The account of all feeds: until when what was written is worked off.
#[derive(Debug, Clone)]
pub(crate) struct Pace(Arc<Mutex<Instant>>);

impl Default for Pace {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Pace {
    /// Charges a write of so many frames at `now`; until when its feed waits before the next one.
    pub(crate) fn wrote(&self, frames: u32, now: Instant) -> Option<Instant> {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *until = ((*until).max(now) + WRITE + FRAME * frames).min(now + LONGEST);
        (*until >= now + SHORTEST).then_some(*until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_viewer_never_waits() {
        let pace = Pace::default();
        let mut now = Instant::now();
        for _ in 0..1_000 {
            assert_eq!(pace.wrote(10, now), None);
            now += Duration::from_millis(1);
        }
    }

    #[test]
    fn a_thousand_viewers_wait_their_turn_and_no_longer() {
        let pace = Pace::default();
        let now = Instant::now();
        let last = (0..1_000).filter_map(|_| pace.wrote(1, now)).max();
        assert_eq!(last, Some(now + (WRITE + FRAME) * 1_000));
        let longest = (0..100_000).filter_map(|_| pace.wrote(10, now)).max();
        assert_eq!(longest, Some(now + LONGEST));
        assert_eq!(pace.wrote(1, now + LONGEST), None, "worked off");
    }
}
