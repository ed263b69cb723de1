//! Retaining: history that is too old, or for which there is no room any more, leaves; the room is weighed, and partitions are
//! made before they are needed. All of it bit by bit, with rests in between, so that whoever brings or reads samples does not
//! feel it.

mod weigh;

use crate::decide::Rules;
use crate::heard::as_of;
use crate::metrics;
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use vigia_live::Live;
use vigia_live::board::LetGo;
use vigia_model::{Clock, Retention, RuleSet, SeriesId, Timestamp};
use vigia_store::partition::{Parted, Partition};
use vigia_store::retention::{Cutoffs, History, LOT, Shortening};
use vigia_store::storage::Growth;
use vigia_store::{Store, StoreError};

/// How often it is looked whether the room does.
const LOOK: Duration = Duration::from_mins(1);
/// How often it is looked what has become too old, and what a day adds.
const CLEAR: Duration = Duration::from_hours(1);
/// Rows are deleted for so long before it is looked at the room again.
const THIN_OUT_FOR: Duration = Duration::from_secs(30);
/// Rests are at least as long as the work before.
const LEAST_REST: Duration = Duration::from_millis(5);
/// Partitions are made so long before they are needed.
const AHEAD: Duration = Duration::from_hours(24);
/// After a rule or the days were changed nothing goes by age for so long: who mistyped has that time to mend it.
const SECOND_THOUGHTS: Duration = Duration::from_hours(24);

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
    /// When it was last cleared.
    cleared_at: Option<Timestamp>,
    /// Something that is to go is still there.
    is_left: bool,
    /// The last change that the log told of.
    told_of_change: Option<Timestamp>,
    /// Until when nothing goes by its age.
    held_until: Option<Timestamp>,
    growth: Growth,
    /// For how long each series is kept.
    kept: BTreeMap<SeriesId, Retention>,
    oldest_hour: Option<Timestamp>,
    told_at: Option<Timestamp>,
}

