//! Broker, database and program go away mid-stream: what was published is what is stored, each sample once.

use crate::app::{TOPIC, TestApp, eventually, now_ms, telemetry};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use vigia_testkit::BrokerOptions;

const MESSAGES: i64 = 3_000;

/// Publishes a stream while `trouble` happens in its middle; then everything must be there once.
async fn stream_through(mut app: TestApp, trouble: impl AsyncFn(&mut TestApp)) {
    let mut publisher = app.publisher().await;
    let begin = now_ms() - MESSAGES;
    for step in 0..MESSAGES {
        if step == MESSAGES / 3 {
            publisher.flush().await;
            // From here on the client queues what it cannot send.
        }
        publisher.send(TOPIC, telemetry(begin + step, "count", &step.to_string(), "int")).await;
        if step == MESSAGES / 2 {
            trouble(&mut app).await;
        }
        if step % 50 == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    publisher.flush().await;
    app.until_query("select count(*) from samples", &MESSAGES.to_string()).await;
    let sum = MESSAGES * (MESSAGES - 1) / 2;
    assert_eq!(app.one("select sum(int_value) from samples"), sum.to_string());
    assert_eq!(app.one("select sum(count), sum(sum) from hourly"), format!("{MESSAGES}|{sum}"));
    assert_eq!(app.one("select count(*) from rejections"), "0");
    assert_eq!(app.one("select int_value from series_last"), (MESSAGES - 1).to_string());
}

async fn ready() -> TestApp {
    TestApp::start().await
}

#[tokio::test]
async fn a_broker_restart_loses_and_doubles_nothing() {
    stream_through(ready().await, async |app| {
        app.broker.stop().unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
        app.broker.start_again().unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_postgres_restart_loses_and_doubles_nothing() {
    stream_through(ready().await, async |app| {
        app.postgres.stop().unwrap();
        eventually("it says that it is not ready", async || {
            (app.get("/health/ready").await.0 == 503).then_some(())
        })
        .await;
        app.postgres.start_again().unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_postgres_kill_loses_and_doubles_nothing() {
    stream_through(ready().await, async |app| {
        app.postgres.kill().unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        app.postgres.start_again().unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_not_itself_costs_nobody_a_sample() {
    stream_through(ready().await, async |app| {
        // No row is to blame for a missing table: nothing may be quarantined for it.
        app.query("alter table hourly rename to hourly_gone");
        tokio::time::sleep(Duration::from_millis(500)).await;
        app.query("alter table hourly_gone rename to hourly");
    })
    .await;
}

#[tokio::test]
async fn a_verification_of_the_backups_costs_nobody_a_sample() {
    stream_through(ready().await, async |app| {
        // What it does to find the same rows here and in the copy, and for longer than it ever does.
        for _ in 0..3 {
            app.query("begin; lock table samples, hourly, series_last, series in share mode; select pg_sleep(0.5); rollback");
        }
    })
    .await;
}

#[tokio::test]
async fn a_detached_partition_costs_nobody_a_sample() {
    stream_through(ready().await, async |app| {
        let partition =
            app.one("select inhrelid::regclass from pg_inherits where inhparent = 'samples'::regclass");
        app.query(&format!("alter table samples detach partition {partition}"));
    })
    .await;
}

#[tokio::test]
async fn a_killed_program_takes_up_where_it_was() {
    stream_through(ready().await, async |app| {
        for _ in 0..2 {
            app.kill();
            app.run();
            app.until_ready().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_stopped_program_stores_and_acknowledges_what_it_took() {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    app.run();
    app.until_ready().await;
    stream_through(app, async |app| {
        assert!(app.stop().success());
        app.run();
        app.until_ready().await;
    })
    .await;
}

/// A replica is promoted that may not have everything: ids learned before may mean something else there.
#[tokio::test]
async fn a_database_with_another_past_ends_the_program_before_anything_is_written() {
    let mut app = ready().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    publisher.publish(TOPIC, telemetry(begin, "count", "0", "int")).await;
    app.until_query("select count(*) from samples", "1").await;
    app.postgres.stop().unwrap();
    let standby = app.postgres.data_dir().join("standby.signal");
    std::fs::write(&standby, "").unwrap();
    std::fs::set_permissions(&standby, std::fs::Permissions::from_mode(0o666)).unwrap();
    app.postgres.start_again().unwrap();
    // A replica that did not get it all: the series is not there, and its id is another's.
    app.one("select pg_promote()");
    app.query("update series set metric_id = 'another' where metric_id = 'count'");
    for step in 1..100 {
        publisher.send(TOPIC, telemetry(begin + step, "count", &step.to_string(), "int")).await;
    }
    publisher.flush().await;
    let status = app.process().wait(Duration::from_secs(20)).expect("it ends");
    assert!(!status.success(), "so that whoever watches over it starts it again");
    assert!(app.log().contains("another past"), "{}", app.log());
    assert_eq!(app.one("select count(*) from samples"), "1");
    app.run();
    app.until_ready().await;
    app.until_query("select count(*) from samples", "100").await;
    assert_eq!(
        app.one("select count(*) from samples join series on id = series_id where metric_id = 'count'"),
        "99"
    );
}
