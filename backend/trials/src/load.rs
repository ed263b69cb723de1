//! The load: a simulated fleet published as fast as the other side takes it, with a bounded backlog.
//!
//! Mosquitto confirms a publish at once and queues without limit for a subscriber that is slower, and with a long
//! queue it behaves differently (it counts on other lists, it forgets receive-maximum, its memory grows). A run as
//! fast as possible would then measure the queue. So the publisher is held back once this many messages are
//! published and not yet done: enough that every window on the way is always full, and no more.

use crate::bed::CONNECTIONS;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vigia_model::Clock;
use vigia_simulator::publish::Tls;
use vigia_simulator::{Fleet, FleetOptions, LedgerWriter, Message, Options, Rate, Scenario, Stats};
use vigia_testkit::Broker;

/// How long the publisher waits before it looks again whether the backlog is short enough.
const HOLD: Duration = Duration::from_millis(2);
/// Unconfirmed publishes on a connection: Mosquitto allows 1 000.
const WINDOW: u16 = 1_000;

/// What to publish.
#[derive(Debug, Clone)]
pub struct Load {
    pub scenario: PathBuf,
    pub schema: u8,
    /// How many messages may be published and not yet done.
    pub backlog: u64,
    /// The same seed gives the same stream of values.
    pub seed: u64,
}

/// What the publisher and whoever watches the subscriber tell each other.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    taken: Arc<AtomicU64>,
    done: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
}

impl Flow {
    /// How many messages the publisher has taken from the fleet.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// The subscriber is done with so many.
    pub fn set_done(&self, messages: u64) {
        self.done.store(messages, Ordering::Relaxed);
    }

    /// No more: what was taken is published and confirmed, then the publisher ends.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

impl Load {
    /// Publishes until the flow is ended and everything is confirmed.
    ///
    /// # Errors
    /// When the scenario does not hold together, a file cannot be written or a certificate cannot be read.
    pub async fn publish(&self, broker: &Broker, ledger: &Path, flow: &Flow) -> Result<()> {
        let scenario = Scenario::load(&self.scenario)?;
        let start = Clock::System.now();
        let options = FleetOptions {
            rate: Rate::Max,
            schema: Some(self.schema),
            ..FleetOptions::new(self.seed, start)
        };
        let fleet = Fleet::new(&scenario, &options)?;
        let source = Held { fleet, flow: flow.clone(), limit: self.backlog, start: Instant::now() };
        let options = options_for(broker, Some(ledger))?;
        vigia_simulator::publish(source, options, Arc::new(Stats::default()), CancellationToken::new())
            .await
            .context("the publisher failed")
    }
}

/// How the simulator's publisher is to reach this broker.
fn options_for(broker: &Broker, ledger: Option<&Path>) -> Result<Options> {
    let identity = broker.pki().client("publisher")?;
    Ok(Options {
        host: "localhost".to_owned(),
        port: broker.port(),
        tls: Tls { ca: identity.ca, cert: identity.cert, key: identity.key },
        connections: CONNECTIONS,
        client_id_prefix: "fleet".to_owned(),
        window: WINDOW,
        ledger: ledger.map(LedgerWriter::open).transpose()?.map(Arc::new),
        // Messages are due at once, or in a moment when the backlog is long enough.
        paced: true,
        count: None,
        duration: None,
    })
}

/// A fleet that pauses while the backlog is at its limit.
struct Held {
    fleet: Fleet,
    flow: Flow,
    limit: u64,
    start: Instant,
}

impl Iterator for Held {
    type Item = vigia_simulator::Result<Message>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.flow.ended.load(Ordering::Relaxed) {
            return None;
        }
        let message = self.fleet.next()?;
        let taken = self.flow.taken.fetch_add(1, Ordering::Relaxed) + 1;
        let backlog = taken.saturating_sub(self.flow.done.load(Ordering::Relaxed));
        let due = if backlog > self.limit { self.start.elapsed() + HOLD } else { Duration::ZERO };
        Some(message.map(|message| Message { due, ..message }))
    }
}
