//! Values arrive as they were sent, to the last digit and bit.

use crate::app::{TOPIC, TestApp, client, now_ms, telemetry};
use crate::websocket::LiveFeed;

#[tokio::test]
async fn every_type_is_exact_in_state_history_feed_and_sql() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    let cases = [
        ("big", "9007199254740993", "int"),
        ("least", "-9223372036854775808", "int"),
        ("third", "0.3333333333333333", "float"),
        ("tiny", "5e-324", "float"),
        ("whole", "83", "float"),
        ("running", "true", "bool"),
        ("text", r#""En marcha ✓ \"línea 1\"""#, "string"),
    ];
    for (metric, value, data_type) in cases {
        publisher.publish(TOPIC, telemetry(now, metric, value, data_type)).await;
    }
    app.until_processed(7).await;
    // As text: a JSON parser of ours could hide what a digit lost.
    let client = client();
    let text = async |path: &str| client.get(app.url(path)).send().await.unwrap().text().await.unwrap();
    let state = text("/api/plcs/planta-1/plc-03/state").await;
    let history = text("/api/telemetry/planta-1/plc-03?resolution=raw&limit=100").await;
    for exact in [
        "9007199254740993",
        "-9223372036854775808",
        "0.3333333333333333",
        "5e-324",
        "83.0",
        "true",
        r#"En marcha ✓ \"línea 1\""#,
    ] {
        assert!(state.contains(&format!("\"value\":{exact}")) || state.contains(exact), "{exact} in {state}");
        assert!(history.contains(exact), "{exact} in {history}");
    }
    let mut feed = LiveFeed::open(&app.ws_url("")).await;
    let snapshot = feed.until(|message| message["type"] == "telemetry").await;
    assert_eq!(snapshot["values"]["big"].as_i64(), Some(9_007_199_254_740_993));
    assert_eq!(snapshot["values"]["running"], true);
    let bits = "select encode(float8send(value), 'hex') from samples s join series r on r.id = s.series_id where metric_id = 'third'";
    assert_eq!(app.one(bits), format!("{:016x}", (1.0_f64 / 3.0).to_bits()));
    let sql = "select values_json ->> 'big' from telemetry_events where metric_id = 'big'";
    assert_eq!(app.one(sql), "9007199254740993");
}
