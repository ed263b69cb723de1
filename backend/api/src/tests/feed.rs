//! The WebSocket, over a real socket.

use super::*;
use futures_util::{SinkExt as _, StreamExt as _};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest as _};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const PATIENCE: Duration = Duration::from_secs(20);

/// Serves the API on a port of its own until the app is shut down.
pub(super) async fn listen(app: &TestApp) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = axum::serve(listener, app.router.clone());
    let server = server.with_graceful_shutdown(app.api.shutdown.clone().cancelled_owned());
    TaskTracker::new().spawn(async move { server.await });
    address
}

pub(super) async fn connect(address: SocketAddr, query: &str) -> Socket {
    connect_async(admins(address, query)).await.unwrap().0
}

pub(super) fn admins(address: SocketAddr, query: &str) -> tungstenite::handshake::client::Request {
    let mut request = format!("ws://{address}/ws{query}").into_client_request().unwrap();
    let bearer = format!("Bearer {}", session_token(ADMIN)).parse().unwrap();
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    request
}

/// Everything a feed says before its first tick, or the status of a refusal.
pub(super) async fn messages(address: SocketAddr, query: &str, token: Option<&str>) -> Result<String, u16> {
    let mut request = format!("ws://{address}/ws{query}").into_client_request().unwrap();
    if let Some(token) = token {
        request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    }
    let mut socket = match connect_async(request).await {
        Ok((socket, _)) => socket,
        Err(tungstenite::Error::Http(response)) => return Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    };
    let mut said = String::new();
    while let Message::Text(text) = frame(&mut socket).await {
        if text.contains(r#""type":"tick""#) {
            break;
        }
        said.push_str(&text);
    }
    Ok(said)
}

pub(super) async fn frame(socket: &mut Socket) -> Message {
    timeout(PATIENCE, socket.next()).await.expect("nothing came").expect("closed").unwrap()
}

/// The next message that is no tick.
pub(super) async fn next(socket: &mut Socket) -> Json {
    loop {
        if let Message::Text(text) = frame(socket).await {
            let message: Json = serde_json::from_str(&text).unwrap();
            if message["type"] != "tick" {
                return message;
            }
        }
    }
}

pub(super) async fn say(socket: &mut Socket, text: &str) {
    socket.send(Message::text(text)).await.unwrap();
}

fn plc_03() -> PlcPath {
    plc_path("granix", "planta-1", "plc-03")
}

#[tokio::test]
async fn a_snapshot_then_changes() {
    let app = TestApp::start().await;
    app.apply(&plc_03(), "temp_head", sample(NOW, Value::Float(83.2), Some("celsius")));
    app.apply(&plc_03(), "count", sample(NOW - 5_000, Value::Int(9_007_199_254_740_993), None));
    app.apply(&plc_path("granix", "planta-2", "plc-01"), "x", sample(NOW, Value::Int(1), None));
    let gateway = app.api.live.gateway(&gateway_path("granix", "planta-1", "gw-01"));
    let mut socket = connect(listen(&app).await, "?site=planta-1&metricId=").await;
    assert_eq!(
        next(&mut socket).await,
        serde_json::json!({"type": "telemetry", "tenant": "granix", "site": "planta-1", "plcId": "plc-03", "ts": NOW,
            "values": {"temp_head": 83.2, "count": 9_007_199_254_740_993_i64}, "quality": {"temp_head": "GOOD", "count": "GOOD"},
            "times": {"count": NOW - 5_000}, "unit": {"temp_head": "celsius"}, "dataType": {"temp_head": "float", "count": "int"}})
    );
    let never = next(&mut socket).await;
    assert_eq!(
        (&never["type"], &never["status"], &never["heartbeat"]),
        (&"gateway".into(), &"never_seen".into(), &Json::Null)
    );
    assert_eq!(app.api.live.board().ws_connections(), 1);

    app.apply(&plc_03(), "temp_head", sample(NOW + 1, Value::Float(84.0), Some("celsius")));
    assert_eq!(
        next(&mut socket).await,
        serde_json::json!({"type": "telemetry", "tenant": "granix", "site": "planta-1", "plcId": "plc-03", "ts": NOW + 1,
            "values": {"temp_head": 84.0}, "quality": {"temp_head": "GOOD"}})
    );
    app.api.live.beat(&gateway, beat(NOW, "online"), at(NOW));
    let online = next(&mut socket).await;
    assert_eq!(
        (&online["gatewayId"], &online["status"], &online["province"], &online["since"]),
        (&"gw-01".into(), &"online".into(), &"ba".into(), &"2025-01-08T18:00:00.000Z".into())
    );
    assert_eq!((&online["uptimeSec"], &online["heartbeat"]["uptimeSec"]), (&93_212.into(), &93_212.into()));
    app.clock.set(at(NOW + 91_000));
    app.api.live.sweep();
    assert_eq!(next(&mut socket).await["status"], "offline");

    socket.close(None).await.unwrap();
    let closed = async {
        while app.api.live.board().ws_connections() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, closed).await.unwrap();
}

