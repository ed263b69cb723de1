//! Connect: one task per broker connection. It reads, hands messages over without ever waiting, and is the only one
//! that acknowledges.
//!
//! A connection lives in generations: each TCP connection is one, with a session of its own, so nothing that was left
//! of the one before can reach the broker. An ack is sent only in the generation its message came in. When certificates
//! are replaced the next generation is made before the last one ends (`moving`).
//!
//! rumqttc gives the packets of MQTT 5; the session over them is ours, for it is the hot path: everything that is there
//! is read at once, and all acks of a commit are one write.

mod error;
mod words;
mod frame;
mod wire;
mod open;
mod ping;
mod rate;
mod backlog;
mod outstanding;
mod subscriptions;
mod moving;
mod session;
mod backoff;
mod aftermath;
pub mod probe;

use crate::delivery::{Acks, Delivery, RECEIVE_MAXIMUM};
use crate::rotation::{Credentials, Preference, Rotation, Trial};
use aftermath::{With, aftermath};
use backlog::Backlog;
use backoff::{Backoff, SHORTEST};
use error::SessionError;
use moving::{Dial, Moved};
pub(crate) use open::shake_hands;
use rate::{RATE_LIMIT, Rate};
use session::{Begin, Ended, Progress, Session};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vigia_live::board::{ConnectionBoard, ConnectionState};
use vigia_model::Clock;

/// Places per connection in the hand-over queue: the window, and as much again for messages a broker sends a
/// second time inside one connection, and for QoS 0, which no window holds back.
pub(crate) const QUEUE_PER_CONNECTION: usize = 2 * RECEIVE_MAXIMUM;

/// Where the broker is.
#[derive(Debug, Clone)]
pub struct BrokerSettings {
    pub host: String,
    pub port: u16,
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
    /// How to prove who we are.
    pub(crate) rotation: Arc<Rotation>,
    pub(crate) hand_over: mpsc::Sender<Delivery>,
    pub(crate) acks: mpsc::Receiver<Acks>,
    /// When this process last confirmed that it is the one that ingests. A session that another client took is not
    /// taken back before that was confirmed anew: two processes must not take it from each other for ever.
    pub(crate) lease: watch::Receiver<Instant>,
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
        let broker = self.broker.clone();
        self.run_over(move |credentials| open::dial(broker.clone(), credentials)).await
    }

    /// The same, over the streams that `dial` brings.
    async fn run_over<S, D>(self, dial: impl Fn(Arc<Credentials>) -> D + Send + Sync) -> Finished
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
        D: Future<Output = Result<S, SessionError>> + Send,
    {
        let Self { client_id, board, stop, acks, lease, rotation, .. } = self;
        let mut hand_over = Some(self.hand_over);
        let in_pipeline = Arc::new(AtomicUsize::new(0));
        let obsolete_asked = AtomicBool::new(false);
        let mut break_between = Break {
            acks,
            lease,
            in_pipeline: Arc::clone(&in_pipeline),
            rotation: Arc::clone(&rotation),
            stop: stop.clone(),
        };
        let mut backoff = Backoff::default();
        let mut rate = Rate::new(Instant::now());
        let mut backlog = Backlog::default();
        let mut generation = 0;
        let dial: &Dial<'_, S> = &|credentials| Box::pin(dial(credentials));
        // With these it was subscribed last. What is new goes first to begin with, as at the start of a process.
        let mut own = rotation.in_use();
        let mut preference = Preference::Newest;
        let mut moved: Option<Moved<S>> = None;
        board.set_limits(u32::try_from(RECEIVE_MAXIMUM).unwrap_or(u32::MAX), RATE_LIMIT);
        loop {
            generation += 1;
            let started = Instant::now();
            let (begin, mut trial) = if let Some(Moved { wire, ack, trial }) = moved.take() {
                (Begin::Moved(wire, Box::new(ack)), Some(trial))
            } else {
                board.set_state(ConnectionState::Connecting);
                let trial = match self.purpose {
                    Purpose::Subscribe => {
                        own = rotation.proven_since(&client_id, &own);
                        rotation.newer(&client_id, &own, preference)
                    }
                    // Only who subscribes can prove anything; who does not takes what is proven.
                    Purpose::Retire => {
                        own = rotation.in_use();
                        None
                    }
                };
                let credentials = trial.as_ref().map_or(&own, Trial::credentials);
                (Begin::Dialling(dial(Arc::clone(credentials))), trial)
            };
            let tried = trial.as_ref().map(|trial| Arc::clone(trial.credentials()));
            let mut progress = Progress::default();
            let session = Session {
                connection: self.index,
                generation,
                client_id: &client_id,
                filters: &self.filters,
                obsolete: &self.obsolete,
                obsolete_asked: &obsolete_asked,
                purpose: self.purpose,
                hand_over: &mut hand_over,
                acks: &mut break_between.acks,
                in_pipeline: &in_pipeline,
                rate: &mut rate,
                backlog: &mut backlog,
                board: &board,
                clock: &self.clock,
                stop: &stop,
                rotation: &rotation,
                own: tried.as_ref().map_or(own.number, |tried| tried.number),
                trial: &mut trial,
                progress: &mut progress,
                dial,
            };
            let ended = session.run(begin).await;
            let on_trial = trial.take();
            if let Some(tried) = tried.filter(|_| on_trial.is_none()) {
                own = tried;
            }
            let error = match ended {
                Ok(Ended::Stopped) => return Finished::Stopped,
                Ok(Ended::Retired) => return Finished::Retired,
                Ok(Ended::Moved(next)) => {
                    moved = Some(*next);
                    continue;
                }
                Err(error) => error,
            };
            let lost_at = Instant::now();
            backlog.lost(lost_at);
            board.down(&error.to_string());
            crate::metrics::connection_lost();
            let taken_over_at = error.is_taken_over().then_some(lost_at);
            let with = match &on_trial {
                None if own.is_expired(self.clock.now()) => With::Expired,
                None => With::Own,
                Some(trial) if trial.has_turn() => With::NewByTurn,
                Some(_) => With::New,
            };
            let after = aftermath(with, progress.reached(), error.cause());
            preference = after.preference;
            let mut delay = backoff.after(started.elapsed());
            if after.is_soon {
                delay = SHORTEST.saturating_sub(progress.let_in_at.unwrap_or(lost_at).elapsed());
            }
            if let Some(trial) = on_trial.filter(|_| after.have_files_failed) {
                trial.failed(&error, progress.let_in_at.is_some());
            }
            tracing::warn!(
                mqtt.client_id = client_id, error = %error, retry_in_ms = delay.as_millis(),
                waits_for_lease = taken_over_at.is_some(),
                "the broker connection failed"
            );
            if stop.is_cancelled() {
                return Finished::Stopped;
            }
            match break_between.wait(delay, taken_over_at).await {
                Waited::Over => {}
                Waited::ForNews => preference = Preference::Newest,
                Waited::Stopped => return Finished::Stopped,
            }
        }
    }
}

