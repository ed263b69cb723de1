//! Dashboards: written by managers, seen by viewers, with every state they had.

use super::*;
use futures_util::future::join_all;
use serde_json::json;
use std::collections::BTreeSet;
use vigia_model::Role;

const PATH: &str = "/api/admin/dashboards";

impl TestApp {
    /// The id of a PLC that is registered for this.
    fn plc_uuid(&self, tenant: &str, site: &str, plc: &str) -> String {
        self.add_plc(tenant, site, plc);
        self.sql(&format!(
            "select c.id from plcs c join tenants t on t.id = c.tenant_id join plants p on p.id = c.plant_id
             where t.code = '{tenant}' and p.code = '{site}' and c.plc_id = '{plc}'"
        ))
        .concat()
    }

    /// As the internal admin.
    async fn write(&self, method: Method, path: &str, body: &Json) -> Reply {
        self.send(with_body(method, path, &body.to_string())).await
    }

    /// A dashboard on a PLC of its own, with these widgets.
    async fn dashboard(&self, plc: &str, widgets: &Json) -> Json {
        let uuid = self.plc_uuid("granix", "planta-1", plc);
        let body = json!({ "name": plc, "widgets": widgets });
        let created = self.write(Method::POST, &format!("/api/admin/plcs/{uuid}/dashboard"), &body).await;
        assert_eq!(created.status, 201, "{}", created.text());
        created.json()
    }
}

fn path_of(dashboard: &Json) -> String {
    format!("{PATH}/{}", dashboard["id"].as_str().unwrap())
}

fn keys(dashboard: &Json) -> Vec<&str> {
    let widgets = dashboard["widgets"].as_array().unwrap();
    widgets.iter().map(|widget| widget["widgetKey"].as_str().unwrap()).collect()
}

fn ids(dashboard: &Json) -> Vec<Json> {
    dashboard["widgets"].as_array().unwrap().iter().map(|widget| widget["id"].clone()).collect()
}

fn fields(problem: &Json) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn created_read_replaced_and_deleted() {
    let app = TestApp::start().await;
    let plc = app.plc_uuid("granix", "planta-1", "plc-03");
    let at_plc = format!("/api/admin/plcs/{plc}/dashboard");
    app.get(&at_plc).await.assert_problem(404, "not_found");
    let body = json!({ "name": " Horno 3 ", "iconUrl": "/icons/oven.svg", "widgets": [
        { "widget_key": "head", "type": "value", "label": "Head", "metric_id": "temp_head", "unit": "celsius",
          "data_type": "float", "layout": { "x": 4, "y": 2, "w": 3, "h": 2 }, "options": { "decimals": 1 } },
        { "type": "text" },
    ]});
    let created = app.write(Method::POST, &at_plc, &body).await;
    assert_eq!(created.status, 201, "{}", created.text());
    let dashboard = created.json();
    let path = path_of(&dashboard);
    assert_eq!((created.header("location"), created.header("etag")), (path.as_str(), "\"1\""));
    let names =
        ["name", "iconUrl", "tenant", "site", "plc", "plcId", "updatedBy"].map(|name| &dashboard[name]);
    assert_eq!(
        names.map(|name| name.as_str().unwrap()),
        ["Horno 3", "/icons/oven.svg", "granix", "planta-1", "plc-03", plc.as_str(), ADMIN]
    );
    let mut head = dashboard["widgets"][0].clone();
    assert!(head["id"].take().is_string());
    assert_eq!(
        head,
        json!({ "id": null, "widgetKey": "head", "type": "value", "label": "Head", "metricId": "temp_head",
                "unit": "celsius", "dataType": "float", "layout": { "x": 4, "y": 2, "w": 3, "h": 2 },
                "options": { "decimals": 1 } })
    );
    let text = &dashboard["widgets"][1];
    assert_eq!(
        (&text["widgetKey"], &text["layout"], &text["metricId"], &text["options"]),
        (&"w1".into(), &json!({ "x": 0, "y": 4, "w": 1, "h": 1 }), &Json::Null, &json!({}))
    );
    assert_eq!((app.ok(&path).await, app.ok(&at_plc).await), (dashboard.clone(), dashboard.clone()));
    app.write(Method::POST, &at_plc, &body).await.assert_problem(409, "already_exists");

    // What was got can be sent back; the order is the one of the list, and who is not named is gone.
    let mut edit = dashboard.clone();
    edit["widgets"].as_array_mut().unwrap().reverse();
    edit["iconUrl"] = Json::Null;
    let updated = app.write(Method::PUT, &path, &edit).await;
    assert_eq!((updated.status.as_u16(), updated.header("etag")), (200, "\"2\""), "{}", updated.text());
    let updated = updated.json();
    assert_eq!((keys(&updated), &updated["iconUrl"]), (vec!["w1", "head"], &Json::Null));
    assert_eq!(updated["widgets"][1], dashboard["widgets"][0], "the same widget");
    let renamed = app.write(Method::PUT, &path, &json!({ "version": 2, "name": "Horno" })).await.json();
    assert_eq!((keys(&renamed), &renamed["name"]), (vec!["w1", "head"], &"Horno".into()));
    let one = json!({ "version": 3, "name": "Horno", "widgets": [{ "type": "lamp", "metricId": "on" }] });
    assert_eq!(keys(&app.write(Method::PUT, &path, &one).await.json()), ["w1"]);

    app.json(Method::DELETE, &path, ADMIN, "").await.assert_problem(428, "version_required");
    let stale = app.json(Method::DELETE, &format!("{path}?version=3"), ADMIN, "").await;
    assert_eq!(stale.assert_problem(409, "stale_version")["current"]["version"], 4);
    let gone = app.json(Method::DELETE, &format!("{path}?version=4"), ADMIN, "").await;
    assert_eq!(gone.status, 204);
    for path in [&path, &at_plc, &format!("{path}/versions"), &format!("{path}/versions/1")] {
        app.get(path).await.assert_problem(404, "not_found");
    }
    assert_eq!(app.sql("select count(*) from dashboard_versions"), ["0"]);
    assert_eq!(app.write(Method::POST, &at_plc, &body).await.status, 201, "the place is free again");
}

