//! How long to wait before connecting again.

use std::time::Duration;

/// AWS IoT Core takes one CONNECT a second from a client id.
pub(super) const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);
/// A connection that held this long was a good one: the next wait is short again.
const STABLE: Duration = Duration::from_secs(30);

/// Doubles with each failure in a row, with jitter, so that many clients do not come back in step.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after a connection that lasted `lived`.
    pub(super) fn after(&mut self, lived: Duration) -> Duration {
        if lived >= STABLE {
            self.failures = 0;
        }
        let ceiling = SHORTEST.saturating_mul(1 << self.failures.min(5)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        // Between half and all of the ceiling, but never below what the broker takes.
        ceiling.mul_f64(0.5 + 0.5 * rand::random::<f64>()).max(SHORTEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_a_limit_and_starts_again_after_a_stable_connection() {
        let mut backoff = Backoff::default();
        let waits: Vec<Duration> = (0..12).map(|_| backoff.after(Duration::ZERO)).collect();
        assert!(waits.iter().all(|wait| (SHORTEST..=LONGEST).contains(wait)), "{waits:?}");
        assert_eq!(waits[0], SHORTEST);
        assert!(waits[11] >= LONGEST / 2);
        assert_eq!(backoff.after(STABLE), SHORTEST);
    }
}
