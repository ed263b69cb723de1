//! The database stays away: messages wait on disk, and nothing is lost by it, doubled by it or late on the feed.

use crate::app::{TOPIC, TestApp, eventually, now_ms, telemetry, telemetry_many};
use crate::publisher::Publisher;
use crate::websocket::LiveFeed;
use serde_json::Value;
use std::ops::Range;
use std::time::Duration;
use vigia_testkit::{BrokerOptions, FaultProxy};

/// Publishes an int that counts, one every millisecond of source time.
async fn count(publisher: &mut Publisher, begin: i64, steps: Range<i64>) {
    for step in steps {
        publisher.send(TOPIC, telemetry(begin + step, "count", &step.to_string(), "int")).await;
    }
    publisher.flush().await;
}

/// Every step is stored once, in order of receipt.
async fn all_stored(app: &TestApp, steps: i64) {
    app.until_query("select count(*) from samples", &steps.to_string()).await;
    let sum = steps * (steps - 1) / 2;
    assert_eq!(app.one("select sum(int_value) from samples"), sum.to_string());
    assert_eq!(app.one("select sum(count), sum(sum) from hourly"), format!("{steps}|{sum}"));
    assert_eq!(app.one("select count(*) from rejections"), "0");
    assert_eq!(app.one("select int_value from series_last"), (steps - 1).to_string());
    let disorder = "select count(*) from (
        select received_at < lag(received_at) over (order by ts) as late from samples
    ) s where late";
    assert_eq!(app.one(disorder), "0", "each has the time of its own receipt");
}

async fn until_spooled(app: &TestApp, entries: u64) -> Value {
    eventually(&format!("{entries} messages wait on disk"), async || {
        let spool = app.health().await["spool"].clone();
        (spool["entries"].as_u64()? >= entries).then_some(spool)
    })
    .await
}

#[tokio::test]
async fn while_the_database_is_away_messages_wait_on_disk_and_the_feed_goes_on() {
    let mut app = TestApp::start().await;
    let mut feed = LiveFeed::open(&app.ws_url("")).await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    count(&mut publisher, begin, 0..500).await;
    app.until_query("select count(*) from samples", "500").await;

    app.postgres.stop().unwrap();
    count(&mut publisher, begin, 500..2_500).await;
    feed.until(|message| message["values"]["count"] == 2_499).await;
    let spool = until_spooled(&app, 2_000).await;
    assert_eq!((spool["state"].as_str(), spool["entries"].as_u64()), (Some("filling"), Some(2_000)));
    assert!(spool["oldestReceivedAt"].is_string() && spool["bytes"].as_u64() > Some(500_000), "{spool}");
    let (status, problem) = app.get("/health/ready").await;
    assert!(status == 503 && problem["detail"].as_str().unwrap().contains("database"), "{problem}");
    let in_flight = app.health().await["mqtt"]["connections"][0]["inFlight"].clone();
    assert_eq!(in_flight, 0, "all of it is acknowledged");

    app.postgres.start_again().unwrap();
    all_stored(&app, 2_500).await;
    eventually("the spool is empty", async || {
        (app.health().await["spool"]["state"] == "empty").then_some(())
    })
    .await;
    app.until_ready().await;
    count(&mut publisher, begin, 2_500..2_600).await;
    all_stored(&app, 2_600).await;
}

#[tokio::test]
async fn a_kill_in_the_middle_of_it_loses_nothing() {
    let mut app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    app.postgres.kill().unwrap();
    count(&mut publisher, begin, 0..1_000).await;
    until_spooled(&app, 1_000).await;
    app.kill();
    count(&mut publisher, begin, 1_000..1_500).await;
    app.postgres.start_again().unwrap();
    app.run();
    app.until_ready().await;
    all_stored(&app, 1_500).await;
}

/// What is being drained is still in the spool until it is committed.
#[tokio::test]
async fn a_kill_while_it_is_drained_loses_and_doubles_nothing() {
    let mut app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    count(&mut publisher, begin, 0..10).await;
    app.until_query("select count(*) from samples", "10").await;
    app.query("create function hold() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$");
    app.query("create trigger hold before insert on hourly for each statement execute function hold()");
    count(&mut publisher, begin, 10..1_000).await;
    until_spooled(&app, 990).await;
    let under_way = "select count(*) > 0 from pg_stat_activity where wait_event = 'PgSleep'";
    app.until_query(under_way, "t").await;
    app.kill();
    app.query("drop trigger hold on hourly");
    app.run();
    app.until_ready().await;
    all_stored(&app, 1_000).await;
}

#[tokio::test]
async fn a_stop_while_the_database_is_away_keeps_what_was_taken() {
    let mut app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    app.postgres.stop().unwrap();
    count(&mut publisher, begin, 0..300).await;
    assert!(app.stop().success());
    app.postgres.start_again().unwrap();
    app.run();
    app.until_ready().await;
    all_stored(&app, 300).await;
}