#[tokio::test]
async fn widgets_are_written_one_by_one_each_with_the_dashboards_version() {
    let app = TestApp::start().await;
    let dashboard = app.dashboard("plc-1", &json!([{ "type": "trend", "widgetKey": "a" }])).await;
    let path = format!("{}/widgets", path_of(&dashboard));
    let body = json!({ "type": "bar", "metricId": "level", "label": "Level" });
    app.write(Method::POST, &path, &body).await.assert_problem(428, "version_required");
    let mut request = with_body(Method::POST, &path, &body.to_string());
    request.headers_mut().insert(header::IF_MATCH, "\"1\"".parse().unwrap());
    let added = app.send(request).await;
    assert_eq!((added.status.as_u16(), added.header("etag")), (201, "\"2\""), "{}", added.text());
    let mut widget = added.json();
    assert_eq!(
        (&widget["version"], &widget["widgetKey"], &widget["layout"]),
        (&2.into(), &"w1".into(), &json!({ "x": 0, "y": 3, "w": 2, "h": 1 }))
    );
    // Sent back as it came, it names the right version.
    let at_widget = format!("{path}/{}", widget["id"].as_str().unwrap());
    widget["label"] = "Tank".into();
    widget.as_object_mut().unwrap().remove("layout");
    let updated = app.write(Method::PUT, &at_widget, &widget).await;
    assert_eq!((updated.status.as_u16(), updated.header("etag")), (200, "\"3\""), "{}", updated.text());
    let updated = updated.json();
    assert_eq!((&updated["label"], &updated["layout"]["y"]), (&"Tank".into(), &3.into()));

    let stale = app.write(Method::PUT, &at_widget, &widget).await.assert_problem(409, "stale_version");
    assert_eq!((&stale["current"]["version"], keys(&stale["current"])), (&3.into(), vec!["a", "w1"]));
    let twin = json!({ "version": 3, "type": "text", "widgetKey": "a" });
    for (method, path) in [(Method::POST, &path), (Method::PUT, &at_widget)] {
        let problem = app.write(method, path, &twin).await.assert_problem(422, "invalid_body");
        assert_eq!(fields(&problem), ["widgetKey"]);
        assert!(problem["detail"].as_str().unwrap().contains("\"a\""), "{problem}");
    }
    let other = json!({ "version": 3, "type": "text", "id": dashboard["id"] });
    for (method, path) in [(Method::POST, &path), (Method::PUT, &at_widget)] {
        let problem = app.write(method, path, &other).await.assert_problem(422, "invalid_body");
        assert_eq!(fields(&problem), ["id"]);
    }
    let nowhere = format!("{path}/{}", dashboard["id"].as_str().unwrap());
    let text = json!({ "version": 3, "type": "text" });
    app.write(Method::PUT, &nowhere, &text).await.assert_problem(404, "not_found");
    app.json(Method::DELETE, &format!("{nowhere}?version=3"), ADMIN, "")
        .await
        .assert_problem(404, "not_found");
    app.json(Method::DELETE, &at_widget, ADMIN, "").await.assert_problem(428, "version_required");
    app.json(Method::DELETE, &format!("{at_widget}?version=2"), ADMIN, "")
        .await
        .assert_problem(409, "stale_version");
    let removed = app.json(Method::DELETE, &format!("{at_widget}?version=3"), ADMIN, "").await;
    assert_eq!((removed.status.as_u16(), removed.header("etag"), removed.text()), (204, "\"4\"", ""));
    assert_eq!(keys(&app.ok(&path_of(&dashboard)).await), ["a"]);
}

