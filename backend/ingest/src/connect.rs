//! Connect: one task per broker connection. It polls, hands messages over without ever waiting, and is the only
//! one that acknowledges.
//!
//! A connection lives in generations: each TCP connection is one, with an event loop of its own, so nothing that
//! was left of the one before can reach the broker. An ack is sent only in the generation its message came in.

mod backoff;
mod rate;
mod session;

use crate::delivery::{Acks, Delivery, RECEIVE_MAXIMUM};
use backoff::Backoff;
use rustls::ClientConfig;
use session::{Ended, Session};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vigia_live::board::{ConnectionBoard, ConnectionState};
use vigia_model::Clock;

/// Places per connection in the hand-over queue: the window, and as much again for messages a broker sends a
/// second time inside one connection, and for QoS 0, which no window holds back.
pub(crate) const QUEUE_PER_CONNECTION: usize = 2 * RECEIVE_MAXIMUM;

/// Where the broker is and how to prove who we are.
#[derive(Debug, Clone)]
pub struct BrokerSettings {
    pub host: String,
    pub port: u16,
    pub tls: Arc<ClientConfig>,
}

/// What a connection is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Subscribe and take messages until stopped.
    Subscribe,
    /// Unsubscribe a session nobody needs any more, take what it still holds, and end.
    Retire,
}

/// One client id and its task.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) index: usize,
    pub(crate) client_id: String,
    pub(crate) filters: Vec<String>,
    /// Filters its session may still hold from earlier settings.
    pub(crate) obsolete: Vec<String>,
    pub(crate) purpose: Purpose,
    pub(crate) broker: BrokerSettings,
    pub(crate) hand_over: mpsc::Sender<Delivery>,
    pub(crate) acks: mpsc::Receiver<Acks>,
    pub(crate) board: Arc<ConnectionBoard>,
    pub(crate) clock: Clock,
    pub(crate) stop: CancellationToken,
}

/// Why a connection's task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finished {
    Stopped,
    /// The session was unsubscribed and is empty.
    Retired,
}

impl Connection {
    /// Connects, again and again, until stopped or retired.
    pub(crate) async fn run(self) -> Finished {
        let Self {
            index,
            client_id,
            filters,
            obsolete,
            purpose,
            broker,
            hand_over,
            mut acks,
            board,
            clock,
            stop,
        } = self;
        let mut hand_over = Some(hand_over);
        let in_pipeline = Arc::new(AtomicUsize::new(0));
        let obsolete_asked = AtomicBool::new(false);
        let mut backoff = Backoff::default();
        let mut generation = 0;
        loop {
            generation += 1;
            board.set_state(ConnectionState::Connecting);
            let started = Instant::now();
            let session = Session {
                connection: index,
                generation,
                client_id: &client_id,
                filters: &filters,
                obsolete: &obsolete,
                obsolete_asked: &obsolete_asked,
                purpose,
                broker: &broker,
                hand_over: &mut hand_over,
                acks: &mut acks,
                in_pipeline: &in_pipeline,
                board: &board,
                clock: &clock,
                stop: &stop,
            };
            match session.run().await {
                Ok(Ended::Stopped) => return Finished::Stopped,
                Ok(Ended::Retired) => return Finished::Retired,
                Err(error) => {
                    board.down(&error.to_string());
                    board.count_reconnect();
                    crate::metrics::connection_lost();
                    let delay = backoff.after(started.elapsed());
                    tracing::warn!(
                        mqtt.client_id = client_id, error = %error, retry_in_ms = delay.as_millis(),
                        "the broker connection failed"
                    );
                    if stop.is_cancelled() || !pause(delay, &mut acks, &in_pipeline, &stop).await {
                        return Finished::Stopped;
                    }
                }
            }
        }
    }
}

/// Waits before the next attempt: at least `delay`, and until what the last connection brought has left the
/// pipeline, so that one connection never has more than one window in it. Returns `false` when stopped.
///
/// Acks that come meanwhile are for a connection that is gone and are dropped: the broker sends those again.
async fn pause(
    delay: Duration,
    acks: &mut mpsc::Receiver<Acks>,
    in_pipeline: &AtomicUsize,
    stop: &CancellationToken,
) -> bool {
    const LOOK_AGAIN: Duration = Duration::from_millis(50);
    let until = Instant::now() + delay;
    loop {
        let now = Instant::now();
        if now >= until && in_pipeline.load(Ordering::Relaxed) == 0 {
            return true;
        }
        let nap = until.saturating_duration_since(now).max(LOOK_AGAIN);
        tokio::select! {
            () = stop.cancelled() => return false,
            stale = acks.recv() => if let Some(stale) = stale {
                crate::metrics::stale_acks(stale.packet_ids.len());
            } else {
                return false;
            },
            () = tokio::time::sleep(nap) => {}
        }
    }
}
