//! Alarms over the feed: whoever writes them, every watcher who may hears of them.

use super::feed::{Socket, connect, listen, messages, next, say};
use super::*;
use crate::follow_alarms;

/// Starts what listens for alarms.
fn follow(app: &TestApp) {
    let live = app.api.live.clone();
    app.api.tasks.spawn(follow_alarms(app.api.store.clone(), live, app.api.shutdown.clone()));
}

/// The next `count` messages, which are alarms, as `message v1`.
async fn alarms(socket: &mut Socket, count: usize) -> Vec<String> {
    let mut told = Vec::new();
    while told.len() < count {
        let message = next(socket).await;
        assert_eq!(message["type"], "alarm", "{message}");
        told.push(format!("{} v{}", message["message"].as_str().unwrap(), message["version"]));
    }
    told
}

/// Waits until the listener is there: until a word of it is heard.
async fn until_heard(app: &TestApp, socket: &mut Socket, plc: &str) {
    loop {
        app.add_alarm(plc, "low", "hello");
        let heard = tokio::time::timeout(Duration::from_millis(300), next(socket)).await;
        if heard.is_ok() {
            break;
        }
    }
    app.sql("delete from alarms");
    // What else was heard of it.
    while tokio::time::timeout(Duration::from_millis(300), next(socket)).await.is_ok() {}
}

#[tokio::test]
async fn what_nobody_acknowledged_comes_first_then_every_change_whoever_made_it() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    app.add_plc("granix", "planta-2", "plc-04");
    follow(&app);
    let address = listen(&app).await;
    let mut socket = connect(address, "?site=planta-1").await;
    until_heard(&app, &mut socket, "plc-03").await;

    let old = app.add_alarm("plc-03", "low", "old");
    app.add_alarm("plc-04", "high", "elsewhere");
    assert_eq!(alarms(&mut socket, 1).await, ["old v1"]);
    app.sql(&format!("update alarms set acknowledged = true where id = '{old}'"));
    assert_eq!(alarms(&mut socket, 1).await, ["old v2"]);
    let first = app.add_alarm("plc-03", "critical", "first");
    assert_eq!(alarms(&mut socket, 1).await, ["first v1"]);
    app.add_alarm("plc-03", "critical", "second");
    let second = next(&mut socket).await;
    let page = app.ok("/api/alarms?limit=1").await;
    // `type` is the message's own, so that of the alarm has another name.
    let mut as_rest = page["items"][0].clone();
    as_rest["alarmType"] = as_rest["type"].take();
    as_rest["type"] = "alarm".into();
    assert_eq!((&second, &second["alarmType"]), (&as_rest, &"test".into()));

    let mut late = connect(address, "?site=planta-1").await;
    assert_eq!(
        alarms(&mut late, 2).await,
        ["second v1", "first v1"],
        "the newest first, acknowledged ones not"
    );
    app.send(with_body(Method::POST, &format!("/api/alarms/{first}/acknowledge"), "{}")).await;
    for socket in [&mut socket, &mut late] {
        assert_eq!(alarms(socket, 1).await, ["first v2"]);
    }
    say(&mut late, r#"{"type":"subscribe","filters":[{"plcId":"plc-04","metricId":"level"}]}"#).await;
    assert_eq!(alarms(&mut late, 1).await, ["elsewhere v1"], "what concerns no metric concerns them all");
}

#[tokio::test]
async fn ten_thousand_in_one_statement_hurt_nobody() {
    const MANY: usize = 10_000;
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    app.add_plc("other", "planta-2", "plc-04");
    follow(&app);
    let address = listen(&app).await;
    let mut slow = connect(address, "?site=planta-1").await;
    let mut other = connect(address, "?site=planta-2").await;
    until_heard(&app, &mut other, "plc-04").await;
    let started = std::time::Instant::now();
    app.sql(&format!(
        "insert into alarms (plc_id, type, message, severity)
         select id, 'test', 'n' || n, 'low' from plcs, generate_series(1, {MANY}) n where plc_id = 'plc-03'"
    ));
    let written = started.elapsed();
    app.add_alarm("plc-04", "high", "mine");
    assert_eq!(alarms(&mut other, 1).await, ["mine v1"]);
    let heard = started.elapsed();
    assert!(written < Duration::from_secs(10) && heard < Duration::from_secs(15), "{written:?} {heard:?}");
    let (mut told, mut missed) = (0, 0);
    while told + missed < MANY {
        let message = next(&mut slow).await;
        match message["type"].as_str().unwrap() {
            "alarm" => told += 1,
            "lagged" => missed += usize::try_from(message["alarms"].as_u64().unwrap()).unwrap(),
            other => panic!("{other}"),
        }
    }
    assert!(told >= 1_000, "{told} told, {missed} missed");
    let mut late = connect(address, "?site=planta-1").await;
    assert_eq!(alarms(&mut late, 100).await.len(), 100);
    assert!(
        tokio::time::timeout(Duration::from_millis(500), next(&mut late)).await.is_err(),
        "no more than so many"
    );
}

