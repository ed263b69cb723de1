//! One batch, one transaction; and what happens when a row stands in its way.

use super::resolve::storage_refused;
use super::{Committer, NotCommitted, while_away};
use crate::batch::OpenBatch;
use std::ops::Range;
use std::time::Instant;
use tracing::Instrument as _;
use vigia_store::StoreError;
use vigia_store::batch::{BatchView, Committed, GatewayRow, RejectionRow};
use vigia_store::partition::Parted;

/// What became of the batch's samples, all transactions together.
#[derive(Debug, Clone, Default)]
pub(super) struct Stored {
    pub(super) stored: usize,
    /// Indexes into the batch's samples.
    pub(super) duplicates: Vec<usize>,
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
        let all = batch.samples.len();
        let suspects_from = self.suspects.set_apart(&mut batch.samples, Instant::now());
        let good = 0..suspects_from;
        match self.transaction(with(batch, &good, gateways)).await? {
            Ok(committed) => self.note(&mut total, 0, &committed, batch),
            Err(error) => {
                tracing::warn!(
                    error = %error, cause = %error.database_message(), samples = good.len(),
                    "the database refuses a row of this batch; splitting it"
                );
                crate::metrics::commit_failed("split");
                // The tables may have changed under us.
                self.partitions.forget();
                self.ensure_partitions(batch).await?;
                if let Ok(committed) = self.transaction(with(batch, &good, gateways)).await? {
                    self.note(&mut total, 0, &committed, batch);
                } else {
                    self.store_gateways_and_rejections(batch, gateways).await?;
                    self.store_split(batch, good, &mut total).await?;
                }
            }
        }
        self.store_split(batch, suspects_from..all, &mut total).await?;
        Ok(total)
    }

    async fn ensure_partitions(&mut self, batch: &OpenBatch) -> Result<(), NotCommitted> {
        let kept = batch.samples.iter().filter(|row| row.mode.is_kept());
        let missing = self.partitions.missing(Parted::Samples, kept.map(|row| row.sample.ts));
        if missing.is_empty() {
            return Ok(());
        }
        let answer = while_away!(self, self.store.ensure_partitions(&mut self.partitions, &missing));
        if let Err(error) = answer {
            // The rows themselves will tell: without a partition the database refuses them.
            tracing::error!(error = %error, cause = %error.database_message(), "a partition could not be made");
        }
        Ok(())
    }

    async fn transaction(&self, view: BatchView<'_>) -> Result<Result<Committed, StoreError>, NotCommitted> {
        // One for each attempt.
        let span = || tracing::debug_span!("commit", otel.kind = "client", "db.system.name" = "postgresql");
        let Some(limits) = &self.limits else {
            return Ok(while_away!(self, self.store.commit_replayed(view).instrument(span())));
        };
        Ok(while_away!(self, self.store.commit(view, limits).instrument(span())))
    }

    /// Stores samples, and cuts them in halves until a refused one stands alone; in order, so that the first copy still
    /// wins.
    async fn store_split(
        &mut self,
        batch: &mut OpenBatch,
        samples: Range<usize>,
        total: &mut Stored,
    ) -> Result<(), NotCommitted> {
        let mut ranges = Vec::from([samples]);
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
        &mut self,
        batch: &mut OpenBatch,
        range: &Range<usize>,
        error: &StoreError,
    ) -> Result<(), NotCommitted> {
        let Some(row) = batch.samples.get(range.start) else { return Ok(()) };
        self.suspects.add(row.series, Instant::now());
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
        if self.transaction(of_gateways).await?.is_err() {
            for row in gateways {
                let one = BatchView { gateways: std::slice::from_ref(row), ..BatchView::default() };
                if let Err(error) = self.transaction(one).await? {
                    // Removed under us, most likely.
                    let cause = error.database_message();
                    tracing::error!(error = %error, cause, gateway = %row.gateway_id, "the state of a gateway was refused");
                    self.directory().forget_gateway(row.gateway_id);
                }
            }
        }
        let all =
            BatchView { messages: &batch.messages, rejections: &batch.rejections, ..BatchView::default() };
        if self.transaction(all).await?.is_err() {
            // One by one, like the gateways: what stands in the way of one rejection must not hide the others.
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
        total.duplicates.extend(committed.duplicates.iter().map(|row| offset + row));
        for conflict in &committed.conflicts {
            let Some(row) = batch.samples.get(offset + conflict.row) else { continue };
            if let Some((plc, metric)) = self.directory().live_series(row.series) {
                self.bench.live.correct(&plc, metric, conflict.stored.clone());
            }
        }
        batch.rejections.extend(committed.rejections.iter().cloned());
    }
}

/// Everything a batch means, with these of its samples, for one transaction.
fn with<'a>(batch: &'a OpenBatch, samples: &Range<usize>, gateways: &'a [GatewayRow]) -> BatchView<'a> {
    let samples = batch.samples.get(samples.clone()).unwrap_or_default();
    BatchView { messages: &batch.messages, samples, gateways, rejections: &batch.rejections }
}
