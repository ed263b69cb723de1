//! Buckets of time: how long they are, and where they begin by the clock and the calendar of a plant.

use chrono::{
    DateTime, Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeDelta,
    TimeZone as _,
};
use chrono_tz::Tz;
use std::ops::Range;
use std::sync::Arc;
use vigia_model::Timestamp;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long buckets may be, in milliseconds where the clock alone counts.
const WIDTHS: [Width; 30] = {
    use Width::{Clock, Days, Hours, Months};
    [
        Clock(100),
        Clock(200),
        Clock(500),
        Clock(SECOND),
        Clock(2 * SECOND),
        Clock(5 * SECOND),
        Clock(10 * SECOND),
        Clock(15 * SECOND),
        Clock(30 * SECOND),
        Clock(MINUTE),
        Clock(2 * MINUTE),
        Clock(3 * MINUTE),
        Clock(5 * MINUTE),
        Clock(10 * MINUTE),
        Clock(15 * MINUTE),
        Clock(20 * MINUTE),
        Clock(30 * MINUTE),
        Clock(HOUR),
        Hours(2),
        Hours(3),
        Hours(4),
        Hours(6),
        Hours(8),
        Hours(12),
        Days(1),
        Days(7),
        Months(1),
        Months(3),
        Months(12),
        Months(120),
    ]
};

/// How long a bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    /// So many milliseconds, counted from the full hour.
    Clock(i64),
    /// So many hours of the day.
    Hours(u32),
    /// So many days; seven begin on a Monday.
    Days(u32),
    /// So many months of the year.
    Months(u32),
}

/// A span of time, cut.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cut {
    /// Where the buckets begin, and where the last one ends. The first holds the span's start, the last its end.
    pub(super) edges: Arc<[Timestamp]>,
    /// Of a bucket that no change of the clock shortens, and of a month of thirty days.
    pub(super) width_ms: i64,
}

impl Cut {
    /// Cuts the span into buckets of at least `least_ms`, not more of them than `most` if that can be.
    pub(super) fn new(span: &Range<Timestamp>, zone: Tz, most: u32, least_ms: i64) -> Self {
        let length = span.end.millis_since(span.start);
        let fits = |width: &&Width| {
            let millis = width.millis();
            millis >= least_ms && (length - 1) / millis < i64::from(most)
        };
        let mut cut = None;
        for width in WIDTHS.iter().filter(fits) {
            let edges = width.edges(span, zone);
            let is_small = edges.len() <= usize::try_from(most).unwrap_or(usize::MAX).saturating_add(1);
            cut = Some(Self { edges: edges.into(), width_ms: width.millis() });
            if is_small {
                break;
            }
        }
        cut.unwrap_or_else(|| Self { edges: [span.start, span.end].into(), width_ms: length })
    }

    pub(super) fn is_of_hours(&self) -> bool {
        self.width_ms == HOUR && self.edges.iter().all(|edge| edge.hour() == *edge)
    }
}

impl Width {
    fn millis(self) -> i64 {
        match self {
            Self::Clock(millis) => millis,
            Self::Hours(hours) => i64::from(hours) * HOUR,
            Self::Days(days) => i64::from(days) * DAY,
            Self::Months(months) => i64::from(months) * 30 * DAY,
        }
    }

    fn edges(self, span: &Range<Timestamp>, zone: Tz) -> Vec<Timestamp> {
        let mut edges = Vec::new();
        let mut edge = match self {
            Self::Clock(millis) => {
                // Full hours of the plant lie beside those of UTC where its clock is half an hour off.
                let start = span.start.as_millis();
                let off = offset_millis(span.start, zone).rem_euclid(HOUR);
                Edge::Instant(Timestamp::from_millis((start + off).div_euclid(millis) * millis - off))
            }
            Self::Hours(_) | Self::Days(_) | Self::Months(_) => {
                Edge::Local(self.local_start(span.start, zone))
            }
        };
        loop {
            let at = edge.instant(zone);
            // A change of the clock may leave nothing of a bucket.
            if edges.last().is_none_or(|last| *last < at) {
                edges.push(at);
            }
            if at >= span.end {
                return edges;
            }
            let Some(next) = self.next(edge) else { return edges };
            edge = next;
        }
    }

