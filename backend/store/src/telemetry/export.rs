//! Any span of history, piece by piece: no transaction is longer than a piece, and no more than a piece is held.

use super::{HistoryKey, HistoryQuery, HistorySample};
use crate::connect::Store;
use crate::error::StoreError;
use crate::order::TimeOrder;
use std::ops::RangeInclusive;
use std::time::Duration;
use uuid::Uuid;
use vigia_model::{TenantScope, Timestamp, Value};

/// So many samples at a time, some megabytes, unless their texts are long.
const PIECE: RangeInclusive<u32> = 250..=2_000;
/// Texts of a piece: at most about so much. Of the first piece nothing is known, so it is small.
const PIECE_BYTES: usize = 2 << 20;
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
    /// How many samples the next piece has at most.
    limit: u32,
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
        Export {
            store: self.clone(),
            scope,
            plc,
            metrics,
            from,
            to,
            look: FIRST_LOOK,
            limit: *PIECE.start(),
            after: None,
        }
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
                limit: self.limit,
            };
            let piece = self.store.samples(&query).await?;
            let is_full = piece.len() >= query.page_size();
            let is_short = piece.len() < query.page_size() / 4;
            self.fit(&piece);
            if is_full {
                self.after = piece.last().map(HistorySample::key);
                self.from = self.after.map_or(self.from, |last| last.ts);
                self.look = (self.look / 2).max(FIRST_LOOK);
                return Ok(piece);
            }
            if is_short {
                self.look = self.look.saturating_mul(2).min(LONGEST_LOOK);
            }
            (self.from, self.after) = (until, None);
            if !piece.is_empty() {
                return Ok(piece);
            }
        }
        Ok(Vec::new())
    }

    /// Makes the next piece as long as one like the last would be within its bytes.
    fn fit(&mut self, piece: &[HistorySample]) {
        let bytes = |sample: &HistorySample| match &sample.sample.value {
            Some(Value::Text(text)) => text.len(),
            _ => 0,
        };
        let each = piece.iter().map(bytes).sum::<usize>() / piece.len().max(1);
        let fitting = u32::try_from(PIECE_BYTES / each.max(1)).unwrap_or(u32::MAX);
        let limit = self.limit.saturating_mul(4).min(fitting);
        self.limit = limit.clamp(*PIECE.start(), *PIECE.end());
    }
}
