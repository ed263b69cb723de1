//! What was quarantined comes back in: once, as of its receipt, and without a second entry.

use crate::app::{ADMIN, TOPIC, TestApp, eventually, now_ms, telemetry, telemetry_many};
use serde_json::{Value, json};

const PATH: &str = "/api/admin/rejections";
const DAY_MS: i64 = 86_400_000;

impl TestApp {
    /// The ids of the entries with a reason, oldest first.
    fn entries(&self, reason: &str) -> Vec<String> {
        self.query(&format!("select id from rejections where reason = '{reason}' order by id"))
    }

    /// Asks for a replay, and waits for its end.
    async fn replay(&self, id: &str) -> Value {
        eventually(&format!("the replay of {id} is done"), async || {
            let (status, entry) = self.post(&format!("{PATH}/{id}/replay"), &json!({})).await;
            assert_eq!(status, 202, "{entry}");
            assert_eq!(entry["replay"]["requestedBy"], ADMIN, "{entry}");
            (entry["replay"]["state"] == "done").then_some(entry)
        })
        .await
    }

    async fn outcome(&self, id: &str) -> String {
        self.replay(id).await["replay"]["outcome"].as_str().unwrap().to_owned()
    }

    /// What counts traffic, which no replay may raise.
    async fn traffic(&self) -> Vec<String> {
        let (_, metrics) = self.get("/metrics").await;
        let counted =
            ["vigia_rejections_total", "vigia_messages_committed_total", "vigia_receipt_lag_seconds_count"];
        let lines = metrics
            .as_str()
            .unwrap()
            .lines()
            .filter(|line| counted.iter().any(|name| line.starts_with(name)));
        let mut traffic: Vec<String> = lines.map(str::to_owned).collect();
        traffic.sort();
        traffic.extend(
            self.query("select hour, gateway, reason, total, kept from rejection_counts order by 1, 2, 3"),
        );
        traffic
    }

    /// As if everything in quarantine had been received a day earlier.
    fn age(&self) {
        self.query("update quarantined_messages set received_at = received_at - interval '1 day'");
    }
}

/// A heartbeat of the same gateway.
fn heartbeat(timestamp: i64) -> String {
    telemetry(timestamp, "x", "1", "int").replace("\"telemetry\"", "\"heartbeat\"").replacen(
        '{',
        r#"{"state":"online","#,
        1,
    )
}

#[tokio::test]
async fn what_an_admin_registered_is_stored_once_and_as_of_its_receipt() {
    let app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("AUTO_PROVISION", "false")]).await;
    let mut publisher = app.publisher().await;
    let then = now_ms() - DAY_MS;
    publisher.publish(TOPIC, telemetry(then, "a", "7", "int")).await;
    publisher.publish(TOPIC, heartbeat(then)).await;
    app.until_query("select count(*) from rejections where reason = 'not_provisioned'", "2").await;
    app.age();
    let ids = app.entries("not_provisioned");
    let traffic = app.traffic().await;

    // Nothing was mended: it is the same entry.
    assert_eq!(app.outcome(&ids[0]).await, "rejected_again");
    app.query("insert into tenants (code) values ('granix')");
    app.query("insert into plants (tenant_id, code, province) select id, 'planta-1', 'ba' from tenants");
    app.query("insert into gateways (tenant_id, plant_id, gateway_id) select tenant_id, id, 'granix-ba-gw-01' from plants");
    // At once, though the topic was refused a moment ago; and now it is the series that is missing.
    let entry = app.replay(&ids[0]).await;
    assert_eq!((&entry["status"], &entry["replay"]["outcome"]), (&"open".into(), &"rejected_again".into()));
    assert_eq!(entry["reason"], "not_provisioned");
    assert!(entry["detail"].as_str().unwrap().contains("plc-03"), "{entry}");
    app.query("insert into plcs (tenant_id, plant_id, plc_id) select tenant_id, id, 'plc-03' from plants");
    app.query("insert into series (tenant_id, plant_id, plc_id, metric_id) select tenant_id, plant_id, id, 'a' from plcs");
    for _ in 0..2 {
        assert_eq!(app.outcome(&ids[0]).await, "stored");
        assert_eq!(app.outcome(&ids[1]).await, "stored");
    }
    assert_eq!(app.query("select int_value from samples"), ["7"]);
    assert_eq!(app.query("select count, sum from hourly"), ["1|7"]);
    assert_eq!(app.one("select received_at < now() - interval '1 day' from samples"), "t");
    assert_eq!(app.query("select reason, replay_outcome from rejections"), ["not_provisioned|stored"; 2]);
    assert_eq!(app.traffic().await, traffic, "a replay is no traffic");
    let (_, state) = app.get("/api/plcs/planta-1/plc-03/state").await;
    assert_eq!(state["values"]["a"]["value"], 7, "{state}");
    let (_, gateway) = app.get("/api/gateways/planta-1/granix-ba-gw-01").await;
    assert_eq!(gateway["status"], "offline", "it was heard a day ago: {gateway}");
    assert_eq!(app.one("select last_seen < now() - interval '1 day' from gateway_state"), "t");
    assert_eq!(app.one("select count(*) from audit_log where action = 'rejection.replay'"), "4");
}

