//! The status board, and what a draft of a rule would change.

use super::*;
use vigia_live::board::{
    BackupStatus, Certificate, CertificateKind, CertificateStatus, LetGo, PackedTime, RepositoryStatus,
    Role as ProcessRole, RotationState, StorageStatus,
};
use vigia_model::{Days, Retention, Source};

const RULES: &str = "/api/persist-rules";
const DRY_RUN: &str = "/api/persist-rules/dry-run";

impl TestApp {
    /// So many samples of a series came an hour ago.
    fn receive(&self, tenant: &str, gateway: &str, metric: &str, samples: u32) {
        let source = Source {
            tenant: name(tenant),
            province: name("ba"),
            plant: name("planta-1"),
            gateway: name(gateway),
        };
        let counter = self.api.live.traffic().counter(&source, &name("plc-01"), &name(metric));
        for _ in 0..samples {
            counter.count(at(NOW - 3_600_000));
        }
    }

    async fn try_rule(&self, path: &str, body: &str) -> Json {
        let reply = self.send(with_body(Method::POST, path, body)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    async fn add_rule(&self, body: &str) -> String {
        let reply = self.send(with_body(Method::POST, RULES, body)).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_draft_is_reckoned_before_it_is_a_rule() {
    let app = TestApp::start().await;
    app.api.live.board().set_role(ProcessRole::Active);
    app.receive("granix", "gw-1", "temp_head", 1_000);
    app.receive("granix", "gw-2", "temp_tail", 100);
    app.receive("otro", "gw-3", "level", 10);
    app.add_rule(r#"{"name":"hours","priority":1,"tenant":"granix","mode":"hourly"}"#).await;

    let run = app.try_rule(DRY_RUN, r#"{"name":"t","metricId":"temp_*","mode":"both"}"#).await;
    assert_eq!((run["matched"].as_u64(), run["touched"].as_u64()), (Some(2), Some(2)), "{run}");
    assert_eq!(run["change"]["sampleRows"], 0, "hourly keeps the samples' times already");
    assert!(run["change"]["events"].as_i64().unwrap() > 0 && run["change"]["hourlyRows"] == 0, "{run}");
    let first = &run["series"][0];
    assert_eq!(
        (
            first["metricId"].as_str(),
            first["before"].as_str(),
            first["after"].as_str(),
            first["decidedBy"].as_str()
        ),
        (Some("temp_head"), Some("hourly"), Some("both"), Some("hours"))
    );
    let (all, head) = (run["after"]["events"].as_i64().unwrap(), first["samplesPerDay"].as_i64().unwrap());
    assert!((all * 1_000 - head * 1_100).abs() <= 2_000, "one factor to a day for all: {all} {head}");

    // Nobody keeps it yet: rows and bytes are new.
    let run = app.try_rule(DRY_RUN, r#"{"name":"l","tenant":"otro","mode":"raw"}"#).await;
    let (rows, bytes) =
        (run["change"]["sampleRows"].as_i64().unwrap(), run["change"]["bytes"].as_i64().unwrap());
    assert!(rows >= 10, "{run}");
    assert_eq!((&run["bytesPerSample"], &run["bytesMeasured"]), (&3.0.into(), &false.into()));
    assert!((bytes - rows * 3).abs() <= 3, "{run}");
    app.api.live.board().set_storage(Some(StorageStatus { bytes_per_sample: Some(1.25), ..storage() }));
    let weighed = app.try_rule(DRY_RUN, r#"{"name":"l","tenant":"otro","mode":"raw"}"#).await;
    assert_eq!((&weighed["bytesPerSample"], &weighed["bytesMeasured"]), (&1.25.into(), &true.into()));
    assert!(weighed["change"]["bytes"].as_i64().unwrap() < bytes / 2, "{weighed}");
    // The gateway is matched as well.
    let run = app.try_rule(DRY_RUN, r#"{"name":"g","gatewayId":"gw-2","mode":"none"}"#).await;
    assert_eq!(
        (run["touched"].as_u64(), run["series"][0]["metricId"].as_str()),
        (Some(1), Some("temp_tail"))
    );
    assert!(run["change"]["bytes"].as_i64().unwrap() < 0, "{run}");
    // A weaker draft changes nothing, and nothing was stored by trying.
    let run = app.try_rule(DRY_RUN, r#"{"name":"weak","priority":0,"tenant":"granix","mode":"raw"}"#).await;
    assert_eq!((run["matched"].as_u64(), run["touched"].as_u64()), (Some(2), Some(0)));
    assert_eq!(app.ok(RULES).await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_draft_may_stand_in_for_a_rule() {
    let app = TestApp::start().await;
    app.api.live.board().set_role(ProcessRole::Active);
    app.receive("granix", "gw-1", "level", 10);
    let id = app.add_rule(r#"{"name":"all","priority":5,"mode":"both"}"#).await;
    let off = r#"{"name":"all","priority":5,"mode":"both","enabled":false}"#;
    let added = app.try_rule(DRY_RUN, off).await;
    assert_eq!(added["touched"], 0, "the rule itself still decides");
    let replaced = app.try_rule(&format!("{DRY_RUN}?replaces={id}"), off).await;
    assert_eq!((replaced["touched"].as_u64(), replaced["after"]["bytes"].as_i64()), (Some(1), Some(0)));
    assert_eq!(replaced["series"][0]["decidedBy"], "all");

    let bad = with_body(Method::POST, DRY_RUN, r#"{"name":"","mode":"raw"}"#);
    app.send(bad).await.assert_problem(422, "invalid_body");
    let nil = uuid::Uuid::nil();
    app.send(with_body(Method::POST, &format!("{DRY_RUN}?replaces={nil}"), off))
        .await
        .assert_problem(404, "not_found");
    app.api.live.board().set_role(ProcessRole::Standby);
    let problem = app.send(with_body(Method::POST, DRY_RUN, off)).await.assert_problem(503, "not_ready");
    assert_eq!(problem["notReady"][0], "standby", "only who ingests has counted");
}

fn storage() -> StorageStatus {
    StorageStatus {
        weighed_at: at(NOW),
        bytes_per_sample: None,
        bytes: 900,
        max_bytes: Some(1_000),
        bytes_per_day: 40,
        days_left: Some(2),
        raw_from: Some(at(NOW - 3_600_000)),
        hourly_from: None,
        tenants: [("granix", 10), ("otro", 30)].map(|(tenant, bytes)| (tenant.to_owned(), bytes)).into(),
    }
}

#[tokio::test]
async fn room_that_will_not_do_for_long_is_announced() {
    let app = TestApp::start().await;
    app.add_plant("granix", "planta-1");
    let (health, system) = ("/health", "/api/admin/system");
    assert_eq!(app.ok(health).await["warnings"], Json::Array(Vec::new()));
    assert!(app.ok(system).await["tenants"][0]["bytesPerDay"].is_null());
    app.api.live.board().set_storage(Some(storage()));

    let reply = app.ok(health).await;
    assert_eq!(reply["warnings"][0], "storage");
    let shown = &reply["storage"];
    assert_eq!(
        (&shown["state"], &shown["daysLeft"], &shown["maxBytes"]),
        (&"filling".into(), &2.into(), &1_000.into())
    );
    assert_eq!((&shown["rawFrom"], &shown["hourlyFrom"]), (&"2025-01-08T17:00:00.000Z".into(), &Json::Null));
    // To strangers only that something is.
    let stranger = app.send(anonymous(Method::GET, health).body(Body::empty()).unwrap()).await.json();
    assert_eq!((&stranger["warnings"][0], &stranger["storage"]), (&"storage".into(), &Json::Null));

    let board = app.ok(system).await;
    assert_eq!(board["storage"], *shown);
    let granix = &board["tenants"][0];
    assert_eq!((granix["bytesPerDay"].as_i64(), granix["storageShare"].as_f64()), (Some(10), Some(0.25)));
}

#[tokio::test]
async fn the_board_shows_all_that_is_wrong() {
    let app = TestApp::start().await;
    app.add_gateway("granix", "planta-1", "gw-1");
    let board = app.api.live.board();
    board.set_role(ProcessRole::Active);
    board.errors().note(at(NOW), "ERROR", "vigia_ingest::commit", "a batch was refused · cause: disk full");
    let ends_in = |kind, days: i64| CertificateStatus {
        kind,
        certificate: Certificate {
            subject: "CN=backend".to_owned(),
            issuer: "CN=ca".to_owned(),
            not_before: at(NOW - 3_600_000),
            not_after: at(NOW + days * 24 * 3_600_000 - 1),
        },
    };
    let watched = [CertificateKind::Web, CertificateKind::Broker];
    board.set_certificates(&watched, vec![ends_in(CertificateKind::Broker, 10)]);
    board.set_lag_ms(7);
    app.receive("granix", "gw-1", "level", 5);
    app.api.live.hear(&app.api.live.gateway(&gateway_path("granix", "planta-1", "gw-1")), at(NOW));

    let system = app.ok("/api/admin/system").await;
    assert_eq!(system["status"], "degraded");
    assert!(system["notReady"].as_array().unwrap().contains(&"mqtt".into()), "{system}");
    assert_eq!(system["errors"][0]["message"], "a batch was refused · cause: disk full");
    assert_eq!(
        (system["certificates"][0]["daysLeft"].as_i64(), system["ingest"]["lagMs"].as_i64()),
        (Some(9), Some(7))
    );
    assert_eq!(system["certificateRotation"]["state"], "none");
    assert_eq!(app.ok("/health").await["warnings"], serde_json::json!(["certificate"]), "ten days are few");
    board.set_certificates(&watched, vec![ends_in(CertificateKind::Web, 10)]);
    assert_eq!(
        app.ok("/health").await["warnings"],
        serde_json::json!([]),
        "but not for one that renews itself"
    );
    assert_eq!(app.ok("/api/admin/system").await["certificates"][0]["kind"], "web");
    board.set_certificates(&watched, vec![ends_in(CertificateKind::Web, 8)]);
    assert_eq!(app.ok("/health").await["warnings"], serde_json::json!(["certificate"]));
    board.set_certificates(&watched, Vec::new());
    assert_eq!(app.ok("/health").await["warnings"], serde_json::json!([]));
    board.set_rotation(RotationState::Failed, Some("vigia: not authorized"));
    let rotation = app.ok("/api/admin/system").await["certificateRotation"].clone();
    assert_eq!(
        (&rotation["state"], &rotation["detail"]),
        (&"failed".into(), &"vigia: not authorized".into())
    );
    assert_eq!(app.ok("/health").await["warnings"], serde_json::json!(["certificate"]));
    assert!(system["process"]["memoryBytes"].as_u64().unwrap() > 1_000_000);
    assert!(system["database"]["bytes"].as_i64().unwrap() > 1_000_000);
    let tables = system["database"]["tables"].as_array().unwrap();
    assert!(tables.iter().any(|table| table["name"] == "samples") && tables.len() > 10, "{tables:?}");
    let granix = &system["tenants"][0];
    assert_eq!(
        (granix["tenant"].as_str(), granix["gatewaysOnline"].as_i64(), granix["samplesLastDay"].as_u64()),
        (Some("granix"), Some(1), Some(5))
    );
}

/// Sizes, lag, connections and errors are of all customers together.
#[tokio::test]
async fn the_admin_of_a_tenant_sees_his_own_share() {
    let app = TestApp::start().await;
    app.add_plant("granix", "planta-1");
    app.add_plant("otro", "planta-9");
    app.api.live.board().errors().note(at(NOW), "ERROR", "t", "of otro");
    app.api.live.board().set_storage(Some(storage()));
    let postgres = POSTGRES.get().unwrap();
    let email = "jefa@granix.example";
    postgres.log_in(&app.database, email).unwrap();
    app.sql(&format!(
        "insert into memberships (user_id, tenant_id, role) select u.id, t.id, 'tenant_admin' from users u, tenants t
         where u.email = '{email}' and t.code = 'granix'"
    ));
    let request = anonymous(Method::GET, "/api/admin/system")
        .header(header::AUTHORIZATION, format!("Bearer {}", session_token(email)));
    let reply = app.send(request.body(Body::empty()).unwrap()).await;
    let system = reply.json();
    assert_eq!(system["tenants"].as_array().unwrap().len(), 1, "{system}");
    assert!(!reply.text().contains("otro"));
    let own = &system["tenants"][0];
    assert_eq!((&own["bytesPerDay"], &own["storageShare"]), (&10.into(), &Json::Null));
    for part in [
        "process",
        "mqtt",
        "ingest",
        "spool",
        "database",
        "storage",
        "packing",
        "retention",
        "certificateRotation",
        "backup",
    ] {
        assert!(system[part].is_null(), "{part}");
    }
    assert!(
        system["certificates"].as_array().unwrap().is_empty()
            && system["errors"].as_array().unwrap().is_empty()
    );
}

#[tokio::test]
async fn backups_are_shown_and_worry_about_when_they_fail() {
    let app = TestApp::start().await;
    let (health, system) = ("/health", "/api/admin/system");
    assert!(app.ok(system).await["backup"].is_null(), "nobody has looked");
    let board = app.api.live.board();
    board.set_backup(BackupStatus::default());
    assert_eq!(app.ok(system).await["backup"]["state"], "never");
    assert_eq!(app.ok(health).await["warnings"], Json::Array(Vec::new()));

    let local = RepositoryStatus {
        repository: "local".to_owned(),
        first_success_at: Some(at(NOW - 3_600_000)),
        last_success_at: Some(at(NOW - 3_600_000)),
        last_kind: Some("differential".to_owned()),
        last_bytes: Some(5_000),
        last_verified_at: Some(at(NOW - 7_200_000)),
        backup_error: None,
        verification_error: None,
    };
    board.set_backup(BackupStatus { repositories: vec![local.clone()], archiving: None });
    let shown = app.ok(system).await["backup"].clone();
    assert_eq!(
        (&shown["state"], &shown["lastSuccessAt"], &shown["lastVerifiedAt"]),
        (&"ok".into(), &"2025-01-08T17:00:00.000Z".into(), &"2025-01-08T16:00:00.000Z".into())
    );
    assert_eq!((&shown["repositories"][0]["bytes"], &shown["lastError"]), (&5_000.into(), &Json::Null));
    assert_eq!(app.ok(health).await["warnings"], Json::Array(Vec::new()));

    let s3 = RepositoryStatus {
        repository: "s3".to_owned(),
        backup_error: Some("refused".to_owned()),
        last_success_at: None,
        ..local.clone()
    };
    board.set_backup(BackupStatus { repositories: vec![local, s3], archiving: None });
    let shown = app.ok(system).await["backup"].clone();
    assert_eq!(
        (&shown["state"], &shown["lastError"], &shown["lastSuccessAt"]),
        (&"failed".into(), &"refused".into(), &Json::Null)
    );
    let stranger = app.send(anonymous(Method::GET, health).body(Body::empty()).unwrap()).await.json();
    assert_eq!(stranger["warnings"][0], "backup");
}

#[tokio::test]
async fn packing_retention_and_peaks_are_shown() {
    let settings =
        ApiSettings { retention: Retention { raw: Days::new(90), hourly: None }, ..ApiSettings::default() };
    let app = TestApp::start_with(settings).await;
    let system = app.ok("/api/admin/system").await;
    assert_eq!(
        (&system["packing"]["packedUpTo"], &system["packing"]["daysPacked"], &system["packing"]["afterSec"]),
        (&Json::Null, &0.into(), &Json::Null)
    );
    assert_eq!(
        (&system["retention"]["rawDays"], &system["retention"]["nextRunAt"]),
        (&90.into(), &Json::Null)
    );

    app.add_plc("granix", "planta-1", "plc-03");
    app.add_series("granix", "plc-03", "level");
    app.sql("update series set packed_from = '2025-01-01 00:00+00'");
    app.sql("update packing set packed_up_to = '2025-01-08 16:00+00'");
    app.sql("insert into packing_due (hour, waits) values ('2025-01-05 03:00+00', false), ('2025-01-07 01:00+00', true)");
    let board = app.api.live.board();
    let time =
        |samples| PackedTime { from: at(NOW - 7_200_000), to: at(NOW - 3_600_000), at: at(NOW), samples };
    board.note_packing(|packing| {
        packing.after = Duration::from_hours(2);
        packing.caught_up_at = Some(at(NOW - 1_000));
        packing.under_way = Some(time(7));
        packing.last = Some(time(9));
    });
    board.note_retention(|retention| {
        retention.max_bytes = Some(1_000);
        retention.cleared_at = Some(at(NOW - 1_000));
        retention.next_at = Some(at(NOW + 3_599_000));
        retention.last = Some(LetGo {
            at: at(NOW - 1_000),
            table: "packed_y2024w01".to_owned(),
            bytes: Some(5),
            rows: None,
        });
    });
    let connection = board.connection("vigia");
    connection.set_limits(100, 100);
    connection.set_rate(95, None);
    app.clock.set(at(NOW + 120_000));
    connection.set_rate(40, None);

    let system = app.ok("/api/admin/system").await;
    let packing = &system["packing"];
    let numbers = ["daysPacked", "daysBehind", "hoursDue", "hoursWaiting", "afterSec"];
    assert_eq!(numbers.map(|name| packing[name].as_i64().unwrap()), [6, 1, 1, 1, 7_200]);
    assert_eq!(
        (&packing["packedFrom"], &packing["packedUpTo"], &packing["oldestDue"]),
        (
            &"2025-01-01T00:00:00.000Z".into(),
            &"2025-01-08T16:00:00.000Z".into(),
            &"2025-01-05T03:00:00.000Z".into()
        )
    );
    assert_eq!(
        packing["underWay"],
        serde_json::json!({ "from": "2025-01-08T16:00:00.000Z", "to": "2025-01-08T17:00:00.000Z",
                            "at": "2025-01-08T18:00:00.000Z", "samples": 7 })
    );
    assert_eq!(
        (&packing["last"]["samples"], &packing["caughtUpAt"]),
        (&9.into(), &"2025-01-08T17:59:59.000Z".into())
    );
    assert_eq!(
        system["retention"],
        serde_json::json!({
            "rawDays": 90, "hourlyDays": null, "maxBytes": 1_000, "lastRunAt": "2025-01-08T17:59:59.000Z",
            "nextRunAt": "2025-01-08T18:59:59.000Z", "heldUntil": null, "isLeft": false, "lastError": null,
            "lastLetGo": { "at": "2025-01-08T17:59:59.000Z", "table": "packed_y2024w01", "bytes": 5, "rows": null },
        })
    );
    let shown = &system["mqtt"]["connections"][0];
    let rates = ["rate", "rateLimit", "peakRateLastMinute", "peakRateLastHour"];
    assert_eq!(rates.map(|name| shown[name].as_i64().unwrap()), [40, 100, 40, 95]);
}
