//! The subscriber's end of the feed.

use crate::gateway::GatewayView;
use crate::live::Inner;
use crate::plc::PlcChange;
use crate::watcher::{Ready, Watcher};
use crate::whole;
use std::sync::Arc;
use vigia_model::Alarm;

/// Something a subscriber should know.
#[derive(Debug, Clone)]
pub enum Event {
    Plc(Arc<PlcChange>),
    Gateway(Box<GatewayView>),
    Alarm(Arc<Alarm>),
}

/// What a subscriber was not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Missed {
    /// Updates that a newer one overwrote before they were read. Several samples of one metric that arrive together
    /// are one update.
    pub updates: u64,
    /// Alarms of which it was told nothing, because too many waited.
    pub alarms: u64,
}

impl Missed {
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// A view on a part of what is live. Dropping it detaches it.
///
/// It holds no values: [`next`](Self::next) reads the latest ones. However slow its holder, it costs the memory of
/// its list of changed entries, at most one place per PLC and gateway it watches.
#[derive(Debug)]
pub struct Subscription {
    live: Arc<Inner>,
    watcher: Arc<Watcher>,
    missed: Missed,
}

impl Subscription {
    pub(crate) fn new(live: Arc<Inner>, watcher: Arc<Watcher>) -> Self {
        Self { live, watcher, missed: Missed::default() }
    }

    /// Waits for news and reads the latest values. First comes everything there is, entry by entry.
    ///
    /// Cancelling it loses nothing: values are taken only when it returns.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.try_next() {
                return event;
            }
            self.watcher.woken().await;
        }
    }

    /// What is ready now; alarms first, for they are few and matter most.
    pub fn try_next(&mut self) -> Option<Event> {
        if let Some(alarm) = self.watcher.pop_alarm() {
            return Some(Event::Alarm(alarm));
        }
        while let Some(ready) = self.watcher.pop() {
            match ready {
                Ready::Plc(link) => {
                    let (change, missed) = link.read();
                    self.missed.updates += missed;
                    if let Some(change) = change {
                        return Some(Event::Plc(change));
                    }
                }
                Ready::Gateway(link) => {
                    return Some(Event::Gateway(Box::new(link.read(self.live.moment()))));
                }
            }
        }
        None
    }

    /// Lets it be told of alarms: first of `before`, in that order and as far as it is wanted, then of changes. Until then
    /// news wait, so that what was read of the past never comes after what is newer.
    pub fn begin_alarms(&self, before: Vec<Alarm>) {
        self.watcher.begin_alarms(before);
    }

    /// What it was not told of since this was last taken.
    pub fn missed(&mut self) -> Missed {
        let (dropped, replaced) = self.watcher.take_missed_alarms();
        self.missed.updates += dropped + replaced;
        self.missed.alarms += dropped;
        self.missed
    }

    /// The same, and it is told now.
    pub fn take_missed(&mut self) -> Missed {
        let missed = self.missed();
        self.missed = Missed::default();
        missed
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.live.forget(&self.watcher);
        let attached = std::mem::take(&mut *whole(self.watcher.attached.lock()));
        for link in &attached.plcs {
            link.plc().detach(self.watcher.id);
        }
        for link in &attached.gateways {
            link.gateway().detach(self.watcher.id);
        }
        self.watcher.clear();
    }
}

#[cfg(test)]
mod tests;
