//! Where samples stand, what is a repeat, and what a race may not do.

use super::*;

#[tokio::test]
async fn an_hour_that_is_over_is_packed_and_a_slow_one_waits_for_its_day() {
    let db = Database::start().await;
    db.commit(&an_hour(1, Mode::Both, T0, 1_000)).await;
    db.commit(&an_hour(2, Mode::Raw, T0, 60_000)).await;
    db.commit(&an_hour(1, Mode::Both, T0 + HOUR, 1_000)).await;

    assert_eq!(db.pack_up_to(T0 + HOUR).await, [Span::Hour]);
    assert_eq!(
        db.one("select series_id, hour, hours, count, min, max, first, last from telemetry_packed"),
        "1|2025-01-08 18:00:00+00|1|3600|0|3599|0|3599"
    );
    assert_eq!(db.query("select series_id, count(*) from samples group by 1 order by 1"), ["1|3600", "2|60"]);
    let kept = db.all(1).into_values().next().unwrap().unwrap();
    let reading = kept.reading.unwrap();
    assert_eq!((reading.gateway, reading.unit), (7, Some(3)));
    assert_eq!(db.one("select waits from packing_due"), "t");

    // 24 hours, of which six are left of the day.
    assert_eq!(db.pack_up_to(T0 + 6 * HOUR).await.last(), Some(&Span::Day));
    assert_eq!(
        db.query("select series_id, hour, hours, count, max from telemetry_packed order by 1, 2"),
        [
            "1|2025-01-08 18:00:00+00|1|3600|3599",
            "1|2025-01-08 19:00:00+00|1|3600|3599",
            "2|2025-01-08 00:00:00+00|24|60|59"
        ]
    );
    assert_eq!(db.one("select count(*) from samples"), "0");
    assert_eq!(db.one("select count(*) from packing_due"), "0");
    assert_eq!(
        db.query("select id, packed_ts from series where packed_ts is not null order by id"),
        ["1|2025-01-08 19:59:59+00", "2|2025-01-08 18:59:00+00"]
    );
    assert!(db.pack_up_to(T0 + 6 * HOUR).await.is_empty(), "nothing came since");
}

#[tokio::test]
async fn what_is_packed_is_known_when_it_comes_again() {
    let db = Database::start().await;
    db.commit(&an_hour(1, Mode::Both, T0, 5_000)).await;
    db.commit(&an_hour(2, Mode::Hourly, T0, 5_000)).await;
    db.commit(&an_hour(3, Mode::Both, T0, 120_000)).await;
    db.pack_up_to(T0 + 24 * HOUR).await;
    let hourly = "select series_id, count, sum from hourly order by 1";
    let (before, packed) =
        (db.query(hourly), "select md5(string_agg(data::text, '' order by series_id)) from packed");
    let bytes = db.one(packed);

    let again: Vec<SampleRow> = [
        an_hour(1, Mode::Both, T0, 5_000),
        an_hour(2, Mode::Hourly, T0, 5_000),
        an_hour(3, Mode::Both, T0, 120_000),
    ]
    .concat();
    let committed = db.commit(&again).await;
    assert_eq!(
        (committed.stored, committed.duplicates.len(), committed.conflicts.len()),
        (0, again.len(), 0)
    );
    // Another value contradicts, unless nothing is known of the first but its time.
    let others = [row(1, Mode::Both, T0, -1.0), row(2, Mode::Hourly, T0, -1.0), row(3, Mode::Both, T0, -1.0)];
    let committed = db.commit(&others).await;
    assert_eq!((committed.stored, committed.duplicates.clone()), (0, vec![1]));
    let conflicts: Vec<_> = committed.conflicts.iter().map(|it| (it.row, it.stored.value.clone())).collect();
    assert_eq!(conflicts, [(0, Some(Value::Float(0.0))), (2, Some(Value::Float(0.0)))]);
    assert_eq!(db.one("select count(*) from rejections where reason = 'conflicting_duplicate'"), "2");

    assert_eq!(db.query(hourly), before);
    assert_eq!(db.one("select count(*) from samples"), "0");
    assert_eq!(db.one("select count(*) from packing_due"), "0", "nothing new, nothing due");
    assert_eq!(db.one(packed), bytes);
}

