//! Who sends: heartbeats, the sequence by which loss is noticed, and what a gateway's status means.

use crate::time::Timestamp;
use std::time::Duration;

/// What a gateway says of itself. Everything but `state` may be absent: old firmware says less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// Source time, by the gateway's own clock.
    pub ts: Timestamp,
    /// `online`, or `offline` in a last word.
    pub state: Box<str>,
    pub version: Option<Box<str>>,
    pub uptime_sec: Option<i64>,
    pub internet: Option<Box<str>>,
    pub mqtt: Option<Box<str>>,
    pub plc_link: Option<Box<str>>,
    pub buffer_mode: Option<Box<str>>,
    pub queued_messages: Option<i64>,
}

/// One message's place in its gateway's count: `seq` grows by one per message of a boot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeqMark {
    pub boot_id: Box<str>,
    pub seq: i64,
}

/// The one unambiguous state of a gateway, each with a "since".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GatewayStatus {
    Online,
    Offline,
    NeverSeen,
}

impl GatewayStatus {
    pub const ALL: [Self; 3] = [Self::Online, Self::Offline, Self::NeverSeen];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
            Self::NeverSeen => "never_seen",
        }
    }
}

/// How far ahead of receipt a heartbeat's clock may be and still be taken at its word.
const TOLERANCE: Duration = Duration::from_mins(5);
/// The farthest future a heartbeat's time is remembered as.
const FARTHEST: Duration = Duration::from_hours(366 * 24);

/// What is remembered of a gateway's signs of life.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GatewayHealth {
    /// When its last message of any kind was received.
    pub last_seen: Option<Timestamp>,
    /// When it came back after its last silence (or was first heard).
    pub online_since: Option<Timestamp>,
    /// The newest heartbeat by source time.
    pub heartbeat: Option<Heartbeat>,
    /// Receipt minus source time of that heartbeat: positive when the gateway's clock is behind.
    pub clock_skew_ms: Option<i64>,
    /// Whether its last word was `offline`. Anything it says afterwards takes that back.
    pub said_goodbye: bool,
}

impl GatewayHealth {
    /// Takes note of a message received at `at`; a silence longer than `offline_after` starts a new "online since".
    pub fn hear(&mut self, at: Timestamp, offline_after: Duration) {
        if self.last_seen.is_some_and(|last| at < last) {
            return; // an old message, late from the spool: it proves nothing that is not known
        }
        let was_silent = match self.last_seen {
            Some(last) => at > last.plus(offline_after),
            None => true,
        };
        if was_silent || self.said_goodbye || self.online_since.is_none() {
            self.online_since = Some(at);
        }
        self.said_goodbye = false;
        self.last_seen = Some(at);
    }

    /// Takes a heartbeat received at `at`. An older one than the last proves life and changes no field.
    ///
    /// One whose clock runs far ahead is newer only until a sane one comes: it must not silence a gateway until the
    /// time it dreamt of.
    pub fn beat(&mut self, mut heartbeat: Heartbeat, at: Timestamp, offline_after: Duration) {
        self.hear(at, offline_after);
        let skew = at.millis_since(heartbeat.ts);
        heartbeat.ts = heartbeat.ts.min(at.plus(FARTHEST)).max(Timestamp::default());
        let is_newer = self.heartbeat.as_ref().is_none_or(|known| {
            heartbeat.ts > known.ts || (known.ts > at.plus(TOLERANCE) && heartbeat.ts <= at.plus(TOLERANCE))
        });
        if is_newer {
            self.clock_skew_ms = Some(skew);
            self.said_goodbye = &*heartbeat.state == "offline";
            self.heartbeat = Some(heartbeat);
        }
    }

    /// Its status at `now`, and since when.
    ///
    /// Offline after `offline_after` of silence, or at once when its last heartbeat said `offline`.
    pub fn status(&self, now: Timestamp, offline_after: Duration) -> (GatewayStatus, Option<Timestamp>) {
        let Some(last_seen) = self.last_seen else {
            return (GatewayStatus::NeverSeen, None);
        };
        if self.said_goodbye || now > last_seen.plus(offline_after) {
            (GatewayStatus::Offline, Some(last_seen))
        } else {
            (GatewayStatus::Online, self.online_since.or(Some(last_seen)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_secs(90);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    fn beat(seconds: i64, state: &str) -> Heartbeat {
        Heartbeat {
            ts: at(seconds),
            state: state.into(),
            version: None,
            uptime_sec: None,
            internet: None,
            mqtt: None,
            plc_link: None,
            buffer_mode: None,
            queued_messages: None,
        }
    }

    #[test]
    fn status_follows_silence_and_names_since_when() {
        let mut health = GatewayHealth::default();
        assert_eq!(health.status(at(0), AFTER), (GatewayStatus::NeverSeen, None));
        health.hear(at(10), AFTER);
        health.hear(at(60), AFTER);
        assert_eq!(health.status(at(100), AFTER), (GatewayStatus::Online, Some(at(10))));
        assert_eq!(health.status(at(151), AFTER), (GatewayStatus::Offline, Some(at(60))));
        health.hear(at(300), AFTER);
        assert_eq!(health.status(at(301), AFTER), (GatewayStatus::Online, Some(at(300))));
    }

    #[test]
    fn an_older_heartbeat_proves_life_but_changes_no_field() {
        let mut health = GatewayHealth::default();
        health.beat(beat(100, "online"), at(100), AFTER);
        health.beat(beat(40, "offline"), at(110), AFTER);
        assert_eq!(health.heartbeat.as_ref().unwrap().ts, at(100));
        assert_eq!(health.last_seen, Some(at(110)));
        assert_eq!(health.clock_skew_ms, Some(0));
        assert_eq!(health.status(at(111), AFTER).0, GatewayStatus::Online);
    }

    #[test]
    fn a_clock_that_ran_ahead_does_not_silence_later_heartbeats() {
        let mut health = GatewayHealth::default();
        health.beat(beat(9_000_000, "online"), at(100), AFTER);
        assert_eq!(health.clock_skew_ms, Some(-8_999_900_000));
        health.beat(beat(130, "offline"), at(130), AFTER);
        assert_eq!(&*health.heartbeat.unwrap().state, "offline");
    }

    #[test]
    fn a_last_word_is_believed_at_once() {
        let mut health = GatewayHealth::default();
        health.beat(beat(100, "online"), at(100), AFTER);
        health.beat(beat(101, "offline"), at(101), AFTER);
        assert_eq!(health.status(at(102), AFTER), (GatewayStatus::Offline, Some(at(101))));
        health.hear(at(105), AFTER);
        assert_eq!(health.status(at(106), AFTER), (GatewayStatus::Online, Some(at(105))));
    }
}
