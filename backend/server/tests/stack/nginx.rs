//! Nginx in front of the program: what it answers itself, what it passes on, and what happens when one of the two goes.

use crate::app::{ADMIN, TOPIC, TestApp, eventually, now_ms, telemetry};
use crate::web::{Answer, NAME, Ports, Web};
use serde_json::{Value, json};
use vigia_testkit::{BrokerOptions, free_port};

const PASSWORD: &str = "mate amargo a las 5";
/// What every answer has, whoever gives it.
const SECURITY: [&str; 8] = [
    "strict-transport-security",
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
];
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The program behind Nginx, as on a server.
async fn behind_nginx() -> (TestApp, Web) {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    let ports = Ports::before(app.port());
    app.set("PUBLIC_URL", &ports.public_url());
    app.set("TRUSTED_PROXIES", "127.0.0.1");
    app.run();
    app.until_ready().await;
    app.make_admin(ADMIN, PASSWORD);
    (app, Web::start(ports, true))
}

fn credentials() -> String {
    json!({ "email": ADMIN, "password": PASSWORD }).to_string()
}

/// Logs in; the header with the session's cookie.
fn log_in(web: &Web, more: &[&str]) -> String {
    let answer = web.post("/api/auth/login", &credentials(), more);
    assert_eq!(answer.status, 200, "{answer:?}");
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("; HttpOnly") && cookie.contains("; Secure"), "{cookie}");
    format!("cookie: {}", cookie.split(';').next().unwrap())
}

fn is_secured(answer: &Answer) {
    for name in SECURITY {
        assert!(!answer.header(name).is_empty(), "no {name} in {answer:?}");
    }
    assert!(!answer.header("x-request-id").is_empty(), "{answer:?}");
}

#[test]
fn pages_come_with_their_headers_and_nothing_else_is_served() {
    let mut web = Web::start(Ports::before(free_port().unwrap()), true);

    // The page, for every address of its router, asked for again each time.
    for path in ["/", "/plc/planta-1/plc-03", "/alarms?severity=high", "/plcs/planta-1/line.map"] {
        let page = web.get(path, &[]);
        assert_eq!((page.status, page.header("cache-control")), (200, "no-cache"), "{path}");
        assert!(page.body.contains("<title>Vigía"), "{path}");
        is_secured(&page);
        let again = web.get(path, &["-H", &format!("if-none-match: {}", page.header("etag"))]);
        assert_eq!(again.status, 304, "{path}");
    }
    // Assets, for ever, in the smallest form the browser takes.
    let forms = [
        ("app-1.js", "gzip, deflate, br, zstd", "br", "as brotli", "application/javascript"),
        ("app-1.js", "gzip, br;q=0", "gzip", "as gzip", "application/javascript"),
        ("app-1.js", "br;q=0.5", "br", "as brotli", "application/javascript"),
        ("app-1.js", "gzip", "gzip", "as gzip", "application/javascript"),
        ("app-1.js", "identity", "", "plain", "application/javascript"),
        ("app-1.css", "gzip, br", "gzip", "as gzip", "text/css"),
        ("inter-1.woff2", "gzip, br", "", "a font", "font/woff2"),
    ];
    for (name, accepts, encoding, body, kind) in forms {
        let asset = web.get(&format!("/assets/{name}"), &["-H", &format!("accept-encoding: {accepts}")]);
        let found = (asset.status, asset.header("content-encoding"), asset.body.as_str());
        assert_eq!(found, (200, encoding, body), "{name} for {accepts}");
        assert_eq!(asset.header("cache-control"), FOREVER, "{name}");
        assert!(asset.header("content-type").starts_with(kind), "{asset:?}");
        is_secured(&asset);
    }
    // An asset of an older release is not there, and the browser is not to remember that.
    for path in ["/assets/app-0.js", "/assets/inter-0.woff2"] {
        let gone = web.get(path, &[]);
        assert_eq!((gone.status, gone.header("cache-control")), (404, "no-store"), "{path}");
        is_secured(&gone);
    }
    for path in [
        "/.secret",
        "/.git/config",
        "/assets/app-1.js.map",
        "/assets/app-1.js.br",
        "/metrics",
        "//metrics",
        "/x/../metrics",
        "/%6detrics",
        "/unavailable.html",
        "/assets/../.secret",
        "/stub_status",
    ] {
        let hidden = web.get(path, &[]);
        let is_page = hidden.status == 200 && hidden.body.contains("<title>Vigía</title>");
        assert!(hidden.status == 404 || (path == "/stub_status" && is_page), "{path}: {hidden:?}");
        is_secured(&hidden);
    }
    // A factory may ask for much at once, a flood may not.
    for (path, at_once, more) in [
        ("/api/flood", 500, "accept: */*"),
        ("/ws", 1000, "upgrade: websocket"),
        ("/health", 500, "accept: */*"),
        ("/health/ready", 0, "accept: */*"),
    ] {
        let url = format!("{}{path}?[1-3000]", web.ports.public_url());
        let flood = web.curl(&["--http1.1", "--parallel", "--no-include", "-H", more, &url]);
        let count = |code: &str| flood.text.matches(&format!("\"code\":\"{code}\"")).count();
        let (passed, refused) = (count("unavailable"), count("too_many_requests"));
        assert!(passed >= at_once && refused > 0, "{path}: {passed} passed on, {refused} refused");
    }
    assert!(web.stop(), "{}", web.log());
}

