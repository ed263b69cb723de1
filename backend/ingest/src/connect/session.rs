//! One generation of a connection: from CONNECT to its end.
//!
//! One task does everything. It reads what is there, hands it over, writes all acks that are due in one piece, and
//! waits for whichever comes next. Only cancel-safe futures stand in its `select!`; writes stand outside of it.

mod incoming;

use super::Purpose;
use super::aftermath::Reached;
use super::backlog::Backlog;
use super::error::SessionError;
use super::moving::{Dial, Moved, Mover, Opening, Step};
use super::open::{CONNECT_WITHIN, greet};
use super::outstanding::Outstanding;
use super::ping::{Pinger, Pulse};
use super::rate::Rate;
use super::subscriptions::Subscriptions;
use super::wire::Wire;
use crate::acknowledge::ACK_QUEUE;
use crate::delivery::{Acks, Delivery, RECEIVE_MAXIMUM};
use crate::rotation::{Rotation, Trial};
use rumqttc::v5::mqttbytes::v5::{ConnAck, Packet, PingReq};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use vigia_live::board::{ConnectionBoard, ConnectionState, SubscriptionState};
use vigia_model::{Clock, Timestamp};

/// A retired session is empty when nothing came for this long: AWS IoT Core drains 10 messages a second.
const RETIRED_AFTER: Duration = Duration::from_secs(5);

/// How a generation ended as it should.
#[derive(Debug)]
pub(super) enum Ended<S> {
    Stopped,
    Retired,
    /// The next connection stands already.
    Moved(Box<Moved<S>>),
}

/// How a generation begins.
pub(super) enum Begin<'d, S> {
    Dialling(Opening<'d, S>),
    /// The broker has accepted it while the one before was running.
    Moved(Wire<S>, Box<ConnAck>),
}

/// How far a generation came.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// When the broker accepted the CONNECT.
    pub(super) let_in_at: Option<Instant>,
    pub(super) subscribed: bool,
}

impl Progress {
    pub(super) fn reached(&self) -> Reached {
        match self.let_in_at {
            _ if self.subscribed => Reached::Subscribed,
            Some(_) => Reached::LetIn,
            None => Reached::Nothing,
        }
    }
}

/// What one generation works with.
pub(super) struct Session<'a, 'd, S> {
    pub(super) connection: usize,
    pub(super) generation: u64,
    pub(super) client_id: &'a str,
    pub(super) filters: &'a [String],
    pub(super) obsolete: &'a [String],
    /// Whether the obsolete filters were unsubscribed since the start.
    pub(super) obsolete_asked: &'a AtomicBool,
    pub(super) purpose: Purpose,
    /// Taken when stopping: the pipeline ends when the last of these is gone.
    pub(super) hand_over: &'a mut Option<mpsc::Sender<Delivery>>,
    pub(super) acks: &'a mut mpsc::Receiver<Acks>,
    pub(super) in_pipeline: &'a Arc<AtomicUsize>,
    pub(super) rate: &'a mut Rate,
    pub(super) backlog: &'a mut Backlog,
    pub(super) board: &'a ConnectionBoard,
    pub(super) clock: &'a Clock,
    pub(super) stop: &'a CancellationToken,
    pub(super) rotation: &'a Arc<Rotation>,
    /// The number of the credentials of this generation.
    pub(super) own: u64,
    /// Taken when it is subscribed, if its credentials are new.
    pub(super) trial: &'a mut Option<Trial>,
    pub(super) progress: &'a mut Progress,
    pub(super) dial: &'a Dial<'d, S>,
}

/// A generation the broker has accepted.
struct Running<'a, 'd, S> {
    with: Session<'a, 'd, S>,
    wire: Wire<S>,
    /// On its way to the next connection, once there are new certificates.
    mover: Mover<'a, 'd, S>,
    /// Packet ids handed over and not acknowledged: a second copy of one inside this connection is not handed over
    /// again, for its second ack could confirm another message that was given the same id meanwhile.
    outstanding: Outstanding,
    subscriptions: Subscriptions,
    /// A message the hand-over queue has no room for.
    waiting: Option<Delivery>,
    /// When the last bytes were read, on both clocks.
    read_at: Instant,
    received_at: Timestamp,
    /// When a session being retired last brought anything.
    last_delivery: Instant,
    pinger: Pinger,
    stopping: bool,
}

