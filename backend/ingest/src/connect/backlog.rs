//! How long a backlog will take to work off.
//!
//! MQTT does not tell how much a broker holds for us, so this is an estimate: what usually came in a second, times
//! the seconds we were away. Each second what came above the usual is taken off it. A backlog from before the process
//! started is not seen, for what is usual is not known yet.

use std::time::Duration;
use tokio::time::Instant;

/// Seconds the average looks back.
const MEMORY_S: f64 = 60.0;
/// Seconds at the usual rate after which nothing is left, whatever was estimated.
const CALM_S: u32 = 5;
/// How far above the average is still usual: AWS IoT Core drains at least ten a second on top.
const USUAL: f64 = 1.05;

/// The estimate for one connection, over all its generations.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    /// Messages a second when nothing is worked off.
    average: f64,
    /// Seconds the average has seen.
    seen_s: f64,
    away_since: Option<Instant>,
    left: f64,
    /// Messages a second above the average, of late.
    net_rate: f64,
    calm_s: u32,
}

impl Backlog {
    /// The connection is gone.
    pub(super) fn lost(&mut self, now: Instant) {
        if self.seen_s > 0.0 {
            self.away_since.get_or_insert(now);
        }
    }

    /// The subscription holds again.
    pub(super) fn subscribed(&mut self, now: Instant) {
        if let Some(since) = self.away_since.take() {
            self.left += self.average * now.duration_since(since).as_secs_f64();
            self.net_rate = 0.0;
            self.calm_s = 0;
        }
    }

    /// One subscribed second has passed. A second in which we held the broker back says nothing of what is usual.
    pub(super) fn second(&mut self, messages: u32, held_back: bool) {
        let rate = f64::from(messages);
        if self.left < 1.0 {
            if !held_back {
                self.seen_s = (self.seen_s + 1.0).min(MEMORY_S);
                self.average += (rate - self.average) / self.seen_s;
            }
            return;
        }
        let above = rate - self.average;
        if rate <= (self.average * USUAL).max(self.average + 1.0) {
            self.calm_s += u32::from(!held_back);
        } else {
            self.calm_s = 0;
            self.net_rate = if self.net_rate > 0.0 { f64::midpoint(self.net_rate, above) } else { above };
        }
        self.left -= above.max(0.0);
        if self.left < 1.0 || self.calm_s >= CALM_S {
            self.left = 0.0;
        }
    }

    /// The time until it is worked off; `None` when there is none, or it does not get less yet.
    pub(super) fn estimate(&self) -> Option<Duration> {
        if self.left < 1.0 || self.net_rate <= 0.0 {
            return None;
        }
        Duration::try_from_secs_f64((self.left / self.net_rate).ceil()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A connection that took `rate` a second for two minutes and was then away for `away_s`.
    fn back_after(rate: u32, away_s: u32) -> Backlog {
        let now = Instant::now();
        let mut backlog = Backlog::default();
        (0..120).for_each(|_| backlog.second(rate, false));
        backlog.lost(now);
        backlog.lost(now + SECOND);
        backlog.subscribed(now + away_s * SECOND);
        backlog
    }

    fn seconds(backlog: &Backlog) -> Option<u64> {
        backlog.estimate().map(|left| left.as_secs())
    }

    #[test]
    fn counts_down_while_more_than_usual_comes() {
        // 50/s for 60 s are 3 000 messages; 10/s above the usual work them off in 300 s.
        let mut backlog = back_after(50, 60);
        assert_eq!(seconds(&backlog), None, "not yet known how fast");
        for passed in 1..300 {
            backlog.second(60, false);
            assert_eq!(seconds(&backlog), Some(300 - passed), "{passed}");
        }
        backlog.second(60, false);
        assert_eq!(seconds(&backlog), None);
        // The drain has not become the usual.
        assert!((backlog.average - 50.0).abs() < 0.01, "{backlog:?}");
    }

    #[test]
    fn is_gone_when_the_usual_rate_is_back_for_five_seconds() {
        let mut backlog = back_after(50, 60);
        backlog.second(70, false);
        assert_eq!(seconds(&backlog), Some(149));
        (0..4).for_each(|_| backlog.second(50, false));
        assert_eq!(seconds(&backlog), Some(149));
        backlog.second(70, false);
        (0..4).for_each(|_| backlog.second(51, false));
        assert!(backlog.estimate().is_some(), "five in a row");
        backlog.second(50, false);
        assert_eq!(backlog.estimate(), None);
    }

    #[test]
    fn a_second_break_adds_to_what_is_left() {
        let mut backlog = back_after(10, 100);
        backlog.second(110, false);
        assert_eq!(seconds(&backlog), Some(9), "900 left, 100 a second");
        let now = Instant::now();
        backlog.lost(now);
        backlog.subscribed(now + 10 * SECOND);
        backlog.second(110, false);
        assert_eq!(seconds(&backlog), Some(9), "900 + 100 - 100");
    }

    #[test]
    fn nothing_is_known_at_first_and_nothing_comes_of_nothing() {
        let now = Instant::now();
        let mut backlog = Backlog::default();
        backlog.lost(now);
        backlog.subscribed(now + 100 * SECOND);
        backlog.second(100, false);
        assert_eq!(backlog.estimate(), None);
        let mut idle = back_after(0, 100);
        idle.second(5, false);
        assert_eq!(idle.estimate(), None);
    }

    #[test]
    fn seconds_in_which_we_held_the_broker_back_do_not_count() {
        let mut backlog = back_after(50, 1);
        (0..100).for_each(|_| backlog.second(0, true));
        assert!((backlog.average - 50.0).abs() < 0.01);
        backlog.second(60, false);
        assert_eq!(seconds(&backlog), Some(4), "still there: 50 - 10 left");
    }
}
