//! One generation of a connection: from CONNECT to its end.

use super::rate::Rate;
use super::{BrokerSettings, Purpose};
use crate::delivery::{Acks, Delivery, MAX_MESSAGES, RECEIVE_MAXIMUM, Ticket};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, Filter, Publish, SubAck, SubscribeReasonCode};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, Incoming, MqttOptions};
use rumqttc::{NetworkOptions, Outgoing, TlsConfiguration, Transport};
use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use vigia_contract::mqtt::MAX_PAYLOAD_BYTES;
use vigia_live::board::{ConnectionBoard, ConnectionState};
use vigia_model::Clock;

/// AWS IoT Core takes 30–1200 s; a dead peer is noticed after at most twice this.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// TCP, TLS and CONNACK together, in seconds.
const CONNECT_TIMEOUT_S: u64 = 10;
/// How long the broker keeps our session while we are away, in seconds: seven days, AWS IoT Core's most.
const SESSION_EXPIRY_S: u32 = 7 * 24 * 3_600;
/// Room for the topic and properties around the largest payload, and for quarantining what is a little too large.
const MAX_PACKET_BYTES: u32 = 2 * 128 * 1024;
/// AWS IoT Core's limit.
const FILTERS_PER_SUBSCRIBE: usize = 8;
/// How long a SUBACK or UNSUBACK may take.
const SUBACK_TIMEOUT: Duration = Duration::from_secs(10);
/// A retired session is empty when nothing came for this long: AWS IoT Core drains 10 messages a second.
const RETIRED_AFTER: Duration = Duration::from_secs(5);
/// How long the DISCONNECT may take on the way out.
const GOODBYE: Duration = Duration::from_secs(1);
/// Requests waiting for the event loop: the acks of all that one connection can have in the pipeline (a window where
/// the broker keeps to it, two full batches where not) and some for SUBSCRIBE. Grows only as needed.
const REQUESTS: usize = 3 * MAX_MESSAGES;

const _: () = assert!(MAX_PAYLOAD_BYTES < 256 * 1024, "a packet must hold the largest payload");

/// How a generation ended as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Stopped,
    Retired,
}

/// Why a generation failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    #[error("{0}")]
    Connection(Box<ConnectionError>),
    #[error("the broker refused the connection: {0:?}")]
    Refused(ConnectReturnCode),
    #[error("the broker refused the subscription to {filter}: {code}; does the policy allow it?")]
    SubscriptionRefused { filter: String, code: String },
    #[error("the broker did not confirm the subscription within {} s", SUBACK_TIMEOUT.as_secs())]
    SubscriptionTimeout,
    #[error("the client's request queue is full")]
    RequestsFull,
}

/// What one generation works with.
pub(super) struct Session<'a> {
    pub(super) connection: usize,
    pub(super) generation: u64,
    pub(super) client_id: &'a str,
    pub(super) filters: &'a [String],
    pub(super) obsolete: &'a [String],
    /// Whether the obsolete filters were unsubscribed since the start.
    pub(super) obsolete_asked: &'a AtomicBool,
    pub(super) purpose: Purpose,
    pub(super) broker: &'a BrokerSettings,
    /// Taken when stopping: the pipeline ends when the last of these is gone.
    pub(super) hand_over: &'a mut Option<mpsc::Sender<Delivery>>,
    pub(super) acks: &'a mut mpsc::Receiver<Acks>,
    pub(super) in_pipeline: &'a Arc<AtomicUsize>,
    pub(super) board: &'a ConnectionBoard,
    pub(super) clock: &'a Clock,
    pub(super) stop: &'a CancellationToken,
}

/// Where a generation stands.
struct Progress {
    /// Packet ids handed over and not acknowledged: a second copy of one inside this connection is not handed over
    /// again, for its second ack could confirm another message that was given the same id meanwhile.
    outstanding: HashSet<u16>,
    /// Filters not yet confirmed, in the order of their SUBSCRIBEs (or UNSUBSCRIBEs).
    unconfirmed: Vec<String>,
    /// When to give up waiting for them.
    confirm_by: Option<Instant>,
    /// A message the hand-over queue has no room for.
    waiting: Option<Delivery>,
    /// When a session being retired last brought anything.
    last_delivery: Instant,
    stopping: bool,
    rate: Rate,
}

