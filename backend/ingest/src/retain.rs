//! Retaining: history that is too old, or for which there is no room any more, leaves; the room is weighed, and partitions are
//! made before they are needed. All of it bit by bit, with rests in between, so that whoever brings or reads samples does not
//! feel it.

mod weigh;

use crate::decide::Rules;
use crate::metrics;
use crate::rules::READ_ANYWAY;
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vigia_live::Live;
use vigia_model::{Clock, Retention, SeriesId, Timestamp};
use vigia_store::partition::{Parted, Partition};
use vigia_store::retention::{Cutoffs, History, LOT, Shortening};
use vigia_store::storage::Growth;
use vigia_store::{Store, StoreError};

/// How often it is looked whether the room does.
const LOOK: Duration = Duration::from_mins(1);
/// How often it is looked what has become too old, and what a day adds.
const CLEAR: Duration = Duration::from_hours(1);
/// Rests are at least as long as the work before.
const LEAST_REST: Duration = Duration::from_millis(5);
/// Partitions are made so long before they are needed.
const AHEAD: Duration = Duration::from_hours(24);
/// By then every process knows where samples begin, and takes none before.
const KNOWN_TO_ALL: Duration = Duration::from_secs(2 * READ_ANYWAY.as_secs());

/// Lets history go; of the process that ingests alone.
#[derive(Debug)]
pub(crate) struct Retainer {
    pub(crate) store: Store,
    pub(crate) live: Live,
    pub(crate) clock: Clock,
    pub(crate) rules: Arc<ArcSwap<Rules>>,
    /// Whether samples are packed here.
    pub(crate) packs: bool,
    /// What the database may take, in bytes.
    pub(crate) max_bytes: Option<i64>,
    /// Stop at once: what is under way is rolled back, or goes on at the next start.
    pub(crate) stop: CancellationToken,
}

/// What is remembered from one look to the next.
#[derive(Debug, Default)]
struct Memory {
    /// When it was last cleared. That rules changed is no reason to: who mistypes one has until the hour is over.
    cleared_at: Option<Timestamp>,
    growth: Growth,
    /// For how long each series is kept.
    kept: BTreeMap<SeriesId, Retention>,
    oldest_hour: Option<Timestamp>,
    told_at: Option<Timestamp>,
}

impl Retainer {
    /// Runs until stopped.
    pub(crate) async fn run(self) {
        let mut memory = Memory::default();
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.go_on(&mut memory) => {}
        }
        self.live.board().set_storage(None);
    }

    async fn go_on(&self, memory: &mut Memory) {
        loop {
            if let Err(error) = self.look(memory).await {
                let cause = error.database_message();
                tracing::warn!(error = %error, cause, "cannot let history go now; trying again");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn look(&self, memory: &mut Memory) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.make_ahead(now).await?;
        // Who reads for long holds up the dropping, and not what is told of it.
        let kept_within = self.keep_within(memory, now).await;
        self.weigh(memory, now).await?;
        kept_within
    }

    /// Within the days and within the room.
    async fn keep_within(&self, memory: &mut Memory, now: Timestamp) -> Result<(), StoreError> {
        if memory.cleared_at.is_none_or(|at| now.millis_since(at) >= millis(CLEAR)) {
            self.clear(now).await?;
            memory.growth = self.store.growth(now).await?;
            memory.kept = self.kept_for().await?;
            memory.oldest_hour = self.store.oldest_hour().await?;
            memory.cleared_at = Some(now);
        }
        self.shorten(now).await
    }

    async fn make_ahead(&self, now: Timestamp) -> Result<(), StoreError> {
        for at in [now, now.plus(AHEAD)] {
            self.store.make_ahead(Partition::of(Parted::Samples, at)).await?;
            if self.packs {
                self.store.make_ahead(Partition::of(Parted::Packed, at)).await?;
            }
        }
        Ok(())
    }

    /// Lets go what is too old, or lies before where history begins.
    async fn clear(&self, now: Timestamp) -> Result<(), StoreError> {
        let rules = self.rules.load_full();
        let cutoffs = self.store.cutoffs(&rules.set, rules.retention, now).await?;
        self.store.begin_raw_at(cutoffs.raw_of_all.hour()).await?;
        if let Some(partition) = self.store.being_dropped().await? {
            self.drop_partition(partition, &cutoffs).await?;
        }
        for part in self.store.raw_partitions().await? {
            if cutoffs.frees(part.partition) {
                self.drop_partition(part.partition, &cutoffs).await?;
            }
        }
        for history in [History::Samples, History::Packed, History::Hourly] {
            let rows = self.thin_out(history, &cutoffs).await?;
            if rows > 0 {
                tracing::info!(table = history.table(), rows, "deleted what was too old");
            }
        }
        Ok(())
    }

    async fn drop_partition(&self, partition: Partition, cutoffs: &Cutoffs) -> Result<(), StoreError> {
        let begun = Instant::now();
        if let Some(bytes) = self.store.drop_partition(partition, cutoffs).await? {
            metrics::dropped(bytes);
        }
        rest_after(begun).await;
        Ok(())
    }

    async fn thin_out(&self, history: History, cutoffs: &Cutoffs) -> Result<u64, StoreError> {
        let mut all = 0;
        for lot in cutoffs.lots(history) {
            loop {
                let begun = Instant::now();
                let rows = self.store.thin_out(history, &lot).await?;
                metrics::thinned_out(history, rows);
                all += rows;
                rest_after(begun).await;
                if rows < LOT {
                    break;
                }
            }
        }
        Ok(all)
    }

    /// Shortens history until the database fits its budget.
    async fn shorten(&self, now: Timestamp) -> Result<(), StoreError> {
        let Some(max) = self.max_bytes else { return Ok(()) };
        loop {
            let taken = self.store.storage_use().await?.taken();
            if taken <= max {
                return Ok(());
            }
            match self.store.shortening(now).await? {
                Shortening::Raw(to) => {
                    tracing::warn!(taken, max, to = to.as_millis(), "no room: the oldest samples go");
                    self.store.begin_raw_at(to).await?;
                    tokio::time::sleep(KNOWN_TO_ALL).await;
                    self.clear(now).await?;
                }
                Shortening::Hourly(to) => {
                    tracing::warn!(taken, max, to = to.as_millis(), "no room: the oldest hourly rows go");
                    self.store.begin_hourly_at(to).await?;
                    self.clear(now).await?;
                    self.store.vacuum_hourly().await?;
                }
                Shortening::Nothing => return Ok(()),
            }
        }
    }
}

/// Half of one core, and of the database's attention, at most.
async fn rest_after(begun: Instant) {
    tokio::time::sleep(begun.elapsed().max(LEAST_REST)).await;
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
