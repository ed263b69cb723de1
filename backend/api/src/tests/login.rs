//! Logging in, staying in, and being put out.

use super::*;
use crate::hash_password;
use std::time::Instant;

const EMAIL: &str = "ana@granix.example";
const PASSWORD: &str = "un mate amargo a las 5";

impl TestApp {
    /// A user of `granix` who reads.
    fn add_user(&self, email: &str) {
        let hash = hash_password(PASSWORD).unwrap();
        self.add_plant("granix", "planta-1");
        self.sql(&format!("insert into users (email, password_hash) values ('{email}', '{hash}')"));
        self.sql(&format!(
            "insert into memberships (user_id, tenant_id, role) select u.id, t.id, 'viewer' from users u, tenants t where u.email = '{email}'"
        ));
    }

    async fn log_in(&self, email: &str, password: &str) -> Reply {
        let body = serde_json::json!({ "email": email, "password": password }).to_string();
        let request =
            anonymous(Method::POST, "/api/auth/login").header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn with(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = anonymous(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

fn cookie(reply: &Reply) -> String {
    reply.header(header::SET_COOKIE).split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_comes_in_with_a_cookie_and_a_program_with_a_token() {
    let app = TestApp::start().await;
    app.add_user(EMAIL);
    let login = app.log_in(" Ana@Granix.example ", PASSWORD).await;
    assert_eq!(login.status, 200, "{}", login.text());
    let set = login.header(header::SET_COOKIE);
    assert!(
        set.starts_with("vigia=vgs_") && set.contains("HttpOnly; SameSite=Lax") && !set.contains("Secure"),
        "{set}"
    );
    let json = login.json();
    assert_eq!(json["expiresAt"], "2025-02-07T18:00:00.000Z");
    let roles = serde_json::json!([{ "tenant": "granix", "role": "viewer" }]);
    assert_eq!(
        (&json["user"]["email"], &json["user"]["admin"], &json["user"]["tenants"]),
        (&EMAIL.into(), &false.into(), &roles)
    );

    let bearer = format!("Bearer {}", json["token"].as_str().unwrap());
    let by_token = app.with(Method::GET, "/api/auth/me", &[("authorization", &bearer)], "").await;
    let by_cookie = app.with(Method::GET, "/api/auth/me", &[("cookie", &cookie(&login))], "").await;
    assert_eq!(by_token.json(), by_cookie.json());
    assert_eq!(by_cookie.json()["tenants"], roles);
    for wrong in
        ["Bearer vgs_x", "Basic YTpi", "Bearer", &format!("Bearer {}x", json["token"].as_str().unwrap())]
    {
        // A header counts even when it is wrong: no falling back on a cookie.
        let headers = [("authorization", wrong), ("cookie", &cookie(&login))];
        app.with(Method::GET, "/api/auth/me", &headers, "").await.assert_problem(401, "login_required");
    }
    let out = app
        .with(
            Method::POST,
            "/api/auth/logout",
            &[("cookie", &cookie(&login)), ("sec-fetch-site", "same-origin")],
            "{}",
        )
        .await;
    assert_eq!(out.status, 204, "{}", out.text());
    assert!(out.header(header::SET_COOKIE).contains("Max-Age=0"));
    app.with(Method::GET, "/api/auth/me", &[("authorization", &bearer)], "")
        .await
        .assert_problem(401, "login_required");
    let deeds = app.sql("select actor, action, address from audit_log order by id");
    assert_eq!(
        deeds,
        [format!("{EMAIL}|session.create|127.0.0.1"), format!("{EMAIL}|session.end|127.0.0.1")]
    );
}

#[tokio::test]
async fn other_sites_write_nothing_with_somebodys_cookie() {
    let app = TestApp::start().await;
    app.add_user(EMAIL);
    let login = app.log_in(EMAIL, PASSWORD).await;
    let cookie = cookie(&login);
    for headers in [
        vec![("cookie", cookie.as_str())],
        vec![("cookie", &cookie), ("origin", "https://evil.example")],
        vec![("cookie", &cookie), ("sec-fetch-site", "cross-site")],
        vec![("cookie", &cookie), ("sec-fetch-site", "same-site")],
    ] {
        let reply = app.with(Method::POST, "/api/auth/logout", &headers, "{}").await;
        reply.assert_problem(403, "origin_not_allowed");
    }
    let own = [("cookie", cookie.as_str()), ("origin", "http://127.0.0.1:3002")];
    assert_eq!(app.with(Method::POST, "/api/auth/logout", &own, "{}").await.status, 204);
}

#[tokio::test]
async fn wrong_passwords_and_unknown_people_look_and_take_the_same() {
    let app = TestApp::start().await;
    let emails: Vec<String> = (0..12).map(|n| format!("ana-{n}@granix.example")).collect();
    app.add_user(&emails[0]);
    for email in &emails[1..6] {
        app.sql(&format!("insert into users (email, password_hash) select '{email}', password_hash from users where email = '{}'", emails[0]));
    }
    // The first one makes what is compared for nobody.
    app.log_in("x@example.com", "y").await;
    let mut times = [Vec::new(), Vec::new()];
    // In turns, so that a busy machine is as busy for both.
    for _ in 0..4 {
        for (known, unknown) in emails[..6].iter().zip(&emails[6..]) {
            for (which, email) in [known, unknown].into_iter().enumerate() {
                let begin = Instant::now();
                let reply = app.log_in(email, "no es esta clave").await;
                times[which].push(begin.elapsed());
                let problem = reply.assert_problem(401, "invalid_credentials");
                assert_eq!(problem["detail"], "e-mail or password is wrong");
            }
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    };
    let (known, unknown) = (median(&mut times[0]), median(&mut times[1]));
    assert!((known / unknown - 1.0).abs() < 0.35, "known {known}, unknown {unknown}");
    app.log_in("not an address", "x").await.assert_problem(401, "invalid_credentials");
    app.log_in(&emails[1], &"x".repeat(5_000)).await.assert_problem(401, "invalid_credentials");
    // Disabled, or without a password yet: as unknown as any.
    app.sql(&format!("update users set disabled = true where email = '{}'", emails[0]));
    app.log_in(&emails[0], PASSWORD).await.assert_problem(401, "invalid_credentials");
    app.sql("insert into users (email) values ('new@granix.example')");
    app.log_in("new@granix.example", "").await.assert_problem(401, "invalid_credentials");
}

#[tokio::test]
async fn an_account_is_locked_for_longer_and_longer_whether_it_exists_or_not() {
    let app = TestApp::start().await;
    app.add_user(EMAIL);
    for email in [EMAIL, "nobody@granix.example"] {
        for _ in 0..5 {
            app.log_in(email, "no es esta clave").await.assert_problem(401, "invalid_credentials");
        }
        // The right one does not count now.
        let locked = app.log_in(email, PASSWORD).await;
        locked.assert_problem(429, "too_many_attempts");
        let wait: u64 = locked.header(header::RETRY_AFTER).parse().unwrap();
        assert!((5..=6).contains(&wait), "{wait}");
    }
    app.clock.set(at(NOW + 6_000));
    app.log_in(EMAIL, "no es esta clave").await.assert_problem(401, "invalid_credentials");
    let locked = app.log_in(EMAIL, PASSWORD).await;
    assert!((10..=11).contains(&locked.header(header::RETRY_AFTER).parse::<u64>().unwrap()));
    app.clock.set(at(NOW + 60_000));
    assert_eq!(app.log_in(EMAIL, PASSWORD).await.status, 200);
    assert_eq!(app.sql("select count(*) from login_failures where email = 'ana@granix.example'"), ["0"]);
    assert_eq!(app.sql("select count(*) from audit_log where action = 'session.refuse'"), ["11"]);
}

#[tokio::test]
async fn a_session_ends_unused_or_after_a_month() {
    let app = TestApp::start().await;
    app.add_user(EMAIL);
    let token = app.log_in(EMAIL, PASSWORD).await.json()["token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let me = async |hours: i64| {
        app.clock.set(at(NOW + hours * 3_600_000));
        app.api.doors.known.forget_all();
        app.with(Method::GET, "/api/auth/me", &[("authorization", &bearer)], "").await.status.as_u16()
    };
    for hours in [1, 71, 140, 210, 280, 350, 420, 490, 560, 630, 700] {
        assert_eq!(me(hours).await, 200, "{hours}");
    }
    assert_eq!(me(721).await, 401, "after thirty days");
    let token = app.log_in(EMAIL, PASSWORD).await.json()["token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    app.clock.set(at(NOW + (721 + 73) * 3_600_000));
    app.api.doors.known.forget_all();
    app.with(Method::GET, "/api/auth/me", &[("authorization", &bearer)], "")
        .await
        .assert_problem(401, "login_required");
    assert_eq!(
        app.api.store.expire_sessions(app.clock.now(), app.api.settings.session_life).await.unwrap(),
        2
    );
}

#[tokio::test]
async fn another_password_signs_out_everybody_else() {
    let app = TestApp::start().await;
    app.add_user(EMAIL);
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let login = app.log_in(EMAIL, PASSWORD).await.json();
        tokens.push(format!("Bearer {}", login["token"].as_str().unwrap()));
    }
    let by = |token: &str| [("authorization", token.to_owned())];
    let sessions =
        app.with(Method::GET, "/api/auth/sessions", &[("authorization", &tokens[0])], "").await.json();
    assert_eq!(sessions["items"].as_array().unwrap().len(), 3);
    assert_eq!(sessions["items"].as_array().unwrap().iter().filter(|it| it["current"] == true).count(), 1);
    let change = async |current: &str, new: &str| {
        let body = serde_json::json!({ "currentPassword": current, "newPassword": new }).to_string();
        app.with(Method::POST, "/api/auth/password", &[("authorization", &tokens[0])], &body).await
    };
    change("no es esta clave", "otra cosa muy larga").await.assert_problem(401, "invalid_credentials");
    let weak = change(PASSWORD, "corta").await.assert_problem(422, "invalid_body");
    assert_eq!(weak["errors"][0]["field"], "newPassword");
    assert_eq!(change(PASSWORD, "otra cosa muy larga").await.status, 204);
    let statuses = async || {
        let mut found = Vec::new();
        for token in &tokens {
            let [(name, value)] = by(token);
            found.push(app.with(Method::GET, "/api/auth/me", &[(name, &value)], "").await.status.as_u16());
        }
        found
    };
    assert_eq!(statuses().await, [200, 401, 401]);
    app.log_in(EMAIL, PASSWORD).await.assert_problem(401, "invalid_credentials");
    assert_eq!(app.log_in(EMAIL, "otra cosa muy larga").await.status, 200);
    assert_eq!(
        app.with(Method::DELETE, "/api/auth/sessions", &[("authorization", &tokens[0])], "").await.status,
        204
    );
    assert_eq!(statuses().await, [401, 401, 401]);
    assert_eq!(app.sql("select count(*) from sessions where address <> ''"), ["0"]);
}

#[tokio::test]
async fn somebody_known_lately_stays_in_while_the_database_is_away() {
    let postgres = Postgres::start().unwrap();
    postgres.create_database("alone").unwrap();
    let mut settings = ApiSettings::default();
    settings.admins.insert(Email::new(ADMIN).unwrap());
    let mut app = TestApp::on(&postgres, "alone".to_owned(), settings).await;
    app.api.store.migrate().await.unwrap();
    postgres.log_in("alone", ADMIN).unwrap();
    app.apply(&plc_path("granix", "planta-1", "plc-03"), "m", sample(NOW, Value::Int(1), None));
    let path = "/api/plcs/planta-1/plc-03/state";
    assert_eq!(app.get(path).await.status, 200);
    drop(postgres);
    app.clock.set(at(NOW + 60_000));
    assert_eq!(app.get(path).await.status, 200, "what comes from memory goes on");
    app.api = ApiParts { doors: Doors::new(512), ..(*app.api).clone() }.into();
    app.router = router(app.api.clone());
    app.get(path).await.assert_problem(503, "database_unavailable");
}

#[tokio::test]
async fn many_guesses_at_once_are_many() {
    let app = TestApp::start().await;
    app.add_user(EMAIL);
    let guesses = (0..20).map(|_| app.log_in(EMAIL, "no es esta clave"));
    let replies = futures_util::future::join_all(guesses).await;
    let tried = replies.iter().filter(|reply| reply.status == 401).count();
    assert_eq!(tried, 5);
    assert!(replies.iter().all(|reply| reply.status == 401 || reply.status == 429));
}

#[tokio::test]
async fn a_login_with_a_password_that_was_just_changed_lets_nobody_in() {
    let app = TestApp::start().await;
    app.add_user(EMAIL);
    let email = Email::new(EMAIL).unwrap();
    let known = app.api.store.credentials(&email).await.unwrap().unwrap();
    let hash = known.password_hash.unwrap();
    app.sql("update users set password_hash = 'another'");
    let new = vigia_store::session::NewSession {
        token_hash: crate::Token::random(crate::TokenKind::Session).hash(),
        password_hash: &hash,
        now: at(NOW),
        expires_at: at(NOW + 60_000),
        user_agent: "",
    };
    let actor = vigia_store::audit::Actor {
        name: EMAIL.to_owned(),
        kind: vigia_store::audit::ActorKind::User,
        address: None,
    };
    assert_eq!(app.api.store.log_in(known.id, &email, &actor, new).await.unwrap(), None);
    let new_password =
        vigia_store::user::NewPassword { hash: "mine", instead_of: Some(&hash), vouched: None };
    let changed = app.api.store.change_password(known.id, new_password, None, &actor, at(NOW)).await.unwrap();
    assert_eq!(changed, None);
    assert_eq!(app.sql("select count(*) from sessions where user_agent = ''"), ["0"]);
}
