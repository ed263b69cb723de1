//! Weighing: what the database takes, and how long the room will do; on the status board, and in the log when it will not do
//! for long.

use super::{Memory, Retainer, has_passed};
use std::collections::BTreeMap;
use std::time::Duration;
use vigia_live::board::{StorageState, StorageStatus};
use vigia_model::{Retention, SeriesId, Timestamp};
use vigia_store::StoreError;
use vigia_store::storage::{Held, days_left};

/// How often the log says so again.
const TELL_AGAIN: Duration = Duration::from_hours(1);

impl Retainer {
    /// For how long each series is kept, by the rules there are now.
    pub(super) async fn kept_for(&self) -> Result<BTreeMap<SeriesId, Retention>, StoreError> {
        let rules = self.rules.load_full();
        self.store.kept_for(&rules.set, rules.retention).await
    }

    pub(super) async fn weigh(&self, memory: &mut Memory, now: Timestamp) -> Result<(), StoreError> {
        let in_use = self.store.storage_use().await?;
        let taken = in_use.taken();
        let beginning = self.store.beginning().await?;
        let growth = &memory.growth;
        let days_left = match self.max_bytes {
            None => None,
            Some(max) => {
                let partitions = self.store.raw_partitions().await?;
                let held = Held {
                    partitions: &partitions,
                    hourly_bytes: in_use.hourly,
                    oldest_hour: memory.oldest_hour,
                };
                days_left(taken, max, growth, &memory.kept, &held, now)
            }
        };
        let status = StorageStatus {
            weighed_at: now,
            bytes: taken,
            max_bytes: self.max_bytes,
            bytes_per_day: whole(growth.raw_bytes() + growth.hourly_bytes()),
            bytes_per_sample: growth.bytes_per_sample(),
            days_left,
            raw_from: beginning.raw_dropped_before(),
            hourly_from: beginning.hourly_dropped_before(),
            tenants: growth.tenants().into_iter().map(|(tenant, bytes)| (tenant, whole(bytes))).collect(),
        };
        let state = status.state();
        let may_tell = memory.told_at.is_none_or(|at| has_passed(TELL_AGAIN, at, now));
        if state != StorageState::Ok && may_tell {
            memory.told_at = Some(now);
            let (bytes, max_bytes) = (status.bytes, self.max_bytes.unwrap_or_default());
            if state == StorageState::Full {
                tracing::error!(
                    bytes,
                    max_bytes,
                    "the database takes more than STORAGE_MAX_BYTES, and nothing is left that may go"
                );
            } else {
                tracing::warn!(
                    bytes,
                    max_bytes,
                    days_left,
                    "STORAGE_MAX_BYTES will be reached soon; then the oldest samples go, and after them the oldest hourly rows"
                );
            }
        }
        self.live.board().set_storage(Some(status));
        Ok(())
    }
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "an estimate")]
fn whole(number: f64) -> i64 {
    number as i64
}