#[tokio::test]
async fn a_gateway_that_was_moved_and_a_limit_that_was_raised() {
    let mut app =
        TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("MAX_SERIES_PER_TENANT", "1")]).await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    publisher.publish(TOPIC, telemetry(now, "a", "1", "int")).await;
    app.until_processed(1).await;
    let there = |text: &str| text.replace("planta-1", "planta-2");
    publisher.publish(&there(TOPIC), there(&telemetry(now - 1_000, "a", "5", "int"))).await;
    let sample = |metric: &str, value: i64| {
        format!(
            r#"{{"plcId":"plc-03","metricId":"{metric}","value":{value},"dataType":"int","quality":"GOOD"}}"#
        )
    };
    // One of three is there already, one is one too many, one is wrong for ever.
    let three = [sample("a", 1), sample("b", 2), sample("c", 3).replace("GOOD", "FINE")];
    publisher.publish(TOPIC, telemetry_many(now, &three)).await;
    app.until_processed(3).await;
    assert_eq!(
        app.query("select sample_index, reason from rejections order by sample_index nulls first"),
        ["|gateway_moved", "1|series_limit", "2|invalid_field"]
    );
    app.stop();
    app.set("MAX_SERIES_PER_TENANT", "10");
    app.run();
    app.until_ready().await;

    // One sample is asked for, the whole message is replayed.
    let moved = app.entries("gateway_moved").remove(0);
    let limited = app.entries("series_limit").remove(0);
    assert_eq!(app.outcome(&limited).await, "stored");
    assert_eq!(
        app.query(
            "select sample_index, reason, replay_outcome from rejections order by sample_index nulls first"
        ),
        ["|gateway_moved|", "1|series_limit|stored", "2|invalid_field|rejected_again"]
    );
    assert_eq!(app.query("select int_value from samples order by 1"), ["1", "2"]);

    assert_eq!(app.outcome(&moved).await, "rejected_again");
    app.query("insert into plants (tenant_id, code, province) select id, 'planta-2', 'ba' from tenants");
    app.query("update gateways set plant_id = (select id from plants where code = 'planta-2')");
    assert_eq!(app.outcome(&moved).await, "stored");
    assert_eq!(app.query("select int_value from samples order by 1"), ["1", "2", "5"]);
    assert_eq!(app.query("select sum(count), sum(sum) from hourly"), ["3|8"]);
    assert_eq!(app.one("select count(*) from rejections"), "3");
}

