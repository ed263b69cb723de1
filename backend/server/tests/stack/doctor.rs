//! `vigia doctor` on a system that is well, and on one with a fault seeded: it is found by its id, with what mends it, the
//! exit code is right, nothing else is called broken, and no secret is printed.

mod badly;
mod bed;
mod bystander;
mod nginx;

mod broker;
mod database;
mod settings;
mod web;

use bed::Bed;

#[tokio::test]
async fn what_is_well_is_called_well() {
    let bed = Bed::start().await;
    let seen = bed.doctor(&[], &[]);
    assert_eq!((seen.code, seen.failures()), (0, vec![]), "{}", seen.text);
    for id in [
        "variables",
        "certificate",
        "key",
        "secret-mode",
        "broker-dns",
        "broker-tcp",
        "broker-tls",
        "broker-connect",
        "broker-subscribe",
        "database-version",
        "migrations",
        "database-rights",
        "storage",
        "web-dns",
        "web-certificate",
        "web-health",
        "web-hsts",
        "web-metrics",
        "websocket",
        "clock",
        "backend",
        "backend-mqtt",
    ] {
        assert_eq!(seen.level(id), "ok", "{id}: {}", seen.text);
    }
    assert!(seen.json["tookMs"].as_u64().unwrap() < 20_000, "{}", seen.text);
    assert_eq!(seen.json["ok"], true);
    assert!(seen.json["checkedAt"].as_str().unwrap().ends_with('Z'));

    // For people: a line for each that is well, a block for each that is not, no colours in a pipe.
    let (code, text) = bed.said(&["doctor"], &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("broker\n  ok       localhost is ") && !text.contains('\u{1b}'), "{text}");
    assert!(text.lines().last().unwrap().starts_with("0 failures, "), "{text}");

    // Only what was asked for, and only that.
    let some = bed.doctor(&["--only", "files,clock"], &[]);
    assert!(some.findings().iter().all(|it| ["files", "clock"].contains(&it["group"].as_str().unwrap())));
    assert_eq!(bed.said(&["doctor", "--only", "weather"], &[]).0, 2);
}

#[tokio::test]
async fn it_looks_on_whatever_is_missing() {
    let bed = Bed::start().await;
    // Nothing but what the program itself cannot do without.
    let (code, text) =
        bed::vigia(&["doctor", "--json"], &[("PORT", "http"), ("SPOOL_DIR", "/tmp")], bed.folder());
    let seen = bed::Seen::new(code, text);
    assert_eq!(seen.code, 1);
    let wrong = seen.findings().iter().filter(|it| it["id"] == "variable-wrong").count();
    assert_eq!(wrong, 4, "port, database, endpoint and client id: {}", seen.text);
    for id in ["certificate-missing", "key-missing", "ca-missing"] {
        assert_eq!(seen.level(id), "failure", "{}", seen.text);
    }
    assert_eq!(seen.level("broker"), "skipped");
}
