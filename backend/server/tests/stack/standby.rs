//! Two programs on one database: one ingests, the other takes over when it is gone.

use crate::app::{TOPIC, TestApp, eventually, now_ms, telemetry};
use std::time::{Duration, Instant};

/// The contract's promise.
const TAKE_OVER: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_standby_takes_over_from_a_killed_program_under_load() {
    let mut app = TestApp::start().await;
    let mut standby = app.sibling();
    standby.until_role("standby").await;
    let (status, text) = standby.ready().await;
    assert!(status == 503 && text.contains("standby"), "{text}");

    let mut publisher = app.publisher().await;
    let (begin, mut step) = (now_ms(), 0);
    let mut killed = None;
    let mut took_over = None;
    let deadline = Instant::now() + Duration::from_secs(20);
    while took_over.is_none() && Instant::now() < deadline {
        for _ in 0..50 {
            publisher.send(TOPIC, telemetry(begin + step, "count", &step.to_string(), "int")).await;
            step += 1;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        if killed.is_none() && step >= 1_000 {
            assert_eq!(standby.role().await, "standby", "the first one lives");
            app.kill();
            killed = Some(Instant::now());
        }
        if let Some(since) = killed
            && standby.ready().await.0 == 200
        {
            took_over = Some(since.elapsed());
        }
    }
    assert!(took_over.is_some_and(|time| time < TAKE_OVER), "{took_over:?}");
    publisher.flush().await;
    app.until_query("select count(*) from samples", &step.to_string()).await;
    assert_eq!(app.one("select sum(int_value) from samples"), (step * (step - 1) / 2).to_string());

    // The one that was killed comes back as the standby.
    app.run();
    eventually("the first one stands by", async || {
        (app.listens() && app.health().await["role"] == "standby").then_some(())
    })
    .await;
    assert_eq!(standby.role().await, "active");
    // In good order it is a matter of a second.
    assert!(standby.process.stop(Duration::from_secs(20)).unwrap().unwrap().success());
    let stopped = Instant::now();
    app.until_ready().await;
    assert!(stopped.elapsed() < Duration::from_secs(4), "{:?}", stopped.elapsed());
}

#[tokio::test]
async fn a_database_that_was_away_makes_nobody_take_over() {
    let mut app = TestApp::start().await;
    let standby = app.sibling();
    standby.until_role("standby").await;
    app.postgres.stop().unwrap();
    tokio::time::sleep(Duration::from_secs(8)).await;
    app.postgres.start_again().unwrap();
    app.until_ready().await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!((app.health().await["role"].as_str().unwrap(), &*standby.role().await), ("active", "standby"));
}

#[tokio::test]
async fn a_frozen_program_stands_down_when_it_wakes() {
    let mut app = TestApp::start().await;
    let standby = app.sibling();
    standby.until_role("standby").await;
    let mut publisher = app.publisher().await;
    let begin = now_ms();
    app.process().signal("STOP").unwrap();
    for step in 0..2_000 {
        publisher.send(TOPIC, telemetry(begin + step, "count", &step.to_string(), "int")).await;
    }
    publisher.flush().await;
    standby.until_role("active").await;
    app.process().signal("CONT").unwrap();
    eventually("the one that was frozen stands by", async || {
        (app.health().await["role"] == "standby").then_some(())
    })
    .await;
    app.until_query("select count(*) from samples", "2000").await;
    assert_eq!(app.one("select sum(count) from hourly"), "2000");
    assert_eq!(standby.role().await, "active");
}

/// Gone in the middle of a transaction, as with its machine: what it had locked must not keep the other from working.
#[tokio::test]
async fn a_program_that_vanishes_in_a_transaction_leaves_no_locks_behind() {
    let mut app = TestApp::start().await;
    let standby = app.sibling();
    standby.until_role("standby").await;
    let mut publisher = app.publisher().await;
    let (begin, mut step) = (now_ms() - 100_000, 0);
    let open = "select count(*) from pg_stat_activity where application_name = 'vigia' and xact_start is not null and backend_xid is not null";
    let vanished = loop {
        for _ in 0..200 {
            publisher.send(TOPIC, telemetry(begin + step, "count", &step.to_string(), "int")).await;
            step += 1;
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
        app.process().signal("STOP").unwrap();
        tokio::time::sleep(Duration::from_millis(60)).await;
        if app.one(open) != "0" {
            break Instant::now();
        }
        app.process().signal("CONT").unwrap();
        assert!(step < 50_000, "it is never caught in a transaction");
    };
    eventually("the other one is ready", async || (standby.ready().await.0 == 200).then_some(())).await;
    let took = vanished.elapsed();
    assert!(took < TAKE_OVER, "{took:?}");
    publisher.flush().await;
    app.until_query("select count(*) from samples", &step.to_string()).await;
    assert_eq!(app.one("select sum(count) from hourly"), step.to_string());
    app.process().signal("KILL").unwrap();
}

#[tokio::test]
async fn a_restarted_program_need_not_wait_for_itself() {
    let mut app = TestApp::start().await;
    app.kill();
    let killed = Instant::now();
    app.run();
    app.until_ready().await;
    assert!(killed.elapsed() < Duration::from_secs(3), "{:?}", killed.elapsed());
}

/// Somebody keeps a table from being read when the other one takes over: it waits, and does not end for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_at_the_begin_of_a_term_is_waited_for() {
    let mut app = TestApp::start().await;
    let mut standby = app.sibling();
    standby.until_role("standby").await;
    app.kill();
    let lock = "do $$ begin lock table series_last in access exclusive mode; perform pg_sleep(16); end $$";
    tokio::task::block_in_place(|| app.query(lock));
    assert!(standby.process.exit_status().is_none());
    standby.until_role("active").await;
}

/// A process that lost the lease still stores what it had acknowledged: who ingests must show it.
#[tokio::test]
async fn what_a_standby_drains_shows_in_the_one_that_ingests() {
    let mut app = TestApp::start().await;
    let mut standby = app.sibling();
    standby.until_role("standby").await;
    let mut publisher = app.publisher().await;
    let begin = now_ms();
    publisher.publish(TOPIC, telemetry(begin, "rare", "1", "int")).await;
    app.until_query("select count(*) from samples", "1").await;
    app.postgres.stop().unwrap();
    publisher.publish(TOPIC, telemetry(begin + 1, "rare", "2", "int")).await;
    eventually("it waits on disk", async || (app.health().await["spool"]["entries"] == 1).then_some(()))
        .await;
    app.kill();
    app.postgres.start_again().unwrap();
    standby.until_role("active").await;
    app.run();
    app.until_query("select count(*) from samples", "2").await;
    let value = eventually("the one that ingests shows it", async || {
        let state = standby.get("/api/plcs/planta-1/plc-03/state").await;
        (state["values"]["rare"]["value"] == 2).then_some(state)
    })
    .await;
    assert_eq!(value["lastTs"].as_str().map(str::len), Some(24));
    assert!(standby.process.exit_status().is_none());
}
