use super::*;
use crate::storage::SeriesGrowth;

const DAY: i64 = 86_400_000;
/// 2025-12-01T00:00:00Z, a Monday.
const NOW: i64 = 1_764_547_200_000;
/// In a day all series together add so many bytes of raw history, and as many of hourly rows.
const A_DAY: i64 = 1_000_000;

const fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

/// A part of a day's raw bytes, a part of its hourly bytes, and for how long a series keeps them.
type Series = (f64, f64, Option<i32>, Option<i32>);

/// A store of some series, packed.
struct Fleet {
    series: Vec<Series>,
    /// Days ago at which a week begins, and its bytes.
    weeks: Vec<(i64, i64)>,
    hourly_bytes: i64,
    oldest_hour: Option<i64>,
}

impl Fleet {
    /// Whole weeks of raw history at the rate of the last day; no hourly rows.
    fn of_weeks(weeks: i64, series: Vec<Series>) -> Self {
        let weeks = (1..=weeks).map(|week| (week * 7, 7 * A_DAY)).collect();
        Self { series, weeks, hourly_bytes: 0, oldest_hour: None }
    }

    /// Hourly rows that began some days ago; no raw history.
    fn of_hours(bytes: i64, days_ago: i64, series: Vec<Series>) -> Self {
        Self { series, weeks: Vec::new(), hourly_bytes: bytes, oldest_hour: Some(NOW - days_ago * DAY) }
    }

    /// The days that room for so many days more will do.
    fn days_left(&self, room: i64) -> Option<i64> {
        let part = |part: f64| part * float(A_DAY);
        let ids = || (1..).map(SeriesId);
        let growing = ids().zip(&self.series).map(|(series, (raw, hourly, ..))| SeriesGrowth {
            series,
            tenant: "t".to_owned(),
            samples: 1.0,
            raw_bytes: part(*raw),
            hourly_bytes: part(*hourly),
        });
        let growth = Growth { series: growing.collect(), day: at(NOW - DAY), is_packed: true };
        let days = |days: Option<i32>| days.map(|days| Days::new(days).unwrap());
        let kept = ids().zip(&self.series).map(|(series, (_, _, raw, hourly))| {
            (series, Retention { raw: days(*raw), hourly: days(*hourly) })
        });
        let week = |(days_ago, bytes): &(i64, i64)| PartitionSize {
            partition: Partition::of(Parted::Packed, at(NOW - days_ago * DAY)),
            bytes: *bytes,
        };
        let mut partitions: Vec<PartitionSize> = self.weeks.iter().map(week).collect();
        // What is on its way to be packed tells nothing.
        partitions
            .push(PartitionSize { partition: Partition::of(Parted::Samples, at(NOW)), bytes: 500 * A_DAY });
        let held = Held {
            partitions: &partitions,
            hourly_bytes: self.hourly_bytes,
            oldest_hour: self.oldest_hour.map(at),
        };
        days_left(7, 7 + room * A_DAY, &growth, &kept.collect(), &held, at(NOW))
    }
}

#[test]
fn what_is_dropped_meanwhile_counts() {
    let raw = |days| Growing { bytes_per_day: 10.0, days };
    let hourly = |days| Growing { bytes_per_day: 1.0, days };
    assert_eq!(days_until(110.0, &[raw(None), hourly(None)]), Some(10.0));
    // Samples grow for five days, hourly rows go on.
    assert_eq!(days_until(110.0, &[raw(Some(5.0)), hourly(None)]), Some(60.0));
    assert_eq!(days_until(110.0, &[raw(Some(5.0)), hourly(Some(20.0))]), None);
    assert_eq!(days_until(60.0, &[raw(Some(5.0)), hourly(Some(20.0))]), Some(10.0));
    assert_eq!(days_until(0.0, &[raw(None), hourly(None)]), Some(0.0));
    let nothing = Growing { bytes_per_day: 0.0, days: None };
    assert_eq!(days_until(10.0, &[nothing, nothing]), None);
    assert_eq!(days_until(10.0, &[]), None);
}

