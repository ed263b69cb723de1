//! History.

use super::*;
use futures_util::StreamExt as _;
use std::collections::BTreeMap;

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
    assert_eq!(ask(&to).await, ("raw".to_owned(), 10), "24 hours unless told otherwise");
    assert_eq!(ask(&format!("{to}&maxPoints=10")).await, ("raw".to_owned(), 10));
    assert_eq!(
        ask(&format!("{to}&maxPoints=5&metric=level,temp_head")).await,
        ("raw".to_owned(), 10),
        "of each"
    );
    assert_eq!(
        ask(&format!("{to}&maxPoints=3")).await,
        ("buckets".to_owned(), 6),
        "two seconds each, two metrics"
    );
    let series = app.add_series("granix", "plc-03", "flow");
    app.sql(&format!(
        "insert into hourly (series_id, hour, count, sum, min, max, first, last, first_ts, last_ts, non_good) values ({series}, to_timestamp({} / 1000), 1, 1, 1, 1, 1, 1, null, null, 0)",
        NOW - 2 * HOUR
    ));
    assert_eq!(ask(&format!("{to}&metric=flow")).await, ("hourly".to_owned(), 1), "only hours were kept");
    assert_eq!(ask(&format!("{to}&maxPoints=9")).await.0, "buckets");
    let from = NOW - HOUR;
    assert_eq!(
        ask(&format!("{to}&from={from}&maxPoints=9")).await,
        ("buckets".to_owned(), 10),
        "half a second each, of the seconds in which there is anything"
    );
    assert_eq!(ask("from=2024-01-01&to=2024-01-02").await, ("raw".to_owned(), 0), "nothing at all");
    // A choice once made holds for the next pages.
    let page = app.ok(&format!("/api/telemetry/planta-1/plc-03?{to}&limit=4")).await;
    let cursor = page["nextCursor"].as_str().unwrap();
    assert_eq!(ask(&format!("{to}&cursor={cursor}&maxPoints=1&limit=3")).await, ("raw".to_owned(), 3));
    let reply = app.get(&format!("/api/telemetry/planta-1/plc-03?resolution=hourly&cursor={cursor}")).await;
    reply.assert_problem(400, "invalid_cursor");
}

/// A day at one sample each ten seconds in two metrics, one with a gap; up to `NOW`.
async fn with_a_day() -> TestApp {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    app.add_gateway("granix", "planta-1", "gw-01");
    for (metric, gap) in [("temp_head", 2_000..3_000), ("level", 0..0)] {
        let series = app.add_series("granix", "plc-03", metric);
        let there = (1..=8_640_i32).filter(|n| !gap.contains(n));
        let value = |n: i32| if n == 4_321 { 9_000.0 } else { f64::from(n % 60) };
        let samples: Vec<_> = there.map(|n| (NOW - i64::from(n) * 10_000, value(n))).collect();
        app.add_samples(series, &samples).await;
    }
    app
}

const CHART: &str = "/api/telemetry/planta-1/plc-03?resolution=auto&layout=columns";

