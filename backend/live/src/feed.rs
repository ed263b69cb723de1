//! The subscriber's end of the feed.

use crate::gateway::GatewayView;
use crate::live::Inner;
use crate::plc::PlcChange;
use crate::watcher::{Ready, Watcher};
use crate::whole;
use std::sync::Arc;

/// Something a subscriber should know.
#[derive(Debug, Clone)]
pub enum Event {
    Plc(PlcChange),
    Gateway(Box<GatewayView>),
}

/// A view on a part of what is live. Dropping it detaches it.
///
/// It holds no values: [`next`](Self::next) reads the latest ones. However slow its holder, it costs the memory of
/// its list of changed entries, at most one place per PLC and gateway it watches.
#[derive(Debug)]
pub struct Subscription {
    live: Arc<Inner>,
    watcher: Arc<Watcher>,
    missed: u64,
}

impl Subscription {
    pub(crate) fn new(live: Arc<Inner>, watcher: Arc<Watcher>) -> Self {
        Self { live, watcher, missed: 0 }
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

    /// What is ready now.
    pub fn try_next(&mut self) -> Option<Event> {
        while let Some(ready) = self.watcher.pop() {
            match ready {
                Ready::Plc(link) => {
                    let (change, missed) = link.read();
                    self.missed += missed;
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

    /// Updates that a newer one overwrote before they were read, since last asked. Several samples of one metric that
    /// arrive together are one update.
    pub fn take_missed(&mut self) -> u64 {
        std::mem::take(&mut self.missed)
    }

    /// The same without asking for it.
    pub fn missed(&self) -> u64 {
        self.missed
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