/// The time between two generations.
#[derive(Debug)]
struct Break {
    acks: mpsc::Receiver<Acks>,
    lease: watch::Receiver<Instant>,
    in_pipeline: Arc<AtomicUsize>,
    rotation: Arc<Rotation>,
    stop: CancellationToken,
}

/// How a break ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waited {
    Over,
    /// Before its time: there are new certificates.
    ForNews,
    Stopped,
}

impl Break {
    /// Waits before the next attempt: at least `delay`, or less when new certificates come; until what the last connection
    /// brought has left the pipeline, so that one connection never has more than one window in it; and until the lease was
    /// confirmed after another client took the session.
    ///
    /// Acks that come meanwhile are for a connection that is gone and are dropped: the broker sends those again.
    async fn wait(&mut self, delay: Duration, taken_over_at: Option<Instant>) -> Waited {
        const LOOK_AGAIN: Duration = Duration::from_millis(50);
        let begun = Instant::now();
        let mut until = begun + delay;
        let mut lease_lives = true;
        let newest = self.rotation.newest();
        let mut waited = Waited::Over;
        loop {
            let now = Instant::now();
            let settled = now >= until && self.in_pipeline.load(Ordering::Relaxed) == 0;
            let ours = taken_over_at.is_none_or(|taken| *self.lease.borrow_and_update() > taken);
            if settled && ours {
                return waited;
            }
            let nap = until.saturating_duration_since(now).max(LOOK_AGAIN);
            tokio::select! {
                () = self.stop.cancelled() => return Waited::Stopped,
                () = self.rotation.newer_than(newest), if waited == Waited::Over => {
                    waited = Waited::ForNews;
                    until = until.min(begun + SHORTEST);
                }
                stale = self.acks.recv() => match stale {
                    Some(stale) => crate::metrics::stale_acks(stale.packet_ids.len()),
                    None => return Waited::Stopped,
                },
                changed = self.lease.changed(), if !ours && lease_lives => lease_lives = changed.is_ok(),
                () = tokio::time::sleep(nap), if !settled => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
