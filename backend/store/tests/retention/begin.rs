//! What was let go comes back in no way, and is counted no second time.

use super::*;

const NOW: i64 = MARCH + 30 * DAY;
const THEN: i64 = MARCH + HOUR / 2;

fn kept_for(metric: &str, raw: i32, hourly: i32) -> Vec<Rule> {
    vec![rule(metric, "*", days(Some(raw), Some(hourly)))]
}

fn of_mode(mode: Mode, row: SampleRow) -> SampleRow {
    SampleRow { mode, ..row }
}

#[tokio::test]
async fn a_rule_that_is_lengthened_takes_nothing_back() {
    let db = Database::start().await;
    let both = [row(1, 1, THEN), row(2, 1, THEN)];
    assert_eq!(db.commit(&both).await.stored, 2);
    db.clear(kept_for("m1", 2, 300), days(Some(300), None), NOW).await;
    assert_eq!((db.count("samples", 1), db.count("samples", 2)), (0, 1));

    db.clear(kept_for("m1", 200, 300), days(Some(300), None), NOW).await;
    let again = db.commit(&both).await;
    assert_eq!((again.stored, again.duplicates, again.rejections.len()), (0, vec![1], 1));
    let rejection = &again.rejections[0].rejection;
    let begin = NOW - 3 * DAY;
    assert_eq!(rejection.reason, RejectReason::TimestampOutOfRange);
    assert_eq!(
        rejection.detail,
        format!("timestamp {THEN} lies before {begin}, from when on this metric is kept")
    );
    assert_eq!(db.one("select count from hourly where series_id = 1"), "1", "the copy is not counted");
    assert_eq!(db.one("select reason from rejections"), "timestamp_out_of_range");
    assert_eq!(db.commit(&[row(1, 1, begin)]).await.stored, 1);
}

/// It would be the first state that is known, and nothing of it is kept.
#[tokio::test]
async fn what_is_refused_is_no_last_state() {
    let db = Database::start().await;
    db.clear(Vec::new(), days(Some(5), None), NOW).await;
    assert_eq!(db.commit(&[row(1, 1, THEN)]).await.rejections.len(), 1);
    assert_eq!(db.count("series_last", 1), 0);
    // Of what is not kept anyway nothing is too old.
    assert_eq!(db.commit(&[of_mode(Mode::None, row(1, 1, THEN))]).await.rejections.len(), 0);
    assert_eq!(db.count("series_last", 1), 1);
}

#[tokio::test]
async fn an_hour_that_was_let_go_is_not_made_anew() {
    let db = Database::start().await;
    for series in 1..=3 {
        assert_eq!(db.commit(&[row(series, 1, THEN)]).await.stored, 1);
    }
    db.clear(kept_for("m3", 300, 300), days(Some(300), Some(5)), NOW).await;
    let rows = [
        row(1, 1, THEN + 1),
        of_mode(Mode::Hourly, row(2, 1, THEN + 1)),
        of_mode(Mode::Raw, row(2, 1, THEN + 2)),
        row(3, 1, THEN + 1),
    ];
    let late = db.commit(&rows).await;
    assert_eq!((late.stored, late.rejections.len()), (3, 1), "what would be counted alone is refused");
    assert_eq!(db.query("select series_id, count from hourly"), ["3|2"]);
    assert_eq!((db.count("samples", 1), db.count("samples", 2)), (2, 2));
}

/// Copies of the same samples come again and again while they are let go.
#[tokio::test]
async fn no_copy_is_counted_while_the_first_is_let_go() {
    let db = Database::start().await;
    let rows: Vec<_> = (1..=20).flat_map(|series| (0..50).map(move |n| row(series, 1, THEN + n))).collect();
    let over = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for _ in 0..3 {
        let (store, over, rows) = (db.store.clone(), Arc::clone(&over), rows.clone());
        writers.spawn(async move {
            let mut stored = 0;
            while !over.load(Ordering::Relaxed) {
                stored += commit(&store, &rows).await.unwrap().stored;
            }
            stored
        });
    }
    while db.one("select count(*) from hourly") != "20" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for metric in 1..=20 {
        db.clear(kept_for(&format!("m{metric}"), 2, 300), days(Some(300), None), NOW).await;
    }
    over.store(true, Ordering::Relaxed);
    let mut stored = 0;
    while let Some(by_one) = writers.join_next().await {
        stored += by_one.unwrap();
    }
    assert_eq!(stored, rows.len());
    assert_eq!(db.query("select distinct count from hourly"), ["50"]);
    assert_eq!(db.one("select count(*) from samples"), "0");
}

#[tokio::test]
async fn where_something_waits_to_go_no_more_is_shortened() {
    let db = Database::start().await;
    for month in [JANUARY, FEBRUARY, MARCH] {
        db.fill(1, month, month + DAY).await;
    }
    let next = async || db.store.shortening(at(NOW)).await.unwrap();
    assert_eq!(next().await, Shortening::Raw(at(FEBRUARY)));
    db.store.begin_raw_at(at(FEBRUARY)).await.unwrap();
    assert_eq!(next().await, Shortening::Waits, "January is still there");
    db.clear(Vec::new(), Retention::default(), NOW).await;
    assert_eq!(next().await, Shortening::Raw(at(MARCH)));
}

/// What is looked up under a lock is as it is then, whatever a server's own default says.
#[tokio::test]
async fn where_history_begins_is_read_after_it_is_held() {
    let db = Database::start().await;
    db.query("alter database vigia set default_transaction_isolation = 'repeatable read'");
    let store = Store::connect(&DatabaseSettings::Url(db.postgres.url("vigia").into())).await.unwrap();
    commit(&store, &[row(1, 1, NOW)]).await.unwrap();
    let url = db.postgres.url("vigia");
    let mover = tokio::task::spawn_blocking(move || {
        let sql = "begin; select pg_advisory_xact_lock(130195078603010);
                   update retention set raw_from = '2025-03-20 00:00+00', let_go_up_to = '2025-03-20 00:00+00';
                   select pg_sleep(2); commit";
        std::process::Command::new("psql").arg(url).args(["-qAtc", sql]).output().unwrap()
    });
    tokio::time::sleep(Duration::from_millis(700)).await;
    let late = commit(&store, &[row(1, 1, THEN)]).await.unwrap();
    assert_eq!((late.stored, late.rejections.len()), (0, 1));
    assert!(mover.await.unwrap().status.success());
}
