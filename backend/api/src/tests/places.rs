//! Plants, gateways, PLCs and tenants, as admins edit them.

use super::*;
use serde_json::json;

impl TestApp {
    async fn put_as(&self, path: &str, who: &str, body: &Json) -> Reply {
        self.json(Method::PUT, path, who, &body.to_string()).await
    }

    async fn post_as(&self, path: &str, who: &str, body: &Json) -> Reply {
        self.json(Method::POST, path, who, &body.to_string()).await
    }

    /// Makes something, which must succeed; where it is.
    async fn make(&self, path: &str, who: &str, body: &Json) -> String {
        let created = self.post_as(path, who, body).await;
        assert_eq!(
            (created.status.as_u16(), created.header(header::ETAG)),
            (201, "\"1\""),
            "{}",
            created.text()
        );
        let location = created.header(header::LOCATION).to_owned();
        assert_eq!(self.ok(&location).await, created.json());
        location
    }

    fn actions(&self) -> Vec<String> {
        self.sql(
            "select a.action || ' ' || coalesce(t.code, '-') from audit_log a left join tenants t on t.id = a.tenant_id order by a.id",
        )
    }
}

fn fields(problem: &Json) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
}

const PLANTS: &str = "/api/admin/plants";
const GATEWAYS: &str = "/api/admin/gateways";

