//! A changed rule is in force within a second, without a restart.

use crate::app::{TOPIC, TestApp, client, eventually, now_ms, telemetry};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_change_takes_effect_within_a_second() {
    let app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "none")]).await;
    let mut publisher = app.publisher().await;
    let mut sequence = now_ms() - 600_000;
    // Publishes until a message is treated as expected, and returns how long that took.
    let mut until_kept = async |kept: bool| {
        let begin = Instant::now();
        loop {
            sequence += 1;
            let before = app.one("select count(*) from samples");
            publisher.publish(TOPIC, telemetry(sequence, "temp", "1", "int")).await;
            let last = "select extract(epoch from ts) * 1000 = (select max(extract(epoch from ts) * 1000) from series_last) from series_last";
            eventually("the message is stored", async || {
                let shown = app.one("select (extract(epoch from max(ts)) * 1000)::bigint from series_last");
                (shown == sequence.to_string()).then_some(())
            })
            .await;
            assert_eq!(app.one(last), "t");
            if (app.one("select count(*) from samples") != before) == kept {
                return begin.elapsed();
            }
        }
    };
    until_kept(false).await;
    let (status, rule) = app
        .post("/api/persist-rules", &json!({"name": "keep", "priority": 5, "plcId": "plc-*", "mode": "raw"}))
        .await;
    assert_eq!(status, 201);
    let took = until_kept(true).await;
    assert!(took < Duration::from_secs(1), "created: {took:?}");

    let path = format!("/api/persist-rules/{}", rule["id"].as_str().unwrap());
    let mut edited: Value = rule.clone();
    edited["enabled"] = json!(false);
    let (status, edited) = app.put(&path, &edited).await;
    assert_eq!((status, &edited["version"]), (200, &json!(2)), "{edited}");
    let took = until_kept(false).await;
    assert!(took < Duration::from_secs(1), "disabled: {took:?}");

    // An edit that starts from an old version changes nothing.
    let (status, problem) = app.put(&path, &rule).await;
    assert_eq!((status, &problem["code"]), (409, &json!("stale_version")));
    // So does a deletion that names one.
    let stale = client().delete(app.url(&format!("{path}?version=1"))).send().await.unwrap();
    assert_eq!(stale.status().as_u16(), 409);
    // By hand in SQL, too.
    app.query("update persist_rules set enabled = true");
    let took = until_kept(true).await;
    assert!(took < Duration::from_secs(1), "by hand: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_wait_do_not_hold_up_a_rule() {
    let app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "none")]).await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 600_000;
    publisher.publish(TOPIC, telemetry(begin, "temp", "1", "int")).await;
    app.until_processed(1).await;
    // Every connection of the API waits for a lock that ingest does not need.
    let held = std::thread::scope(|threads| {
        let locked = threads.spawn(|| app.query("begin; lock table units; select pg_sleep(6); commit"));
        let readers = async {
            let wait = (0..12).map(|_| app.get("/api/telemetry/latest"));
            futures_util::future::join_all(wait).await
        };
        let rule = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            app.query("insert into persist_rules (name, mode) values ('keep', 'raw')");
            let changed = Instant::now();
            for step in 1.. {
                publisher.publish(TOPIC, telemetry(begin + step, "temp", "1", "int")).await;
                app.until_processed(1 + u64::try_from(step).unwrap()).await;
                if app.one("select count(*) from samples") != "0" {
                    break;
                }
            }
            changed.elapsed()
        };
        let took = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async { tokio::join!(readers, rule).1 })
        });
        drop(locked.join());
        took
    });
    assert!(held < Duration::from_secs(1), "{held:?}");
}
