//! The tour of docs/api.md, line by line: every command is typed into a shell against the running program, and what it says is what
//! the page shows.

use crate::app::{ADMIN, TOPIC, TestApp, now_ms, telemetry};
use serde_json::Value;
use std::process::{Command, Stdio};

const PAGE: &str = include_str!("../../../../docs/api.md");
/// The address the page names.
const ADDRESS: &str = "http://127.0.0.1:8080";
const PASSWORD: &str = "mate amargo a las 5";
/// Stands in the page for whatever is there.
const ANYTHING: &str = "…";
/// Between what one block says and the next.
const MARK: &str = "\u{1e}";

/// Commands of the page, and what it says they answer.
struct Step {
    commands: String,
    expected: Option<Value>,
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (_, tour) = PAGE.split_once("## A tour").unwrap();
    let (tour, _) = tour.split_once("\n## ").unwrap();
    // Every other part is within a pair of fences.
    for block in tour.split("```").skip(1).step_by(2) {
        if let Some(commands) = block.strip_prefix("sh\n") {
            steps.push(Step { commands: commands.to_owned(), expected: None });
        } else if let Some(answer) = block.strip_prefix("json\n") {
            let answer = serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error}: {answer}"));
            let step = steps.last_mut().expect("an answer follows a command");
            assert!(step.expected.replace(answer).is_none(), "two answers to {}", step.commands);
        }
    }
    steps
}

/// Where the answer is not as the page has it. Members the page does not show may be there.
fn difference(at: &str, expected: &Value, found: &Value) -> Option<String> {
    match (expected, found) {
        (Value::String(text), _) if text == ANYTHING => None,
        (Value::Object(expected), Value::Object(found)) => expected.iter().find_map(|(name, expected)| {
            let at = format!("{at}.{name}");
            match found.get(name) {
                Some(found) => difference(&at, expected, found),
                None => Some(format!("{at} is missing")),
            }
        }),
        (Value::Array(expected), Value::Array(found)) => {
            let open = expected.last().is_some_and(|last| last == ANYTHING);
            let shown = expected.len() - usize::from(open);
            if found.len() < shown || (!open && found.len() > shown) {
                return Some(format!("{at} has {} entries, not {shown}", found.len()));
            }
            let pairs = expected.iter().take(shown).zip(found).enumerate();
            pairs
                .into_iter()
                .find_map(|(n, (expected, found))| difference(&format!("{at}[{n}]"), expected, found))
        }
        _ if expected == found => None,
        _ => Some(format!("{at} is {found}, not {expected}")),
    }
}

#[tokio::test]
async fn every_line_of_the_guide_does_what_it_says() {
    let mut app =
        TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], vigia_testkit::BrokerOptions::default());
    let port = app.url("").rsplit_once(':').unwrap().1.to_owned();
    app.set("PUBLIC_URL", &format!("http://127.0.0.1:{port}"));
    app.run();
    app.until_ready().await;
    furnish(&app).await;

    let steps = steps();
    assert!(steps.len() > 20, "{}", steps.len());
    let marked: Vec<_> = steps.iter().map(|step| format!("{}\nprintf '{MARK}'\n", step.commands)).collect();
    let script = marked.concat().replace(ADDRESS, &app.url(""));
    let output = Command::new("bash")
        .args(["-eu", "-o", "pipefail", "-c", &script])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let mut answers = said.split(MARK);
    for step in &steps {
        let answer = answers.next().unwrap_or_default();
        let told = format!("\n{}\n{answer}\n{}", step.commands, String::from_utf8_lossy(&output.stderr));
        match &step.expected {
            Some(expected) => {
                let found = serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error}:{told}"));
                if let Some(difference) = difference("", expected, &found) {
                    panic!("{difference}{told}");
                }
            }
            None => assert!(!answer.contains("urn:vigia:problem"), "{told}"),
        }
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What the demo has and the page speaks of.
async fn furnish(app: &TestApp) {
    app.make_admin(ADMIN, PASSWORD);
    let mut publisher = app.publisher().await;
    for ago in (0..5).rev() {
        let at = now_ms() - ago * 3_600_000;
        publisher.publish(TOPIC, telemetry(at, "temp_head", "83.2", "float")).await;
        publisher.publish(TOPIC, telemetry(at, "temp_tail", "71.0", "float")).await;
    }
    let heartbeat = format!(
        r#"{{"schemaVersion":1,"timestamp":{},"type":"heartbeat","tenant":"granix","province":"ba","plant":"planta-1","gatewayId":"granix-ba-gw-01","state":"online","version":"1.0.0","uptimeSec":5,"internet":"ok","mqtt":"ok","plcLink":"ok","bufferMode":"disk","queuedMessages":0}}"#,
        now_ms()
    );
    publisher.publish(TOPIC, heartbeat).await;
    for _ in 0..2 {
        let misplaced = telemetry(now_ms(), "temp_head", "1.0", "float").replace("planta-1", "another-plant");
        publisher.publish(TOPIC, misplaced).await;
    }
    app.until_processed(13).await;
    app.until_query("select count(*) from telemetry_events", "10").await;
    app.query(
        "insert into alarms (plc_id, metric_id, type, message, severity)
         select id, 'temp_head', 'high_temperature', 'above 80 °C', 'critical' from plcs where plc_id = 'plc-03'",
    );
}

#[test]
fn answers_are_compared_by_what_is_shown() {
    let found = serde_json::json!({ "a": [1, { "b": 2, "c": 3 }], "d": null });
    for (expected, same) in [
        (r#"{"a":[1,{"b":2}]}"#, true),
        (r#"{"a":["…",{"c":"…"}],"d":null}"#, true),
        (r#"{"a":[1,"…"]}"#, true),
        (r#"{"a":[1]}"#, false),
        (r#"{"a":[1,{"b":3}]}"#, false),
        (r#"{"e":"…"}"#, false),
        (r#"{"d":0}"#, false),
    ] {
        let expected = serde_json::from_str(expected).unwrap();
        assert_eq!(difference("", &expected, &found).is_none(), same, "{expected}");
    }
}
