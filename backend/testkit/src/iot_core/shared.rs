//! What all connections share: the rules, the numbers, and who is connected.

use std::collections::HashMap;
use std::sync::Mutex;

use rand::Rng;
use tokio::sync::watch;

use super::acknowledged::Acknowledged;
use super::chance::chance;
use super::rules::{Rules, SessionLoss};
use super::stats::{Stats, locked};

/// Why a connection is ended from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Reset without a word.
    Cut,
    /// Another connection has its client id.
    TakenOver,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) rules: watch::Sender<Rules>,
    pub(super) stats: Stats,
    pub(super) acknowledged: Acknowledged,
    loss: Mutex<SessionLoss>,
    live: Mutex<HashMap<String, Live>>,
}

#[derive(Debug)]
struct Live {
    /// Tells a connection from the next one of the same client.
    number: u64,
    end: watch::Sender<Option<End>>,
}

/// A connection's place among the living.
#[derive(Debug)]
pub(super) struct Registered {
    /// How many connections this client had before.
    pub(super) number: u64,
    pub(super) end: watch::Receiver<Option<End>>,
}

impl Shared {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules: watch::Sender::new(rules),
            stats: Stats::default(),
            acknowledged: Acknowledged::default(),
            loss: Mutex::default(),
            live: Mutex::default(),
        }
    }

    /// Adds a connection; an older one of the same client is to end.
    pub(super) fn register(&self, client_id: &str) -> Registered {
        let counted = self.stats.client(client_id);
        let mut live = locked(&self.live);
        let number = {
            let mut stats = locked(&counted);
            stats.connects += 1;
            stats.draining = true;
            stats.connects - 1
        };
        let (sender, end) = watch::channel(None);
        if let Some(older) = live.insert(client_id.to_owned(), Live { number, end: sender })
            && older.end.send_if_modified(|end| replace_none(end, End::TakenOver))
        {
            locked(&counted).kicked += 1;
        }
        Registered { number, end }
    }

    /// Takes a connection out, unless a newer one has its place already.
    pub(super) fn unregister(&self, client_id: &str, number: u64) {
        let mut live = locked(&self.live);
        if live.get(client_id).is_some_and(|entry| entry.number == number) {
            live.remove(client_id);
            let counted = self.stats.client(client_id);
            let mut stats = locked(&counted);
            stats.unacked = 0;
            stats.held = 0;
            stats.draining = true;
        }
    }

    pub(super) fn end(&self, client_id: &str, why: End) -> bool {
        let live = locked(&self.live);
        live.get(client_id).is_some_and(|entry| entry.end.send_if_modified(|end| replace_none(end, why)))
    }

    pub(super) fn end_all(&self, why: End) -> usize {
        let live = locked(&self.live);
        live.values().filter(|entry| entry.end.send_if_modified(|end| replace_none(end, why))).count()
    }

    pub(super) fn connected(&self) -> usize {
        locked(&self.live).len()
    }

    pub(super) fn set_loss(&self, loss: SessionLoss) {
        *locked(&self.loss) = loss;
    }

    /// Whether this connection, which asks for its session, is to lose it.
    pub(super) fn loses_session(&self, client_id: &str, number: u64) -> bool {
        match &mut *locked(&self.loss) {
            SessionLoss::Never | SessionLoss::Next(0) => false,
            SessionLoss::Next(left) => {
                *left -= 1;
                true
            }
            SessionLoss::Share { share, seed } => {
                chance(*seed, client_id, number).random_bool(share.clamp(0.0, 1.0))
            }
        }
    }
}

/// The first reason stays.
fn replace_none(end: &mut Option<End>, why: End) -> bool {
    let first = end.is_none();
    end.get_or_insert(why);
    first
}
