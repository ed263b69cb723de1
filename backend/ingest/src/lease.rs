//! Who ingests: one process of all that share a database. The others stand by.
//!
//! The holder raises a counter in Postgres every second; a standby that saw it stand still for [`SILENCE`], while the
//! database answered all along, takes over. So a database that was away never makes a standby take over: when it is
//! back, the holder has a whole silence to show itself. No clocks are compared.
//!
//! Two holders at once, after a pause of the first say, do no harm to the data, for every commit is idempotent; the
//! first stops as soon as it hears that its lease is gone.

use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vigia_store::lease::{Held, Lease};
use vigia_store::{Store, StoreError};

/// How often the holder shows itself.
const BEAT: Duration = Duration::from_secs(1);
/// How often a standby looks.
const LOOK: Duration = Duration::from_millis(500);
/// How long the counter must stand still before a standby takes over. With a look and a start on top, a take-over is
/// well within the ten seconds promised.
const SILENCE: Duration = Duration::from_secs(5);

/// Whether this process ingests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Standby,
    Active,
}

/// Takes, renews and watches the lease.
#[derive(Debug)]
pub(crate) struct Elector {
    store: Store,
    /// The same after a restart, so that a process need not wait for the one it replaces.
    instance: Uuid,
    name: String,
    standing: watch::Sender<Standing>,
    confirmed: watch::Sender<Instant>,
    drained: watch::Sender<i64>,
    stop: CancellationToken,
}

/// What the elector tells the rest of the pipeline.
#[derive(Debug, Clone)]
pub(crate) struct Election {
    pub(crate) standing: watch::Receiver<Standing>,
    /// When the lease was last known to be ours.
    pub(crate) confirmed: watch::Receiver<Instant>,
    /// Changes when a process that stands by has stored something of its spool.
    pub(crate) drained: watch::Receiver<i64>,
}

impl Elector {
    pub(crate) fn new(
        store: Store,
        instance: Uuid,
        name: String,
        stop: CancellationToken,
    ) -> (Self, Election) {
        let (standing, standings) = watch::channel(Standing::Standby);
        let (confirmed, confirmations) = watch::channel(Instant::now());
        let (drained, drains) = watch::channel(0);
        let elector = Self { store, instance, name, standing, confirmed, drained, stop };
        (elector, Election { standing: standings, confirmed: confirmations, drained: drains })
    }

    /// Runs until stopped. The lease is given up by [`release`], when nothing is ingested any more.
    pub(crate) async fn run(self) {
        // A holder of our own name is the process we replace.
        let mut replace = true;
        loop {
            let Some(held) = self.stand_by(replace).await else { return };
            replace = false;
            tracing::info!(instance = %self.instance, "this process ingests");
            self.confirmed.send_replace(Instant::now());
            self.note(held);
            self.standing.send_replace(Standing::Active);
            if !self.hold(held.beats).await {
                return;
            }
            tracing::warn!("another process has taken over; standing by");
            self.standing.send_replace(Standing::Standby);
        }
    }

    /// Waits for the lease; `None` when stopped.
    async fn stand_by(&self, replace: bool) -> Option<Held> {
        let mut silence = Silence::default();
        loop {
            match self.try_take(replace, &mut silence).await {
                Ok(Some(held)) => return Some(held),
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(cause = %error.database_message(), "cannot look at the lease now");
                    silence = Silence::default();
                }
            }
            if !self.pause(LOOK).await {
                return None;
            }
        }
    }

    async fn try_take(&self, replace: bool, silence: &mut Silence) -> Result<Option<Held>, StoreError> {
        let lease = self.store.lease().await?;
        let is_ours = replace && lease.holder == Some(self.instance);
        if lease.holder.is_some() && !is_ours && !silence.lasts(&lease, Instant::now()) {
            return Ok(None);
        }
        self.store.take_lease(self.instance, &self.name, &lease).await
    }

    /// Renews the lease until it is lost (`true`) or the process stops (`false`). While the database is away nobody
    /// can take it.
    async fn hold(&self, mut beats: i64) -> bool {
        // A renewal that got no answer may have counted all the same.
        let mut unanswered = 0;
        while self.pause(BEAT).await {
            let asked = Instant::now();
            match self.store.renew_lease(self.instance, beats, unanswered).await {
                Ok(Some(held)) => {
                    beats = held.beats;
                    self.note(held);
                    unanswered = 0;
                    self.confirmed.send_replace(asked);
                }
                Ok(None) => return true,
                Err(error) => {
                    unanswered += 1;
                    tracing::debug!(cause = %error.database_message(), "cannot renew the lease now");
                }
            }
        }
        false
    }

    fn note(&self, held: Held) {
        self.drained.send_if_modified(|drained| std::mem::replace(drained, held.drained) != held.drained);
    }

    /// `false` when stopped.
    async fn pause(&self, pause: Duration) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }
}

/// Gives the lease up, so that a standby takes over at once.
pub(crate) async fn release(store: &Store, instance: Uuid) {
    if let Err(error) = store.release_lease(instance).await {
        tracing::debug!(cause = %error.database_message(), "the lease was not released; a standby will wait for it");
    }
}

/// How long a holder has not shown itself.
#[derive(Debug, Default)]
struct Silence {
    since: Option<(Lease, Instant)>,
}

impl Silence {
    /// Takes a look at the lease; whether it has stood still for long enough.
    fn lasts(&mut self, lease: &Lease, now: Instant) -> bool {
        match &self.since {
            Some((seen, since)) if seen == lease => now.duration_since(*since) >= SILENCE,
            _ => {
                self.since = Some((lease.clone(), now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_counter_that_stands_still_is_silence() {
        let lease = |beats| Lease { holder: Some(Uuid::from_u128(1)), name: None, beats };
        let start = Instant::now();
        let mut silence = Silence::default();
        for beat in 0..10 {
            let now = start + BEAT * beat;
            assert!(!silence.lasts(&lease(beat.into()), now), "{beat}");
        }
        let last = start + BEAT * 9;
        assert!(!silence.lasts(&lease(9), last + SILENCE - LOOK));
        assert!(silence.lasts(&lease(9), last + SILENCE));
        assert!(!silence.lasts(&lease(10), last + SILENCE + LOOK), "it lives after all");
    }
}
