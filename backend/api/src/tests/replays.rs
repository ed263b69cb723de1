//! Looking into the quarantine, replaying from it and clearing it. What ingest does is done here by hand.

use super::*;
use futures_util::StreamExt as _;
use vigia_model::{RejectReason, Rejection, ReplayOutcome, TenantScope};
use vigia_store::replay::{ReplayRequest, Replayed};

const PATH: &str = "/api/admin/rejections";
const TOPIC: &str = "factory/granix/ba/planta-1/gateway/gw-1/telemetry";

impl TestApp {
    /// Quarantines a message for these samples of it; the entries' ids.
    fn quarantine(&self, topic: &str, payload: &str, reason: &str, samples: &[Option<i32>]) -> Vec<String> {
        let samples: Vec<String> =
            samples.iter().map(|index| index.map_or("null".to_owned(), |index| index.to_string())).collect();
        self.sql(&format!(
            "with q as (
                 insert into quarantined_messages (received_at, topic, payload)
                 values (to_timestamp({NOW} / 1000.0), '{topic}', '{payload}') returning id
             )
             insert into rejections (message_id, sample_index, reason, detail)
             select q.id, n, '{reason}', 'because' from q, unnest(array[{}]::int[]) with ordinality s(n, o) order by o
             returning id",
            samples.join(",")
        ))
    }

    async fn post(&self, path: &str, body: &str) -> Reply {
        self.send(with_body(Method::POST, path, body)).await
    }

    async fn delete(&self, path: &str) -> Reply {
        self.send(request(Method::DELETE, path).body(Body::empty()).unwrap()).await
    }

    /// Does what ingest would with everything asked for: each entry ends so.
    async fn replay_all(&self, replayed: &Replayed) -> usize {
        let begun = self.api.store.begin_replays(100, 1 << 20).await.unwrap();
        let messages: Vec<i64> = begun.iter().map(|message| message.id).collect();
        let entries = begun.iter().flat_map(|message| &message.entries);
        let entries: Vec<_> = entries.map(|entry| (entry.id, replayed.clone())).collect();
        self.api.store.end_replays(&messages, &entries, at(NOW + 1_000)).await.unwrap();
        entries.len()
    }
}

