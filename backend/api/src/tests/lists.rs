//! Sites, PLCs and their state, gateways.

use super::*;
use vigia_store::site::PlaceFilter;

fn column(page: &Json, field: &str) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn sites_are_counted_ordered_and_paged() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-2", "plc-01");
    app.add_plc("granix", "planta-1", "plc-01");
    app.add_plc("granix", "planta-1", "plc-02");
    app.add_gateway("granix", "planta-1", "gw-01");
    app.add_plant("acme", "zeta");
    let page = app.ok("/api/sites").await;
    assert_eq!(column(&page, "site"), ["zeta", "planta-1", "planta-2"]);
    assert_eq!(page["nextCursor"], Json::Null);
    let site = &page["items"][1];
    assert_eq!((&site["plcs"], &site["gateways"]), (&2.into(), &1.into()));
    assert_eq!(
        (&site["tenant"], &site["province"], &site["timeZone"]),
        (&"granix".into(), &"ba".into(), &"UTC".into())
    );
    assert_eq!(site["id"].as_str().unwrap().len(), 36);

    let pages = app.pages("/api/sites?limit=1").await;
    assert_eq!(pages.len(), 3);
    assert_eq!(pages.concat(), *page["items"].as_array().unwrap());
    let one = app.ok("/api/sites?tenant=granix&limit=2").await;
    assert_eq!(column(&one, "site"), ["planta-1", "planta-2"]);
    assert_eq!(one["nextCursor"], Json::Null, "exactly full, and no more");
}

#[tokio::test]
async fn plcs_of_all_plants_of_one_and_one_alone() {
    let app = TestApp::start().await;
    for plc in ["plc-01", "plc-02", "plc-03"] {
        app.add_plc("granix", "planta-1", plc);
    }
    app.add_plc("granix", "planta-2", "plc-01");
    let series = app.add_series("granix", "plc-03", "temp_head");
    app.sql(&format!(
        "insert into series_last values ({series}, to_timestamp({NOW} / 1000.0), now(), 1, null, null, 'f', 'G')"
    ));
    assert_eq!(app.ok("/api/plcs").await["items"].as_array().unwrap().len(), 4);
    assert_eq!(app.pages("/api/plcs?limit=3").await.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1]);
    let pages = app.pages("/api/plcs/planta-1?limit=2").await.concat();
    assert_eq!(pages.len(), 3);

    let plc = app.ok("/api/plcs/planta-1/plc-03").await;
    assert_eq!(plc["lastTs"], "2025-01-08T18:00:00.000Z");
    assert_eq!((&plc["plcId"], &plc["name"]), (&"plc-03".into(), &Json::Null));
    // Memory is ahead of the database.
    app.apply(
        &plc_path("granix", "planta-1", "plc-03"),
        "temp_head",
        sample(NOW + 1, Value::Float(1.0), None),
    );
    assert_eq!(app.ok("/api/plcs/planta-1/plc-03").await["lastTs"], "2025-01-08T18:00:00.001Z");

    for path in
        ["/api/plcs/planta-9", "/api/plcs/planta-1/plc-99", "/api/plcs/planta-1/a%20b", "/api/plcs/a%00b"]
    {
        app.get(path).await.assert_problem(404, "not_found");
    }
}

#[tokio::test]
async fn an_ambiguous_plant_needs_a_tenant() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-01");
    app.add_plc("other", "planta-1", "plc-02");
    let gateway = gateway_path("other", "planta-1", "gw-02");
    app.add_gateway("other", "planta-1", "gw-02");
    for path in [
        "/api/plcs/planta-1",
        "/api/plcs/planta-1/plc-01",
        "/api/plcs/planta-1/plc-01/state",
        "/api/telemetry/planta-1/plc-01",
        "/api/gateways/planta-1/gw-02",
    ] {
        app.get(path).await.assert_problem(409, "ambiguous_site");
        let query = if path.contains("gw-02") { "tenant=other" } else { "tenant=granix" };
        app.ok(&format!("{path}?{query}")).await;
    }
    // Memory alone is as careful.
    app.apply(&plc_path("granix", "planta-1", "plc-01"), "m", sample(NOW, Value::Int(1), None));
    app.api.live.gateway(&gateway);
    app.get("/api/plcs/planta-1/plc-01/state").await.assert_problem(409, "ambiguous_site");
    let state = app.ok("/api/plcs/planta-1/plc-01/state?tenant=granix").await;
    assert_eq!(state["values"]["m"]["value"], 1);
    app.get("/api/plcs/planta-1/plc-01?tenant=%00").await.assert_problem(400, "invalid_query");
}

