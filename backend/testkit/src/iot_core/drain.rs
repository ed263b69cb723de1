//! How fast what had waited at the broker reaches a client that came back: one by one, each in its turn.

use std::time::Duration;

use tokio::time::Instant;

/// The messages of a backlog that have come from the broker and have not been sent on.
#[derive(Debug, Default)]
pub(super) struct Drain {
    left: usize,
    turn: Option<Instant>,
}

impl Drain {
    /// One more has come that had waited.
    pub(super) fn add(&mut self) {
        self.left += 1;
    }

    /// A message was sent for the first time; so many that had waited may be sent in a second.
    pub(super) fn sent(&mut self, now: Instant, rate: Option<f64>) {
        self.turn = None;
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            let pause = rate.and_then(|rate| Duration::try_from_secs_f64(rate.recip()).ok());
            self.turn = pause.map(|pause| now + pause);
        }
    }

    /// When the next one may be sent, if not now.
    pub(super) fn turn(&self, now: Instant) -> Option<Instant> {
        self.turn.filter(|turn| *turn > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_had_waited_goes_one_by_one_and_the_rest_at_once() {
        let (start, pause) = (Instant::now(), Duration::from_millis(50));
        let mut drain = Drain::default();
        drain.add();
        drain.sent(start, Some(20.0));
        assert_eq!(drain.turn(start), Some(start + pause));
        assert_eq!(drain.turn(start + pause), None);
        drain.sent(start + pause, Some(20.0));
        assert_eq!(drain.turn(start + pause), None, "this one had not waited");
        drain.add();
        drain.sent(start, None);
        assert_eq!(drain.turn(start), None, "no rate, no turns");
    }
}
