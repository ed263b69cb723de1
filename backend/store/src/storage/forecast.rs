//! How long the room will do, if each day adds as much as the last.
//!
//! What a day adds, adds up for as long as it is kept; after that as much goes as comes. How far a history has come on that way
//! is told by how much of it there is, at the rate of the last day: a sample of long ago that strayed in hardly weighs anything.

use super::Growth;
use crate::partition::{Parted, Partition};
use crate::retention::{GRACE, PartitionSize};
use std::collections::{BTreeMap, HashMap};
use std::iter;
use std::time::Duration;
use vigia_model::{Days, Retention, SeriesId, Timestamp};

const DAY_MS: f64 = 86_400_000.0;

/// What there is of history.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// Of `samples` and of `packed`.
    pub partitions: &'a [PartitionSize],
    pub hourly_bytes: i64,
    pub oldest_hour: Option<Timestamp>,
}

/// What a day adds, and for how many days it does; `None`: for ever.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Growing {
    bytes_per_day: f64,
    days: Option<f64>,
}

/// Whole days until `taken` bytes have become `max`; `None`: they never do. A series of which `kept` says nothing is kept for
/// ever.
pub fn days_left(
    taken: i64,
    max: i64,
    growth: &Growth,
    kept: &BTreeMap<SeriesId, Retention>,
    held: &Held<'_>,
    now: Timestamp,
) -> Option<i64> {
    let mut growing = raw(growth, kept, held, now);
    growing.extend(hourly(growth, kept, held, now));
    days_until(float(max.saturating_sub(taken)), &growing).map(whole)
}

/// Raw history gives its room back by whole partitions: rows that go from one that stays leave it as large as it is. So all of it
/// counts as kept for as long as any series that adds to it is.
fn raw(
    growth: &Growth,
    kept: &BTreeMap<SeriesId, Retention>,
    held: &Held<'_>,
    now: Timestamp,
) -> Vec<Growing> {
    // Where the samples of a day come to lie: what is not packed yet is about as much on any day.
    let parted = if growth.is_packed { Parted::Packed } else { Parted::Samples };
    let partitions: Vec<&PartitionSize> =
        held.partitions.iter().filter(|it| it.partition.parted() == parted).collect();
    let current = Partition::of(parted, now);
    let a_partition = days_between(current.begin(), current.end());
    let adding = growth.series.iter().filter(|it| it.raw_bytes > 0.0);
    let longest = adding.map(|it| kept.get(&it.series).and_then(|it| it.raw)).reduce(Days::longest).flatten();
    let days = longest.map(|days| in_all(days) + a_partition);
    let bytes = partitions.iter().map(|it| float(it.bytes)).sum();
    let begin = partitions.iter().map(|it| it.partition.begin()).min();
    from_now_on(vec![Growing { bytes_per_day: growth.raw_bytes(), days }], bytes, begin, now)
}

/// Hourly rows leave their room to those that come, so each series counts with days of its own.
fn hourly(
    growth: &Growth,
    kept: &BTreeMap<SeriesId, Retention>,
    held: &Held<'_>,
    now: Timestamp,
) -> Vec<Growing> {
    let mut by_days: HashMap<Option<Days>, f64> = HashMap::new();
    for series in &growth.series {
        let days = kept.get(&series.series).and_then(|it| it.hourly);
        *by_days.entry(days).or_default() += series.hourly_bytes;
    }
    let growing = by_days
        .into_iter()
        .map(|(days, bytes_per_day)| Growing { bytes_per_day, days: days.map(in_all) })
        .collect();
    from_now_on(growing, float(held.hourly_bytes), held.oldest_hour, now)
}

/// Of a history that grows so from its first day on: how it goes on from now, when there are so many bytes of it and nothing
/// before `begin`.
fn from_now_on(growing: Vec<Growing>, bytes: f64, begin: Option<Timestamp>, now: Timestamp) -> Vec<Growing> {
    let by_calendar = begin.map_or(0.0, |begin| days_between(begin, now).max(0.0));
    // More than it can come to: it was more that a day added.
    let by_weight = days_until(bytes, &growing).unwrap_or(f64::INFINITY);
    let age = by_weight.min(by_calendar);
    let goes_on = |it: Growing| Growing { days: it.days.map(|days| (days - age).max(0.0)), ..it };
    growing.into_iter().map(goes_on).collect()
}

/// Days until so many bytes have been added; `None`: they never are.
fn days_until(bytes: f64, growing: &[Growing]) -> Option<f64> {
    if bytes <= 0.0 {
        return Some(0.0);
    }
    let mut ends: Vec<f64> = growing.iter().filter_map(|it| it.days).collect();
    ends.sort_by(f64::total_cmp);
    let (mut day, mut bytes) = (0.0, bytes);
    for end in ends.into_iter().chain(iter::once(f64::INFINITY)) {
        let still = growing.iter().filter(|it| it.days.is_none_or(|days| days > day));
        let rate: f64 = still.map(|it| it.bytes_per_day).sum();
        if rate > 0.0 && bytes / rate <= end - day {
            return Some(day + bytes / rate);
        }
        if end > day {
            bytes -= if rate > 0.0 { rate * (end - day) } else { 0.0 };
            day = end;
        }
    }
    None
}

fn in_all(days: Days) -> f64 {
    let in_all: Duration = days.as_duration() + GRACE;
    in_all.as_secs_f64() * 1_000.0 / DAY_MS
}

fn days_between(from: Timestamp, to: Timestamp) -> f64 {
    float(to.millis_since(from)) / DAY_MS
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "an estimate")]
fn float(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "an estimate")]
fn whole(number: f64) -> i64 {
    number.floor() as i64
}

#[cfg(test)]
mod tests;
