//! The pipeline behind the connections, fed from memory: what it can do where no broker is in the way. For
//! measurements; the program itself has no use for it.

use crate::acknowledge::{ACK_QUEUE, Acknowledger};
use crate::batch::{Batcher, Lane, Waiting, Workbench};
use crate::commit::{Committer, Suspects};
use crate::decide::Defaults;
use crate::delivery::{Acks, Delivery, Ticket};
use crate::directory::Directory;
use crate::keep::Keeper;
use crate::pipeline::spawn_guarded;
use crate::rules;
use crate::run::IngestError;
use crate::settings::StartedIngest;
use crate::spool::{SharedSpool, SpoolSettings};
use crate::validate::TimeWindow;
use bytes::Bytes;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use vigia_model::{Mode, Retention};
use vigia_store::batch::QuarantineLimits;
use vigia_store::directory::Provisioning;
use vigia_store::partition::KnownPartitions;

/// Samples of any age are taken.
const MAX_AGE: Duration = Duration::from_hours(24 * 365 * 5);
const PROVISIONING: Provisioning = Provisioning {
    auto: true,
    max_tenants: 1_000,
    max_gateways_per_tenant: 1_000,
    max_series_per_tenant: 1_000_000,
};

/// One source of messages that is never slower than the pipeline.
#[derive(Debug)]
pub struct Feed {
    hand_over: mpsc::Sender<Delivery>,
    acks: mpsc::Receiver<Acks>,
    in_pipeline: Arc<AtomicUsize>,
    window: usize,
    clock: vigia_model::Clock,
    unacknowledged: usize,
}

impl Feed {
    /// Starts batching, keeping and acknowledging; at most `window` messages are under way.
    ///
    /// # Errors
    /// When the database or the spool fails.
    pub async fn start(
        with: &StartedIngest,
        mode: Mode,
        spool: &SpoolSettings,
        window: usize,
    ) -> Result<Self, IngestError> {
        let bench = Workbench {
            directory: Arc::new(Mutex::new(Directory::default())),
            learning: Arc::default(),
            rules: rules::load(&with.store, Defaults { mode, retention: Retention::default() }).await?,
            live: with.live.clone(),
            clock: with.clock.clone(),
            window: TimeWindow::new(MAX_AGE),
        };
        let spool = SharedSpool::open(spool, &with.live, || {}).await?;
        let (hand_over, deliveries) = mpsc::channel(window);
        let (ack_sender, acks) = mpsc::channel(ACK_QUEUE);
        let committer = Committer {
            store: with.store.clone(),
            bench: bench.clone(),
            provisioning: PROVISIONING,
            limits: Some(QuarantineLimits::default()),
            partitions: KnownPartitions::default(),
            suspects: Suspects::default(),
            deadline: None,
            give_up: with.give_up.clone(),
        };
        let acknowledger = Acknowledger { connections: vec![ack_sender] };
        let (known_keeper, known) = Keeper::behind(Lane::known, &committer, &spool, &acknowledger);
        let (strange_keeper, strange) = Keeper::behind(Lane::strange, &committer, &spool, &acknowledger);
        spawn_guarded(&with.tasks, &with.stop, "keep", known_keeper.run());
        spawn_guarded(&with.tasks, &with.stop, "keep new names", strange_keeper.run());
        let batching = Batcher { deliveries, known, strange, waiting: Waiting::default(), bench };
        spawn_guarded(&with.tasks, &with.stop, "batch", batching.run());
        let (in_pipeline, clock) = (Arc::new(AtomicUsize::new(0)), with.clock.clone());
        Ok(Self { hand_over, acks, in_pipeline, window, clock, unacknowledged: 0 })
    }

    /// Hands a message over as soon as the window has room; `false` when the pipeline has ended.
    pub async fn send(&mut self, topic: Bytes, payload: Bytes) -> bool {
        while self.unacknowledged >= self.window {
            if !self.hear().await {
                return false;
            }
        }
        self.unacknowledged += 1;
        let delivery = Delivery {
            connection: 0,
            generation: 0,
            packet_id: 1,
            topic,
            payload,
            received_at: self.clock.now(),
            ticket: Ticket::take(&self.in_pipeline),
        };
        self.hand_over.send(delivery).await.is_ok()
    }

    /// Waits until every message is acknowledged; `false` when the pipeline ended before.
    pub async fn settle(&mut self) -> bool {
        while self.unacknowledged > 0 {
            if !self.hear().await {
                return false;
            }
        }
        true
    }

    async fn hear(&mut self) -> bool {
        match self.acks.recv().await {
            Some(acks) => {
                self.unacknowledged = self.unacknowledged.saturating_sub(acks.packet_ids.len());
                true
            }
            None => false,
        }
    }
}