#[tokio::test]
async fn what_is_still_bad_remains_one_entry_and_changes_nothing() {
    let app = TestApp::start().await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    publisher.publish(TOPIC, telemetry(now, "a", "1", "int")).await;
    publisher.publish(TOPIC, telemetry(now, "a", "9", "int")).await;
    publisher.publish(TOPIC, "{").await;
    publisher.publish(TOPIC, telemetry(now + 3_600_000, "a", "3", "int")).await;
    app.until_processed(4).await;
    publisher.publish(TOPIC, telemetry(now + 1, "a", "2", "int")).await;
    app.until_processed(5).await;
    app.age();
    let traffic = app.traffic().await;
    for reason in ["conflicting_duplicate", "not_json", "timestamp_out_of_range"] {
        let id = app.entries(reason).remove(0);
        for _ in 0..2 {
            let entry = app.replay(&id).await;
            assert_eq!(
                (&entry["reason"], &entry["replay"]["outcome"]),
                (&reason.into(), &"rejected_again".into())
            );
        }
    }
    assert_eq!(
        app.one("select count(*), (select count(*) from quarantined_messages) from rejections"),
        "3|3"
    );
    assert_eq!(app.traffic().await, traffic);
    let (_, state) = app.get("/api/plcs/planta-1/plc-03/state").await;
    assert_eq!(state["values"]["a"]["value"], 2, "live state never goes back: {state}");
    assert_eq!(app.one("select int_value from series_last"), "2");
    assert_eq!(app.query("select int_value from samples order by 1"), ["1", "2"]);

    // Ahead of its receipt, by a server's clock that was wrong, and past by now.
    app.query(&format!(
        "update quarantined_messages
         set received_at = now() - interval '2 hours'
           , payload = convert_to('{}', 'UTF8')
         where id = (select message_id from rejections where reason = 'timestamp_out_of_range')",
        telemetry(now - 3_600_000, "a", "3", "int")
    ));
    let ahead = app.entries("timestamp_out_of_range").remove(0);
    assert_eq!(app.outcome(&ahead).await, "stored");
    assert_eq!(app.one("select int_value from series_last"), "2");
    // A rule that keeps nothing of it: said so, and free to be asked for again.
    app.query("insert into persist_rules (name, metric_id, mode) values ('none', 'a', 'none')");
    let conflict = app.entries("conflicting_duplicate").remove(0);
    eventually("the rule acts", async || (app.outcome(&conflict).await == "not_kept").then_some(())).await;
}

#[tokio::test]
async fn many_at_once_count_once() {
    let mut app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("MAX_TENANTS", "1")]).await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 10_000;
    publisher.publish(TOPIC, telemetry(begin, "a", "0", "int")).await;
    app.until_processed(1).await;
    let other = |text: &str| text.replace("granix", "otro");
    for step in 0..700 {
        publisher.send(&other(TOPIC), other(&telemetry(begin + step, "a", &step.to_string(), "int"))).await;
    }
    // Delivered twice, and quarantined twice.
    publisher.send(&other(TOPIC), other(&telemetry(begin, "a", "0", "int"))).await;
    publisher.flush().await;
    app.until_processed(702).await;
    app.stop();
    app.set("MAX_TENANTS", "2");
    app.run();
    app.until_ready().await;
    let body = json!({"reason": "not_provisioned", "topic": "factory/otro/*"});
    let (status, asked) = app.post(&format!("{PATH}/replay"), &body).await;
    assert_eq!((status, &asked["requested"], &asked["messages"]), (202, &701.into(), &701.into()));
    app.until_query("select count(*) from replay_requests", "0").await;
    assert_eq!(
        app.query("select replay_outcome, count(*) from rejections group by 1 order by 1"),
        ["duplicate|1", "stored|700"]
    );
    let (_, asked) = app.post(&format!("{PATH}/replay"), &body).await;
    assert_eq!(asked["matched"], 0);
    assert_eq!(app.one("select sum(count), sum(sum) from hourly"), format!("701|{}", 699 * 700 / 2));
    // Marked by hand, as good as by the API.
    app.query("update rejections set replay_outcome = 'rejected_again'");
    app.query("insert into replay_requests (message_id, requested_by) select id, 'psql' from quarantined_messages limit 1");
    app.until_query("select replay_outcome from rejections where replay_requested_by = 'psql'", "duplicate")
        .await;
    assert_eq!(app.one("select sum(count) from hourly"), "701");
}