#[tokio::test]
async fn the_state_comes_from_memory_to_the_last_digit() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    let silent = app.ok("/api/plcs/planta-1/plc-03/state").await;
    assert_eq!((&silent["values"], &silent["lastTs"]), (&serde_json::json!({}), &Json::Null));

    let path = plc_path("granix", "planta-1", "plc-03");
    app.apply(&path, "temp_head", sample(NOW, Value::Float(83.2), Some("celsius")));
    app.apply(&path, "count", sample(NOW - 5_000, Value::Int(9_007_199_254_740_993), None));
    app.apply(&path, "on", sample(NOW, Value::Bool(true), None));
    let bad = Sample { value: None, quality: Quality::Bad, ..sample(NOW, Value::Text("".into()), None) };
    app.apply(&path, "text", bad);
    let reply = app.get("/api/plcs/planta-1/plc-03/state").await;
    assert!(reply.text().contains("\"value\":9007199254740993,"), "{}", reply.text());
    let state = reply.json();
    assert_eq!(state["lastTs"], "2025-01-08T18:00:00.000Z");
    assert_eq!(
        state["values"]["temp_head"],
        serde_json::json!({"value": 83.2, "ts": "2025-01-08T18:00:00.000Z", "quality": "GOOD", "unit": "celsius", "dataType": "float"})
    );
    assert_eq!(state["values"]["count"]["ts"], "2025-01-08T17:59:55.000Z");
    assert_eq!(state["values"]["text"]["value"], Json::Null);
    assert_eq!(state["values"]["text"]["quality"], "BAD");
}

#[tokio::test]
async fn gateways_with_health_and_what_never_arrived() {
    let app = TestApp::start().await;
    for gateway in ["gw-01", "gw-02", "gw-03"] {
        app.add_gateway("granix", "planta-1", gateway);
    }
    app.sql("insert into gateway_boots select id, 'old', '{[1,5),[7,8),[10,11)}', now() - interval '1 day' from gateways where gateway_id = 'gw-01'");
    app.sql("insert into gateway_boots select id, 'new', '{[1,3),[4,5)}', now() from gateways where gateway_id = 'gw-01'");
    app.sql("insert into gateway_boots select id, 'empty', '{}', now() - interval '1 day' from gateways where gateway_id = 'gw-01'");
    let stored = |ago: i64| {
        format!(
            "insert into gateway_state (gateway_id, last_seen, online_since, clock_skew_ms, heartbeat_ts, state, version)
             select id, to_timestamp({0} / 1000.0), to_timestamp({0} / 1000.0), 7, to_timestamp({0} / 1000.0), 'online', '0.9'
             from gateways where gateway_id = 'gw-02'",
            NOW - ago
        )
    };
    app.sql(&stored(10_000));
    let live = app.api.live.gateway(&gateway_path("granix", "planta-1", "gw-01"));
    app.api.live.beat(&live, beat(NOW - 300, "online"), at(NOW));

    let page = app.ok("/api/gateways").await;
    let gateway = &page["items"][0];
    // 5, 6, 8 and 9 of the old boot, 3 of the new one.
    assert_eq!((&gateway["missingSeq"], &gateway["lastBootId"]), (&5.into(), &"new".into()));
    assert_eq!((&gateway["status"], &gateway["clockSkewMs"]), (&"online".into(), &300.into()));
    assert_eq!(
        gateway["heartbeat"],
        serde_json::json!({"state": "online", "version": "1.0.0", "uptimeSec": 93212, "internet": "ok", "mqtt": "ok",
            "plcLink": null, "bufferMode": "disk", "queuedMessages": 0, "timestamp": "2025-01-08T17:59:59.700Z"})
    );
    let stored = &page["items"][1];
    assert_eq!((&stored["status"], &stored["heartbeat"]["version"]), (&"online".into(), &"0.9".into()));
    let never = app.ok("/api/gateways/planta-1/gw-03").await;
    assert_eq!(
        (&never["status"], &never["since"], &never["missingSeq"]),
        (&"never_seen".into(), &Json::Null, &0.into())
    );

    app.clock.set(at(NOW + 200_000));
    let gateway = app.ok("/api/gateways/planta-1/gw-01").await;
    assert_eq!(
        (&gateway["status"], &gateway["since"]),
        (&"offline".into(), &"2025-01-08T18:00:00.000Z".into())
    );
    assert_eq!(app.pages("/api/gateways?limit=2").await.concat().len(), 3);
    app.get("/api/gateways/planta-1/gw-99").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn no_query_returns_rows_of_tenants_outside_the_scope() {
    use vigia_model::TenantScope;
    use vigia_store::order::TimeOrder;
    use vigia_store::rejection::RejectionQuery;
    use vigia_store::telemetry::HistoryQuery;

    let app = TestApp::start().await;
    for tenant in ["granix", "other"] {
        app.add_plc(tenant, "planta-1", tenant);
        app.add_gateway(tenant, "planta-1", &format!("gw-{tenant}"));
        let series = app.add_series(tenant, tenant, "m");
        app.add_samples(series, &[(NOW, 1.0)]).await;
        app.sql(&format!("insert into hourly (series_id, hour, count, sum, min, max, first, last, first_ts, last_ts, non_good) values ({series}, to_timestamp({NOW} / 1000.0), 1, 1, 1, 1, 1, 1, null, null, 0)"));
        app.sql(&format!(
            "with q as (insert into quarantined_messages (received_at, topic, payload)
             values (now(), 'factory/{tenant}/ba/planta-1/gateway/g/telemetry', 'x') returning id)
             insert into rejections (message_id, reason, detail) select id, 'not_json', 'x' from q"
        ));
    }
    let store = &app.api.store;
    let scope = TenantScope::Only(Arc::new([name("granix")].into()));
    let nobody = TenantScope::Only(Arc::new([].into()));
    assert_eq!(store.sites(&scope, PlaceFilter::default(), None, 10).await.unwrap().len(), 1);
    assert_eq!(
        store.sites(&scope, PlaceFilter { tenant: Some("other"), search: None }, None, 10).await.unwrap(),
        []
    );
    assert_eq!(store.sites(&nobody, PlaceFilter::default(), None, 10).await.unwrap(), []);
    assert_eq!(store.find_sites(&scope, None, "planta-1").await.unwrap().len(), 1, "not ambiguous to them");
    let theirs = store.find_sites(&TenantScope::All, Some("other"), "planta-1").await.unwrap().remove(0);
    assert_eq!(store.plcs(&scope, PlaceFilter::default(), Some(theirs.id), None, 10).await.unwrap(), []);
    assert_eq!(store.plcs(&scope, PlaceFilter::default(), None, None, 10).await.unwrap().len(), 1);
    assert_eq!(store.gateways(&scope, PlaceFilter::default(), None, None, 10).await.unwrap().len(), 1);
    assert_eq!(store.gateway(&scope, theirs.id, "gw-other").await.unwrap(), None);
    assert_eq!(store.plc(&scope, theirs.id, "other").await.unwrap(), None);
    let plc = store.plc(&TenantScope::All, theirs.id, "other").await.unwrap().unwrap();
    let mut query = HistoryQuery {
        scope: &scope,
        plc: plc.id,
        metrics: None,
        from: None,
        to: None,
        order: TimeOrder::NewestFirst,
        after: None,
        limit: 10,
    };
    assert_eq!(store.samples(&query).await.unwrap(), []);
    assert_eq!(store.hours(&query).await.unwrap(), []);
    let extent = store.history_extent(&query).await.unwrap();
    assert_eq!((extent.samples, extent.has_hours_before()), (0, false));
    query.scope = &TenantScope::All;
    assert_eq!(store.samples(&query).await.unwrap().len(), 1);
    assert_eq!(store.latest_events(&scope, None, 10).await.unwrap().len(), 1);
    assert_eq!(store.latest_events(&scope, Some("other"), 10).await.unwrap(), []);
    let rejections = RejectionQuery { limit: 10, ..RejectionQuery::default() };
    assert_eq!(store.rejections(&scope, &rejections).await.unwrap().items.len(), 1);
    assert_eq!(store.rejections(&nobody, &rejections).await.unwrap().items, []);
}

