//! One of the two backends: the program under trial, its own link to Postgres, its own spool.

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use vigia_model::Timestamp;
use vigia_testkit::{Account, FaultProxy, Port, Process, Scratch};

/// How long it may take to answer: a frozen one never does.
const ANSWER: Duration = Duration::from_millis(800);

/// A backend, running or not.
#[derive(Debug)]
pub(crate) struct Backend {
    pub(crate) name: &'static str,
    /// Held while it is away: who waits for this waits until it is back.
    pub(crate) process: Mutex<Option<Process>>,
    pub(crate) link: FaultProxy,
    pub(crate) port: Port,
    pub(crate) command: Command,
    pub(crate) log: PathBuf,
    /// 0 while it is away.
    pub(crate) pid: AtomicU32,
}

/// `GET /health`, as far as it matters here.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Health {
    /// `ok` when it is ready.
    pub(crate) status: String,
    pub(crate) role: String,
    pub(crate) mqtt: Mqtt,
    pub(crate) spool: Spool,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Mqtt {
    pub(crate) state: String,
    pub(crate) connections: Vec<Connection>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connection {
    state: String,
    since: DateTime<Utc>,
    in_flight: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Spool {
    pub(crate) state: String,
    pub(crate) entries: u64,
    pub(crate) bytes: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Figures {
    mqtt_messages_processed: u64,
}

impl Health {
    /// Whether a subscription was confirmed after this moment and holds.
    pub(crate) fn has_subscribed_since(&self, moment: Timestamp) -> bool {
        let is_new = |connection: &Connection| connection.since.timestamp_millis() >= moment.as_millis();
        self.mqtt.connections.iter().any(|connection| connection.state == "subscribed" && is_new(connection))
    }

    /// The most messages that a connection says wait for their acknowledgement.
    pub(crate) fn most_in_flight(&self) -> u64 {
        self.mqtt.connections.iter().map(|connection| connection.in_flight).max().unwrap_or(0)
    }
}

impl Backend {
    /// Starts it; it need not be ready.
    pub(crate) fn start(&self, scratch: &Scratch) -> Result<Process> {
        let process = scratch.spawn(self.name, "TERM", Account::Own, &self.command, &self.log)?;
        self.pid.store(process.id(), Ordering::Relaxed);
        Ok(process)
    }

    /// Takes note that it is gone.
    pub(crate) fn gone(&self) {
        self.pid.store(0, Ordering::Relaxed);
    }

    /// Its process id, or `None` while it is away.
    pub(crate) fn pid(&self) -> Option<u32> {
        Some(self.pid.load(Ordering::Relaxed)).filter(|pid| *pid != 0)
    }

    /// How it says it is doing.
    pub(crate) async fn health(&self, http: &reqwest::Client) -> Option<Health> {
        self.ask(http, "/health").await
    }

    /// How many messages it is done with since it started.
    pub(crate) async fn processed(&self, http: &reqwest::Client) -> Option<u64> {
        self.ask::<Figures>(http, "/metrics").await.map(|figures| figures.mqtt_messages_processed)
    }

    /// The answer to a `GET`, as JSON; `None` if there is none.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, http: &reqwest::Client, path: &str) -> Option<T> {
        let url = format!("http://127.0.0.1:{}{path}", self.port.number());
        let asked = http.get(url).header("accept", "application/json").timeout(ANSWER).send();
        serde_json::from_str(&asked.await.ok()?.text().await.ok()?).ok()
    }
}
