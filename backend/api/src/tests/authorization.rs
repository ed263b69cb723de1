//! docs/authorization.md, walked: every route and the live feed, by every kind of caller, with two tenants.

use super::feed::{listen, messages};
use super::*;
use std::collections::BTreeMap;
use vigia_model::{GatewayHealth, Role};
use vigia_store::api_key::NewApiKey;
use vigia_store::audit::{Actor, ActorKind};

const TABLE: &str = include_str!("../../../../docs/authorization.md");
const CALLERS: [&str; 6] = ["nobody", "viewer", "operator", "tenant_admin", "admin", "key"];
/// The two tenants; every name of theirs holds their code, so that a leak shows.
const TENANTS: [&str; 2] = ["granix", "secreta"];

/// The ids of one tenant's things.
struct Things(BTreeMap<&'static str, String>);

impl Things {
    /// A path with the names of these things in it.
    fn fill(&self, path: &str) -> String {
        // In paths without a plant PLCs and gateways go by their ids.
        let path = path.replace("/admin/plcs/{id}", "/admin/plcs/{plc_uuid}");
        let path = path.replace("/admin/gateways/{id}", "/admin/gateways/{gateway_uuid}");
        self.0.iter().fold(path, |path, (name, id)| path.replace(&format!("{{{name}}}"), id))
    }
}

fn table() -> BTreeMap<String, BTreeMap<&'static str, String>> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), CALLERS.len() + 1, "{line}");
        let cells_of = CALLERS.into_iter().zip(cells[1..].iter().map(|cell| (*cell).to_owned())).collect();
        (cells[0].trim_matches('`').to_owned(), cells_of)
    })
    .collect()
}

fn routes() -> Vec<(Method, String)> {
    let document: Json = serde_json::from_str(&crate::openapi_json()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .filter(|(path, _)| path.starts_with("/api/"))
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods
                .map(|method| (method.to_ascii_uppercase().parse().unwrap(), path.clone()))
                .collect::<Vec<_>>()
        })
        .collect()
}

impl TestApp {
    /// One of everything for a tenant.
    async fn furnish(&self, tenant: &'static str) -> Things {
        let (site, plc, gateway) =
            (format!("site-{tenant}"), format!("plc-{tenant}"), format!("gw-{tenant}"));
        self.add_plc(tenant, &site, &plc);
        self.add_gateway(tenant, &site, &gateway);
        let series = self.add_series(tenant, &plc, &format!("metric-{tenant}"));
        self.add_samples(series, &[(NOW, 1.0)]).await;
        self.apply(
            &plc_path(tenant, &site, &plc),
            &format!("metric-{tenant}"),
            sample(NOW, Value::Int(1), None),
        );
        self.api.live.restore_gateway(&gateway_path(tenant, &site, &gateway), GatewayHealth::default());
        self.sql(&format!(
            "with q as (insert into quarantined_messages (received_at, topic, payload)
             values (now(), 'factory/{tenant}/ba/{site}/gateway/{gateway}/telemetry', 'x') returning id)
             insert into rejections (message_id, reason, detail) select id, 'not_json', '{tenant}' from q"
        ));
        let postgres = POSTGRES.get().unwrap();
        for role in Role::ALL {
            let email = format!("{}@{tenant}.example", role.as_str());
            postgres.log_in(&self.database, &email).unwrap();
            self.sql(&format!(
                "insert into memberships (user_id, tenant_id, role)
                 select u.id, t.id, '{}' from users u, tenants t where u.email = '{email}' and t.code = '{tenant}'",
                role.as_str()
            ));
        }
        let id = |sql: String| self.sql(&sql).concat();
        let widget = uuid::Uuid::new_v4().to_string();
        let dashboard = id(format!(
            r#"with d as (insert into dashboards (plc_id) select id from plcs where plc_id = '{plc}' returning id)
             insert into dashboard_versions (dashboard_id, version, name, widgets, change, actor)
             select id, 1, '{tenant}', '[{{"id":"{widget}","widgetKey":"{tenant}","type":"text","label":"{tenant}",
             "metricId":null,"unit":null,"dataType":null,"layout":{{"x":0,"y":0,"w":1,"h":1}},"options":{{}}}}]',
             'create', '{tenant}' from d returning dashboard_id"#
        ));
        let plc_uuid = id(format!("select id from plcs where plc_id = '{plc}'"));
        let rejection = format!("select id from rejections where detail = '{tenant}'");
        let key = self.key(tenant, Role::Viewer).await;
        let user = format!("select id from users where email = 'viewer@{tenant}.example'");
        self.add_alarm(&plc, "critical", tenant);
        Things(BTreeMap::from([
            ("alarmId", id(format!("select id from alarms where message = '{tenant}'"))),
            ("plantId", id(format!("select id from plants where code = '{site}'"))),
            ("gateway_uuid", id(format!("select id from gateways where gateway_id = '{gateway}'"))),
            ("site", site),
            ("plc", plc),
            ("gateway", gateway),
            ("userId", id(user)),
            (
                "sessionId",
                id(format!(
                    "select s.id from sessions s join users u on u.id = s.user_id where u.email = 'viewer@{tenant}.example'"
                )),
            ),
            ("tenantId", id(format!("select id from tenants where code = '{tenant}'"))),
            ("keyId", id(format!("select id from api_keys where token_hash = sha256('{key}'::bytea)"))),
            ("rejectionId", id(rejection)),
            ("ruleId", uuid::Uuid::nil().to_string()),
            ("plc_uuid", plc_uuid),
            ("dashboardId", dashboard),
            ("widgetId", widget),
            ("version", "1".to_owned()),
        ]))
    }

    /// A key of a tenant; what it opens.
    pub(super) async fn key(&self, tenant: &str, role: Role) -> String {
        let token = crate::Token::random(crate::TokenKind::ApiKey);
        let new = NewApiKey {
            token_hash: token.hash(),
            hint: token.hint(),
            name: tenant,
            tenant,
            role,
            expires_at: None,
        };
        let actor = Actor { name: "test".to_owned(), kind: ActorKind::CommandLine, address: None };
        let scope = vigia_model::TenantScope::All;
        self.api.store.create_api_key(&scope, &new, &actor).await.unwrap().unwrap();
        token.secret().to_owned()
    }

    async fn ask(&self, method: &Method, path: &str, token: Option<&str>) -> Reply {
        let mut request = anonymous(method.clone(), path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Asks with a body that nothing is wrong with but, perhaps, whose things it is about.
    async fn ask_rightly(
        &self,
        method: &Method,
        path: &str,
        (things, own): (&Things, &Things),
        token: Option<&str>,
    ) -> Reply {
        let filled = things.fill(path);
        if *method == Method::GET {
            return self.ask(method, &filled, token).await;
        }
        if *method == Method::DELETE {
            let versioned = path.contains("/dashboards/");
            let query = if versioned { "?version=1" } else { "" };
            return self.ask(method, &format!("{filled}{query}"), token).await;
        }
        let mut request = anonymous(method.clone(), &filled).header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::from(body(method, path, things, own))).unwrap()).await
    }
}