#[tokio::test]
async fn a_commit_that_hangs_sends_messages_to_the_disk_too() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    count(&mut publisher, begin, 0..10).await;
    app.until_query("select count(*) from samples", "10").await;
    app.query("create function hold() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$");
    app.query("create trigger hold before insert on hourly for each statement execute function hold()");
    count(&mut publisher, begin, 10..20).await;
    until_spooled(&app, 10).await;
    let (status, _) = app.get("/health/ready").await;
    assert_eq!(status, 503, "it answers, but takes nothing");
    app.query("drop trigger hold on hourly");
    all_stored(&app, 20).await;
}

#[tokio::test]
async fn a_full_spool_takes_no_more_says_so_and_recovers() {
    let mut app = TestApp::prepare(
        &[("PERSIST_DEFAULT_MODE", "both"), ("SPOOL_MAX_BYTES", "1048576")],
        BrokerOptions::default(),
    );
    app.run();
    app.until_ready().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 20_000;
    // Who was known lately stays known while the database is away, and is told the words of errors.
    app.health().await;
    app.postgres.stop().unwrap();
    // The broker takes it all; the program takes what its disk holds and then no more.
    count(&mut publisher, begin, 0..6_000).await;
    let spool = eventually("the spool is full", async || {
        let spool = app.health().await["spool"].clone();
        (spool["state"] == "full").then_some(spool)
    })
    .await;
    assert!(spool["bytes"].as_u64() <= spool["maxBytes"].as_u64(), "{spool}");
    assert!(spool["lastError"].as_str().unwrap().contains("full"), "{spool}");
    let (status, problem) = app.get("/health/ready").await;
    assert!(status == 503 && problem["detail"].as_str().unwrap().contains("spool"), "{problem}");
    let (_, metrics) = app.get("/metrics").await;
    assert!(metrics.as_str().unwrap().contains("vigia_spool_refusing 1"));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(app.resident_bytes() < 80_000_000, "{} bytes", app.resident_bytes());

    app.postgres.start_again().unwrap();
    all_stored(&app, 6_000).await;
    app.until_ready().await;
}

/// The disk refuses while nothing waits on it: when Postgres takes messages again, all is well again.
#[tokio::test]
async fn a_refusal_that_needed_no_spool_in_the_end_is_forgotten() {
    let mut app = TestApp::prepare(
        &[("PERSIST_DEFAULT_MODE", "both"), ("SPOOL_MAX_BYTES", "1048576")],
        BrokerOptions::default(),
    );
    app.run();
    app.until_ready().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 20_000;
    count(&mut publisher, begin, 0..10).await;
    app.until_query("select count(*) from samples", "10").await;
    app.postgres.stop().unwrap();
    // More than the spool ever takes, in one message: it is refused though the spool is empty.
    let large: Vec<String> = (0..600)
        .map(|n| format!(r#"{{"plcId":"plc-03","metricId":"text-{n}","value":"{}","dataType":"string","quality":"GOOD"}}"#, "x".repeat(50)))
        .collect();
    for step in 0..20 {
        publisher.send(TOPIC, telemetry_many(begin + step, &large)).await;
    }
    publisher.flush().await;
    eventually("the spool refuses", async || (app.health().await["spool"]["state"] == "full").then_some(()))
        .await;
    app.postgres.start_again().unwrap();
    app.until_query("select count(*) from samples", "12010").await;
    app.until_ready().await;
    assert_eq!(app.health().await["spool"]["state"], "empty");
}

/// Every connection to Postgres goes silent for good, as when a firewall forgets them, while messages wait in the spool.
#[tokio::test]
async fn connections_that_fall_silent_hold_up_nothing_for_long() {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    let proxy = FaultProxy::start(format!("127.0.0.1:{}", app.postgres.port())).unwrap();
    let url = app.postgres.url("vigia").replace(&app.postgres.port().to_string(), &proxy.port().to_string());
    app.set("DATABASE_URL", &url);
    app.run();
    app.until_ready().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 60_000;
    count(&mut publisher, begin, 0..100).await;
    app.until_query("select count(*) from samples", "100").await;
    proxy.silence();
    for step in 1..8 {
        count(&mut publisher, begin, step * 100..(step + 1) * 100).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let in_flight = eventually("all is acknowledged", async || {
        let in_flight = app.health().await["mqtt"]["connections"][0]["inFlight"].as_u64()?;
        (in_flight == 0).then_some(in_flight)
    })
    .await;
    assert_eq!(in_flight, 0);
    all_stored(&app, 800).await;
    app.until_ready().await;

    // Again and again, while rules are read and the lease is renewed: no place of any pool is lost to it.
    for _ in 0..4 {
        proxy.silence();
        tokio::time::sleep(Duration::from_secs(4)).await;
    }
    app.until_ready().await;
    let beats = app.one("select beats from ingest_lease");
    app.query("insert into persist_rules (name, metric_id, mode) values ('no more of it', 'count', 'none')");
    eventually("the lease is renewed", async || {
        (app.one("select beats from ingest_lease") != beats).then_some(())
    })
    .await;
    eventually("the rule acts", async || {
        let before = app.one("select count(*) from samples");
        let at = now_ms();
        publisher.publish(TOPIC, telemetry(at, "count", "1", "int")).await;
        app.until_query("select count(*) > 0 from series_last where ts > now() - interval '10 s'", "t").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        (app.one("select count(*) from samples") == before).then_some(())
    })
    .await;
}
