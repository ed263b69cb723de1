//! Late data is kept, and never moves what is shown as live back in time.

use crate::app::{TOPIC, TestApp, now_ms, telemetry, telemetry_many};

#[tokio::test]
async fn a_replayed_disk_buffer_enters_history_and_leaves_the_state_alone() {
    let mut app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    publisher.publish(TOPIC, telemetry(now, "temp", "50", "int")).await;
    app.until_processed(1).await;
    // Four days of a disk buffer, and one sample of almost five years ago.
    let days: Vec<String> = (1..=4)
        .map(|day| {
            let ts = now - day * 86_400_000;
            format!(r#"{{"plcId":"plc-03","metricId":"temp","timestamp":{ts},"value":{day},"dataType":"int","quality":"GOOD"}}"#)
        })
        .collect();
    publisher.publish(TOPIC, telemetry_many(now, &days)).await;
    publisher.publish(TOPIC, telemetry(now - 1_824 * 86_400_000, "temp", "5", "int")).await;
    app.until_processed(3).await;

    let live = async |app: &TestApp| {
        app.get("/api/plcs/planta-1/plc-03/state").await.1["values"]["temp"]["value"].clone()
    };
    assert_eq!(live(&app).await, 50);
    assert_eq!(app.one("select count(*) from telemetry_events"), "6");
    assert_eq!(app.one("select sum(count) from telemetry_hourly"), "6");
    assert_eq!(app.one("select last_values_json ->> 'temp' from plc_state"), "50");
    // The state outlives the process.
    app.kill();
    app.run();
    app.until_ready().await;
    assert_eq!(live(&app).await, 50);
}

#[tokio::test]
async fn of_two_values_at_one_time_the_first_stays_everywhere() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    publisher.publish(TOPIC, telemetry(now, "temp", "1", "int")).await;
    publisher.publish(TOPIC, telemetry(now, "temp", "2", "int")).await;
    publisher.publish(TOPIC, telemetry(now, "temp", "1", "int")).await;
    app.until_processed(3).await;
    assert_eq!(app.one("select int_value from samples"), "1");
    assert_eq!(app.one("select last_values_json ->> 'temp' from plc_state"), "1");
    let (_, state) = app.get("/api/plcs/planta-1/plc-03/state").await;
    assert_eq!(state["values"]["temp"]["value"], 1);
    assert_eq!(app.query("select reason from rejections"), ["conflicting_duplicate"]);
}
