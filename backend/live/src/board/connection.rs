//! One connection to the broker, on the status board.

use super::peaks::Peaks;
use crate::whole;
use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vigia_model::{Clock, Timestamp};

/// How far a connection to the broker has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectionState {
    /// On the way: TCP, TLS, CONNECT.
    Connecting,
    /// CONNACK received, not yet subscribed.
    Connected,
    /// SUBACK received: messages flow.
    Subscribed,
    /// Failed or lost; a retry follows.
    Down,
}

impl ConnectionState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Subscribed => "subscribed",
            Self::Down => "down",
        }
    }
}

/// What the broker says to one filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionState {
    /// Not asked on this connection, or not answered yet.
    Pending,
    Granted,
    /// Refused, and why; it is asked again on the next connection.
    Refused(Arc<str>),
}

impl SubscriptionState {
    /// The state without its reason: a label.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Granted => "granted",
            Self::Refused(_) => "refused",
        }
    }
}

impl fmt::Display for SubscriptionState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) => write!(out, "refused: {reason}"),
            other => out.write_str(other.as_str()),
        }
    }
}

/// One filter of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionStatus {
    pub filter: Arc<str>,
    pub state: SubscriptionState,
}

/// A copy of one connection's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionStatus {
    pub client_id: Arc<str>,
    pub state: ConnectionState,
    /// When it came to that state.
    pub since: Timestamp,
    /// Whether the broker still had our session at the last CONNACK; `None` before the first.
    pub session_present: Option<bool>,
    /// The filters in the order they were asked for.
    pub subscriptions: Vec<SubscriptionStatus>,
    /// Messages received and not yet acknowledged.
    pub in_flight: u32,
    /// How many of those the broker may send.
    pub window: u32,
    /// Messages in the last full second.
    pub rate: u32,
    /// Messages a second above which a broker like AWS IoT Core throws them away.
    pub rate_limit: u32,
    /// Messages in the fastest second of the last minute.
    pub peak_of_minute: u32,
    /// Messages in the fastest second of the last hour.
    pub peak_of_hour: u32,
    /// Times the connection was made again after the first.
    pub reconnects: u64,
    /// Messages received since the process started.
    pub received: u64,
    /// Messages acknowledged since the process started.
    pub acknowledged: u64,
    /// Second copies of messages that were not acknowledged yet, since the process started.
    pub resent: u64,
    /// About how long the messages that gathered while we were away will take; `None` while there are none.
    pub drain_estimate: Option<Duration>,
    /// The last failure, also after it has passed.
    pub last_error: Option<Arc<str>>,
}

/// Where one connection's task writes.
#[derive(Debug)]
pub struct ConnectionBoard {
    clock: Clock,
    client_id: Arc<str>,
    link: Mutex<Link>,
    in_flight: AtomicU32,
    received: AtomicU64,
    acknowledged: AtomicU64,
    resent: AtomicU64,
}

/// What changes seldom: with the state, or once a second.
#[derive(Debug)]
struct Link {
    state: ConnectionState,
    since: Timestamp,
    session_present: Option<bool>,
    subscriptions: Vec<SubscriptionStatus>,
    window: u32,
    rate: u32,
    rate_limit: u32,
    peaks: Peaks,
    reconnects: u64,
    drain_estimate: Option<Duration>,
    last_error: Option<Arc<str>>,
}

impl Link {
    /// Moves `since` only when it is another state.
    fn set_state(&mut self, state: ConnectionState, clock: &Clock) {
        if self.state != state {
            self.state = state;
            self.since = clock.now();
        }
    }
}

impl ConnectionBoard {
    pub(super) fn new(clock: Clock, client_id: &str) -> Self {
        let link = Link {
            state: ConnectionState::Connecting,
            since: clock.now(),
            session_present: None,
            subscriptions: Vec::new(),
            window: 0,
            rate: 0,
            rate_limit: 0,
            peaks: Peaks::new(),
            reconnects: 0,
            drain_estimate: None,
            last_error: None,
        };
        Self {
            clock,
            client_id: client_id.into(),
            link: Mutex::new(link),
            in_flight: AtomicU32::new(0),
            received: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            resent: AtomicU64::new(0),
        }
    }

    /// Notes a state; `since` moves only when it is another one.
    pub fn set_state(&self, state: ConnectionState) {
        whole(self.link.lock()).set_state(state, &self.clock);
    }

    /// What the broker may send: messages without an ack, and messages a second.
    pub fn set_limits(&self, window: u32, rate_limit: u32) {
        let mut link = whole(self.link.lock());
        link.window = window;
        link.rate_limit = rate_limit;
    }

    /// The broker took us, and says whether it still had our session.
    pub fn connected(&self, session_present: bool) {
        let mut link = whole(self.link.lock());
        link.set_state(ConnectionState::Connected, &self.clock);
        if link.session_present.replace(session_present).is_some() {
            link.reconnects += 1;
        }
    }

    /// The connection was made anew while the old one still held, and the broker says whether it had our session. If it had,
    /// what we are subscribed to still comes, and nothing shows but the count.
    pub fn moved(&self, session_present: bool) {
        let mut link = whole(self.link.lock());
        if !session_present {
            link.set_state(ConnectionState::Connected, &self.clock);
        }
        link.session_present = Some(session_present);
        link.reconnects += 1;
    }

