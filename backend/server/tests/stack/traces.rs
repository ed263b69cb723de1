//! Traces reach a collector that is there, and one that is not costs nothing.

use crate::app::{TOPIC, TestApp, eventually, now_ms, telemetry};
use crate::collector::{Collector, attribute};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use std::net::TcpListener;
use std::time::{Duration, Instant};
use vigia_testkit::{BrokerOptions, free_port};

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[tokio::test]
async fn a_collector_gets_the_spans_of_requests_and_batches() {
    let collector = Collector::start();
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    let headers = app.folder().join("headers.txt");
    std::fs::write(&headers, "authorization=Bearer%20collector-secret\n").unwrap();
    app.set("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url());
    app.set("OTEL_EXPORTER_OTLP_HEADERS_FILE", headers.to_str().unwrap());
    app.set("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test");
    app.set("TRUSTED_PROXIES", "127.0.0.1");
    // What is traced does not go by the level of the log.
    app.set("LOG_LEVEL", "warn");
    app.run();
    app.until_ready().await;
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let asked = crate::app::client().get(app.url("/api/plcs/nowhere/none/state"));
    let asked = asked.header("traceparent", format!("00-{trace}-{parent}-01")).header("x-request-id", "r-7");
    assert_eq!(asked.send().await.unwrap().status(), 404);
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "1", "int")).await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "2", "int")).await;
    app.until_processed(2).await;

    let request = eventually("the span of the request comes", async || {
        collector.spans().into_iter().find(|span| hex(&span.trace_id) == trace)
    })
    .await;
    assert_eq!(request.name, "GET /api/plcs/{site}/{plc}/state");
    assert_eq!((hex(&request.parent_span_id), request.kind()), (parent.to_owned(), SpanKind::Server));
    for (name, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/api/plcs/{site}/{plc}/state"),
        ("http.response.status_code", "404"),
        ("url.path", "/api/plcs/nowhere/none/state"),
        ("request.id", "r-7"),
    ] {
        assert_eq!(attribute(&request, name), value, "{name}");
    }

    let (batch, store, commit) = eventually("the spans of a batch come", async || {
        let spans = collector.spans();
        let child = |of: &Span, name: &str| {
            let found = spans.iter().find(|it| it.name == name && it.parent_span_id == of.span_id);
            found.cloned()
        };
        let batch = spans.iter().find(|it| it.name == "batch" && child(it, "store").is_some())?;
        assert!(child(batch, "resolve").is_some());
        let store = child(batch, "store")?;
        let commit = child(&store, "commit")?;
        Some((batch.clone(), store, commit))
    })
    .await;
    assert!(batch.parent_span_id.is_empty(), "a batch is a trace of its own");
    assert!(batch.trace_id == store.trace_id && batch.trace_id == commit.trace_id);
    assert_eq!(
        (attribute(&commit, "db.system.name"), commit.kind()),
        ("postgresql".to_owned(), SpanKind::Client)
    );
    assert_ne!(attribute(&batch, "batch.messages"), "");
    assert!(batch.start_time_unix_nano <= commit.start_time_unix_nano);
    assert!(commit.end_time_unix_nano <= batch.end_time_unix_nano);

    let resource = collector.resource();
    let said = |name: &str| resource.get(name).map(String::as_str);
    assert_eq!(said("service.name"), Some("vigia"));
    assert_eq!(said("service.version"), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(said("deployment.environment.name"), Some("test"));
    let head = &collector.heads()[0];
    assert!(
        head.starts_with("post /v1/traces ") && head.contains("authorization: bearer collector-secret"),
        "{head}"
    );

    // The last spans go out when it stops.
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "3", "int")).await;
    app.until_processed(3).await;
    let batches = || collector.spans().iter().filter(|span| span.name == "batch").count();
    assert!(app.stop().success());
    assert!(batches() >= 2, "{}", batches());
    assert!(!app.log().contains("collector-secret"));
}

#[tokio::test]
async fn a_collector_that_is_away_or_silent_holds_up_nothing() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    for (port, words) in [(free_port().unwrap(), "cannot be exported"), (silent_port, "")] {
        let endpoint = format!("http://127.0.0.1:{port}");
        let mut app = TestApp::start_with(&[
            ("PERSIST_DEFAULT_MODE", "both"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"),
        ])
        .await;
        let before = app.resident_bytes();
        let mut publisher = app.publisher().await;
        let begin = now_ms() - 100_000;
        for step in 0..3_000 {
            publisher.send(TOPIC, telemetry(begin + step, "count", &step.to_string(), "int")).await;
        }
        publisher.flush().await;
        app.until_query("select count(*) from samples", "3000").await;
        for _ in 0..3_000 {
            app.get("/health").await;
        }
        let dropped = eventually("what nobody took is counted", async || {
            let metrics = app.get("/metrics").await.1;
            let counts = metrics.as_str()?.lines().filter_map(|line| {
                let count = line.strip_prefix("vigia_trace_spans_dropped_total{")?.split_once("} ")?.1;
                count.parse::<u64>().ok()
            });
            Some(counts.sum::<u64>()).filter(|dropped| *dropped > 0)
        })
        .await;
        assert!(dropped > 0);
        let grown = app.resident_bytes().saturating_sub(before);
        assert!(grown < 60_000_000, "{grown} bytes");
        assert!(app.log().contains(words), "{}", app.log());
        let stopping = Instant::now();
        assert!(app.stop().success());
        assert!(stopping.elapsed() < Duration::from_secs(8), "{:?}", stopping.elapsed());
    }
    drop(silent);
}
