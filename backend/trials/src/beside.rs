//! Somebody else who publishes while a load is measured: a gateway that misbehaves.

use crate::number::float;
use anyhow::{Context, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vigia_simulator::message::Expected;
use vigia_simulator::publish::Tls;
use vigia_simulator::{Message, Options, Stats};
use vigia_testkit::Broker;

/// Publishes at a steady rate until ended.
#[derive(Debug)]
pub struct Beside {
    stats: Arc<Stats>,
    ended: Arc<AtomicBool>,
    tasks: JoinSet<Result<()>>,
}

impl Beside {
    /// Publishes what `make` gives for each number, from 1 on: a topic and a payload.
    ///
    /// # Errors
    /// When it has no certificate.
    pub fn start(
        broker: &Broker,
        per_second: u32,
        make: impl Fn(u64) -> (String, Vec<u8>) + Send + Sync + 'static,
    ) -> Result<Self> {
        let identity = broker.pki().client("publisher")?;
        let options = Options {
            host: "localhost".to_owned(),
            port: broker.port(),
            tls: Tls { ca: identity.ca, cert: identity.cert, key: identity.key },
            connections: 1,
            client_id_prefix: "beside".to_owned(),
            window: 100,
            ledger: None,
            paced: true,
            count: None,
            duration: None,
        };
        let (stats, ended) = (Arc::new(Stats::default()), Arc::new(AtomicBool::new(false)));
        let until = Arc::clone(&ended);
        let messages = (1..).take_while(move |_| !until.load(Ordering::Relaxed)).map(move |number| {
            let (topic, payload) = make(number);
            Ok(Message {
                due: Duration::from_secs_f64(float(number) / f64::from(per_second)),
                gateway: 0,
                topic: topic.into(),
                payload: payload.into(),
                expected: Expected::default(),
                id: None,
            })
        });
        let mut tasks = JoinSet::new();
        let counted = Arc::clone(&stats);
        tasks.spawn(async move {
            let publishing = vigia_simulator::publish(messages, options, counted, CancellationToken::new());
            publishing.await.context("who publishes beside failed")
        });
        Ok(Self { stats, ended, tasks })
    }

    /// Messages the broker has confirmed to it.
    pub fn confirmed(&self) -> u64 {
        self.stats.snapshot().acked
    }

    /// Publishes no more, and waits until all is confirmed; how many messages it were.
    ///
    /// # Errors
    /// When publishing failed.
    pub async fn end(&mut self) -> Result<u64> {
        self.ended.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended??;
        }
        Ok(self.confirmed())
    }
}