/// By a part of either name, whatever its case; what `like` would take for its own is a letter like others.
#[tokio::test]
async fn places_are_found_by_a_part_of_their_names() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    app.add_plc("granix", "planta-1", "horno_a");
    app.add_plc("otro", "nave-9", "plc-04");
    app.add_gateway("granix", "planta-1", "granix-gw-01");
    app.add_gateway("otro", "nave-9", "otro-gw-01");
    app.sql("update plcs set name = 'Horno GRANDE 100%' where plc_id = 'plc-03'");
    app.sql("update plants set name = 'Planta Norte' where code = 'planta-1'");
    let found = async |path: &str, name: &str| -> Vec<String> {
        let page = app.ok(path).await;
        page["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap().to_owned()).collect()
    };
    for (search, plcs) in [
        ("PLC", &["plc-03", "plc-04"][..]),
        ("horno", &["horno_a", "plc-03"]),
        ("grande%20100%25", &["plc-03"]),
        ("%25", &["plc-03"]),
        ("_a", &["horno_a"]),
        ("nothing", &[]),
        ("%20", &["horno_a", "plc-03", "plc-04"]),
    ] {
        assert_eq!(found(&format!("/api/plcs?search={search}"), "plcId").await, plcs, "{search}");
    }
    assert_eq!(found("/api/plcs/planta-1?search=plc", "plcId").await, ["plc-03"]);
    assert_eq!(found("/api/sites?search=norte", "site").await, ["planta-1"]);
    assert_eq!(found("/api/gateways?search=gw&tenant=otro", "gatewayId").await, ["otro-gw-01"]);
    assert_eq!(found("/api/gateways?site=planta-1&status=never_seen", "gatewayId").await, ["granix-gw-01"]);
    assert_eq!(found("/api/gateways?status=online", "gatewayId").await, Vec::<String>::new());
    for bad in ["/api/plcs?search=a%00b", "/api/gateways?status=gone", "/api/sites?search=a%0Ab"] {
        app.get(bad).await.assert_problem(400, "invalid_query");
    }
}
