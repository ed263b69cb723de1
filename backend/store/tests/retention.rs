//! Retention against a real Postgres: what goes, when, what stays, and what it may not disturb.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;
use vigia_model::{
    DataType, Days, Mode, Pattern, Quality, Retention, Rule, RuleMatch, RuleSet, Sample, SeriesId, Timestamp,
    Value,
};
use vigia_store::batch::{BatchMessage, BatchView, Committed, QuarantineLimits, SampleRow};
use vigia_store::partition::{KnownPartitions, Parted, Partition};
use vigia_store::retention::{Beginning, History, LOT, Shortening};
use vigia_store::{DatabaseSettings, Store, StoreError};
use vigia_testkit::Postgres;

/// 2025-01-01T00:00:00Z, a Wednesday.
const JANUARY: i64 = 1_735_689_600_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const FEBRUARY: i64 = JANUARY + 31 * DAY;
const MARCH: i64 = FEBRUARY + 28 * DAY;
/// Commits wait for nobody; on a busy machine one takes some tens of milliseconds by itself.
const A_COMMIT: Duration = Duration::from_millis(600);

struct Database {
    postgres: Postgres,
    store: Store,
}

impl Database {
    async fn start() -> Self {
        let postgres = Postgres::start().unwrap();
        postgres.create_database("vigia").unwrap();
        let store = Store::connect(&DatabaseSettings::Url(postgres.url("vigia").into())).await.unwrap();
        store.migrate().await.unwrap();
        let db = Self { postgres, store };
        db.query("insert into tenants (code) values ('t')");
        db.query("insert into plants (tenant_id, code, province) select id, 's', 'ba' from tenants");
        db.query("insert into plcs (tenant_id, plant_id, plc_id) select tenant_id, id, 'c' from plants");
        for gateway in ["g1", "g2"] {
            db.query(&format!(
                "insert into gateways (tenant_id, plant_id, gateway_id) select tenant_id, id, '{gateway}' from plants"
            ));
        }
        db.query(
            "insert into series (tenant_id, plant_id, plc_id, metric_id)
             select tenant_id, plant_id, id, 'm' || n from plcs, generate_series(1, 20) n",
        );
        db
    }

    fn query(&self, sql: &str) -> Vec<String> {
        self.postgres.query("vigia", sql).unwrap()
    }

    fn one(&self, sql: &str) -> String {
        self.query(sql).join("\n")
    }

    fn count(&self, table: &str, series: i32) -> i64 {
        self.one(&format!("select count(*) from {table} where series_id = {series}")).parse().unwrap()
    }

    fn bytes(&self) -> i64 {
        self.one("select pg_database_size(current_database())").parse().unwrap()
    }

    fn is_there(&self, table: &str) -> bool {
        self.one(&format!("select to_regclass('{table}') is not null")) == "t"
    }

    async fn commit(&self, rows: &[SampleRow]) -> Committed {
        commit(&self.store, rows).await.unwrap()
    }

    /// Samples by SQL, one a minute, in a month or months whose partitions are made.
    async fn fill(&self, series: i32, from: i64, to: i64) {
        let mut known = KnownPartitions::default();
        let days = (0..=(to - from) / DAY).map(|day| at((from + day * DAY).min(to - 1)));
        let missing = known.missing(Parted::Samples, days);
        self.store.ensure_partitions(&mut known, &missing).await.unwrap();
        self.query(&format!(
            "insert into samples
             select n, n, 1, null, {series}, 1, null, 'f', 'G', true, true, null
             from generate_series(to_timestamp({from} / 1000), to_timestamp({to} / 1000) - interval '1 s', interval '1 min') n"
        ));
    }

    /// A row of `packed` for each hour, of about as many bytes as an hour at 1 Hz takes.
    async fn fill_packed(&self, series: i32, from: i64, to: i64) {
        for day in 0..(to - from) / DAY {
            self.store.make_ahead(Partition::of(Parted::Packed, at(from + day * DAY))).await.unwrap();
        }
        self.query(&format!(
            "insert into packed
             select n, 1, 1, 1, 1, {series}, 3600, 0, 1,
                    (select string_agg(sha512((n::text || i)::bytea), '') from generate_series(1, 90) i)
             from generate_series(to_timestamp({from} / 1000), to_timestamp({to} / 1000) - interval '1 s', interval '1 h') n"
        ));
    }

    fn fill_hourly(&self, series: i32, from: i64, to: i64) {
        self.query(&format!(
            "insert into hourly
             select {series}, n, 60, 1, 0, 1, 1, 1, 1, n, n, 0
             from generate_series(to_timestamp({from} / 1000), to_timestamp({to} / 1000) - interval '1 s', interval '1 h') n"
        ));
    }