#[test]
fn only_the_own_name_is_answered_and_only_over_tls() {
    let web = Web::start(Ports::before(free_port().unwrap()), true);
    let (https, http) = (web.ports.https, web.ports.http);

    let plain = |host: &str, path: &str| web.curl(&[&format!("http://{host}:{http}{path}")]);
    let moved = plain(NAME, "/alarms?severity=high");
    let target = format!("{}/alarms?severity=high", web.ports.public_url());
    assert_eq!((moved.status, moved.header("location")), (308, target.as_str()));
    assert_eq!(moved.header("strict-transport-security"), "", "it would not count");
    web.challenge("token", "token.thumbprint");
    let challenge = plain(NAME, "/.well-known/acme-challenge/token");
    assert_eq!((challenge.status, challenge.body.as_str()), (200, "token.thumbprint"));
    for host in ["127.0.0.1", "other.test"] {
        let nothing = plain(host, "/");
        // Nothing, or a reset.
        assert!(nothing.status == 0 && [52, 56].contains(&nothing.exit), "{host}: {nothing:?}");
    }
    // A stranger's name in the handshake: no certificate. In the request only: not this one.
    for host in ["other.test", "127.0.0.1"] {
        let refused = web.curl(&["-k", &format!("https://{host}:{https}/")]);
        assert_eq!((refused.status, refused.exit), (0, 35), "{host}: {refused:?}");
    }
    for protocol in ["--http1.1", "--http2"] {
        let misdirected = web.get("/", &[protocol, "-H", "host: other.test"]);
        assert_eq!(misdirected.status, 421, "{protocol}");
    }
    for (version, exit) in [("1.1", 35), ("1.2", 0)] {
        let answer = web.get("/", &["--tls-max", version, "--tlsv1.0", "--ciphers", "DEFAULT:@SECLEVEL=0"]);
        assert_eq!(answer.exit, exit, "TLS {version}: {answer:?}");
    }
    assert_eq!(web.get("/", &["--http2", "-o", "/dev/null", "-w", "HTTP/2 %{http_version}"]).exit, 0);
}

