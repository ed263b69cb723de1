//! What goes for want of room, and how long the room does.

use super::*;

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
async fn what_hourly_rows_cannot_weigh_is_not_believed() {
    let db = Database::start().await;
    // The smallest there are: of nothing but text.
    db.query(
        "insert into hourly (series_id, hour, count, non_good)
         select s, h, 0, 0
         from generate_series(1, 20) s,
              generate_series(timestamptz '2025-01-01 00:00+00', '2025-03-01 00:00+00', '1 h') h",
    );
    db.query("vacuum analyze hourly");
    let noted = || db.one("select hourly_row_bytes from retention").parse::<f64>().unwrap();
    let (rows, least) = (28_340.0, 68.0 / 0.7 + 28.0);
    db.store.storage_use().await.unwrap();
    let weight = noted();
    assert!((least..least * 1.1).contains(&weight), "{weight}");

    // For a moment it is thought that there are many more.
    db.query("select pg_stat_reset_single_table_counters('hourly'::regclass)");
    db.query("update pg_class set reltuples = 1e8 where oid = 'hourly'::regclass");
    let in_use = db.store.storage_use().await.unwrap();
    assert!(about(noted(), weight, 1e-6), "{}", noted());
    assert_eq!(in_use.hourly_room, 0);

    // Noted before anybody knew better.
    db.query("analyze hourly");
    db.query("update retention set hourly_row_bytes = 1");
    let in_use = db.store.storage_use().await.unwrap();
    let room = f64::from(i32::try_from(in_use.hourly_room).unwrap());
    assert!(about(room + 1.0, (weight - least) * rows + 1.0, 0.01), "{room}");
    assert!(about(noted(), weight, 1e-6), "mended");
    assert_eq!(db.store.storage_use().await.unwrap().hourly_room, 0);
}