impl<'a, 'd, S: AsyncRead + AsyncWrite + Unpin + Send + 'd> Session<'a, 'd, S> {
    /// Runs until it ends.
    pub(super) async fn run(self, begin: Begin<'d, S>) -> Result<Ended<S>, SessionError> {
        let client_id = self.client_id;
        let (wire, ack, has_moved) = match begin {
            Begin::Moved(wire, ack) => (wire, *ack, true),
            Begin::Dialling(dialling) => {
                let opening = timeout(CONNECT_WITHIN, async { greet(dialling.await?, client_id).await });
                tokio::select! {
                    // Nothing of this connection is in the pipeline yet.
                    () = self.stop.cancelled() => return Ok(Ended::Stopped),
                    opened = opening => {
                        let (wire, ack) = opened.map_err(|_elapsed| SessionError::ConnectTimeout)??;
                        (wire, ack, false)
                    }
                }
            }
        };
        let mut running = self.accepted(wire, &ack, has_moved)?;
        match running.serve().await {
            // The broker has ended it when it took us anew.
            Ok(Ended::Moved(next)) => Ok(Ended::Moved(next)),
            Ok(ended) => {
                running.wire.say_goodbye().await;
                Ok(ended)
            }
            Err(error) => {
                if let Some(next) = running.mover.last_step().await {
                    return Ok(Ended::Moved(next));
                }
                if error.is_io() {
                    return Err(running.wire.last_words().await.map_or(error, SessionError::Ended));
                }
                Err(error)
            }
        }
    }

    /// Subscribes on every CONNACK: a session that is said to be present may have lost its subscriptions.
    fn accepted(
        self,
        wire: Wire<S>,
        ack: &ConnAck,
        has_moved: bool,
    ) -> Result<Running<'a, 'd, S>, SessionError> {
        let granted = ack.properties.as_ref();
        let keep_alive = granted.and_then(|properties| properties.server_keep_alive);
        tracing::info!(
            mqtt.client_id = self.client_id,
            mqtt.session_present = ack.session_present,
            mqtt.session_expiry_s = granted.and_then(|properties| properties.session_expiry_interval),
            "connected to the broker"
        );
        self.progress.let_in_at = Some(Instant::now());
        if has_moved {
            self.board.moved(ack.session_present);
        } else {
            self.board.connected(ack.session_present);
        }
        // What the session was subscribed to still comes.
        let is_pending = !(has_moved && ack.session_present);
        let now = Instant::now();
        self.rate.restart(now);
        let mut running = Running {
            wire,
            mover: Mover::new(self.dial, self.client_id, self.rotation, self.own),
            outstanding: Outstanding::new(),
            subscriptions: Subscriptions::default(),
            waiting: None,
            read_at: now,
            received_at: self.clock.now(),
            last_delivery: now,
            pinger: Pinger::new(now, keep_alive),
            stopping: false,
            with: self,
        };
        let filters = running.with.filters;
        let packets = match running.with.purpose {
            Purpose::Subscribe => {
                if is_pending {
                    running.with.board.set_subscriptions(filters, &SubscriptionState::Pending);
                }
                running.subscriptions.subscribe(filters, now)
            }
            Purpose::Retire => running.subscriptions.unsubscribe(filters, now),
        };
        for packet in &packets {
            running.wire.put(packet)?;
        }
        Ok(running)
    }
}

impl<'d, S: AsyncRead + AsyncWrite + Unpin + Send + 'd> Running<'_, 'd, S> {
    async fn serve(&mut self) -> Result<Ended<S>, SessionError> {
        let stop = self.with.stop;
        let mut stopped = pin!(stop.cancelled());
        let mut timer = pin!(sleep_until(self.due()));
        let mut durable = Vec::with_capacity(ACK_QUEUE);
        loop {
            if !self.mover.holds_back() {
                self.take_in()?;
            }
            self.wire.flush().await?;
            let due = self.due();
            if timer.deadline() != due {
                timer.as_mut().reset(due);
            }
            // A message that waits holds the broker back: nothing is read until it has found its place.
            let is_full = self.waiting.is_some();
            let reading = !is_full && !self.mover.holds_back();
            let may_move = self.with.progress.subscribed && !self.stopping;
            tokio::select! {
                biased;
                taken = self.with.acks.recv_many(&mut durable, ACK_QUEUE) => {
                    if taken == 0 {
                        // The pipeline has ended, and everything it made durable is acknowledged.
                        return Ok(Ended::Stopped);
                    }
                    self.acknowledge(&mut durable).await?;
                }
                () = &mut stopped, if !self.stopping => {
                    // What waits is not acknowledged and comes again after the next start, like what comes from here on.
                    self.stopping = true;
                    self.waiting = None;
                    *self.with.hand_over = None;
                }
                () = &mut timer => if let Some(ended) = self.on_time(Instant::now())? {
                    return Ok(ended);
                },
                next = self.mover.next(), if may_move => match next {
                    Step::GoOn => {}
                    Step::Settle => self.mover.settle(
                        self.outstanding.len() == 0 && self.with.in_pipeline.load(Ordering::Relaxed) == 0,
                    ),
                    Step::Moved(next) => return Ok(Ended::Moved(next)),
                },
                () = find_room(self.with.hand_over.as_ref(), &mut self.waiting), if is_full => {
                    let now = Instant::now();
                    self.pinger.heard();
                    self.subscriptions.wait_anew(now);
                }
                read = self.wire.fill(), if reading => {
                    read?;
                    self.pinger.heard();
                    self.read_at = Instant::now();
                    self.received_at = self.with.clock.now();
                }
            }
        }
    }