#[tokio::test]
async fn what_was_missed_while_the_listener_was_cut_off_is_read_again() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    follow(&app);
    let mut socket = connect(listen(&app).await, "").await;
    until_heard(&app, &mut socket, "plc-03").await;
    // The listener's connection is cut, and before it is back an alarm is raised.
    let cut = app.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
         and pid <> pg_backend_pid() and (query ilike 'listen%' or query ilike '%clock_timestamp%')",
    );
    assert_eq!(cut, ["t"]);
    app.add_alarm("plc-03", "high", "missed");
    assert_eq!(alarms(&mut socket, 1).await, ["missed v1"]);
    app.add_alarm("plc-03", "low", "heard");
    let mut told = alarms(&mut socket, 1).await;
    if told[0].starts_with("missed") {
        told = alarms(&mut socket, 1).await; // read twice: it came just as listening began anew
    }
    assert_eq!(told, ["heard v1"]);
}

#[tokio::test]
async fn nobody_hears_of_another_tenants_alarms() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "granix");
    app.add_plc("secreta", "planta-1", "secreta");
    app.add_alarm("secreta", "critical", "before");
    app.add_member("ana@example.com", &[("granix", "viewer")]);
    follow(&app);
    let address = listen(&app).await;
    let mut request = feed::admins(address, "?tenant=secreta");
    let bearer = format!("Bearer {}", session_token("ana@example.com")).parse().unwrap();
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    let mut ana = tokio_tungstenite::connect_async(request).await.unwrap().0;
    say(&mut ana, r#"{"type":"subscribe","filters":[{},{"tenant":"secreta"}]}"#).await;
    let mut admin = connect(address, "?tenant=secreta").await;
    assert_eq!(alarms(&mut admin, 1).await, ["before v1"]);
    until_heard(&app, &mut admin, "secreta").await;
    app.add_alarm("secreta", "critical", "secret");
    assert_eq!(alarms(&mut admin, 1).await, ["secret v1"]);
    app.add_alarm("granix", "low", "own");
    assert_eq!(alarms(&mut ana, 1).await, ["own v1"]);
}

/// What is given up is not stopped by the database; so it must not be begun over and over.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_keeps_changing_its_mind_leaves_the_database_to_the_others() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    let mut socket = connect(listen(&app).await, "").await;
    let (url, held) = (app.database.clone(), "do $$ begin lock table alarms; perform pg_sleep(3); end $$");
    let holding = std::thread::spawn(move || POSTGRES.get().unwrap().query(&url, held).unwrap());
    tokio::time::sleep(Duration::from_millis(500)).await;
    for _ in 0..40 {
        say(&mut socket, r#"{"type":"subscribe","filters":[{}]}"#).await;
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let waiting: u32 = app.sql(waiting)[0].parse().unwrap();
    assert!((1..=2).contains(&waiting), "{waiting} wait for the alarms");
    let asked = tokio::time::timeout(Duration::from_secs(1), app.ok("/api/sites")).await;
    assert_eq!(asked.expect("there is a connection left")["items"][0]["site"], "planta-1");
    holding.join().unwrap();
}

#[tokio::test]
async fn who_wants_alarms_alone_is_told_nothing_else() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    app.add_plc("granix", "planta-2", "plc-04");
    let set = |plc: &str, site: &str, value: i64| {
        app.apply(&plc_path("granix", site, plc), "level", sample(NOW + value, Value::Int(value), None));
    };
    set("plc-03", "planta-1", 1);
    set("plc-04", "planta-2", 1);
    app.api
        .live
        .restore_gateway(&gateway_path("granix", "planta-1", "gw-1"), vigia_model::GatewayHealth::default());
    app.add_alarm("plc-03", "high", "before");
    follow(&app);
    let address = listen(&app).await;
    let mut socket = connect(address, "?types=alarm").await;
    assert_eq!(alarms(&mut socket, 1).await, ["before v1"]);
    set("plc-03", "planta-1", 2);
    until_heard(&app, &mut socket, "plc-03").await;
    app.add_alarm("plc-04", "low", "after");
    assert_eq!(alarms(&mut socket, 1).await, ["after v1"], "no value, no gateway");

    // Each filter by itself: all alarms, and everything but alarms of one plant.
    let filters = r#"{"type":"subscribe","filters":[{"types":["alarm"]},{"site":"planta-2","types":["telemetry","gateway"]}]}"#;
    say(&mut socket, filters).await;
    let mut seen =
        [next(&mut socket).await, next(&mut socket).await].map(|it| it["type"].as_str().unwrap().to_owned());
    seen.sort();
    assert_eq!(seen, ["alarm", "telemetry"]);
    set("plc-03", "planta-1", 3);
    set("plc-04", "planta-2", 3);
    let change = next(&mut socket).await;
    assert_eq!((&change["plcId"], &change["values"]["level"]), (&"plc-04".into(), &3.into()));

    // Who wants no alarms is not told of those there are.
    say(&mut socket, r#"{"type":"subscribe","filters":[{"types":["gateway"]}]}"#).await;
    assert_eq!(next(&mut socket).await["type"], "gateway");
    app.add_alarm("plc-03", "low", "unwanted");
    assert!(tokio::time::timeout(Duration::from_millis(500), next(&mut socket)).await.is_err());
    assert_eq!(messages(address, "?types=alarms", Some(&session_token(ADMIN))).await, Err(400));
}
