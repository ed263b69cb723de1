//! What goes by its age, and what stays.

use super::*;

#[tokio::test]
async fn a_partition_goes_a_day_after_its_window_and_its_rows_before_that() {
    let db = Database::start().await;
    db.commit(&[row(1, 1, JANUARY + 7 * DAY), row(1, 1, FEBRUARY - HOUR / 2), row(1, 1, FEBRUARY)]).await;
    db.fill_packed(2, JANUARY - 2 * DAY, JANUARY + 12 * DAY).await;
    let setting = days(Some(30), None);

    db.clear(Vec::new(), setting, FEBRUARY + 31 * DAY - HOUR).await;
    assert_eq!(
        db.query("select ts from samples order by 1"),
        ["2025-01-31 23:30:00+00", "2025-02-01 00:00:00+00"]
    );
    assert_eq!(
        db.query("select relid from pg_partition_tree('packed') where isleaf"),
        [""; 0],
        "both weeks are over"
    );
    assert_eq!(db.one("select raw_from from retention"), "2025-01-31 23:00:00+00");

    db.clear(Vec::new(), setting, FEBRUARY + 31 * DAY).await;
    assert!(!db.is_there("samples_y2025m01") && db.is_there("samples_y2025m02"));
    assert_eq!(db.query("select ts from samples"), ["2025-02-01 00:00:00+00"]);
    // With nothing set nothing goes.
    db.clear(Vec::new(), Retention::default(), FEBRUARY + 400 * DAY).await;
    assert_eq!(db.count("samples", 1), 1);
}

#[tokio::test]
async fn a_week_that_is_half_too_old_is_thinned_out() {
    let db = Database::start().await;
    // From Monday, 6 January on.
    db.fill_packed(1, JANUARY + 5 * DAY, JANUARY + 12 * DAY).await;
    db.clear(Vec::new(), days(Some(10), None), JANUARY + 11 * DAY + 8 * DAY + HOUR / 2).await;
    assert_eq!(
        db.one("select min(start) from packed"),
        "2025-01-09 00:00:00+00",
        "the hour that is half too old stays"
    );
    assert_eq!(db.count("packed", 1), 4 * 24);
}

#[tokio::test]
async fn a_rule_keeps_its_series_longer_or_shorter_than_the_others() {
    let db = Database::start().await;
    let now = MARCH + 30 * DAY;
    for series in 1..=3 {
        db.fill(series, JANUARY, JANUARY + DAY).await;
        db.fill(series, now - 10 * DAY, now).await;
        db.fill_hourly(series, JANUARY, JANUARY + DAY);
        db.fill_hourly(series, now - 10 * DAY, now);
    }
    db.fill(3, FEBRUARY, FEBRUARY + DAY).await;
    let rules = || vec![rule("m1", "*", days(Some(365), None)), rule("m2", "*", days(Some(2), Some(5)))];
    db.clear(rules(), days(Some(28), Some(60)), now).await;

    let minutes = |series, from: i64, to: i64| {
        let sql = format!(
            "select count(*) from samples where series_id = {series} and ts >= to_timestamp({from} / 1000) and ts < to_timestamp({to} / 1000)"
        );
        db.one(&sql).parse::<i64>().unwrap()
    };
    assert_eq!(minutes(1, JANUARY, FEBRUARY), 24 * 60, "longer");
    assert_eq!((minutes(2, JANUARY, FEBRUARY), minutes(3, JANUARY, FEBRUARY)), (0, 0));
    assert_eq!(minutes(2, MARCH, now), 3 * 24 * 60, "shorter, and the day after");
    assert_eq!(minutes(3, MARCH, now), 10 * 24 * 60);
    assert!(db.is_there("samples_y2025m01"), "it holds something that is kept");
    assert_eq!(db.one("select pg_relation_size('samples_y2025m02')"), "0", "it held nothing that is kept");
    assert_eq!(
        db.one("select raw_from < '2025-01-01' from retention"),
        "t",
        "a late sample of m1 is still taken"
    );
    assert_eq!(db.commit(&[row(1, 1, FEBRUARY + HOUR)]).await.stored, 1, "and finds its month");

    // Hourly rows go by their own days.
    assert_eq!(db.count("hourly", 1), 10 * 24 + 1, "the late one's too");
    assert_eq!(db.count("hourly", 2), 6 * 24);
}

#[tokio::test]
async fn what_any_gateway_of_the_plant_lets_keep_stays() {
    let db = Database::start().await;
    db.commit(&[row(1, 1, JANUARY + HOUR), row(2, 2, JANUARY + HOUR)]).await;
    // Nothing is known of who sent the third.
    db.fill(3, JANUARY, JANUARY + HOUR).await;
    let rules = vec![rule("*", "g1", days(Some(3), None)), rule("*", "g2", days(Some(300), None))];
    db.clear(rules, days(Some(30), None), JANUARY + 20 * DAY).await;
    assert_eq!((db.count("samples", 1), db.count("samples", 2), db.count("samples", 3)), (1, 1, 60));
    let rules = vec![rule("*", "g1", days(Some(3), None)), rule("*", "g2", days(Some(5), None))];
    db.clear(rules, days(Some(30), None), JANUARY + 20 * DAY).await;
    assert_eq!((db.count("samples", 1), db.count("samples", 2), db.count("samples", 3)), (0, 0, 0));
}

#[tokio::test]
async fn dropping_gives_the_disk_its_room_back() {
    let db = Database::start().await;
    db.fill(1, JANUARY, FEBRUARY).await;
    db.fill(2, JANUARY, FEBRUARY).await;
    db.fill_packed(1, JANUARY + 5 * DAY, JANUARY + 12 * DAY).await;
    let before = db.bytes();
    db.clear(Vec::new(), days(Some(30), None), FEBRUARY + 31 * DAY).await;
    let (after, gone) = (db.bytes(), before - db.bytes());
    assert!(gone > 10_000_000, "{before} {after}");
}

/// A plant of hundreds of gateways and thousands of series is judged in a moment.
#[tokio::test]
async fn many_gateways_cost_little() {
    let db = Database::start().await;
    db.query(
        "insert into gateways (tenant_id, plant_id, gateway_id) select tenant_id, id, 'gw-' || n from plants, generate_series(1, 500) n",
    );
    db.query(
        "insert into series (tenant_id, plant_id, plc_id, metric_id)
         select tenant_id, plant_id, id, 'x' || n from plcs, generate_series(1, 20000) n",
    );
    db.query("analyze");
    let rules = vec![rule("*", "gw-7", days(Some(3650), None)), rule("x5", "gw-1*", days(Some(5), None))];
    let begun = Instant::now();
    let cutoffs =
        db.store.cutoffs(&RuleSet::new(rules, Mode::Both), days(Some(30), None), at(MARCH)).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(cutoffs.series.len(), 20_020);
    assert!(cutoffs.series.iter().all(|it| it.raw == at(MARCH - 3651 * DAY)), "gw-7 may have sent any of it");
}
