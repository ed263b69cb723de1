//! A fleet of gateways that publishes over mTLS and keeps a ledger, and the comparison of what is stored with it.

use crate::command::is_interrupted;
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use vigia_model::Clock;
use vigia_simulator::publish::Tls;
use vigia_simulator::{Fleet, FleetOptions, LedgerWriter, Options, Rate, Scenario, Stats};
use vigia_testkit::Identity;
use vigia_trials::audit::{Audit, Expectation, audit};

/// Samples a second, one a message: what AWS lets through one connection, and enough that something is always under way.
const RATE: f64 = 90.0;
/// A thousand messages take eleven seconds; who is refused tries for ever.
const CONFIRMED_WITHIN: Duration = Duration::from_mins(2);

/// Who publishes, and where.
#[derive(Debug, Clone)]
pub(crate) struct Publisher {
    /// Of a broker on this machine.
    pub(crate) port: u16,
    pub(crate) identity: Identity,
    pub(crate) connections: usize,
    /// So many gateways of the scenario; all, if no number is given.
    pub(crate) gateways: Option<u32>,
}

/// Gateways that publish until they are stopped.
#[derive(Debug)]
pub(crate) struct Load {
    task: Option<JoinHandle<vigia_simulator::Result<()>>>,
    stop: CancellationToken,
    stats: Arc<Stats>,
}

impl Load {
    /// Starts publishing; ends by itself after so many messages, if a number is given.
    pub(crate) fn start(
        root: &Path,
        publisher: Publisher,
        ledger: &Path,
        seed: u64,
        count: Option<u64>,
    ) -> Result<Self> {
        let mut scenario = Scenario::load(&root.join("simulator/scenarios/load.toml"))?;
        for gateway in &mut scenario.gateways {
            gateway.count = publisher.gateways.unwrap_or(gateway.count);
        }
        let start = Clock::System.now();
        let rate = Rate::PerSecond(RATE);
        let fleet = Fleet::new(&scenario, &FleetOptions { rate, ..FleetOptions::new(seed, start) })?;
        let Publisher { port, identity, connections, .. } = publisher;
        let options = Options {
            host: "localhost".to_owned(),
            port,
            tls: Tls { ca: identity.ca, cert: identity.cert, key: identity.key },
            connections,
            client_id_prefix: "fleet".to_owned(),
            window: 50,
            ledger: Some(Arc::new(LedgerWriter::open(ledger)?)),
            paced: true,
            count,
            duration: None,
        };
        let (stop, stats) = (CancellationToken::new(), Arc::new(Stats::default()));
        let publishing = vigia_simulator::publish(fleet, options, Arc::clone(&stats), stop.clone());
        #[expect(clippy::disallowed_methods, reason = "it is stopped and waited for in `end`")]
        let task = tokio::spawn(publishing);
        Ok(Self { task: Some(task), stop, stats })
    }

    /// How many messages the broker has confirmed.
    pub(crate) fn confirmed(&self) -> u64 {
        self.stats.snapshot().acked
    }

    /// Publishes no more, and waits until all is confirmed.
    pub(crate) async fn end(self) -> Result<u64> {
        self.stop.cancel();
        self.complete().await
    }

    /// Waits until it has published what it was told to, and all is confirmed.
    pub(crate) async fn complete(mut self) -> Result<u64> {
        if let Some(task) = self.task.take() {
            let ended = tokio::time::timeout(CONFIRMED_WITHIN, task);
            let ended = ended.await.context("the broker does not confirm what is published")?;
            ended.context("the fleet ended badly")??;
        }
        let seen = self.stats.snapshot();
        ensure!(seen.unheard == 0, "{} messages were sent while nobody had subscribed", seen.unheard);
        Ok(seen.acked)
    }
}

impl Drop for Load {
    /// A stage that failed half way leaves no gateways behind.
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Compares what is stored with what was published, until nothing differs: what was confirmed a moment ago may still be
/// on its way.
pub(crate) async fn compare(ledger: &Path, url: &str, within: Duration) -> Result<Audit> {
    let deadline = Instant::now() + within;
    loop {
        let expectation = Expectation::read(ledger)?.redelivered();
        let found = audit(&expectation, url).await;
        match found {
            // What the broker never confirmed, because the fleet was stopped meanwhile, may be stored or not.
            Ok(found) if found.is_clean() => return Ok(found),
            _ if is_interrupted() => bail!("stopped by a signal"),
            Ok(found) if Instant::now() > deadline => {
                bail!("what is stored is not what was published: {found}")
            }
            Err(error) if Instant::now() > deadline => {
                return Err(error.context("cannot compare what is stored"));
            }
            _ => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
}
