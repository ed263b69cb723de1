//! What one connection knows, and what each packet of either side does to it. No input or output here.

use bytes::Bytes;
use rand_chacha::ChaCha8Rng;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    ConnectReturnCode, Packet, PacketType, PubAck, Publish, SubAck, SubscribeReasonCode,
};
use tokio::time::Instant;

use super::backlog::{Backlog, Ping};
use super::bucket::Bucket;
use super::chance::{chance, lifetime};
use super::drain::Drain;
use super::frames::{Frame, Lost, encoded, ping};
use super::rules::{RandomCuts, Rules};
use super::shared::Shared;
use super::stats::{Counted, ThrownAway, locked};
use super::window::{Acked, BROKER_WINDOW, Copy, Window};
use crate::outbox::Outbox;

/// The state of one connection.
pub(super) struct Link<'a> {
    shared: &'a Shared,
    client_id: &'a str,
    common_name: &'a str,
    pub(super) counted: Counted,
    /// How many connections this client had before.
    number: u64,
    pub(super) rules: Rules,
    chance: ChaCha8Rng,
    cut_at: Option<Instant>,
    window: Window,
    bucket: Bucket,
    backlog: Backlog,
    drain: Drain,
    pub(super) to_client: Outbox,
    pub(super) to_broker: Outbox,
}

