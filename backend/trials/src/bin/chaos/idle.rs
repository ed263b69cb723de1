//! Since when a client's session holds nothing old: the last time it was seen empty.
//!
//! The proxy in front of the broker knows what each connection was sent and has not acknowledged, and whether the broker
//! may hold more for it. When there is nothing of either, then nothing that the broker had put into the client's session
//! before is left in it.

use crate::system::System;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use vigia_model::{Clock, Timestamp};

const LOOK: Duration = Duration::from_millis(10);
/// From the broker to the proxy's count, on a very busy machine.
const ON_ITS_WAY: Duration = Duration::from_secs(5);

/// When each client was last seen empty.
#[derive(Debug, Default)]
pub(crate) struct Idle(Mutex<HashMap<String, Timestamp>>);

impl Idle {
    /// Looks at the proxy's numbers until dropped.
    pub(crate) async fn watch(self: Arc<Self>, system: Arc<System>) {
        loop {
            tokio::time::sleep(LOOK).await;
            let now = Clock::System.now();
            let stats = system.iot.all_stats();
            let empty =
                stats.into_iter().filter(|(_, stats)| !stats.draining && stats.unacked + stats.held == 0);
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.extend(empty.map(|(client, _)| (client, now)));
        }
    }

    /// Whatever a session still holds was put into it after this moment.
    pub(crate) fn all_empty_since(&self) -> Timestamp {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = System::client_ids().map(|id| seen.get(&id).copied().unwrap_or_default());
        all.min().unwrap_or_default().minus(ON_ITS_WAY)
    }
}
