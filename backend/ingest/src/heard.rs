//! What time it is for history: the clock's, and no later than a day after the newest sample. Gateways have clocks of their own, and
//! samples from the future are refused; so a clock here that jumps a year ahead drops nothing, and makes no sample a late one for a
//! year.

use std::time::Duration;
use vigia_model::Timestamp;

/// Time goes on so far without a sample.
const LAST_HEARD: Duration = Duration::from_hours(24);

pub(crate) fn as_of(now: Timestamp, newest: Timestamp) -> Timestamp {
    now.min(newest.plus(LAST_HEARD))
}
