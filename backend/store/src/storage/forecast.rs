//! How long the room will do, if each day adds as much as the last.

use super::Growth;
use crate::retention::{Beginning, PartitionSize};
use vigia_model::{Days, Retention, Timestamp};

const DAY_MS: f64 = 86_400_000.0;

/// What grows, and for how long it does before as much goes as comes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Growing {
    bytes_per_day: f64,
    /// `None`: for ever.
    days: Option<f64>,
}

/// Whole days until `taken` bytes have become `max`; `None`: they never do.
pub fn days_left(
    taken: i64,
    max: i64,
    growth: &Growth,
    setting: Retention,
    begins: (Timestamp, Timestamp),
    now: Timestamp,
) -> Option<i64> {
    let growing = |bytes_per_day: f64, days: Option<Days>, begin: Timestamp| {
        let days = days.map(|days| days_between(now, begin.plus(days.as_duration())).max(0.0));
        Growing { bytes_per_day, days }
    };
    reach(
        float(max.saturating_sub(taken)),
        [
            growing(growth.raw_bytes(), setting.raw, begins.0),
            growing(growth.hourly_bytes(), setting.hourly, begins.1),
        ],
    )
}

/// When samples begin: with the oldest partition, or where others were dropped.
pub fn raw_begin(partitions: &[PartitionSize], beginning: Beginning, now: Timestamp) -> Timestamp {
    let oldest = partitions.iter().map(|it| it.partition.begin()).min();
    oldest.unwrap_or(now).max(beginning.raw)
}

fn reach(room: f64, growing: [Growing; 2]) -> Option<i64> {
    if room <= 0.0 {
        return Some(0);
    }
    let mut ends: Vec<f64> = growing.iter().filter_map(|it| it.days).collect();
    ends.sort_by(f64::total_cmp);
    ends.push(f64::INFINITY);
    let (mut day, mut room) = (0.0, room);
    for end in ends {
        let still = growing.iter().filter(|it| it.days.is_none_or(|days| days > day));
        let rate: f64 = still.map(|it| it.bytes_per_day).sum();
        if rate > 0.0 && room / rate <= end - day {
            return Some(whole(day + room / rate));
        }
        if end > day {
            room -= if rate > 0.0 { rate * (end - day) } else { 0.0 };
            day = end;
        }
    }
    None
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
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_meanwhile_counts() {
        let raw = |days| Growing { bytes_per_day: 10.0, days };
        let hourly = |days| Growing { bytes_per_day: 1.0, days };
        assert_eq!(reach(110.0, [raw(None), hourly(None)]), Some(10));
        // Samples grow for five days, hourly rows go on.
        assert_eq!(reach(110.0, [raw(Some(5.0)), hourly(None)]), Some(60));
        assert_eq!(reach(110.0, [raw(Some(5.0)), hourly(Some(20.0))]), None);
        assert_eq!(reach(60.0, [raw(Some(5.0)), hourly(Some(20.0))]), Some(10));
        assert_eq!(reach(0.0, [raw(None), hourly(None)]), Some(0));
        let nothing = Growing { bytes_per_day: 0.0, days: None };
        assert_eq!(reach(10.0, [nothing, nothing]), None);
    }
}