#[tokio::test]
async fn a_plant_is_made_named_and_removed_when_nothing_stands_there() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    let body = json!({"tenant": "granix", "site": "norte", "province": "sf", "name": " Norte ", "timeZone": "America/Argentina/Buenos_Aires"});
    let path = app.make(PLANTS, &manager, &body).await;
    let plant = app.ok(&path).await;
    assert_eq!(
        (&plant["version"], &plant["site"], &plant["province"], &plant["name"], &plant["timeZone"]),
        (&1.into(), &"norte".into(), &"sf".into(), &"Norte".into(), &"America/Argentina/Buenos_Aires".into())
    );
    app.post_as(PLANTS, &manager, &body).await.assert_problem(409, "already_exists");
    assert_eq!(app.ok("/api/sites").await["items"].as_array().unwrap().len(), 2);

    // What was got can be sent back, and names that never change are passed over.
    let mut edit = plant.clone();
    edit["name"] = Json::Null;
    edit["timeZone"] = "Europe/Madrid".into();
    let edited = app.put_as(&path, &manager, &edit).await;
    assert_eq!(edited.header(header::ETAG), "\"2\"", "{}", edited.text());
    assert_eq!((&edited.json()["name"], &edited.json()["timeZone"]), (&Json::Null, &"Europe/Madrid".into()));
    let problem = app.put_as(&path, &manager, &edit).await.assert_problem(409, "stale_version");
    assert_eq!(
        (&problem["current"]["version"], &problem["current"]["timeZone"]),
        (&2.into(), &"Europe/Madrid".into())
    );
    app.put_as(&path, &manager, &json!({"name": "x"})).await.assert_problem(428, "version_required");
    let named = app.put_as(&path, &manager, &json!({"version": 2, "name": "x"})).await.json();
    assert_eq!((&named["name"], &named["timeZone"]), (&"x".into(), &"Europe/Madrid".into()), "it stays");
    for zone in ["Buenos Aires", "GMT+3", "posix/Europe/Madrid", "", "localtime", "a\0b"] {
        let bad = json!({"version": 3, "timeZone": zone});
        let problem = app.put_as(&path, &manager, &bad).await.assert_problem(422, "invalid_body");
        assert_eq!(fields(&problem), ["timeZone"], "{zone}");
    }

    let gateway = json!({"tenant": "granix", "site": "norte", "gatewayId": "gw-1"});
    let gateway = app.make(GATEWAYS, &manager, &gateway).await;
    app.json(Method::DELETE, &path, &manager, "").await.assert_problem(409, "not_empty");
    assert_eq!(app.json(Method::DELETE, &gateway, &manager, "").await.status, 204);
    app.add_plc("granix", "norte", "plc-1");
    app.json(Method::DELETE, &path, &manager, "").await.assert_problem(409, "not_empty");
    app.sql("delete from plcs");
    app.json(Method::DELETE, &format!("{path}?version=1"), &manager, "")
        .await
        .assert_problem(409, "stale_version");
    let twice = request(Method::DELETE, &format!("{path}?version=1")).header(header::IF_MATCH, "\"3\"");
    app.send(twice.body(Body::empty()).unwrap()).await.assert_problem(400, "invalid_header");
    assert_eq!(app.json(Method::DELETE, &format!("{path}?version=3"), &manager, "").await.status, 204);
    app.json(Method::DELETE, &path, &manager, "").await.assert_problem(404, "not_found");
    app.put_as(&path, &manager, &edit).await.assert_problem(404, "not_found");
    assert_eq!(
        app.actions(),
        [
            "plant.create granix",
            "plant.update granix",
            "plant.update granix",
            "gateway.create granix",
            "gateway.delete granix",
            "plant.delete granix"
        ]
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_field_by_field() {
    let app = TestApp::start().await;
    app.add_plant("granix", "planta-1");
    let bad = json!({"tenant": "nobody!", "site": "a b", "province": "", "name": "x".repeat(201), "timeZone": "Nowhere"});
    let problem = app.post_as(PLANTS, ADMIN, &bad).await.assert_problem(422, "invalid_body");
    assert_eq!(fields(&problem), ["tenant", "site", "province", "name", "timeZone"]);
    let problem = app
        .post_as(GATEWAYS, ADMIN, &json!({"tenant": "", "site": "", "gatewayId": "a/b", "name": "a\nb"}))
        .await
        .assert_problem(422, "invalid_body");
    assert_eq!(fields(&problem), ["tenant", "site", "gatewayId", "name"]);
    let nowhere = json!({"tenant": "granix", "site": "planta-9", "gatewayId": "gw-1"});
    let problem = app.post_as(GATEWAYS, ADMIN, &nowhere).await.assert_problem(422, "invalid_body");
    assert_eq!(fields(&problem), ["site"]);
    let unknown = json!({"tenant": "unknown", "site": "p", "province": "ba"});
    let problem = app.post_as(PLANTS, ADMIN, &unknown).await.assert_problem(422, "invalid_body");
    assert_eq!(fields(&problem), ["tenant"]);
    app.post_as(PLANTS, ADMIN, &json!({"tenants": "granix"})).await.assert_problem(422, "invalid_body");
    app.get(&format!("{GATEWAYS}?status=asleep")).await.assert_problem(400, "invalid_query");
    app.get(&format!("{PLANTS}/7")).await.assert_problem(400, "invalid_path");
}

#[tokio::test]
async fn a_tenant_has_no_more_by_hand_than_at_first_sight() {
    let app = TestApp::start_with(ApiSettings { max_gateways_per_tenant: 2, ..ApiSettings::default() }).await;
    let manager = app.add_manager("granix");
    let plant = |code: &str| json!({"tenant": "granix", "site": code, "province": "ba"});
    app.make(PLANTS, &manager, &plant("two")).await;
    app.post_as(PLANTS, &manager, &plant("two")).await.assert_problem(409, "already_exists");
    app.post_as(PLANTS, &manager, &plant("three")).await.assert_problem(409, "limit_reached");
    let gateway = |name: &str| json!({"tenant": "granix", "site": "two", "gatewayId": name});
    app.make(GATEWAYS, &manager, &gateway("gw-1")).await;
    app.make(GATEWAYS, &manager, &gateway("gw-2")).await;
    app.post_as(GATEWAYS, &manager, &gateway("gw-3")).await.assert_problem(409, "limit_reached");
    assert_eq!(app.sql("select count(*) from plants"), ["2"]);
    assert_eq!(app.sql("select count(*) from gateways"), ["2"]);
}

#[tokio::test]
async fn gateways_are_listed_by_place_and_status() {
    let app = TestApp::start().await;
    for (site, gateway) in
        [("planta-1", "gw-1"), ("planta-1", "gw-2"), ("planta-2", "gw-3"), ("planta-2", "gw-4")]
    {
        app.add_gateway("granix", site, gateway);
    }
    app.add_gateway("other", "planta-1", "gw-5");
    for (site, gateway, ago) in
        [("planta-1", "gw-1", 0), ("planta-2", "gw-4", 0), ("planta-2", "gw-3", 91_000)]
    {
        let live = app.api.live.gateway(&gateway_path("granix", site, gateway));
        app.api.live.hear(&live, at(NOW - ago));
    }
    for (query, expected) in [
        ("", "gw-1,gw-2,gw-3,gw-4,gw-5"),
        ("tenant=granix", "gw-1,gw-2,gw-3,gw-4"),
        ("site=planta-2", "gw-3,gw-4"),
        ("site=planta-1&tenant=other", "gw-5"),
        ("status=online", "gw-1,gw-4"),
        ("status=offline", "gw-3"),
        ("status=never_seen", "gw-2,gw-5"),
        ("status=online&tenant=other", ""),
    ] {
        for limit in [1, 2, 100] {
            let pages = app.pages(&format!("{GATEWAYS}?limit={limit}&{query}")).await.concat();
            let names: Vec<_> = pages.iter().map(|gateway| gateway["gatewayId"].as_str().unwrap()).collect();
            assert_eq!(names.join(","), expected, "{query} {limit}");
        }
    }
    app.get(&format!("{GATEWAYS}?site=planta-1")).await.assert_problem(409, "ambiguous_site");
}

#[tokio::test]
async fn a_gateway_is_moved_by_a_tenants_admin_within_it_and_by_ours_anywhere() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    let both = app.add_manager("other");
    app.sql("insert into memberships (user_id, tenant_id, role) select u.id, t.id, 'tenant_admin' from users u, tenants t where u.email like 'jefa@other%' and t.code = 'granix'");
    app.add_plant("granix", "planta-2");
    app.add_gateway("granix", "planta-1", "gw-1");
    let id = app.sql("select id from gateways").concat();
    app.sql(&format!(
        "insert into gateway_state (gateway_id, last_seen, online_since, clock_skew_ms, heartbeat_ts, state, version)
         values ('{id}', now(), now(), 7, now(), 'online', '0.9')"
    ));
    app.sql(&format!("insert into gateway_boots values ('{id}', 'b', '{{[1,3),[4,5)}}', now())"));
    let path = format!("{GATEWAYS}/{id}");

    let mut edit = app.ok(&path).await;
    edit["name"] = "Tableros".into();
    let named = app.put_as(&path, &manager, &edit).await;
    assert_eq!((named.status.as_u16(), &named.json()["name"]), (200, &"Tableros".into()), "{}", named.text());
    app.put_as(&path, &manager, &edit).await.assert_problem(409, "stale_version");
    let moved = app.put_as(&path, &manager, &json!({"version": 2, "site": "planta-2"})).await.json();
    assert_eq!(
        (&moved["site"], &moved["name"], &moved["heartbeat"]["version"]),
        (&"planta-2".into(), &Json::Null, &"0.9".into())
    );
    app.put_as(&path, &manager, &json!({"version": 3, "site": "planta-9"}))
        .await
        .assert_problem(422, "invalid_body");
    for (who, tenant) in [(&manager, "other"), (&both, "other"), (&manager, "nobody")] {
        let give = json!({"version": 3, "tenant": tenant, "site": "planta-1"});
        app.put_as(&path, who, &give).await.assert_problem(403, "forbidden");
    }
    assert_eq!(app.sql("select p.code from gateways g join plants p on p.id = g.plant_id"), ["planta-2"]);

    let given =
        app.put_as(&path, ADMIN, &json!({"version": 3, "tenant": "other", "site": "planta-1"})).await.json();
    assert_eq!((&given["tenant"], &given["site"]), (&"other".into(), &"planta-1".into()));
    assert_eq!(
        (&given["heartbeat"], &given["missingSeq"], given["lastSeen"].is_string()),
        (&Json::Null, &0.into(), true),
        "what it said stays with the tenant it said it under"
    );
    app.json(Method::GET, &path, &manager, "").await.assert_problem(404, "not_found");
    assert_eq!(app.json(Method::GET, &path, &both, "").await.status, 200);
    assert_eq!(
        app.actions(),
        ["gateway.update granix", "gateway.move granix", "gateway.move granix", "gateway.move other"]
    );
    let log = app.json(Method::GET, "/api/admin/audit-log", &manager, "").await;
    assert!(!log.text().contains("other"), "{}", log.text());
    app.json(Method::DELETE, &path, ADMIN, "").await.assert_problem(409, "not_empty");
}

