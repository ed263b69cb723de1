//! What goes for want of room, and how long the room does.

use super::*;
use vigia_store::storage::{Held, SeriesGrowth, days_left};

#[tokio::test]
async fn the_budget_takes_samples_before_hourly_rows_and_leaves_the_last_day() {
    let db = Database::start().await;
    let now = MARCH + 20 * DAY;
    db.fill(1, JANUARY, JANUARY + 2 * DAY).await;
    db.fill_packed(1, JANUARY + 33 * DAY, JANUARY + 47 * DAY).await;
    db.fill(1, MARCH, now).await;
    for series in 1..=20 {
        db.fill_hourly(series, JANUARY - 60 * DAY, now);
    }
    db.query("analyze hourly");
    let mut shortened = Vec::new();
    loop {
        let taken = db.store.storage_use().await.unwrap().taken();
        match db.store.shortening(at(now)).await.unwrap() {
            Shortening::Raw(to) => {
                db.store.begin_raw_at(to).await.unwrap();
                shortened.push(format!("raw {}", to.as_millis()));
            }
            Shortening::Hourly(to) => {
                db.store.begin_hourly_at(to).await.unwrap();
                shortened.push(format!("hourly {}", to.as_millis()));
            }
            Shortening::Waits => panic!("all of it goes at once"),
            Shortening::Nothing => break,
        }
        db.clear(Vec::new(), Retention::default(), now).await;
        db.store.vacuum_hourly().await.unwrap();
        let less = db.store.storage_use().await.unwrap().taken();
        assert!(less < taken, "{shortened:?}: {taken} {less}");
        assert!(shortened.len() < 20, "{shortened:?}");
    }
    let raw = [FEBRUARY, JANUARY + 40 * DAY, JANUARY + 47 * DAY].map(|to| format!("raw {to}"));
    let hourly = [JANUARY - 31 * DAY, JANUARY, FEBRUARY].map(|to| format!("hourly {to}"));
    let expected = [raw, hourly].concat();
    assert_eq!(shortened, expected);
    assert_eq!(db.count("samples", 1), 20 * 24 * 60, "the month that is under way stays");
    assert_eq!(db.one("select min(hour) from hourly"), "2025-02-01 00:00:00+00");
    let Beginning { raw, hourly } = db.store.beginning().await.unwrap();
    assert_eq!((raw, hourly), (at(JANUARY + 47 * DAY), at(FEBRUARY)), "and a restart knows");
}

/// Of a day of one series that holds an hour of 3 600 samples in 5 760 bytes of data for each of its hours.
const A_DAY: f64 = 24.0 * (5_760.0 + 150.0);

fn about(found: f64, expected: f64, within: f64) -> bool {
    (found / expected - 1.0).abs() <= within
}

#[tokio::test]
async fn a_day_is_reckoned_by_the_books_of_what_is_packed() {
    let db = Database::start().await;
    db.query("insert into tenants (code) values ('u')");
    db.query("update series set tenant_id = (select id from tenants where code = 'u') where id > 15");
    let now = JANUARY + 20 * DAY + 5 * HOUR;
    for series in 1..=20 {
        db.fill_packed(series, JANUARY + 12 * DAY, JANUARY + 20 * DAY).await;
    }
    db.fill_hourly(20, JANUARY, now);
    db.store.advance_packing(at(now - 2 * HOUR)).await.unwrap();
    db.query("delete from packing_due");
    db.query("analyze");

    let growth = db.store.growth(at(now)).await.unwrap();
    assert_eq!((growth.is_packed, growth.day), (true, at(JANUARY + 19 * DAY)));
    assert_eq!(growth.series.len(), 20);
    assert_eq!(growth.series[0].series, SeriesId(20), "the one with hourly rows as well");
    assert!(about(growth.series[0].samples, 24.0 * 3_600.0, 0.001), "{:?}", growth.series[0]);
    // What the books say of a day is a seventh of what the partition of a full week takes.
    let week = Partition::of(Parted::Packed, at(JANUARY + 12 * DAY));
    let week = db.store.raw_partitions().await.unwrap().into_iter().find(|it| it.partition == week).unwrap();
    let weighed = f64::from(i32::try_from(week.bytes).unwrap()) / 7.0;
    assert!(about(growth.raw_bytes(), weighed, 0.15), "{} {weighed}", growth.raw_bytes());
    assert!(about(growth.raw_bytes(), 20.0 * A_DAY, 0.35), "{}", growth.raw_bytes());
    assert!(about(growth.hourly_bytes(), 24.0 * 170.0, 0.001), "{}", growth.hourly_bytes());
    let tenants = growth.tenants();
    assert!(about(tenants["u"], growth.raw_bytes() / 4.0 + growth.hourly_bytes(), 0.001), "{tenants:?}");
    assert_eq!(tenants.len(), 2);
}