#[tokio::test]
async fn an_entry_shows_what_helps_to_understand_it() {
    let app = TestApp::start().await;
    let payload = r#"{"samples":[{"value":1},{"value":9007199254740993},{"value":"x"}]}"#;
    let ids = app.quarantine(TOPIC, payload, "value_type_mismatch", &[Some(1), Some(2), None]);
    let entry = app.ok(&format!("{PATH}/{}", ids[0])).await;
    assert_eq!((&entry["id"], &entry["payload"]), (&ids[0].as_str().into(), &payload.into()));
    assert_eq!(entry["sample"].to_string(), r#"{"value":9007199254740993}"#);
    assert_eq!((&entry["status"], &entry["replay"]), (&"open".into(), &Json::Null));
    let gateway = &entry["gateway"];
    assert_eq!((&gateway["gatewayId"], &gateway["site"]), (&"gw-1".into(), &"planta-1".into()));
    assert_eq!(gateway["boundTo"], Json::Null);
    let others: Vec<&Json> =
        entry["others"].as_array().unwrap().iter().map(|other| &other["sampleIndex"]).collect();
    assert_eq!((others, &entry["othersTotal"]), (vec![&Json::Null, &2.into()], &2.into()));
    assert_eq!(app.ok(&format!("{PATH}/{}", ids[2])).await["sample"], Json::Null);

    app.add_gateway("granix", "planta-9", "gw-1");
    let gateway = app.ok(&format!("{PATH}/{}", ids[0])).await["gateway"].clone();
    assert_eq!((&gateway["boundTo"]["site"], &gateway["tenant"]), (&"planta-9".into(), &"granix".into()));
    let strange = app.quarantine("elsewhere", "x", "topic_mismatch", &[None]);
    assert_eq!(app.ok(&format!("{PATH}/{}", strange[0])).await["gateway"], Json::Null);
    app.get(&format!("{PATH}/999999")).await.assert_problem(404, "not_found");
    app.get(&format!("{PATH}/first")).await.assert_problem(400, "invalid_path");
}

#[tokio::test]
async fn asking_twice_is_asking_once_and_what_is_stored_is_not_asked_for_again() {
    let app = TestApp::start().await;
    let ids = app.quarantine(TOPIC, "{}", "not_provisioned", &[Some(0), Some(3)]);
    let ask = format!("{PATH}/{}/replay", ids[0]);
    for _ in 0..2 {
        let reply = app.post(&ask, "").await;
        assert_eq!(reply.status, 202, "{}", reply.text());
        let entry = reply.json();
        assert_eq!((&entry["status"], &entry["replay"]["state"]), (&"requested".into(), &"requested".into()));
        assert_eq!(
            (&entry["replay"]["requestedBy"], &entry["replay"]["outcome"]),
            (&ADMIN.into(), &Json::Null)
        );
    }
    assert_eq!(app.sql("select count(*) from audit_log where action = 'rejection.replay'"), ["1"]);
    // The message is replayed as a whole.
    let other = app.ok(&format!("{PATH}/{}", ids[1])).await;
    assert_eq!(other["status"], "requested");
    assert_eq!(app.ok(&format!("{PATH}?status=requested")).await["items"].as_array().unwrap().len(), 2);

    // Refused again: the same entry, with the new reason, and free to be asked for again.
    let again = Rejection::message(RejectReason::SeriesLimit, "too many \0");
    assert_eq!(app.replay_all(&Replayed::Again(again)).await, 2);
    let entry = app.ok(&format!("{PATH}/{}", ids[0])).await;
    assert_eq!((&entry["reason"], &entry["detail"]), (&"series_limit".into(), &"too many \\0".into()));
    assert_eq!((&entry["status"], &entry["replay"]["outcome"]), (&"open".into(), &"rejected_again".into()));
    assert_eq!(entry["replay"]["replayedAt"], "2025-01-08T18:00:01.000Z");
    assert_eq!(app.sql("select count(*), (select count(*) from replay_requests) from rejections"), ["2|0"]);

    assert_eq!(app.post(&ask, "").await.json()["status"], "requested");
    app.replay_all(&Replayed::As(ReplayOutcome::Stored)).await;
    for _ in 0..2 {
        let entry = app.post(&ask, "").await.json();
        assert_eq!((&entry["status"], &entry["replay"]["outcome"]), (&"replayed".into(), &"stored".into()));
    }
    assert_eq!(app.sql("select count(*) from replay_requests"), ["0"]);
    assert_eq!(app.sql("select count(*) from audit_log where action = 'rejection.replay'"), ["2"]);
    // What another process notes later changes nothing.
    app.sql(&format!("insert into replay_requests (message_id, requested_by) select message_id, 'x' from rejections where id = {}", ids[0]));
    app.replay_all(&Replayed::As(ReplayOutcome::GivenUp)).await;
    assert_eq!(
        app.sql("select distinct replay_outcome, replay_requested_by from rejections"),
        [format!("stored|{ADMIN}")]
    );
    app.post(&format!("{PATH}/999999/replay"), "").await.assert_problem(404, "not_found");
}

#[tokio::test]
async fn many_are_asked_for_by_id_or_by_what_they_are() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for n in 0..6 {
        let topic = TOPIC.replace("granix", if n < 4 { "granix" } else { "otro" });
        let reason = if n % 2 == 0 { "not_provisioned" } else { "gateway_moved" };
        ids.push(app.quarantine(&topic, "{}", reason, &[None]).remove(0));
    }
    let many = format!("{PATH}/replay");
    let ask = async |body: &str| {
        let reply = app.post(&many, body).await;
        assert_eq!(reply.status, 202, "{body}: {}", reply.text());
        let json = reply.json();
        ["matched", "requested", "waiting", "replayed"].map(|field| json[field].as_i64().unwrap())
    };
    let two = format!(r#"{{"ids":["{}","{}","12345678"]}}"#, ids[0], ids[1]);
    assert_eq!(ask(&two).await, [2, 2, 0, 0]);
    assert_eq!(ask(&two).await, [2, 0, 2, 0]);
    app.replay_all(&Replayed::As(ReplayOutcome::Duplicate)).await;
    assert_eq!(ask(&two).await, [2, 0, 0, 2]);

    assert_eq!(ask(r#"{"topic":"factory/granix/*","limit":1}"#).await, [1, 1, 0, 0]);
    assert_eq!(ask(r#"{"topic":"factory/granix/*","reason":"gateway_moved"}"#).await, [1, 1, 0, 0]);
    assert_eq!(ask(r#"{"topic":"factory/granix/*"}"#).await, [0, 0, 0, 0], "all of it is asked for");
    let again = Rejection::message(RejectReason::NotProvisioned, "not yet");
    app.replay_all(&Replayed::Again(again)).await;
    // What was never replayed comes first.
    assert_eq!(ask(r#"{"from":"2020-01-01","limit":2}"#).await, [2, 2, 0, 0]);
    assert_eq!(app.sql("select count(*) from replay_requests p join quarantined_messages q on q.id = p.message_id where topic like '%otro%'"), ["2"]);
    let told = app.sql(
        "select subject, after ->> 'requested' from audit_log where action = 'rejection.replay' order by id",
    );
    assert_eq!(told, ["ids|2", "filter|1", "filter|1", "filter|2"]);

    let too_many = format!(r#"{{"ids":[{}]}}"#, vec!["\"1\""; 1_001].join(","));
    for body in [
        "{}",
        r#"{"limit":5}"#,
        r#"{"ids":[]}"#,
        r#"{"ids":["x"]}"#,
        r#"{"ids":["1"],"reason":"not_json"}"#,
        r#"{"reason":"whatever"}"#,
        r#"{"topic":"a\u0000"}"#,
        r#"{"reason":"not_json","limit":100001}"#,
        r#"{"reason":"not_json","limit":-1}"#,
        r#"{"reason":"not_json","limit":1.5}"#,
        r#"{"resaon":"not_json"}"#,
        &too_many,
    ] {
        app.post(&many, body).await.assert_problem(422, "invalid_body");
    }

    // Whoever has a narrower view finds nothing of others.
    let actor = vigia_store::audit::Actor {
        name: "x".to_owned(),
        kind: vigia_store::audit::ActorKind::User,
        address: None,
    };
    let otro = TenantScope::Only(Arc::new([name("otro")].into()));
    let all: Vec<i64> = ids.iter().map(|id| id.parse().unwrap()).collect();
    let asked = app.api.store.request_replays(&otro, ReplayRequest::Ids(&all), &actor).await.unwrap();
    assert_eq!(asked.matched, 2);
    assert!(app.api.store.rejection(&otro, all[0]).await.unwrap().is_none());
    assert!(!app.api.store.remove_rejection(&otro, all[0], &actor).await.unwrap());
}

#[tokio::test]
async fn what_is_understood_can_be_removed() {
    let app = TestApp::start().await;
    let ids = app.quarantine(TOPIC, "{}", "not_json", &[Some(0), Some(1)]);
    app.post(&format!("{PATH}/{}/replay", ids[0]), "").await;
    assert_eq!(app.delete(&format!("{PATH}/{}", ids[0])).await.status, 204);
    app.delete(&format!("{PATH}/{}", ids[0])).await.assert_problem(404, "not_found");
    assert_eq!(app.sql("select count(*) from quarantined_messages"), ["1"], "one of its samples is left");
    assert_eq!(app.delete(&format!("{PATH}/{}", ids[1])).await.status, 204);
    assert_eq!(
        app.sql("select (select count(*) from quarantined_messages), (select count(*) from replay_requests)"),
        ["0|0"]
    );
    assert_eq!(
        app.sql("select subject, before ->> 'topic' from audit_log where action = 'rejection.delete' order by id limit 1"),
        [format!("{}|{TOPIC}", ids[0])]
    );

    for n in 0..5 {
        let reason = if n < 3 { "not_json" } else { "unknown_type" };
        app.quarantine(TOPIC, "{}", reason, &[Some(0), Some(1)]);
    }
    for (query, code) in [
        ("", "invalid_query"),
        ("?limit=5", "invalid_query"),
        ("?status=gone", "invalid_query"),
        ("?reason=not_json&limit=10001", "invalid_query"),
    ] {
        app.delete(&format!("{PATH}{query}")).await.assert_problem(400, code);
    }
    let removed = app.delete(&format!("{PATH}?reason=not_json&limit=4")).await.json();
    assert_eq!((&removed["deleted"], &removed["hasMore"]), (&4.into(), &true.into()));
    let removed = app.delete(&format!("{PATH}?reason=not_json")).await.json();
    assert_eq!((&removed["deleted"], &removed["hasMore"]), (&2.into(), &false.into()));
    assert_eq!(
        app.sql("select (select count(*) from quarantined_messages), (select count(*) from rejections)"),
        ["2|4"]
    );
    assert_eq!(
        app.sql("select before -> 'filter' ->> 'reason', before ->> 'deleted' from audit_log where subject_kind = 'rejections' order by id"),
        ["not_json|4", "not_json|2"]
    );
}

#[tokio::test]
async fn counts_tell_what_was_only_counted_too() {
    let app = TestApp::start().await;
    app.add_gateway("granix", "planta-1", "gw-1");
    app.sql(&format!(
        "insert into rejection_counts (hour, gateway, reason, total, kept)
         select date_trunc('hour', to_timestamp({NOW} / 1000.0)) - h * interval '1 hour', g, r, 1500 + h, 1000
         from generate_series(1, 30) h, unnest(array['gw-1', '']) g, unnest(array['not_json', 'unknown_type']) r
         where g = 'gw-1' or r = 'not_json'"
    ));
    let counts = app.ok(&format!("{PATH}/counts")).await;
    // 24 hours back from now.
    let one: i64 = (1..=24).map(|hour| 1_500 + hour).sum();
    assert_eq!((&counts["total"], &counts["kept"]), (&(3 * one).into(), &72_000.into()));
    assert_eq!((&counts["by"], &counts["from"]), (&"reason".into(), &"2025-01-07T18:00:00.000Z".into()));
    assert_eq!(counts["items"][0], serde_json::json!({"reason":"not_json","total":2 * one,"kept":48_000}));
    let by_gateway = app.ok(&format!("{PATH}/counts?by=gateway")).await;
    assert_eq!(
        by_gateway["items"],
        serde_json::json!([{"gatewayId":"gw-1","total":2 * one,"kept":48_000},{"gatewayId":"","total":one,"kept":24_000}])
    );
    let hours = app
        .ok(&format!("{PATH}/counts?by=hour&from=2025-01-08T15:00:00Z&reason=not_json&gateway=gw-1"))
        .await;
    let hours: Vec<_> = hours["items"].as_array().unwrap().iter().map(|hour| hour["total"].clone()).collect();
    assert_eq!(hours, [1_503, 1_502, 1_501]);
    let nothing = app.ok(&format!("{PATH}/counts?gateway=nobody")).await;
    assert_eq!((&nothing["total"], &nothing["items"]), (&0.into(), &Json::Array(Vec::new())));
    let otro = TenantScope::Only(Arc::new([name("otro")].into()));
    let query = vigia_store::rejection::CountQuery {
        from: at(0),
        to: at(NOW),
        gateway: None,
        reason: None,
        by: vigia_store::rejection::CountedBy::Reason,
        limit: 10,
    };
    assert_eq!(app.api.store.rejection_counts(&otro, &query).await.unwrap().total, 0);
    for query in [
        "by=topic",
        "reason=x",
        "gateway=a%20b",
        "from=2025-01-09&to=2025-01-08",
        "from=2020-01-01",
        "by=hour&from=2024-12-01",
    ] {
        app.get(&format!("{PATH}/counts?{query}")).await.assert_problem(400, "invalid_query");
    }
}

#[tokio::test]
async fn an_export_holds_every_entry_and_is_read_as_it_is_taken() {
    let app = TestApp::start().await;
    app.sql(&format!(
        "with q as (
             insert into quarantined_messages (received_at, topic, payload)
             select to_timestamp({NOW} / 1000.0), '{TOPIC}', convert_to('bad ' || n, 'UTF8') from generate_series(1, 1700) n
             returning id
         )
         insert into rejections (message_id, reason, detail)
         select id, case when id % 2 = 0 then 'not_json' else 'unknown_type' end, 'because' from q"
    ));
    let export = app.get(&format!("{PATH}/export?reason=not_json")).await;
    assert_eq!(export.status, 200);
    assert_eq!(export.header(header::CONTENT_TYPE), "application/x-ndjson");
    assert!(export.header(header::CONTENT_DISPOSITION).contains("rejections.jsonl"));
    let lines: Vec<Json> = export.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let listed = app.pages(&format!("{PATH}?reason=not_json&limit=500")).await.concat();
    assert_eq!((lines.len(), &lines), (850, &listed));
    app.get(&format!("{PATH}/export?status=x")).await.assert_problem(400, "invalid_query");
    assert_eq!(app.get(&format!("{PATH}/export?topic=nothing")).await.text(), "");

    // What has gone by the time the client takes it is not in it: nothing was read ahead.
    let request = request(Method::GET, &format!("{PATH}/export")).body(Body::empty()).unwrap();
    let mut body = app.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
    let first = body.next().await.unwrap().unwrap();
    let entries = |part: &[u8]| std::str::from_utf8(part).unwrap().lines().count();
    let first = entries(&first);
    app.sql("delete from quarantined_messages");
    assert!(first <= 500, "{first}");
    let mut rest = 0;
    while let Some(part) = body.next().await {
        rest += entries(&part.unwrap());
    }
    assert_eq!(first + rest, 500);
}
