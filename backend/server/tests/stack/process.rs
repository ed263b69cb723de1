//! The program as a process: its start, its footprint, its end.

use crate::app::{TOPIC, TestApp, eventually, now_ms, telemetry};
use std::collections::BTreeSet;
use std::process::Command;
use vigia_testkit::BrokerOptions;

#[tokio::test]
async fn health_tells_how_it_is_and_a_wrong_environment_stops_the_start() {
    let mut app = TestApp::prepare(&[], BrokerOptions::default());
    app.set("HOST", "everywhere");
    let output = app.command().output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && text.contains("HOST") && text.lines().count() == 1, "{text}");
    app.set("HOST", "127.0.0.1");
    app.run();
    app.until_ready().await;
    let (status, health) = app.get("/health").await;
    assert_eq!(status, 200);
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    let (_, metrics) = app.get("/metrics").await;
    let text = metrics.as_str().unwrap();
    for name in [
        "vigia_messages_received_total 0",
        "vigia_mqtt_subscribed",
        "vigia_rejections_total{reason=\"not_json\"} 0",
    ] {
        assert!(text.contains(name), "{name} in {text}");
    }
    assert!(app.resident_bytes() < 60_000_000, "{} bytes when idle", app.resident_bytes());
    app.broker.stop().unwrap();
    eventually("it notices that the broker is gone", async || {
        (app.get("/health/ready").await.0 == 503).then_some(())
    })
    .await;
    app.broker.start_again().unwrap();
    app.until_ready().await;
    assert!(app.stop().success());
    assert!(!app.listens());
}

#[tokio::test]
async fn it_says_which_program_it_is_and_that_it_is_there() {
    let mut app = TestApp::prepare(&[], BrokerOptions::default());
    // Whoever asks is not told the settings, and needs none.
    let said = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
        let output = command.args(arguments).envs(environment.iter().copied()).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let port = app.port().to_string();
    let here = [("PORT", port.as_str())];
    let (code, refused) = said(&["healthcheck"], &here);
    assert_eq!((code, refused.lines().count()), (Some(1), 1), "{refused}");
    assert!(refused.contains("cannot connect to 127.0.0.1"), "{refused}");
    let (code, wrong) = said(&["healthcheck"], &[("PORT", "http")]);
    assert!(code == Some(1) && wrong.contains("PORT is \"http\""), "{wrong}");

    app.run();
    app.until_ready().await;
    let (_, health) = app.get("/health").await;
    let commit = health["commit"].as_str().unwrap();
    assert!(commit == "unknown" || commit.len() == 12, "{commit}");
    let version = format!("vigia {} ({commit})\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(said(&["--version"], &[]), (Some(0), version));
    for host in ["127.0.0.1", "0.0.0.0"] {
        let (code, healthy) = said(&["healthcheck"], &[("PORT", port.as_str()), ("HOST", host)]);
        assert_eq!((code, healthy.lines().count()), (Some(0), 1), "{healthy}");
        assert!(healthy.contains(commit) && healthy.contains("ok"), "{healthy}");
    }
    let (_, metrics) = app.get("/metrics").await;
    let info = format!("vigia_info{{version=\"{}\",commit=\"{commit}\"}} 1", env!("CARGO_PKG_VERSION"));
    assert!(metrics.as_str().unwrap().contains(&info), "{info}");

    // Somebody who takes the connection and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let (code, late) = said(&["healthcheck"], &[("PORT", port.as_str())]);
    assert!(code == Some(1) && late.contains("does not answer within 3 s"), "{late}");
}

/// Names in the exposition and names in the documentation are the same.
#[tokio::test]
async fn every_metric_is_documented() {
    let mut app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("PACK_AFTER_SEC", "60")]).await;
    // Of what was never backed up to nothing is shown; what there is is looked at at the start.
    app.query(
        "insert into backups (repository, kind, started_at, finished_at, ok) values ('local', 'full', now(), now(), true)",
    );
    app.kill();
    app.run();
    app.until_ready().await;
    eventually("a look at the backups", async || {
        app.get("/metrics").await.1.as_str()?.contains("vigia_backup_failing{").then_some(())
    })
    .await;
    // Two messages, one of which is packed, and a bad one, so that every histogram and label has been used.
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "1", "int")).await;
    publisher.publish(TOPIC, telemetry(1_736_359_200_000, "a", "1", "int")).await;
    publisher.publish(TOPIC, "{").await;
    app.until_query("select (select count(*) from rejections), (select count(*) from packed)", "1|1").await;
    app.until_processed(3).await;
    let (_, metrics) = app.get("/metrics").await;
    let exposed: BTreeSet<String> = metrics
        .as_str()
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next().map(str::to_owned))
        .collect();
    let page = include_str!("../../../../docs/metrics.md");
    let documented: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(['`', '{']).next().map(str::to_owned))
        .collect();
    let difference: Vec<&String> = exposed.symmetric_difference(&documented).collect();
    assert!(difference.is_empty(), "on one side only: {difference:?}");
    let undescribed: Vec<&String> = exposed
        .iter()
        .filter(|name| !metrics.as_str().unwrap().contains(&format!("# HELP {name} ")))
        .collect();
    assert!(undescribed.is_empty(), "without a description: {undescribed:?}");
}

#[tokio::test]
async fn two_starts_at_once_migrate_once() {
    let mut app = TestApp::prepare(&[], BrokerOptions::default());
    let migrate = |app: &TestApp| {
        let mut command = app.command();
        command.arg("migrate");
        command.spawn().unwrap()
    };
    let mut both = [migrate(&app), migrate(&app)];
    for process in &mut both {
        assert!(process.wait().unwrap().success());
    }
    app.run();
    app.until_ready().await;
    assert!(app.process().exit_status().is_none());
    assert_eq!(app.one("select count(*) > 0 from _sqlx_migrations where success"), "t");
}

#[tokio::test]
async fn it_stops_though_the_database_hangs() {
    let mut app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "1", "int")).await;
    app.until_processed(1).await;
    app.postgres.process().unwrap().signal("STOP").unwrap();
    for backend in app.postgres_backends() {
        assert!(Command::new("kill").args(["-STOP", &backend]).status().unwrap().success());
    }
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "2", "int")).await;
    app.stop();
    for backend in app.postgres_backends() {
        assert!(Command::new("kill").args(["-CONT", &backend]).status().unwrap().success());
    }
    app.postgres.process().unwrap().signal("CONT").unwrap();
    app.run();
    app.until_ready().await;
    app.until_query("select count(*) from samples", "2").await;
}

#[tokio::test]
async fn absurd_sequence_numbers_break_no_list() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    for (boot, seq) in
        [("b1", "0"), ("b1", "9223372036854775806"), ("b2", "0"), ("b2", "9223372036854775806")]
    {
        let numbered = format!("\"bootId\":\"{boot}\",\"seq\":{seq},\"plcId\"");
        publisher.publish(TOPIC, telemetry(now, "a", "1", "int").replace("\"plcId\"", &numbered)).await;
    }
    app.until_processed(4).await;
    let (status, gateways) = app.get("/api/gateways").await;
    assert_eq!((status, gateways["items"][0]["missingSeq"].as_i64()), (200, Some(i64::MAX)));
}
