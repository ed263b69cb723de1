//! Asked to stop under load, it ends in time and in order whatever the database does: what was acknowledged is kept, and
//! what was not comes again.

use crate::app::{TOPIC, TestApp, eventually, now_ms, telemetry};
use crate::publisher::Publisher;
use sqlx::Connection as _;
use std::time::{Duration, Instant};
use vigia_testkit::{BrokerOptions, FaultProxy};

/// Compose gives it 30 s.
const IN_TIME: Duration = Duration::from_secs(20);
const MESSAGES: i64 = 3_000;

/// Stops it in the middle of a stream while the database is in `trouble`; afterwards everything is there once.
async fn stops_in_time(trouble: impl Fn(&FaultProxy), mended: impl Fn(&FaultProxy)) {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    let proxy = FaultProxy::start(format!("127.0.0.1:{}", app.postgres.port())).unwrap();
    let url = app.postgres.url("vigia").replace(&app.postgres.port().to_string(), &proxy.port().to_string());
    app.set("DATABASE_URL", &url);
    app.run();
    app.until_ready().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - MESSAGES;
    for step in 0..MESSAGES {
        publisher.send(TOPIC, telemetry(begin + step, "count", &step.to_string(), "int")).await;
        if step == MESSAGES / 3 {
            publisher.flush().await;
            trouble(&proxy);
        }
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let asked = Instant::now();
    let status = app.stop();
    assert!(status.success(), "{status}: {}", app.log());
    assert!(asked.elapsed() < IN_TIME, "{:?}", asked.elapsed());
    let log = app.log();
    assert!(!log.contains("before everything had ended"), "{log}");
    mended(&proxy);
    app.run();
    app.until_ready().await;
    publisher.flush().await;
    app.until_query("select count(*), sum(int_value) from samples", &all()).await;
    assert_eq!(app.one("select sum(count), sum(sum)::bigint from hourly"), all());
    assert_eq!(app.one("select count(*) from rejections"), "0");
}

fn all() -> String {
    format!("{MESSAGES}|{}", MESSAGES * (MESSAGES - 1) / 2)
}

#[tokio::test]
async fn with_a_database_that_is_well() {
    stops_in_time(|_| {}, |_| {}).await;
}

#[tokio::test]
async fn with_a_slow_database() {
    let slow = |proxy: &FaultProxy| proxy.delay(Duration::from_millis(300));
    stops_in_time(slow, |proxy| proxy.delay(Duration::ZERO)).await;
}

#[tokio::test]
async fn with_a_database_that_is_away() {
    stops_in_time(|proxy| proxy.refuse(true), |proxy| proxy.refuse(false)).await;
}

#[tokio::test]
async fn with_a_database_that_says_nothing() {
    stops_in_time(|proxy| proxy.stall(true), |proxy| proxy.stall(false)).await;
}

/// Whoever hands requests on looks here: while what was taken is made safe it is told, and asked no more.
#[tokio::test]
async fn it_says_that_it_is_not_ready_while_it_stops() {
    let mut app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "1", "int")).await;
    app.until_processed(1).await;
    // Something to wait for: a row that the next commit needs is somebody else's.
    let lock = "begin; lock table series_last in access exclusive mode; select pg_sleep(2.5); commit";
    let mut holder = sqlx::PgConnection::connect(&app.postgres.url("vigia")).await.unwrap();
    let holding = sqlx::raw_sql(lock).execute(&mut holder);
    let (held, ()) = tokio::join!(holding, stops_while_held(&mut app, &mut publisher));
    held.unwrap();
    app.run();
    app.until_ready().await;
    app.until_query("select count(*) from samples", "2").await;
}

async fn stops_while_held(app: &mut TestApp, publisher: &mut Publisher) {
    eventually("somebody holds it", async || {
        let locks = "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted and relation = 'series_last'::regclass";
        (app.one(locks) == "1").then_some(())
    })
    .await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "2", "int")).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    app.process().signal("TERM").unwrap();
    let (status, said) = eventually("it says so", async || {
        let (status, said) = app.get("/health/ready").await;
        (status == 503).then_some((status, said))
    })
    .await;
    assert_eq!((status, said["notReady"][0].as_str()), (503, Some("stopping")), "{said}");
    assert_eq!(app.get("/health").await.0, 200, "it still answers");
    let ended = eventually("it ends", async || app.process().exit_status()).await;
    assert!(ended.success(), "{ended}");
}
