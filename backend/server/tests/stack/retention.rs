//! History that goes, and what is told of it.

use crate::app::{TOPIC, TestApp, now_ms, telemetry};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vigia_testkit::BrokerOptions;

const DAY: i64 = 24 * 3_600_000;

impl TestApp {
    /// The tables are there, the program does not run yet.
    fn migrate(&self) {
        assert!(self.command().arg("migrate").output().unwrap().status.success());
    }

    /// What a command of the program prints.
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    async fn run_again(&mut self) {
        assert!(self.stop().success());
        self.run();
        self.until_ready().await;
    }

    async fn until_log(&self, part: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.log().contains(part) {
            assert!(Instant::now() < deadline, "no {part:?} in {}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A week of packed history that began so many weeks ago, with rows of 1 MB; the beginning of its partition.
    fn add_week(&self, weeks_ago: i32, rows: i32) -> String {
        let start = format!("date_trunc('week', now() at time zone 'utc') - interval '{weeks_ago} weeks'");
        self.query(&format!(
            "do $$
             declare first timestamp := {start};
             begin
                 execute format(
                     'create table %s partition of packed for values from (%L) to (%L)',
                     to_char(first, '\"packed_y\"YYYY\"m\"MM\"d\"DD'), first || '+00', first + interval '1 week' || '+00'
                 );
             end $$"
        ));
        self.query(&format!(
            "insert into packed
             select ({start} + n * interval '1 hour') at time zone 'utc', 1, 1, 1, 1, 3600, 1, 3600, 3600, 0, 0, 1,
                    (select string_agg(sha512((n::text || i)::bytea), '') from generate_series(1, 15625) i)
             from generate_series(1, {rows}) n"
        ));
        self.one(&format!("select ({start}) at time zone 'utc'"))
    }

    fn weeks(&self) -> Vec<String> {
        self.query("select distinct date_trunc('week', start, 'UTC') from packed order by 1")
    }
}

#[tokio::test]
async fn what_is_too_old_goes_is_not_taken_and_told_of() {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    app.set("STORAGE_MAX_BYTES", "1000000000");
    app.set("RAW_RETENTION_DAYS", "90");
    app.migrate();
    app.query("create table samples_y2020m01 partition of samples for values from ('2020-01-01 00:00+00') to ('2020-02-01 00:00+00')");
    app.run();
    app.until_ready().await;
    app.until_query("select to_regclass('samples_y2020m01') is null", "t").await;
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms() - 60_000, "a", "1", "int")).await;
    publisher.publish(TOPIC, telemetry(now_ms() - 92 * DAY, "a", "1", "int")).await;
    app.until_query("select (select count(*) from samples), (select count(*) from rejections)", "1|1").await;
    assert_eq!(app.one("select reason from rejections"), "timestamp_out_of_range");
    // Made ahead: the month of tomorrow.
    let tomorrow = r#"select to_regclass(to_char(now() at time zone 'utc' + interval '1 day', '"samples_y"YYYY"m"MM')) is not null"#;
    assert_eq!(app.one(tomorrow), "t");
    let (_, metrics) = app.get("/metrics").await;
    let dropped = "vigia_storage_dropped_bytes_total ";
    let line = metrics.as_str().unwrap().lines().find_map(|line| line.strip_prefix(dropped)).unwrap();
    assert!(line.parse::<f64>().unwrap() > 0.0, "{line}");
    assert_eq!(app.health().await["warnings"], json!([]));

    let told: Value = serde_json::from_str(&app.said(&["storage", "--json"])).unwrap();
    assert_eq!((&told["maxBytes"], &told["rawRetentionDays"]), (&1_000_000_000.into(), &90.into()));
    assert!(told["bytes"].as_i64().unwrap() > 1_000_000);
    assert_eq!(
        (&told["tenants"][0]["tenant"], &told["tenants"][0]["share"]),
        (&"granix".into(), &1.0.into())
    );
    assert_eq!(told["series"][0]["series"], "granix / planta-1 / plc-03 / a");
    assert_eq!(told["series"][0]["samplesPerDay"], 1);
    let newest = "select to_char(max(ts) at time zone 'utc', 'YYYY-MM-DD') from series_last";
    assert_eq!(told["rawNewest"], app.one(newest));
    let oldest = "select to_char(min(ts) at time zone 'utc', 'YYYY-MM-DD') from samples";
    assert_eq!(told["rawOldest"], app.one(oldest), "not where its month begins");
    let text = app.said(&["storage"]);
    for part in ["of 953.7 MiB (", "kept 90 days", "hourly rows", "granix / planta-1 / plc-03 / a", "100.0 %"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(app.stop().success());
}

/// A clock that jumps ahead, and days that were mistyped.
#[tokio::test]
async fn nothing_goes_by_the_clock_alone_nor_at_once_when_days_are_changed() {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    app.set("RAW_RETENTION_DAYS", "3650");
    app.migrate();
    app.run();
    app.until_ready().await;
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms() - 300 * DAY, "a", "1", "int")).await;
    app.until_query("select count(*) from samples", "1").await;
    let stays = |app: &TestApp| {
        assert_eq!(app.one("select count(*) from samples where ts < now() - interval '299 days'"), "1");
    };

    app.set("RAW_RETENTION_DAYS", "30");
    app.run_again().await;
    app.until_log("nothing goes by its age until then").await;
    stays(&app);

    app.query("update retention set changed_at = changed_at - interval '1 day'");
    app.run_again().await;
    let days = "select (now()::date - raw_from::date) between 329 and 331 from retention";
    app.until_query(days, "t").await;
    stays(&app);

    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "1", "int")).await;
    app.until_query("select count(*) from samples", "2").await;
    app.run_again().await;
    app.until_query("select count(*) from samples", "1").await;
    assert!(app.stop().success());
}

#[tokio::test]
async fn where_there_is_no_room_the_oldest_samples_go() {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    app.set("STORAGE_MAX_BYTES", "104857600");
    app.migrate();
    app.query("insert into tenants (code) values ('t')");
    app.query("insert into plants (tenant_id, code, province) select id, 's', 'ba' from tenants");
    app.query("insert into plcs (tenant_id, plant_id, plc_id) select tenant_id, id, 'c' from plants");
    app.query("insert into series (tenant_id, plant_id, plc_id, metric_id) select tenant_id, plant_id, id, 'm' from plcs");
    app.query(
        "insert into hourly (series_id, hour, count, non_good) values (1, '2020-01-01 00:00+00', 1, 0)",
    );
    let (_, second, third) = (app.add_week(9, 20), app.add_week(8, 40), app.add_week(7, 45));
    app.run();
    app.until_ready().await;
    // It had to be known to all first.
    app.until_query(&format!("select count(*) from packed where start < '{second}'"), "0").await;
    assert_eq!(app.weeks(), [second, third], "no more goes than has to");
    assert_eq!(app.one("select count(*) from hourly"), "1", "hourly rows stay while there are samples");
    assert!(app.log().contains("no room"), "{}", app.log());

    // What comes for that time now is refused, after a restart too.
    assert!(app.stop().success());
    app.run();
    app.until_ready().await;
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms() - 70 * DAY, "a", "1", "int")).await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "1", "int")).await;
    app.until_query(
        "select (select count(*) from samples), (select string_agg(reason, ',') from rejections)",
        "1|timestamp_out_of_range",
    )
    .await;
    assert!(app.stop().success());
}
