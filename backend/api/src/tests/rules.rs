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