#[tokio::test]
async fn requests_reach_the_program_with_the_clients_own_address() {
    let (app, web) = behind_nginx().await;

    // Nginx's headers are the program's own.
    let (direct, through) = (web.curl(&[&app.url("/api/sites")]), web.get("/api/sites", &[]));
    assert_eq!((through.status, through.code().as_str()), (401, "login_required"));
    let page = web.get("/", &[]);
    for name in SECURITY.into_iter().skip(1) {
        assert_eq!(direct.header(name), through.header(name), "{name}");
        assert_eq!(
            direct.header(name),
            page.header(name),
            "{name}: nginx/vigia/http.conf and api/src/layers.rs"
        );
    }
    is_secured(&through);
    assert_eq!(through.header("cache-control"), "no-store");

    // Where the program has a policy for a page of its own, that one holds.
    let (direct, docs) = (web.curl(&[&app.url("/api/docs")]), web.get("/api/docs", &[]));
    let policy = direct.header("content-security-policy");
    assert!(docs.status == 200 && policy == docs.header("content-security-policy"), "{docs:?}");
    assert_ne!(policy, page.header("content-security-policy"));

    // An invented address is not believed, nor an invented name; the request can be found by its own in both logs.
    let spoofed =
        ["--interface", "127.0.0.2", "-H", "x-forwarded-for: 6.6.6.6", "-H", "forwarded: for=6.6.6.6"];
    let invented = [
        &spoofed[..],
        &["-H", "x-real-ip: 6.6.6.6", "-H", "x-request-id: by-hand"],
        &["-H", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
    ]
    .concat();
    let cookie = log_in(&web, &invented);
    // Nor where who asks is one whose word the program takes, as everybody on the proxy's own network is.
    log_in(&web, &["-H", "x-forwarded-for: 6.6.6.6"]);
    let entries = app.query("select address from audit_log where action = 'session.create' order by address");
    assert_eq!(entries, ["127.0.0.1", "127.0.0.2"]);
    let named = web.get("/api/sites", &invented);
    let id = named.header("x-request-id");
    assert_eq!(id.len(), 32, "{named:?}");
    // It is written after the answer was sent.
    let line = eventually("a line of the log", async || {
        let log = web.log();
        let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.find(|line| line["request.id"] == *id)
    })
    .await;
    let log = web.log();
    assert_eq!((line["client"].as_str(), line["status"].as_u64()), (Some("127.0.0.2"), Some(401)));
    assert!(app.log().contains(id), "the program's log names it too");
    assert!(
        !app.log().contains("by-hand") && !log.contains("by-hand") && !app.log().contains("0af7651916cd")
    );
    assert!(!web.log().contains("severity=") && !web.log().contains(PASSWORD));

    // Bodies: 16 KiB where accounts are concerned, else 1 MiB.
    let body = |bytes: usize| format!("{{\"x\":\"{}\"}}", "x".repeat(bytes));
    let own = format!("origin: {}", web.ports.public_url());
    let cookie = ["-H", cookie.as_str(), "-H", own.as_str()];
    for (path, bytes, status) in [
        ("/api/auth/password", 20_000, 413),
        ("/api/auth/password", 2_000, 422),
        ("/api/persist-rules", 20_000, 422),
    ] {
        let answer = web.post(path, &body(bytes), &cookie);
        assert_eq!(answer.status, status, "{path} {bytes}: {answer:?}");
        assert_eq!(answer.code(), if status == 413 { "payload_too_large" } else { "invalid_body" });
    }
    let file = app.folder().join("large.json");
    std::fs::write(&file, body(1_200_000)).unwrap();
    let large = web.post("/api/persist-rules", &format!("@{}", file.display()), &cookie);
    assert_eq!((large.status, large.code().as_str()), (413, "payload_too_large"));
    is_secured(&large);

    // What is compressed, and what is not though it is long enough.
    let gzip = ["-H", "accept-encoding: gzip", "-o", "/dev/null", "-D", "-"];
    let description = web.get("/api/openapi.json", &gzip);
    assert_eq!(description.header("content-encoding"), "gzip", "{description:?}");
    let body = credentials();
    for _ in 0..8 {
        let json = ["-H", "content-type: application/json", "--data-binary", &body];
        assert_eq!(web.curl(&[&[app.url("/api/auth/login").as_str()], &json[..]].concat()).status, 200);
    }
    let sessions = web.curl(&[&[app.url("/api/auth/sessions").as_str()], &gzip[..], &cookie].concat());
    assert_eq!(sessions.header("content-encoding"), "gzip", "long enough: {sessions:?}");
    let sessions = web.get("/api/auth/sessions", &[&gzip[..], &cookie].concat());
    assert_eq!((sessions.status, sessions.header("content-encoding")), (200, ""), "{sessions:?}");
}

#[tokio::test]
async fn the_live_feed_passes_with_a_session_from_the_own_page_alone() {
    let (app, web) = behind_nginx().await;
    let cookie = log_in(&web, &[]);
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "temp_head", "83.25", "float")).await;
    app.until_processed(1).await;

    let own = format!("origin: {}", web.ports.public_url());
    let open = |origin: &str, cookie: &str| {
        let upgrade =
            ["--http1.1", "--max-time", "2", "-H", "connection: Upgrade", "-H", "upgrade: websocket"];
        let key = ["-H", "sec-websocket-version: 13", "-H", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="];
        web.get("/ws", &[&upgrade[..], &key, &["-H", origin, "-H", cookie]].concat())
    };
    let feed = open(&own, &cookie);
    assert_eq!((feed.status, feed.header("upgrade")), (101, "websocket"), "{feed:?}");
    assert!(feed.body.contains("\"temp_head\":83.25"), "{feed:?}");
    assert_eq!(open("origin: https://evil.example", &cookie).code(), "origin_not_allowed");
    assert_eq!(open(&own, "cookie: none=1").code(), "login_required");
    let plain = web.get("/ws", &["-H", &cookie]);
    assert_eq!((plain.status, plain.code().as_str()), (426, "websocket_required"));
    is_secured(&plain);
}

