//! The way to the broker: messages are written to the ledger, dealt out to connections and sent over
//! mTLS, each to be confirmed.
//!
//! Of rumqttc only the MQTT 5 packets are used. Its event loop takes one publish a turn and flushes it, a TLS record
//! and a system call each; on a machine shared with what is measured that is too dear. It also forgets what was
//! queued when a reconnect finds no session. Here a connection owns its window, writes in batches, and sends again
//! what was not confirmed.

mod deal;
mod tls;
mod window;
mod session;
mod link;

pub use tls::Tls;

use crate::error::{Error, Result};
use crate::ledger::LedgerWriter;
use crate::message::Message;
use crate::stats::Stats;
use deal::deal;
use link::Link;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vigia_model::Clock;

/// How to publish.
#[derive(Debug, Clone)]
pub struct Options {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    /// How many connections share the gateways; a gateway's messages always take the same one.
    pub connections: usize,
    /// Connections are called `<prefix>-0`, `<prefix>-1`, ….
    pub client_id_prefix: String,
    /// The most unconfirmed publishes on a connection; a broker may ask for fewer.
    pub window: u16,
    pub ledger: Option<Arc<LedgerWriter>>,
    /// Send each message when it is due, or as soon as it is taken.
    pub paced: bool,
    /// Stop after so many messages.
    pub count: Option<u64>,
    /// Stop after so long.
    pub duration: Option<Duration>,
}

/// How long after a stop confirmations are waited for.
const GRACE: Duration = Duration::from_secs(5);
/// Batches waiting for a connection: one being sent, one ready.
const QUEUE: usize = 2;
/// How often confirmations are written to the ledger when nothing is published.
const LEDGER_FLUSH: Duration = Duration::from_millis(200);

/// Publishes until the source ends, a limit is reached or `stop` is cancelled, then waits for confirmations: for all
/// of them, or for five seconds after a stop. What is still unconfirmed then is pending in the ledger.
pub async fn publish<S>(source: S, options: Options, stats: Arc<Stats>, stop: CancellationToken) -> Result<()>
where
    S: Iterator<Item = Result<Message>> + Send,
{
    let tls = options.tls.connector()?;
    let name = options.tls.server_name(&options.host)?;
    let cutoff = CancellationToken::new();
    let mut tasks = JoinSet::new();
    let mut queues = Vec::new();
    for number in 0..options.connections.max(1) {
        let (queue, messages) = mpsc::channel(QUEUE);
        queues.push(queue);
        let link = Link::new(link::Setup {
            address: (options.host.clone(), options.port),
            tls: tls.clone(),
            name: name.clone(),
            client_id: format!("{}-{number}", options.client_id_prefix),
            window: options.window,
            ledger: options.ledger.clone(),
            stats: Arc::clone(&stats),
            cutoff: cutoff.clone(),
        });
        tasks.spawn(link.run(messages));
    }
    let ended = deal(source, &options, &stats, &stop, queues).await;
    let drained = drain(&mut tasks, &options, &stop, &cutoff).await;
    if let Some(ledger) = &options.ledger {
        ledger.flush(Clock::System.now())?;
    }
    ended.and(drained)
}

/// Waits for the connections to end, at most [`GRACE`] beyond a stop.
async fn drain(
    tasks: &mut JoinSet<()>,
    options: &Options,
    stop: &CancellationToken,
    cutoff: &CancellationToken,
) -> Result<()> {
    let late = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
        cutoff.cancel();
        std::future::pending::<()>().await;
    };
    tokio::pin!(late);
    let mut tick = tokio::time::interval(LEDGER_FLUSH);
    loop {
        tokio::select! {
            ended = tasks.join_next() => match ended {
                Some(ended) => ended.map_err(|source| Error::Task { source })?,
                None => return Ok(()),
            },
            _ = tick.tick() => if let Some(ledger) = &options.ledger {
                ledger.flush(Clock::System.now())?;
            },
            () = &mut late => {}
        }
    }
}

#[cfg(test)]
mod tests;
