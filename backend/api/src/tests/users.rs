//! Users, keys and the audit log, as admins manage them.

use super::*;

impl TestApp {
    pub(super) async fn json(&self, method: Method, path: &str, email: &str, body: &str) -> Reply {
        let request = anonymous(method, path)
            .header(header::AUTHORIZATION, format!("Bearer {}", session_token(email)))
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// A tenant admin with a session.
    pub(super) fn add_manager(&self, tenant: &str) -> String {
        let email = format!("jefa@{tenant}.example");
        self.add_plant(tenant, "planta-1");
        POSTGRES.get().unwrap().log_in(&self.database, &email).unwrap();
        self.sql(&format!(
            "insert into memberships (user_id, tenant_id, role) select u.id, t.id, 'tenant_admin' from users u, tenants t
             where u.email = '{email}' and t.code = '{tenant}'"
        ));
        email
    }
}

#[tokio::test]
async fn a_user_is_invited_and_chooses_a_password() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    let body = r#"{"email":"Luis@granix.example","name":" Luis ","tenants":[{"tenant":"granix","role":"operator"}]}"#;
    let created = app.json(Method::POST, "/api/admin/users", &manager, body).await;
    assert_eq!(created.status, 201, "{}", created.text());
    let user = created.json();
    assert_eq!(
        (&user["email"], &user["name"], &user["lastLoginAt"]),
        (&"luis@granix.example".into(), &"Luis".into(), &Json::Null)
    );
    let url = user["passwordLink"]["url"].as_str().unwrap();
    let token = url.strip_prefix("http://127.0.0.1:3002/set-password#").unwrap();
    let choose = async |token: &str, password: &str| {
        let body = serde_json::json!({ "token": token, "newPassword": password }).to_string();
        let request = anonymous(Method::POST, "/api/auth/password-links")
            .header(header::CONTENT_TYPE, "application/json");
        app.send(request.body(Body::from(body)).unwrap()).await
    };
    choose("vgp_nonsense", "otra cosa muy larga").await.assert_problem(410, "link_expired");
    choose(token, "corta").await.assert_problem(422, "invalid_body");
    assert_eq!(choose(token, "otra cosa muy larga").await.status, 204);
    choose(token, "otra cosa mas larga").await.assert_problem(410, "link_expired");
    assert_eq!(
        app.sql("select actor, action from audit_log order by id"),
        [format!("{manager}|user.create"), "luis@granix.example|user.set_password".to_owned(),]
    );
    assert_eq!(app.sql("select count(*) from password_links"), ["0"]);
}

#[tokio::test]
async fn a_tenant_admin_learns_nothing_of_others_and_touches_nothing_of_theirs() {
    let app = TestApp::start().await;
    let (manager, other) = (app.add_manager("granix"), app.add_manager("otra"));
    // The same person at both: for each admin she has only what is theirs.
    let body = |tenant: &str, role: &str| {
        format!(
            r#"{{"email":"eva@example.com","name":"Eva {tenant}","tenants":[{{"tenant":"{tenant}","role":"{role}"}}]}}"#
        )
    };
    let first = app.json(Method::POST, "/api/admin/users", &other, &body("otra", "viewer")).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let first = first.json();
    // Whoever has that password may be anybody: an internal admin decides.
    let refused = app.json(Method::POST, "/api/admin/users", &manager, &body("granix", "operator")).await;
    refused.assert_problem(403, "forbidden");
    assert!(!refused.text().contains("otra"));
    let id = first["id"].as_str().unwrap();
    let both = r#"{"version":1,"email":"eva@example.com","tenants":[{"tenant":"otra","role":"viewer"},{"tenant":"granix","role":"operator"}]}"#;
    let edited = app.json(Method::PUT, &format!("/api/admin/users/{id}"), ADMIN, both).await;
    assert_eq!(edited.status, 200, "{}", edited.text());
    assert_eq!(app.sql("select count(*) from password_links"), ["0"], "made for somebody who could do less");
    let second = app.json(Method::GET, &format!("/api/admin/users/{id}"), &manager, "").await.json();
    assert_eq!(second["tenants"], serde_json::json!([{ "tenant": "granix", "role": "operator" }]));
    app.json(Method::POST, &format!("/api/admin/users/{id}/password-link"), &manager, "{}")
        .await
        .assert_problem(403, "forbidden");
    // Nobody gives rights he does not have.
    app.json(Method::POST, "/api/admin/users", &manager, &body("otra", "viewer"))
        .await
        .assert_problem(422, "invalid_body");
    let admin = r#"{"email":"admin@example.com","tenants":[{"tenant":"granix","role":"viewer"}]}"#;
    app.json(Method::POST, "/api/admin/users", &manager, admin).await.assert_problem(403, "forbidden");
    let version = second["version"].as_i64().unwrap();
    let edit = format!(
        r#"{{"version":{version},"email":"mine@granix.example","disabled":true,"tenants":[{{"tenant":"granix","role":"viewer"}}]}}"#
    );
    let edited = app.json(Method::PUT, &format!("/api/admin/users/{id}"), &manager, &edit).await.json();
    assert_eq!(
        (&edited["email"], &edited["disabled"]),
        (&"eva@example.com".into(), &false.into()),
        "only roles are his"
    );
    let stale = app.json(Method::PUT, &format!("/api/admin/users/{id}"), &manager, &edit).await;
    stale.assert_problem(409, "stale_version");
    assert_eq!(app.json(Method::DELETE, &format!("/api/admin/users/{id}"), &manager, "").await.status, 204);
    let left = app.json(Method::GET, &format!("/api/admin/users/{id}"), &other, "").await.json();
    assert_eq!(left["tenants"], serde_json::json!([{ "tenant": "otra", "role": "viewer" }]));
    for path in ["/api/admin/audit-log", "/api/admin/users", "/api/admin/api-keys", "/api/admin/tenants"] {
        let reply = app.json(Method::GET, path, &manager, "").await;
        assert!(reply.status == 200 && !reply.text().contains("otra"), "{path}: {}", reply.text());
    }
}

