//! Since when a client's session holds nothing old: the last time it was seen empty.
//!
//! The proxy in front of the broker knows what each connection was sent and has not acknowledged. When that is nothing,
//! on a connection that has stood for a while and has brought messages, then nothing that the broker had put into the
//! client's session before is left in it: the broker sends what it has as long as the window has room.

use crate::system::{CLIENTS, System};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use vigia_model::{Clock, Timestamp};

const LOOK: Duration = Duration::from_millis(10);
/// A connection must have stood for so long: what waited for it has begun to come.
const SETTLED: Duration = Duration::from_secs(3);
/// From the broker to the proxy's count, on a busy machine.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// What was seen of each client.
#[derive(Debug, Default)]
pub(crate) struct Idle {
    clients: Mutex<HashMap<String, Client>>,
}

#[derive(Debug)]
struct Client {
    /// Which connection it is.
    connects: u64,
    since: Instant,
    delivered_before: u64,
    /// When it was last seen empty, on any connection.
    empty_at: Option<Timestamp>,
}

impl Idle {
    /// Looks at the proxy's numbers until dropped.
    pub(crate) async fn watch(self: Arc<Self>, system: Arc<System>) {
        loop {
            tokio::time::sleep(LOOK).await;
            self.look(&system);
        }
    }

    fn look(&self, system: &System) {
        let now = Clock::System.now();
        // A client that is not connected has nothing un-acknowledged either.
        let all_connected = usize::try_from(CLIENTS) == Ok(system.iot.connected());
        let stats = system.iot.all_stats();
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, stats) in stats {
            let new = || Client {
                connects: 0,
                since: Instant::now(),
                delivered_before: stats.delivered,
                empty_at: None,
            };
            let client = clients.entry(name).or_insert_with(new);
            if client.connects != stats.connects {
                *client = Client { connects: stats.connects, empty_at: client.empty_at, ..new() };
            }
            let brings = client.since.elapsed() >= SETTLED && stats.delivered > client.delivered_before;
            if all_connected && brings && stats.unacked == 0 && stats.held == 0 {
                client.empty_at = Some(now);
            }
        }
    }

    /// Whatever a session still holds was put into it after this moment; `None` if that cannot be told.
    pub(crate) fn all_empty_since(&self) -> Option<Timestamp> {
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let all = System::client_ids().map(|id| clients.get(&id)?.empty_at);
        let oldest = all.collect::<Option<Vec<_>>>()?.into_iter().min()?;
        Some(oldest.minus(ON_ITS_WAY))
    }
}
