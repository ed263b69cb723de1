//! Every reason of the closed list, through the whole stack: quarantined, shown, acknowledged, and in nobody's way.

use crate::app::{TOPIC, TestApp, now_ms, telemetry, telemetry_many};
use serde_json::Value;

#[tokio::test]
async fn each_reason_is_quarantined_and_the_good_ones_pass() {
    let app = TestApp::start_with(&[
        ("PERSIST_DEFAULT_MODE", "both"),
        ("MAX_TENANTS", "1"),
        ("MAX_SERIES_PER_TENANT", "3"),
    ])
    .await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    // Known first: one gateway, three series.
    for metric in ["a", "b", "poison"] {
        publisher.publish(TOPIC, telemetry(now, metric, "1", "int")).await;
    }
    app.until_processed(3).await;
    // A database that refuses one value stands for any fault no validation foresees.
    app.query("alter table samples add constraint no_666 check (int_value <> 666)");

    let good = telemetry(now + 1, "a", "2", "int");
    let elsewhere = |text: &str, from: &str, to: &str| (TOPIC.replace(from, to), text.replace(from, to));
    let moved = elsewhere(&good, "planta-1", "planta-2");
    let stranger = (TOPIC.replace("granix", "otro"), good.replace("granix", "otro"));
    let cases: Vec<(&str, String, Vec<u8>)> = vec![
        ("payload_too_large", TOPIC.into(), format!("{{\"x\":\"{}\"}}", "y".repeat(131_100)).into_bytes()),
        ("not_json", TOPIC.into(), b"\xff\xfe not json \0".to_vec()),
        ("missing_field", TOPIC.into(), good.replace("\"plcId\":\"plc-03\",", "").into_bytes()),
        (
            "invalid_field",
            TOPIC.into(),
            good.replace("\"quality\":\"GOOD\"", "\"quality\":\"FINE\"").into_bytes(),
        ),
        ("invalid_identifier", TOPIC.into(), good.replace("plc-03", "plc 03").into_bytes()),
        (
            "unsupported_schema_version",
            TOPIC.into(),
            good.replace("\"schemaVersion\":1", "\"schemaVersion\":9").into_bytes(),
        ),
        ("unknown_type", TOPIC.into(), good.replace("\"telemetry\"", "\"event\"").into_bytes()),
        ("value_type_mismatch", TOPIC.into(), telemetry(now + 2, "a", "\"two\"", "int").into_bytes()),
        ("topic_mismatch", TOPIC.into(), good.replace("planta-1", "planta-2").into_bytes()),
        ("gateway_moved", moved.0, moved.1.into_bytes()),
        ("timestamp_out_of_range", TOPIC.into(), telemetry(now + 600_000, "a", "2", "int").into_bytes()),
        ("conflicting_duplicate", TOPIC.into(), telemetry(now, "a", "7", "int").into_bytes()),
        ("not_provisioned", stranger.0, stranger.1.into_bytes()),
        ("series_limit", TOPIC.into(), telemetry(now, "d", "1", "int").into_bytes()),
        ("storage_refused", TOPIC.into(), telemetry(now + 5, "poison", "666", "int").into_bytes()),
    ];
    for (_, topic, payload) in &cases {
        publisher.send(topic, payload.clone()).await;
    }
    publisher.send(TOPIC, good).await;
    publisher.flush().await;
    app.until_processed(3 + u64::try_from(cases.len()).unwrap() + 1).await;

    for (reason, topic, payload) in &cases {
        let (status, page) = app.get(&format!("/api/admin/rejections?reason={reason}")).await;
        assert_eq!(status, 200);
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{reason}: {page}");
        assert_eq!(
            (&items[0]["reason"], &items[0]["topic"]),
            (&Value::from(*reason), &Value::from(topic.as_str()))
        );
        assert_eq!(items[0]["sampleIndex"], Value::Null);
        if let Ok(text) = std::str::from_utf8(payload) {
            assert_eq!(items[0]["payload"], text, "{reason}");
        } else {
            assert_eq!(items[0]["payloadEncoding"], "base64");
        }
    }
    assert_eq!(app.one("select count(*) from rejections"), "15");
    assert_eq!(app.one("select count(*) from samples"), "4", "the good one passed, and nothing else did");
    assert_eq!(app.one("select count(*) from tenants"), "1");
    let (_, state) = app.get("/api/plcs/planta-1/plc-03/state").await;
    assert_eq!(state["values"]["a"]["value"], 2);
    // Nothing waits for an ack any more.
    let ready = app.get("/health").await.1;
    assert_eq!(ready["mqtt"]["connections"][0]["inFlight"], 0, "{ready}");
}