#[tokio::test]
async fn an_order_names_every_widget_once() {
    let app = TestApp::start().await;
    let widgets = json!([{ "type": "text" }, { "type": "text" }, { "type": "text" }]);
    let dashboard = app.dashboard("plc-1", &widgets).await;
    let path = format!("{}/widgets/reorder", path_of(&dashboard));
    let [a, b, c] = <[Json; 3]>::try_from(ids(&dashboard)).unwrap();
    let order = async |order: &[&Json], version: Option<i32>| {
        app.write(Method::POST, &path, &json!({ "order": order, "version": version })).await
    };
    order(&[&c, &a, &b], None).await.assert_problem(428, "version_required");
    let reply = order(&[&c, &a, &b], Some(1)).await;
    assert_eq!((reply.status.as_u16(), keys(&reply.json())), (200, vec!["w3", "w1", "w2"]));
    order(&[&a, &b, &c], Some(1)).await.assert_problem(409, "stale_version");
    let stranger = dashboard["id"].clone();
    for (wrong, parts) in [
        (vec![&a, &b], vec![format!("misses {}", c.as_str().unwrap())]),
        (vec![], vec!["misses".to_owned(), a.as_str().unwrap().to_owned()]),
        (vec![&a, &b, &c, &c], vec![format!("repeats {}", c.as_str().unwrap())]),
        (
            vec![&a, &b, &stranger],
            vec!["misses".to_owned(), format!("are not here, {}", stranger.as_str().unwrap())],
        ),
    ] {
        let problem = order(&wrong, Some(2)).await.assert_problem(422, "invalid_body");
        assert_eq!(fields(&problem), ["order"]);
        for part in parts {
            assert!(problem["detail"].as_str().unwrap().contains(&part), "{part}: {problem}");
        }
    }
    let strangers: Vec<_> = (0..30).map(|_| Json::from(uuid::Uuid::new_v4().to_string())).collect();
    let problem =
        order(&strangers.iter().collect::<Vec<_>>(), Some(2)).await.assert_problem(422, "invalid_body");
    assert!(problem["detail"].as_str().unwrap().contains("and 20 more"), "{problem}");
    assert_eq!(app.ok(&path_of(&dashboard)).await["version"], 2);
}

