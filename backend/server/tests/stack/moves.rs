//! Gateways that are moved or admitted while they speak, through the whole stack.

use crate::app::{SOURCE, TOPIC, TestApp, eventually, now_ms, telemetry};
use crate::websocket::LiveFeed;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What is promised is about a second; a loaded machine gets some more.
const SOON: Duration = Duration::from_secs(3);

fn there(text: &str) -> String {
    text.replace("planta-1", "planta-2")
}

fn heartbeat(timestamp: i64) -> String {
    let (tenant, province, plant, gateway) = SOURCE;
    format!(
        r#"{{"schemaVersion":1,"timestamp":{timestamp},"type":"heartbeat","tenant":"{tenant}","province":"{province}","plant":"{plant}","gatewayId":"{gateway}","state":"online"}}"#
    )
}

#[tokio::test]
async fn a_move_is_in_force_within_a_moment_and_shows_the_gateway_once() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms();
    publisher.publish(TOPIC, telemetry(begin, "a", "1", "int")).await;
    publisher.publish(TOPIC, heartbeat(begin)).await;
    publisher.publish(&there(TOPIC), there(&telemetry(begin, "a", "1", "int"))).await;
    app.until_processed(3).await;
    assert_eq!(app.one("select reason from rejections"), "gateway_moved");
    let mut feed = LiveFeed::open(&app.ws_url("?plcId=none")).await;
    let shown = feed.until(|message| message["type"] == "gateway").await;
    assert_eq!((&shown["site"], &shown["status"]), (&"planta-1".into(), &"online".into()));

    let plant = json!({"tenant": "granix", "site": "planta-2", "province": "ba"});
    assert_eq!(app.post("/api/admin/plants", &plant).await.0, 201);
    let gateway = app.get("/api/admin/gateways").await.1["items"][0].clone();
    let path = format!("/api/admin/gateways/{}", gateway["id"].as_str().unwrap());
    let (status, moved) = app.put(&path, &json!({"version": 1, "site": "planta-2"})).await;
    assert_eq!((status, &moved["site"]), (200, &"planta-2".into()), "{moved}");
    let asked = Instant::now();
    let gone = feed.until(|message| message["gone"] == true).await;
    assert_eq!((&gone["gatewayId"], &gone["site"]), (&SOURCE.3.into(), &"planta-1".into()));
    let came = feed.until(|message| message["type"] == "gateway").await;
    assert_eq!((&came["site"], &came["status"]), (&"planta-2".into(), &"online".into()));
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());

    // The new place was refused a moment ago, and the old one was known: neither is remembered.
    publisher.publish(&there(TOPIC), there(&telemetry(begin + 1, "a", "2", "int"))).await;
    publisher.publish(TOPIC, telemetry(begin + 2, "a", "3", "int")).await;
    app.until_processed(5).await;
    let places = "select p.code, s.int_value from samples s join series r on r.id = s.series_id join plants p on p.id = r.plant_id order by s.ts";
    assert_eq!(app.query(places), ["planta-1|1", "planta-2|2"]);
    assert_eq!(app.one("select count(*) from rejections where reason = 'gateway_moved'"), "2");
    let (_, list) = app.get("/api/gateways").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&list["items"][0]["site"], &list["items"][0]["status"], &list["items"][0]["heartbeat"]["state"]),
        (&"planta-2".into(), &"online".into(), &"online".into())
    );
    let mut late = LiveFeed::open(&app.ws_url("?plcId=none")).await;
    let shown = late.until(|message| message["type"] == "gateway" || message["type"] == "tick").await;
    assert_eq!(shown["site"], "planta-2");
    assert_eq!(late.until(|message| message["type"] != "gateway").await["type"], "tick", "and nowhere else");

    // Back again, in SQL: everybody hears of that too.
    app.query("update gateways g set plant_id = p.id from plants p where p.code = 'planta-1'");
    let back = feed.until(|message| message["gone"] == true).await;
    assert_eq!(back["site"], "planta-2");
    publisher.publish(TOPIC, telemetry(begin + 3, "a", "4", "int")).await;
    app.until_query("select count(*) from samples", "3").await;
}