#[tokio::test]
async fn a_bad_sample_goes_alone_and_a_poisoned_row_is_found_among_many() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    publisher.publish(TOPIC, telemetry(now, "seed", "1", "int")).await;
    app.until_processed(1).await;
    app.query("alter table samples add constraint no_666 check (int_value <> 666)");
    let sample = |metric: &str, value: &str| {
        format!(
            r#"{{"plcId":"plc-03","metricId":"{metric}","value":{value},"dataType":"int","quality":"GOOD"}}"#
        )
    };
    let mut samples: Vec<String> = (0..100).map(|n| sample(&format!("m{n}"), &n.to_string())).collect();
    samples[17] = sample("m17", "\"x\"");
    samples[42] = sample("m42", "666");
    samples[43] = sample("m43", "1e999");
    publisher.publish(TOPIC, telemetry_many(now, &samples)).await;
    app.until_processed(2).await;
    assert_eq!(app.one("select count(*) from samples"), "98");
    assert_eq!(
        app.query("select sample_index, reason from rejections order by 1"),
        ["17|value_type_mismatch", "42|storage_refused", "43|invalid_field"]
    );
    assert_eq!(app.one("select count(*) from quarantined_messages"), "2");

    // More of the same are found at once, for their series is stored apart.
    for step in 1..6 {
        publisher.send(TOPIC, telemetry(now + step, "m42", "666", "int")).await;
        publisher.send(TOPIC, telemetry(now + step, "m41", "1", "int")).await;
        publisher.flush().await;
    }
    app.until_processed(12).await;
    assert_eq!(app.one("select count(*) from rejections where reason = 'storage_refused'"), "6");
    assert_eq!(app.one("select count(*) from samples"), "103");
    let (_, metrics) = app.get("/metrics").await;
    let splits = metrics.as_str().unwrap().lines().find(|line| line.contains(r#"then="split""#)).unwrap();
    // Once in the lane of new names, where it began, and once in the other.
    assert!(splits.ends_with(" 2"), "{splits}");
}

/// An admin removes a gateway by hand while it speaks: it is registered anew, and the others notice nothing.
#[tokio::test]
async fn a_gateway_removed_under_us_costs_the_others_nothing() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    let other = TOPIC.replace("gw-01", "gw-02");
    let counted = |step: i64, gateway: &str| {
        let marks = format!(r#"{{"bootId":"b1","seq":{step},"#);
        telemetry(now + step, gateway, "1", "int").replace("gw-01", gateway).replacen('{', &marks, 1)
    };
    for step in 0..10 {
        publisher.send(TOPIC, counted(step, "gw-01")).await;
        publisher.send(&other, counted(step, "gw-02")).await;
        publisher.flush().await;
        app.until_processed(u64::try_from(step * 2 + 2).unwrap()).await;
        if step == 4 {
            app.query("delete from gateways where gateway_id = 'granix-ba-gw-01'");
        }
    }
    assert_eq!(app.one("select count(*) from samples"), "20");
    assert_eq!(app.one("select seen from gateway_boots b join gateways g on g.id = b.gateway_id where g.gateway_id like '%gw-02'"), "{[0,10)}");
    assert_eq!(app.one("select count(*) from gateways"), "2");
}

#[tokio::test]
async fn units_beyond_a_tenants_own_are_refused_and_nobody_elses() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    let with_unit = |step: i64, unit: &str| telemetry(now + step, "a", "1", "int").replace("celsius", unit);
    for step in 0..250 {
        publisher.send(TOPIC, with_unit(step, &format!("u{step}"))).await;
    }
    publisher.flush().await;
    app.until_processed(250).await;
    // Known to be refused, and still counted one by one.
    publisher.publish(TOPIC, with_unit(250, "u249")).await;
    publisher.publish(&TOPIC.replace("granix", "otro"), with_unit(0, "bar").replace("granix", "otro")).await;
    app.until_processed(252).await;
    assert_eq!(app.query("select reason, count(*) from rejections group by 1"), ["series_limit|51"]);
    assert_eq!(app.one("select count(*) from samples"), "201");
}

#[tokio::test]
async fn without_auto_provision_only_what_is_known_is_taken() {
    let mut app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    publisher.publish(TOPIC, telemetry(now, "known", "1", "int")).await;
    app.until_processed(1).await;
    app.stop();
    app.set("AUTO_PROVISION", "false");
    app.run();
    app.until_ready().await;
    publisher.publish(TOPIC, telemetry(now + 1, "known", "2", "int")).await;
    publisher.publish(TOPIC, telemetry(now + 1, "unknown", "2", "int")).await;
    publisher
        .publish(
            &TOPIC.replace("gw-01", "gw-99"),
            telemetry(now, "known", "2", "int").replace("gw-01", "gw-99"),
        )
        .await;
    app.until_processed(3).await;
    assert_eq!(app.one("select count(*) from samples"), "2");
    assert_eq!(app.query("select reason, count(*) from rejections group by 1"), ["not_provisioned|2"]);
    assert_eq!(app.one("select count(*) from gateways"), "1");
}

#[tokio::test]
async fn no_topic_can_make_the_quarantine_lose_what_it_is_told() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    // Longer than an index takes.
    let long: String = (0..9_000_u32).map(|n| char::from(b'a' + u8::try_from(n * n % 26).unwrap())).collect();
    publisher.send(&TOPIC.replace("granix-ba-gw-01", &long), "x").await;
    publisher.send(TOPIC, "y").await;
    publisher.flush().await;
    app.until_processed(2).await;
    assert_eq!(
        app.query("select reason, count(*) from rejections group by 1 order by 1"),
        ["invalid_identifier|1", "not_json|1"]
    );
}