#[tokio::test]
async fn a_new_set_of_filters_replaces_the_old_one_and_mistakes_change_nothing() {
    let app = TestApp::start().await;
    let other = plc_path("granix", "planta-2", "plc-01");
    app.apply(&plc_03(), "temp_head", sample(NOW, Value::Int(1), None));
    app.apply(&other, "level", sample(NOW, Value::Int(2), None));
    let mut socket = connect(listen(&app).await, "?site=planta-1").await;
    assert_eq!(next(&mut socket).await["plcId"], "plc-03");

    for (text, code) in [
        ("hello", "invalid_json"),
        (r#"{"type":"publish"}"#, "invalid_message"),
        (r#"{"type":"subscribe","filters":[{"site":"a b"}]}"#, "invalid_filter"),
    ] {
        say(&mut socket, text).await;
        let refusal = next(&mut socket).await;
        assert_eq!((&refusal["type"], &refusal["code"]), (&"error".into(), &code.into()), "{text}");
    }
    socket.send(Message::binary(vec![1, 2])).await.unwrap();
    assert_eq!(next(&mut socket).await["code"], "invalid_message");
    app.apply(&plc_03(), "temp_head", sample(NOW + 1, Value::Int(2), None));
    assert_eq!(next(&mut socket).await["values"]["temp_head"], 2, "the old set still holds");

    say(&mut socket, r#"{"type":"subscribe","filters":[{"site":"planta-2","metricId":"*"}]}"#).await;
    let snapshot = next(&mut socket).await;
    assert_eq!((&snapshot["plcId"], &snapshot["dataType"]["level"]), (&"plc-01".into(), &"int".into()));
    app.apply(&plc_03(), "temp_head", sample(NOW + 2, Value::Int(3), None));
    app.apply(&other, "level", sample(NOW + 2, Value::Int(3), None));
    assert_eq!(next(&mut socket).await["values"]["level"], 3, "nothing more of the old set");
}

/// Each new set goes through all PLCs; one client is not to keep a processor busy with that.
#[tokio::test]
async fn who_changes_filters_again_and_again_is_slowed_down() {
    let app = TestApp::start().await;
    app.apply(&plc_03(), "a", sample(NOW, Value::Int(0), None));
    let mut socket = connect(listen(&app).await, "").await;
    next(&mut socket).await;
    let begin = std::time::Instant::now();
    for _ in 0..5 {
        say(&mut socket, r#"{"type":"subscribe","filters":[{}]}"#).await;
        next(&mut socket).await;
    }
    // The first is taken at once, the others after a quarter of a second each.
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn while_much_is_told_to_all_changes_wait_and_come_together() {
    let app = TestApp::start().await;
    app.apply(&plc_03(), "a", sample(NOW, Value::Int(0), None));
    let mut socket = connect(listen(&app).await, "").await;
    next(&mut socket).await;
    for _ in 0..1_000 {
        app.api.doors.pace.wrote(64, tokio::time::Instant::now());
    }
    app.apply(&plc_03(), "a", sample(NOW + 1, Value::Int(1), None));
    assert_eq!(next(&mut socket).await["values"], serde_json::json!({"a": 1}), "a quiet one is told at once");
    for value in 2..=4 {
        app.apply(&plc_03(), "a", sample(NOW + value, Value::Int(value), None));
        app.apply(&plc_03(), "b", sample(NOW + value, Value::Int(value), None));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(next(&mut socket).await["values"], serde_json::json!({"a": 4, "b": 4}));
    app.apply(&plc_03(), "a", sample(NOW + 5, Value::Int(5), None));
    assert_eq!(next(&mut socket).await["values"], serde_json::json!({"a": 5}), "and goes on");
}

#[tokio::test]
async fn a_quiet_link_ticks() {
    let app = TestApp::start().await;
    let mut socket = connect(listen(&app).await, "").await;
    for _ in 0..2 {
        assert_eq!(frame(&mut socket).await, Message::text(r#"{"type":"tick"}"#));
    }
}

#[tokio::test]
async fn only_pages_of_ours_may_open_one() {
    let app = TestApp::start().await;
    let address = listen(&app).await;
    let open = async |origin: Option<&str>, query: &str| {
        let mut request = admins(address, query);
        if let Some(origin) = origin {
            request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(open(Some("http://evil.example"), "").await.err(), Some(403));
    assert_eq!(open(None, "?site=a%20b").await.err(), Some(400));
    let own = open(Some(&format!("http://{address}")), "").await.unwrap();
    assert_eq!(app.api.live.board().ws_connections(), 1, "the refused ones do not count");
    drop(own);
}

/// Opens one as somebody, from an address that a proxy names; or what the refusal says.
async fn open_from(address: SocketAddr, who: &str, from: &str) -> Result<Socket, Json> {
    let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert(header::AUTHORIZATION, format!("Bearer {}", session_token(who)).parse().unwrap());
    headers.insert("x-forwarded-for", from.parse().unwrap());
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => {
            assert_eq!(
                (response.status().as_u16(), &response.headers()["retry-after"]),
                (429, &"5".parse().unwrap())
            );
            Err(serde_json::from_slice(response.body().as_ref().unwrap()).unwrap())
        }
        Err(error) => panic!("{error}"),
    }
}

async fn until_open(app: &TestApp, connections: i64) {
    let open = async {
        while app.api.live.board().ws_connections() != connections {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(PATIENCE, open).await.expect("connections are counted that are gone, or none that are there");
}

#[tokio::test]
async fn each_limit_refuses_by_its_name_and_what_closes_makes_room() {
    let ws_limits = WsLimits { in_all: 4, per_user: 2, per_address: 3 };
    let trusted_proxies = TrustedProxies::read(&["127.0.0.1".to_owned()]).unwrap();
    let app = TestApp::start_with(ApiSettings { trusted_proxies, ws_limits, ..ApiSettings::default() }).await;
    for who in ["b@example.com", "c@example.com"] {
        POSTGRES.get().unwrap().log_in(&app.database, who).unwrap();
    }
    let address = listen(&app).await;
    let refused = async |who: &str, from: &str| {
        open_from(address, who, from).await.err().map(|problem| {
            assert_eq!(problem["code"], "too_many_connections", "{problem}");
            problem["limit"].as_str().unwrap().to_owned()
        })
    };
    let a1 = open_from(address, ADMIN, "203.0.113.1").await.unwrap();
    let a2 = open_from(address, ADMIN, "203.0.113.2").await.unwrap();
    assert_eq!(refused(ADMIN, "203.0.113.3").await.as_deref(), Some("user"), "wherever it comes from");
    // The whole network of one address of version 6 is one.
    let b1 = open_from(address, "b@example.com", "2001:db8::1").await.unwrap();
    drop((a2, b1));
    until_open(&app, 1).await;
    let _b = [
        open_from(address, "b@example.com", "2001:db8::2").await.unwrap(),
        open_from(address, "b@example.com", "2001:db8::3").await.unwrap(),
    ];
    let _c = open_from(address, "c@example.com", "2001:db8::4").await.unwrap();
    assert_eq!(refused("c@example.com", "2001:db8::5").await.as_deref(), Some("server"), "the fifth");
    drop(a1);
    until_open(&app, 3).await;
    assert_eq!(
        refused("c@example.com", "2001:db8::5").await.as_deref(),
        Some("address"),
        "the fourth from there"
    );
    let _again = open_from(address, ADMIN, "203.0.113.1").await.unwrap();
    until_open(&app, 4).await;
}

#[tokio::test]
async fn who_hangs_up_in_the_middle_of_opening_leaves_nothing_counted() {
    let ws_limits = WsLimits { per_user: 8, ..WsLimits::default() };
    let app = TestApp::start_with(ApiSettings { ws_limits, ..ApiSettings::default() }).await;
    let address = listen(&app).await;
    for round in 0..50 {
        let stream = mute(address).await;
        if round % 2 == 0 {
            // Not a goodbye but a reset, wherever the server is by now.
            stream.set_zero_linger().unwrap();
        }
        drop(stream);
        if round % 4 == 3 {
            until_open(&app, 0).await;
        }
    }
    let sockets = futures_util::future::join_all((0..8).map(|_| connect(address, ""))).await;
    until_open(&app, 8).await;
    drop(sockets);
    until_open(&app, 0).await;
    assert!(app.api.doors.places.is_empty(), "no user and no address is remembered");
}

#[tokio::test]
async fn a_shutdown_says_goodbye_and_waits() {
    let app = TestApp::start().await;
    let mut socket = connect(listen(&app).await, "").await;
    app.apply(&plc_03(), "m", sample(NOW, Value::Int(1), None));
    next(&mut socket).await;
    app.api.shutdown.cancel();
    let goodbye = loop {
        if let Message::Close(goodbye) = frame(&mut socket).await {
            break goodbye.unwrap();
        }
    };
    assert_eq!(u16::from(goodbye.code), 1001);
    app.api.tasks.close();
    timeout(PATIENCE, app.api.tasks.wait()).await.unwrap();
    assert_eq!(app.api.live.board().ws_connections(), 0);
}

#[tokio::test]
async fn too_large_a_message_ends_the_connection() {
    let app = TestApp::start().await;
    let mut socket = connect(listen(&app).await, "").await;
    say(&mut socket, &"x".repeat(70 * 1024)).await;
    let ended = async { while let Some(Ok(_)) = socket.next().await {} };
    timeout(PATIENCE, ended).await.unwrap();
}

/// A client that shakes hands and then does nothing by itself.
async fn mute(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /ws HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nauthorization: Bearer {}\r\n\r\n",
        session_token(ADMIN)
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_client_silent_for_two_pings_is_closed() {
    let settings = ApiSettings { ws_heartbeat: Duration::from_millis(50), ..ApiSettings::default() };
    let app = TestApp::start_with(settings).await;
    let address = listen(&app).await;
    let mut silent = mute(address).await;
    let mut received = Vec::new();
    timeout(PATIENCE, silent.read_to_end(&mut received)).await.expect("it was not closed").unwrap();
    let pings = received.windows(2).filter(|frame| *frame == [0x89, 0]).count();
    assert_eq!(pings, 2);
    assert!(received.ends_with(b"no answer to pings"));
    // Reading answers the pings, so this one lives on for many of them.
    let mut answering = connect(address, "").await;
    let until = tokio::time::Instant::now() + Duration::from_millis(400);
    while tokio::time::Instant::now() < until {
        frame(&mut answering).await;
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_misses_and_still_ends_with_the_last_values() {
    const METRICS: usize = 50;
    const ROUNDS: i64 = 400;
    let app = TestApp::start().await;
    let address = listen(&app).await;
    let mut slow = connect(address, "").await;
    let mut quick = connect(address, "?metricId=m0").await;
    // Far more than the kernel's buffers take: some 80 MB.
    let plc = app.api.live.plc(&plc_03());
    let metrics: Vec<_> = (0..METRICS).map(|n| plc.metric(&name(&format!("m{n}")))).collect();
    for round in 1..=ROUNDS {
        let text = format!("{round:04096}");
        let updates: Vec<_> = metrics
            .iter()
            .map(|index| (*index, sample(NOW + round, Value::Text(text.as_str().into()), None)))
            .collect();
        app.api.live.apply(&plc, &updates);
        let seen = next(&mut quick).await;
        assert_eq!(seen["ts"], NOW + round, "the quick one gets every value at once");
    }
    let mut missed = 0;
    let mut seen = 0;
    let mut last = 0;
    while last < NOW + ROUNDS || missed == 0 {
        let message = next(&mut slow).await;
        if message["type"] == "lagged" {
            missed += message["missed"].as_u64().unwrap();
        } else {
            last = message["ts"].as_i64().unwrap();
            seen += message["values"].as_object().unwrap().len();
        }
    }
    let all = METRICS * usize::try_from(ROUNDS).unwrap();
    assert!(seen < all, "it was not slow enough to show anything");
    assert!(seen + usize::try_from(missed).unwrap() <= all);
}
