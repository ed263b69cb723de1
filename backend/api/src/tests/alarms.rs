//! Alarms: written as integrators do, in plain SQL, and read and acknowledged over REST.

use super::*;
use uuid::Uuid;
use vigia_model::{Role, TenantScope};

impl TestApp {
    /// A user with these roles and a session.
    pub(super) fn add_member(&self, email: &str, roles: &[(&str, &str)]) {
        POSTGRES.get().unwrap().log_in(&self.database, email).unwrap();
        for (tenant, role) in roles {
            self.sql(&format!(
                "insert into memberships (user_id, tenant_id, role) select u.id, t.id, '{role}' from users u, tenants t
                 where u.email = '{email}' and t.code = '{tenant}'"
            ));
        }
    }

    /// An alarm of a PLC, with what else is to be set of it.
    fn raise(&self, plc: &str, severity: &str, message: &str, set: &str) -> String {
        let id = self.add_alarm(plc, severity, message);
        self.sql(&format!("update alarms set {set} where id = '{id}'"));
        id
    }

    async fn messages(&self, path: &str) -> Vec<String> {
        let page = self.ok(path).await;
        let items = page["items"].as_array().unwrap();
        items.iter().map(|alarm| alarm["message"].as_str().unwrap().to_owned()).collect()
    }
}

/// A time of an alarm in SQL, in seconds after the tests' now.
fn ts(seconds: i64) -> String {
    format!("ts = to_timestamp({} / 1000.0)", NOW + seconds * 1_000)
}

#[tokio::test]
async fn four_columns_make_an_alarm_and_the_rest_follows() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    app.add_plc("other", "planta-9", "plc-09");
    app.sql("update plcs set name = 'Dryer' where plc_id = 'plc-03'");
    let id = app.add_alarm("plc-03", "high", "too hot");
    let page = app.ok("/api/alarms").await;
    let alarm = &page["items"][0];
    assert_eq!(alarm["id"], id);
    for (field, value) in [
        ("tenant", "granix"),
        ("site", "planta-1"),
        ("plcId", "plc-03"),
        ("plcName", "Dryer"),
        ("type", "test"),
        ("message", "too hot"),
        ("severity", "high"),
    ] {
        assert_eq!(alarm[field], value);
    }
    for field in ["metricId", "acknowledgedAt", "acknowledgedBy", "comment"] {
        assert_eq!(alarm[field], Json::Null);
    }
    assert_eq!((&alarm["acknowledged"], &alarm["version"]), (&false.into(), &1.into()));
    assert_eq!(alarm["ts"].as_str().unwrap().len(), 24);

    // Whose it is follows from the PLC, whatever the writer says.
    app.sql("update alarms set tenant_id = (select id from tenants where code = 'other')");
    assert_eq!(
        app.sql("select t.code, a.version from alarms a join tenants t on t.id = a.tenant_id"),
        ["granix|2"]
    );
    app.sql("update alarms set acknowledged = true");
    assert_eq!(
        app.sql("select acknowledged_at is not null, acknowledged_by is null, version from alarms"),
        ["t|t|3"]
    );
    app.sql("update alarms set acknowledged = false");
    assert_eq!(app.sql("select acknowledged_at is null from alarms"), ["t"]);
    let postgres = POSTGRES.get().unwrap();
    for (values, complaint) in [
        ("gen_random_uuid(), 'x', 'x', 'low'", "there is no PLC"),
        ("(select id from plcs limit 1), 'x', 'x', 'urgent'", "severity"),
        ("(select id from plcs limit 1), '', 'x', 'low'", "type"),
        ("(select id from plcs limit 1), 'x', repeat('x', 2001), 'low'", "message"),
    ] {
        let insert = format!("insert into alarms (plc_id, type, message, severity) values ({values})");
        let refused = postgres.query(&app.database, &insert).unwrap_err().to_string();
        assert!(refused.contains(complaint), "{refused}");
    }
    let refused = postgres.query(&app.database, "update alarms set ts = 'infinity'").unwrap_err().to_string();
    assert!(refused.contains("alarms_times"), "{refused}");
}

