//! A fleet of gateways that publishes over mTLS and keeps a ledger, and the comparison of what is stored with it.

use crate::aws::Aws;
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
use vigia_trials::audit::{Audit, Expectation, audit};

/// Samples a second, one a message: what AWS lets through one connection, and enough that something is always under way.
const RATE: f64 = 90.0;

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
        aws: &Aws,
        ledger: &Path,
        seed: u64,
        count: Option<u64>,
    ) -> Result<Self> {
        let scenario = Scenario::load(&root.join("simulator/scenarios/load.toml"))?;
        let start = Clock::System.now();
        let rate = Rate::PerSecond(RATE);
        let fleet = Fleet::new(&scenario, &FleetOptions { rate, ..FleetOptions::new(seed, start) })?;
        let identity = aws.fleet()?;
        let options = Options {
            host: "localhost".to_owned(),
            port: aws.port,
            tls: Tls { ca: identity.ca, cert: identity.cert, key: identity.key },
            connections: 2,
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
            task.await.context("the fleet ended badly")??;
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