    /// Sends the acks of what is durable, all in one write. Those of a generation before are not for this broker
    /// connection.
    async fn acknowledge(&mut self, durable: &mut Vec<Acks>) -> Result<(), SessionError> {
        let mut sent = 0;
        for acks in durable.drain(..) {
            if acks.generation != self.with.generation {
                crate::metrics::stale_acks(acks.packet_ids.len());
                continue;
            }
            for packet_id in acks.packet_ids {
                if self.outstanding.remove(packet_id) {
                    self.wire.put_ack(packet_id)?;
                    sent += 1;
                }
            }
        }
        self.wire.flush().await?;
        self.with.board.count_acknowledged(sent);
        self.show_in_flight();
        Ok(())
    }

    /// When to look at the clock again.
    fn due(&self) -> Instant {
        let mut due = self.pinger.due.min(self.with.rate.due());
        if let Some(answer_by) = self.subscriptions.answer_by().filter(|_| self.waiting.is_none()) {
            due = due.min(answer_by);
        }
        if self.may_retire() {
            due = due.min(self.last_delivery + RETIRED_AFTER);
        }
        due
    }

    fn on_time(&mut self, now: Instant) -> Result<Option<Ended<S>>, SessionError> {
        if self.waiting.is_none() && self.subscriptions.answer_by().is_some_and(|answer_by| answer_by <= now)
        {
            return Err(SessionError::SubscriptionTimeout);
        }
        if self.may_retire() && self.last_delivery + RETIRED_AFTER <= now {
            return Ok(Some(Ended::Retired));
        }
        if self.with.rate.due() <= now {
            self.close_second(now);
        }
        if self.pinger.due <= now {
            if self.waiting.is_some() || self.mover.holds_back() {
                self.pinger.heard();
            }
            match self.pinger.pulse(now) {
                Pulse::Ping => self.wire.put(&Packet::PingReq(PingReq))?,
                Pulse::Dead => return Err(SessionError::Silent),
            }
        }
        Ok(None)
    }

    fn close_second(&mut self, now: Instant) {
        let rate = self.with.rate.close_second(now);
        if self.with.rate.warns(rate, now) {
            tracing::warn!(
                mqtt.client_id = self.with.client_id,
                messages_per_second = rate,
                "AWS IoT Core discards what is above 100 messages a second on a connection; raise AWS_IOT_CONNECTIONS"
            );
        }
        if self.subscriptions.all_answered() {
            let held_back = self.waiting.is_some() || self.outstanding.len() >= RECEIVE_MAXIMUM;
            self.with.backlog.second(rate, held_back);
        }
        self.with.board.set_rate(rate, self.with.backlog.estimate());
    }

    fn show_in_flight(&self) {
        self.with.board.set_in_flight(u32::try_from(self.outstanding.len()).unwrap_or(u32::MAX));
    }

    fn may_retire(&self) -> bool {
        self.with.purpose == Purpose::Retire
            && self.subscriptions.all_answered()
            && self.outstanding.len() == 0
    }

    /// All filters hold.
    fn subscribed(&mut self) {
        self.with.progress.subscribed = true;
        if let Some(trial) = self.with.trial.take() {
            trial.proven();
        }
        self.with.backlog.subscribed(Instant::now());
        self.with.board.set_state(ConnectionState::Subscribed);
        tracing::info!(mqtt.client_id = self.with.client_id, filters = ?self.with.filters, "subscribed");
    }
}

/// Waits until the pipeline has a place for the message that waits, and gives it. Cancel safe.
async fn find_room(hand_over: Option<&mpsc::Sender<Delivery>>, waiting: &mut Option<Delivery>) {
    let Some(hand_over) = hand_over else { return };
    let place = hand_over.reserve().await;
    // Nothing waits for a pipeline that has ended: what it did not take comes again.
    if let (Some(delivery), Ok(place)) = (waiting.take(), place) {
        place.send(delivery);
    }
}