#[tokio::test]
async fn where_nothing_is_packed_it_is_reckoned_from_some_pages() {
    let db = Database::start().await;
    let now = FEBRUARY + 20 * DAY;
    db.fill(1, FEBRUARY, now).await;
    for series in 2..=4 {
        db.fill(series, now - 2 * DAY, now).await;
    }
    db.query("analyze");
    let growth = db.store.growth(at(now)).await.unwrap();
    assert!(!growth.is_packed);
    assert_eq!(growth.series.len(), 4);
    let bytes = growth.bytes_per_sample().unwrap();
    assert!((90.0..200.0).contains(&bytes), "{bytes}");
    for series in &growth.series {
        assert!(about(series.samples, 24.0 * 60.0, 0.001), "{series:?}");
    }
    assert_eq!(db.store.growth(at(now + 100 * DAY)).await.unwrap().series, []);
}

#[tokio::test]
async fn room_in_hourly_rows_is_told_from_rows_however_they_came() {
    let db = Database::start().await;
    let (begin, end) = (JANUARY, MARCH);
    for series in 1..=20 {
        db.fill_hourly(series, begin, end);
    }
    let room = async || {
        let found = db.store.storage_use().await.unwrap();
        let part = |bytes: i64| f64::from(i32::try_from(bytes).unwrap());
        part(found.hourly_room) / part(found.hourly_room + found.hourly)
    };
    db.query("vacuum analyze hourly");
    let full = room().await;
    assert!(full < 0.1, "{full}");

    // After a crash all is counted anew, from nothing.
    db.query("select pg_stat_reset()");
    db.commit(&[row(1, 1, MARCH)]).await;
    let forgotten = room().await;
    assert!((full - forgotten).abs() < 0.05, "{full} {forgotten}");

    db.query("delete from hourly where hour < '2025-01-31'");
    db.query("vacuum analyze hourly");
    let half = room().await;
    assert!((half - 0.5).abs() < 0.1, "{half}");

    // Rows of nothing but text are smaller.
    db.query("truncate hourly");
    db.query(
        "insert into hourly (series_id, hour, count, non_good)
         select s, h, 0, 1
         from generate_series(1, 20) s,
              generate_series(timestamptz '2025-01-01 00:00+00', '2025-03-01 00:00+00', '1 h') h",
    );
    db.query("vacuum analyze hourly");
    let small = room().await;
    assert!(small < 0.1, "{small}");
}

impl Database {
    /// The days that room for two days and a half will do, of what there is.
    async fn days_left(&self, rules: Vec<Rule>, setting: Retention, now: i64) -> Option<i64> {
        let kept = self.store.kept_for(&RuleSet::new(rules, Mode::Both), setting).await.unwrap();
        let growth = self.store.growth(at(now)).await.unwrap();
        let partitions = self.store.raw_partitions().await.unwrap();
        let held = Held {
            partitions: &partitions,
            hourly_bytes: self.store.storage_use().await.unwrap().hourly,
            oldest_hour: self.store.oldest_hour().await.unwrap(),
        };
        let a_day: f64 = growth.series.iter().map(SeriesGrowth::bytes).sum();
        #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "some bytes")]
        let room = (2.5 * a_day) as i64;
        days_left(0, room, &growth, &kept, &held, at(now))
    }
}

