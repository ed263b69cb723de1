//! The limits and habits of AWS IoT Core, in front of a [`Broker`].
//!
//! Subscribers connect here as they would to the cloud: over mTLS, with the certificates of the broker's own authority.
//! Each connection is continued to Mosquitto under the same name, and what Mosquitto delivers reaches the client by
//! the [`Rules`]. Towards the client the packet ids are the proxy's own, so it can hold a message back, throw it away
//! or send it again. What a client publishes passes as it is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::broker::Broker;
use crate::error::Result;
use crate::own_runtime::OwnRuntime;
use crate::pki::Pki;
use crate::port::Port;

mod rules;
mod stats;
mod acknowledged;
mod shared;
mod tls;
mod serve;
mod connection;
mod link;
mod frames;
mod window;
mod backlog;
mod drain;
mod bucket;
mod chance;

pub use rules::{RandomCuts, RateLimit, Rules, SessionLoss, Twice};
pub use stats::{ClientStats, ThrownAway};

use shared::{End, Shared};

/// Stands in front of a broker, on a thread of its own; gone, with its connections, when dropped.
///
/// The broker may be stopped, killed and started again meanwhile.
#[derive(Debug)]
pub struct IotCore {
    // Fields drop in this order: first the thread ends, then its port is free.
    _runtime: OwnRuntime,
    port: Port,
    shared: Arc<Shared>,
}

impl IotCore {
    /// Starts with the limits of AWS IoT Core that are certain, and no faults: see [`Rules::default`].
    pub fn start(broker: &Broker) -> Result<Self> {
        Self::start_with(broker, Rules::default())
    }

    /// Starts with these rules.
    pub fn start_with(broker: &Broker, rules: Rules) -> Result<Self> {
        let port = Port::free()?;
        let tls = tls::Tls::new(Pki::open_or_create(broker.pki().dir())?)?;
        let shared = Arc::new(Shared::new(rules));
        let served = Arc::clone(&shared);
        let broker = broker.port();
        let runtime = OwnRuntime::serve(&port, move |listener| serve::serve(listener, broker, tls, served))?;
        Ok(Self { _runtime: runtime, port, shared })
    }

    /// The port to connect to. The host is `localhost`.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// The rules as they are.
    pub fn rules(&self) -> Rules {
        self.shared.rules.borrow().clone()
    }

    /// Changes the rules, for present connections too.
    pub fn change(&self, change: impl FnOnce(&mut Rules)) {
        self.shared.rules.send_modify(change);
    }

    /// Resets the connection of this client without a word; false if there is none.
    pub fn cut(&self, client_id: &str) -> bool {
        self.shared.end(client_id, End::Cut)
    }

    /// Resets all connections without a word, and says how many.
    pub fn cut_all(&self) -> usize {
        self.shared.end_all(End::Cut)
    }

    /// From now on each connection is reset at random, on average after `mean`; the seed and the client id decide when.
    pub fn cut_randomly(&self, mean: Duration, seed: u64) {
        self.change(|rules| rules.cuts = Some(RandomCuts { mean, seed }));
    }

    /// Ends [`cut_randomly`](Self::cut_randomly).
    pub fn stop_cutting(&self) {
        self.change(|rules| rules.cuts = None);
    }

    /// Which of the sessions that clients come back to are lost, with all that waits in them.
    pub fn lose_sessions(&self, loss: SessionLoss) {
        self.shared.set_loss(loss);
    }

    /// While true every SUBSCRIBE is answered with "not authorized" (0x87), and the broker never hears of it.
    pub fn refuse_subscriptions(&self, refuse: bool) {
        self.change(|rules| rules.refuse_subscriptions = refuse);
    }

    /// How long what goes to a client takes, from now on.
    pub fn delay(&self, delay: Duration) {
        self.change(|rules| rules.delay = delay);
    }

    /// While true no byte passes between clients and proxy, though connections stay open.
    pub fn stall(&self, stall: bool) {
        self.change(|rules| rules.stall = stall);
    }

    /// How many clients are connected.
    pub fn connected(&self) -> usize {
        self.shared.connected()
    }

    /// What happened to this client so far; all zero for one never seen.
    pub fn stats(&self, client_id: &str) -> ClientStats {
        self.shared.stats.of(client_id)
    }

    /// What happened to every client so far, by client id.
    pub fn all_stats(&self) -> BTreeMap<String, ClientStats> {
        self.shared.stats.all()
    }

    /// From now on it is remembered which messages clients acknowledge.
    pub fn remember_acknowledged(&self) {
        self.shared.acknowledged.remember();
    }

    /// Whether a client has acknowledged such a message since
    /// [`remember_acknowledged`](Self::remember_acknowledged): the proxy had its acknowledgement, so whoever sent it
    /// answers for the message, whatever becomes of client and broker after that.
    pub fn was_acknowledged(&self, topic: &[u8], payload: &[u8]) -> bool {
        self.shared.acknowledged.contains(topic, payload)
    }

    /// The messages thrown away by the rate limit: the last 65 536 of them.
    pub fn thrown_away(&self) -> Vec<ThrownAway> {
        self.shared.stats.thrown_away()
    }
}