    /// What the process that ingests does now and then.
    async fn clear(&self, rules: Vec<Rule>, setting: Retention, now: i64) {
        let rules = RuleSet::new(rules, Mode::Both);
        let cutoffs = self.store.cutoffs(&rules, setting, at(now)).await.unwrap();
        self.store.begin_raw_at(cutoffs.raw_of_all.hour()).await.unwrap();
        if let Some(partition) = self.store.being_dropped().await.unwrap() {
            self.store.drop_partition(partition, &cutoffs.keepers(partition)).await.unwrap();
        }
        for part in self.store.raw_partitions().await.unwrap() {
            if cutoffs.frees(part.partition) {
                self.store.drop_partition(part.partition, &cutoffs.keepers(part.partition)).await.unwrap();
            }
        }
        for history in [History::Samples, History::Packed, History::Hourly] {
            for lot in cutoffs.lots(history) {
                while self.store.thin_out(history, &lot).await.unwrap() >= LOT {}
            }
        }
    }
}

async fn commit(store: &Store, rows: &[SampleRow]) -> Result<Committed, StoreError> {
    let mut known = KnownPartitions::default();
    let months = known.missing(Parted::Samples, rows.iter().map(|row| row.sample.ts));
    store.ensure_partitions(&mut known, &months).await?;
    let messages = [BatchMessage {
        topic: "factory/t/ba/s/gateway/g/telemetry".into(),
        payload: Bytes::from_static(b"{}"),
        received_at: at(JANUARY),
    }];
    let view = BatchView { messages: &messages, samples: rows, ..BatchView::default() };
    store.commit(view, &QuarantineLimits::default()).await
}

const fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn days(raw: Option<i32>, hourly: Option<i32>) -> Retention {
    Retention { raw: raw.and_then(Days::new), hourly: hourly.and_then(Days::new) }
}

fn rule(metric: &str, gateway: &str, retention: Retention) -> Rule {
    let pattern = |text| Pattern::parse(text).unwrap();
    Rule {
        id: Uuid::nil(),
        version: 1,
        name: metric.to_owned(),
        enabled: true,
        priority: 1,
        matches: RuleMatch { metric: pattern(metric), gateway: pattern(gateway), ..RuleMatch::any() },
        mode: Mode::Both,
        retention,
        created_at: at(0),
    }
}

fn row(series: i32, gateway: i32, ms: i64) -> SampleRow {
    SampleRow {
        series: SeriesId(series),
        gateway_num: gateway,
        unit_id: None,
        mode: Mode::Both,
        sample: Sample {
            ts: at(ms),
            data_type: DataType::Float,
            value: Some(Value::Float(1.5)),
            quality: Quality::Good,
            unit: None,
        },
        received_at: at(ms),
        message: 0,
        sample_index: None,
    }
}

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
    assert!(!db.is_there("samples_y2025m02"), "it held nothing that is kept");
    assert_eq!(
        db.one("select raw_from < '2025-01-01' from retention"),
        "t",
        "a late sample of m1 is still taken"
    );
    assert_eq!(
        db.commit(&[row(1, 1, FEBRUARY + HOUR)]).await.stored,
        1,
        "and its month is made again for it"
    );

    // Hourly rows go by their own days.
    assert_eq!(db.count("hourly", 1), 10 * 24 + 1, "the late one's too");
    assert_eq!(db.count("hourly", 2), 6 * 24);
}