#[tokio::test]
async fn a_chart_keeps_peaks_and_shows_gaps_packed_or_not() {
    let app = with_a_day().await;
    let path = format!("{CHART}&from={}&to={NOW}&maxPoints=300", NOW - 24 * HOUR);
    let before = app.ok(&path).await;
    app.pack_up_to(NOW - 2 * HOUR).await;
    assert_eq!(app.ok(&path).await, before, "packing changes no chart");
    app.pack_up_to(NOW + 24 * HOUR).await;
    assert_eq!(app.ok(&path).await, before);

    assert_eq!(
        (&before["resolution"], &before["layout"], &before["method"]),
        (&"buckets".into(), &"columns".into(), &"minMaxAvg".into())
    );
    assert_eq!((&before["bucketSeconds"], &before["samples"]), (&300.0.into(), &(2 * 8_640 - 1_000).into()));
    assert_eq!(before["from"], "2025-01-07T18:00:00.000Z");
    assert_eq!(before["to"], "2025-01-08T18:00:00.000Z");
    let columns = before["columns"].as_array().unwrap();
    let [level, head] = columns.as_slice() else { panic!("{before}") };
    assert_eq!((&level["metricId"], &head["metricId"]), (&"level".into(), &"temp_head".into()));
    assert_eq!((&level["source"], &level["unit"]), (&"samples".into(), &Json::Null));
    assert_eq!(level["times"].as_array().unwrap().len(), 288);
    assert_eq!(level["times"][0], NOW - 24 * HOUR);
    assert!(level["max"].as_array().unwrap().contains(&9_000.0.into()), "the peak of one sample in 8640");
    let counts: i64 = level["count"].as_array().unwrap().iter().map(|count| count.as_i64().unwrap()).sum();
    assert_eq!(counts, 8_640);
    let gaps = |list: &Json| list.as_array().unwrap().iter().filter(|value| value.is_null()).count();
    assert_eq!(gaps(&level["min"]), 0);
    for figure in ["min", "max", "avg", "count", "nonGood"] {
        assert_eq!(gaps(&head[figure]), 1, "{figure}");
        assert_eq!(head[figure].as_array().unwrap().len(), head["times"].as_array().unwrap().len());
    }
    let rows = app.ok(&path.replace("&layout=columns", "")).await;
    assert_eq!((&rows["resolution"], &rows["timeZone"]), (&"buckets".into(), &"UTC".into()));
    let first = &rows["items"][0];
    assert_eq!((&first["start"], &first["metricId"]), (&"2025-01-08T17:55:00.000Z".into(), &"level".into()));
    assert_eq!(
        (&first["count"], &first["min"], &first["max"], &first["avg"], &first["nonGood"]),
        (&30.into(), &1.0.into(), &30.0.into(), &15.5.into(), &0.into())
    );
    let upwards = app.ok(&format!("{}&order=asc", path.replace("&layout=columns", ""))).await;
    assert_eq!(upwards["items"][0]["start"], "2025-01-07T18:00:00.000Z");
}

#[tokio::test]
async fn few_samples_are_shown_as_they_are_with_gaps_between() {
    let app = with_a_day().await;
    let middle = NOW - 3_000 * 10_000;
    app.pack_up_to(NOW - 2 * HOUR).await;
    let path = format!("{CHART}&metric=temp_head&from={}&to={}", middle - 200_000, middle + 10_200_000);
    let chart = app.ok(&path).await;
    assert_eq!((&chart["resolution"], &chart["layout"]), (&"raw".into(), &"columns".into()));
    let head = &chart["columns"][0];
    let times: Vec<i64> =
        head["times"].as_array().unwrap().iter().map(|time| time.as_i64().unwrap()).collect();
    assert!(times.is_sorted());
    let nulls: Vec<usize> = (0..times.len()).filter(|at| head["values"][at].is_null()).collect();
    assert_eq!(nulls.len(), 1);
    assert_eq!((&head["qualities"][nulls[0]], &head["qualities"][0]), (&Json::Null, &"GOOD".into()));
    assert_eq!((times[nulls[0] - 1], times[nulls[0] + 1]), (middle, middle + 1_001 * 10_000));
}

#[tokio::test]
async fn days_are_cut_by_the_plants_clock_or_the_one_asked_for() {
    let app = with_a_day().await;
    app.sql("update plants set time_zone = 'America/Argentina/Buenos_Aires'");
    let path = format!("{CHART}&metric=level&from={}&to={NOW}&maxPoints=2", NOW - 24 * HOUR);
    let chart = app.ok(&path).await;
    assert_eq!(
        (&chart["timeZone"], &chart["bucketSeconds"]),
        (&"America/Argentina/Buenos_Aires".into(), &86_400.0.into())
    );
    let midnight =
        "2025-01-08T03:00:00.000Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis();
    assert_eq!(chart["columns"][0]["times"], serde_json::json!([midnight - 24 * HOUR, midnight]));
    assert_eq!(chart["columns"][0]["count"], serde_json::json!([9 * 360, 15 * 360]));
    let madrid = app.ok(&format!("{path}&tz=Europe/Madrid")).await;
    assert_eq!(madrid["columns"][0]["times"], serde_json::json!([midnight - 28 * HOUR, midnight - 4 * HOUR]));
    let problem = app.get(&format!("{path}&tz=Mars/Olympus")).await.assert_problem(400, "invalid_query");
    assert!(problem["detail"].as_str().unwrap().contains("IANA"));
}