#[tokio::test]
async fn whose_a_thing_name_is_nobody_tells() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    app.add_gateway("secreta", "planta-1", "gw-1");
    app.add_plc("secreta", "planta-1", "plc-1");
    let taken = json!({"tenant": "granix", "site": "planta-1", "gatewayId": "gw-1"});
    let reply = app.post_as(GATEWAYS, &manager, &taken).await;
    reply.assert_problem(409, "already_exists");
    assert!(!reply.text().contains("secreta"));
    let theirs = json!({"tenant": "secreta", "site": "planta-1", "gatewayId": "gw-2"});
    app.post_as(GATEWAYS, &manager, &theirs).await.assert_problem(422, "invalid_body");
    let theirs = json!({"tenant": "secreta", "site": "planta-2", "province": "ba"});
    app.post_as(PLANTS, &manager, &theirs).await.assert_problem(422, "invalid_body");
    let id = |table: &str| {
        app.sql(&format!(
            "select x.id from {table} x join tenants t on t.id = x.tenant_id where t.code = 'secreta'"
        ))
        .concat()
    };
    let edit = json!({"version": 1, "name": "mine"});
    for (path, table) in [(GATEWAYS, "gateways"), (PLANTS, "plants"), ("/api/admin/plcs", "plcs")] {
        let path = format!("{path}/{}", id(table));
        app.put_as(&path, &manager, &edit).await.assert_problem(404, "not_found");
        if table != "plcs" {
            app.json(Method::GET, &path, &manager, "").await.assert_problem(404, "not_found");
            app.json(Method::DELETE, &path, &manager, "").await.assert_problem(404, "not_found");
        }
    }
    for path in [GATEWAYS, PLANTS] {
        let list = app.json(Method::GET, path, &manager, "").await;
        assert!(list.status == 200 && !list.text().contains("secreta"), "{}", list.text());
    }
}

