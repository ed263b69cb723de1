//! One connection to the broker, on the status board.

use crate::whole;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
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

/// A copy of one connection's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionStatus {
    pub client_id: Arc<str>,
    pub state: ConnectionState,
    /// When it came to that state.
    pub since: Timestamp,
    /// Messages received and not yet acknowledged.
    pub in_flight: u32,
    /// Times the connection was made again after the first.
    pub reconnects: u64,
    /// Messages received since the process started.
    pub received: u64,
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
    reconnects: AtomicU64,
    received: AtomicU64,
}

#[derive(Debug)]
struct Link {
    state: ConnectionState,
    since: Timestamp,
    last_error: Option<Arc<str>>,
}

impl ConnectionBoard {
    pub(super) fn new(clock: Clock, client_id: &str) -> Self {
        let link = Link { state: ConnectionState::Connecting, since: clock.now(), last_error: None };
        Self {
            clock,
            client_id: client_id.into(),
            link: Mutex::new(link),
            in_flight: AtomicU32::new(0),
            reconnects: AtomicU64::new(0),
            received: AtomicU64::new(0),
        }
    }

    /// Notes a state; `since` moves only when it is another one.
    pub fn set_state(&self, state: ConnectionState) {
        let mut link = whole(self.link.lock());
        if link.state != state {
            link.state = state;
            link.since = self.clock.now();
        }
    }

    /// The connection failed or broke, and why.
    pub fn down(&self, error: &str) {
        self.set_state(ConnectionState::Down);
        whole(self.link.lock()).last_error = Some(error.into());
    }

    pub fn is_subscribed(&self) -> bool {
        whole(self.link.lock()).state == ConnectionState::Subscribed
    }

    /// A connection was made again.
    pub fn count_reconnect(&self) {
        self.reconnects.fetch_add(1, Ordering::Relaxed);
    }

    /// A message came over this connection.
    pub fn count_received(&self) {
        self.received.fetch_add(1, Ordering::Relaxed);
    }

    /// How many messages are received and not yet acknowledged.
    pub fn set_in_flight(&self, messages: u32) {
        self.in_flight.store(messages, Ordering::Relaxed);
    }

    pub fn status(&self) -> ConnectionStatus {
        let link = whole(self.link.lock());
        ConnectionStatus {
            client_id: Arc::clone(&self.client_id),
            state: link.state,
            since: link.since,
            in_flight: self.in_flight.load(Ordering::Relaxed),
            reconnects: self.reconnects.load(Ordering::Relaxed),
            received: self.received.load(Ordering::Relaxed),
            last_error: link.last_error.clone(),
        }
    }
}
