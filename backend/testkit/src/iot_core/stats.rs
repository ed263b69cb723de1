//! What the proxy counts, for tests to look at.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// How many of the messages thrown away are kept: some ten minutes of 100 a second too many.
const THROWN_AWAY_KEPT: usize = 65_536;

/// What happened to one client, all its connections together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClientStats {
    /// CONNECTs.
    pub connects: u64,
    /// Connections the broker had kept a session for.
    pub sessions_present: u64,
    /// Sessions lost on purpose.
    pub sessions_lost: u64,
    /// Connections we reset.
    pub cuts: u64,
    /// Connections ended because the same client id connected again.
    pub kicked: u64,
    /// Messages sent, each counted once for each time the broker delivered it.
    pub delivered: u64,
    /// Messages above the rate limit.
    pub thrown_away: u64,
    /// Second copies sent although nothing was wrong.
    pub sent_twice: u64,
    /// Copies sent because the acknowledgement did not come.
    pub resent: u64,
    /// Messages acknowledged.
    pub acked: u64,
    /// Acknowledgements of another copy of an acknowledged message.
    pub acked_again: u64,
    /// Acknowledgements of a packet id that this connection never had, or had acknowledged before.
    pub unknown_acks: u64,
    /// The most packet ids that were un-acknowledged at once on a connection.
    pub largest_unacked: usize,
    /// Packet ids un-acknowledged now.
    pub unacked: usize,
    /// Messages held back now, because the window is full.
    pub held: usize,
    /// Whether the broker may hold messages for it now, other than those on their way. So it is while it is away.
    pub draining: bool,
}

/// A message the rate limit kept from a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThrownAway {
    /// Whom it was for.
    pub client_id: String,
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Bytes,
}

/// One client's numbers, shared by its connections.
pub(super) type Counted = Arc<Mutex<ClientStats>>;

/// All numbers, by client id.
#[derive(Debug, Default)]
pub(super) struct Stats {
    clients: Mutex<HashMap<String, Counted>>,
    thrown_away: Mutex<VecDeque<ThrownAway>>,
}

impl Stats {
    pub(super) fn client(&self, client_id: &str) -> Counted {
        Arc::clone(locked(&self.clients).entry(client_id.to_owned()).or_default())
    }

    pub(super) fn of(&self, client_id: &str) -> ClientStats {
        locked(&self.clients).get(client_id).map(|counted| *locked(counted)).unwrap_or_default()
    }

    pub(super) fn all(&self) -> BTreeMap<String, ClientStats> {
        locked(&self.clients).iter().map(|(id, counted)| (id.clone(), *locked(counted))).collect()
    }

    pub(super) fn throw_away(&self, message: ThrownAway) {
        let mut kept = locked(&self.thrown_away);
        if kept.len() == THROWN_AWAY_KEPT {
            kept.pop_front();
        }
        kept.push_back(message);
    }

    pub(super) fn thrown_away(&self) -> Vec<ThrownAway> {
        locked(&self.thrown_away).iter().cloned().collect()
    }
}

/// The numbers stay right whoever panicked.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
