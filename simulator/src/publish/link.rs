//! One connection that comes back: it holds what is unconfirmed and sends it again after every break.

use super::session::{Heard, PING_EVERY, Session, SessionError};
use super::window::Window;
use crate::ledger::LedgerWriter;
use crate::message::Message;
use crate::stats::Stats;
use rumqttc::v5::mqttbytes::v5::{PubAck, PubAckReason};
use rustls_pki_types::ServerName;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

/// What a connection is made of.
pub(super) struct Setup {
    pub(super) address: (String, u16),
    pub(super) tls: TlsConnector,
    pub(super) name: ServerName<'static>,
    pub(super) client_id: String,
    pub(super) window: u16,
    pub(super) ledger: Option<Arc<LedgerWriter>>,
    pub(super) stats: Arc<Stats>,
    /// Nothing is waited for any longer.
    pub(super) cutoff: CancellationToken,
}

/// A connection, with or without a session at the moment.
pub(super) struct Link {
    setup: Setup,
    window: Window,
    /// Not yet in the window, in order. No more than a batch and a window.
    waiting: VecDeque<Message>,
    /// The dealer may still have something.
    open: bool,
    /// There was a session before.
    connected: bool,
}

/// The first wait after a break; doubled up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl Link {
    pub(super) fn new(setup: Setup) -> Self {
        Self {
            window: Window::new(setup.window),
            waiting: VecDeque::new(),
            open: true,
            connected: false,
            setup,
        }
    }

    /// Sends all there is, through as many sessions as it takes.
    pub(super) async fn run(mut self, mut messages: Receiver<Vec<Message>>) {
        let mut wait = FIRST_WAIT;
        let cutoff = self.setup.cutoff.clone();
        loop {
            let fault = tokio::select! {
                ended = self.run_once(&mut messages, &mut wait) => match ended {
                    Ok(()) => return,
                    Err(fault) => fault,
                },
                () = cutoff.cancelled() => return,
            };
            self.setup.stats.fault(fault.to_string());
            self.take_back();
            tokio::select! {
                () = tokio::time::sleep(wait.mul_f64(rand::random_range(0.5..1.0))) => {}
                () = cutoff.cancelled() => return,
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// One session. Ends well when everything is confirmed and nothing more comes.
    async fn run_once(
        &mut self,
        messages: &mut Receiver<Vec<Message>>,
        wait: &mut Duration,
    ) -> Result<(), SessionError> {
        let Setup { address, tls, name, client_id, .. } = &self.setup;
        let mut session = Session::open(address, tls, name.clone(), client_id).await?;
        self.setup.stats.add_connect(self.connected);
        self.connected = true;
        *wait = FIRST_WAIT;
        self.window = Window::new(self.setup.window.min(session.receive_maximum));
        let ping = tokio::time::sleep(PING_EVERY);
        tokio::pin!(ping);
        let mut unanswered = false;
        loop {
            self.fill_window(&mut session)?;
            session.write().await?;
            if !self.open && self.waiting.is_empty() && self.window.is_empty() {
                return session.close().await.or(Ok(()));
            }
            let can_send = !self.waiting.is_empty() && self.window.has_room();
            tokio::select! {
                biased;
                heard = session.listen() => {
                    unanswered = false;
                    if let Heard::Acks(acks) = heard? {
                        self.confirm(&acks);
                    }
                }
                more = messages.recv(), if self.open && self.waiting.is_empty() => match more {
                    Some(batch) => self.waiting.extend(batch),
                    None => self.open = false,
                },
                () = &mut ping => {
                    if unanswered {
                        return Err(SessionError::Silent);
                    }
                    unanswered = true;
                    session.ping()?;
                    ping.as_mut().reset(Instant::now() + PING_EVERY);
                }
                () = std::future::ready(()), if can_send => {}
            }
        }
    }

    /// Moves messages into the window until it is full or a write's worth is gathered.
    fn fill_window(&mut self, session: &mut Session) -> Result<(), SessionError> {
        if !self.window.has_room() {
            return Ok(());
        }
        loop {
            while let Some(message) = self.waiting.pop_front_if(|message| !session.takes(message)) {
                let size = message.payload.len();
                self.setup
                    .stats
                    .add_refused(format!("a message of {size} bytes is more than the broker takes"));
            }
            let Some((packet_id, message)) = self.window.add(&mut self.waiting) else { return Ok(()) };
            if session.publish(packet_id, message.topic.clone(), message.payload.clone())? {
                return Ok(());
            }
        }
    }

    fn confirm(&mut self, acks: &[PubAck]) {
        let mut ids = Vec::with_capacity(acks.len());
        let (mut acked, mut unheard) = (0, 0);
        for ack in acks {
            let Some(message) = self.window.take(ack.pkid) else { continue };
            match ack.reason {
                PubAckReason::Success => {}
                PubAckReason::NoMatchingSubscribers => unheard += 1,
                refusal => {
                    self.setup.stats.add_refused(format!("the broker refused a message: {refusal:?}"));
                    continue;
                }
            }
            acked += 1;
            ids.extend(message.id);
        }
        if let Some(ledger) = &self.setup.ledger {
            ledger.acked(&ids);
        }
        self.setup.stats.add_acked(acked, unheard);
    }

    /// After a break: what was unconfirmed goes first again.
    fn take_back(&mut self) {
        let unconfirmed = self.window.drain();
        self.setup.stats.add_resent(u64::try_from(unconfirmed.len()).unwrap_or(0));
        for message in unconfirmed.into_iter().rev() {
            self.waiting.push_front(message);
        }
    }
}