#[tokio::test]
async fn where_nothing_registers_itself_an_admin_admits_gateways() {
    let app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("AUTO_PROVISION", "false")]).await;
    let mut publisher = app.publisher().await;
    let begin = now_ms();
    publisher.publish(TOPIC, heartbeat(begin)).await;
    app.until_query("select reason from rejections", "not_provisioned").await;
    for (path, body) in [
        ("/api/admin/tenants", json!({"tenant": "granix"})),
        ("/api/admin/plants", json!({"tenant": "granix", "site": "planta-1", "province": "ba"})),
        ("/api/admin/gateways", json!({"tenant": "granix", "site": "planta-1", "gatewayId": SOURCE.3})),
    ] {
        let (status, answer) = app.post(path, &body).await;
        assert_eq!(status, 201, "{path}: {answer}");
    }
    let admitted = Instant::now();
    eventually("it is taken", async || {
        publisher.publish(TOPIC, heartbeat(now_ms())).await;
        let (_, gateway) = app.get(&format!("/api/gateways/planta-1/{}", SOURCE.3)).await;
        (gateway["status"] == "online").then_some(())
    })
    .await;
    assert!(admitted.elapsed() < SOON, "{:?}", admitted.elapsed());
    // PLCs and metrics are admitted one by one too.
    publisher.publish(TOPIC, telemetry(begin + 1, "a", "1", "int")).await;
    app.until_query(
        "select detail from rejections where reason = 'not_provisioned' and detail like 'metric%'",
        "metric a of PLC plc-03 is not registered",
    )
    .await;
    app.query("insert into plcs (tenant_id, plant_id, plc_id) select tenant_id, id, 'plc-03' from plants");
    app.query("insert into series (tenant_id, plant_id, plc_id, metric_id) select tenant_id, plant_id, id, 'a' from plcs");
    publisher.publish(TOPIC, telemetry(begin + 2, "a", "2", "int")).await;
    app.until_query("select int_value from samples", "2").await;
}

/// An alarm written by hand is heard in every process, in one that stands by too.
#[tokio::test]
async fn every_process_hears_of_alarms() {
    let app = TestApp::start().await;
    let standby = app.sibling();
    standby.until_role("standby").await;
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "1", "int")).await;
    app.until_query("select count(*) from plcs", "1").await;
    let mut feeds = [LiveFeed::open(&app.ws_url("")).await, LiveFeed::open(&standby.ws_url("")).await];
    let raise = |message: &str| {
        let insert = "insert into alarms (plc_id, type, message, severity) select id, 'test',";
        app.query(&format!("{insert} '{message}', 'high' from plcs"));
    };
    raise("one");
    let is =
        |message: &'static str| move |heard: &Value| heard["type"] == "alarm" && heard["message"] == message;
    for feed in &mut feeds {
        let alarm = feed.until(is("one")).await;
        assert_eq!((&alarm["plcId"], &alarm["acknowledged"]), (&"plc-03".into(), &false.into()));
    }
    let (_, page) = app.get("/api/alarms").await;
    let path = format!("/api/alarms/{}/acknowledge", page["items"][0]["id"].as_str().unwrap());
    assert_eq!(app.post(&path, &json!({"comment": "seen"})).await.0, 200);
    for feed in &mut feeds {
        // Raised while the feed read what there was before, it may have been told twice as it was.
        let taken = feed.until(|heard| is("one")(heard) && heard["acknowledged"] == true).await;
        assert_eq!(taken["comment"], "seen");
    }
}

/// What a gateway said under a tenant is no other tenant's to read, though it goes on speaking while it is moved.
#[tokio::test]
async fn what_a_gateway_said_of_itself_does_not_follow_it_to_another_tenant() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms();
    publisher.publish(TOPIC, heartbeat(begin)).await;
    app.until_query("select state from gateway_state", "online").await;
    let tenant = json!({"tenant": "otro"});
    assert_eq!(app.post("/api/admin/tenants", &tenant).await.0, 201);
    let plant = json!({"tenant": "otro", "site": "planta-9", "province": "ba"});
    assert_eq!(app.post("/api/admin/plants", &plant).await.0, 201);
    let gateway = app.get("/api/admin/gateways").await.1["items"][0].clone();
    let path = format!("/api/admin/gateways/{}", gateway["id"].as_str().unwrap());
    let speak = async {
        for n in 0..400 {
            publisher.publish(TOPIC, telemetry(begin + n, "a", "1", "int")).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let moving = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        app.put(&path, &json!({"version": 1, "tenant": "otro", "site": "planta-9"})).await
    };
    let ((), (status, moved)) = tokio::join!(speak, moving);
    assert_eq!((status, &moved["tenant"]), (200, &"otro".into()), "{moved}");
    app.until_query("select count(*) > 0 from rejections where reason = 'gateway_moved'", "t").await;
    assert_eq!(app.one("select count(*) from gateway_state where state is not null"), "0");
}