/// A right body for a route. Tenants named in it are the caller's own: the other ones are refused before anything is
/// looked for.
fn body(method: &Method, path: &str, things: &Things, own: &Things) -> String {
    let tenant = TENANTS[0];
    let (site, plc, widget, alarm) =
        (&own.0["site"], &own.0["plc_uuid"], &things.0["widgetId"], &things.0["alarmId"]);
    let put = *method == Method::PUT;
    let body = match path.trim_start_matches("/api") {
        "/auth/login" => serde_json::json!({ "email": "x@example.com", "password": "x" }),
        "/persist-rules" | "/persist-rules/dry-run" => serde_json::json!({ "name": "n", "mode": "raw" }),
        path if path.starts_with("/persist-rules/") => {
            serde_json::json!({ "name": "n", "mode": "raw", "version": 1 })
        }
        "/alarms/acknowledge" => serde_json::json!({ "ids": [alarm] }),
        "/admin/rejections/replay" => serde_json::json!({ "ids": [things.0["rejectionId"]] }),
        "/auth/password" => serde_json::json!({
            "currentPassword": "x", "newPassword": "una clave bien larga",
        }),
        "/auth/password-links" => {
            serde_json::json!({ "token": "vgp_x", "newPassword": "una clave bien larga" })
        }
        "/admin/tenants" => serde_json::json!({ "tenant": "new" }),
        "/admin/users" => serde_json::json!({
            "email": "new@example.com", "tenants": [{ "tenant": tenant, "role": "viewer" }],
        }),
        path if put && path.starts_with("/admin/users/") => serde_json::json!({
            "email": "viewer@granix.example", "version": 1, "tenants": [{ "tenant": tenant, "role": "viewer" }],
        }),
        "/admin/api-keys" => serde_json::json!({ "name": "n", "tenant": tenant, "role": "viewer" }),
        "/admin/plants" => serde_json::json!({ "tenant": tenant, "site": "new", "province": "ba" }),
        "/admin/gateways" => serde_json::json!({ "tenant": tenant, "site": site, "gatewayId": "new" }),
        "/admin/plcs/{id}/dashboard/import" => serde_json::json!({
            "format": "vigia.dashboard", "formatVersion": 1, "name": "n", "widgets": [],
        }),
        "/admin/plcs/{id}/dashboard" => serde_json::json!({ "name": "n", "widgets": [] }),
        path if path.ends_with("/widgets/reorder") => serde_json::json!({ "order": [widget], "version": 1 }),
        path if path.contains("/widgets") => serde_json::json!({ "type": "text", "version": 1 }),
        path if path.ends_with("/restore") => serde_json::json!({ "version": 1 }),
        path if path.ends_with("/duplicate") => serde_json::json!({ "plcId": plc }),
        path if put && path.starts_with("/admin/") => serde_json::json!({ "name": "n", "version": 1 }),
        _ => serde_json::json!({}),
    };
    body.to_string()
}