#[tokio::test]
async fn the_days_left_count_what_goes_by_age_and_by_rule() {
    let db = Database::start().await;
    let now = FEBRUARY + 2 * DAY + 5 * HOUR;
    // Four weeks.
    for series in 1..=5 {
        db.fill_packed(series, JANUARY + 5 * DAY, FEBRUARY + 2 * DAY).await;
        db.fill_hourly(series, JANUARY + 5 * DAY, now);
    }
    db.store.advance_packing(at(now - 2 * HOUR)).await.unwrap();
    db.query("delete from packing_due");
    db.query("analyze");

    let (week, quarter) = (days(Some(7), Some(7)), days(Some(90), Some(90)));
    assert_eq!(db.days_left(Vec::new(), week, now).await, None);
    assert_eq!(db.days_left(Vec::new(), quarter, now).await, Some(2));
    // By one rule a series is kept longer, and by the other all go sooner.
    assert_eq!(db.days_left(vec![rule("m1", "*", quarter)], week, now).await, Some(2));
    assert_eq!(db.days_left(vec![rule("*", "*", week)], quarter, now).await, None);
    // Either gateway may have sent it.
    let of_gateways = vec![rule("*", "g1", quarter), rule("*", "g2", week)];
    assert_eq!(db.days_left(of_gateways, week, now).await, Some(2));

    // A day that strayed in, and an hour.
    db.fill_packed(1, JANUARY - 300 * DAY, JANUARY - 299 * DAY).await;
    db.fill_hourly(1, JANUARY - 300 * DAY, JANUARY - 300 * DAY + HOUR);
    assert_eq!(db.days_left(Vec::new(), quarter, now).await, Some(2));
}

#[tokio::test]
async fn the_oldest_sample_is_the_oldest_that_is_there() {
    let db = Database::start().await;
    let oldest = async || db.store.oldest_sample().await.unwrap();
    assert_eq!(oldest().await, None);
    db.fill(1, FEBRUARY + 3 * DAY + HOUR, FEBRUARY + 4 * DAY).await;
    assert_eq!(oldest().await, Some(at(FEBRUARY + 3 * DAY + HOUR)));
    // Only so that a repeat is known.
    db.fill(2, JANUARY + 2 * DAY, JANUARY + 3 * DAY).await;
    db.query("update samples set in_history = false where series_id = 2");
    assert_eq!(oldest().await, Some(at(FEBRUARY + 3 * DAY + HOUR)));

    // Of what was packed, the older weeks are gone or empty.
    db.fill_packed(3, JANUARY + 4 * DAY, JANUARY + 9 * DAY).await;
    db.query("update packed set count = 0, hidden = 3600 where start < '2025-01-08 07:00+00'");
    db.store.make_ahead(Partition::of(Parted::Packed, at(JANUARY - 20 * DAY))).await.unwrap();
    db.query("update series set packed_from = '2024-01-01 00:00+00', packed_ts = '2025-01-10 00:00+00' where id = 3");
    assert_eq!(oldest().await, Some(at(JANUARY + 7 * DAY + 7 * HOUR)));
    // In the same week, and not packed yet.
    db.fill(4, JANUARY + 6 * DAY + HOUR, JANUARY + 6 * DAY + 2 * HOUR).await;
    assert_eq!(oldest().await, Some(at(JANUARY + 6 * DAY + HOUR)));
    db.query("delete from samples");
    assert_eq!(oldest().await, Some(at(JANUARY + 7 * DAY + 7 * HOUR)));
}

/// As at the first start of packing, or after it was held up for long.
#[tokio::test]
async fn a_day_adds_something_while_packing_is_days_behind() {
    let db = Database::start().await;
    let now = MARCH + 20 * DAY;
    for series in 1..=5 {
        db.fill(series, now - 12 * DAY, now).await;
    }
    db.query("analyze");
    let before = db.store.growth(at(now)).await.unwrap();
    db.store.advance_packing(at(now - 2 * HOUR)).await.unwrap();
    assert_eq!(db.store.growth(at(now)).await.unwrap(), before);
    assert!(before.raw_bytes() > 0.0);
}

#[tokio::test]
async fn the_first_day_adds_something_too() {
    let db = Database::start().await;
    let now = MARCH + 20 * DAY;
    let none = db.store.growth(at(now)).await.unwrap();
    assert!(none.raw_bytes().is_sign_positive(), "nothing is no less than nothing");
    db.fill(1, now - 3 * HOUR, now).await;
    db.store.advance_packing(at(now - 2 * HOUR)).await.unwrap();
    db.query("delete from packing_due");
    let growth = db.store.growth(at(now)).await.unwrap();
    assert!(growth.raw_bytes() > 100.0 * 180.0, "{growth:?}");
}