#[tokio::test]
async fn the_gateway_that_sent_it_last_decides_with_the_rules() {
    let db = Database::start().await;
    db.commit(&[row(1, 1, JANUARY + HOUR), row(2, 2, JANUARY + HOUR)]).await;
    // Nothing is known of who sent the third.
    db.fill(3, JANUARY, JANUARY + HOUR).await;
    let rules = vec![rule("*", "g1", days(Some(3), None)), rule("*", "g2", days(Some(300), None))];
    db.clear(rules, days(Some(30), None), JANUARY + 20 * DAY).await;
    assert_eq!((db.count("samples", 1), db.count("samples", 2)), (0, 1));
    assert_eq!(db.count("samples", 3), 60, "the longest of what it may be");
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

#[tokio::test]
async fn a_late_sample_does_not_bring_back_what_was_dropped() {
    let db = Database::start().await;
    db.commit(&[row(1, 1, JANUARY + HOUR)]).await;
    db.clear(Vec::new(), days(Some(30), None), FEBRUARY + 31 * DAY).await;
    let refused = commit(&db.store, &[row(1, 1, JANUARY + 2 * HOUR)]).await.unwrap_err();
    assert!(refused.is_row_fault(), "{refused:?}");
    assert!(!db.is_there("samples_y2025m01"));
    // Nor does it hold up the others that come with it.
    let mut known = KnownPartitions::default();
    let times = [at(JANUARY), at(MARCH)];
    let missing = known.missing(Parted::Samples, times);
    db.store.ensure_partitions(&mut known, &missing).await.unwrap();
    assert_eq!(known.missing(Parted::Samples, times), [Partition::of(Parted::Samples, at(JANUARY))]);
    assert_eq!(db.commit(&[row(1, 1, MARCH)]).await.stored, 1);
}

#[tokio::test]
async fn ingest_goes_on_while_partitions_are_dropped() {
    let db = Database::start().await;
    for week in 0..40 {
        db.store.make_ahead(Partition::of(Parted::Packed, at(JANUARY + week * 7 * DAY))).await.unwrap();
    }
    for month in 0..10 {
        db.fill(1, JANUARY + month * 31 * DAY, JANUARY + month * 31 * DAY + DAY).await;
    }
    let now = JANUARY + 400 * DAY;
    let over = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for writer in 0..2 {
        let (store, over) = (db.store.clone(), Arc::clone(&over));
        writers.spawn(async move {
            let (mut longest, mut commits) = (Duration::ZERO, 0);
            while !over.load(Ordering::Relaxed) {
                let from = now + commits * 200 + writer * 100;
                let rows: Vec<_> = (0..100).map(|n| row(1 + i32::from(n % 20 == 0), 1, from + n)).collect();
                let begun = Instant::now();
                commit(&store, &rows).await.unwrap();
                longest = longest.max(begun.elapsed());
                commits += 1;
            }
            (longest, commits)
        });
    }
    // And somebody reads all of it, for two seconds.
    let reader = {
        let sql = "begin; select count(*) from samples; select pg_sleep(2); commit";
        let postgres = db.postgres.url("vigia");
        tokio::task::spawn_blocking(move || {
            std::process::Command::new("psql").arg(postgres).args(["-qAtc", sql]).output().unwrap()
        })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    db.clear(Vec::new(), days(Some(30), None), now).await;
    let took = begun.elapsed();
    over.store(true, Ordering::Relaxed);
    assert!(reader.await.unwrap().status.success());
    assert_eq!(db.one("select count(*) from pg_partition_tree('packed') where isleaf"), "0");
    assert_eq!(db.one("select count(*) from pg_partition_tree('samples') where isleaf"), "1");
    while let Some(written) = writers.join_next().await {
        let (longest, commits) = written.unwrap();
        assert!(
            longest < A_COMMIT && commits > 20,
            "dropped in {took:?}; {commits} commits meanwhile, the longest {longest:?}"
        );
    }
}

#[tokio::test]
async fn what_was_cut_short_comes_to_its_end() {
    let db = Database::start().await;
    let setting = days(Some(30), None);
    let now = FEBRUARY + 40 * DAY;
    // After the partition was detached.
    db.fill(1, JANUARY, JANUARY + DAY).await;
    db.query("update retention set dropping = 'samples_y2025m01'");
    db.query("alter table samples detach partition samples_y2025m01");
    // Nobody makes it again meanwhile.
    db.store.make_ahead(Partition::of(Parted::Samples, at(JANUARY))).await.unwrap();
    assert_eq!(db.one("select count(*) from samples"), "0");
    db.clear(Vec::new(), setting, now).await;
    assert!(!db.is_there("samples_y2025m01"));
    assert_eq!(db.one("select dropping is null from retention"), "t");
}

#[tokio::test]
async fn what_a_rule_keeps_is_attached_again() {
    let db = Database::start().await;
    db.fill(1, JANUARY, JANUARY + DAY).await;
    db.query("update retention set dropping = 'samples_y2025m01'");
    db.query("alter table samples detach partition samples_y2025m01 concurrently");
    let keep = [SeriesId(1)];
    let january = Partition::of(Parted::Samples, at(JANUARY));
    assert_eq!(db.store.drop_partition(january, &keep).await.unwrap(), None);
    assert_eq!(db.count("samples", 1), 24 * 60);
    assert_eq!(db.store.being_dropped().await.unwrap(), None);
    assert_eq!(db.commit(&[row(2, 1, JANUARY)]).await.stored, 1);
}

#[tokio::test]
async fn packing_goes_on_when_its_hours_were_dropped() {
    let db = Database::start().await;
    let hour: Vec<_> = (0..400).map(|n| row(1, 1, JANUARY + n * 1_000)).collect();
    db.commit(&hour).await;
    db.store.advance_packing(at(JANUARY + HOUR)).await.unwrap();
    let due = db.store.next_due(Vec::new()).await.unwrap().unwrap();
    let lots = db.store.lots(&due).await.unwrap();
    assert_eq!(lots.lots.len(), 1);

    // The week may go though the month of samples stays.
    db.store.begin_raw_at(at(JANUARY + 10 * DAY)).await.unwrap();
    assert_eq!(db.one("select count(*) from packing_due"), "0");
    let packed = db.store.pack(&due, &lots.lots[0]).await.unwrap();
    assert_eq!((packed.samples, db.count("packed", 1)), (0, 0));
    db.store.finish_due(&due, lots.leaves_some).await.unwrap();
    assert_eq!(db.store.next_due(Vec::new()).await.unwrap(), None);

    // And the month, while the packer holds what it found there.
    db.store.begin_raw_at(at(FEBRUARY)).await.unwrap();
    db.store.drop_partition(Partition::of(Parted::Samples, at(JANUARY)), &[]).await.unwrap().unwrap();
    assert_eq!(db.store.pack(&due, &lots.lots[0]).await.unwrap().samples, 0);
    db.store.vacuum_samples(at(JANUARY)).await.unwrap();
}
