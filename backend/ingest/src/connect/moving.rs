//! Moving: the next connection of a client is made with new certificates while the old one goes on.
//!
//! First TCP and TLS, beside the running session, which notices nothing. Then nothing more is read of the old connection,
//! and what was taken is acknowledged on it. Only when the pipeline holds nothing of ours goes the CONNECT out: with it the
//! broker ends the old connection and moves the session over, with all that is not acknowledged. So no two windows are in
//! the pipeline, and hardly anything comes twice. Whatever fails before leaves the old connection as it was.

use super::backoff::SHORTEST;
use super::error::SessionError;
use super::open::{CONNECT_WITHIN, greet};
use super::wire::Wire;
use crate::rotation::{Credentials, Rotation, Trial};
use rumqttc::v5::mqttbytes::v5::ConnAck;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// How long what was taken may take to be acknowledged: the spool has it after three seconds.
const SETTLE_WITHIN: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

pub(super) type Opening<'d, T> = Pin<Box<dyn Future<Output = Result<T, SessionError>> + Send + 'd>>;
/// Makes the encrypted connection with these credentials.
pub(super) type Dial<'d, S> = dyn Fn(Arc<Credentials>) -> Opening<'d, S> + Send + Sync + 'd;

/// A connection the broker has accepted with new certificates.
pub(super) struct Moved<S> {
    pub(super) wire: Wire<S>,
    pub(super) ack: ConnAck,
    pub(super) trial: Trial,
}

impl<S> fmt::Debug for Moved<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Moved").field("trial", &self.trial).finish_non_exhaustive()
    }
}

/// How far a session is on its way to its next connection.
pub(super) struct Mover<'a, 'd, S> {
    dial: &'a Dial<'d, S>,
    client_id: &'a str,
    rotation: &'a Arc<Rotation>,
    own: u64,
    /// The last CONNECT of this client is no younger than this.
    greeted_at: Instant,
    stage: Stage<'d, S>,
}

enum Stage<'d, S> {
    /// For something new and for its turn. Made when it is first asked for.
    Waiting(Option<Pin<Box<dyn Future<Output = Trial> + Send>>>),
    Dialling(Opening<'d, S>, Trial),
    /// Nothing is read, until what was taken is acknowledged.
    Settling(S, Trial, Instant),
    Greeting(Opening<'d, (Wire<S>, ConnAck)>, Trial),
}

/// What to do next about a move.
pub(super) enum Step<S> {
    /// Look whether everything is settled.
    Settle,
    /// Nothing: it goes on, or has come to nothing, and has said so.
    GoOn,
    Moved(Box<Moved<S>>),
}

impl<'a, 'd, S: AsyncRead + AsyncWrite + Unpin + Send + 'd> Mover<'a, 'd, S> {
    /// For a connection the broker has just accepted.
    pub(super) fn new(
        dial: &'a Dial<'d, S>,
        client_id: &'a str,
        rotation: &'a Arc<Rotation>,
        own: u64,
    ) -> Self {
        Self { dial, client_id, rotation, own, greeted_at: Instant::now(), stage: Stage::Waiting(None) }
    }

    /// Whether nothing is to be read now.
    pub(super) fn holds_back(&self) -> bool {
        matches!(self.stage, Stage::Settling(..) | Stage::Greeting(..))
    }

    /// Whether the broker may have ended the old connection already, for us.
    pub(super) fn is_greeting(&self) -> bool {
        matches!(self.stage, Stage::Greeting(..))
    }

    /// Waits for the next step. Cancel safe: what is under way stays so.
    pub(super) async fn next(&mut self) -> Step<S> {
        match &mut self.stage {
            Stage::Waiting(turn) => {
                let (rotation, own) = (self.rotation, self.own);
                let turn = turn.get_or_insert_with(|| {
                    Box::pin(Arc::clone(rotation).turn(self.client_id.to_owned(), own))
                });
                let trial = turn.await;
                tracing::info!(mqtt.client_id = self.client_id, "connecting with the new certificate files");
                let dialling = (self.dial)(Arc::clone(trial.credentials()));
                // Until the broker may take another CONNECT the old connection reads on.
                let may_greet_at = self.greeted_at + SHORTEST;
                let dialling = Box::pin(async move {
                    let dialled = timeout(CONNECT_WITHIN, dialling)
                        .await
                        .map_err(|_elapsed| SessionError::ConnectTimeout)??;
                    sleep_until(may_greet_at).await;
                    Ok::<_, SessionError>(dialled)
                });
                self.stage = Stage::Dialling(dialling, trial);
                Step::GoOn
            }
            Stage::Dialling(dialling, _) => {
                let dialled = dialling.await;
                if let Stage::Dialling(_, trial) = self.take() {
                    match dialled {
                        Ok(stream) => {
                            self.stage = Stage::Settling(stream, trial, Instant::now() + SETTLE_WITHIN);
                            return Step::Settle;
                        }
                        Err(error) => came_to_nothing(trial, &error),
                    }
                }
                Step::GoOn
            }
            Stage::Settling(..) => {
                sleep(LOOK_AGAIN).await;
                Step::Settle
            }
            Stage::Greeting(greeting, _) => {
                let greeted = greeting.await;
                if let Stage::Greeting(_, trial) = self.take() {
                    match greeted {
                        Ok((wire, ack)) => return Step::Moved(Box::new(Moved { wire, ack, trial })),
                        Err(error) => came_to_nothing(trial, &error),
                    }
                }
                Step::GoOn
            }
        }
    }

    /// Goes on if nothing of this connection is in the pipeline any more; not for ever.
    pub(super) fn settle(&mut self, is_settled: bool) {
        let stage = match self.take() {
            Stage::Settling(stream, trial, _) if is_settled => {
                let client_id = self.client_id.to_owned();
                self.greeted_at = Instant::now();
                let greeting = Box::pin(async move {
                    timeout(CONNECT_WITHIN, greet(stream, &client_id))
                        .await
                        .map_err(|_elapsed| SessionError::ConnectTimeout)?
                });
                Stage::Greeting(greeting, trial)
            }
            Stage::Settling(_, trial, until) if until <= Instant::now() => {
                tracing::debug!(
                    "messages are in the pipeline that are not safe yet; the new certificates wait"
                );
                trial.postponed(None);
                Stage::Waiting(None)
            }
            other => other,
        };
        self.stage = stage;
    }

    /// The old connection broke while the broker was asked to move it: what comes of that.
    pub(super) async fn last_step(&mut self) -> Option<Box<Moved<S>>> {
        if !self.is_greeting() {
            return None;
        }
        match self.next().await {
            Step::Moved(moved) => Some(moved),
            _ => None,
        }
    }

    fn take(&mut self) -> Stage<'d, S> {
        std::mem::replace(&mut self.stage, Stage::Waiting(None))
    }
}

/// The session was not moved. Only what the broker says of us is held against the files: the rest may be the network.
fn came_to_nothing(trial: Trial, error: &SessionError) {
    if error.is_verdict() {
        trial.failed(error, false);
    } else {
        tracing::info!(error = %error, "the new certificate files could not be tried; soon again");
        trial.postponed(Some(error));
    }
}