#[tokio::test]
async fn listed_by_time_or_severity_filtered_and_paged() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    app.add_plc("granix", "planta-2", "plc-04");
    app.raise("plc-03", "low", "a", &ts(1));
    app.raise("plc-03", "critical", "b", &ts(2));
    app.raise("plc-04", "high", "c", &format!("{}, type = 'limit'", ts(3)));
    app.raise("plc-04", "critical", "d", &format!("{}, acknowledged = true", ts(4)));
    app.raise("plc-03", "low", "e", &ts(4));
    let at = |seconds: i64| NOW + seconds * 1_000;
    for (query, expected) in [
        ("", "e,d,c,b,a"),
        ("?sort=ts", "e,d,c,b,a"),
        ("?sort=severity", "d,b,c,e,a"),
        ("?acknowledged=false", "e,c,b,a"),
        ("?acknowledged=true", "d"),
        ("?severity=critical", "d,b"),
        ("?severity=low,%20critical,low&sort=severity", "d,b,e,a"),
        ("?type=limit", "c"),
        ("?site=planta-1", "e,b,a"),
        ("?plcId=plc-04", "d,c"),
        ("?site=planta-1&plc_id=plc-04", ""),
        ("?tenant=other", ""),
        (&format!("?from={}&to={}", at(2), at(4)), "c,b"),
        ("/planta-2/plc-04", "d,c"),
        ("/planta-1/plc-03?severity=critical&acknowledged=false", "b"),
    ] {
        let mut found = app.messages(&format!("/api/alarms{query}")).await;
        // Two arose at the same moment: which of them is first their random ids decide.
        if found.first().is_some_and(|first| first == "d") && expected.starts_with("e,d") {
            found.swap(0, 1);
        }
        assert_eq!(found.join(","), expected, "{query}");
    }
    for sort in ["ts", "severity"] {
        let whole = app.messages(&format!("/api/alarms?sort={sort}")).await;
        for limit in 1..=5 {
            let alarms = app.pages(&format!("/api/alarms?sort={sort}&limit={limit}")).await.concat();
            let paged: Vec<_> = alarms.iter().map(|alarm| alarm["message"].as_str().unwrap()).collect();
            assert_eq!(paged, whole, "{sort} {limit}");
        }
    }
    let cursor = app.ok("/api/alarms?limit=1").await["nextCursor"].as_str().unwrap().to_owned();
    app.get(&format!("/api/alarms?sort=severity&cursor={cursor}"))
        .await
        .assert_problem(400, "invalid_cursor");
    for query in [
        "severity=urgent",
        "severity=low,",
        "sort=message",
        "acknowledged=perhaps",
        "type=%00",
        "limit=1001",
        "plcId=a%20b",
        "from=yesterday",
    ] {
        app.get(&format!("/api/alarms?{query}")).await.assert_problem(400, "invalid_query");
    }
    app.get("/api/alarms?site=planta-9").await.assert_problem(404, "not_found");
    app.get("/api/alarms/planta-1/plc-99").await.assert_problem(404, "not_found");

    let summary = app.ok("/api/alarms/summary").await;
    assert_eq!(
        summary["unacknowledged"],
        serde_json::json!({"critical": 1, "high": 1, "medium": 0, "low": 2})
    );
    assert_eq!(summary["newest"]["message"], "e");
    let summary = app.ok("/api/alarms/summary?site=planta-2").await;
    assert_eq!((&summary["unacknowledged"]["high"], &summary["newest"]["message"]), (&1.into(), &"c".into()));
    app.sql("update alarms set acknowledged = true");
    assert_eq!(app.ok("/api/alarms/summary").await["newest"], Json::Null);
}

