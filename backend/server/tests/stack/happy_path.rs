//! One message, all the way.

use crate::app::{TOPIC, TestApp, eventually, now_ms, telemetry};
use crate::websocket::LiveFeed;
use serde_json::{Value, json};

/// The contract's own, word for word, of January 2025.
const EXAMPLE: &str = r#"{"schemaVersion":1,"timestamp":1736359200000,"type":"telemetry","tenant":"granix","province":"ba",
 "plant":"planta-1","gatewayId":"granix-ba-gw-01","plcId":"plc-03","metricId":"temp_head",
 "value":83.2,"dataType":"float","unit":"celsius","quality":"GOOD"}"#;

#[tokio::test]
async fn the_contracts_example_reaches_state_feed_history_and_hours() {
    let app = TestApp::start_with(&[]).await;
    let rule = json!({"name": "everything", "priority": 10, "metricId": "temp_*", "mode": "both"});
    let (status, rule) = app.post("/api/persist-rules", &rule).await;
    assert_eq!(status, 201, "{rule}");
    let mut feed = LiveFeed::open(&app.ws_url("")).await;
    let mut publisher = app.publisher().await;
    eventually("the rule is in force", async || {
        publisher.publish(TOPIC, EXAMPLE).await;
        (app.one("select count(*) from telemetry_events") == "1").then_some(())
    })
    .await;

    let live =
        feed.until(|message| message["type"] == "telemetry" && message["values"]["temp_head"] == 83.2).await;
    assert_eq!(live["tenant"], "granix");
    assert_eq!((&live["site"], &live["plcId"]), (&json!("planta-1"), &json!("plc-03")));
    assert_eq!((&live["ts"], &live["quality"]["temp_head"]), (&json!(1_736_359_200_000_i64), &json!("GOOD")));

    let (status, state) = app.get("/api/plcs/planta-1/plc-03/state").await;
    assert_eq!(status, 200);
    assert_eq!(state["lastTs"], "2025-01-08T18:00:00.000Z");
    assert_eq!(
        state["values"]["temp_head"],
        json!({"value": 83.2, "ts": "2025-01-08T18:00:00.000Z", "quality": "GOOD", "unit": "celsius", "dataType": "float"})
    );
    assert_eq!(
        app.one("select values_json, ts from telemetry_events"),
        r#"{"temp_head": 83.2}|2025-01-08 18:00:00+00"#
    );
    assert_eq!(
        app.one("select metric_id, hour, count, avg from telemetry_hourly"),
        "temp_head|2025-01-08 18:00:00+00|1|83.2"
    );

    // And the same of now.
    let now = now_ms();
    publisher.publish(TOPIC, telemetry(now, "temp_head", "84.5", "float")).await;
    feed.until(|message| message["values"]["temp_head"] == 84.5 && message["ts"] == now).await;
    app.until_query("select count(*) from telemetry_events", "2").await;
    let (_, state) = app.get("/api/plcs/planta-1/plc-03/state?tenant=granix").await;
    assert_eq!(state["values"]["temp_head"]["value"], 84.5);
}

#[tokio::test]
async fn the_api_shows_who_is_there_and_what_they_said() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    for step in 0..5 {
        publisher.send(TOPIC, telemetry(now - 4_000 + step * 1_000, "level", &step.to_string(), "int")).await;
    }
    let beat = format!(
        r#"{{"schemaVersion":1,"timestamp":{now},"type":"heartbeat","tenant":"granix","province":"ba","plant":"planta-1",
        "gatewayId":"granix-ba-gw-01","state":"online","version":"1.0.0","uptimeSec":93212,"internet":"ok","mqtt":"ok",
        "plcLink":"ok","bufferMode":"disk","queuedMessages":0,"bootId":"b7","seq":1}}"#
    );
    publisher.send(TOPIC, beat.clone()).await;
    publisher.send(TOPIC, beat.replace("\"seq\":1", "\"seq\":4")).await;
    publisher.flush().await;
    app.until_processed(7).await;

    let items = async |path: &str| app.get(path).await.1["items"].clone();
    assert_eq!(items("/api/sites").await[0]["site"], "planta-1");
    assert_eq!(items("/api/plcs").await[0]["plcId"], "plc-03");
    assert_eq!(items("/api/plcs/planta-1").await.as_array().unwrap().len(), 1);
    let gateway = items("/api/gateways").await[0].clone();
    assert_eq!((&gateway["gatewayId"], &gateway["status"]), (&json!("granix-ba-gw-01"), &json!("online")));
    assert_eq!(gateway["heartbeat"]["uptimeSec"], 93_212);
    assert_eq!(gateway["missingSeq"], 2);
    let (_, one) = app.get("/api/gateways/planta-1/granix-ba-gw-01").await;
    assert_eq!(one["heartbeat"]["version"], "1.0.0");
    assert_eq!(items("/api/telemetry/latest?limit=2").await.as_array().unwrap().len(), 2);

    let (_, first) = app.get("/api/telemetry/planta-1/plc-03?metric=level&resolution=raw&limit=3").await;
    let (_, second) = app
        .get(&format!(
            "/api/telemetry/planta-1/plc-03?metric=level&resolution=raw&limit=3&cursor={}",
            first["nextCursor"].as_str().unwrap()
        ))
        .await;
    let mut values: Vec<i64> = [&first, &second]
        .into_iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|item| item["value"].as_i64().unwrap())
        .collect();
    values.sort_unstable();
    assert_eq!(values, [0, 1, 2, 3, 4]);
    assert_eq!(second["nextCursor"], Value::Null);
    let (_, hours) = app.get("/api/telemetry/planta-1/plc-03?metric=level&resolution=hourly").await;
    let counted: i64 =
        hours["items"].as_array().unwrap().iter().map(|hour| hour["count"].as_i64().unwrap()).sum();
    assert_eq!(counted, 5);
}

#[tokio::test]
async fn a_page_sees_only_what_it_asks_for_and_can_change_its_mind() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    publisher.publish(TOPIC, telemetry(now, "a", "1", "int")).await;
    publisher.publish(TOPIC, telemetry(now, "b", "2", "int")).await;
    app.until_processed(2).await;
    let mut feed = LiveFeed::open(&app.ws_url("?site=planta-1&metricId=a")).await;
    let snapshot = feed.until(|message| message["type"] == "telemetry").await;
    assert_eq!(snapshot["values"], json!({"a": 1}));
    assert_eq!(snapshot["dataType"], json!({"a": "int"}));
    feed.say(
        &json!({"type": "subscribe", "filters": [{"site": "planta-1", "plcId": "plc-03", "metricId": "b"}]}),
    )
    .await;
    let replaced = feed.until(|message| message["type"] == "telemetry").await;
    assert_eq!(replaced["values"], json!({"b": 2}));
    feed.until(|message| message["type"] == "tick").await;
}