#[tokio::test]
async fn options_come_back_letter_by_letter() {
    let app = TestApp::start().await;
    let options = r#"{ "z": 9007199254740993, "big": 123456789012345678901234567890, "a": 1.10, "e": 1e2, "tiny": 0.1 }"#;
    let plc = app.plc_uuid("granix", "planta-1", "plc-1");
    let other = app.plc_uuid("granix", "planta-1", "plc-2");
    let body = format!(r#"{{"name":"n","widgets":[{{"type":"text","options":{options}}}]}}"#);
    let path = format!("/api/admin/plcs/{plc}/dashboard");
    let created = app.send(with_body(Method::POST, &path, &body)).await;
    assert!(created.text().contains(options), "{}", created.text());
    let path = path_of(&created.json());
    let widget = created.json()["widgets"][0]["id"].as_str().unwrap().to_owned();
    let body = format!(r#"{{"version":1,"type":"text","options":{options}}}"#);
    let updated = app.send(with_body(Method::PUT, &format!("{path}/widgets/{widget}"), &body)).await;
    assert!(updated.text().contains(options), "{}", updated.text());
    app.write(Method::POST, &format!("{path}/versions/1/restore"), &json!({ "version": 2 })).await;
    let body = json!({ "plcId": other }).to_string();
    let copied = app.send(with_body(Method::POST, &format!("{path}/duplicate"), &body)).await;
    assert!(copied.status == 201 && copied.text().contains(options), "{}", copied.text());
    for path in [
        path.clone(),
        format!("{path}/versions/1"),
        format!("{path}/export"),
        "/api/dashboards/planta-1/plc-1".to_owned(),
    ] {
        assert!(app.get(&path).await.text().contains(options), "{path}");
    }
    // A stale answer is made of the same numbers.
    let stale = app.write(Method::PUT, &path, &json!({ "version": 1, "name": "n" })).await;
    assert!(stale.text().contains("9007199254740993"), "{}", stale.text());
}

#[tokio::test]
async fn bad_bodies_are_explained_field_by_field() {
    let app = TestApp::start().await;
    let dashboard = app.dashboard("plc-1", &json!([])).await;
    let path = path_of(&dashboard);
    let put = async |body: &Json| app.write(Method::PUT, &path, body).await;
    let bad = json!({ "version": 1, "name": " ", "iconUrl": "javascript:alert(1)", "widgets": [
        { "type": "pie", "widgetKey": "a b", "label": "x\ny", "metricId": "", "unit": "u".repeat(65),
          "dataType": "double", "layout": { "x": 6, "y": 0, "w": 7, "h": 1 }, "options": [] },
        { "type": "gauge" },
    ]});
    let problem = put(&bad).await.assert_problem(422, "invalid_body");
    let wrong: BTreeSet<_> = fields(&problem).into_iter().collect();
    let expected = ["type", "widgetKey", "label", "metricId", "unit", "dataType", "layout", "options"]
        .map(|field| format!("widgets[0].{field}"));
    let mut expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
    expected.extend(["name", "iconUrl", "widgets[1].metricId"]);
    assert_eq!(wrong, expected, "{problem}");

    let widget = |field: &str, value: Json| {
        let mut widget = json!({ "type": "text" });
        widget[field] = value;
        json!({ "version": 1, "name": "n", "widgets": [widget] })
    };
    let icon = |url: &str| json!({ "version": 1, "name": "n", "iconUrl": url });
    for (body, part) in [
        (widget("options", json!({ "a": "\u{0}" })), "u0000"),
        (widget("options", json!({ "a": "x".repeat(16 * 1024) })), "16384"),
        (widget("label", json!("x".repeat(201))), "200 characters"),
        (widget("label", json!("\u{0}")), "200 characters"),
        (widget("unit", json!("a\u{0}")), "64 characters"),
        (widget("layout", json!({ "x": 0, "y": 10_001, "w": 1, "h": 1 })), "y lies between"),
        (widget("layout", json!({ "x": 0, "y": 0, "w": 1 })), "missing field `h`"),
        (widget("metricID", json!("x")), "unknown field `metricID`"),
        (widget("id", json!(uuid::Uuid::nil())), "is no widget of this dashboard"),
        (icon("//evil.example/x"), "names another host"),
        (icon("/\\evil.example/x"), "percent-encoded"),
        (icon("http://a.example/x"), "only https"),
        (icon("data:image/svg+xml,x"), "only https"),
        (icon("https://u:p@a.example/"), "user or password"),
        (json!({ "version": 1, "name": "a\u{0}b" }), "name: a name has"),
        (json!({ "version": 1 }), "missing field `name`"),
        (json!({ "version": 1, "name": "n", "widget": [] }), "unknown field `widget`"),
    ] {
        let problem = put(&body).await.assert_problem(422, "invalid_body");
        assert!(problem["detail"].as_str().unwrap().contains(part), "{part}: {problem}");
    }
    let deep = format!(
        r#"{{"version":1,"type":"text","options":{{"a":{}1{}}}}}"#,
        "[".repeat(9_000),
        "]".repeat(9_000)
    );
    app.send(with_body(Method::POST, &format!("{path}/widgets"), &deep))
        .await
        .assert_problem(422, "invalid_body");
    assert_eq!(app.ok(&path).await, dashboard, "nothing of it was done");
}

#[tokio::test]
async fn dashboards_are_bounded() {
    let app = TestApp::start().await;
    let most: Vec<_> = (0..200).map(|_| json!({ "type": "text" })).collect();
    let dashboard = app.dashboard("plc-1", &json!(most)).await;
    let path = path_of(&dashboard);
    let one_more = json!({ "version": 1, "type": "text" });
    let problem = app.write(Method::POST, &format!("{path}/widgets"), &one_more).await;
    assert_eq!(fields(&problem.assert_problem(422, "invalid_body")), ["widgets"]);
    let too_many = json!({ "version": 1, "name": "n", "widgets": vec![json!({ "type": "text" }); 201] });
    let problem = app.write(Method::PUT, &path, &too_many).await.assert_problem(422, "invalid_body");
    assert!(problem["detail"].as_str().unwrap().contains("at most 200"), "{problem}");
    let large = json!({ "type": "text", "options": { "a": "x".repeat(15_000) } });
    let heavy = |count: usize| json!({ "version": 1, "name": "n", "widgets": vec![large.clone(); count] });
    let problem = app.write(Method::PUT, &path, &heavy(18)).await.assert_problem(422, "invalid_body");
    assert!(problem["detail"].as_str().unwrap().contains("at most 262144"), "{problem}");
    assert_eq!(app.write(Method::PUT, &path, &heavy(17)).await.status, 200);
    let lowest = json!({ "x": 0, "y": 10_000, "w": 1, "h": 1 });
    let lowest = json!({ "version": 2, "name": "n", "widgets": [{ "type": "text", "layout": lowest }] });
    assert_eq!(app.write(Method::PUT, &path, &lowest).await.status, 200);
    let below = json!({ "version": 3, "type": "text" });
    let problem = app.write(Method::POST, &format!("{path}/widgets"), &below).await;
    assert_eq!(fields(&problem.assert_problem(422, "invalid_body")), ["layout"]);
}

#[tokio::test]
async fn every_version_is_kept_and_can_come_back() {
    let app = TestApp::start().await;
    let dashboard = app.dashboard("plc-1", &json!([{ "type": "text", "label": "first" }])).await;
    let path = path_of(&dashboard);
    let widgets = format!("{path}/widgets");
    let add = json!({ "version": 1, "type": "lamp", "metricId": "on" });
    assert_eq!(app.write(Method::POST, &widgets, &add).await.status, 201);
    let first = dashboard["widgets"][0]["id"].as_str().unwrap();
    let gone = app.json(Method::DELETE, &format!("{widgets}/{first}?version=2"), ADMIN, "").await;
    assert_eq!(gone.status, 204);
    let versions = app.ok(&format!("{path}/versions")).await;
    let entries = versions["items"].as_array().unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|it| (&it["version"], &it["change"], &it["subject"], &it["widgetCount"]))
        .collect();
    assert_eq!(
        json!(told),
        json!([[3, "remove_widget", "w1", 1], [2, "add_widget", "w2", 2], [1, "create", null, 1]])
    );
    assert!(
        entries.iter().all(|it| it["by"] == ADMIN && it["at"].is_string() && it.get("widgets").is_none())
    );
    for limit in 1..=3 {
        assert_eq!(app.pages(&format!("{path}/versions?limit={limit}")).await.concat(), *entries);
    }
    let past = app.ok(&format!("{path}/versions/1")).await;
    assert_eq!(
        (&past["widgets"], &past["version"], &past["change"]),
        (&dashboard["widgets"], &1.into(), &"create".into())
    );
    app.get(&format!("{path}/versions/9")).await.assert_problem(404, "not_found");
    app.get(&format!("{path}/versions/x")).await.assert_problem(400, "invalid_path");

    let restore = async |former: i32, body: Json| {
        app.write(Method::POST, &format!("{path}/versions/{former}/restore"), &body).await
    };
    restore(1, json!({})).await.assert_problem(428, "version_required");
    restore(1, json!({ "version": 2 })).await.assert_problem(409, "stale_version");
    restore(9, json!({ "version": 3 })).await.assert_problem(404, "not_found");
    let restored = restore(1, json!({ "version": 3 })).await;
    assert_eq!((restored.status.as_u16(), restored.header("etag")), (200, "\"4\""), "{}", restored.text());
    assert_eq!(restored.json()["widgets"], dashboard["widgets"], "with the ids of then");
    let after = app.ok(&format!("{path}/versions")).await;
    let items = after["items"].as_array().unwrap();
    assert_eq!((&items[0]["change"], &items[0]["subject"]), (&"restore".into(), &"1".into()));
    assert_eq!(items[1..], *entries, "history is added to, never rewritten");
}

#[tokio::test]
async fn the_newest_hundred_versions_are_kept() {
    let app = TestApp::start().await;
    let dashboard = app.dashboard("plc-1", &json!([])).await;
    let path = path_of(&dashboard);
    for version in 1..=102 {
        let body = json!({ "version": version, "name": format!("n{version}") });
        assert_eq!(app.write(Method::PUT, &path, &body).await.status, 200);
    }
    let kept = app.ok(&format!("{path}/versions?limit=1000")).await;
    let kept: Vec<_> =
        kept["items"].as_array().unwrap().iter().map(|it| it["version"].as_i64().unwrap()).collect();
    assert_eq!(kept, (4..=103).rev().collect::<Vec<_>>());
    app.get(&format!("{path}/versions/3")).await.assert_problem(404, "not_found");
    let restored =
        app.write(Method::POST, &format!("{path}/versions/4/restore"), &json!({ "version": 103 })).await;
    assert_eq!(restored.json()["name"], "n3", "also the oldest, which then is forgotten");
    app.get(&format!("{path}/versions/4")).await.assert_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_save_at_once_one_wins() {
    let app = TestApp::start().await;
    let plc = app.plc_uuid("granix", "planta-1", "plc-1");
    let at_plc = format!("/api/admin/plcs/{plc}/dashboard");
    let body =
        json!({ "name": "n", "widgets": [{ "type": "text" }, { "type": "text" }, { "type": "text" }] });
    let replies = join_all((0..6).map(|_| app.write(Method::POST, &at_plc, &body))).await;
    let mut statuses: Vec<_> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
    let path = path_of(&app.ok(&at_plc).await);
    for version in 1..=10 {
        let names: Vec<String> = (0..6).map(|editor| format!("{version} by {editor}")).collect();
        let bodies: Vec<Json> =
            names.iter().map(|name| json!({ "version": version, "name": name })).collect();
        let replies = join_all(bodies.iter().map(|body| app.write(Method::PUT, &path, body))).await;
        let winners: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
        assert_eq!(winners.len(), 1);
        let present = app.ok(&path).await;
        assert_eq!(winners[0].json(), present);
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            assert_eq!(reply.assert_problem(409, "stale_version")["current"], present);
        }
    }
    assert_eq!(app.sql("select count(*) from audit_log where action = 'dashboard.update'"), ["10"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_and_a_removal_at_once_leave_one_of_both() {
    let app = TestApp::start().await;
    for round in 0..10 {
        let widgets = json!([{ "type": "text" }, { "type": "text" }, { "type": "text" }]);
        let dashboard = app.dashboard(&format!("plc-{round}"), &widgets).await;
        let path = path_of(&dashboard);
        let mut order = ids(&dashboard);
        order.reverse();
        let order = json!({ "order": order, "version": 1 });
        let reorder = format!("{path}/widgets/reorder");
        let remove = format!("{path}/widgets/{}?version=1", dashboard["widgets"][0]["id"].as_str().unwrap());
        let (reordered, removed) = tokio::join!(
            app.write(Method::POST, &reorder, &order),
            app.json(Method::DELETE, &remove, ADMIN, "")
        );
        let present = app.ok(&path).await;
        match (reordered.status.as_u16(), removed.status.as_u16()) {
            (200, 409) => assert_eq!(keys(&present), ["w3", "w2", "w1"]),
            (409, 204) => assert_eq!(keys(&present), ["w2", "w3"]),
            other => panic!("{other:?}"),
        }
        assert_eq!(present["version"], 2);
    }
}

#[tokio::test]
async fn exported_and_imported_elsewhere() {
    let app = TestApp::start().await;
    let widgets = json!([
        { "type": "value", "metricId": "temp", "label": "T", "widgetKey": "t", "options": { "limits": { "h": 80.5 } } },
        { "type": "lamp", "metricId": "on", "layout": { "x": 3, "y": 3, "w": 1, "h": 1 } },
    ]);
    let dashboard = app.dashboard("plc:1", &widgets).await;
    let exported = app.get(&format!("{}/export", path_of(&dashboard))).await;
    assert_eq!(
        exported.header("content-disposition"),
        "attachment; filename=\"planta-1-plc_1.dashboard.json\""
    );
    let document = exported.json();
    assert_eq!((&document["format"], &document["formatVersion"]), (&"vigia.dashboard".into(), &1.into()));
    assert!(
        !exported.text().contains(r#""id""#) && !exported.text().contains(dashboard["id"].as_str().unwrap())
    );

    let plc = app.plc_uuid("otra", "planta-9", "plc-7");
    app.add_series("otra", "plc-7", "temp");
    let path = format!("/api/admin/plcs/{plc}/dashboard/import");
    let import = async |query: &str, document: &Json| {
        app.write(Method::POST, &format!("{path}{query}"), document).await
    };
    import("?version=1", &document).await.assert_problem(404, "not_found");
    let imported = import("", &document).await;
    assert_eq!((imported.status.as_u16(), imported.header("etag")), (201, "\"1\""), "{}", imported.text());
    let imported = imported.json();
    assert_eq!(imported["unknownMetrics"], json!([{ "widgetKey": "w1", "metricId": "on" }]));
    assert_eq!(app.ok(&format!("{}/export", path_of(&imported))).await, document, "nothing is lost");
    assert!(ids(&imported).iter().all(|id| !ids(&dashboard).contains(id)));

    import("", &document).await.assert_problem(409, "already_exists");
    let mut other = document.clone();
    other["name"] = "second".into();
    let replaced = import("?version=1", &other).await;
    assert_eq!((replaced.status.as_u16(), replaced.header("etag")), (200, "\"2\""), "{}", replaced.text());
    assert_eq!((&replaced.json()["name"], &replaced.json()["id"]), (&"second".into(), &imported["id"]));
    import("?version=1", &other).await.assert_problem(409, "stale_version");
    import("?version=one", &other).await.assert_problem(400, "invalid_query");

    for (field, value, part) in [
        ("format", json!("grafana"), "no exported dashboard"),
        ("format", Json::Null, "no exported dashboard"),
        ("formatVersion", json!(2), "newer"),
        ("formatVersion", json!(0), "is not 1"),
        ("formatVersion", json!("1"), "invalid type"),
        ("tags", json!([]), "unknown field `tags`"),
    ] {
        let mut wrong = document.clone();
        wrong[field] = value;
        let problem = import("?version=2", &wrong).await.assert_problem(422, "invalid_body");
        assert!(problem["detail"].as_str().unwrap().contains(part), "{problem}");
    }
    // What a later format holds besides is no reason to complain of the wrong thing.
    let later = json!({ "format": "vigia.dashboard", "formatVersion": 7, "tabs": [] });
    assert_eq!(fields(&import("", &later).await.assert_problem(422, "invalid_body")), ["formatVersion"]);
    import("", &json!([])).await.assert_problem(422, "invalid_body");
    let changes = app.sql(
        "select change from dashboard_versions v join dashboards d on d.id = v.dashboard_id
        join plcs c on c.id = d.plc_id where c.plc_id = 'plc-7' order by v.version",
    );
    assert_eq!(changes, ["import", "import"]);
}

#[tokio::test]
async fn duplicated_to_another_plc() {
    let app = TestApp::start().await;
    let widgets = json!([{ "type": "value", "metricId": "temp" }, { "type": "bar", "metricId": "level" },
                         { "type": "text" }]);
    let source = app.dashboard("plc-1", &widgets).await;
    let plc = app.plc_uuid("granix", "planta-2", "plc-2");
    app.add_series("granix", "plc-2", "level");
    let path = format!("{}/duplicate", path_of(&source));
    let copied = app.write(Method::POST, &path, &json!({ "plc_id": plc })).await;
    assert_eq!(copied.status, 201, "{}", copied.text());
    let copy = copied.json();
    assert_eq!(copied.header("location"), path_of(&copy));
    assert_eq!(
        (&copy["site"], &copy["plc"], &copy["version"]),
        (&"planta-2".into(), &"plc-2".into(), &1.into())
    );
    assert_eq!(copy["unknownMetrics"], json!([{ "widgetKey": "w1", "metricId": "temp" }]));
    assert_eq!(keys(&copy), keys(&source));
    assert!(ids(&copy).iter().all(|id| !ids(&source).contains(id)), "widgets of its own");
    app.write(Method::POST, &path, &json!({ "plcId": plc })).await.assert_problem(409, "already_exists");
    let nowhere = app.write(Method::POST, &path, &json!({ "plcId": uuid::Uuid::nil() })).await;
    assert_eq!(fields(&nowhere.assert_problem(422, "invalid_body")), ["plcId"]);
    app.write(Method::POST, &path, &json!({ "plcId": "plc-2" })).await.assert_problem(422, "invalid_body");
}

#[tokio::test]
async fn another_tenants_dashboards_do_not_exist() {
    let app = TestApp::start().await;
    let dashboard = app.dashboard("plc-1", &json!([{ "type": "text", "label": "secreto" }])).await;
    let (path, plc) = (path_of(&dashboard), dashboard["plcId"].as_str().unwrap());
    let widget = dashboard["widgets"][0]["id"].as_str().unwrap();
    let intruder = app.add_manager("otra");
    let own = app.plc_uuid("otra", "planta-1", "plc-1");
    let own_path = format!("/api/admin/plcs/{own}/dashboard");
    let mine = app.json(Method::POST, &own_path, &intruder, r#"{"name":"mine"}"#).await;
    assert_eq!(mine.status, 201, "{}", mine.text());
    let document = r#"{"format":"vigia.dashboard","formatVersion":1,"name":"n","widgets":[]}"#;
    let text = r#"{"version":1,"type":"text"}"#;
    let order = json!({ "version": 1, "order": [widget] }).to_string();
    let to_own = json!({ "plcId": own }).to_string();
    let of_plc = format!("/api/admin/plcs/{plc}/dashboard");
    for (method, path, body) in [
        (Method::GET, path.clone(), ""),
        (Method::PUT, path.clone(), r#"{"version":1,"name":"x"}"#),
        (Method::PUT, path.clone(), r#"{"version":7,"name":"x"}"#),
        (Method::DELETE, format!("{path}?version=1"), ""),
        (Method::POST, format!("{path}/widgets"), text),
        (Method::PUT, format!("{path}/widgets/{widget}"), text),
        (Method::DELETE, format!("{path}/widgets/{widget}?version=1"), ""),
        (Method::POST, format!("{path}/widgets/reorder"), &order),
        (Method::GET, format!("{path}/versions"), ""),
        (Method::GET, format!("{path}/versions/1"), ""),
        (Method::POST, format!("{path}/versions/1/restore"), r#"{"version":1}"#),
        (Method::GET, format!("{path}/export"), ""),
        (Method::POST, format!("{path}/duplicate"), &to_own),
        (Method::GET, of_plc.clone(), ""),
        (Method::POST, of_plc.clone(), r#"{"name":"x"}"#),
        (Method::POST, format!("{of_plc}/import"), document),
        (Method::POST, format!("{of_plc}/import?version=1"), document),
        (Method::GET, "/api/dashboards/planta-1/plc-1?tenant=granix".to_owned(), ""),
    ] {
        let reply = app.json(method.clone(), &path, &intruder, body).await;
        reply.assert_problem(404, "not_found");
        assert!(!reply.text().contains("granix") && !reply.text().contains("secreto"), "{method} {path}");
    }
    // Nor is a foreign PLC a place for one's own.
    let mine = path_of(&mine.json());
    let there = json!({ "plcId": plc }).to_string();
    let refused = app.json(Method::POST, &format!("{mine}/duplicate"), &intruder, &there).await;
    assert_eq!(fields(&refused.assert_problem(422, "invalid_body")), ["plcId"]);
    for query in ["", "?tenant=granix", "?site=planta-1"] {
        let list = app.json(Method::GET, &format!("{PATH}{query}"), &intruder, "").await;
        assert!(list.status == 200 && !list.text().contains("granix"), "{}", list.text());
    }
    assert!(!app.json(Method::GET, "/api/admin/audit-log", &intruder, "").await.text().contains("secreto"));
    assert_eq!(app.ok(&path).await, dashboard, "untouched");
}

#[tokio::test]
async fn viewers_see_the_page_and_not_who_made_it() {
    let app = TestApp::start().await;
    let dashboard = app.dashboard("plc-1", &json!([{ "type": "text" }])).await;
    app.add_plc("granix", "planta-1", "bare");
    POSTGRES.get().unwrap().log_in(&app.database, "mira@granix.example").unwrap();
    app.sql(
        "insert into memberships (user_id, tenant_id, role) select u.id, t.id, 'viewer' from users u, tenants t
         where u.email = 'mira@granix.example' and t.code = 'granix'",
    );
    let get = async |path: &str| app.json(Method::GET, path, "mira@granix.example", "").await;
    let seen = get("/api/dashboards/planta-1/plc-1").await;
    assert_eq!((seen.status.as_u16(), seen.header("etag")), (200, "\"1\""), "{}", seen.text());
    assert_eq!(seen.json()["widgets"], dashboard["widgets"]);
    assert!(!seen.text().contains(ADMIN), "{}", seen.text());
    for path in ["planta-1/bare", "planta-1/plc-9", "planta-9/plc-1", "planta-1/a%20b"] {
        get(&format!("/api/dashboards/{path}")).await.assert_problem(404, "not_found");
    }
    get(PATH).await.assert_problem(403, "forbidden");
    // A plant that two tenants have is asked for by name.
    app.add_plc("otra", "planta-1", "plc-1");
    app.get("/api/dashboards/planta-1/plc-1").await.assert_problem(409, "ambiguous_site");
    assert_eq!(app.ok("/api/dashboards/planta-1/plc-1?tenant=granix").await["id"], dashboard["id"]);
    assert_eq!(get("/api/dashboards/planta-1/plc-1").await.status, 200, "for her there is one");
}

#[tokio::test]
async fn a_tenant_admins_key_manages_dashboards_and_nothing_else() {
    let app = TestApp::start().await;
    let plc = app.plc_uuid("granix", "planta-1", "plc-1");
    let foreign = app.plc_uuid("otra", "planta-1", "plc-1");
    let path = |plc: &str| format!("/api/admin/plcs/{plc}/dashboard");
    let send = async |key: &str, method: Method, path: &str, body: &str| {
        let request = anonymous(method, path)
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .header(header::CONTENT_TYPE, "application/json");
        app.send(request.body(Body::from(body.to_owned())).unwrap()).await
    };
    let body = r#"{"name":"by a machine"}"#;
    for role in [Role::Viewer, Role::Operator] {
        let key = app.key("granix", role).await;
        send(&key, Method::POST, &path(&plc), body).await.assert_problem(403, "forbidden");
    }
    let key = app.key("granix", Role::TenantAdmin).await;
    let created = send(&key, Method::POST, &path(&plc), body).await;
    assert_eq!((created.status.as_u16(), &created.json()["updatedBy"]), (201, &"granix".into()));
    send(&key, Method::POST, &path(&foreign), body).await.assert_problem(404, "not_found");
    for path in ["/api/admin/users", "/api/admin/api-keys", "/api/admin/tenants", "/api/admin/audit-log"] {
        send(&key, Method::GET, path, "").await.assert_problem(403, "forbidden");
    }
    assert_eq!(
        app.sql("select actor_kind, action from audit_log where subject_kind = 'dashboard'"),
        ["api_key|dashboard.create"]
    );
}

#[tokio::test]
async fn listed_paged_and_filtered() {
    let app = TestApp::start().await;
    for (tenant, site, plc) in [
        ("granix", "planta-1", "b"),
        ("granix", "planta-1", "a"),
        ("granix", "planta-2", "a"),
        ("otra", "planta-1", "a"),
    ] {
        let uuid = app.plc_uuid(tenant, site, plc);
        let body = json!({ "name": format!("{tenant} {site} {plc}"), "widgets": [{ "type": "text" }] });
        app.write(Method::POST, &format!("/api/admin/plcs/{uuid}/dashboard"), &body).await;
    }
    let list = app.ok(PATH).await;
    let items = list["items"].as_array().unwrap();
    let names: Vec<_> = items.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["granix planta-1 a", "granix planta-1 b", "granix planta-2 a", "otra planta-1 a"]);
    assert!(
        items
            .iter()
            .all(|it| it["widgetCount"] == 1 && it.get("widgets").is_none() && it["updatedBy"] == ADMIN)
    );
    for limit in 1..=4 {
        assert_eq!(app.pages(&format!("{PATH}?limit={limit}")).await.concat(), *items);
    }
    for (query, count) in
        [("tenant=granix", 3), ("site=planta-1", 3), ("tenant=granix&site=planta-1", 2), ("site=x", 0)]
    {
        assert_eq!(
            app.ok(&format!("{PATH}?{query}")).await["items"].as_array().unwrap().len(),
            count,
            "{query}"
        );
    }
    app.get(&format!("{PATH}?site=a%20b")).await.assert_problem(400, "invalid_query");
    app.get(&format!("{PATH}?cursor=x")).await.assert_problem(400, "invalid_cursor");
}

#[tokio::test]
async fn the_audit_log_tells_what_changed_and_keeps_the_last_body() {
    let app = TestApp::start().await;
    let widgets = json!([{ "type": "text", "label": "one" }, { "type": "text", "label": "two" }]);
    let dashboard = app.dashboard("plc-1", &widgets).await;
    let path = path_of(&dashboard);
    let mut edit = dashboard.clone();
    edit["widgets"][1]["label"] = "other".into();
    app.write(Method::PUT, &path, &edit).await;
    let [first, second] = <[Json; 2]>::try_from(ids(&dashboard)).unwrap();
    let order = json!({ "version": 2, "order": [second, first] });
    app.write(Method::POST, &format!("{path}/widgets/reorder"), &order).await;
    app.json(Method::DELETE, &format!("{path}?version=3"), ADMIN, "").await;
    let log = app.ok("/api/admin/audit-log").await;
    let items = log["items"].as_array().unwrap();
    let actions: Vec<_> = items.iter().map(|it| it["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["dashboard.delete", "dashboard.reorder", "dashboard.update", "dashboard.create"]);
    assert!(items.iter().all(|it| it["tenant"] == "granix" && it["subject"] == dashboard["id"]));
    let [deleted, reordered, updated, created] = <&[Json; 4]>::try_from(items.as_slice()).unwrap();
    assert_eq!((&created["before"], &created["after"]["widgets"]), (&Json::Null, &dashboard["widgets"]));
    assert_eq!(
        updated["before"],
        json!({ "version": 1, "widgets": [dashboard["widgets"][1]] }),
        "what differs"
    );
    assert_eq!(updated["after"]["widgets"], json!([edit["widgets"][1]]));
    assert_eq!(reordered["after"], json!({ "version": 3, "order": ["w2", "w1"] }));
    assert_eq!(deleted["after"], Json::Null);
    assert_eq!(deleted["before"]["widgets"], json!([edit["widgets"][1], edit["widgets"][0]]));
    assert_eq!((&deleted["before"]["name"], &deleted["before"]["plc"]), (&"plc-1".into(), &"plc-1".into()));
}

#[tokio::test]
async fn a_page_of_the_audit_log_ends_before_it_grows_too_large() {
    let app = TestApp::start().await;
    // Thirty rows of 256 KiB.
    app.sql(
        "insert into audit_log (actor, actor_kind, action, subject_kind, subject, before)
         select 'a', 'user', 'dashboard.delete', 'dashboard', n, jsonb_build_object('a', repeat('x', 262144))
         from generate_series(1, 30) n",
    );
    let pages = app.pages("/api/admin/audit-log?limit=1000").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [16, 14]);
    assert_eq!(pages.concat().len(), 30);
}

#[tokio::test]
async fn a_dashboard_goes_with_its_plc_and_never_without_a_state() {
    let app = TestApp::start().await;
    let dashboard = app.dashboard("plc-1", &json!([{ "type": "text" }])).await;
    let broken = POSTGRES.get().unwrap().query(&app.database, "delete from dashboard_versions");
    assert!(broken.is_err(), "a dashboard without the state it has");
    app.sql("delete from plcs where plc_id = 'plc-1'");
    app.get(&path_of(&dashboard)).await.assert_problem(404, "not_found");
    assert_eq!(app.sql("select count(*) from dashboard_versions"), ["0"]);
}