impl<'a> Link<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        client_id: &'a str,
        common_name: &'a str,
        number: u64,
        rules: Rules,
        receive_maximum: u16,
    ) -> Self {
        let mut link = Self {
            shared,
            client_id,
            common_name,
            counted: shared.stats.client(client_id),
            number,
            chance: chance(rules.twice.map_or(0, |twice| twice.seed), client_id, number),
            rules,
            cut_at: None,
            window: Window::new(receive_maximum),
            bucket: Bucket::new(Instant::now()),
            backlog: Backlog::new(),
            drain: Drain::default(),
            to_client: Outbox::new(),
            to_broker: Outbox::new(),
        };
        link.cut_at = link.random_cut();
        link
    }

    /// Puts everything that may go to the client now.
    pub(super) fn send(&mut self) -> Result<(), Lost> {
        let now = Instant::now();
        let (mut delivered, mut sent_twice, mut resent) = (0, 0, 0);
        while !self.to_client.is_full()
            && self.drain.turn(now).is_none()
            && let Some((publish, copy)) = self.window.next(now, &self.rules, &mut self.chance)
        {
            match copy {
                Copy::First => {
                    self.drain.sent(now, self.rules.drain_rate);
                    delivered += 1;
                }
                Copy::Second => sent_twice += 1,
                Copy::Again => resent += 1,
            }
            self.put_to_client(&Packet::Publish(publish))?;
        }
        let mut stats = locked(&self.counted);
        stats.delivered += delivered;
        stats.sent_twice += sent_twice;
        stats.resent += resent;
        stats.unacked = self.window.unacked();
        stats.held = self.window.held();
        stats.draining = self.backlog.is_draining();
        stats.largest_unacked = stats.largest_unacked.max(stats.unacked);
        Ok(())
    }

    /// When to look again, though nothing comes from anywhere.
    pub(super) fn due(&self) -> Option<Instant> {
        let now = Instant::now();
        let copy = || self.drain.turn(now).or_else(|| self.window.due(now, &self.rules));
        let next = if self.to_client.is_full() { None } else { copy() };
        next.into_iter().chain(self.cut_at).min()
    }

    /// Whether there is room for what the broker sends.
    pub(super) fn takes_more(&self) -> bool {
        self.window.held() < BROKER_WINDOW && !self.to_client.is_full()
    }

    /// Takes a packet from the client.
    pub(super) fn client_says(&mut self, frame: Frame) -> Result<(), Lost> {
        match frame.kind {
            PacketType::PubAck => {
                if let Packet::PubAck(ack) = frame.packet()? {
                    self.acknowledged(ack.pkid)?;
                }
            }
            PacketType::Subscribe if self.refuses_subscriptions() => {
                if let Packet::Subscribe(subscribe) = frame.packet()? {
                    let return_codes = vec![SubscribeReasonCode::NotAuthorized; subscribe.filters.len()];
                    let refusal = SubAck { pkid: subscribe.pkid, return_codes, properties: None };
                    self.put_to_client(&Packet::SubAck(refusal))?;
                }
            }
            PacketType::Connect => return Err(Lost::Unexpected(frame.kind)),
            PacketType::Disconnect => {
                self.put_to_broker(frame.bytes());
                return Err(Lost::Disconnected);
            }
            kind => {
                if kind == PacketType::PingReq {
                    self.backlog.client_pings();
                }
                self.put_to_broker(frame.bytes());
            }
        }
        Ok(())
    }

    fn refuses_subscriptions(&self) -> bool {
        self.rules.refuse_subscriptions
            || self.rules.refuse_subscriptions_of.iter().any(|name| name == self.common_name)
    }

    /// Takes a packet from the broker.
    pub(super) fn broker_says(&mut self, frame: Frame) -> Result<(), Lost> {
        let at = Instant::now() + self.rules.delay;
        match frame.kind {
            PacketType::Publish => {
                if let Packet::Publish(publish) = frame.packet()? {
                    self.deliver(publish)?;
                }
            }
            PacketType::ConnAck => {
                let bytes = frame.bytes();
                if let Packet::ConnAck(ack) = frame.packet()?
                    && ack.code == ConnectReturnCode::Success
                {
                    locked(&self.counted).sessions_present += u64::from(ack.session_present);
                    let ping = self.backlog.begin();
                    self.ping_if(ping)?;
                }
                self.to_client.put(at, bytes);
            }
            PacketType::PingResp => {
                let (whose, ping_again) = self.backlog.answered(self.window.unacked_to_broker());
                match whose {
                    Ping::Client => self.to_client.put(at, frame.bytes()),
                    Ping::Ours => self.ping_if(ping_again)?,
                }
            }
            PacketType::Disconnect => {
                self.to_client.put(at, frame.into_disconnect());
                return Err(Lost::Disconnected);
            }
            _ => self.to_client.put(at, frame.bytes()),
        }
        Ok(())
    }

    /// The rules may have changed.
    pub(super) fn change_rules(&mut self, rules: &Rules) {
        if *rules == self.rules {
            return;
        }
        let before = std::mem::replace(&mut self.rules, rules.clone());
        if before.cuts != self.rules.cuts {
            self.cut_at = self.random_cut();
        }
        let seed = |rules: &Rules| rules.twice.map(|twice| twice.seed);
        if let Some(changed) = seed(&self.rules).filter(|changed| seed(&before) != Some(*changed)) {
            self.chance = chance(changed, self.client_id, self.number);
        }
    }

    /// Whether this connection has lived its random time.
    pub(super) fn is_to_be_cut(&self) -> bool {
        self.cut_at.is_some_and(|at| at <= Instant::now())
    }

    /// When this connection is to be cut, counted from now.
    fn random_cut(&self) -> Option<Instant> {
        let RandomCuts { mean, seed } = self.rules.cuts?;
        Instant::now().checked_add(lifetime(mean, &mut chance(seed, self.client_id, self.number)))
    }

    /// A message for the client: by the rate limit it goes on or away.
    fn deliver(&mut self, publish: Publish) -> Result<(), Lost> {
        if publish.qos == QoS::ExactlyOnce {
            // AWS IoT Core has no such thing.
            return Err(Lost::Unexpected(PacketType::Publish));
        }
        let limit = self.rules.rate.filter(|_| !self.backlog.is_draining());
        if limit.is_some_and(|limit| !self.bucket.take(Instant::now(), limit)) {
            locked(&self.counted).thrown_away += 1;
            self.shared.stats.throw_away(ThrownAway {
                client_id: self.client_id.to_owned(),
                topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                payload: publish.payload,
            });
            return if publish.qos == QoS::AtLeastOnce { self.confirm(publish.pkid) } else { Ok(()) };
        }
        if publish.qos == QoS::AtMostOnce {
            locked(&self.counted).delivered += 1;
            return self.put_to_client(&Packet::Publish(publish));
        }
        if self.backlog.is_draining() {
            self.drain.add();
        }
        self.window.hold(publish);
        self.backlog.delivered(self.window.unacked_to_broker());
        Ok(())
    }

    fn acknowledged(&mut self, id: u16) -> Result<(), Lost> {
        match self.window.acknowledge(id) {
            Acked::Message(publish) => {
                locked(&self.counted).acked += 1;
                self.shared.acknowledged.add(&publish.topic, &publish.payload);
                return self.confirm(publish.pkid);
            }
            Acked::Before => locked(&self.counted).acked_again += 1,
            Acked::Unknown => locked(&self.counted).unknown_acks += 1,
        }
        Ok(())
    }

    /// Acknowledges a message to the broker.
    fn confirm(&mut self, id: u16) -> Result<(), Lost> {
        self.put_to_broker(encoded(&Packet::PubAck(PubAck::new(id, None)))?);
        let ping = self.backlog.confirmed();
        self.ping_if(ping)
    }

    fn ping_if(&mut self, wanted: bool) -> Result<(), Lost> {
        if wanted {
            self.put_to_broker(ping()?);
        }
        Ok(())
    }

    fn put_to_client(&mut self, packet: &Packet) -> Result<(), Lost> {
        self.to_client.put(Instant::now() + self.rules.delay, encoded(packet)?);
        Ok(())
    }

    fn put_to_broker(&mut self, bytes: Bytes) {
        self.to_broker.put(Instant::now(), bytes);
    }
}
