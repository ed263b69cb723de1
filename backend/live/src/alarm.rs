//! Alarms on their way to one subscription. Nothing of them is kept here beyond that: what there is, the store knows.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use uuid::Uuid;
use vigia_model::Alarm;

/// Alarms that wait for a subscriber, each once. More than a page shows, and with their texts a few hundred kilobytes,
/// shared by all who wait for the same; who is further behind reads the list anew.
pub(crate) const MOST_WAITING: usize = 1_000;

/// The alarms a subscriber was not told of yet, the one that waits longest first.
#[derive(Debug, Default)]
pub(crate) struct WaitingAlarms {
    order: VecDeque<Uuid>,
    alarms: HashMap<Uuid, Arc<Alarm>>,
    /// What there was before has been added: from here on they are handed out.
    begun: bool,
    /// Alarms that were dropped because too many waited.
    dropped: u64,
    /// News that newer ones of the same alarm replaced.
    replaced: u64,
}

impl WaitingAlarms {
    /// Adds news of an alarm. Of one that waits already the newest version counts.
    pub(crate) fn push(&mut self, alarm: &Arc<Alarm>) {
        if self.put(alarm) {
            self.replaced += 1;
        }
        while self.order.len() > MOST_WAITING
            && let Some(oldest) = self.order.pop_front()
        {
            self.alarms.remove(&oldest);
            self.dropped += 1;
        }
    }

    /// Begins with what there was before, in this order; what has changed meanwhile follows.
    pub(crate) fn begin(&mut self, before: Vec<Alarm>) {
        let mut meanwhile = std::mem::take(&mut self.alarms);
        let meanwhile_order = std::mem::take(&mut self.order);
        for alarm in before {
            // Whichever of the two was read later.
            let alarm = match meanwhile.remove(&alarm.id) {
                Some(news) if news.version > alarm.version => news,
                _ => Arc::new(alarm),
            };
            self.put(&alarm);
        }
        for alarm in meanwhile_order.iter().filter_map(|id| meanwhile.remove(id)) {
            self.push(&alarm);
        }
        self.begun = true;
    }

    pub(crate) fn pop(&mut self) -> Option<Arc<Alarm>> {
        if !self.begun {
            return None;
        }
        let id = self.order.pop_front()?;
        self.alarms.remove(&id)
    }

    /// News that were never told since last asked: those of alarms that were dropped, and those replaced.
    pub(crate) fn take_missed(&mut self) -> (u64, u64) {
        (std::mem::take(&mut self.dropped), std::mem::take(&mut self.replaced))
    }

    /// Whether the alarm waited already.
    fn put(&mut self, alarm: &Arc<Alarm>) -> bool {
        let known = self.alarms.get_mut(&alarm.id);
        let waits = known.is_some();
        if let Some(known) = known.filter(|known| known.version <= alarm.version) {
            *known = Arc::clone(alarm);
        }
        if !waits {
            self.order.push_back(alarm.id);
            self.alarms.insert(alarm.id, Arc::clone(alarm));
        }
        waits
    }
}