#[tokio::test]
async fn the_first_who_acknowledges_stays() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    let id = app.add_alarm("plc-03", "high", "hot");
    app.add_member("ana@granix.example", &[("granix", "operator")]);
    app.add_member("luis@granix.example", &[("granix", "tenant_admin")]);
    let path = format!("/api/alarms/{id}/acknowledge");
    let long = format!(r#"{{"comment":"{}"}}"#, "x".repeat(1_001));
    for body in [long.as_str(), r#"{"comment":"a\u0000b"}"#, r#"{"remark":"x"}"#] {
        app.json(Method::POST, &path, "ana@granix.example", body).await.assert_problem(422, "invalid_body");
    }
    let body = r#"{"comment":" on my way\nwith a spare "}"#;
    let reply = app.json(Method::POST, &path, "ana@granix.example", body).await;
    assert_eq!((reply.status.as_u16(), reply.header(header::ETAG)), (200, "\"2\""), "{}", reply.text());
    let alarm = reply.json();
    assert_eq!(
        (&alarm["acknowledged"], &alarm["acknowledgedBy"], &alarm["comment"], &alarm["version"]),
        (&true.into(), &"ana@granix.example".into(), &"on my way\nwith a spare".into(), &2.into())
    );
    assert_eq!(alarm["acknowledgedAt"].as_str().unwrap().len(), 24);
    let again = app.json(Method::POST, &path, "luis@granix.example", r#"{"comment":"mine"}"#).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, alarm), "nothing changes");
    assert_eq!(
        app.sql("select a.actor, a.action, a.subject, t.code, a.after->>'comment' is not null from audit_log a join tenants t on t.id = a.tenant_id"),
        [format!("ana@granix.example|alarm.acknowledge|{id}|granix|t")]
    );

    // A machine by its key, and without any body.
    let id = app.add_alarm("plc-03", "low", "dust");
    let key = app.key("granix", Role::Operator).await;
    let request = anonymous(Method::POST, &format!("/api/alarms/{id}/acknowledge"))
        .header(header::AUTHORIZATION, format!("Bearer {key}"));
    let reply = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["acknowledgedBy"]), (200, &"granix".into()));
    let nobody = format!("/api/alarms/{}/acknowledge", Uuid::nil());
    app.json(Method::POST, &nobody, ADMIN, "{}").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn many_are_acknowledged_by_the_role_in_each_ones_tenant() {
    let app = TestApp::start().await;
    for tenant in ["granix", "other", "secreta"] {
        app.add_plc(tenant, "planta-1", tenant);
    }
    // Operates granix, only reads other, and knows nothing of secreta.
    app.add_member("ana@example.com", &[("granix", "operator"), ("other", "viewer")]);
    app.add_member("luis@example.com", &[("granix", "viewer")]);
    let fresh = app.add_alarm("granix", "high", "fresh");
    let taken = app.raise("granix", "high", "taken", "acknowledged = true, acknowledged_by = 'luis'");
    let seen = app.add_alarm("other", "high", "seen");
    let secret = app.add_alarm("secreta", "high", "secret");
    let nobodys = Uuid::nil().to_string();
    let ids = [&fresh, &taken, &seen, &secret, &fresh, &nobodys].map(String::as_str);
    let body = serde_json::json!({ "ids": ids, "comment": "all mine" }).to_string();
    let path = "/api/alarms/acknowledge";
    app.json(Method::POST, path, "luis@example.com", &body).await.assert_problem(403, "forbidden");
    let reply = app.json(Method::POST, path, "ana@example.com", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let results = reply.json()["results"].as_array().unwrap().clone();
    let words: Vec<_> = results.iter().map(|one| one["result"].as_str().unwrap()).collect();
    assert_eq!(
        words,
        ["acknowledged", "already_acknowledged", "forbidden", "not_found", "acknowledged", "not_found"]
    );
    assert_eq!(results.iter().map(|one| one["id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
    assert_eq!(
        app.sql("select message, acknowledged_by from alarms where acknowledged order by message"),
        ["fresh|ana@example.com", "taken|luis"]
    );
    assert_eq!(app.sql("select subject from audit_log where action = 'alarm.acknowledge'"), [fresh]);
    let one = |id: &str| format!("/api/alarms/{id}/acknowledge");
    app.json(Method::POST, &one(&seen), "ana@example.com", "{}").await.assert_problem(403, "forbidden");
    app.json(Method::POST, &one(&secret), "ana@example.com", "{}").await.assert_problem(404, "not_found");

    for body in [
        r#"{"ids":[]}"#.to_owned(),
        serde_json::json!({ "ids": vec![Uuid::nil(); 501] }).to_string(),
        r#"{"ids":["x"]}"#.to_owned(),
        r#"{"ids":["00000000-0000-0000-0000-000000000000"],"comment":"\u0007"}"#.to_owned(),
    ] {
        app.json(Method::POST, path, ADMIN, &body).await.assert_problem(422, "invalid_body");
    }
}

#[tokio::test]
async fn two_who_acknowledge_at_once_are_one() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    let mut ids: Vec<String> = (0..50).map(|_| app.add_alarm("plc-03", "low", "x")).collect();
    let forward = serde_json::json!({ "ids": ids }).to_string();
    ids.reverse();
    let backward = serde_json::json!({ "ids": ids }).to_string();
    let path = "/api/alarms/acknowledge";
    let (one, two) = tokio::join!(
        app.json(Method::POST, path, ADMIN, &forward),
        app.json(Method::POST, path, ADMIN, &backward)
    );
    let count = |reply: &Reply| reply.text().matches(r#""acknowledged""#).count();
    assert_eq!(count(&one) + count(&two), 50);
    assert_eq!(app.sql("select count(*) from audit_log where action = 'alarm.acknowledge'"), ["50"]);
}

#[tokio::test]
async fn of_other_tenants_there_is_nothing() {
    let app = TestApp::start().await;
    for tenant in ["granix", "secreta"] {
        app.add_plc(tenant, "planta-1", tenant);
        app.add_alarm(tenant, "critical", tenant);
    }
    app.add_member("ana@example.com", &[("granix", "viewer")]);
    for path in
        ["/api/alarms", "/api/alarms?site=planta-1", "/api/alarms?sort=severity", "/api/alarms/summary"]
    {
        let reply = app.json(Method::GET, path, "ana@example.com", "").await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert!(
            reply.text().contains("granix") && !reply.text().contains("secreta"),
            "{path}: {}",
            reply.text()
        );
    }
    let reply = app.json(Method::GET, "/api/alarms?tenant=secreta", "ana@example.com", "").await;
    assert_eq!(reply.json()["items"], serde_json::json!([]));
    let theirs = "/api/alarms/planta-1/secreta?tenant=secreta";
    app.json(Method::GET, theirs, "ana@example.com", "").await.assert_problem(404, "not_found");
    app.get("/api/alarms?site=planta-1").await.assert_problem(409, "ambiguous_site");
    let nobody = TenantScope::Only(Arc::new([].into()));
    let query = vigia_store::alarm::AlarmQuery { limit: 10, ..Default::default() };
    assert_eq!(app.api.store.alarms(&nobody, &query).await.unwrap(), []);
    assert_eq!(app.api.store.unacknowledged_counts(&nobody, &query.place).await.unwrap(), []);
    let all = [vigia_store::alarm::AlarmFilter::default()];
    assert_eq!(app.api.store.unacknowledged_alarms(&nobody, &all, 10).await.unwrap(), []);
}

#[tokio::test]
async fn one_is_read_and_who_took_note_of_each_is_told() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    app.add_plc("secreta", "planta-1", "plc-09");
    app.add_member("ana@granix.example", &[("granix", "operator")]);
    let (fresh, foreign) =
        (app.add_alarm("plc-03", "high", "fresh"), app.add_alarm("plc-09", "high", "foreign"));
    let taken = app.raise("plc-03", "low", "taken", "acknowledged = true, acknowledged_by = 'luis'");
    let by_sql = app.raise("plc-03", "low", "by sql", "acknowledged = true");
    let read =
        async |id: &str| app.json(Method::GET, &format!("/api/alarms/{id}"), "ana@granix.example", "").await;
    let reply = read(&taken).await;
    assert_eq!((reply.header("etag"), &reply.json()["acknowledgedBy"]), ("\"2\"", &"luis".into()));
    assert_eq!(app.ok("/api/alarms?type=test&severity=low").await["items"][1], reply.json());
    read(&foreign).await.assert_problem(404, "not_found");
    read("7").await.assert_problem(400, "invalid_path");

    let ids = serde_json::json!({ "ids": [fresh, taken, by_sql, foreign] }).to_string();
    let path = "/api/alarms/acknowledge";
    let results = app.json(Method::POST, path, "ana@granix.example", &ids).await.json()["results"].clone();
    let told: Vec<_> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let at = one["acknowledgedAt"].as_str().map_or(0, str::len);
            (one["result"].as_str().unwrap(), one["acknowledgedBy"].as_str().unwrap_or("-"), at)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("acknowledged", "ana@granix.example", 24),
            ("already_acknowledged", "luis", 24),
            ("already_acknowledged", "-", 24),
            ("not_found", "-", 0),
        ]
    );
    assert_eq!(read(&fresh).await.json()["acknowledgedAt"], results[0]["acknowledgedAt"]);
}

#[tokio::test]
async fn what_changed_since_is_listed_in_the_usual_order() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    for (at, name) in [(1, "old"), (2, "middle"), (3, "new")] {
        app.raise("plc-03", "low", name, &ts(at));
    }
    let moment = app.sql("select to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')").concat();
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(app.messages(&format!("/api/alarms?changedSince={moment}")).await, Vec::<String>::new());
    app.sql("update alarms set acknowledged = true where message = 'old'");
    app.sql("update alarms set comment = 'x' where message = 'middle'");
    let path = format!("/api/alarms?changedSince={moment}");
    assert_eq!(app.messages(&path).await, ["middle", "old"], "the newest first, whatever changed last");
    assert_eq!(app.messages(&format!("{path}&acknowledged=true")).await, ["old"]);
    // Asked from the time it carries, it is still there.
    let changed = app.ok(&format!("{path}&acknowledged=true")).await["items"][0]["changedAt"].clone();
    let again =
        format!("/api/alarms/planta-1/plc-03?changedSince={}&acknowledged=true", changed.as_str().unwrap());
    assert_eq!(app.messages(&again).await, ["old"]);
    app.get("/api/alarms?changedSince=yesterday").await.assert_problem(400, "invalid_query");
}