impl Session<'_> {
    pub(super) async fn run(mut self) -> Result<Ended, SessionError> {
        let (client, mut event_loop) = AsyncClient::new(self.options(), REQUESTS);
        let mut progress = Progress {
            outstanding: HashSet::with_capacity(RECEIVE_MAXIMUM),
            unconfirmed: Vec::new(),
            confirm_by: None,
            waiting: None,
            last_delivery: Instant::now(),
            stopping: false,
            rate: Rate::new(),
        };
        let mut durable = Vec::new();
        loop {
            self.wait_for_room(&client, &mut progress, &mut durable).await?;
            let event = {
                // Never dropped half-way: a packet being read or written would be lost with it.
                let mut poll = pin!(event_loop.poll());
                loop {
                    let retire_at = progress.last_delivery + RETIRED_AFTER;
                    tokio::select! {
                        biased;
                        taken = self.acks.recv_many(&mut durable, 16) => {
                            if taken == 0 {
                                // The pipeline has ended, and everything it made durable is acknowledged.
                                break None;
                            }
                            self.acknowledge(&client, &mut progress, &mut durable)?;
                        }
                        () = self.stop.cancelled(), if !progress.stopping => {
                            progress.stopping = true;
                            *self.hand_over = None;
                        }
                        event = &mut poll => break Some(event),
                        () = sleep_until(progress.confirm_by.unwrap_or(retire_at)), if progress.confirm_by.is_some() => {
                            return Err(SessionError::SubscriptionTimeout);
                        }
                        () = sleep_until(retire_at), if self.may_retire(&progress) => {
                            return Ok(Ended::Retired);
                        }
                    }
                }
            };
            match event {
                None => {
                    say_goodbye(&client, event_loop).await;
                    return Ok(Ended::Stopped);
                }
                Some(Ok(Event::Incoming(incoming))) => self.incoming(&client, &mut progress, incoming)?,
                Some(Ok(Event::Outgoing(_))) => {}
                Some(Err(ConnectionError::ConnectionRefused(code))) => {
                    return Err(SessionError::Refused(code));
                }
                Some(Err(error)) => return Err(SessionError::Connection(Box::new(error))),
            }
        }
    }

    fn options(&self) -> MqttOptions {
        let mut options = MqttOptions::new(self.client_id, &self.broker.host, self.broker.port);
        let mut network = NetworkOptions::new();
        network.set_tcp_nodelay(true);
        options
            .set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::clone(&self.broker.tls))))
            .set_network_options(network)
            .set_connection_timeout(CONNECT_TIMEOUT_S)
            .set_keep_alive(KEEP_ALIVE)
            .set_clean_start(false)
            .set_session_expiry_interval(Some(SESSION_EXPIRY_S))
            .set_receive_maximum(u16::try_from(RECEIVE_MAXIMUM).ok())
            .set_max_packet_size(Some(MAX_PACKET_BYTES))
            .set_manual_acks(true)
            // We publish nothing; the default would reserve 65 535 places for it.
            .set_outgoing_inflight_upper_limit(1);
        options
    }

    fn incoming(
        &self,
        client: &AsyncClient,
        progress: &mut Progress,
        incoming: Incoming,
    ) -> Result<(), SessionError> {
        match incoming {
            Incoming::ConnAck(ack) => {
                tracing::info!(
                    mqtt.client_id = self.client_id,
                    mqtt.session_present = ack.session_present,
                    "connected to the broker"
                );
                self.board.set_state(ConnectionState::Connected);
                self.request_filters(client, progress)
            }
            Incoming::SubAck(ack) => self.confirm(client, progress, &ack),
            Incoming::UnsubAck(_) if self.purpose == Purpose::Retire => {
                progress.unconfirmed.pop();
                if progress.unconfirmed.is_empty() {
                    progress.confirm_by = None;
                    progress.last_delivery = Instant::now();
                }
                Ok(())
            }
            Incoming::Publish(publish) => {
                self.hand_over(progress, publish);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Subscribes on every CONNACK: a session that is said to be present may have lost its subscriptions.
    fn request_filters(&self, client: &AsyncClient, progress: &mut Progress) -> Result<(), SessionError> {
        progress.unconfirmed = self.filters.to_vec();
        progress.confirm_by = Some(Instant::now() + SUBACK_TIMEOUT);
        match self.purpose {
            Purpose::Subscribe => {
                for chunk in self.filters.chunks(FILTERS_PER_SUBSCRIBE) {
                    let filters = chunk.iter().map(|filter| Filter::new(filter.clone(), QoS::AtLeastOnce));
                    client.try_subscribe_many(filters).map_err(|_full| SessionError::RequestsFull)?;
                }
            }
            Purpose::Retire => {
                for filter in self.filters {
                    client.try_unsubscribe(filter.clone()).map_err(|_full| SessionError::RequestsFull)?;
                }
            }
        }
        Ok(())
    }

    fn confirm(
        &self,
        client: &AsyncClient,
        progress: &mut Progress,
        ack: &SubAck,
    ) -> Result<(), SessionError> {
        for code in &ack.return_codes {
            if progress.unconfirmed.is_empty() {
                break;
            }
            let filter = progress.unconfirmed.remove(0);
            match code {
                SubscribeReasonCode::Success(QoS::AtLeastOnce | QoS::ExactlyOnce) => {}
                other => {
                    return Err(SessionError::SubscriptionRefused { filter, code: format!("{other:?}") });
                }
            }
        }
        if progress.unconfirmed.is_empty() {
            progress.confirm_by = None;
            self.board.set_state(ConnectionState::Subscribed);
            // What a session was once subscribed to it keeps, however the settings change. Given up only now that
            // the new filters hold, and asked once: a broker that ends the connection for it must not be asked again.
            if !self.obsolete_asked.swap(true, Ordering::Relaxed) {
                for filter in self.obsolete {
                    client.try_unsubscribe(filter.clone()).map_err(|_full| SessionError::RequestsFull)?;
                }
            }
            tracing::info!(mqtt.client_id = self.client_id, filters = ?self.filters, "subscribed");
        }
        Ok(())
    }

    fn hand_over(&self, progress: &mut Progress, publish: Publish) {
        progress.last_delivery = Instant::now();
        let Some(hand_over) = self.hand_over.as_ref() else {
            // Stopping: what is not acknowledged comes again after the next start.
            return;
        };
        let packet_id = if publish.qos == QoS::AtMostOnce { 0 } else { publish.pkid };
        if packet_id != 0 && !progress.outstanding.insert(packet_id) {
            crate::metrics::resent_in_connection();
            return;
        }
        let received_at = self.clock.now();
        self.board.count_received();
        if let Some(messages_per_second) = progress.rate.count() {
            tracing::warn!(
                mqtt.client_id = self.client_id,
                messages_per_second,
                "AWS IoT Core discards what is above 100 messages a second on a connection; raise AWS_IOT_CONNECTIONS"
            );
        }
        let delivery = Delivery {
            connection: self.connection,
            generation: self.generation,
            packet_id,
            topic: publish.topic,
            payload: publish.payload,
            received_at,
            ticket: Ticket::take(self.in_pipeline),
        };
        match hand_over.try_send(delivery) {
            Ok(()) => self.show_in_flight(progress),
            Err(TrySendError::Full(_)) if packet_id == 0 => crate::metrics::dropped_qos0(),
            Err(TrySendError::Full(delivery)) => progress.waiting = Some(delivery),
            // The pipeline has ended; what it did not take comes again.
            Err(TrySendError::Closed(_)) => {}
        }
    }

    /// Waits until the pipeline has room for a message the queue could not take. A broker that honours
    /// receive-maximum never gets us here; Mosquitto before 2.0.13, with a backlog, does.
    ///
    /// Nothing is read meanwhile, which holds the broker back. Acks still flow, so the pipeline never waits for us;
    /// if it lasts longer than the keep-alive allows, the broker ends the connection and a new one begins.
    async fn wait_for_room(
        &mut self,
        client: &AsyncClient,
        progress: &mut Progress,
        durable: &mut Vec<Acks>,
    ) -> Result<(), SessionError> {
        while progress.waiting.is_some() {
            let Some(hand_over) = self.hand_over.clone() else { break };
            tokio::select! {
                biased;
                () = self.stop.cancelled() => break,
                taken = self.acks.recv_many(durable, 16) => {
                    if taken == 0 {
                        break;
                    }
                    self.acknowledge(client, progress, durable)?;
                }
                room = hand_over.reserve() => {
                    if let (Ok(room), Some(delivery)) = (room, progress.waiting.take()) {
                        room.send(delivery);
                    }
                }
            }
        }
        progress.waiting = None;
        Ok(())
    }

    fn acknowledge(
        &self,
        client: &AsyncClient,
        progress: &mut Progress,
        durable: &mut Vec<Acks>,
    ) -> Result<(), SessionError> {
        for acks in durable.drain(..) {
            if acks.generation != self.generation {
                crate::metrics::stale_acks(acks.packet_ids.len());
                continue;
            }
            for packet_id in acks.packet_ids {
                progress.outstanding.remove(&packet_id);
                let publish = Publish { qos: QoS::AtLeastOnce, pkid: packet_id, ..Publish::default() };
                client.try_ack(&publish).map_err(|_full| SessionError::RequestsFull)?;
            }
        }
        self.show_in_flight(progress);
        Ok(())
    }

    fn show_in_flight(&self, progress: &Progress) {
        self.board.set_in_flight(u32::try_from(progress.outstanding.len()).unwrap_or(u32::MAX));
    }

    fn may_retire(&self, progress: &Progress) -> bool {
        self.purpose == Purpose::Retire && progress.confirm_by.is_none() && progress.outstanding.is_empty()
    }
}

/// Leaves with a DISCONNECT, so that the broker keeps the session and publishes no last will.
async fn say_goodbye(client: &AsyncClient, mut event_loop: EventLoop) {
    if client.try_disconnect().is_err() {
        return;
    }
    let until_sent = async {
        loop {
            match event_loop.poll().await {
                Ok(Event::Outgoing(Outgoing::Disconnect)) | Err(_) => return,
                Ok(_) => {}
            }
        }
    };
    if tokio::time::timeout(GOODBYE, until_sent).await.is_err() {
        tracing::debug!("the broker did not take our DISCONNECT in time");
    }
}
