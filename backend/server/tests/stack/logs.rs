//! What the program writes: lines that a machine reads, found by the name of a request, and never a secret.

use crate::app::{ADMIN, TOPIC, TestApp, client, eventually, now_ms, telemetry};
use serde_json::{Value, json};
use vigia_testkit::{BrokerOptions, session_token};

const PASSWORD: &str = "an-oven-full-of-bread-7";
const WRONG: &str = "not-the-password-at-all-7";

fn lines(app: &TestApp) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    app.log().lines().map(read).collect()
}

#[tokio::test]
async fn every_line_is_json_and_a_request_is_found_by_its_name() {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    app.set("TRUSTED_PROXIES", "127.0.0.1");
    app.set("LOG_LEVEL", "info,vigia_api=debug,vigia_ingest=trace");
    app.run();
    app.until_ready().await;
    let answer = client().get(app.url("/api/plcs?limit=no")).header("x-request-id", "proxy-1").send();
    let answer = answer.await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["x-request-id"].to_str().unwrap()),
        (400, "proxy-1")
    );
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(problem["requestId"], "proxy-1");
    let answer =
        client().get(app.url("/api/sites")).header("x-request-id", "not \"plain\"").send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"].len(), 32, "a name that is none is not taken");
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "1", "int")).await;
    publisher.publish(TOPIC, "{").await;
    app.until_processed(2).await;

    let told = eventually("the request is in the log", async || {
        lines(&app).into_iter().find(|line| line["request.id"] == "proxy-1")
    })
    .await;
    for (name, value) in [
        ("level", json!("INFO")),
        ("message", json!("answered")),
        ("http.request.method", json!("GET")),
        ("http.route", json!("/api/plcs")),
        ("http.response.status_code", json!(400)),
        ("url.path", json!("/api/plcs")),
        ("client.address", json!("127.0.0.1")),
    ] {
        assert_eq!(told[name], value, "{told}");
    }
    assert!(told["took_ms"].is_number(), "{told}");
    let lines = lines(&app);
    for line in &lines {
        for name in ["timestamp", "level", "target", "message"] {
            assert!(line[name].as_str().is_some_and(|text| !text.is_empty()), "{name} of {line}");
        }
    }
    // What only reads and succeeds is told to whoever looks closely, and what is asked all the time too.
    let quiet = |line: &&Value| line["message"] == "answered" && line["http.response.status_code"] == 200;
    let quiet: Vec<_> = lines.iter().filter(quiet).collect();
    assert!(!quiet.is_empty() && quiet.iter().all(|line| line["level"] == "DEBUG"), "{quiet:?}");
    // Messages by what the broker calls them.
    let rejected = lines.iter().find(|line| line["message"] == "rejected").unwrap();
    assert_eq!((rejected["reason"].as_str(), rejected["topic"].as_str()), (Some("not_json"), Some(TOPIC)));
    let safe = lines.iter().find(|line| line["message"] == "a message is safe").unwrap();
    for name in ["mqtt.connection", "mqtt.generation", "mqtt.packet_id"] {
        assert!(rejected[name].is_number() && safe[name].is_number(), "{rejected} {safe}");
    }
    assert!(safe["batch.messages"].is_number(), "{safe}");
}

#[tokio::test]
async fn names_are_believed_of_proxies_alone() {
    let app = TestApp::start().await;
    let answer = client().get(app.url("/api/nothing")).header("x-request-id", "mine").send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert!(id.len() == 32 && problem["requestId"] == id, "{id} {problem}");
}

#[tokio::test]
async fn no_secret_is_ever_written() {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    let url = app.postgres.url("vigia").replace("postgres://vigia@", "postgres://vigia:database-secret-7@");
    app.set("DATABASE_URL", &url);
    app.set("LOG_LEVEL", "debug");
    app.run();
    app.until_ready().await;
    let link = eventually("the documented link of the first start", async || {
        lines(&app).iter().find_map(|line| line["link"].as_str().map(str::to_owned))
    })
    .await;
    app.make_admin(ADMIN, PASSWORD);
    // A password ends the sessions of before.
    app.postgres.log_in("vigia", ADMIN).unwrap();
    let body = |password: &str| json!({"email": ADMIN, "password": password});
    let (status, login) = app.post("/api/auth/login", &body(PASSWORD)).await;
    assert_eq!(status, 200, "{login}");
    assert_eq!(app.post("/api/auth/login", &body(WRONG)).await.0, 401);
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "a", "1", "int")).await;
    app.until_processed(1).await;
    let key = json!({"name": "scada", "tenant": "granix", "role": "viewer"});
    let (status, key) = app.post("/api/admin/api-keys", &key).await;
    assert_eq!(status, 201, "{key}");
    let user = json!({"email": "luis@example.com", "name": "Luis", "roles": [{"tenant": "granix", "role": "viewer"}],
        "tenants": [{"tenant": "granix", "role": "viewer"}]});
    let (status, user) = app.post("/api/admin/users", &user).await;
    assert!(status == 201 || status == 422, "{user}");
    let token = login["token"].as_str().unwrap();
    // A session by cookie, and secrets where they do not belong: in a query.
    let by_cookie = client().get(app.url(&format!("/api/sites?token={token}")));
    by_cookie.header("cookie", format!("vigia_session={token}")).send().await.unwrap();
    // A database that goes away makes errors with all their causes.
    app.postgres.stop().unwrap();
    app.get("/api/sites").await;
    app.postgres.start_again().unwrap();
    app.until_ready().await;
    assert!(app.stop().success());

    let mut secrets =
        vec![PASSWORD, WRONG, "database-secret-7", token, key["key"].as_str().unwrap_or("vgk_")];
    let session = session_token(ADMIN);
    secrets.extend([&*session, "vgs_", "vgk_", "PRIVATE KEY", "vigia_session="]);
    let log = app.log();
    for secret in secrets {
        assert!(!log.contains(secret), "{secret}: {:?}", log.lines().find(|line| line.contains(secret)));
    }
    let links: Vec<_> = log.lines().filter(|line| line.contains("set-password")).collect();
    assert!(links.len() == 1 && links[0].contains(&link), "{links:?}");
}
