//! The doctor beside a running backend, and in its place: nobody is thrown out, and no message is taken from anybody.

use super::bed::{Bed, Seen};
use crate::app::{TOPIC, now_ms, telemetry};

const BOTH: (&str, &str) = ("PERSIST_DEFAULT_MODE", "both");

/// Publishes as long as the doctor looks, again and again; how many were published.
async fn under_load(bed: &Bed) -> i64 {
    let mut publisher = bed.app.publisher().await;
    let begin = now_ms() - 1_000_000;
    let mut sent = 0;
    for _ in 0..5 {
        let mut looking = bed.begin(&["--only", "broker"]);
        let before = sent;
        while looking.try_wait().unwrap().is_none() {
            // In bursts: it is subscribed for some milliseconds only.
            for _ in 0..100 {
                publisher.send(TOPIC, telemetry(begin + sent, "count", &sent.to_string(), "int")).await;
                sent += 1;
            }
            publisher.flush().await;
        }
        let seen = Seen::of(looking.wait_with_output().unwrap());
        assert_eq!((seen.code, seen.level("broker-subscribe")), (0, "ok"), "{}", seen.text);
        assert!(sent > before, "something came while it looked");
    }
    sent
}

async fn undisturbed(bed: &Bed, sent: i64) {
    bed.app.until_query("select count(*) from samples", &sent.to_string()).await;
    for connection in bed.app.health().await["mqtt"]["connections"].as_array().unwrap() {
        assert_eq!(connection["reconnects"], 0, "{connection}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_disturbs_nobody() {
    let bed = Bed::start_with(&[BOTH]).await;
    let sent = under_load(&bed).await;
    undisturbed(&bed, sent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_takes_nothing_from_a_shared_subscription() {
    let bed = Bed::start_with(&[BOTH, ("AWS_IOT_CONNECTIONS", "2")]).await;
    let sent = under_load(&bed).await;
    undisturbed(&bed, sent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_backends_place_it_goes_only_where_that_is_free_and_leaves_what_waits() {
    let mut bed = Bed::start_with(&[BOTH]).await;
    let only = ["--only", "broker", "--as-backend"];
    // It runs: the probe's own id is used, and it is said why.
    let seen = bed.doctor(&only, &[]);
    assert_eq!(
        (seen.code, seen.level("as-backend"), seen.level("broker-connect")),
        (0, "skipped", "ok"),
        "{}",
        seen.text
    );
    // Here nobody runs; elsewhere, by the database, somebody does.
    let seen = bed.doctor(&only, &[("PORT", "1")]);
    assert!(
        seen.find("as-backend")["what"].as_str().unwrap().contains("some process ingests"),
        "{}",
        seen.text
    );
    assert_eq!(bed.app.health().await["mqtt"]["connections"][0]["reconnects"], 0);

    assert!(bed.app.stop().success());
    let mut publisher = bed.app.publisher().await;
    let begin = now_ms() - 10_000;
    for step in 0..50 {
        publisher.publish(TOPIC, telemetry(begin + step, "count", &step.to_string(), "int")).await;
    }
    let seen = bed.doctor(&only, &[]);
    let text = seen.find("broker-connect")["what"].as_str().unwrap().to_owned();
    assert!(
        text.contains(
            "CONNECT as vigia-test is taken; the session that waits for the backend is still there"
        ),
        "{text}"
    );
    bed.app.run();
    bed.app.until_ready().await;
    bed.app.until_query("select count(*) from samples", "50").await;
}
