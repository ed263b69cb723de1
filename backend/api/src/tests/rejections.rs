//! The quarantine.

use super::*;

const PATH: &str = "/api/admin/rejections";

fn reject(app: &TestApp, topic: &str, payload: &str, reason: &str, ago_ms: i64, samples: u32) {
    app.sql(&format!(
        "with q as (
             insert into quarantined_messages (received_at, topic, payload)
             values (to_timestamp({} / 1000.0), '{topic}', {payload}) returning id
         )
         insert into rejections (message_id, sample_index, reason, detail)
         select q.id, nullif(n, 0) - 1, '{reason}', 'because' from q, generate_series(0, {samples}) n
         where (n > 0) = ({samples} > 0)",
        NOW - ago_ms
    ));
}

#[tokio::test]
async fn newest_first_filtered_and_paged() {
    let app = TestApp::start().await;
    reject(
        &app,
        "factory/granix/ba/planta-1/gateway/g_1/telemetry",
        "'{\"a\":1}'",
        "topic_mismatch",
        9_000,
        0,
    );
    reject(&app, "factory/granix/ba/planta-1/gateway/gx1/telemetry", "'\\xff00'", "not_json", 5_000, 0);
    reject(&app, "factory/other/ba/planta-1/gateway/g/telemetry", "'[]'", "missing_field", 1_000, 3);
    let page = app.ok(PATH).await;
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 5);
    assert_eq!((&items[0]["sampleIndex"], &items[2]["sampleIndex"]), (&2.into(), &0.into()));
    let oldest = &items[4];
    assert_eq!(
        (&oldest["reason"], &oldest["payload"], &oldest["payloadEncoding"], &oldest["sampleIndex"]),
        (&"topic_mismatch".into(), &"{\"a\":1}".into(), &"utf-8".into(), &Json::Null)
    );
    assert_eq!(oldest["receivedAt"], "2025-01-08T17:59:51.000Z");
    assert_eq!((&items[3]["payload"], &items[3]["payloadEncoding"]), (&"/wA=".into(), &"base64".into()));
    assert!(items[0]["id"].is_string());
    for limit in 1..=5 {
        assert_eq!(app.pages(&format!("{PATH}?limit={limit}")).await.concat(), *items);
        let mut oldest_first = app.pages(&format!("{PATH}?order=asc&limit={limit}")).await.concat();
        oldest_first.reverse();
        assert_eq!(oldest_first, *items);
    }

    let count =
        async |query: &str| app.ok(&format!("{PATH}?{query}")).await["items"].as_array().unwrap().len();
    assert_eq!(count("reason=missing_field").await, 3);
    assert_eq!(count("topic=factory/granix/*").await, 2);
    assert_eq!(count("topic=*/g_1/*").await, 1, "an underscore is an underscore");
    assert_eq!(count("topic=factory/other/ba/planta-1/gateway/g/telemetry").await, 3);
    assert_eq!(count("topic=factory/other").await, 0);
    assert_eq!(count(&format!("from={}&to={}", NOW - 9_000, NOW - 1_000)).await, 2);
    app.get(&format!("{PATH}?reason=whatever")).await.assert_problem(400, "invalid_query");
    app.get(&format!("{PATH}?topic=%00")).await.assert_problem(400, "invalid_query");
    app.get(&format!("{PATH}?cursor=x")).await.assert_problem(400, "invalid_cursor");
}

#[tokio::test]
async fn a_page_of_large_payloads_ends_early() {
    let app = TestApp::start().await;
    reject(&app, "t", "convert_to(repeat('x', 1048576), 'UTF8')", "not_json", 0, 12);
    let pages = app.pages(&format!("{PATH}?limit=100")).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 2]);
    let pages = app.pages(&format!("{PATH}?limit=100&order=asc")).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 2]);
}

#[tokio::test]
async fn narrowed_to_a_gateway_and_counted_up_to_a_bound() {
    let app = TestApp::start().await;
    for gateway in ["g_1", "gx1"] {
        let topic = format!("factory/granix/ba/planta-1/gateway/{gateway}/telemetry");
        reject(&app, &topic, "'{}'", "not_json", 9_000, 2);
    }
    // The name stands elsewhere in these topics.
    reject(&app, "factory/granix/ba/planta-1/gateway/x/g_1", "'{}'", "not_json", 9_000, 0);
    reject(&app, "factory/granix/ba/g_1/gateway/x/telemetry", "'{}'", "not_json", 9_000, 0);
    reject(&app, "factory/granix/ba/planta-1/other/g_1/telemetry", "'{}'", "not_json", 9_000, 0);
    let found = async |query: &str| {
        let page = app.ok(&format!("{PATH}?{query}")).await;
        (page["items"].as_array().unwrap().len(), page["matching"].clone())
    };
    let exactly = |count: i64| serde_json::json!({ "count": count, "atLeast": false });
    assert_eq!(found("gateway=g_1").await, (2, Json::Null), "counted when asked for");
    assert_eq!(found("gatewayId=g_1&count=true&limit=1").await, (1, exactly(2)));
    assert_eq!(found("gateway=g_1&reason=topic_mismatch&count=true").await, (0, exactly(0)));
    assert_eq!(found("count=true").await, (7, exactly(7)));
    app.get(&format!("{PATH}?gateway=a*")).await.assert_problem(400, "invalid_query");
    let export = app.get(&format!("{PATH}/export?gateway=g_1")).await;
    assert_eq!(export.text().lines().count(), 2);
    let body = r#"{"gateway":"gx1"}"#;
    let replayed = app.send(with_body(Method::POST, &format!("{PATH}/replay"), body)).await.json();
    assert_eq!((&replayed["matched"], &replayed["messages"]), (&2.into(), &1.into()));
    let deleted =
        app.send(request(Method::DELETE, &format!("{PATH}?gateway=g_1")).body(Body::empty()).unwrap()).await;
    assert_eq!(deleted.json()["deleted"], 2);
    assert_eq!(
        app.sql("select before -> 'filter' ->> 'gateway' from audit_log where action = 'rejection.delete'"),
        ["g_1"]
    );

    reject(&app, "factory/granix/ba/planta-1/gateway/gy/telemetry", "'{}'", "not_json", 0, 10_000);
    assert_eq!(found("gateway=gy&count=true&limit=1").await.1, exactly(10_000));
    reject(&app, "factory/granix/ba/planta-1/gateway/gy/telemetry", "'{}'", "not_json", 0, 1);
    let more = serde_json::json!({ "count": 10_000, "atLeast": true });
    assert_eq!(found("gateway=gy&count=true&limit=1").await.1, more);
}
