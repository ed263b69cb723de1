//! How the backups are goes from their table to health, metrics and the system page.

use crate::app::{ADMIN, TestApp, eventually};
use serde_json::json;

#[tokio::test]
async fn backups_that_are_late_or_fail_are_told_of() {
    let mut app = TestApp::start().await;
    assert_eq!(app.health().await["warnings"], json!([]), "nothing was ever backed up");
    app.query(
        "insert into backups (repository, kind, started_at, finished_at, ok, bytes, detail) values
           ('local', 'full', now() - interval '40 hours', '2025-01-08 18:00+00', true, 5000, 'label')
         , ('local', 'verification', now() - interval '39 hours', '2025-01-08 19:00+00', true, 9000, 'the same')
         , ('s3', 'differential', now() - interval '1 hour', now(), true, 70, 'label')
         , ('s3', 'verification', now() - interval '1 hour', now(), false, null, 'other rows')",
    );
    // It is looked at every minute, and at the start.
    app.kill();
    app.run();
    app.until_ready().await;
    eventually("the warning", async || (app.health().await["warnings"] == json!(["backup"])).then_some(()))
        .await;
    let (_, metrics) = app.get("/metrics").await;
    let metrics = metrics.as_str().unwrap();
    for line in [
        r#"vigia_backup_last_success_timestamp_seconds{repository="local"} 1736359200"#,
        r#"vigia_backup_last_verified_timestamp_seconds{repository="local"} 1736362800"#,
        r#"vigia_backup_last_verified_timestamp_seconds{repository="s3"} 0"#,
        r#"vigia_backup_last_bytes{repository="s3"} 70"#,
        r#"vigia_backup_failing{repository="local"} 0"#,
        r#"vigia_backup_failing{repository="s3"} 1"#,
    ] {
        assert!(metrics.lines().any(|it| it == line), "{line}\n{metrics}");
    }
    assert!(metrics.contains("\nvigia_archive_last_success_timestamp_seconds 0\n"), "archiving is off here");

    app.make_admin(ADMIN, "mate amargo a las 5");
    let (_, system) = app.get("/api/admin/system").await;
    let backup = &system["backup"];
    assert_eq!(
        (&backup["state"], &backup["lastError"]),
        (&json!("failed"), &json!("other rows")),
        "{system}"
    );
    assert_eq!(backup["repositories"][1]["lastKind"], "differential");

    // The rows may have come with the data of another installation: where backups are off nobody makes new ones.
    app.kill();
    app.set("BACKUP", "off");
    app.run();
    app.until_ready().await;
    let state = async || {
        let (_, system) = app.get("/api/admin/system").await;
        (system["backup"]["state"] == "never").then_some(())
    };
    eventually("the look at the backups", state).await;
    assert_eq!(app.health().await["warnings"], json!([]));
    let (_, metrics) = app.get("/metrics").await;
    assert!(!metrics.as_str().unwrap().contains("\nvigia_backup_failing{"), "{metrics}");
}
