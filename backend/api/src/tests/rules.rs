//! Persistence rules.

use super::*;
use vigia_model::{Days, Retention};

const PATH: &str = "/api/persist-rules";

#[tokio::test]
async fn created_read_replaced_and_deleted() {
    let app = TestApp::start().await;
    let body = r#"{"name":"heads","priority":7,"tenant":"granix","metric_id":"temp_*","mode":"both"}"#;
    let created = app.send(with_body(Method::POST, PATH, body)).await;
    assert_eq!(created.status, 201, "{}", created.text());
    let rule = created.json();
    let id = rule["id"].as_str().unwrap();
    assert_eq!(created.header("location"), format!("{PATH}/{id}"));
    assert_eq!(created.header("etag"), "\"1\"");
    assert_eq!(
        (&rule["version"], &rule["enabled"], &rule["metricId"], &rule["plant"], &rule["mode"]),
        (&1.into(), &true.into(), &"temp_*".into(), &"*".into(), &"both".into())
    );
    assert_eq!(app.ok(&format!("{PATH}/{id}")).await, rule);

    // What was got can be sent back.
    let mut edit = rule.clone();
    edit["mode"] = "none".into();
    let path = format!("{PATH}/{id}");
    let updated = app.send(with_body(Method::PUT, &path, &edit.to_string())).await;
    assert_eq!(updated.status, 200, "{}", updated.text());
    assert_eq!((&updated.json()["version"], &updated.json()["mode"]), (&2.into(), &"none".into()));

    let deleted = app.send(request(Method::DELETE, &path).body(Body::empty()).unwrap()).await;
    assert_eq!((deleted.status, deleted.text()), (StatusCode::NO_CONTENT, ""));
    app.get(&path).await.assert_problem(404, "not_found");
    app.send(with_body(Method::PUT, &path, &edit.to_string())).await.assert_problem(404, "not_found");
    let again = app.send(request(Method::DELETE, &path).body(Body::empty()).unwrap()).await;
    again.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_rule_may_have_days_of_its_own() {
    let settings =
        ApiSettings { retention: Retention { raw: Days::new(90), hourly: None }, ..ApiSettings::default() };
    let app = TestApp::start_with(settings).await;
    app.add_plc("granix", "planta-1", "plc-03");
    let body = r#"{"name":"heads","metricId":"temp_*","mode":"both","rawRetentionDays":7,"hourlyRetentionDays":3650}"#;
    let created = app.send(with_body(Method::POST, PATH, body)).await;
    assert_eq!(created.status, 201, "{}", created.text());
    let mut rule = created.json();
    assert_eq!((&rule["rawRetentionDays"], &rule["hourlyRetentionDays"]), (&7.into(), &3_650.into()));
    let id = rule["id"].as_str().unwrap().to_owned();
    let told = "select after -> 'rawRetentionDays' from audit_log where action = 'rule.create'";
    assert_eq!(app.sql(told), ["7"]);

    let explain = async |metric: &str| {
        let path = format!("{PATH}/explain?site=planta-1&gatewayId=gw-1&plcId=plc-03&metricId={metric}");
        let explained = app.ok(&path).await;
        (explained["rawRetentionDays"].as_i64(), explained["hourlyRetentionDays"].as_i64())
    };
    assert_eq!(explain("temp_head").await, (Some(7), Some(3_650)));
    assert_eq!(explain("level").await, (Some(90), None), "the settings, of which one keeps for ever");

    rule["rawRetentionDays"] = Json::Null;
    let path = format!("{PATH}/{id}");
    let updated = app.send(with_body(Method::PUT, &path, &rule.to_string())).await;
    assert_eq!((updated.status.as_u16(), &updated.json()["rawRetentionDays"]), (200, &Json::Null));
    assert_eq!(explain("temp_head").await, (Some(90), Some(3_650)));
    rule["rawRetentionDays"] = 36_501.into();
    let refused = app.send(with_body(Method::PUT, &path, &rule.to_string())).await;
    assert_eq!(refused.assert_problem(422, "invalid_body")["errors"][0]["field"], "rawRetentionDays");
}

#[tokio::test]
async fn a_stale_edit_changes_nothing() {
    let app = TestApp::start().await;
    let body = r#"{"name":"heads","mode":"both"}"#;
    let rule = app.send(with_body(Method::POST, PATH, body)).await.json();
    let path = format!("{PATH}/{}", rule["id"].as_str().unwrap());
    let put = async |version: Option<i32>, if_match: Option<&str>, name: &str| {
        let version = version.map(|version| format!(r#","version":{version}"#)).unwrap_or_default();
        let mut request =
            with_body(Method::PUT, &path, &format!(r#"{{"name":"{name}","mode":"raw"{version}}}"#));
        if let Some(value) = if_match {
            request.headers_mut().insert(header::IF_MATCH, value.parse().unwrap());
        }
        app.send(request).await
    };
    put(None, None, "x").await.assert_problem(428, "version_required");
    put(Some(1), Some("\"2\""), "x").await.assert_problem(400, "invalid_header");
    put(None, Some("new"), "x").await.assert_problem(400, "invalid_header");
    assert_eq!(put(None, Some("\"1\""), "second").await.status, 200);
    let problem = put(Some(1), None, "third").await.assert_problem(409, "stale_version");
    assert_eq!((&problem["current"]["version"], &problem["current"]["name"]), (&2.into(), &"second".into()));
    assert_eq!(app.ok(&path).await["name"], "second");
    let delete =
        request(Method::DELETE, &path).header(header::IF_MATCH, "\"1\"").body(Body::empty()).unwrap();
    app.send(delete).await.assert_problem(409, "stale_version");
    assert_eq!(put(Some(2), Some("W/\"2\""), "third").await.status, 200);
}

#[tokio::test]
async fn listed_by_priority_and_paged() {
    let app = TestApp::start().await;
    for (name, priority) in [("low", -5), ("high", 900), ("middle", 0), ("also-middle", 0)] {
        let body = format!(r#"{{"name":"{name}","priority":{priority},"mode":"raw"}}"#);
        assert_eq!(app.send(with_body(Method::POST, PATH, &body)).await.status, 201);
    }
    let page = app.ok(PATH).await;
    assert_eq!((&page["defaultMode"], &page["nextCursor"]), (&"none".into(), &Json::Null));
    let items = page["items"].as_array().unwrap();
    assert_eq!((&items[0]["name"], &items[3]["name"]), (&"high".into(), &"low".into()));
    for limit in 1..=4 {
        assert_eq!(app.pages(&format!("{PATH}?limit={limit}")).await.concat(), *items);
    }
}

#[tokio::test]
async fn bad_bodies_are_explained_field_by_field() {
    let app = TestApp::start().await;
    let bad = r#"{"name":"","mode":"all","plcId":"a b"}"#;
    let problem = app.send(with_body(Method::POST, PATH, bad)).await.assert_problem(422, "invalid_body");
    let mut fields: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["mode", "name", "plcId"]);
    for (body, status, code) in [
        ("", 400, "invalid_json"),
        ("{", 400, "invalid_json"),
        ("[]", 422, "invalid_body"),
        (r#"{"name":"n","mode":"raw","metricID":"x"}"#, 422, "invalid_body"),
        (r#"{"name":"n","mode":"raw","priority":3000000000}"#, 422, "invalid_body"),
        (r#"{"name":"n","mode":"raw","priority":2000000}"#, 422, "invalid_body"),
    ] {
        app.send(with_body(Method::POST, PATH, body)).await.assert_problem(status, code);
    }
    assert_eq!(app.ok(PATH).await["items"].as_array().unwrap().len(), 0);
    app.get(&format!("{PATH}/7")).await.assert_problem(400, "invalid_path");
}

#[tokio::test]
async fn explained_for_a_series_known_or_not() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    for (name, priority, extra) in [
        ("all", 1, ""),
        ("heads", 1, r#","metricId":"temp_*""#),
        ("head", 1, r#","metricId":"temp_head","plant":"planta-1""#),
        ("off", 9, r#","enabled":false"#),
        ("elsewhere", 9, r#","tenant":"other""#),
    ] {
        let body = format!(r#"{{"name":"{name}","priority":{priority},"mode":"both"{extra}}}"#);
        assert_eq!(app.send(with_body(Method::POST, PATH, &body)).await.status, 201);
    }
    let path = format!("{PATH}/explain?site=planta-1&gatewayId=gw-1&plcId=plc-03&metricId=temp_head");
    let explained = app.ok(&path).await;
    assert_eq!((&explained["mode"], &explained["decidedBy"]["name"]), (&"both".into(), &"head".into()));
    let series = &explained["series"];
    assert_eq!((&series["tenant"], &series["province"]), (&"granix".into(), &"ba".into()));
    let overruled: Vec<_> = explained["overruled"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| (&other["rule"]["name"], &other["because"]))
        .collect();
    let expected = [("heads", "less_specific"), ("all", "less_specific"), ("off", "disabled")]
        .map(|(name, because)| (Json::from(name), Json::from(because)));
    assert_eq!(overruled, expected.iter().map(|(name, because)| (name, because)).collect::<Vec<_>>());

    // A plant that nobody saw: nothing is looked up.
    let unseen = "site=planta-9&gatewayId=g&plcId=p&metricId=m";
    app.get(&format!("{PATH}/explain?{unseen}")).await.assert_problem(404, "not_found");
    let unseen = app.ok(&format!("{PATH}/explain?{unseen}&tenant=other&province=ba")).await;
    assert_eq!(unseen["decidedBy"]["name"], "elsewhere");

    app.get(&format!("{PATH}/explain?site=planta-1")).await.assert_problem(400, "invalid_query");
    app.get(&format!("{path}&metricid=x")).await.assert_problem(400, "invalid_query");
    let bad = path.replace("temp_head", "temp_*");
    app.get(&bad).await.assert_problem(400, "invalid_query");
}

#[tokio::test]
async fn each_rule_tells_how_many_series_it_matches_and_decides_for() {
    let app = TestApp::start().await;
    for (tenant, site, plc) in [("granix", "planta-1", "plc-03"), ("otra", "planta-9", "plc-09")] {
        app.add_plc(tenant, site, plc);
        app.add_gateway(tenant, site, &format!("gw-{tenant}"));
        for metric in ["temp_head", "temp_tail", "level"] {
            app.add_series(tenant, plc, metric);
        }
    }
    // The newest sample tells the gateway; where nothing came, a rule that names one matches nothing.
    app.sql(
        "insert into series_last (series_id, ts, received_at, value, data_type, quality, gateway_num)
         select r.id, now(), now(), 1, 'f', 'G', g.num
         from series r join gateways g on g.tenant_id = r.tenant_id
         where r.metric_id <> 'level'",
    );
    for (name, priority, extra) in [
        ("heads", 9, r#","metricId":"temp_head""#),
        ("by gateway", 5, r#","gatewayId":"gw-granix""#),
        ("off", 4, r#","enabled":false"#),
        ("tenant", 1, r#","tenant":"granix""#),
    ] {
        let body = format!(r#"{{"name":"{name}","priority":{priority},"mode":"both"{extra}}}"#);
        assert_eq!(app.send(with_body(Method::POST, PATH, &body)).await.status, 201);
    }
    let page = app.ok(&format!("{PATH}?counts=true")).await;
    let series = |page: &Json| -> Vec<Json> {
        page["items"].as_array().unwrap().iter().map(|rule| rule["series"].clone()).collect()
    };
    let expected = [(2, 2), (2, 1), (6, 0), (3, 1)]
        .map(|(matched, decided)| serde_json::json!({ "matched": matched, "decided": decided }));
    assert_eq!(series(&page), expected);
    assert_eq!(page["counted"], serde_json::json!({ "series": 6, "byDefault": 2, "complete": true }));
    // A page counts as the whole does; what was got may be sent back; and nobody pays who does not ask.
    let paged = app.ok(&format!("{PATH}?counts=true&limit=1")).await;
    assert_eq!(series(&paged), expected[..1]);
    let rule = &page["items"][0];
    let path = format!("{PATH}/{}", rule["id"].as_str().unwrap());
    assert_eq!(app.send(with_body(Method::PUT, &path, &rule.to_string())).await.status, 200);
    let plain = app.ok(PATH).await;
    assert!(plain.get("counted").is_none() && plain["items"][0].get("series").is_none(), "{plain}");
    app.get(&format!("{PATH}?counts=yes")).await.assert_problem(400, "invalid_query");
}

#[tokio::test]
async fn very_many_series_are_counted_for_very_many_rules_in_a_moment() {
    let app = TestApp::start().await;
    app.add_plant("granix", "planta-1");
    app.sql(
        "with made as (
             insert into plcs (tenant_id, plant_id, plc_id)
             select p.tenant_id, p.id, 'plc-' || n from plants p, generate_series(1, 1000) n
             returning id, tenant_id, plant_id
         )
         insert into series (tenant_id, plant_id, plc_id, metric_id)
         select c.tenant_id, c.plant_id, c.id, 'metric_' || n from made c, generate_series(1, 100) n",
    );
    app.sql(
        "insert into persist_rules (name, priority, plc_id, metric_id, mode)
         select 'r' || n, n, case n % 3 when 0 then '*' else 'plc-' || n % 100 || '*' end, '*_' || n % 10 || '*', 'raw'
         from generate_series(1, 500) n",
    );
    app.sql("analyze");
    let began = std::time::Instant::now();
    let page = app.ok(&format!("{PATH}?counts=true&limit=1000")).await;
    let took = began.elapsed();
    assert_eq!(page["counted"]["series"], 100_000);
    let sum = |field: &str| -> u64 {
        page["items"].as_array().unwrap().iter().map(|rule| rule["series"][field].as_u64().unwrap()).sum()
    };
    assert_eq!(sum("decided") + page["counted"]["byDefault"].as_u64().unwrap(), 100_000);
    assert!(sum("matched") > sum("decided"));
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[tokio::test]
async fn explained_for_each_gateway_that_sends_it_when_none_is_named() {
    let settings =
        ApiSettings { retention: Retention { raw: Days::new(90), hourly: None }, ..ApiSettings::default() };
    let app = TestApp::start_with(settings).await;
    app.add_plc("granix", "planta-1", "plc-03");
    let path = format!("{PATH}/explain?site=planta-1&plcId=plc-03&metricId=level");
    app.get(&path).await.assert_problem(404, "not_found");
    for gateway in ["gw-1", "gw-2", "gw-3"] {
        app.add_gateway("granix", "planta-1", gateway);
    }
    let body = r#"{"name":"second","gatewayId":"gw-2","mode":"raw","rawRetentionDays":7}"#;
    assert_eq!(app.send(with_body(Method::POST, PATH, body)).await.status, 201);
    let told = |explained: &Json| -> Vec<(String, bool, String, Option<i64>)> {
        let gateways = explained["gateways"].as_array().unwrap();
        let told = |one: &Json| {
            (
                one["gatewayId"].as_str().unwrap().to_owned(),
                one["sends"].as_bool().unwrap(),
                one["mode"].as_str().unwrap().to_owned(),
                one["rawRetentionDays"].as_i64(),
            )
        };
        gateways.iter().map(told).collect()
    };
    let row =
        |gateway: &str, sends, mode: &str, days| (gateway.to_owned(), sends, mode.to_owned(), Some(days));
    // Nobody sent it yet: any of the plant's may.
    let explained = app.ok(&path).await;
    assert_eq!(
        told(&explained),
        [row("gw-1", false, "none", 90), row("gw-2", false, "raw", 7), row("gw-3", false, "none", 90)]
    );
    // Two did: the newest sample is of one, the other was heard in the last day.
    app.add_series("granix", "plc-03", "level");
    app.sql(
        "insert into series_last (series_id, ts, received_at, value, data_type, quality, gateway_num)
         select r.id, now(), now(), 1, 'f', 'G', g.num from series r, gateways g where g.gateway_id = 'gw-2'",
    );
    let source = vigia_model::Source {
        tenant: name("granix"),
        province: name("ba"),
        plant: name("planta-1"),
        gateway: name("gw-1"),
    };
    app.api.live.traffic().counter(&source, &name("plc-03"), &name("level")).count(at(NOW));
    let explained = app.ok(&path).await;
    assert_eq!(told(&explained), [row("gw-2", true, "raw", 7), row("gw-1", true, "none", 90)]);
    assert_eq!(
        (&explained["series"]["gatewayId"], &explained["decidedBy"]["name"], &explained["mode"]),
        (&"gw-2".into(), &"second".into(), &"raw".into())
    );
    let from = |explained: &Json| {
        (
            explained["rawRetentionFrom"].clone(),
            explained["hourlyRetentionFrom"].clone(),
            explained["hourlyRetentionDays"].clone(),
        )
    };
    assert_eq!(from(&explained), ("rule".into(), "setting".into(), Json::Null));
    // One that is named is told of alone.
    let explained = app.ok(&format!("{path}&gatewayId=gw-3")).await;
    assert_eq!((told(&explained), explained["rawRetentionDays"].as_i64()), (Vec::new(), Some(90)));
    assert_eq!(from(&explained).0, "setting");
    let page = app.ok(PATH).await;
    assert_eq!(page["defaultRetention"], serde_json::json!({ "rawDays": 90, "hourlyDays": null }));
}
