//! Whether the broker is still there.

use std::time::Duration;
use tokio::time::Instant;

/// What we promise in the CONNECT; AWS IoT Core takes 30–1200 s.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Twice in that time, whatever the traffic: a dead peer is noticed after at most twice this.
pub(super) const PING_EVERY: Duration = Duration::from_secs(15);

/// When to ping, and whether the last ping was answered.
#[derive(Debug)]
pub(super) struct Pinger {
    every: Duration,
    pub(super) due: Instant,
    unanswered: bool,
}

/// What to do when a ping is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pulse {
    Ping,
    Dead,
}

impl Pinger {
    /// `server_keep_alive` is the broker's wish in the CONNACK, in seconds, which goes before ours.
    pub(super) fn new(now: Instant, server_keep_alive: Option<u16>) -> Self {
        let wished = server_keep_alive.filter(|seconds| *seconds > 0);
        let every =
            wished.map_or(PING_EVERY, |seconds| (Duration::from_secs(seconds.into()) / 2).min(PING_EVERY));
        Self { every, due: now + every, unanswered: false }
    }

    /// Anything came from the broker, which is as good as an answer; or nothing is read now, and silence says nothing.
    pub(super) fn heard(&mut self) {
        self.unanswered = false;
    }

    /// The time has come.
    pub(super) fn pulse(&mut self, now: Instant) -> Pulse {
        self.due = now + self.every;
        if std::mem::replace(&mut self.unanswered, true) { Pulse::Dead } else { Pulse::Ping }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_without_any_answer_until_the_next_is_death() {
        let now = Instant::now();
        let mut pinger = Pinger::new(now, None);
        assert_eq!(pinger.due, now + PING_EVERY);
        assert_eq!(pinger.pulse(now), Pulse::Ping);
        pinger.heard();
        assert_eq!(pinger.pulse(now), Pulse::Ping);
        assert_eq!(pinger.pulse(now), Pulse::Dead);
    }

    #[test]
    fn the_brokers_own_keep_alive_goes_before_ours() {
        let now = Instant::now();
        for (wish, every) in [(Some(10), 5), (Some(1_200), 15), (Some(0), 15), (None, 15)] {
            assert_eq!(Pinger::new(now, wish).due, now + Duration::from_secs(every), "{wish:?}");
        }
    }
}