    /// The process stands by: no connection, and nothing wrong with that.
    pub fn rest(&self) {
        self.down("this process stands by");
        whole(self.link.lock()).last_error = None;
    }

    /// The connection failed or broke, and why. What it held of the broker's it holds no more.
    pub fn down(&self, error: &str) {
        let mut link = whole(self.link.lock());
        link.set_state(ConnectionState::Down, &self.clock);
        link.last_error = Some(error.into());
        link.rate = 0;
        link.drain_estimate = None;
        for subscription in &mut link.subscriptions {
            if subscription.state == SubscriptionState::Granted {
                subscription.state = SubscriptionState::Pending;
            }
        }
        self.in_flight.store(0, Ordering::Relaxed);
    }

    /// Notes how these filters stand.
    pub fn set_subscriptions(&self, filters: &[String], state: &SubscriptionState) {
        let mut link = whole(self.link.lock());
        for filter in filters {
            match link.subscriptions.iter_mut().find(|known| *known.filter == **filter) {
                Some(known) => known.state = state.clone(),
                None => link
                    .subscriptions
                    .push(SubscriptionStatus { filter: filter.as_str().into(), state: state.clone() }),
            }
        }
    }

    pub fn is_subscribed(&self) -> bool {
        whole(self.link.lock()).state == ConnectionState::Subscribed
    }

    /// Messages came over this connection.
    pub fn count_received(&self, messages: u64) {
        self.received.fetch_add(messages, Ordering::Relaxed);
    }

    /// Acks went out over this connection.
    pub fn count_acknowledged(&self, messages: u64) {
        self.acknowledged.fetch_add(messages, Ordering::Relaxed);
    }

    /// Messages came a second time before they were acknowledged.
    pub fn count_resent(&self, messages: u64) {
        self.resent.fetch_add(messages, Ordering::Relaxed);
    }

    /// How many messages are received and not yet acknowledged.
    pub fn set_in_flight(&self, messages: u32) {
        self.in_flight.store(messages, Ordering::Relaxed);
    }

    /// Messages in the second just passed, and how long a backlog will still take.
    pub fn set_rate(&self, messages: u32, drain_estimate: Option<Duration>) {
        let mut link = whole(self.link.lock());
        link.rate = messages;
        link.peaks.note(self.clock.now(), messages);
        link.drain_estimate = drain_estimate;
    }

    pub fn status(&self) -> ConnectionStatus {
        let now = self.clock.now();
        let link = whole(self.link.lock());
        ConnectionStatus {
            client_id: Arc::clone(&self.client_id),
            state: link.state,
            since: link.since,
            session_present: link.session_present,
            subscriptions: link.subscriptions.clone(),
            in_flight: self.in_flight.load(Ordering::Relaxed),
            window: link.window,
            rate: link.rate,
            rate_limit: link.rate_limit,
            peak_of_minute: link.peaks.of_minute(now),
            peak_of_hour: link.peaks.of_hour(now),
            reconnects: link.reconnects,
            received: self.received.load(Ordering::Relaxed),
            acknowledged: self.acknowledged.load(Ordering::Relaxed),
            resent: self.resent.load(Ordering::Relaxed),
            drain_estimate: link.drain_estimate,
            last_error: link.last_error.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> ConnectionBoard {
        ConnectionBoard::new(Clock::manual(Timestamp::from_millis(1)), "vigia")
    }

    #[test]
    fn a_broken_connection_holds_nothing_but_its_refusals() {
        let board = board();
        let filters = ["a/#", "b/#"].map(str::to_owned);
        let shown = |board: &ConnectionBoard| -> Vec<String> {
            board.status().subscriptions.iter().map(|one| format!("{} {}", one.filter, one.state)).collect()
        };
        board.set_subscriptions(&filters, &SubscriptionState::Pending);
        board.set_subscriptions(&filters[..1], &SubscriptionState::Granted);
        board.set_subscriptions(&filters[1..], &SubscriptionState::Refused("not authorized".into()));
        assert_eq!(shown(&board), ["a/# granted", "b/# refused: not authorized"]);
        board.set_in_flight(7);
        board.set_rate(70, Some(Duration::from_secs(9)));
        board.down("reset");
        assert_eq!(shown(&board), ["a/# pending", "b/# refused: not authorized"]);
        let status = board.status();
        assert_eq!((status.in_flight, status.rate, status.drain_estimate), (0, 0, None));
        assert_eq!((status.peak_of_minute, status.peak_of_hour), (70, 70), "what was fast was fast");
    }

    #[test]
    fn a_connection_that_moves_with_its_session_never_seems_away() {
        let board = board();
        board.connected(false);
        board.set_state(ConnectionState::Subscribed);
        board.moved(true);
        assert_eq!((board.status().state, board.status().reconnects), (ConnectionState::Subscribed, 1));
        board.moved(false);
        assert_eq!((board.status().state, board.status().reconnects), (ConnectionState::Connected, 2));
    }

    #[test]
    fn the_first_connection_is_no_reconnect() {
        let board = board();
        board.down("refused");
        assert_eq!((board.status().session_present, board.status().reconnects), (None, 0));
        board.connected(false);
        assert_eq!((board.status().session_present, board.status().reconnects), (Some(false), 0));
        board.connected(true);
        assert_eq!((board.status().session_present, board.status().reconnects), (Some(true), 1));
    }
}
