//! Who may speak to the broker, and how the program shows what is wrong with its own files.

use crate::app::{TOPIC, TestApp, eventually, now_ms, telemetry};
use crate::publisher::{Publisher, is_let_in};
use vigia_testkit::{BrokerOptions, Identity};

#[tokio::test]
async fn only_certificates_of_our_authority_are_let_in() {
    let app = TestApp::start().await;
    let pki = app.broker.pki();
    let port = app.broker.port();
    assert!(is_let_in(port, &pki.client("publisher").unwrap(), "visitor").await);
    assert!(!is_let_in(port, &pki.foreign_client("publisher").unwrap(), "visitor").await);
    assert!(!is_let_in(port, &pki.expired_client("publisher").unwrap(), "visitor").await);

    // A gateway's own certificate speaks for that gateway and for no other.
    let own = pki.client("granix-ba-gw-01").unwrap();
    let mut gateway = Publisher::connect(port, &own).await;
    let now = now_ms();
    gateway
        .publish(&TOPIC.replace("gw-01", "gw-02"), telemetry(now, "a", "1", "int").replace("gw-01", "gw-02"))
        .await;
    gateway.publish(TOPIC, telemetry(now, "a", "1", "int")).await;
    app.until_query("select gateway_id from gateways", "granix-ba-gw-01").await;
}

#[tokio::test]
async fn a_bad_file_stops_the_start_with_one_line_that_names_it() {
    let mut app = TestApp::prepare(&[], BrokerOptions::default());
    let good = app.broker.pki().client("backend").unwrap();
    let mismatched = app.broker.pki().mismatched_client("backend").unwrap();
    let expired = app.broker.pki().expired_client("backend").unwrap();
    let mut check = |identity: Identity, file: &str, fault: &str| {
        app.set_identity(&identity);
        let output = app.command().output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains(file) && text.contains(fault), "{text}");
    };
    let with_cert = |cert: &str| Identity { cert: cert.into(), ..good.clone() };
    check(with_cert("/nowhere/client.pem"), "/nowhere/client.pem", "cannot be read");
    check(with_cert(good.key.to_str().unwrap()), good.key.to_str().unwrap(), "is not PEM");
    check(mismatched.clone(), mismatched.key.to_str().unwrap(), "does not match");
    check(expired.clone(), expired.cert.to_str().unwrap(), "expired on");
}

#[tokio::test]
async fn several_connections_share_one_subscription_and_fewer_drain_what_is_left() {
    let mut app = TestApp::prepare(
        &[("PERSIST_DEFAULT_MODE", "both"), ("AWS_IOT_CONNECTIONS", "3")],
        BrokerOptions::default(),
    );
    app.run();
    app.until_ready().await;
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 1_000;
    for step in 0..300 {
        publisher.send(TOPIC, telemetry(begin + step, "count", "1", "int")).await;
    }
    publisher.flush().await;
    app.until_query("select count(*) from samples", "300").await;
    assert_eq!(
        app.query("select client_id from mqtt_clients order by 1"),
        ["vigia-test-0", "vigia-test-1", "vigia-test-2"]
    );
    assert!(app.stop().success());

    // Messages come while nobody listens, into the sessions of all three; only one id remains after the restart.
    for step in 300..600 {
        publisher.send(TOPIC, telemetry(begin + step, "count", "1", "int")).await;
    }
    publisher.flush().await;
    app.set("AWS_IOT_CONNECTIONS", "1");
    app.run();
    app.until_query("select count(*) from samples", "600").await;
    app.until_query("select client_id from mqtt_clients", "vigia-test").await;
    app.until_ready().await;
    publisher.publish(TOPIC, telemetry(begin + 600, "count", "1", "int")).await;
    app.until_query("select count(*) from samples", "601").await;
}

#[tokio::test]
async fn a_filter_taken_out_of_the_settings_is_unsubscribed() {
    let both = "factory/granix/+/+/gateway/+/telemetry,factory/otro/+/+/gateway/+/telemetry";
    let mut app =
        TestApp::start_with(&[("PERSIST_DEFAULT_MODE", "both"), ("MQTT_TOPICS_TELEMETRY", both)]).await;
    let mut publisher = app.publisher().await;
    let other =
        |ts: i64| (TOPIC.replace("granix", "otro"), telemetry(ts, "a", "1", "int").replace("granix", "otro"));
    let now = now_ms();
    let (topic, payload) = other(now);
    publisher.publish(&topic, payload).await;
    app.until_query("select count(*) from samples", "1").await;
    assert!(app.stop().success());

    app.set("MQTT_TOPICS_TELEMETRY", "factory/granix/+/+/gateway/+/telemetry");
    app.run();
    app.until_ready().await;
    // What comes after the first good one is told apart by it: the broker keeps a publisher's order.
    let (topic, payload) = other(now + 1);
    publisher.publish(&topic, payload).await;
    publisher.publish(TOPIC, telemetry(now, "a", "1", "int")).await;
    app.until_query("select count(*) from samples", "2").await;
    assert_eq!(app.one("select count(*) from telemetry_events where topic like 'factory/otro/%'"), "1");
}

#[tokio::test]
async fn an_old_session_collects_until_the_new_subscription_holds() {
    let mut app = TestApp::prepare(
        &[("PERSIST_DEFAULT_MODE", "both"), ("AWS_IOT_CONNECTIONS", "2")],
        BrokerOptions::default(),
    );
    app.run();
    app.until_ready().await;
    assert!(app.stop().success());
    // Settings that do not work yet: the broker does not know this certificate's authority.
    let foreign = app.broker.pki().foreign_client("backend").unwrap();
    let good = app.broker.pki().client("backend").unwrap();
    app.set("AWS_IOT_CONNECTIONS", "1");
    app.set_identity(&foreign);
    app.run();
    eventually("it tries", async || app.log().contains("the broker connection failed").then_some(())).await;
    let mut publisher = app.publisher().await;
    let now = now_ms();
    for step in 0..20 {
        publisher.send(TOPIC, telemetry(now - step, "count", "1", "int")).await;
    }
    publisher.flush().await;
    app.until_query("select count(*) from mqtt_clients", "3").await;
    assert!(app.stop().success());
    app.set_identity(&good);
    app.run();
    app.until_query("select count(*) from samples", "20").await;
    app.until_query("select client_id from mqtt_clients", "vigia-test").await;
}
