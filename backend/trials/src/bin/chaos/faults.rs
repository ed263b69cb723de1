//! What is wrong beside the data.

use crate::load::Load;
use crate::system::System;
use crate::tally::Tally;
use crate::watch::{MOST_MEMORY_BYTES, Seen};
use std::time::Duration;
use vigia_trials::number::float;

/// That a session gives back what nobody acknowledged is not seen in what is sent again. So most must come by itself:
/// all but a tenth, and what may wait once in a run, however short, when the broker is killed in a long outage.
const MOST_SENT_AGAIN: f64 = 0.1;
const LONG_OUTAGE: Duration = Duration::from_secs(45);

/// In a run so long something must have been packed.
const PACKED_WITHIN: Duration = Duration::from_mins(2);

/// In words; nothing if all is well.
pub(crate) fn faults(
    stuck: &[String],
    seen: &Seen,
    load: &Load,
    system: &System,
    tally: &Tally,
    lasting: Duration,
    packed: u64,
) -> Vec<String> {
    let mut faults: Vec<String> = stuck.iter().map(|what| format!("stuck: {what}")).collect();
    faults.extend(seen.ended_by_themselves.iter().cloned());
    for of_one in &seen.backends {
        if of_one.peak_memory_bytes > MOST_MEMORY_BYTES {
            faults.push(format!("a backend took {} MB of memory", of_one.peak_memory_bytes / 1_000_000));
        }
        // There are no more packet ids.
        if of_one.most_in_flight > u64::from(u16::MAX) {
            faults.push(format!("a connection said that {} messages are in flight", of_one.most_in_flight));
        }
    }
    if load.unheard() > 0 {
        faults.push(format!("{} messages were confirmed by a broker without a subscriber", load.unheard()));
    }
    let stale: u64 = system.iot.all_stats().values().map(|stats| stats.unknown_acks).sum();
    if stale > 0 {
        faults.push(format!("{stale} acknowledgements named a packet id that their connection did not have"));
    }
    let (published, again) = load.published();
    let most = MOST_SENT_AGAIN + LONG_OUTAGE.div_duration_f64(lasting);
    if float(again) > float(published) * most {
        faults.push(format!("{again} of {published} messages were sent again: that could hide losses"));
    }
    if packed == 0 && lasting >= PACKED_WITHIN {
        faults.push("nothing was packed".to_owned());
    }
    faults.extend(tally.gaps(lasting, seen.backends.iter().map(|of_one| of_one.refusing).sum()));
    faults
}
