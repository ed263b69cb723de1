//! One batch, one transaction; and what happens when a row stands in its way.

use super::resolve::storage_refused;
use super::{Committer, NotCommitted, while_away};
use crate::batch::OpenBatch;
use std::ops::Range;
use vigia_store::StoreError;
use vigia_store::batch::{BatchView, Committed, GatewayRow, RejectionRow};

/// What became of the batch's samples, all transactions together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stored {
    pub(super) stored: usize,
    pub(super) duplicates: usize,
}

impl Committer {
    /// Stores the whole batch. When this returns `Ok`, everything it means is durable.
    pub(super) async fn store_batch(
        &mut self,
        batch: &mut OpenBatch,
        gateways: &[GatewayRow],
    ) -> Result<Stored, NotCommitted> {
        let mut total = Stored::default();
        self.ensure_partitions(batch).await?;
        match self.transaction(whole(batch, gateways)).await? {
            Ok(committed) => self.note(&mut total, 0, &committed, batch),
            Err(error) => {
                tracing::warn!(
                    error = %error, cause = %error.database_message(), samples = batch.samples.len(),
                    "the database refuses a row of this batch; splitting it"
                );
                crate::metrics::commit_failed("split");
                // The tables may have changed under us.
                self.partitions.forget();
                self.ensure_partitions(batch).await?;
                if let Ok(committed) = self.transaction(whole(batch, gateways)).await? {
                    self.note(&mut total, 0, &committed, batch);
                } else {
                    self.store_gateways_and_rejections(batch, gateways).await?;
                    self.store_split(batch, &mut total).await?;
                }
            }
        }
        Ok(total)
    }

    async fn ensure_partitions(&mut self, batch: &OpenBatch) -> Result<(), NotCommitted> {
        let kept = batch.samples.iter().filter(|row| row.mode.is_kept());
        let months = self.partitions.missing(kept.map(|row| row.sample.ts));
        if months.is_empty() {
            return Ok(());
        }
        let answer = while_away!(self, self.store.ensure_partitions(&mut self.partitions, &months));
        if let Err(error) = answer {
            // The rows themselves will tell: without a partition the database refuses them.
            tracing::error!(error = %error, cause = %error.database_message(), "a partition could not be made");
        }
        Ok(())
    }

    async fn transaction(&self, view: BatchView<'_>) -> Result<Result<Committed, StoreError>, NotCommitted> {
        Ok(while_away!(self, self.store.commit(view, &self.limits)))
    }

    /// Cuts the samples in halves until a refused one stands alone; in order, so that the first copy still wins.
    async fn store_split(&self, batch: &mut OpenBatch, total: &mut Stored) -> Result<(), NotCommitted> {
        let whole = 0..batch.samples.len();
        let mut ranges = Vec::from([whole]);
        while let Some(range) = ranges.pop() {
            let Some(samples) = batch.samples.get(range.clone()).filter(|samples| !samples.is_empty()) else {
                continue;
            };
            let view = BatchView { messages: &batch.messages, samples, ..BatchView::default() };
            match self.transaction(view).await? {
                Ok(committed) => self.note(total, range.start, &committed, batch),
                Err(error) if range.len() == 1 => self.quarantine(batch, &range, &error).await?,
                Err(_) => {
                    let middle = range.start + range.len() / 2;
                    ranges.push(middle..range.end);
                    ranges.push(range.start..middle);
                }
            }
        }
        Ok(())
    }

    async fn quarantine(
        &self,
        batch: &mut OpenBatch,
        range: &Range<usize>,
        error: &StoreError,
    ) -> Result<(), NotCommitted> {
        let Some(row) = batch.samples.get(range.start) else { return Ok(()) };
        let rejection =
            RejectionRow { message: row.message, rejection: storage_refused(error).at(row.sample_index) };
        let rejections = [rejection.clone()];
        let view = BatchView { messages: &batch.messages, rejections: &rejections, ..BatchView::default() };
        if let Err(error) = self.transaction(view).await? {
            tracing::error!(error = %error, detail = rejection.rejection.detail, "a refused row could not be quarantined");
        }
        batch.rejections.push(rejection);
        Ok(())
    }

    async fn store_gateways_and_rejections(
        &self,
        batch: &OpenBatch,
        gateways: &[GatewayRow],
    ) -> Result<(), NotCommitted> {
        let of_gateways = BatchView { gateways, ..BatchView::default() };
        if let Err(error) = self.transaction(of_gateways).await? {
            tracing::error!(error = %error, cause = %error.database_message(), "gateway states were refused");
        }
        let all =
            BatchView { messages: &batch.messages, rejections: &batch.rejections, ..BatchView::default() };
        if self.transaction(all).await?.is_err() {
            // One by one: what stands in the way of one rejection must not hide the others.
            for row in &batch.rejections {
                let one = BatchView { rejections: std::slice::from_ref(row), ..all };
                if let Err(error) = self.transaction(one).await? {
                    let detail = &row.rejection.detail;
                    tracing::error!(error = %error, cause = %error.database_message(), detail, "a rejection was refused");
                }
            }
        }
        Ok(())
    }

    /// Counts what was committed, and shows the value that was first where two contradict each other.
    fn note(&self, total: &mut Stored, offset: usize, committed: &Committed, batch: &mut OpenBatch) {
        total.stored += committed.stored;
        total.duplicates += committed.duplicates;
        for conflict in &committed.conflicts {
            let Some(row) = batch.samples.get(offset + conflict.row) else { continue };
            if let Some((plc, metric)) = self.directory().live_series(row.series) {
                self.bench.live.correct(&plc, metric, conflict.stored.clone());
            }
        }
        batch.rejections.extend(committed.rejections.iter().cloned());
    }
}

/// Everything a batch means, for one transaction.
fn whole<'a>(batch: &'a OpenBatch, gateways: &'a [GatewayRow]) -> BatchView<'a> {
    BatchView { messages: &batch.messages, samples: &batch.samples, gateways, rejections: &batch.rejections }
}
