//! Packing: samples of hours that are over leave `samples`, one row each, for `packed`, one row per series and hour, or
//! day where they are few.
//!
//! A sample stands in one of the two at any moment. What keeps it so are two advisory locks:
//!
//! - The **watermark** `packing.packed_up_to`. Who writes samples holds it in place (shared) until the end of his transaction,
//!   and who packs moves it (exclusive). Where history begins is held and moved by the same lock (see [`crate::retention`]). Samples at or after it are written without looking further: nobody packs them.
//! - The **hours** before it, in [`HOUR_LOCKS`] groups. Who writes a late sample holds its hour (shared), looks for its time
//!   among the packed ones, and lists the hour as due. Who packs holds the hour alone.

mod due;
pub(crate) mod late;
mod lot;
mod progress;
mod standing;

use std::collections::BTreeSet;
use std::time::Duration;
use vigia_model::Timestamp;

pub use due::{Due, Lots, Span};
pub use lot::{Lot, PackedLot};
pub(crate) use progress::hold_all_writers;
pub use standing::PackingStanding;

/// So many samples of a series make an hour worth a row of its own; fewer wait for the end of the day and share one.
const WORTH_AN_HOUR: i64 = 300;
/// Hours are locked in so many groups: enough that a packer is seldom in the way of a late sample, and few enough that a
/// message with a time in every hour of five years does not fill the server's table of locks.
const HOUR_LOCKS: i64 = 64;
/// Any fixed number: the first half of the keys of those locks.
const HOUR_LOCK_CLASS: i32 = 0x7669_6769;
/// Any fixed number, which the function `hold_packed_up_to` knows too: the lock on the watermark.
const WATERMARK_LOCK: i64 = 0x7669_6769_6102;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [
        progress::STATEMENTS.as_slice(),
        &due::STATEMENTS,
        &lot::STATEMENTS,
        &late::STATEMENTS,
        &standing::STATEMENTS,
    ]
    .concat()
}

/// The groups of hours to lock, in the order in which everybody locks them.
fn lock_groups(hours: impl IntoIterator<Item = Timestamp>) -> Vec<i32> {
    let group = |hour: Timestamp| {
        let number = hour.as_millis().div_euclid(HOUR.as_millis().try_into().unwrap_or(i64::MAX));
        i32::try_from(number.rem_euclid(HOUR_LOCKS)).unwrap_or(0)
    };
    hours.into_iter().map(group).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The UTC day `ts` falls in.
pub(crate) fn day(ts: Timestamp) -> Timestamp {
    let day = i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(ts.as_millis().div_euclid(day).saturating_mul(day))
}
