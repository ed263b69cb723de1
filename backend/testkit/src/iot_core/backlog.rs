//! Whether what the broker sends had been waiting there, or is being published now.
//!
//! The broker does not say. But it sends what waits, as far as our window goes, before it answers a ping: so when
//! the answer comes and our window was not full, nothing is waiting any more.

use std::collections::VecDeque;

use super::window::BROKER_WINDOW;

/// Who waits for the answer to a ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ping {
    Client,
    Ours,
}

#[derive(Debug)]
pub(super) struct Backlog {
    draining: bool,
    /// Pings sent to the broker, which answers in order.
    pings: VecDeque<Ping>,
    probing: bool,
    /// Acknowledged to the broker since our last ping: when it answered that, it did not know of these.
    confirmed: usize,
}

impl Backlog {
    /// As it is before the broker let us in.
    pub(super) fn new() -> Self {
        Self { draining: true, pings: VecDeque::new(), probing: false, confirmed: 0 }
    }

    /// Whether what comes now may have been waiting.
    pub(super) fn is_draining(&self) -> bool {
        self.draining
    }

    /// The broker has let us in: true, it is to be pinged.
    pub(super) fn begin(&mut self) -> bool {
        self.confirmed = 1;
        self.probe()
    }

    /// The client has sent a ping.
    pub(super) fn client_pings(&mut self) {
        self.pings.push_back(Ping::Client);
    }

    /// The broker has delivered a message; so many of them we have not acknowledged.
    pub(super) fn delivered(&mut self, unacked: usize) {
        // With our window full, the next ones wait at the broker.
        self.draining |= unacked >= BROKER_WINDOW;
    }

    /// A message was acknowledged to the broker; whether it is to be pinged after that.
    pub(super) fn confirmed(&mut self) -> bool {
        self.confirmed += 1;
        self.probe()
    }

    /// The broker has answered a ping: whose, and whether it is to be pinged again.
    pub(super) fn answered(&mut self, unacked: usize) -> (Ping, bool) {
        let whose = self.pings.pop_front().unwrap_or(Ping::Client);
        if whose == Ping::Client {
            return (whose, false);
        }
        self.probing = false;
        self.draining = unacked + self.confirmed >= BROKER_WINDOW;
        (whose, self.probe())
    }

    /// Asks, unless nothing has changed since we asked.
    fn probe(&mut self) -> bool {
        let probe = self.draining && !self.probing && self.confirmed > 0;
        if probe {
            self.probing = true;
            self.confirmed = 0;
            self.pings.push_back(Ping::Ours);
        }
        probe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backlog_ends_with_the_answer_that_left_room() {
        let mut backlog = Backlog::new();
        assert!(backlog.begin());
        backlog.client_pings();
        backlog.delivered(BROKER_WINDOW);
        assert_eq!(backlog.answered(BROKER_WINDOW), (Ping::Ours, false));
        assert_eq!(backlog.answered(BROKER_WINDOW), (Ping::Client, false));
        assert!(backlog.confirmed(), "there may be room now");
        assert!(!backlog.confirmed(), "asked already");
        // The second acknowledgement was not yet known where the answer was given.
        assert_eq!(backlog.answered(BROKER_WINDOW - 1), (Ping::Ours, true));
        assert!(backlog.is_draining());
        assert_eq!(backlog.answered(BROKER_WINDOW - 1), (Ping::Ours, false));
        assert!(!backlog.is_draining());
        backlog.delivered(BROKER_WINDOW);
        assert!(backlog.is_draining(), "again");
    }
}