#[tokio::test]
async fn a_link_of_a_tenant_makes_no_internal_admin() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    let choose = async |user: &Json, password: &str| {
        let url = user["url"].as_str().or(user["passwordLink"]["url"].as_str()).unwrap();
        let token = url.split_once('#').unwrap().1;
        let body = serde_json::json!({ "token": token, "newPassword": password }).to_string();
        let request = anonymous(Method::POST, "/api/auth/password-links")
            .header(header::CONTENT_TYPE, "application/json");
        assert_eq!(app.send(request.body(Body::from(body)).unwrap()).await.status, 204);
    };
    let is_admin = async |email: &str, password: &str| {
        let body = serde_json::json!({ "email": email, "password": password }).to_string();
        let request =
            anonymous(Method::POST, "/api/auth/login").header(header::CONTENT_TYPE, "application/json");
        let reply = app.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["user"]["admin"].as_bool().unwrap()
    };
    let body = r#"{"email":"luis@granix.example","tenants":[{"tenant":"granix","role":"viewer"}]}"#;
    let user = app.json(Method::POST, "/api/admin/users", &manager, body).await.json();
    choose(&user, "la elige la jefa").await;
    // His address becomes an internal admin's; who has his password was the tenant's choice.
    app.sql("update users set email = 'admin2@example.com' where email = 'luis@granix.example'");
    assert!(!is_admin("admin2@example.com", "la elige la jefa").await);
    let path = format!("/api/admin/users/{}/password-link", user["id"].as_str().unwrap());
    app.json(Method::POST, &path, &manager, "{}").await.assert_problem(403, "forbidden");
    choose(&app.json(Method::POST, &path, ADMIN, "{}").await.json(), "la elige luis solo").await;
    assert!(is_admin("admin2@example.com", "la elige luis solo").await);
    // Nor can the tenant take the account away, only the role.
    let path = format!("/api/admin/users/{}", user["id"].as_str().unwrap());
    assert_eq!(app.json(Method::DELETE, &path, &manager, "").await.status, 204);
    assert!(is_admin("admin2@example.com", "la elige luis solo").await);
}