#[tokio::test]
async fn attempts_to_log_in_are_counted_by_address_and_the_rest_goes_on() {
    let (_app, web) = behind_nginx().await;
    // Another account each time, so that the program has nothing to say; and whoever it says it is.
    let wrong = |n: u32| json!({ "email": format!("eva{n}@example.com"), "password": "guess" }).to_string();
    let attempt =
        |n: u32| web.post("/api/auth/login", &wrong(n), &["-H", &format!("x-forwarded-for: 6.6.6.{n}")]);
    let answers: Vec<Answer> = (1..=9).map(attempt).collect();
    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 429).collect();
    // One trickles through in six seconds.
    assert!((2..=3).contains(&refused.len()), "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    for answer in refused {
        assert_eq!((answer.code().as_str(), answer.header("retry-after")), ("too_many_attempts", "6"));
        is_secured(answer);
    }
    assert_eq!(web.post("/api/auth/password-links", "{}", &[]).status, 429);
    // Other addresses and other routes are none the worse.
    assert_eq!(web.post("/api/auth/login", &wrong(0), &["--interface", "127.0.0.3"]).status, 401);
    for _ in 0..20 {
        assert_eq!(web.get("/api/auth/me", &[]).status, 401);
    }
}

#[tokio::test]
async fn a_program_that_is_away_is_a_problem_and_one_that_is_back_is_served() {
    let (mut app, web) = behind_nginx().await;
    assert_eq!(web.get("/health", &[]).status, 200);
    app.kill();
    for (path, more) in [("/api/sites", ""), ("/health", ""), ("/ws", "upgrade: websocket")] {
        let away = web.get(path, &["--http1.1", "-H", more]);
        assert_eq!((away.status, away.code().as_str()), (502, "unavailable"), "{path}");
        assert_eq!((away.header("retry-after"), away.header("cache-control")), ("5", "no-store"), "{path}");
        is_secured(&away);
    }
    assert_eq!(web.get("/", &[]).status, 200, "the page itself is there, and says so");
    app.run();
    web.until("the program is served again", "/health/ready", |answer| answer.status == 200);
}

#[test]
fn it_starts_without_a_certificate_and_takes_the_one_that_comes() {
    let web = Web::start(Ports::before(free_port().unwrap()), false);
    let before = web.get("/", &[]);
    assert_eq!((before.status, before.exit), (0, 60), "a certificate nobody vouches for: {before:?}");
    assert_eq!(web.get("/", &["-k"]).status, 200);
    // It would end one day: another one is made in time.
    web.until("its own is made anew", "/", |_| web.log().matches("made one of its own").count() > 1);
    web.certify();
    web.until("the certificate is taken", "/", |answer| answer.status == 200);
    assert!(web.log().contains("took a new certificate"), "{}", web.log());
}