fn token(caller: &str, key: &str) -> Option<String> {
    match caller {
        "nobody" => None,
        "key" => Some(key.to_owned()),
        "admin" => Some(session_token(ADMIN)),
        role => Some(session_token(&format!("{role}@granix.example"))),
    }
}

#[tokio::test]
async fn the_table_names_every_route_and_no_other() {
    let mut in_code: Vec<String> = routes().iter().map(|(method, path)| format!("{method} {path}")).collect();
    in_code.push("GET /ws".to_owned());
    in_code.sort();
    assert_eq!(table().into_keys().collect::<Vec<_>>(), in_code);
}

#[tokio::test]
async fn every_route_lets_in_whom_the_table_says() {
    let table = table();
    for (method, path) in routes() {
        // A fresh one for each: some of these end sessions and remove users.
        let app = TestApp::start().await;
        let (own, other) = (app.furnish(TENANTS[0]).await, app.furnish(TENANTS[1]).await);
        let key = app.key(TENANTS[0], Role::Viewer).await;
        let row = &table[&format!("{method} {path}")];
        for caller in ["nobody", "key", "viewer", "operator", "tenant_admin", "admin"] {
            let token = token(caller, &key);
            // What is another's first: afterwards one's own may be gone, and one's session with it.
            for (whose, things) in [("another's", &other), ("its own", &own)] {
                let reply = app.ask_rightly(&method, &path, (things, &own), token.as_deref()).await;
                let what =
                    format!("{method} {path} of {whose} by {caller}: {} {}", reply.status, reply.text());
                let is_one_thing = path.contains('{');
                match row[caller].as_str() {
                    "401" => drop(reply.assert_problem(401, "login_required")),
                    "403" => drop(reply.assert_problem(403, "forbidden")),
                    "own" if whose == "another's" && is_one_thing => {
                        assert_eq!(reply.status, 404, "{what}");
                    }
                    "own" | "self" | "all" => {
                        assert!(
                            ![401, 403].contains(&reply.status.as_u16())
                                || reply.text().contains("invalid_credentials"),
                            "{what}"
                        );
                        let found_or_faulty =
                            reply.status != 404 || path.contains("{ruleId}") || path.contains("{sessionId}");
                        // Those before may have removed it.
                        let is_gone = method == Method::DELETE || row[caller] == "self";
                        assert!(found_or_faulty || is_gone, "{what}");
                        assert_ne!(reply.status, 422, "{what}");
                        if row[caller] == "all" && method == Method::GET && path.contains('{') {
                            assert!(
                                is_gone || reply.status.is_success() || path.contains("{ruleId}"),
                                "{what}"
                            );
                        }
                    }
                    other => panic!("{other} in the table"),
                }
                if caller != "admin" && whose == "its own" {
                    assert!(!reply.text().contains(TENANTS[1]), "{what}");
                }
                app.api.doors.known.forget_all();
                if path.contains("/auth/") {
                    restore_session(&app, caller);
                }
            }
        }
    }
}

/// Routes about one's own sessions end them; the next caller must find his again.
fn restore_session(app: &TestApp, caller: &str) {
    let email = match caller {
        "key" | "nobody" => return,
        "admin" => ADMIN.to_owned(),
        role => format!("{role}@granix.example"),
    };
    POSTGRES.get().unwrap().log_in(&app.database, &email).unwrap();
}

#[tokio::test]
async fn the_feed_shows_what_is_ones_own_whatever_the_filter() {
    let row = table().remove("GET /ws").unwrap();
    let app = TestApp::start().await;
    app.furnish(TENANTS[0]).await;
    app.furnish(TENANTS[1]).await;
    let key = app.key(TENANTS[0], Role::Viewer).await;
    let address = listen(&app).await;
    for caller in CALLERS {
        for query in [
            "",
            "?tenant=secreta",
            "?site=site-secreta",
            "?plcId=plc-secreta",
            "?metricId=metric-secreta",
            "?tenant=granix",
        ] {
            let answer = messages(address, query, token(caller, &key).as_deref()).await;
            let what = format!("{caller} {query}: {answer:?}");
            match row[caller].as_str() {
                "401" => assert_eq!(answer, Err(401), "{what}"),
                "own" => assert!(!answer.unwrap().contains("secreta"), "{what}"),
                "all" if !query.contains("granix") => assert!(answer.unwrap().contains("secreta"), "{what}"),
                _ => assert!(answer.is_ok(), "{what}"),
            }
        }
    }
}
