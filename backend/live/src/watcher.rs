//! The meeting point of entries and one subscription: which entries changed since the subscriber last looked.

use crate::filter::Filter;
use crate::gateway::GatewayLink;
use crate::path::{GatewayPath, PlcPath};
use crate::plc::PlcLink;
use crate::whole;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;
use vigia_model::{Identifier, TenantScope};

/// One subscription, as the entries see it.
#[derive(Debug)]
pub(crate) struct Watcher {
    pub(crate) id: u64,
    scope: TenantScope,
    filters: Vec<Filter>,
    /// Every entry stands here at most once (its link's `dirty` flag says whether it does), so the list is never
    /// longer than the number of entries watched.
    ready: Mutex<VecDeque<Ready>>,
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
        Self { id, scope, filters, ready: Mutex::default(), wake: Notify::new(), attached: Mutex::default() }
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
