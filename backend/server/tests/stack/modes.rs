//! What each mode keeps, and that a message counts once however often it comes.

use crate::app::{TOPIC, TestApp, now_ms, telemetry};
use serde_json::json;

#[tokio::test]
async fn each_mode_keeps_what_it_says_and_a_repeat_changes_nothing() {
    let app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "none")]).await;
    for mode in ["raw", "hourly", "both"] {
        let rule = json!({"name": mode, "priority": 1, "metricId": format!("m_{mode}"), "mode": mode});
        assert_eq!(app.post("/api/persist-rules", &rule).await.0, 201);
    }
    let mut publisher = app.publisher().await;
    let hour = now_ms() / 3_600_000 * 3_600_000 - 3_600_000;
    // Rules are in force within a second; a probe tells when.
    let mut probes = 0_u64;
    loop {
        publisher
            .publish(
                TOPIC,
                telemetry(hour - 3_600_000 - i64::try_from(probes).unwrap(), "m_both", "0", "int"),
            )
            .await;
        probes += 1;
        app.until_processed(probes).await;
        if app.one("select count(*) from samples") != "0" {
            break;
        }
    }
    for _repeat in 0..3 {
        for mode in ["raw", "hourly", "both", "none"] {
            for (second, value) in [(1, "10"), (2, "20")] {
                publisher.send(TOPIC, telemetry(hour + second, &format!("m_{mode}"), value, "int")).await;
            }
        }
    }
    publisher.flush().await;
    app.until_processed(probes + 24).await;
    let events = format!(
        "select metric_id, count(*) from telemetry_events where ts >= to_timestamp({}) group by 1 order by 1",
        hour / 1_000
    );
    assert_eq!(app.query(&events), ["m_both|2", "m_raw|2"]);
    let hours = format!(
        "select metric_id, count, sum, min, max, first, last from telemetry_hourly where hour = to_timestamp({}) order by 1",
        hour / 1_000
    );
    assert_eq!(app.query(&hours), ["m_both|2|30|10|20|10|20", "m_hourly|2|30|10|20|10|20"]);
    let (_, state) = app.get("/api/plcs/planta-1/plc-03/state").await;
    for mode in ["raw", "hourly", "both", "none"] {
        assert_eq!(state["values"][format!("m_{mode}")]["value"], 20, "{mode}");
    }
    assert_eq!(app.one("select last_values_json ->> 'm_none' from plc_state"), "20");
    assert_eq!(app.one("select count(*) from rejections"), "0");
}
