//! Behind a broker that is as strict and moody as AWS IoT Core.

use crate::app::{TOPIC, TestApp, eventually, now_ms, telemetry};
use crate::publisher::{Publisher, is_let_in};
use serde_json::Value;
use std::time::Duration;
use vigia_testkit::BrokerOptions;
use vigia_testkit::{IotCore, RateLimit, SessionLoss, Twice};

const CLIENT: &str = "vigia-test";

/// The program behind the proxy, which stands before the app's broker.
async fn behind(settings: &[(&str, &str)]) -> (TestApp, IotCore) {
    let settings = [&[("PERSIST_DEFAULT_MODE", "both")], settings].concat();
    let mut app = TestApp::prepare(&settings, BrokerOptions::default());
    let core = IotCore::start(&app.broker).unwrap();
    app.set("AWS_IOT_PORT", &core.port().to_string());
    app.run();
    app.until_ready().await;
    (app, core)
}

/// A counting int with the gateway's own count beside it.
fn counted(begin: i64, step: i64) -> String {
    telemetry(begin + step, "count", &step.to_string(), "int").replacen(
        '{',
        &format!(r#"{{"bootId":"b1","seq":{step},"#),
        1,
    )
}

async fn publish(publisher: &mut Publisher, begin: i64, steps: std::ops::Range<i64>, pause: Duration) {
    for step in steps {
        publisher.send(TOPIC, counted(begin, step)).await;
        tokio::time::sleep(pause).await;
    }
    publisher.flush().await;
}

async fn all_stored(app: &TestApp, steps: i64) {
    app.until_query("select count(*) from samples", &steps.to_string()).await;
    let sum = steps * (steps - 1) / 2;
    assert_eq!(app.one("select sum(count), sum(sum) from hourly"), format!("{steps}|{sum}"));
    assert_eq!(app.one("select count(*) from rejections"), "0");
}

async fn connection(app: &TestApp) -> Value {
    app.health().await["mqtt"]["connections"][0].clone()
}

#[tokio::test]
async fn never_more_than_a_window_is_unacknowledged_and_it_shows() {
    let (mut app, core) = behind(&[("SPOOL_MAX_BYTES", "1048576")]).await;
    // A broker with no limit of its own: the client's receive-maximum alone holds it back.
    core.change(|rules| rules.window = 1_000);
    core.cut_all();
    app.until_ready().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    app.postgres.stop().unwrap();
    publish(&mut publisher, begin, 0..5_000, Duration::ZERO).await;
    let full = eventually("the window is full", async || {
        let connection = connection(&app).await;
        (connection["inFlight"] == 100).then_some(connection)
    })
    .await;
    assert_eq!((full["window"].as_u64(), full["rateLimit"].as_u64()), (Some(100), Some(100)));
    assert_eq!(core.stats(CLIENT).largest_unacked, 100);
    let (_, metrics) = app.get("/metrics").await;
    let in_flight = format!("vigia_mqtt_in_flight_messages{{client_id=\"{CLIENT}\"}} 100");
    assert!(metrics.as_str().unwrap().contains(&in_flight), "{metrics}");
    app.postgres.start_again().unwrap();
    all_stored(&app, 5_000).await;
    assert_eq!(core.stats(CLIENT).largest_unacked, 100);
}

#[tokio::test]
async fn what_the_broker_throws_away_is_counted_as_missing() {
    let (app, core) = behind(&[]).await;
    core.change(|rules| rules.rate = Some(RateLimit::AWS));
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    publish(&mut publisher, begin, 0..600, Duration::from_millis(2)).await;
    // The last one passes whatever the rate: from it the gaps before it are known.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    publish(&mut publisher, begin, 600..601, Duration::ZERO).await;
    let stats = eventually("it has come to rest", async || {
        let stats = core.stats(CLIENT);
        (stats.delivered + stats.thrown_away == 601 && stats.unacked == 0).then_some(stats)
    })
    .await;
    assert!(stats.thrown_away > 100, "{stats:?}");
    app.until_query("select count(*) from samples", &stats.delivered.to_string()).await;
    let (_, gateway) = app.get("/api/gateways/planta-1/granix-ba-gw-01").await;
    assert_eq!(gateway["missingSeq"].as_u64(), Some(stats.thrown_away), "{gateway}");
    assert!(app.log().contains("raise AWS_IOT_CONNECTIONS"), "a warning came first");
}

#[tokio::test]
async fn more_connections_take_what_one_cannot() {
    let (app, core) = behind(&[("AWS_IOT_CONNECTIONS", "6")]).await;
    core.change(|rules| rules.rate = Some(RateLimit::AWS));
    let mut publisher = app.publisher().await;
    publish(&mut publisher, now_ms() - 10_000, 0..800, Duration::from_millis(4)).await;
    all_stored(&app, 800).await;
    let connections = app.health().await["mqtt"]["connections"].as_array().unwrap().clone();
    assert_eq!(connections.len(), 6);
    assert!(
        connections.iter().all(|connection| connection["received"].as_u64() > Some(20)),
        "{connections:?}"
    );
}

#[tokio::test]
async fn cuts_and_second_copies_under_other_ids_lose_and_double_nothing() {
    let (app, core) = behind(&[("AWS_IOT_CONNECTIONS", "3")]).await;
    core.change(|rules| {
        rules.twice = Some(Twice { share: 0.2, after: Duration::from_millis(30), seed: 7 });
        rules.resend_after = Some(Duration::from_millis(40));
        rules.delay = Duration::from_millis(5);
    });
    core.cut_randomly(Duration::from_millis(1_500), 11);
    let mut publisher = app.publisher().await;
    publish(&mut publisher, now_ms() - 10_000, 0..3_000, Duration::from_millis(1)).await;
    core.stop_cutting();
    all_stored(&app, 3_000).await;
    let (cuts, copies) =
        core.all_stats().values().fold((0, 0), |(cuts, copies), it| (cuts + it.cuts, copies + it.sent_twice));
    assert!(cuts >= 3 && copies > 100, "{cuts} cuts, {copies} copies");
    let never_sent: u64 = core.all_stats().values().map(|stats| stats.unknown_acks).sum();
    assert_eq!(never_sent, 0, "no ack of one connection goes out on the next");
    let reconnects: u64 = app.health().await["mqtt"]["connections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|connection| connection["reconnects"].as_u64().unwrap())
        .sum();
    assert!(reconnects >= 3, "{reconnects}");
}

#[tokio::test]
async fn a_lost_session_costs_what_the_broker_forgot_and_nothing_more() {
    let (mut app, core) = behind(&[]).await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    publish(&mut publisher, begin, 0..100, Duration::ZERO).await;
    all_stored(&app, 100).await;
    app.kill();
    publish(&mut publisher, begin, 100..200, Duration::ZERO).await;
    core.lose_sessions(SessionLoss::Next(1));
    app.run();
    app.until_ready().await;
    assert_eq!(connection(&app).await["sessionPresent"], false);
    // What the broker forgot is the gateway's to send again, and all of it may be.
    publish(&mut publisher, begin, 0..300, Duration::ZERO).await;
    all_stored(&app, 300).await;
}

/// The spool is full and takes nothing, thousands wait in a shared subscription, and the broker that saved them is killed.
#[tokio::test]
async fn what_waits_in_a_broker_that_is_killed_comes_when_there_is_room_again() {
    let (mut app, _core) = behind(&[("SPOOL_MAX_BYTES", "1048576"), ("AWS_IOT_CONNECTIONS", "3")]).await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 20_000;
    app.postgres.stop().unwrap();
    publish(&mut publisher, begin, 0..8_000, Duration::ZERO).await;
    eventually("the spool is full", async || (app.health().await["spool"]["state"] == "full").then_some(()))
        .await;
    app.broker.save().unwrap();
    app.broker.kill();
    app.broker.start_again().unwrap();
    // No connection comes back before what the last one brought has found its place.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(app.health().await["mqtt"]["state"], "down");
    app.postgres.start_again().unwrap();
    all_stored(&app, 8_000).await;
}

#[tokio::test]
async fn a_refused_subscription_is_shown_and_asked_for_again() {
    let (app, core) = behind(&[]).await;
    core.refuse_subscriptions(true);
    core.cut_all();
    let refused = eventually("the refusal shows", async || {
        let connection = connection(&app).await;
        let state = connection["subscriptions"][0]["state"].as_str()?.to_owned();
        state.starts_with("refused").then_some(connection)
    })
    .await;
    assert_eq!(refused["subscriptions"][0]["state"], "refused: not authorized");
    assert!(refused["lastError"].as_str().unwrap().contains("policy"), "{refused}");
    assert_eq!(app.get("/health/ready").await.0, 503);
    core.refuse_subscriptions(false);
    app.until_ready().await;
    assert_eq!(connection(&app).await["subscriptions"][0]["state"], "granted");
}

#[tokio::test]
async fn a_client_that_took_the_session_is_answered_only_by_who_holds_the_lease() {
    let (app, core) = behind(&[]).await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    publish(&mut publisher, begin, 0..100, Duration::ZERO).await;
    // Somebody with the same client id: the older connection is told and ended.
    let identity = app.broker.pki().client("backend").unwrap();
    assert!(is_let_in(core.port(), &identity, CLIENT).await);
    let error = eventually("it was told why", async || {
        let error = connection(&app).await["lastError"].as_str()?.to_owned();
        error.contains("session taken over").then_some(error)
    })
    .await;
    assert!(error.contains("another client with this id"), "{error}");
    app.until_ready().await;
    publish(&mut publisher, begin, 100..200, Duration::ZERO).await;
    all_stored(&app, 200).await;
    assert!(core.stats(CLIENT).kicked >= 1);
}
