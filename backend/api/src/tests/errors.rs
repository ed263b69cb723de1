//! What is refused and how, and what every answer carries.

use super::*;

#[tokio::test]
async fn every_error_is_a_problem() {
    let app = TestApp::start().await;
    for path in ["/api", "/api/", "/api/nothing", "/api/plcs/a/b/c/d", "/nothing", "/health/no"] {
        app.get(path).await.assert_problem(404, "no_such_route");
    }
    let reply = app.send(with_body(Method::POST, "/api/sites", "{}")).await;
    reply.assert_problem(405, "method_not_allowed");
    assert_eq!(reply.header(header::ALLOW), "GET,HEAD");
    app.get("/api/plcs/%ff").await.assert_problem(400, "invalid_path");
    app.get("/ws").await.assert_problem(426, "websocket_required");

    let large = format!(r#"{{"name":"{}","mode":"raw"}}"#, "x".repeat(1024 * 1024));
    app.send(with_body(Method::POST, "/api/persist-rules", &large))
        .await
        .assert_problem(413, "payload_too_large");
    let form = request(Method::POST, "/api/persist-rules").header(header::CONTENT_TYPE, "text/plain");
    app.send(form.body(Body::from("{}")).unwrap()).await.assert_problem(415, "unsupported_media_type");
    let bare = request(Method::POST, "/api/persist-rules").body(Body::empty()).unwrap();
    app.send(bare).await.assert_problem(400, "invalid_json");
    // Where nothing is read, nothing need be said of what it is.
    let bare = request(Method::POST, "/api/auth/logout").body(Body::empty()).unwrap();
    assert_eq!(app.send(bare).await.status, 204);
}

/// Whoever has no account must be able to tell a proxy that passes `Upgrade` on from one that does not.
#[tokio::test]
async fn strangers_learn_whether_their_wish_for_a_websocket_arrived() {
    let app = TestApp::start().await;
    let stranger = || Request::builder().uri("/ws").header(header::HOST, "localhost");
    let plain = app.send(stranger().body(Body::empty()).unwrap()).await;
    assert_eq!((plain.status.as_u16(), plain.header("x-websocket-upgrade")), (401, "missing"));
    let wish =
        stranger().header(header::UPGRADE, "websocket").header(header::CONNECTION, "keep-alive, Upgrade");
    let wish = app.send(wish.body(Body::empty()).unwrap()).await;
    assert_eq!((wish.status.as_u16(), wish.header("x-websocket-upgrade")), (401, "seen"));
    // And who has one, and opens none.
    assert_eq!(app.get("/ws").await.header("x-websocket-upgrade"), "missing");
}

#[tokio::test]
async fn foreign_hosts_and_origins_are_kept_out() {
    let settings = ApiSettings { allowed_hosts: vec!["scada.example".to_owned()], ..ApiSettings::default() };
    let app = TestApp::start_with(settings).await;
    let get = async |host: &str| {
        let bearer = format!("Bearer {}", session_token(ADMIN));
        let request = Request::builder().uri("/api/sites").header(header::HOST, host);
        let request = request.header(header::AUTHORIZATION, bearer);
        app.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(get("scada.example").await.status, 200);
    assert_eq!(get("localhost:8080").await.status, 200);
    get("rebound.example").await.assert_problem(403, "host_not_allowed");
    let figures = Request::builder().uri("/metrics").header(header::HOST, "api:3002").body(Body::empty());
    assert_eq!(
        app.send(figures.unwrap()).await.status,
        200,
        "Prometheus asks by the name its network gives us"
    );

    let write = async |origin: &str| {
        let mut request = with_body(Method::POST, "/api/persist-rules", r#"{"name":"n","mode":"raw"}"#);
        request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
        app.send(request).await
    };
    assert_eq!(write("http://127.0.0.1:3002").await.status, 201);
    write("http://evil.example").await.assert_problem(403, "origin_not_allowed");
    write("null").await.assert_problem(403, "origin_not_allowed");
}

#[tokio::test]
async fn what_takes_too_long_is_ended() {
    let settings = ApiSettings { request_timeout: Duration::ZERO, ..ApiSettings::default() };
    let app = TestApp::start_with(settings).await;
    app.get("/api/sites").await.assert_problem(503, "timeout");
}

#[tokio::test]
async fn a_panic_costs_one_request() {
    let panics = || -> Reply {
        let response = crate::layers::on_panic(Box::new("secret detail"));
        let (parts, body) = response.into_parts();
        let body =
            futures_util::FutureExt::now_or_never(axum::body::to_bytes(body, 10_000)).unwrap().unwrap();
        Reply { status: parts.status, headers: parts.headers, body }
    };
    let problem = panics().assert_problem(500, "internal_error");
    assert!(!problem.to_string().contains("secret"));
    let api = TestApp::start().await.api;
    let parts = ApiParts { render_metrics: Arc::new(|| panic!("secret detail")), ..(*api).clone() };
    let response = router(parts.into())
        .oneshot(request(Method::GET, "/metrics").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn without_database_lists_say_so_and_live_state_answers() {
    let mut postgres = Postgres::start().unwrap();
    postgres.create_database("vigia").unwrap();
    let mut settings = ApiSettings::default();
    settings.admins.insert(Email::new(ADMIN).unwrap());
    let app = TestApp::on(&postgres, "vigia".to_owned(), settings).await;
    app.api.store.migrate().await.unwrap();
    postgres.log_in("vigia", ADMIN).unwrap();
    assert_eq!(app.get("/api/sites").await.status, 200);
    postgres.kill().unwrap();
    app.apply(&plc_path("granix", "planta-1", "plc-03"), "m", sample(NOW, Value::Int(1), None));
    assert_eq!(app.ok("/api/plcs/planta-1/plc-03/state").await["values"]["m"]["value"], 1);
    let reply = app.get("/api/sites").await;
    let problem = reply.assert_problem(503, "database_unavailable");
    assert_eq!(reply.header(header::RETRY_AFTER), "5");
    assert!(!problem.to_string().contains("refused"), "causes stay in the log");
    assert_eq!(app.get("/health").await.status, 200);
    postgres.start_again().unwrap();
    assert_eq!(app.get("/api/sites").await.status, 200);
}

#[tokio::test]
async fn health_ready_and_metrics() {
    use vigia_live::board::{ConnectionState, Role};
    let app = TestApp::start().await;
    let problem = app.get("/health/ready").await.assert_problem(503, "not_ready");
    assert_eq!(problem["notReady"], serde_json::json!(["starting", "database"]));
    let board = app.api.live.board();
    board.database_up();
    board.set_role(Role::Standby);
    let problem = app.get("/health/ready").await.assert_problem(503, "not_ready");
    assert_eq!(problem["notReady"], serde_json::json!(["standby"]));
    board.set_role(Role::Active);
    let connection = board.connection("vigia");
    connection.down("connection refused");
    let health = app.ok("/health").await;
    assert_eq!((&health["status"], &health["mqtt"]["state"]), (&"degraded".into(), &"down".into()));
    assert_eq!(health["mqtt"]["connections"][0]["lastError"], "connection refused");
    connection.set_state(ConnectionState::Subscribed);
    board.messages_received(1, at(NOW));
    board.messages_processed(1);
    app.clock.set(at(NOW + 7_500));
    let health = app.ok("/health").await;
    assert_eq!(
        (&health["status"], &health["uptimeSec"], &health["role"]),
        (&"ok".into(), &7.into(), &"active".into())
    );
    assert_eq!((&health["mqtt"]["state"], &health["database"]["state"]), (&"connected".into(), &"up".into()));
    assert_eq!(app.ok("/health/ready").await["status"], "ready");

    let text = app.get("/metrics").await;
    assert_eq!(
        (text.text(), text.header("content-type")),
        ("vigia_up 1\n", "text/plain; version=0.0.4; charset=utf-8")
    );
    let short =
        request(Method::GET, "/metrics").header(header::ACCEPT, "application/json").body(Body::empty());
    assert_eq!(
        app.send(short.unwrap()).await.json(),
        serde_json::json!({"mqttMessagesReceived": 1, "mqttMessagesProcessed": 1, "mqttMessagesFailed": 0,
            "wsConnections": 0, "uptime": 7, "lastMessage": NOW, "mqttConnected": true})
    );
}

#[tokio::test]
async fn every_request_has_a_name() {
    let trusted_proxies = TrustedProxies::read(&["127.0.0.1".to_owned()]).unwrap();
    let app = TestApp::start_with(ApiSettings { trusted_proxies, ..ApiSettings::default() }).await;
    let ask = async |id: Option<&str>| {
        let mut asked = request(Method::GET, "/api/sites");
        if let Some(id) = id {
            asked = asked.header("x-request-id", id);
        }
        app.send(asked.body(Body::empty()).unwrap()).await.header("x-request-id").to_owned()
    };
    let (first, second) = (ask(None).await, ask(None).await);
    assert!(first.len() == 32 && second.len() == 32 && first != second, "{first} {second}");
    assert_eq!(ask(Some("nginx-7.a_B")).await, "nginx-7.a_B");
    for not_taken in ["", "a b", "x\"y", &"x".repeat(65)] {
        assert_eq!(ask(Some(not_taken)).await.len(), 32, "{not_taken}");
    }
    let error = app.get("/api/nothing").await;
    assert_eq!(error.header("x-request-id").len(), 32, "errors too");
    assert_eq!(error.json()["requestId"], error.header("x-request-id"));
    let strangers = TestApp::start().await;
    let asked = request(Method::GET, "/api/sites").header("x-request-id", "mine").body(Body::empty());
    let answer = strangers.send(asked.unwrap()).await;
    assert_eq!(answer.header("x-request-id").len(), 32, "only a trusted proxy gives names");
}

#[tokio::test]
async fn pages_of_other_origins_read_only_if_the_settings_name_them() {
    let settings =
        ApiSettings { allowed_origins: vec!["https://panel.example".to_owned()], ..ApiSettings::default() };
    let app = TestApp::start_with(settings).await;
    let preflight = async |origin: &str| {
        let asked = anonymous(Method::OPTIONS, "/api/persist-rules")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type,if-match");
        app.send(asked.body(Body::empty()).unwrap()).await
    };
    let allowed = preflight("https://panel.example").await;
    assert_eq!(allowed.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "https://panel.example");
    assert_eq!(allowed.header(header::ACCESS_CONTROL_ALLOW_CREDENTIALS), "true");
    assert!(allowed.header(header::ACCESS_CONTROL_ALLOW_METHODS).contains("PUT"));
    for foreign in ["https://evil.example", "https://panel.example.evil", "null"] {
        assert_eq!(preflight(foreign).await.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "", "{foreign}");
    }
    let read = request(Method::GET, "/api/sites").header(header::ORIGIN, "https://panel.example");
    let read = app.send(read.body(Body::empty()).unwrap()).await;
    assert_eq!(read.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "https://panel.example");
    assert!(read.header(header::VARY).contains("origin"), "a cache keeps them apart");
    // Without any, nothing is said at all.
    let app = TestApp::start().await;
    let read = request(Method::GET, "/api/sites").header(header::ORIGIN, "https://panel.example");
    let read = app.send(read.body(Body::empty()).unwrap()).await;
    assert_eq!(read.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "");
}

#[tokio::test]
async fn too_much_at_a_time_is_turned_away() {
    let settings = ApiSettings { max_requests: 0, ..ApiSettings::default() };
    let app = TestApp::start_with(settings).await;
    let reply = app.get("/api/sites").await;
    reply.assert_problem(503, "overloaded");
    assert_eq!(reply.header(header::RETRY_AFTER), "5");
}

/// Whoever opens connections and says nothing, or says it letter by letter, keeps nobody out.
#[tokio::test]
async fn silent_connections_keep_nobody_out_and_a_stop_does_not_wait_for_them() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let app = TestApp::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = app.api.tasks.spawn(crate::serve(listener, app.api.clone()));
    let mut silent = Vec::new();
    for _ in 0..50 {
        let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
        connection.write_all(b"GET /health HTTP/1.1\r\nHo").await.unwrap();
        silent.push(connection);
    }
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let asked = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    connection.write_all(asked).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    app.api.shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(15), served).await.expect("it stops").unwrap();
    drop(silent);
}

/// Neither who says nothing, nor who begins another protocol, nor who never takes his answers keeps his place.
#[tokio::test]
async fn who_moves_nothing_for_long_is_hung_up_on() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let app = TestApp::start().await;
    let listener = crate::listen(([127, 0, 0, 1], 0).into()).unwrap();
    let address = listener.local_addr().unwrap();
    let patience = Duration::from_millis(300);
    app.api.tasks.spawn(crate::serve::serve_for(listener, app.api.clone(), patience, 100));
    let page = "GET /api/docs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    let pages = page.repeat(40);
    let mut connections = Vec::new();
    for said in ["", "PRI * HT", "GET /", &pages] {
        let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
        connection.write_all(said.as_bytes()).await.unwrap();
        connections.push(connection);
    }
    tokio::time::sleep(patience * 5).await;
    let size = app.get("/api/docs").await.body.len();
    for mut connection in connections {
        let mut taken = Vec::new();
        let end = tokio::time::timeout(Duration::from_secs(5), connection.read_to_end(&mut taken)).await;
        // Cut off or reset, as it comes; only it must end.
        drop(end.expect("it is still open"));
        assert!(taken.len() < 40 * size, "all of it was still sent");
    }
}

#[tokio::test]
async fn one_address_has_no_more_than_its_share_of_the_connections() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let app = TestApp::start().await;
    let listener = crate::listen(([127, 0, 0, 1], 0).into()).unwrap();
    let address = listener.local_addr().unwrap();
    app.api.tasks.spawn(crate::serve::serve_for(listener, app.api.clone(), Duration::from_mins(1), 3));
    let ask = async |from: [u8; 4]| {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        let mut connection = socket.connect(address).await.unwrap();
        let asked = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        // Hung up on already, perhaps.
        drop(connection.write_all(asked).await);
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).await.ok().map(|_| (connection, answer))
    };
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(ask([127, 0, 0, 1]).await.expect("there is room"));
    }
    assert!(ask([127, 0, 0, 1]).await.is_none(), "the fourth");
    let (_, answer) = ask([127, 0, 0, 2]).await.expect("another address has its own share");
    assert_eq!(&answer, b"HTTP/1.1 200");
    held.pop();
    let again = async {
        while ask([127, 0, 0, 1]).await.is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), again).await.expect("what was hung up makes room");
}