    /// The beginning, by the plant's clock, of the bucket in which `at` lies.
    fn local_start(self, at: Timestamp, zone: Tz) -> NaiveDateTime {
        let local = utc(at).with_timezone(&zone).naive_local();
        let date = local.date();
        let date_and_hour = match self {
            Self::Hours(hours) => (Some(date), chrono::Timelike::hour(&local) / hours * hours),
            Self::Days(7) => {
                (date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into())), 0)
            }
            Self::Clock(_) | Self::Days(_) => (Some(date), 0),
            Self::Months(months) => {
                let month = date.year() * 12 + date.month0().cast_signed();
                let month = month.div_euclid(months.cast_signed()) * months.cast_signed();
                let of_year = u32::try_from(month.rem_euclid(12)).unwrap_or(0) + 1;
                (NaiveDate::from_ymd_opt(month.div_euclid(12), of_year, 1), 0)
            }
        };
        let time = NaiveTime::from_hms_opt(date_and_hour.1, 0, 0).unwrap_or_default();
        date_and_hour.0.unwrap_or(date).and_time(time)
    }

    fn next(self, edge: Edge) -> Option<Edge> {
        match (edge, self) {
            (Edge::Instant(at), _) => {
                Some(Edge::Instant(Timestamp::from_millis(at.as_millis().checked_add(self.millis())?)))
            }
            (Edge::Local(local), Self::Months(months)) => {
                local.checked_add_months(Months::new(months)).map(Edge::Local)
            }
            (Edge::Local(local), _) => {
                local.checked_add_signed(TimeDelta::milliseconds(self.millis())).map(Edge::Local)
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Edge {
    Instant(Timestamp),
    /// By the plant's clock.
    Local(NaiveDateTime),
}

impl Edge {
    fn instant(self, zone: Tz) -> Timestamp {
        match self {
            Self::Instant(at) => at,
            Self::Local(local) => {
                // A time that the clock skips is the moment of the change; one that it shows twice is the first.
                let skipped = || {
                    let before = local.checked_sub_signed(TimeDelta::hours(3))?;
                    let offset = zone.offset_from_local_datetime(&before).earliest()?.fix();
                    let at = local.checked_sub_signed(TimeDelta::seconds(offset.local_minus_utc().into()))?;
                    Some(at.and_utc())
                };
                let at = zone.from_local_datetime(&local).earliest().map(|at| at.to_utc()).or_else(skipped);
                Timestamp::from_millis(at.unwrap_or_else(|| local.and_utc()).timestamp_millis())
            }
        }
    }
}

fn utc(at: Timestamp) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp_millis(at.as_millis()).unwrap_or_default()
}

fn offset_millis(at: Timestamp, zone: Tz) -> i64 {
    let offset = zone.offset_from_utc_datetime(&utc(at).naive_utc()).fix();
    i64::from(offset.local_minus_utc()) * SECOND
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<DateTime<chrono::Utc>>().unwrap().timestamp_millis())
    }

    fn cut(from: &str, to: &str, zone: Tz, most: u32) -> (i64, Vec<String>) {
        let cut = Cut::new(&(at(from)..at(to)), zone, most, 1);
        let edges = cut.edges.iter().map(|edge| utc(*edge).format("%m-%d %H:%M:%S").to_string());
        (cut.width_ms / SECOND, edges.collect())
    }

    #[test]
    fn the_shortest_that_fits_is_taken() {
        let (width, edges) = cut("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", Tz::UTC, 2_000);
        assert_eq!((width, edges.len()), (60, 1_441));
        assert_eq!(
            cut("2026-03-01T10:00:01Z", "2026-03-01T10:00:29Z", Tz::UTC, 3).1,
            ["03-01 10:00:00", "03-01 10:00:10", "03-01 10:00:20", "03-01 10:00:30"]
        );
        assert_eq!(cut("2026-03-01T23:00:00Z", "2026-03-02T01:00:00Z", Tz::UTC, 1).1.len(), 2);
    }

    #[test]
    fn days_weeks_and_months_are_the_plants() {
        let zone = Tz::America__Argentina__Buenos_Aires;
        let (width, edges) = cut("2026-03-01T00:00:00Z", "2026-03-03T12:00:00Z", zone, 4);
        assert_eq!((width, edges[0].as_str(), edges.len()), (86_400, "02-28 03:00:00", 5));
        let (_, weeks) = cut("2026-03-04T00:00:00Z", "2026-03-20T00:00:00Z", zone, 3);
        assert_eq!(weeks, ["03-02 03:00:00", "03-09 03:00:00", "03-16 03:00:00", "03-23 03:00:00"]);
        let (_, months) = cut("2026-01-15T00:00:00Z", "2026-04-02T00:00:00Z", Tz::UTC, 5);
        assert_eq!(
            months,
            ["01-01 00:00:00", "02-01 00:00:00", "03-01 00:00:00", "04-01 00:00:00", "05-01 00:00:00"]
        );
    }

    #[test]
    fn a_change_of_the_clock_makes_days_shorter_and_longer() {
        let spring = cut("2026-03-28T00:00:00Z", "2026-03-30T22:00:00Z", Tz::Europe__Madrid, 4);
        assert_eq!(spring.1, ["03-27 23:00:00", "03-28 23:00:00", "03-29 22:00:00", "03-30 22:00:00"]);
        let autumn = cut("2026-10-24T22:00:00Z", "2026-10-26T22:00:00Z", Tz::Europe__Madrid, 3);
        assert_eq!(autumn.1, ["10-24 22:00:00", "10-25 23:00:00", "10-26 23:00:00"]);
        // Two o'clock does not come: three o'clock does.
        let hours = cut("2026-03-28T23:00:00Z", "2026-03-29T04:00:00Z", Tz::Europe__Madrid, 4);
        assert_eq!(hours.1, ["03-28 23:00:00", "03-29 01:00:00", "03-29 02:00:00", "03-29 04:00:00"]);
        // Midnight itself does not come in Santiago.
        let santiago = cut("2026-09-05T12:00:00Z", "2026-09-06T12:00:00Z", Tz::America__Santiago, 2);
        assert_eq!(santiago.1, ["09-05 04:00:00", "09-06 04:00:00", "09-07 03:00:00"]);
    }

    #[test]
    fn hours_are_full_where_the_clock_is_half_an_hour_off() {
        let (_, edges) = cut("2026-03-01T10:00:00Z", "2026-03-01T13:00:00Z", Tz::Asia__Kolkata, 4);
        assert_eq!(
            edges,
            ["03-01 09:30:00", "03-01 10:30:00", "03-01 11:30:00", "03-01 12:30:00", "03-01 13:30:00"]
        );
    }

    proptest! {
        #[test]
        fn buckets_hold_the_span_whatever_it_is(
            start in -2_000_000_000_000_i64..4_000_000_000_000,
            length in prop_oneof![1_i64..100_000, 1..10 * DAY, 1..40_000 * DAY],
            zone in prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec()),
            most in 1_u32..3_000,
            is_coarse in any::<bool>(),
        ) {
            let span = Timestamp::from_millis(start)..Timestamp::from_millis(start + length);
            let cut = Cut::new(&span, zone, most, if is_coarse { HOUR } else { 1 });
            prop_assert!(cut.edges.is_sorted_by(|one, next| one < next));
            prop_assert!(*cut.edges.first().unwrap() <= span.start && span.end <= *cut.edges.last().unwrap());
            prop_assert!(cut.edges[1] > span.start, "the first bucket holds the start");
            prop_assert!(cut.edges[cut.edges.len() - 2] < span.end, "the last bucket holds the end");
            prop_assert!(cut.edges.len() <= usize::try_from(most).unwrap() + 2);
        }
    }
}
