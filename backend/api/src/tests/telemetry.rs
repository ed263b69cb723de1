//! History.

use super::*;

const HOUR: i64 = 3_600_000;

async fn with_two_metrics() -> TestApp {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    app.add_gateway("granix", "planta-1", "gw-01");
    let head = app.add_series("granix", "plc-03", "temp_head");
    let level = app.add_series("granix", "plc-03", "level");
    // The same times in both, so that pages end between equal times; and two months.
    for series in [head, level] {
        let samples: Vec<_> =
            (0..5).map(|n| (NOW - n * 1_000, f64::from(u8::try_from(n).unwrap()) + 0.5)).collect();
        app.add_samples(series, &samples).await;
    }
    app.add_samples(head, &[(NOW - 30 * 24 * HOUR, 7.0)]).await;
    app
}

fn times(items: &[Json]) -> Vec<String> {
    items
        .iter()
        .map(|item| format!("{} {}", item["ts"].as_str().unwrap(), item["metricId"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn raw_pages_neither_repeat_nor_skip() {
    let app = with_two_metrics().await;
    let all = app.ok("/api/telemetry/planta-1/plc-03").await;
    assert_eq!((&all["resolution"], &all["nextCursor"]), (&"raw".into(), &Json::Null));
    let all = times(all["items"].as_array().unwrap());
    assert_eq!(all.len(), 11);
    assert_eq!(all[0], "2025-01-08T18:00:00.000Z level", "the newest first; among equals the later series");
    assert_eq!(all[10], "2024-12-09T18:00:00.000Z temp_head");
    for limit in [1, 2, 3, 5, 11] {
        let pages = app.pages(&format!("/api/telemetry/planta-1/plc-03?limit={limit}")).await;
        assert_eq!(times(&pages.concat()), all, "limit {limit}");
        let pages = app.pages(&format!("/api/telemetry/planta-1/plc-03?limit={limit}&order=asc")).await;
        let mut backwards = times(&pages.concat());
        backwards.reverse();
        assert_eq!(backwards, all, "limit {limit}, oldest first");
    }
}

#[tokio::test]
async fn raw_by_metric_and_time() {
    let app = with_two_metrics().await;
    let count = async |query: &str| {
        app.ok(&format!("/api/telemetry/planta-1/plc-03?{query}")).await["items"].as_array().unwrap().len()
    };
    assert_eq!(count("metric=temp_head").await, 6);
    assert_eq!(count("metric=temp_head,level").await, 11);
    assert_eq!(count("metricId=nothing").await, 0);
    assert_eq!(count("from=2025-01-08T17:59:58Z&to=2025-01-08T18:00:00.000Z&metric=level").await, 2);
    assert_eq!(count(&format!("from={}&to={}&metric=level", NOW - 2_000, NOW + 1)).await, 3);
    assert_eq!(count("to=2025-01-01").await, 1);
    assert_eq!(count("from=2025-01-08T18:00:00+00:00&metric=level").await, 1);
    let item = &app.ok("/api/telemetry/planta-1/plc-03?metric=level&limit=1").await["items"][0];
    assert_eq!(
        *item,
        serde_json::json!({"ts": "2025-01-08T18:00:00.000Z", "metricId": "level", "value": 0.5, "quality": "GOOD", "unit": null, "dataType": "float"})
    );
}

#[tokio::test]
async fn hidden_samples_are_no_history() {
    let app = with_two_metrics().await;
    app.sql("update samples set in_history = false where value = 0.5");
    let items = app.ok("/api/telemetry/planta-1/plc-03").await["items"].as_array().unwrap().len();
    assert_eq!(items, 9);
    assert_eq!(app.ok("/api/telemetry/latest").await["items"].as_array().unwrap().len(), 9);
}

#[tokio::test]
async fn hourly_rows_with_averages() {
    let app = with_two_metrics().await;
    let series = app.add_series("granix", "plc-03", "flow");
    for n in 0..3 {
        app.sql(&format!(
            "insert into hourly (series_id, hour, count, sum, min, max, first, last, first_ts, last_ts, non_good) values ({series}, to_timestamp({} / 1000), 4, 10, 1, 4, 2, 3, null, null, {n})",
            NOW - n * HOUR
        ));
    }
    app.sql(&format!("insert into hourly (series_id, hour, count, non_good) values ({series}, to_timestamp({} / 1000), 0, 9)", NOW - 3 * HOUR));
    let page = app.ok("/api/telemetry/planta-1/plc-03?resolution=hourly").await;
    assert_eq!(page["resolution"], "hourly");
    assert_eq!(
        page["items"][0],
        serde_json::json!({"hour": "2025-01-08T18:00:00.000Z", "metricId": "flow", "count": 4, "sum": 10.0, "avg": 2.5,
            "min": 1.0, "max": 4.0, "first": 2.0, "last": 3.0, "nonGood": 0})
    );
    assert_eq!((&page["items"][3]["avg"], &page["items"][3]["nonGood"]), (&Json::Null, &9.into()));
    for order in ["asc", "desc"] {
        let path = format!("/api/telemetry/planta-1/plc-03?resolution=hourly&limit=1&order={order}");
        assert_eq!(app.pages(&path).await.concat().len(), 4);
    }
    // The hour in which `from` lies belongs to the answer.
    let from = "/api/telemetry/planta-1/plc-03?resolution=hourly&from=2025-01-08T17:30:00Z";
    assert_eq!(app.ok(from).await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn auto_takes_what_fits() {
    let app = with_two_metrics().await;
    let ask = async |query: &str| {
        let page = app.ok(&format!("/api/telemetry/planta-1/plc-03?resolution=auto&{query}")).await;
        (page["resolution"].as_str().unwrap().to_owned(), page["items"].as_array().unwrap().len())
    };
    let to = format!("to={}", NOW + 1);
    assert_eq!(
        ask(&format!("{to}&maxPoints=3")).await,
        ("raw".to_owned(), 3),
        "too many, but there are no hours"
    );
    let series = app.add_series("granix", "plc-03", "flow");
    app.sql(&format!(
        "insert into hourly (series_id, hour, count, sum, min, max, first, last, first_ts, last_ts, non_good) values ({series}, to_timestamp({NOW} / 1000), 1, 1, 1, 1, 1, 1, null, null, 0)"
    ));
    assert_eq!(ask(&to).await, ("raw".to_owned(), 10), "24 hours unless told otherwise");
    assert_eq!(ask(&format!("{to}&maxPoints=10")).await, ("raw".to_owned(), 10));
    assert_eq!(ask(&format!("{to}&maxPoints=9")).await, ("hourly".to_owned(), 1));
    assert_eq!(ask(&format!("{to}&metric=flow")).await, ("hourly".to_owned(), 1), "only hours were kept");
    let from = NOW - HOUR;
    assert_eq!(
        ask(&format!("{to}&from={from}&maxPoints=9")).await,
        ("raw".to_owned(), 9),
        "one hour is no trend"
    );
    // A choice once made holds for the next pages.
    let page = app.ok(&format!("/api/telemetry/planta-1/plc-03?resolution=auto&{to}&limit=4")).await;
    let cursor = page["nextCursor"].as_str().unwrap();
    assert_eq!(ask(&format!("{to}&cursor={cursor}&maxPoints=1")).await, ("raw".to_owned(), 1));
    let reply = app.get(&format!("/api/telemetry/planta-1/plc-03?resolution=hourly&cursor={cursor}")).await;
    reply.assert_problem(400, "invalid_cursor");
}

#[tokio::test]
async fn bad_questions_are_explained() {
    let app = with_two_metrics().await;
    for query in [
        "from=yesterday",
        "from=2025-01-02&to=2025-01-01",
        "from=99999999999999999",
        "limit=0",
        "limit=x",
        "limit=10001",
        "maxPoints=0",
        "resolution=daily",
        "order=up",
        "metric=a%20b",
        "metric=a,",
        "limit=1&limit=2",
    ] {
        let problem = app
            .get(&format!("/api/telemetry/planta-1/plc-03?{query}"))
            .await
            .assert_problem(400, "invalid_query");
        assert!(!problem["detail"].as_str().unwrap().contains("eserialize"), "{problem}");
    }
    for cursor in ["x", "!!", "AAAA"] {
        let path = format!("/api/telemetry/planta-1/plc-03?cursor={cursor}");
        app.get(&path).await.assert_problem(400, "invalid_cursor");
    }
}

#[tokio::test]
async fn what_is_missing_has_its_name_and_a_plant_of_two_tenants_is_asked_about() {
    let app = with_two_metrics().await;
    app.add_plc("other", "planta-2", "plc-03");
    let missing = async |path: &str| {
        app.get(path).await.assert_problem(404, "not_found")["detail"].as_str().unwrap().to_owned()
    };
    assert!(missing("/api/telemetry/planta-9/plc-03").await.contains("plant"));
    for plc in ["plc-9", "no%20name"] {
        assert!(missing(&format!("/api/telemetry/planta-1/{plc}")).await.contains("PLC"), "{plc}");
    }
    assert!(missing("/api/telemetry/planta-1/plc-03?tenant=other").await.contains("plant"));
    app.add_plant("other", "planta-1");
    let path = "/api/telemetry/planta-1/plc-03";
    app.get(path).await.assert_problem(409, "ambiguous_site");
    assert_eq!(app.ok(&format!("{path}?tenant=granix")).await["items"].as_array().unwrap().len(), 11);
    assert!(missing(&format!("{path}?tenant=other")).await.contains("PLC"));
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_ask_and_small_ones_for_nobody() {
    let app = with_two_metrics().await;
    let ask_for = async |path: &str, encodings: &str| {
        let asked = request(Method::GET, path).header(header::ACCEPT_ENCODING, encodings);
        app.send(asked.body(Body::empty()).unwrap()).await
    };
    let ask = async |path: &str| ask_for(path, "gzip, br").await;
    let path = "/api/telemetry/planta-1/plc-03";
    let plain = app.get(path).await;
    assert!(plain.body.len() > 900 && plain.header("content-encoding").is_empty());
    let small = ask(&format!("{path}?limit=2")).await;
    assert_eq!((small.header("content-encoding"), small.json()["items"].as_array().unwrap().len()), ("", 2));
    let series = app.add_series("granix", "plc-03", "pressure");
    let many: Vec<_> = (0..100).map(|n| (NOW - n * 1_000, 0.5)).collect();
    app.add_samples(series, &many).await;
    for (encodings, chosen) in [("gzip, br", "br"), ("gzip", "gzip")] {
        let large = ask_for(path, encodings).await;
        assert_eq!((large.status.as_u16(), large.header("content-encoding")), (200, chosen));
        assert!(large.body.len() < app.get(path).await.body.len() / 5);
    }
}

#[tokio::test]
async fn latest_events_of_all() {
    let app = with_two_metrics().await;
    let page = app.ok("/api/telemetry/latest?limit=3").await;
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(items[0]["ts"], "2025-01-08T18:00:00.000Z");
    assert_eq!(
        (&items[0]["tenant"], &items[0]["site"], &items[0]["plcId"], &items[0]["gatewayId"]),
        (&"granix".into(), &"planta-1".into(), &"plc-03".into(), &"gw-01".into())
    );
    assert_eq!(app.ok("/api/telemetry/latest?tenant=other").await["items"].as_array().unwrap().len(), 0);
}