#[test]
fn a_history_grows_until_it_is_as_long_as_it_is_kept() {
    let all = |raw| vec![(1.0, 0.0, raw, None)];
    assert_eq!(Fleet::of_weeks(4, all(None)).days_left(30), Some(30));
    // Of 90 days, the day of grace and the week that goes as a whole, 28 are there.
    assert_eq!(Fleet::of_weeks(4, all(Some(90))).days_left(70), Some(70));
    assert_eq!(Fleet::of_weeks(4, all(Some(90))).days_left(71), None);
    assert_eq!(Fleet::of_weeks(14, all(Some(90))).days_left(1), None);
    // Kept long enough, it grows by what comes before the next week goes.
    assert_eq!(Fleet::of_weeks(5, all(Some(28))).days_left(1), Some(1));
    assert_eq!(Fleet::of_weeks(5, all(Some(28))).days_left(2), None);
    assert_eq!(Fleet::of_weeks(4, all(Some(90))).days_left(0), Some(0));
    assert_eq!(Fleet::of_weeks(0, all(Some(90))).days_left(90), Some(90), "nothing is packed yet");

    let all = |hourly| vec![(0.0, 1.0, None, hourly)];
    assert_eq!(Fleet::of_hours(28 * A_DAY, 28, all(None)).days_left(30), Some(30));
    assert_eq!(Fleet::of_hours(28 * A_DAY, 28, all(Some(90))).days_left(62), Some(62));
    assert_eq!(Fleet::of_hours(28 * A_DAY, 28, all(Some(90))).days_left(63), Some(63));
    assert_eq!(Fleet::of_hours(28 * A_DAY, 28, all(Some(90))).days_left(64), None);
}

#[test]
fn a_sample_that_strayed_in_makes_no_history_long() {
    let mut fleet = Fleet::of_weeks(4, vec![(1.0, 0.0, Some(90), None)]);
    fleet.weeks.push((700, 40_000));
    assert_eq!(fleet.days_left(60), Some(60));
    let fleet = Fleet::of_hours(28 * A_DAY, 700, vec![(0.0, 1.0, None, Some(90))]);
    assert_eq!(fleet.days_left(60), Some(60));
}

#[test]
fn hourly_rows_count_with_the_days_of_their_series() {
    // 20 days of all, of which a tenth is kept for ever.
    let fleet = |bytes, days_ago, short| {
        Fleet::of_hours(bytes, days_ago, vec![(0.0, 0.9, None, short), (0.0, 0.1, None, None)])
    };
    let young = fleet(20 * A_DAY, 20, Some(29));
    assert_eq!(young.days_left(10), Some(10));
    assert_eq!(young.days_left(11), Some(20), "from the tenth day on a tenth is added");
    // A hundred days of the tenth and 30 of the others.
    assert_eq!(fleet(37 * A_DAY, 100, Some(29)).days_left(5), Some(50));
    assert_eq!(fleet(37 * A_DAY, 100, None).days_left(5), Some(5));
}

#[test]
fn raw_history_stays_as_long_as_any_series_that_adds_to_it() {
    let fleet = |first, second| Fleet::of_weeks(9, vec![(0.9, 0.0, first, None), (0.1, 0.0, second, None)]);
    assert_eq!(fleet(Some(30), Some(30)).days_left(20), None);
    assert_eq!(fleet(Some(30), Some(300)).days_left(20), Some(20));
    assert_eq!(fleet(Some(30), None).days_left(20), Some(20));
    // A series that is kept for long, and adds nothing any more.
    let mut fleet = fleet(Some(30), Some(300));
    fleet.series = vec![(1.0, 0.0, Some(30), None), (0.0, 0.0, Some(300), None)];
    assert_eq!(fleet.days_left(20), None);
}

#[test]
fn a_day_on_which_little_came_makes_no_history_old() {
    // Four weeks weigh what 280 such days would.
    let mut fleet = Fleet::of_weeks(4, vec![(0.1, 0.0, Some(90), None)]);
    assert_eq!(fleet.days_left(5), Some(50));
    fleet.series = vec![(0.0, 0.0, Some(90), None)];
    assert_eq!(fleet.days_left(5), None);
}