/// A place among the requests is held while the body comes; one who sends his slowly must not hold them all.
#[tokio::test]
async fn one_address_does_not_hold_all_places_for_requests() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let app = TestApp::start_with(ApiSettings { max_requests: 8, ..ApiSettings::default() }).await;
    let listener = crate::listen(([127, 0, 0, 1], 0).into()).unwrap();
    let address = listener.local_addr().unwrap();
    app.api.tasks.spawn(crate::serve(listener, app.api.clone()));
    let connect = async |from: [u8; 4]| {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        socket.connect(address).await.unwrap()
    };
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut connection = connect([127, 0, 0, 2]).await;
        let asked = b"POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
            Content-Length: 100\r\n\r\n{";
        connection.write_all(asked).await.unwrap();
        slow.push(connection);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut connection = connect([127, 0, 0, 1]).await;
    let token = session_token(ADMIN);
    let asked =
        format!("GET /api/sites HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n");
    connection.write_all(asked.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(std::str::from_utf8(&answer).unwrap(), "HTTP/1.1 200");
}

/// The database is not away: it was asked too much.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_the_database_ended_took_too_long() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    let database = app.database.clone();
    let held = "do $$ begin lock table alarms; perform pg_sleep(2); end $$";
    let holding = std::thread::spawn(move || POSTGRES.get().unwrap().query(&database, held).unwrap());
    tokio::time::sleep(Duration::from_millis(500)).await;
    let end = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        app.sql(
            "select pg_cancel_backend(pid) from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'",
        );
    };
    let (reply, ()) = tokio::join!(app.get("/api/alarms"), end);
    reply.assert_problem(503, "timeout");
    holding.join().unwrap();
}
