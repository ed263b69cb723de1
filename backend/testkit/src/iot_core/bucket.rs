//! The rate limit of one connection.

use tokio::time::Instant;

use super::rules::RateLimit;

/// A token bucket, full at first.
#[derive(Debug)]
pub(super) struct Bucket {
    tokens: f64,
    filled_at: Instant,
}

impl Bucket {
    pub(super) fn new(now: Instant) -> Self {
        Self { tokens: f64::INFINITY, filled_at: now }
    }

    /// Whether a message may pass now.
    pub(super) fn take(&mut self, now: Instant, limit: RateLimit) -> bool {
        let added = now.saturating_duration_since(self.filled_at).as_secs_f64() * f64::from(limit.per_second);
        // An infinite bucket, of a limit never asked for before, is full.
        self.tokens = (self.tokens + added).min(f64::from(limit.burst));
        self.filled_at = now;
        let passes = self.tokens >= 1.0;
        if passes {
            self.tokens -= 1.0;
        }
        passes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// How many of the messages, evenly spread over so many seconds, pass.
    fn passed(messages: u32, seconds: u32, limit: RateLimit) -> usize {
        let start = Instant::now();
        let mut bucket = Bucket::new(start);
        let step = Duration::from_secs(u64::from(seconds)) / messages;
        (0..messages).filter(|n| bucket.take(start + step * *n, limit)).count()
    }

    #[test]
    fn the_excess_is_refused_and_nothing_else() {
        let limit = RateLimit { per_second: 100, burst: 50 };
        assert_eq!(passed(1_000, 10, limit), 1_000);
        let passed = passed(1_500, 10, limit);
        assert!((1_045..=1_050).contains(&passed), "{passed}");
    }
}
