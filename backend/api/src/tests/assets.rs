//! The frontend's files and the headers that go with them.

use super::*;

async fn with_frontend() -> (TestApp, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("assets")).unwrap();
    std::fs::write(dir.path().join("index.html"), "<!doctype html><title>Vigía</title>").unwrap();
    std::fs::write(dir.path().join("assets/app-1a2b.js"), "x".repeat(2_000)).unwrap();
    std::fs::write(dir.path().join("favicon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    let settings = ApiSettings { static_dir: Some(dir.path().to_owned()), ..ApiSettings::default() };
    (TestApp::start_with(settings).await, dir)
}

#[tokio::test]
async fn the_page_answers_for_its_own_addresses() {
    let (app, _dir) = with_frontend().await;
    for path in ["/", "/index.html", "/plcs/planta-1/plc-03"] {
        let reply = app.get(path).await;
        assert_eq!((reply.status, reply.header("cache-control")), (StatusCode::OK, "no-cache"), "{path}");
        assert!(
            reply.text().contains("Vigía") && reply.header("content-type").starts_with("text/html"),
            "{path}"
        );
    }
    assert_eq!(app.get("/favicon.svg").await.header("content-type"), "image/svg+xml");
    app.get("/api/nothing").await.assert_problem(404, "no_such_route");
    app.get("/../Cargo.toml").await;
    let escape = app.get("/%2e%2e/%2e%2e/etc/passwd").await;
    assert!(!escape.text().contains("root:"));
}

#[tokio::test]
async fn hashed_files_are_kept_for_a_year_and_missing_ones_not_at_all() {
    let (app, _dir) = with_frontend().await;
    let script = app.get("/assets/app-1a2b.js").await;
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(script.header("content-type").contains("javascript"));
    let missing = app.get("/assets/app-0000.js").await;
    missing.assert_problem(404, "no_such_route");
    assert_eq!(missing.header("cache-control"), "no-store");
    let gzip = request(Method::GET, "/assets/app-1a2b.js").header(header::ACCEPT_ENCODING, "gzip");
    let gzip = app.send(gzip.body(Body::empty()).unwrap()).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert!(gzip.body.len() < 200);
    let modified = script.header("last-modified").to_owned();
    let again = request(Method::GET, "/assets/app-1a2b.js").header(header::IF_MODIFIED_SINCE, modified);
    assert_eq!(app.send(again.body(Body::empty()).unwrap()).await.status, 304);
}

#[tokio::test]
async fn security_headers_stand_on_everything() {
    let (app, _dir) = with_frontend().await;
    for path in ["/", "/assets/app-1a2b.js", "/api/sites", "/api/nothing", "/health"] {
        let reply = app.get(path).await;
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-"),
            "{policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), value, "{path}");
        }
        assert!(reply.header("permissions-policy").contains("camera=()"));
    }
    assert_eq!(app.get("/api/sites").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn without_a_frontend_a_sign_points_to_the_api() {
    let app = TestApp::start().await;
    let reply = app.get("/").await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
    assert!(reply.text().contains("/api"));
}