#[tokio::test]
async fn late_samples_join_what_is_packed_as_if_they_had_come_in_time() {
    let late =
        |series| vec![row(series, Mode::Both, T0 + 1, 0.5), row(series, Mode::Both, T0 + HOUR - 1, 9.5)];
    let (db, in_time) = (Database::start().await, Database::start().await);
    for (series, every) in [(1, 1_000), (2, 60_000)] {
        db.commit(&an_hour(series, Mode::Both, T0, every)).await;
        let all = [an_hour(series, Mode::Both, T0, every), late(series)].concat();
        in_time.commit(&all).await;
    }
    db.pack_up_to(T0 + 24 * HOUR).await;
    for series in [1, 2] {
        let committed = db.commit(&late(series)).await;
        assert_eq!(committed.stored, 2);
        // Twice while it waits, and once more below when it is packed.
        assert_eq!(db.commit(&late(series)).await.duplicates.len(), 2);
    }
    assert_eq!(db.one("select hour, waits from packing_due"), "2025-01-08 18:00:00+00|f");
    assert_eq!(db.pack_up_to(T0 + 24 * HOUR).await, [Span::Day]);
    in_time.pack_up_to(T0 + 24 * HOUR).await;
    let rows = "select series_id, start, hours, count, min, max, first, last, encode(data, 'hex') from packed order by 1, 2";
    assert_eq!(db.query(rows), in_time.query(rows));
    assert_eq!(db.query("select * from hourly order by 1"), in_time.query("select * from hourly order by 1"));
    assert_eq!(db.one("select count(*) from samples"), "0");
    assert_eq!(db.commit(&late(1)).await.duplicates.len(), 2);
}

#[tokio::test]
async fn a_few_late_samples_of_a_packed_day_share_its_row() {
    let db = Database::start().await;
    db.pack_up_to(T0 + 48 * HOUR).await;
    db.commit(&an_hour(1, Mode::Both, T0, 60_000)).await;
    db.commit(&an_hour(1, Mode::Both, T0 + 2 * HOUR, 600_000)).await;
    db.pack_up_to(T0 + 48 * HOUR).await;
    db.commit(&an_hour(1, Mode::Both, T0 + 3 * HOUR, 1_000)).await;
    db.commit(&[row(1, Mode::Both, T0 + 30, 1.0), row(1, Mode::Both, T0 + 3 * HOUR + 30, 1.0)]).await;
    db.pack_up_to(T0 + 48 * HOUR).await;
    assert_eq!(
        db.query("select hour, hours, count from telemetry_packed order by 1"),
        ["2025-01-08 00:00:00+00|24|67", "2025-01-08 21:00:00+00|1|3601"]
    );
}

#[tokio::test]
async fn samples_from_before_there_was_packing_are_found() {
    let db = Database::start().await;
    db.commit(&an_hour(1, Mode::Both, T0 - 60 * 24 * HOUR, 1_000)).await;
    db.commit(&an_hour(1, Mode::Both, T0, 1_000)).await;
    db.pack_up_to(T0 + 24 * HOUR).await;
    assert_eq!(db.one("select count(*), sum(count) from packed"), "2|7200");
    assert_eq!(db.one("select count(*) from samples"), "0");
}

#[tokio::test]
async fn hidden_samples_leave_their_times_alone() {
    let db = Database::start().await;
    let mixed: Vec<SampleRow> = (0..720)
        .map(|n| row(1, if n % 2 == 0 { Mode::Hourly } else { Mode::Raw }, T0 + n * 5_000, 1.0))
        .collect();
    db.commit(&mixed).await;
    db.pack_up_to(T0 + HOUR).await;
    assert_eq!(db.one("select count, hidden from packed"), "360|360");
    let hidden = db.all(1).into_values().filter(|kept| kept.as_ref().unwrap().is_hidden()).count();
    assert_eq!(hidden, 360);
}

#[tokio::test]
async fn packing_given_up_half_way_loses_nothing() {
    let db = Database::start().await;
    for series in 1..=10 {
        db.commit(&an_hour(series, Mode::Both, T0, 1_000)).await;
    }
    db.pack_up_to(T0).await;
    db.store.advance_packing(at(T0 + HOUR)).await.unwrap();
    let due = db.store.next_due(Vec::new()).await.unwrap().unwrap();
    let lots = db.store.lots(&due).await.unwrap().lots;
    for after in [1, 5, 20, 60, 120, 200] {
        tokio::time::timeout(Duration::from_millis(after), db.store.pack(&due, &lots[0])).await.ok();
        for series in 1..=10 {
            assert_eq!(db.all(series).len(), 3_600, "after {after} ms");
        }
    }
    db.pack_up_to(T0 + HOUR).await;
    assert_eq!(db.one("select count(*), sum(count) from packed"), "10|36000");
}

