//! Packing what is over: moves the watermark along, packs what is due lot by lot, and rests in between, so that whoever
//! brings or reads samples does not feel it.

use crate::heard::as_of;
use crate::metrics;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use vigia_live::Live;
use vigia_live::board::PackedTime;
use vigia_model::{Clock, Timestamp};
use vigia_store::packing::{Due, Lot, Lots, Span};
use vigia_store::partition::{Parted, Partition};
use vigia_store::{Store, StoreError};

/// Packing rests at least as long as it worked: half of one core, and of the database's attention, at most.
const LEAST_REST: Duration = Duration::from_millis(5);
/// How often it is looked whether an hour is over.
const LOOK: Duration = Duration::from_secs(10);
/// How long to wait after the database failed.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// A time that cannot be packed is left out for so long.
const LEAVE_OUT: Duration = Duration::from_hours(1);
/// A time that was packed is left out at most so long: of what comes late for it much is packed at once.
const GATHER: Duration = Duration::from_mins(20);
/// So many hours of series that cannot be packed are named in the log, of one time that is due.
const MOST_NAMED: usize = 10;
/// After so many samples the room they took is given back to those that come.
const VACUUM_AFTER: usize = 200_000;

/// Packs; of the process that ingests alone.
#[derive(Debug)]
pub(crate) struct Packer {
    pub(crate) store: Store,
    pub(crate) live: Live,
    pub(crate) clock: Clock,
    /// How long an hour has to be over; shorter than an hour it is packed bit by bit before it is over.
    pub(crate) after: Duration,
    /// Stop at once: what is under way is rolled back, and is still due.
    pub(crate) stop: CancellationToken,
}

impl Packer {
    /// Runs until stopped.
    pub(crate) async fn run(self) {
        self.live.board().note_packing(|board| board.after = self.after);
        self.go_on().await;
        self.live.board().rest_packing();
    }

    async fn go_on(&self) {
        let mut left_out = LeftOut::default();
        loop {
            let rest = tokio::select! {
                () = self.stop.cancelled() => return,
                done = self.catch_up(&mut left_out) => match done {
                    Ok(()) => LOOK.min(self.after / 6),
                    Err(error) => {
                        tracing::warn!(cause = %error.database_message(), "cannot pack now; trying again");
                        self.live.board().note_packing(|board| {
                            board.under_way = None;
                            board.last_error = Some(error.to_string().into());
                        });
                        TRY_AGAIN
                    }
                },
            };
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Packs all that is due.
    async fn catch_up(&self, left_out: &mut LeftOut) -> Result<(), StoreError> {
        if let Some(newest) = self.store.newest_sample().await? {
            self.store.advance_packing(self.watermark(newest)).await?;
        }
        let mut unswept = 0;
        while let Some(due) = self.store.next_due(left_out.still(self.clock.now())).await? {
            self.begins(&due);
            let (samples, leave_out) = match self.pack(&due).await {
                Ok(Packed { samples, faults: 0 }) => (samples, GATHER.min(self.after / 6)),
                Ok(Packed { samples, faults }) => {
                    let (from, to) = (due.from.as_millis(), due.to.as_millis());
                    tracing::error!(
                        from,
                        to,
                        faults,
                        "some samples cannot be packed and stay where they are"
                    );
                    (samples, LEAVE_OUT)
                }
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    let (from, to, cause) =
                        (due.from.as_millis(), due.to.as_millis(), error.database_message());
                    tracing::error!(from, to, error = %error, cause, "cannot find out what is to be packed");
                    (0, LEAVE_OUT)
                }
            };
            self.ended(samples);
            unswept += samples;
            left_out.add(due.from, self.clock.now().plus(leave_out));
            let month = |at| Partition::of(Parted::Samples, at);
            let is_over = month(due.from) != month(self.clock.now());
            if unswept >= VACUUM_AFTER || (unswept > 0 && is_over && due.span == Span::Day) {
                self.store.vacuum_samples(due.from).await?;
                unswept = 0;
            }
            metrics::packing_due(self.store.count_due().await?);
        }
        metrics::packing_due(self.store.count_due().await?);
        let now = self.clock.now();
        self.live.board().note_packing(|board| board.caught_up_at = Some(now));
        Ok(())
    }

    fn begins(&self, due: &Due) {
        let begun = PackedTime { from: due.from, to: due.to, at: self.clock.now(), samples: 0 };
        self.live.board().note_packing(|board| board.under_way = Some(begun));
    }

    /// What was under way came to an end, with so many samples packed.
    fn ended(&self, samples: usize) {
        let now = self.clock.now();
        self.live.board().note_packing(|board| {
            let Some(done) = board.under_way.take() else { return };
            if samples > 0 {
                board.last = Some(PackedTime { at: now, samples: count(samples), ..done });
            }
        });
    }

    /// Packs one time. A lot that cannot be packed is divided until what is to blame stands alone, and only that stays out.
    async fn pack(&self, due: &Due) -> Result<Packed, StoreError> {
        let Lots { mut lots, leaves_some } = self.store.lots(due).await?;
        lots.reverse();
        let mut all = Packed::default();
        while let Some(lot) = lots.pop() {
            let begun = Instant::now();
            let span = tracing::debug_span!(
                parent: None,
                "pack",
                "pack.from" = lot.from.as_millis(),
                "pack.series" = lot.series.len()
            );
            match self.store.pack(due, &lot).instrument(span).await {
                Ok(packed) => {
                    all.samples += packed.samples;
                    let so_far = count(all.samples);
                    self.live.board().note_packing(|board| {
                        if let Some(under_way) = &mut board.under_way {
                            under_way.samples = so_far;
                        }
                    });
                    metrics::packed(packed, begun.elapsed());
                }
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => {
                    if let Some([first, second]) = lot.halves() {
                        lots.extend([second, first]);
                    } else {
                        all.faults += 1;
                        if all.faults <= MOST_NAMED {
                            name(&lot, &error);
                        }
                    }
                }
            }
            tokio::time::sleep(begun.elapsed().max(LEAST_REST)).await;
        }
        if all.faults == 0 {
            self.store.finish_due(due, leaves_some).await?;
        }
        Ok(all)
    }

    fn watermark(&self, newest: Timestamp) -> Timestamp {
        let over = as_of(self.clock.now(), newest).minus(self.after);
        if self.after >= Duration::from_hours(1) { over.hour() } else { over }
    }
}

/// What packing one time came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Packed {
    samples: usize,
    /// Hours of series that cannot be packed.
    faults: usize,
}

fn count(samples: usize) -> u64 {
    u64::try_from(samples).unwrap_or(u64::MAX)
}

fn name(lot: &Lot, error: &StoreError) {
    let (series, hour) = (lot.series.first().map(|series| series.0), lot.from.as_millis());
    tracing::error!(series, hour, error = %error, cause = %error.database_message(), "cannot pack an hour of a series");
}

/// Times that are not to be packed, and until when.
#[derive(Debug, Default)]
struct LeftOut(Vec<(Timestamp, Timestamp)>);

impl LeftOut {
    fn add(&mut self, due: Timestamp, until: Timestamp) {
        self.0.push((due, until));
    }

    fn still(&mut self, now: Timestamp) -> Vec<Timestamp> {
        self.0.retain(|(_, until)| *until > now);
        self.0.iter().map(|(due, _)| *due).collect()
    }
}

#[cfg(test)]
mod tests;
