//! History that is packed: found by every way to it, and added to when samples come late.

use crate::app::{TOPIC, TestApp, telemetry};
use serde_json::Value;

const T0: i64 = 1_736_359_200_000; // 2025-01-08T18:00:00Z
const COUNT: i64 = 600;

/// What `vigia history` writes.
fn history(app: &TestApp, arguments: &[&str]) -> (bool, String) {
    let mut command = app.command();
    command.env("LOG_LEVEL", "warn").arg("history").args(arguments);
    let output = command.output().unwrap();
    let said = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn packed_history_is_found_by_every_way_to_it() {
    let app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("PACK_AFTER_SEC", "60")]).await;
    let mut publisher = app.publisher().await;
    for n in 0..COUNT {
        let value = if n == 300 { "99.5".to_owned() } else { format!("{}.5", n % 10) };
        publisher.send(TOPIC, telemetry(T0 + n * 1_000, "temp_head", &value, "float")).await;
    }
    publisher.flush().await;
    app.until_query("select sum(count) from telemetry_packed", &COUNT.to_string()).await;
    assert_eq!(app.one("select count(*) from samples"), "0");

    // What comes again is known; what contradicts it is refused; what comes late joins it.
    publisher.publish(TOPIC, telemetry(T0, "temp_head", "0.5", "float")).await;
    publisher.publish(TOPIC, telemetry(T0 + 1_000, "temp_head", "7", "float")).await;
    publisher.publish(TOPIC, telemetry(T0 + 500, "temp_head", "4.25", "float")).await;
    app.until_query("select count(*) from rejections where reason = 'conflicting_duplicate'", "1").await;
    app.until_query("select sum(count) from telemetry_packed", &(COUNT + 1).to_string()).await;
    assert_eq!(app.one("select count(*) from samples"), "0");
    assert_eq!(app.one("select count from telemetry_hourly"), (COUNT + 1).to_string());

    let path = "/api/telemetry/planta-1/plc-03";
    let (status, page) = app.get(&format!("{path}?order=asc&limit=3")).await;
    assert_eq!(status, 200, "{page}");
    let values: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|item| &item["value"]).collect();
    assert_eq!(values, [0.5, 4.25, 1.5]);
    let (_, latest) = app.get("/api/telemetry/latest?limit=1").await;
    assert_eq!(latest["items"][0]["ts"], "2025-01-08T18:09:59.000Z");
    let chart = format!("{path}?resolution=auto&layout=columns&maxPoints=10&from={T0}&to={}", T0 + 600_000);
    let (_, chart) = app.get(&chart).await;
    assert_eq!((&chart["samples"], &chart["bucketSeconds"]), (&(COUNT + 1).into(), &60.0.into()));
    assert_eq!(chart["columns"][0]["max"][5], 99.5);

    let (from, to) = (T0.to_string(), "2025-01-09");
    let asked = ["--metric", "temp_head", "--from", from.as_str(), "--to", to, "--csv"];
    let (is_ok, csv) = history(&app, &[&["--plc", "planta-1/plc-03"], asked.as_slice()].concat());
    assert!(is_ok, "{csv}");
    let (_, export) = app.get(&format!("{path}/export?from={T0}&to={to}")).await;
    assert_eq!(export, Value::String(csv.clone()), "the same lines by both ways");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 602);
    assert_eq!(lines[0], "ts,metricId,value,quality,unit,dataType");
    assert_eq!(lines[2], "2025-01-08T18:00:00.500Z,temp_head,4.25,GOOD,celsius,float");
    let id = app.one("select id from plcs");
    assert_eq!(history(&app, &[&["--plc", id.as_str()], asked.as_slice()].concat()), (true, csv));
    let (is_ok, why) = history(&app, &[&["--plc", "planta-1/plc-99"], asked.as_slice()].concat());
    assert!(!is_ok && why.contains("has no PLC plc-99"), "{why}");
}