#[tokio::test]
async fn links_and_trust_end_with_what_they_were_given_for() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    app.add_plant("otra", "planta-9");
    app.sql(&format!(
        "insert into memberships (user_id, tenant_id, role) select u.id, t.id, 'tenant_admin' from users u, tenants t
         where u.email = '{manager}' and t.code = 'otra'"
    ));
    let links = || app.sql("select count(*) from password_links").concat();
    let body = r#"{"email":"bob@granix.example","tenants":[{"tenant":"granix","role":"viewer"}]}"#;
    let user = app.json(Method::POST, "/api/admin/users", ADMIN, body).await.json();
    let path = format!("/api/admin/users/{}", user["id"].as_str().unwrap());
    let shown = app.json(Method::GET, &path, &manager, "").await.json();
    // A role in a further tenant is an internal admin's to give, also where both are the manager's.
    let both = format!(
        r#"{{"version":{},"email":"bob@granix.example","tenants":[{{"tenant":"granix","role":"viewer"}},{{"tenant":"otra","role":"viewer"}}]}}"#,
        shown["version"]
    );
    app.json(Method::PUT, &path, &manager, &both).await.assert_problem(403, "forbidden");
    assert_eq!(links(), "1");
    // Whom an internal admin made keeps the account, without a link that a tenant could use.
    app.json(Method::POST, &format!("{path}/password-link"), &manager, "{}").await;
    assert_eq!(links(), "2");
    assert_eq!(app.json(Method::DELETE, &path, &manager, "").await.status, 204);
    assert_eq!(
        (links(), app.ok(&path).await["email"].clone()),
        ("0".to_owned(), "bob@granix.example".into())
    );

    // Another address is another person: neither trust nor sessions go along.
    POSTGRES.get().unwrap().log_in(&app.database, "bob@granix.example").unwrap();
    app.sql("update users set vouched = true, password_hash = 'x' where email = 'bob@granix.example'");
    let version = app.ok(&path).await["version"].clone();
    let edit = format!(r#"{{"version":{version},"email":"{SECOND_ADMIN}","tenants":[]}}"#);
    let edited = app.json(Method::PUT, &path, ADMIN, &edit).await.json();
    assert_eq!((&edited["email"], &edited["admin"]), (&SECOND_ADMIN.into(), &false.into()));
    assert_eq!(app.sql(&format!("select count(*) from sessions s join users u on u.id = s.user_id where u.email = '{SECOND_ADMIN}'")), ["0"]);

    // A link ends with the rights of who made it.
    let body = r#"{"email":"eva@granix.example","tenants":[{"tenant":"granix","role":"viewer"}]}"#;
    assert_eq!(app.json(Method::POST, "/api/admin/users", &manager, body).await.status, 201);
    assert_eq!(links(), "1");
    let id = app.sql(&format!("select id from users where email = '{manager}'")).concat();
    let demoted =
        format!(r#"{{"version":1,"email":"{manager}","tenants":[{{"tenant":"granix","role":"viewer"}}]}}"#);
    let demoted = app.json(Method::PUT, &format!("/api/admin/users/{id}"), ADMIN, &demoted).await;
    assert_eq!((demoted.status.as_u16(), links()), (200, "0".to_owned()), "{}", demoted.text());
}

#[tokio::test]
async fn who_is_made_disabled_waits_until_an_internal_admin_enables_him() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    let body =
        r#"{"email":"eva@granix.example","disabled":true,"tenants":[{"tenant":"granix","role":"viewer"}]}"#;
    app.json(Method::POST, "/api/admin/users", &manager, body).await.assert_problem(422, "invalid_body");
    let created = app.json(Method::POST, "/api/admin/users", ADMIN, body).await.json();
    assert_eq!(created["disabled"], true);
    let token = created["passwordLink"]["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let choose = async || {
        let body = serde_json::json!({ "token": token, "newPassword": "una mas larga" }).to_string();
        let request = anonymous(Method::POST, "/api/auth/password-links")
            .header(header::CONTENT_TYPE, "application/json");
        app.send(request.body(Body::from(body)).unwrap()).await
    };
    let path = format!("/api/admin/users/{}", created["id"].as_str().unwrap());
    let enabled =
        r#"{"version":1,"email":"eva@granix.example","tenants":[{"tenant":"granix","role":"viewer"}]}"#;
    assert_eq!(app.json(Method::PUT, &path, ADMIN, enabled).await.json()["disabled"], false);
    assert_eq!(choose().await.status, 204, "the link of the invitation");
}

