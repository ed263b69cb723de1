//! The meeting point of entries and one subscription: which entries changed since the subscriber last looked.

use crate::alarm::WaitingAlarms;
use crate::filter::Filter;
use crate::gateway::GatewayLink;
use crate::path::{GatewayPath, PlcPath};
use crate::plc::PlcLink;
use crate::whole;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;
use vigia_model::{Alarm, Identifier, TenantScope};

/// One subscription, as the entries see it.
#[derive(Debug)]
pub(crate) struct Watcher {
    pub(crate) id: u64,
    scope: TenantScope,
    filters: Vec<Filter>,
    /// Every entry stands here at most once (its link's `dirty` flag says whether it does), so the list is never
    /// longer than the number of entries watched.
    ready: Mutex<VecDeque<Ready>>,
    alarms: Mutex<WaitingAlarms>,
    wake: Notify,
    /// Every entry that knows this watcher, for detaching. Grows only under the roster's lock.
    pub(crate) attached: Mutex<Attached>,
}

/// An entry that has something new.
#[derive(Debug)]
pub(crate) enum Ready {
    Plc(Arc<PlcLink>),
    Gateway(Arc<GatewayLink>),
}

#[derive(Debug, Default)]
pub(crate) struct Attached {
    pub(crate) plcs: Vec<Arc<PlcLink>>,
    pub(crate) gateways: Vec<Arc<GatewayLink>>,
}

impl Watcher {
    pub(crate) fn new(id: u64, scope: TenantScope, filters: Vec<Filter>) -> Self {
        Self {
            id,
            scope,
            filters,
            ready: Mutex::default(),
            alarms: Mutex::default(),
            wake: Notify::new(),
            attached: Mutex::default(),
        }
    }

    pub(crate) fn wants_plc(&self, path: &PlcPath) -> bool {
        self.scope.allows(path.tenant.as_str()) && self.filters.iter().any(|filter| filter.matches_plc(path))
    }

    pub(crate) fn wants_gateway(&self, path: &GatewayPath) -> bool {
        self.scope.allows(path.tenant.as_str())
            && self.filters.iter().any(|filter| filter.matches_gateway(path))
    }

    pub(crate) fn wants_metric(&self, path: &PlcPath, metric: &Identifier) -> bool {
        self.filters.iter().any(|filter| filter.matches_plc(path) && filter.matches_metric(metric))
    }

    pub(crate) fn wants_every_metric(&self, path: &PlcPath) -> bool {
        self.filters.iter().any(|filter| filter.matches_plc(path) && filter.takes_every_metric())
    }

    pub(crate) fn wants_alarm(&self, alarm: &Alarm) -> bool {
        self.scope.allows(&alarm.tenant) && self.filters.iter().any(|filter| filter.matches_alarm(alarm))
    }

    /// Adds those of these news that are wanted.
    pub(crate) fn push_alarms(&self, alarms: &[Arc<Alarm>]) {
        let mut wanted = alarms.iter().filter(|alarm| self.wants_alarm(alarm)).peekable();
        if wanted.peek().is_some() {
            let mut waiting = whole(self.alarms.lock());
            wanted.for_each(|alarm| waiting.push(alarm));
            drop(waiting);
            self.wake.notify_one();
        }
    }

    /// Lets alarms be handed out: first `before`, as far as it is wanted, then what has changed since.
    pub(crate) fn begin_alarms(&self, mut before: Vec<Alarm>) {
        before.retain(|alarm| self.wants_alarm(alarm));
        whole(self.alarms.lock()).begin(before);
        self.wake.notify_one();
    }

    pub(crate) fn pop_alarm(&self) -> Option<Arc<Alarm>> {
        whole(self.alarms.lock()).pop()
    }

    /// Alarms dropped, and news replaced, since last asked.
    pub(crate) fn take_missed_alarms(&self) -> (u64, u64) {
        whole(self.alarms.lock()).take_missed()
    }

    /// Called under the entry's lock: once an entry has let go of the watcher nothing is added any more.
    pub(crate) fn push(&self, ready: Ready) {
        whole(self.ready.lock()).push_back(ready);
        self.wake.notify_one();
    }

    pub(crate) fn pop(&self) -> Option<Ready> {
        whole(self.ready.lock()).pop_front()
    }

    /// Returns when something was pushed since the last wait; at once when that already happened.
    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Forgets what was ready. The entries must have let go before.
    pub(crate) fn clear(&self) {
        whole(self.ready.lock()).clear();
    }
}
