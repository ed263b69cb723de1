//! Subscribers of other makes, to measure Vigía against on the same stream: each runs in a process of its own, has
//! as many connections with the same shared subscription and window, and shows its figures as Vigía does.

mod http;
mod client;
mod codec;
mod rows;

use anyhow::Result;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio::task::JoinSet;
use vigia_simulator::Tls;

/// The subscription: what Vigía subscribes to by default, shared.
const FILTER: &str = "$share/vigia/factory/+/+/+/gateway/+/telemetry";
/// Publishes the broker may leave unacknowledged, as Vigía asks for (and AWS IoT Core allows).
const RECEIVE_MAXIMUM: u16 = 100;
/// The largest packet taken, in bytes, as Vigía's.
const MAX_PACKET_BYTES: u32 = 256 * 1_024;
/// How long a session is kept, as Vigía's.
const SESSION_EXPIRY_S: u32 = 7 * 24 * 3_600;
const KEEP_ALIVE_S: u16 = 30;

/// What a subscriber is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Acknowledges with rumqttc's own event loop, which Vigía uses too.
    Client,
    /// Acknowledges by hand: many packets a read, all their acks in one write.
    Codec,
    /// Stores row at a time, the usual way.
    Rows,
}

impl Kind {
    /// Its word on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Codec => "codec",
            Self::Rows => "rows",
        }
    }
}

/// Where it subscribes and where it shows its figures.
#[derive(Debug, Clone, clap::Args)]
pub struct Settings {
    /// Port of the figures
    #[arg(long)]
    pub port: u16,
    #[arg(long)]
    pub broker_port: u16,
    #[arg(long)]
    pub connections: usize,
    #[arg(long)]
    pub ca: PathBuf,
    #[arg(long)]
    pub cert: PathBuf,
    #[arg(long)]
    pub key: PathBuf,
    /// For one that stores
    #[arg(long)]
    pub database_url: Option<String>,
}

impl Settings {
    fn tls(&self) -> Tls {
        Tls { ca: self.ca.clone(), cert: self.cert.clone(), key: self.key.clone() }
    }
}

fn client_id(connection: usize) -> String {
    format!("backend-{connection}")
}

/// What it shows.
#[derive(Debug, Default)]
struct Figures {
    subscribed: AtomicUsize,
    done: AtomicU64,
}

impl Figures {
    fn subscribed(&self) {
        self.subscribed.fetch_add(1, Ordering::Relaxed);
    }

    fn done(&self, messages: u64) {
        self.done.fetch_add(messages, Ordering::Relaxed);
    }
}

/// Subscribes until killed.
///
/// # Errors
/// When a connection fails: a baseline that reconnects is none.
pub async fn run(kind: Kind, settings: Settings) -> Result<()> {
    let figures: &'static Figures = Box::leak(Box::default());
    let mut tasks = JoinSet::new();
    tasks.spawn(http::serve(settings.port, settings.connections, figures));
    match kind {
        Kind::Client => client::spawn(&mut tasks, &settings, figures)?,
        Kind::Codec => codec::spawn(&mut tasks, &settings, figures),
        Kind::Rows => rows::spawn(&mut tasks, &settings, figures).await?,
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}
