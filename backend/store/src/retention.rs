//! Retention: history that is old enough leaves, partition by partition where all of one may go, else row by row.
//!
//! First it is written down where the history of each series [begins](Beginning) now, and from then on no sample before is taken;
//! then what lies before goes. So nothing that was let go comes back.

mod begin;
mod change;
mod place;
mod cutoff;
mod drop;
mod thin;
mod budget;

use std::time::Duration;
use vigia_model::Timestamp;

pub use begin::Beginning;
pub(crate) use begin::of_series;
pub use budget::{HOURLY_FLOOR, RAW_FLOOR, Shortening, StorageUse};
pub use cutoff::{Cutoff, Cutoffs};
pub use drop::PartitionSize;
pub use place::PlacedSeries;
pub use thin::{History, LOT};

/// So long after its days history goes.
pub const GRACE: Duration = Duration::from_hours(24);

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    let first = [begin::STATEMENTS.as_slice(), &change::STATEMENTS, &place::STATEMENTS];
    [first.concat().as_slice(), &drop::STATEMENTS, &thin::STATEMENTS, &budget::STATEMENTS].concat()
}

/// No sample is as old: a history that begins before was never shortened.
const EVER: Timestamp = Timestamp::from_millis(-60_000_000_000_000);