/// Writers send every sample three times, in no order, while the watermark moves over them and packing goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_and_packer_race_and_every_sample_stands_once() {
    const SERIES: i32 = 6;
    const EACH: i64 = 1_200;
    const EVERY: i64 = 3_000;
    let db = Database::start().await;
    let all: Vec<SampleRow> = (0..EACH)
        .flat_map(|n| (1..=SERIES).map(move |series| (series, n)))
        .map(|(series, n)| {
            // Half of the series are slow, and one is hidden.
            let n = if series > 3 { n * 10 } else { n };
            let mode = if series == 2 { Mode::Hourly } else { Mode::Both };
            row(series, mode, T0 + n * EVERY, f64::from(i32::try_from(n).unwrap()))
        })
        .collect();
    let all = Arc::new(all);
    let store = db.store.clone();
    let mut writers = JoinSet::new();
    let mut under_way = Vec::new();
    for writer in 0..3_u64 {
        let (store, all) = (store.clone(), Arc::clone(&all));
        under_way.push(writers.spawn(async move {
            let mut stored = 0;
            // Batches of neighbours, in an order that differs from writer to writer.
            let batches: Vec<_> = all.chunks(60).collect();
            let count = u64::try_from(batches.len()).unwrap();
            for n in 0..count {
                let pick = (n * (7 + 4 * writer) + 31 * writer) % count;
                let committed = commit(&store, batches[usize::try_from(pick).unwrap()]).await;
                assert!(committed.conflicts.is_empty());
                stored += committed.stored;
            }
            stored
        }));
    }
    let mut upto = T0;
    while under_way.iter().any(|writer| !writer.is_finished()) {
        upto += 40 * EVERY;
        // It may find a writer in its way for too long; then it comes again.
        if store.advance_packing(at(upto)).await.is_err() {
            continue;
        }
        while let Some(due) = store.next_due(Vec::new()).await.unwrap() {
            let lots = store.lots(&due).await.unwrap();
            for lot in &lots.lots {
                store.pack(&due, lot).await.unwrap();
            }
            store.finish_due(&due, lots.leaves_some).await.unwrap();
        }
    }
    let stored: usize = writers.join_all().await.into_iter().sum();
    assert_eq!(stored, all.len(), "each is new once");
    db.pack_up_to(T0 + 48 * HOUR).await;
    assert_eq!(db.one("select count(*) from samples"), "0");
    for series in 1..=SERIES {
        let times: Vec<Timestamp> = db.all(series).into_keys().collect();
        let mut expected: Vec<Timestamp> =
            all.iter().filter(|row| row.series.0 == series).map(|row| row.sample.ts).collect();
        expected.sort_unstable();
        assert_eq!(times, expected, "series {series}");
        let count = db.one(&format!("select sum(count) from hourly where series_id = {series}"));
        assert_eq!(count, EACH.to_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_watermark_moves_when_nobody_writes_and_nobody_writes_while_it_moves() {
    let db = Arc::new(Database::start().await);
    db.store.advance_packing(at(T0)).await.unwrap();
    let hold = |lock: &'static str| {
        let db = Arc::clone(&db);
        tokio::task::spawn_blocking(move || db.one(&format!("select {lock}, pg_sleep(2)")))
    };
    let settle = || tokio::time::sleep(Duration::from_millis(500));
    let writing = hold("hold_packed_up_to()");
    settle().await;
    let refused = db.store.advance_packing(at(T0 + HOUR)).await.unwrap_err();
    assert!(refused.is_transient(), "{refused}");
    assert!(!writing.is_finished());
    writing.await.unwrap();
    db.store.advance_packing(at(T0 + HOUR)).await.unwrap();

    let moving = hold("pg_advisory_xact_lock(130195078603010)");
    settle().await;
    db.commit(&[row(1, Mode::Both, T0 + HOUR, 1.0)]).await;
    assert_ne!(
        db.one("select count(*) from pg_stat_activity where wait_event = 'PgSleep'"),
        "1",
        "it waited"
    );
    moving.await.unwrap();
}

#[tokio::test]
async fn a_series_with_much_in_a_day_is_packed_hour_by_hour() {
    let db = Database::start().await;
    let long = |n: i64| {
        let mut row = row(1, Mode::Raw, T0 - 18 * HOUR + n * 12_000, 0.0);
        row.sample.data_type = DataType::Text;
        row.sample.value = Some(Value::Text(format!("{n} {}", "x".repeat(5_000)).into()));
        row
    };
    let rows: Vec<SampleRow> = (0..7_200).map(long).collect();
    for rows in rows.chunks(1_000) {
        db.commit(rows).await;
    }
    db.commit(&an_hour(2, Mode::Raw, T0, 5_000)).await;
    assert_eq!(db.pack_up_to(T0 + 6 * HOUR).await, [Span::Day], "36 MB of text in a day, as after an outage");
    assert_eq!(db.one("select count(*) from samples"), "0");
    assert_eq!(db.one("select count(*), sum(count) from packed where series_id = 1"), "24|7200");
    assert_eq!(db.all(1).len(), 7_200);
}

#[tokio::test]
async fn a_month_of_which_all_is_packed_takes_next_to_no_room() {
    let db = Database::start().await;
    for series in 1..=10 {
        db.commit(&an_hour(series, Mode::Both, T0, 1_000)).await;
    }
    let room = || db.one("select pg_total_relation_size('samples_y2025m01')").parse::<i64>().unwrap();
    let before = room();
    db.pack_up_to(T0 + 24 * HOUR).await;
    db.store.vacuum_samples(at(T0)).await.unwrap();
    assert!(before > 3_000_000 && room() < 200_000, "{before} {}", room());
    // And what comes late finds its place.
    db.commit(&[row(1, Mode::Both, T0 + 7, 1.0)]).await;
    assert_eq!(db.one("select count(*) from samples"), "1");
}
