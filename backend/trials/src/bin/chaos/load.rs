//! The load: a fleet published to the broker, past the limits of AWS IoT Core, with a ledger; and what a broker forgot,
//! once more.

use crate::system::System;
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vigia_model::{Clock, Timestamp};
use vigia_simulator::{
    Fleet, FleetOptions, LedgerWriter, Message, Options, Rate, Scenario, Stats, Tls, publish,
};

pub(crate) const SCENARIO: &str = include_str!("scenario.toml");
/// The fleet's connections, and those of what is sent again.
const CONNECTIONS: usize = 4;
const CONNECTIONS_AGAIN: usize = 2;
/// Unconfirmed publishes on a connection.
const WINDOW: u16 = 200;

/// Who publishes.
#[derive(Debug)]
pub(crate) struct Load {
    port: u16,
    tls: Tls,
    scenario: PathBuf,
    ledger: Arc<LedgerWriter>,
    stats: Arc<Stats>,
    stats_again: Arc<Stats>,
    again: AtomicU64,
    /// Ends everything, confirmed or not.
    pub(crate) stop: CancellationToken,
}

impl Load {
    pub(crate) fn new(system: &System) -> Result<Self> {
        let scenario = system.scratch.path().join("scenario.toml");
        std::fs::write(&scenario, SCENARIO).context("cannot write the scenario down")?;
        let identity = system.publisher.clone();
        Ok(Self {
            port: system.gate_port,
            tls: Tls { ca: identity.ca, cert: identity.cert, key: identity.key },
            scenario,
            ledger: Arc::new(LedgerWriter::open(&system.ledger())?),
            stats: Arc::default(),
            stats_again: Arc::default(),
            again: AtomicU64::new(0),
            stop: CancellationToken::new(),
        })
    }

    /// Publishes the fleet for so long, and until all of it is confirmed.
    pub(crate) async fn fleet(&self, rate: u32, seed: u64, lasting: Duration) -> Result<()> {
        let scenario = Scenario::load(&self.scenario)?;
        let options = FleetOptions {
            rate: Rate::PerSecond(rate.into()),
            ..FleetOptions::new(seed, Clock::System.now())
        };
        let fleet = Fleet::new(&scenario, &options)?;
        let options = Options { duration: Some(lasting), ..self.options("fleet", CONNECTIONS, true) };
        publish(fleet, options, Arc::clone(&self.stats), self.stop.clone()).await.context("the fleet failed")
    }

    /// Publishes messages of the ledger again, until all are confirmed.
    pub(crate) async fn again(&self, name: &str, messages: Vec<Message>) -> Result<()> {
        self.again.fetch_add(u64::try_from(messages.len()).unwrap_or(0), Ordering::Relaxed);
        let options = self.options(name, CONNECTIONS_AGAIN, false);
        publish(messages.into_iter().map(Ok), options, Arc::clone(&self.stats_again), self.stop.clone())
            .await
            .context("what was forgotten could not be sent again")
    }

    /// Writes down what has been confirmed so far; the time it is written with.
    pub(crate) fn flush(&self) -> Result<Timestamp> {
        let now = Clock::System.now();
        self.ledger.flush(now)?;
        Ok(now)
    }

    /// Messages published, and those of them sent again because a broker forgot them.
    pub(crate) fn published(&self) -> (u64, u64) {
        (self.stats.snapshot().published, self.again.load(Ordering::Relaxed))
    }

    /// Messages the broker confirmed while it knew of no subscriber: nobody can be asked for these.
    pub(crate) fn unheard(&self) -> u64 {
        self.stats.snapshot().unheard + self.stats_again.snapshot().unheard
    }

    /// How the fleet's publisher is doing, in words.
    pub(crate) fn progress(&self) -> String {
        self.stats.snapshot().to_string()
    }

    fn options(&self, name: &str, connections: usize, paced: bool) -> Options {
        Options {
            host: "localhost".to_owned(),
            port: self.port,
            tls: self.tls.clone(),
            connections,
            client_id_prefix: name.to_owned(),
            window: WINDOW,
            ledger: Some(Arc::clone(&self.ledger)),
            paced,
            count: None,
            duration: None,
        }
    }
}