/// Everything that is replayed stops before its commit.
async fn hold_a_replay(app: &TestApp) -> String {
    let mut publisher = app.publisher().await;
    let now = now_ms();
    publisher.publish(TOPIC, telemetry(now, "a", "1", "int")).await;
    publisher
        .publish(&TOPIC.replace("granix", "otro"), telemetry(now, "a", "5", "int").replace("granix", "otro"))
        .await;
    app.until_query("select count(*) from rejections", "1").await;
    app.query("update quarantined_messages set topic = replace(topic, 'otro', 'granix'), payload = convert_to(replace(convert_from(payload, 'UTF8'), 'otro', 'granix'), 'UTF8')");
    app.query(&format!("update quarantined_messages set payload = convert_to(replace(convert_from(payload, 'UTF8'), '{now}', '{}'), 'UTF8')", now - 5));
    app.query("create function hold() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$");
    app.query("create trigger hold before insert on hourly for each statement execute function hold()");
    let id = app.entries("not_provisioned").remove(0);
    let (status, entry) = app.post(&format!("{PATH}/{id}/replay"), &json!({})).await;
    assert_eq!((status, &entry["replay"]["state"]), (202, &"requested".into()), "{entry}");
    app.until_query("select count(*) > 0 from pg_stat_activity where wait_event = 'PgSleep'", "t").await;
    id
}

/// Postgres would notice only after its sleep that nobody is there any more.
fn end_what_is_held(app: &TestApp) {
    app.query("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
}

async fn ends_once(app: &TestApp) {
    app.until_query("select replay_outcome from rejections", "stored").await;
    assert_eq!(app.one("select count(*) from replay_requests"), "0");
    assert_eq!(app.query("select int_value from samples order by 1"), ["1", "5"]);
    assert_eq!(app.query("select count, sum from hourly"), ["2|6"]);
}

#[tokio::test]
async fn a_kill_between_request_and_outcome_and_it_is_done_again() {
    let mut app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("MAX_TENANTS", "1")]).await;
    let id = hold_a_replay(&app).await;
    app.kill();
    end_what_is_held(&app);
    app.query("drop trigger hold on hourly");
    assert_eq!(app.one("select attempts from replay_requests"), "1");
    app.run();
    app.until_ready().await;
    ends_once(&app).await;
    assert_eq!(app.outcome(&id).await, "stored");
}

/// Killed after the commit, before the outcome was noted.
#[tokio::test]
async fn a_kill_after_the_commit_doubles_nothing() {
    let mut app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("MAX_TENANTS", "1")]).await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    publisher.publish(TOPIC, telemetry(now, "a", "1", "int")).await;
    publisher.publish(TOPIC, "{").await;
    app.until_query("select count(*) from rejections", "1").await;
    app.query(&format!(
        "update quarantined_messages set payload = convert_to('{}', 'UTF8')",
        telemetry(now - 5, "a", "5", "int")
    ));
    app.query("create function hold() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$");
    app.query("create trigger hold after update on rejections for each row execute function hold()");
    app.query(
        "insert into replay_requests (message_id, requested_by) select id, 'ana' from quarantined_messages",
    );
    app.until_query("select count(*) from samples", "2").await;
    app.kill();
    end_what_is_held(&app);
    app.query("drop trigger hold on rejections");
    app.run();
    app.until_query("select replay_outcome from rejections", "duplicate").await;
    assert_eq!(app.query("select count, sum from hourly"), ["2|6"]);
}

#[tokio::test]
async fn a_database_that_goes_away_in_the_middle_of_it() {
    let mut app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("MAX_TENANTS", "1")]).await;
    hold_a_replay(&app).await;
    app.postgres.kill().unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    app.postgres.start_again().unwrap();
    eventually("the trigger is gone", async || {
        app.postgres.query("vigia", "drop trigger if exists hold on hourly").ok()
    })
    .await;
    ends_once(&app).await;
    app.until_ready().await;
}

#[tokio::test]
async fn a_standby_leaves_it_to_the_one_that_ingests() {
    let app = TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("MAX_TENANTS", "1")]).await;
    let mut sibling = app.sibling();
    sibling.until_role("standby").await;
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, "{").await;
    app.until_query("select count(*) from rejections", "1").await;
    let id = app.entries("not_json").remove(0);
    let entry = sibling.post(&format!("{PATH}/{id}/replay")).await;
    assert_eq!(entry["replay"]["outcome"], "rejected_again", "{entry}");
    assert!(app.log().contains("replayed quarantined messages"));
    sibling.process.kill();
}
