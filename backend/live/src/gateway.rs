//! One gateway: its health, the status its watchers were told, and who watches it.

use crate::path::GatewayPath;
use crate::watcher::{Ready, Watcher};
use crate::whole;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vigia_model::{GatewayHealth, GatewayStatus, Heartbeat, Timestamp};

/// The live entry of a gateway. Ingest keeps the `Arc`.
#[derive(Debug)]
pub struct LiveGateway {
    path: GatewayPath,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    health: GatewayHealth,
    /// What watchers know; a difference to the present is news.
    told: (GatewayStatus, Option<Timestamp>),
    watches: Vec<Arc<GatewayLink>>,
    /// It stands elsewhere now, under another entry.
    gone: bool,
}

/// A gateway as it is at one moment.
#[derive(Debug, Clone)]
pub struct GatewayView {
    pub path: GatewayPath,
    pub status: GatewayStatus,
    /// Since when it has that status; `None` when never seen.
    pub since: Option<Timestamp>,
    pub health: GatewayHealth,
    /// It does not stand here any more.
    pub gone: bool,
}

/// What "now" means and how long a silence is too long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    pub(crate) offline_after: Duration,
}

impl LiveGateway {
    pub(crate) fn new(path: GatewayPath) -> Self {
        let state = State {
            health: GatewayHealth::default(),
            told: (GatewayStatus::NeverSeen, None),
            watches: Vec::new(),
            gone: false,
        };
        Self { path, state: Mutex::new(state) }
    }

    pub fn path(&self) -> &GatewayPath {
        &self.path
    }

    pub(crate) fn hear(&self, at: Timestamp, moment: Moment) {
        let mut state = whole(self.state.lock());
        state.health.hear(at, moment.offline_after);
        state.tell_if_changed(moment);
    }

    pub(crate) fn beat(&self, beat: Heartbeat, at: Timestamp, moment: Moment) {
        let mut state = whole(self.state.lock());
        state.health.beat(beat, at, moment.offline_after);
        state.told = state.health.status(moment.now, moment.offline_after);
        state.tell();
    }

    /// Takes what was stored, unless something newer was heard meanwhile.
    pub(crate) fn restore(&self, health: GatewayHealth, moment: Moment) {
        let mut state = whole(self.state.lock());
        if health.last_seen > state.health.last_seen {
            state.health = health;
            state.told = state.health.status(moment.now, moment.offline_after);
            state.tell();
        }
    }

    /// Looks whether time alone changed its status.
    pub(crate) fn look(&self, moment: Moment) {
        whole(self.state.lock()).tell_if_changed(moment);
    }

    pub(crate) fn view(&self, moment: Moment) -> GatewayView {
        let (health, gone) = {
            let state = whole(self.state.lock());
            (state.health.clone(), state.gone)
        };
        let (status, since) = health.status(moment.now, moment.offline_after);
        GatewayView { path: self.path.clone(), status, since, health, gone }
    }

    /// It stands elsewhere now: its watchers hear of that, and of nothing after it.
    pub(crate) fn leave(&self) {
        let mut state = whole(self.state.lock());
        state.gone = true;
        state.tell();
        state.watches.clear();
    }

    pub(crate) fn attach(&self, link: Arc<GatewayLink>) {
        let mut state = whole(self.state.lock());
        link.mark();
        state.watches.push(link);
    }

    pub(crate) fn detach(&self, watcher: u64) {
        whole(self.state.lock()).watches.retain(|link| link.watcher.id != watcher);
    }
}

impl State {
    fn tell_if_changed(&mut self, moment: Moment) {
        let status = self.health.status(moment.now, moment.offline_after);
        if status != self.told {
            self.told = status;
            self.tell();
        }
    }

    fn tell(&self) {
        for link in &self.watches {
            link.mark();
        }
    }
}

/// The bond of one watcher with one gateway.
#[derive(Debug)]
pub(crate) struct GatewayLink {
    watcher: Arc<Watcher>,
    gateway: Arc<LiveGateway>,
    /// Whether it stands in the watcher's ready list; ordered by the gateway's lock, as with PLCs.
    dirty: AtomicBool,
}

impl GatewayLink {
    pub(crate) fn new(watcher: Arc<Watcher>, gateway: Arc<LiveGateway>) -> Self {
        Self { watcher, gateway, dirty: AtomicBool::new(false) }
    }

    pub(crate) fn gateway(&self) -> &LiveGateway {
        &self.gateway
    }

    /// Only under the gateway's lock.
    fn mark(self: &Arc<Self>) {
        if !self.dirty.load(Ordering::Relaxed) {
            self.dirty.store(true, Ordering::Relaxed);
            self.watcher.push(Ready::Gateway(Arc::clone(self)));
        }
    }

    /// Its present state; a change from now on makes it ready again.
    pub(crate) fn read(&self, moment: Moment) -> GatewayView {
        self.dirty.store(false, Ordering::Relaxed);
        self.gateway.view(moment)
    }
}
