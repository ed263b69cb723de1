//! Any span of history, piece by piece: no transaction is longer than a piece, and no more than a piece is held.

use super::{HistoryKey, HistoryQuery, HistorySample};
use crate::connect::Store;
use crate::error::StoreError;
use crate::order::TimeOrder;
use std::time::Duration;
use uuid::Uuid;
use vigia_model::{TenantScope, Timestamp};

/// So many samples at a time: some megabytes.
const PIECE: u32 = 10_000;
/// The time looked at first; longer or shorter ones follow, by how many samples there were.
const FIRST_LOOK: Duration = Duration::from_mins(1);
const LONGEST_LOOK: Duration = Duration::from_hours(24 * 365);

/// A PLC's samples of a span, the oldest first. A sample that comes meanwhile is among them if its time is still to come.
#[derive(Debug)]
pub struct Export {
    store: Store,
    scope: TenantScope,
    plc: Uuid,
    metrics: Option<Vec<String>>,
    /// Up to where everything was read.
    from: Timestamp,
    to: Timestamp,
    look: Duration,
    /// The last sample, if the piece it was in was full: there may be more of its time.
    after: Option<HistoryKey>,
}

impl Store {
    /// Samples of a PLC, or of some of its metrics, from a time (inclusive) to another.
    pub fn export(
        &self,
        scope: TenantScope,
        plc: Uuid,
        metrics: Option<Vec<String>>,
        from: Timestamp,
        to: Timestamp,
    ) -> Export {
        Export { store: self.clone(), scope, plc, metrics, from, to, look: FIRST_LOOK, after: None }
    }
}

impl Export {
    /// The next samples; none when all were given out.
    ///
    /// # Errors
    /// When the database fails, or holds packed samples that are damaged.
    pub async fn next(&mut self) -> Result<Vec<HistorySample>, StoreError> {
        while self.from < self.to {
            let until = self.from.plus(self.look).min(self.to);
            let query = HistoryQuery {
                scope: &self.scope,
                plc: self.plc,
                metrics: self.metrics.as_deref(),
                from: Some(self.from),
                to: Some(until),
                order: TimeOrder::OldestFirst,
                after: self.after,
                limit: PIECE,
            };
            let piece = self.store.samples(&query).await?;
            if piece.len() >= query.page_size() {
                self.after = piece.last().map(HistorySample::key);
                self.from = self.after.map_or(self.from, |last| last.ts);
                self.look = (self.look / 2).max(FIRST_LOOK);
                return Ok(piece);
            }
            if piece.len() < query.page_size() / 4 {
                self.look = self.look.saturating_mul(2).min(LONGEST_LOOK);
            }
            (self.from, self.after) = (until, None);
            if !piece.is_empty() {
                return Ok(piece);
            }
        }
        Ok(Vec::new())
    }
}
