//! What is on its way to a client: which messages wait, which packet ids they have, and what their acknowledgement
//! confirms to the broker.
//!
//! A packet id names one copy of a message. It takes a place in the window until it is acknowledged, or until it has
//! been un-acknowledged for so long that the message is sent again under another id. The acknowledgement of any copy
//! confirms the message, once.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use rand::Rng;
use rumqttc::v5::mqttbytes::v5::Publish;
use tokio::time::Instant;

use super::rules::{Rules, Twice};

/// The most un-acknowledged messages we let the broker have towards us, and so the most that are held.
pub(super) const BROKER_WINDOW: usize = 1_000;
/// Packet ids given up are remembered, so that their late acknowledgement confirms the right message or nothing.
const RETIRED_KEPT: usize = 4_096;
/// However large the rules' window is, most packet ids stay free.
const MAX_WINDOW: usize = 10_000;

/// Names a message on this connection, for as long as the connection lives.
type Key = u64;

/// Why a copy is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copy {
    First,
    Second,
    Again,
}

/// What an acknowledgement means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Acked {
    /// The message is confirmed; here it is, with the packet id the broker knows it by.
    Message(Box<Publish>),
    /// It was confirmed by another copy.
    Before,
    /// There is no such packet id.
    Unknown,
}

#[derive(Debug)]
pub(super) struct Window {
    /// The client's own limit.
    receive_maximum: usize,
    /// From the broker, with its packet ids, waiting for a place.
    held: VecDeque<Publish>,
    /// Sent and not confirmed, with the broker's packet ids.
    unconfirmed: HashMap<Key, Publish>,
    /// Every packet id the client may still acknowledge.
    ids: HashMap<u16, Id>,
    /// How many of them take a place.
    live: usize,
    /// When those which take a place were sent, in order; and some which do not any more.
    sent: VecDeque<(Instant, u16, Key)>,
    /// Those which do not, in order.
    retired: VecDeque<(u16, Key)>,
    /// Second copies and when they are due.
    copies: VecDeque<(Instant, Key, Publish)>,
    last_id: u16,
    last_key: Key,
}

#[derive(Debug, Clone, Copy)]
struct Id {
    key: Key,
    live: bool,
}

impl Window {
    pub(super) fn new(receive_maximum: u16) -> Self {
        Self {
            receive_maximum: usize::from(receive_maximum),
            held: VecDeque::new(),
            unconfirmed: HashMap::new(),
            ids: HashMap::new(),
            live: 0,
            sent: VecDeque::new(),
            retired: VecDeque::new(),
            copies: VecDeque::new(),
            last_id: 0,
            last_key: 0,
        }
    }

    /// Takes a QoS 1 message from the broker.
    pub(super) fn hold(&mut self, publish: Publish) {
        self.held.push_back(publish);
    }

    /// The next copy to send now, with its packet id; `None` when nothing is due or the window is full.
    pub(super) fn next(
        &mut self,
        now: Instant,
        rules: &Rules,
        chance: &mut impl Rng,
    ) -> Option<(Publish, Copy)> {
        if let Some((key, publish)) = rules.resend_after.and_then(|patience| self.expired(now, patience)) {
            return Some((self.give_id(now, key, publish), Copy::Again));
        }
        if self.live >= self.receive_maximum.min(usize::from(rules.window)).min(MAX_WINDOW) {
            return None;
        }
        if let Some((_, key, publish)) = self.copies.pop_front_if(|(due, ..)| *due <= now) {
            return Some((self.give_id(now, key, publish), Copy::Second));
        }
        let publish = self.held.pop_front()?;
        self.last_key += 1;
        let key = self.last_key;
        self.unconfirmed.insert(key, publish.clone());
        if let Some(Twice { share, after, .. }) = rules.twice
            && chance.random_bool(share.clamp(0.0, 1.0))
        {
            self.copies.push_back((now + after, key, publish.clone()));
        }
        Some((self.give_id(now, key, publish), Copy::First))
    }

    /// When [`next`](Self::next) has something that it has not now, if no acknowledgement comes before.
    pub(super) fn due(&self, now: Instant, rules: &Rules) -> Option<Instant> {
        let again = rules.resend_after.and_then(|patience| Some(self.sent.front()?.0 + patience));
        // A copy that is due already waits for a place, not for a time.
        let copy = self.copies.front().map(|(due, ..)| *due).filter(|due| *due > now);
        again.into_iter().chain(copy).min()
    }

    /// The client has acknowledged a packet id.
    pub(super) fn acknowledge(&mut self, id: u16) -> Acked {
        let Some(Id { key, live }) = self.ids.remove(&id) else { return Acked::Unknown };
        self.live -= usize::from(live);
        while self.sent.pop_front_if(|(_, id, key)| !is_live(&self.ids, *id, *key)).is_some() {}
        match self.unconfirmed.remove(&key) {
            Some(publish) => Acked::Message(Box::new(publish)),
            None => Acked::Before,
        }
    }

    /// Packet ids that take a place.
    pub(super) fn unacked(&self) -> usize {
        self.live
    }

    /// Messages that wait for a place.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    /// Messages the broker waits for.
    pub(super) fn unacked_to_broker(&self) -> usize {
        self.held.len() + self.unconfirmed.len()
    }

    /// Gives up the ids that were un-acknowledged for so long, until one is of a message that needs another.
    fn expired(&mut self, now: Instant, patience: Duration) -> Option<(Key, Publish)> {
        while let Some((_, id, key)) = self.sent.pop_front_if(|(at, ..)| *at + patience <= now) {
            if !is_live(&self.ids, id, key) {
                continue;
            }
            self.ids.insert(id, Id { key, live: false });
            self.live -= 1;
            self.retired.push_back((id, key));
            if self.retired.len() > RETIRED_KEPT
                && let Some((oldest, key)) = self.retired.pop_front()
                && self.ids.get(&oldest).is_some_and(|id| id.key == key && !id.live)
            {
                self.ids.remove(&oldest);
            }
            if let Some(publish) = self.unconfirmed.get(&key) {
                return Some((key, publish.clone()));
            }
        }
        None
    }

    fn give_id(&mut self, now: Instant, key: Key, mut publish: Publish) -> Publish {
        loop {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            if !self.ids.contains_key(&self.last_id) {
                break;
            }
        }
        publish.pkid = self.last_id;
        // AWS IoT Core never sets it.
        publish.dup = false;
        self.ids.insert(publish.pkid, Id { key, live: true });
        self.live += 1;
        self.sent.push_back((now, publish.pkid, key));
        publish
    }
}

fn is_live(ids: &HashMap<u16, Id>, id: u16, key: Key) -> bool {
    ids.get(&id).is_some_and(|id| id.live && id.key == key)
}

#[cfg(test)]
mod tests;
