//! Looks again at the broker's certificate when the one remembered ends soon: a connection may stand for months, and remembers
//! the one of its beginning, which the broker has long replaced.

use super::Watcher;
use crate::connect::shake_hands;
use std::time::Duration;
use vigia_live::board::Role;

/// How often, while it ends soon.
const AGAIN: Duration = Duration::from_hours(1);

impl Watcher {
    /// Runs until stopped.
    pub(super) async fn watch_broker(&self) {
        let watching = async {
            loop {
                tokio::time::sleep(AGAIN).await;
                self.look_at_broker().await;
            }
        };
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = watching => {}
        }
    }

    /// Shakes hands, if it is time, and says nothing over it; who judges the handshake remembers what was shown. Whether it was time.
    pub(super) async fn look_at_broker(&self) -> bool {
        let in_use = self.rotation.in_use();
        let is_active = self.live.board().role() == Role::Active;
        let known = in_use.brokers().filter(|_| is_active);
        if !known.is_some_and(|known| known.ends_soon(self.clock.now())) {
            return false;
        }
        // With our own certificate, as for a connection: some brokers say nothing to whom they do not know.
        if let Err(error) = shake_hands(self.broker.clone(), in_use).await {
            tracing::debug!(error, "cannot look at the broker's certificate now");
        }
        true
    }
}