#[tokio::test]
async fn plcs_and_tenants_are_named_by_the_version_they_have() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    app.add_plc("granix", "planta-1", "plc-03");
    let plc = app.ok("/api/plcs/planta-1/plc-03").await;
    let tenant = app.json(Method::GET, "/api/admin/tenants", &manager, "").await.json()["items"][0].clone();
    for (path, resource) in [("/api/admin/plcs", plc), ("/api/admin/tenants", tenant)] {
        let path = format!("{path}/{}", resource["id"].as_str().unwrap());
        let mut edit = resource.clone();
        edit["name"] = " Horno 3 ".into();
        let edited = app.put_as(&path, &manager, &edit).await;
        assert_eq!(
            (edited.status.as_u16(), edited.header(header::ETAG)),
            (200, "\"2\""),
            "{}",
            edited.text()
        );
        assert_eq!((&edited.json()["name"], &edited.json()["version"]), (&"Horno 3".into(), &2.into()));
        let problem = app.put_as(&path, &manager, &edit).await.assert_problem(409, "stale_version");
        assert_eq!(problem["current"], edited.json());
        edit.as_object_mut().unwrap().remove("version");
        app.put_as(&path, &manager, &edit).await.assert_problem(428, "version_required");
        edit["version"] = 2.into();
        edit["name"] = "x".repeat(201).into();
        app.put_as(&path, &manager, &edit).await.assert_problem(422, "invalid_body");
        edit["name"] = "\t".into();
        assert_eq!(app.put_as(&path, &manager, &edit).await.json()["name"], Json::Null);
    }
    assert_eq!(
        app.actions(),
        ["plc.rename granix", "plc.rename granix", "tenant.rename granix", "tenant.rename granix"]
    );
}