#[tokio::test]
async fn nobody_shuts_himself_out() {
    let app = TestApp::start().await;
    let id = app.sql(&format!("select id from users where email = '{ADMIN}'")).concat();
    let path = format!("/api/admin/users/{id}");
    let edit = format!(r#"{{"version":1,"email":"{ADMIN}","disabled":true,"tenants":[]}}"#);
    app.json(Method::PUT, &path, ADMIN, &edit).await.assert_problem(422, "invalid_body");
    let edit = r#"{"version":1,"email":"typo@example.com","tenants":[]}"#;
    app.json(Method::PUT, &path, ADMIN, edit).await.assert_problem(422, "invalid_body");
    app.json(Method::DELETE, &path, ADMIN, "").await.assert_problem(403, "forbidden");
}

#[tokio::test]
async fn a_key_manages_nobody_whatever_its_role() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    let body = r#"{"name":"robot","tenant":"granix","role":"tenant_admin"}"#;
    let key = app.json(Method::POST, "/api/admin/api-keys", &manager, body).await.json();
    for path in ["/api/admin/users", "/api/admin/api-keys", "/api/admin/tenants", "/api/admin/audit-log"] {
        let request = anonymous(Method::GET, path)
            .header(header::AUTHORIZATION, format!("Bearer {}", key["token"].as_str().unwrap()));
        app.send(request.body(Body::empty()).unwrap()).await.assert_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn a_key_opens_what_it_is_for_until_it_is_revoked() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    app.add_plc("otra", "planta-9", "plc-09");
    let create = async |body: &str| app.json(Method::POST, "/api/admin/api-keys", &manager, body).await;
    create(r#"{"name":"","tenant":"granix","role":"king","expiresAt":"2020-01-01"}"#)
        .await
        .assert_problem(422, "invalid_body");
    create(r#"{"name":"x","tenant":"otra","role":"viewer"}"#).await.assert_problem(422, "invalid_body");
    // It would sign like a person.
    create(r#"{"name":"admin@example.com","tenant":"granix","role":"operator"}"#)
        .await
        .assert_problem(422, "invalid_body");
    let key =
        create(r#"{"name":"scada","tenant":"granix","role":"viewer","expiresAt":"2025-01-09T18:00:00Z"}"#)
            .await
            .json();
    let secret = key["token"].as_str().unwrap().to_owned();
    assert!(secret.starts_with(key["hint"].as_str().unwrap()) && secret.starts_with("vgk_"));
    let ask = async |path: &str| {
        let request = anonymous(Method::GET, path).header(header::AUTHORIZATION, format!("Bearer {secret}"));
        app.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(ask("/api/sites").await.json()["items"].as_array().unwrap().len(), 1);
    ask("/api/admin/api-keys").await.assert_problem(403, "forbidden");
    let listed = app.json(Method::GET, "/api/admin/api-keys", &manager, "").await;
    assert!(!listed.text().contains(&secret));
    assert_eq!(listed.json()["items"][0]["lastAddress"], "127.0.0.1");
    app.clock.set(at(NOW + 25 * 3_600_000));
    ask("/api/sites").await.assert_problem(401, "login_required");
    app.clock.set(at(NOW));
    app.api.doors.known.forget_all();
    assert_eq!(ask("/api/sites").await.status, 200);
    let path = format!("/api/admin/api-keys/{}", key["id"].as_str().unwrap());
    assert_eq!(app.json(Method::DELETE, &path, &manager, "").await.status, 204);
    ask("/api/sites").await.assert_problem(401, "login_required");
    assert_eq!(app.sql("select action from audit_log order by id"), ["api_key.create", "api_key.revoke"]);
}

#[tokio::test]
async fn the_audit_log_tells_and_is_never_changed() {
    let app = TestApp::start().await;
    let rule = r#"{"name":"all","mode":"both"}"#;
    let rule = app.json(Method::POST, "/api/persist-rules", ADMIN, rule).await.json();
    let path = format!("/api/persist-rules/{}", rule["id"].as_str().unwrap());
    let edit = r#"{"version":1,"name":"all","mode":"raw"}"#;
    assert_eq!(app.json(Method::PUT, &path, ADMIN, edit).await.status, 200);
    assert_eq!(app.json(Method::PUT, &path, ADMIN, edit).await.status, 409);
    assert_eq!(app.json(Method::DELETE, &path, ADMIN, "").await.status, 204);
    let tenant =
        app.json(Method::POST, "/api/admin/tenants", ADMIN, r#"{"tenant":"nueva","name":"Nueva SA"}"#).await;
    assert_eq!(tenant.status, 201);
    app.json(Method::POST, "/api/admin/tenants", ADMIN, r#"{"tenant":"nueva"}"#)
        .await
        .assert_problem(409, "already_exists");
    let log = app.ok("/api/admin/audit-log").await;
    let actions: Vec<_> =
        log["items"].as_array().unwrap().iter().map(|it| it["action"].as_str().unwrap().to_owned()).collect();
    assert_eq!(actions, ["tenant.create", "rule.delete", "rule.update", "rule.create"]);
    let update = &log["items"][2];
    assert_eq!(
        (&update["before"]["mode"], &update["after"]["mode"], &update["actor"]),
        (&"both".into(), &"raw".into(), &ADMIN.into())
    );
    let mut paged = app.pages("/api/admin/audit-log?limit=3").await.concat();
    assert_eq!(paged, *log["items"].as_array().unwrap());
    paged.reverse();
    assert_eq!(app.pages("/api/admin/audit-log?limit=3&order=asc").await.concat(), paged, "the oldest first");
    let cursor = app.ok("/api/admin/audit-log?limit=1").await["nextCursor"].as_str().unwrap().to_owned();
    app.get(&format!("/api/admin/audit-log?order=asc&cursor={cursor}"))
        .await
        .assert_problem(400, "invalid_cursor");
    app.get("/api/admin/audit-log?order=up").await.assert_problem(400, "invalid_query");
    assert_eq!(app.ok("/api/admin/audit-log?action=rule.update").await["items"].as_array().unwrap().len(), 1);
    let postgres = POSTGRES.get().unwrap();
    for change in ["update audit_log set actor = 'x'", "delete from audit_log", "truncate audit_log"] {
        let refused = postgres.query(&app.database, change).unwrap_err().to_string();
        assert!(refused.contains("never changed"), "{refused}");
    }
}

#[tokio::test]
async fn the_audit_log_names_what_it_tells_of() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    let other = app.add_manager("otra");
    for tenant in ["granix", "otra"] {
        app.add_plc(tenant, "planta-1", &format!("plc-{tenant}"));
        app.add_gateway(tenant, "planta-1", &format!("gw-{tenant}"));
        app.add_alarm(&format!("plc-{tenant}"), "critical", "hot");
    }
    let id = |sql: &str| app.sql(sql).concat();
    let plc = id("select id from plcs where plc_id = 'plc-granix'");
    let write = async |method: Method, path: &str, body: &str| {
        let reply = app.json(method, path, &manager, body).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text());
        if reply.body.is_empty() { Json::Null } else { reply.json() }
    };
    write(Method::PUT, &format!("/api/admin/plcs/{plc}"), r#"{"name":"Horno 3","version":1}"#).await;
    let gateway = id("select id from gateways where gateway_id = 'gw-granix'");
    write(Method::PUT, &format!("/api/admin/gateways/{gateway}"), r#"{"name":"Sala","version":1}"#).await;
    let made =
        write(Method::POST, &format!("/api/admin/plcs/{plc}/dashboard"), r#"{"name":"Calor","widgets":[]}"#)
            .await;
    let dashboard = format!("/api/admin/dashboards/{}?version=1", made["id"].as_str().unwrap());
    write(Method::DELETE, &dashboard, "").await;
    let alarm = id("select a.id from alarms a join plcs c on c.id = a.plc_id where c.plc_id = 'plc-granix'");
    write(Method::POST, &format!("/api/alarms/{alarm}/acknowledge"), "{}").await;
    let key = r#"{"name":"100% scada_1","tenant":"granix","role":"viewer"}"#;
    let key = write(Method::POST, "/api/admin/api-keys", key).await;
    write(Method::DELETE, &format!("/api/admin/api-keys/{}", key["id"].as_str().unwrap()), "").await;
    let rule = app.json(Method::POST, "/api/persist-rules", ADMIN, r#"{"name":"Todo","mode":"both"}"#).await;
    assert_eq!(rule.status, 201);
    assert_eq!(app.json(Method::DELETE, "/api/auth/sessions", &other, "").await.status, 204);
    let told = async |email: &str, query: &str| -> Vec<String> {
        let path = format!("/api/admin/audit-log?order=asc{query}");
        let log = app.json(Method::GET, &path, email, "").await;
        assert_eq!(log.status, 200, "{}", log.text());
        let items = log.json()["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|it| {
                format!("{} {}", it["action"].as_str().unwrap(), it["subjectName"].as_str().unwrap_or("-"))
            })
            .collect()
    };
    let own = [
        "plc.rename Horno 3 (planta-1/plc-granix)",
        "gateway.update Sala (gw-granix)",
        "dashboard.create Calor (planta-1/plc-granix)",
        "dashboard.delete Calor (planta-1/plc-granix)",
        "alarm.acknowledge test (planta-1/plc-granix)",
        "api_key.create 100% scada_1",
        "api_key.revoke 100% scada_1",
    ];
    assert_eq!(told(&manager, "").await, own);
    assert_eq!(told(ADMIN, "&subject=todo").await, ["rule.create Todo"]);
    assert_eq!(told(ADMIN, "&subject=JEFA@otra").await, ["session.end_all jefa@otra.example"]);
    // A part of a name or id, whatever the case; what like takes for more than itself is taken for itself.
    assert_eq!(told(&manager, "&subject=HORNO").await, own[..1]);
    assert_eq!(told(&manager, &format!("&subject={plc}")).await, own[..1]);
    assert_eq!(told(&manager, "&subject=0%25%20SCADA_").await, own[5..]);
    for none in ["&subject=%25", "&subject=__", "&actor=j_fa", "&actor=ADMIN"] {
        let found = told(&manager, none).await;
        assert_eq!(found.len(), if none == "&subject=%25" { 2 } else { 0 }, "{none}: {found:?}");
    }
    assert_eq!(told(&manager, "&actor=JEFA").await, own);
    assert_eq!(told(&manager, &format!("&actor={manager}&action=plc.rename")).await, own[..1]);
    let long = "x".repeat(255);
    for wrong in ["actor=", "subject=", "subject=%00", "actor=a%0Ab", &format!("subject={long}")] {
        app.get(&format!("/api/admin/audit-log?{wrong}")).await.assert_problem(400, "invalid_query");
    }

    // What it was called stays; a row from before there were names has the present one, of its own tenant alone.
    let secret = id("select id from plcs where plc_id = 'plc-otra'");
    app.sql(&format!(
        "insert into audit_log (actor, actor_kind, action, subject_kind, subject, tenant_id)
         select 'x', 'user', 'plc.rename', 'plc', s.subject, t.id
         from tenants t, unnest(array['{plc}', '{secret}', 'no id']) s(subject)
         where t.code = 'granix'"
    ));
    app.sql("update plcs set name = 'Horno 4' where plc_id = 'plc-granix'");
    assert_eq!(
        told(&manager, "&action=plc.rename").await,
        [own[0], "plc.rename Horno 4 (planta-1/plc-granix)", "plc.rename -", "plc.rename -"]
    );
}

#[tokio::test]
async fn tenants_and_keys_are_searched_and_a_tenant_is_read() {
    let app = TestApp::start().await;
    let manager = app.add_manager("granix");
    app.add_plant("otra", "planta-9");
    app.sql("update tenants set name = 'Molinos 100%' where code = 'granix'");
    for name in ["Reports", "SCADA_1"] {
        let body = format!(r#"{{"name":"{name}","tenant":"granix","role":"viewer"}}"#);
        assert_eq!(app.json(Method::POST, "/api/admin/api-keys", ADMIN, &body).await.status, 201);
    }
    let found = async |email: &str, path: &str, field: &str| -> Vec<String> {
        let reply = app.json(Method::GET, path, email, "").await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let items = reply.json()["items"].as_array().unwrap().clone();
        items.iter().map(|it| it[field].as_str().unwrap().to_owned()).collect()
    };
    for (search, codes) in [
        ("OTR", &["otra"][..]),
        ("molinos", &["granix"]),
        ("0%25", &["granix"]),
        ("_", &[]),
        ("r", &["granix", "otra"]),
    ] {
        let path = format!("/api/admin/tenants?search={search}");
        assert_eq!(found(ADMIN, &path, "tenant").await, codes, "{search}");
    }
    assert_eq!(found(&manager, "/api/admin/tenants?search=r", "tenant").await, ["granix"]);
    assert_eq!(found(&manager, "/api/admin/api-keys?search=scada_", "name").await, ["SCADA_1"]);
    assert_eq!(found(ADMIN, "/api/admin/api-keys?search=VGK", "name").await.len(), 2);
    assert_eq!(found(ADMIN, "/api/admin/api-keys?search=__", "name").await.len(), 0);
    let id = |code: &str| app.sql(&format!("select id from tenants where code = '{code}'")).concat();
    let path = format!("/api/admin/tenants/{}", id("granix"));
    let read = app.json(Method::GET, &path, &manager, "").await;
    assert_eq!((read.header("etag"), &read.json()["name"]), ("\"1\"", &"Molinos 100%".into()));
    let path = format!("/api/admin/tenants/{}", id("otra"));
    app.json(Method::GET, &path, &manager, "").await.assert_problem(404, "not_found");
}
