//! The writer: one transaction for everything a batch of messages means. Set-based: a statement per table,
//! whatever the number of rows.

mod hourly;
mod quarantine;
mod gateway;
mod copy;
mod sample;

use crate::care::Way;
use crate::connect::{Lent, Store};
use crate::error::StoreError;
use crate::packing::late;
use bytes::Bytes;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;
use vigia_model::{GatewayHealth, Mode, Rejection, Sample, SeqMark, SeriesId, Timestamp};

pub use quarantine::QuarantineLimits;
pub(crate) use quarantine::storable;

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [sample::STATEMENTS.as_slice(), &hourly::STATEMENTS, &quarantine::STATEMENTS, &gateway::STATEMENTS]
        .concat()
}

/// A message of the batch, as received; rows and rejections point to it, and it is quarantined with them.
#[derive(Debug, Clone)]
pub struct BatchMessage {
    pub topic: Arc<str>,
    pub payload: Bytes,
    pub received_at: Timestamp,
}

/// One validated and decided sample.
#[derive(Debug, Clone)]
pub struct SampleRow {
    pub series: SeriesId,
    pub gateway_num: i32,
    pub unit_id: Option<i32>,
    pub mode: Mode,
    pub sample: Sample,
    pub received_at: Timestamp,
    /// Index into the batch's messages.
    pub message: usize,
    /// Its place in a schema 2 message.
    pub sample_index: Option<u32>,
}

/// What a batch says of one gateway.
#[derive(Debug, Clone)]
pub struct GatewayRow {
    pub gateway_id: Uuid,
    /// Under which it spoke: of one that was given to another since, nothing is written.
    pub tenant_id: Uuid,
    /// The whole picture after the batch's last message of this gateway.
    pub health: GatewayHealth,
    /// Which messages of its count arrived.
    pub seen: Vec<SeqMark>,
}

/// A rejection and the message (an index into the batch's) it belongs to.
#[derive(Debug, Clone)]
pub struct RejectionRow {
    pub message: usize,
    pub rejection: Rejection,
}

/// Everything one transaction stores.
#[derive(Debug, Clone, Copy, Default)]
pub struct BatchView<'a> {
    pub messages: &'a [BatchMessage],
    pub samples: &'a [SampleRow],
    pub gateways: &'a [GatewayRow],
    pub rejections: &'a [RejectionRow],
}

/// What a committed batch turned out to be.
#[derive(Debug, Clone, Default)]
pub struct Committed {
    /// Samples now stored that were not before (modes other than `none`).
    pub stored: usize,
    /// Samples that were there already, saying the same: indexes into the batch's samples.
    pub duplicates: Vec<usize>,
    /// Samples whose series and time were taken by another value; quarantined in the same transaction.
    pub conflicts: Vec<Conflict>,
    /// What is rejected for them, and of samples before where the history of their series begins.
    pub rejections: Vec<RejectionRow>,
}

/// A sample that came second.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// Index into the batch's samples.
    pub row: usize,
    /// What was committed first.
    pub stored: Sample,
}

impl Store {
    /// Stores a batch in one transaction: all of it is durable when this returns `Ok`, none of it otherwise.
    ///
    /// Storing the same rows again changes nothing but the count of duplicates. The partitions for the samples'
    /// times must exist, but for those before where history begins.
    ///
    /// # Errors
    /// Transient when the database is away; otherwise some row is refused and the batch must be split.
    pub async fn commit(
        &self,
        batch: BatchView<'_>,
        limits: &QuarantineLimits,
    ) -> Result<Committed, StoreError> {
        self.commit_and_quarantine(batch, Some(limits)).await
    }

    /// The same for messages that are quarantined already: what is rejected again is told, and neither quarantined nor
    /// counted once more.
    ///
    /// # Errors
    /// As of [`commit`](Self::commit).
    pub async fn commit_replayed(&self, batch: BatchView<'_>) -> Result<Committed, StoreError> {
        self.commit_and_quarantine(batch, None).await
    }

    async fn commit_and_quarantine(
        &self,
        batch: BatchView<'_>,
        limits: Option<&QuarantineLimits>,
    ) -> Result<Committed, StoreError> {
        let care = &self.care;
        let way = care.way();
        if way != Way::Careful {
            match self.commit_inner(batch, limits, way).await {
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => care.found_repeat(),
                done => return done.map_err(StoreError::on("commit a batch")),
            }
        }
        let committed = self.commit_inner(batch, limits, Way::Careful).await;
        if let Ok(committed) = &committed {
            if committed.duplicates.is_empty() && committed.conflicts.is_empty() {
                care.found_none();
            } else {
                care.found_repeat();
            }
        }
        committed.map_err(StoreError::on("commit a batch"))
    }

    async fn commit_inner(
        &self,
        batch: BatchView<'_>,
        limits: Option<&QuarantineLimits>,
        way: Way,
    ) -> Result<Committed, sqlx::Error> {
        let mut lent = Lent::from(&self.ingest).await?;
        let committed = in_transaction(&mut lent, batch, limits, way).await;
        lent.give_back();
        committed
    }
}

async fn in_transaction(
    lent: &mut Lent,
    batch: BatchView<'_>,
    limits: Option<&QuarantineLimits>,
    way: Way,
) -> Result<Committed, sqlx::Error> {
    let mut tx = lent.begin().await?;
    let mut sorted = sample::sorted(batch.samples);
    let inserted = sample::insert(&mut tx, batch.samples, &sorted, way).await?;
    hourly::add(&mut tx, &inserted.counted).await?;
    if !inserted.too_old.is_empty() {
        let too_old: HashSet<usize> = inserted.too_old.iter().map(|(row, _)| *row).collect();
        sorted.retain(|row| !too_old.contains(row));
    }
    sample::update_last(&mut tx, batch.samples, &sorted).await?;
    gateway::upsert(&mut tx, batch.gateways).await?;
    let conflicts =
        inserted.conflicts.iter().filter_map(|conflict| quarantine::contradiction(batch.samples, conflict));
    let too_old = inserted
        .too_old
        .iter()
        .filter_map(|(row, begin)| Some(quarantine::too_old(batch.samples.get(*row)?, *begin)));
    let found: Vec<RejectionRow> = conflicts.chain(too_old).collect();
    if let Some(limits) = limits {
        let rejections = [batch.rejections, &found].concat();
        quarantine::insert(&mut tx, batch.messages, &rejections, limits).await?;
    }
    late::mark_due(&mut tx, &inserted.due).await?;
    tx.commit().await?;
    Ok(Committed {
        stored: inserted.new.len(),
        duplicates: inserted.duplicates,
        conflicts: inserted.conflicts,
        rejections: found,
    })
}
