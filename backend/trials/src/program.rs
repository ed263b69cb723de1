//! A program under trial, watched from outside: over HTTP and through `/proc`.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::time::{Duration, Instant};
use vigia_testkit::{Port, Process};

const START_PATIENCE: Duration = Duration::from_secs(30);
const STOP_PATIENCE: Duration = Duration::from_secs(30);
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Vigía, or a subscriber that shows its figures in the same way.
#[derive(Debug)]
pub struct Program {
    process: Process,
    port: Port,
    http: reqwest::Client,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Figures {
    mqtt_messages_processed: u64,
}

impl Program {
    pub(crate) fn new(process: Process, port: Port) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(ANSWER_PATIENCE).no_proxy().build()?;
        Ok(Self { process, port, http })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The port of its HTTP server.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// The process, to be stopped, killed or held.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// An address of its HTTP server, with `path` from the slash on.
    pub fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://127.0.0.1:{}{path}", self.port.number())
    }

    /// Waits until it has subscribed and can store.
    ///
    /// # Errors
    /// When it ends or takes too long.
    pub async fn until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + START_PATIENCE;
        loop {
            let answer = self.http.get(self.url("http", "/health/ready")).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if let Some(status) = self.process.exit_status() {
                return Err(self.process.died(status).into());
            }
            if Instant::now() > deadline {
                bail!("{} was not ready within {} s", self.process.name(), START_PATIENCE.as_secs());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// How many messages it is done with since it started: Vigía's are committed and being acknowledged.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn messages(&self) -> Result<u64> {
        let asked = self.http.get(self.url("http", "/metrics")).header("accept", "application/json");
        let text = async { asked.send().await?.error_for_status()?.text().await };
        let text = text.await.with_context(|| format!("{} shows no figures", self.process.name()))?;
        Ok(serde_json::from_str::<Figures>(&text)?.mqtt_messages_processed)
    }

    /// How many messages wait in its spool.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn spooled(&self) -> Result<u64> {
        self.metric("vigia_spool_entries").await
    }

    /// How many live feeds are open.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn open_feeds(&self) -> Result<u64> {
        self.metric("vigia_websocket_connections").await
    }

    /// How many messages have left its spool since it started.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn drained(&self) -> Result<u64> {
        self.metric("vigia_spool_drained_messages_total").await
    }

    /// A metric without labels.
    async fn metric(&self, name: &str) -> Result<u64> {
        let text =
            self.http.get(self.url("http", "/metrics")).send().await?.error_for_status()?.text().await?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.with_context(|| format!("{name} is not shown"))?.parse().context(name.to_owned())
    }

    /// Asks it to stop and waits.
    ///
    /// # Errors
    /// When it had to be killed, or ended before it was asked.
    pub fn stop(mut self) -> Result<()> {
        if let Some(status) = self.process.exit_status() {
            return Err(self.process.died(status).into());
        }
        match self.process.stop(STOP_PATIENCE)? {
            Some(_) => Ok(()),
            None => bail!("{} had to be killed", self.process.name()),
        }
    }
}