/// Whether all that is to go went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
enum Cleared {
    All,
    /// There was no time for the rest.
    InPart,
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
        self.live.board().rest_retention();
    }

    async fn go_on(&self, memory: &mut Memory) {
        loop {
            let span = tracing::debug_span!(parent: None, "retain");
            if let Err(error) = self.look(memory).instrument(span).await {
                let cause = error.database_message();
                tracing::warn!(error = %error, cause, "cannot let history go now; trying again");
                self.live.board().note_retention(|board| board.last_error = Some(error.to_string().into()));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn look(&self, memory: &mut Memory) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.make_ahead(now).await?;
        // Who reads for long holds up the dropping, and not what is told of it.
        let kept_within = self.keep_within(memory, now).await;
        self.show(memory);
        self.weigh(memory, now).await?;
        kept_within
    }

    fn show(&self, memory: &Memory) {
        let next = memory.cleared_at.map(|at| if memory.is_left { at.plus(LOOK) } else { at.plus(CLEAR) });
        self.live.board().note_retention(|board| {
            board.days = self.rules.load().retention;
            board.max_bytes = self.max_bytes;
            board.cleared_at = memory.cleared_at;
            board.next_at = next;
            board.held_until = memory.held_until;
            board.is_left = memory.is_left;
        });
    }

    /// Something went: for the board.
    fn went(&self, table: String, bytes: Option<i64>, rows: Option<u64>) {
        let last = LetGo { at: self.clock.now(), table, bytes, rows };
        self.live.board().note_retention(|board| board.last = Some(last));
    }

    /// Within the days and within the room.
    async fn keep_within(&self, memory: &mut Memory, now: Timestamp) -> Result<(), StoreError> {
        let newest = self.store.newest_sample().await?;
        let as_of = newest.map_or(now, |newest| as_of(now, newest));
        let is_due = memory.cleared_at.is_none_or(|at| has_passed(CLEAR, at, now));
        let mut cleared = Ok(Cleared::All);
        if is_due || memory.is_left {
            let by_age = self.goes_by_age(memory, now).await?;
            cleared = self.clear(as_of, by_age).await;
        }
        if is_due {
            memory.growth = self.store.growth(now).await?;
            memory.kept = self.kept_for().await?;
            memory.oldest_hour = self.store.oldest_hour().await?;
            memory.cleared_at = Some(now);
        }
        // Whatever holds up what is too old: there may be no room.
        let shortened = self.shorten(as_of).await;
        memory.is_left = [&cleared, &shortened].into_iter().any(|it| !matches!(it, Ok(Cleared::All)));
        cleared.and(shortened).map(drop)
    }

    /// Whether anything goes by its age now.
    async fn goes_by_age(&self, memory: &mut Memory, now: Timestamp) -> Result<bool, StoreError> {
        let changed = self.store.retention_changed_at(self.rules.load().retention).await?;
        let from = changed.plus(SECOND_THOUGHTS);
        if from > now && memory.told_of_change != Some(changed) {
            memory.told_of_change = Some(changed);
            let from = from.as_millis();
            tracing::info!(
                from,
                "persistence rules or days were changed; nothing goes by its age until then"
            );
        }
        memory.held_until = Some(from).filter(|from| *from > now);
        Ok(from <= now)
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

    /// Lets go what lies before where history begins, and `by_age` what is too old.
    async fn clear(&self, as_of: Timestamp, by_age: bool) -> Result<Cleared, StoreError> {
        let rules = self.rules.load_full();
        let cutoffs = if by_age {
            self.store.cutoffs(&rules.set, rules.retention, as_of).await?
        } else {
            self.store.cutoffs(&RuleSet::default(), Retention::default(), as_of).await?
        };
        self.store.let_go(&cutoffs).await?;
        // Somebody who reads a partition for long holds up the dropping, and not the rest.
        let dropped = self.drop_partitions(&cutoffs).await;
        let until = Instant::now() + THIN_OUT_FOR;
        for history in [History::Samples, History::Packed, History::Hourly] {
            if self.thin_out(history, &cutoffs, until).await? == Cleared::InPart {
                return dropped.map(|()| Cleared::InPart);
            }
        }
        dropped.map(|()| Cleared::All)
    }

    async fn drop_partitions(&self, cutoffs: &Cutoffs) -> Result<(), StoreError> {
        metrics::dropped(self.store.drop_detached().await?);
        let being_dropped = self.store.being_dropped().await?;
        let parts = self.store.raw_partitions().await?.into_iter().map(|part| part.partition);
        let parts: Vec<Partition> = parts.filter(|partition| Some(*partition) != being_dropped).collect();
        let free = parts.iter().copied().filter(|partition| cutoffs.frees(*partition));
        for partition in being_dropped.into_iter().chain(free) {
            let begun = Instant::now();
            self.store.detach_partition(partition).await?;
            let bytes = self.store.drop_detached().await?;
            metrics::dropped(bytes);
            self.went(partition.table(), Some(bytes), None);
            rest_after(begun).await;
        }
        for partition in parts.into_iter().filter(|partition| cutoffs.frees_in_part(*partition)) {
            let begun = Instant::now();
            let bytes = self.store.empty_partition(partition, cutoffs).await?;
            metrics::dropped(bytes);
            if bytes > 0 {
                self.went(partition.table(), Some(bytes), None);
            }
            rest_after(begun).await;
        }
        Ok(())
    }

    async fn thin_out(
        &self,
        history: History,
        cutoffs: &Cutoffs,
        until: Instant,
    ) -> Result<Cleared, StoreError> {
        let mut all = 0;
        let mut cleared = Cleared::All;
        'lots: for lot in cutoffs.lots(history) {
            loop {
                if Instant::now() >= until {
                    cleared = Cleared::InPart;
                    break 'lots;
                }
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
        if all > 0 {
            self.went(history.table().to_owned(), None, Some(all));
            tracing::info!(table = history.table(), rows = all, "deleted what was too old");
        }
        Ok(cleared)
    }

    /// Shortens history until the database fits its budget.
    async fn shorten(&self, as_of: Timestamp) -> Result<Cleared, StoreError> {
        let Some(max) = self.max_bytes else { return Ok(Cleared::All) };
        loop {
            let taken = self.store.storage_use().await?.taken();
            if taken <= max {
                return Ok(Cleared::All);
            }
            let next = self.store.shortening(as_of).await?;
            match next {
                Shortening::Raw(to) => {
                    tracing::warn!(taken, max, to = to.as_millis(), "no room: the oldest samples go");
                    self.store.begin_raw_at(to).await?;
                }
                Shortening::Hourly(to) => {
                    tracing::warn!(taken, max, to = to.as_millis(), "no room: the oldest hourly rows go");
                    self.store.begin_hourly_at(to).await?;
                }
                // What has to go already is still there: more of it would free nothing sooner.
                Shortening::Waits => {}
                Shortening::Nothing => return Ok(Cleared::All),
            }
            let cleared = self.clear(as_of, false).await?;
            if !matches!(next, Shortening::Raw(_)) {
                self.store.vacuum_hourly().await?;
            }
            if cleared == Cleared::InPart || self.store.shortening(as_of).await? == Shortening::Waits {
                return Ok(Cleared::InPart);
            }
        }
    }
}

/// Half of one core, and of the database's attention, at most.
async fn rest_after(begun: Instant) {
    tokio::time::sleep(begun.elapsed().max(LEAST_REST)).await;
}

/// Whether so much time lies between, whichever comes first: a clock may be put back.
fn has_passed(time: Duration, at: Timestamp, now: Timestamp) -> bool {
    u128::from(now.millis_since(at).unsigned_abs()) >= time.as_millis()
}

#[cfg(test)]
mod tests;