/// What all samples of a metric say of the buckets of that length: start, count, least, greatest.
fn counted(samples: &[(i64, f64)], width: i64) -> Vec<Json> {
    let mut buckets: BTreeMap<i64, (i64, f64, f64)> = BTreeMap::new();
    for (ts, value) in samples {
        let bucket = buckets.entry(ts - ts.rem_euclid(width)).or_insert((0, *value, *value));
        *bucket = (bucket.0 + 1, bucket.1.min(*value), bucket.2.max(*value));
    }
    buckets
        .into_iter()
        .map(|(start, (count, min, max))| serde_json::json!([start, count, min, max]))
        .collect()
}

/// The same of a column, marks of gaps left out.
fn shown(column: &Json) -> Vec<Json> {
    let at = |figure: &str, place: usize| column[figure][place].clone();
    (0..column["times"].as_array().unwrap().len())
        .filter(|place| !column["count"][place].is_null())
        .map(|place| Json::Array(["times", "count", "min", "max"].map(|figure| at(figure, place)).to_vec()))
        .collect()
}

#[tokio::test]
async fn everything_is_shown_as_finely_as_if_its_beginning_had_been_known() {
    let app = TestApp::start().await;
    app.add_plc("granix", "planta-1", "plc-03");
    app.add_gateway("granix", "planta-1", "gw-01");
    // A quick one, which is packed by hours, and a slow one, packed by days; neither begins with an hour.
    let begin = NOW - 31 * HOUR + 1_234_567;
    let mut all = BTreeMap::new();
    for (metric, begin, every, count) in
        [("quick", begin, 5_000, 20_000), ("slow", begin + 2 * HOUR, 30_000, 2_500)]
    {
        let series = app.add_series("granix", "plc-03", metric);
        let samples: Vec<(i64, f64)> = (0..count)
            .map(|n| (begin + n * every, f64::from(i32::try_from(n * 7_919 % 1_000).unwrap())))
            .collect();
        app.add_samples(series, &samples).await;
        all.insert(metric, samples);
    }
    // Of hours of which none are left, one lies before.
    let gone = app.add_series("granix", "plc-03", "gone");
    let hour = (begin - 3 * HOUR).div_euclid(HOUR) * HOUR;
    app.sql(&format!("insert into hourly (series_id, hour, count, sum, min, max, non_good) values ({gone}, to_timestamp({hour} / 1000), 3, 6, 1, 3, 0)"));
    for packed in [NOW - 48 * HOUR, NOW - 20 * HOUR, NOW + 48 * HOUR] {
        app.pack_up_to(packed).await;
        for (metrics, points) in
            [("quick", 2_000), ("slow", 2_000), ("quick,slow", 2_000), ("quick,slow,gone", 700), ("slow", 90)]
        {
            let wanted: Vec<&str> = metrics.split(',').collect();
            let samples = || wanted.iter().filter_map(|metric| all.get(metric)).flatten().map(|(ts, _)| *ts);
            let first = if wanted.contains(&"gone") { hour } else { samples().min().unwrap() };
            let last = samples().max().unwrap();
            let ask = async |from: &str, to: i64| {
                app.ok(&format!("{CHART}&metric={metrics}&maxPoints={points}&from={from}&to={to}")).await
            };
            let everything = ask("1970-01-01", NOW + 24 * HOUR).await;
            assert_eq!(
                everything,
                ask(&first.to_string(), last + 1).await,
                "{metrics}, packed up to {packed}"
            );
            assert_eq!(everything, ask("0", NOW + 240 * HOUR).await);
            #[expect(clippy::cast_possible_truncation, clippy::as_conversions, reason = "whole seconds")]
            let width = everything["bucketSeconds"].as_f64().unwrap() as i64 * 1_000;
            let from = everything["from"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
            assert_eq!(from.timestamp_millis(), first - first.rem_euclid(width));
            for column in everything["columns"].as_array().unwrap() {
                let metric = column["metricId"].as_str().unwrap();
                let expected = match all.get(metric) {
                    Some(samples) => counted(samples, width),
                    None => vec![serde_json::json!([hour - hour.rem_euclid(width), 3, 1.0, 3.0])],
                };
                assert_eq!(shown(column), expected, "{metric} of {metrics}, packed up to {packed}");
            }
        }
    }
    let rows =
        app.ok(&format!("{CHART}&from=0&to={}&metric=quick", begin - 1).replace("&layout=columns", "")).await;
    assert_eq!((&rows["resolution"], &rows["items"]), (&"raw".into(), &serde_json::json!([])), "nothing yet");
}

#[tokio::test]
async fn too_much_for_one_chart_is_said_so() {
    let app = with_a_day().await;
    app.sql("insert into series (tenant_id, plant_id, plc_id, metric_id) select r.tenant_id, r.plant_id, r.plc_id, 'm' || n from series r, generate_series(1, 500) n where r.metric_id = 'level'");
    let level: i32 = app.sql("select id from series where metric_id = 'level'")[0].parse().unwrap();
    app.add_samples(level, &[(NOW - 5 * 365 * 24 * HOUR, 1.0)]).await;
    let path = format!("{CHART}&from=2020-01-01&to={NOW}");
    let problem = app.get(&path).await.assert_problem(400, "invalid_query");
    assert!(problem["detail"].as_str().unwrap().contains("fewer metrics"), "{problem}");
    assert_eq!(app.ok(&format!("{path}&metric=level")).await["resolution"], "buckets");
}

#[tokio::test]
async fn pages_and_latest_show_what_is_packed() {
    let app = with_a_day().await;
    let path = "/api/telemetry/planta-1/plc-03?limit=5000";
    let (pages, latest) = (app.pages(path).await, app.ok("/api/telemetry/latest?limit=1000").await);
    assert_eq!(pages.concat().len(), 2 * 8_640 - 1_000);
    app.pack_up_to(NOW + 24 * HOUR).await;
    assert_eq!(app.pages(path).await, pages);
    // Of two samples of one time either comes first.
    let times = |latest: &Json| {
        latest["items"].as_array().unwrap().iter().map(|item| item["ts"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(times(&app.ok("/api/telemetry/latest?limit=1000").await), times(&latest));
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
        "layout=lines",
        "tz=",
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

const EXPORT: &str = "/api/telemetry/planta-1/plc-03/export";

#[tokio::test]
async fn an_export_holds_every_sample_once_packed_or_not() {
    let app = with_a_day().await;
    let path = format!("{EXPORT}?from={}&to={NOW}", NOW - 24 * HOUR);
    let plain = app.get(&path).await;
    assert_eq!(plain.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(plain.header("content-disposition"), "attachment; filename=\"plc-03.csv\"");
    let mut lines = plain.text().lines();
    assert_eq!(lines.next(), Some("ts,metricId,value,quality,unit,dataType"));
    assert_eq!(lines.next(), Some("2025-01-07T18:00:00.000Z,temp_head,0.0,GOOD,,float"));
    assert_eq!(lines.count(), 2 * 8_640 - 1_001);
    app.pack_up_to(NOW - 2 * HOUR).await;
    assert_eq!(app.get(&path).await.text(), plain.text());
    app.pack_up_to(NOW + 24 * HOUR).await;
    assert_eq!(app.get(&path).await.text(), plain.text());

    let few = app.get(&format!("{EXPORT}?metric=level&from={}&to={NOW}", NOW - 30_000)).await;
    assert_eq!(few.text().lines().count(), 4);
    assert_eq!(app.get(&format!("{EXPORT}?metric=nothing")).await.text().lines().count(), 1);
    app.get(&format!("{EXPORT}?from=2025-01-02&to=2025-01-01")).await.assert_problem(400, "invalid_query");
    app.get(&format!("{EXPORT}?metric=a,")).await.assert_problem(400, "invalid_query");
    app.get("/api/telemetry/planta-1/plc-09/export").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn an_export_goes_on_as_it_is_read_and_ends_when_the_client_leaves() {
    let app = with_a_day().await;
    let path = format!("{EXPORT}?from={}&to={NOW}", NOW - 24 * HOUR);
    let begin = async || {
        let request = request(Method::GET, &path).body(Body::empty()).unwrap();
        let mut body = app.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
        let first = body.next().await.unwrap().unwrap();
        (first.len(), body)
    };
    let mut open = Vec::new();
    for _ in 0..4 {
        let (first, body) = begin().await;
        assert!(first < 1_000_000, "{first}: not all of it at once");
        open.push(body);
    }
    app.get(&path).await.assert_problem(503, "overloaded");
    open.pop();
    app.get(&path).await.text();
    // Samples that come to a time that was not read yet are among those that follow.
    let (_, mut body) = begin().await;
    app.sql("delete from samples");
    let mut rest = 0;
    while let Some(piece) = body.next().await {
        rest += piece.unwrap().len();
    }
    assert_eq!(rest, 0, "nothing was read ahead");
}
