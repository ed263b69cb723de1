//! Certificate files are replaced while the program runs: what works goes on, what is new is proven first, and no message
//! is lost.

use crate::app::{TOPIC, TestApp, eventually, now_ms, telemetry};
use crate::publisher::Publisher;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use vigia_testkit::{BrokerOptions, Identity, IotCore};

const CLIENT: &str = "vigia-test";
/// Messages a second, and how many.
const PACE: Duration = Duration::from_millis(5);
const MESSAGES: i64 = 2_000;

/// The program's own copies of its files.
struct Secrets(PathBuf);

impl Secrets {
    /// Copies of these files, for a program that is not running yet.
    fn of(app: &mut TestApp, identity: &Identity) -> Self {
        let secrets = Self(app.folder().join("secrets"));
        std::fs::create_dir(&secrets.0).unwrap();
        secrets.replace(identity);
        app.set_identity(&Identity {
            ca: secrets.0.join("ca"),
            cert: secrets.0.join("cert"),
            key: secrets.0.join("key"),
        });
        secrets
    }

    /// As the runbook says: temporary names, and the key first.
    fn replace(&self, identity: &Identity) {
        self.put("key", &identity.key);
        self.put("cert", &identity.cert);
        self.put("ca", &identity.ca);
    }

    fn put(&self, name: &str, from: &Path) {
        let new = self.0.join(format!("{name}.new"));
        std::fs::copy(from, &new).unwrap();
        std::fs::rename(&new, self.0.join(name)).unwrap();
    }
}

/// Servers, and the program with files of its own, running as `backend`.
async fn running(settings: &[(&str, &str)]) -> (TestApp, Secrets) {
    let settings = [&[("PERSIST_DEFAULT_MODE", "both")], settings].concat();
    let mut app = TestApp::prepare(&settings, BrokerOptions::default());
    let identity = app.broker.pki().client("backend").unwrap();
    let secrets = Secrets::of(&mut app, &identity);
    app.run();
    app.until_ready().await;
    (app, secrets)
}

/// The same, behind a broker that is as strict as AWS IoT Core.
async fn behind_iot_core() -> (TestApp, Secrets, IotCore) {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    let core = IotCore::start(&app.broker).unwrap();
    app.set("AWS_IOT_PORT", &core.port().to_string());
    let identity = app.broker.pki().client("backend").unwrap();
    let secrets = Secrets::of(&mut app, &identity);
    app.run();
    app.until_ready().await;
    (app, secrets, core)
}

/// The certificates with which this client has connected, by their common names, in order.
fn presented(app: &TestApp, client_id: &str) -> Vec<String> {
    let log = app.broker.log();
    let connects = log.lines().filter(|line| line.contains("New client connected"));
    let ours = connects.filter(|line| line.contains(&format!(" as {client_id} ")));
    ours.map(|line| line.split("u'").nth(1).unwrap().split('\'').next().unwrap().to_owned()).collect()
}

async fn system(app: &TestApp) -> Value {
    app.get("/api/admin/system").await.1
}

async fn until_rotation(app: &TestApp, state: &str) -> String {
    eventually(&format!("the rotation is {state}"), async || {
        let rotation = system(app).await["certificateRotation"].clone();
        (rotation["state"] == state).then(|| rotation["detail"].as_str().unwrap_or_default().to_owned())
    })
    .await
}

async fn until_in_use(app: &TestApp, common_name: &str) {
    let subject = format!("CN={common_name}");
    eventually(&format!("{common_name} is in use"), async || {
        let system = system(app).await;
        (system["certificates"][0]["subject"] == subject.as_str()
            && system["certificateRotation"]["state"] == "none")
            .then_some(())
    })
    .await;
}

async fn metric(app: &TestApp, line: &str) -> f64 {
    let (_, metrics) = app.get("/metrics").await;
    let text = metrics.as_str().unwrap();
    let found =
        text.lines().find_map(|one| one.strip_prefix(line)).unwrap_or_else(|| panic!("{line} in {text}"));
    found.trim().parse().unwrap()
}

async fn publish(publisher: &mut Publisher, begin: i64, steps: std::ops::Range<i64>) {
    for step in steps {
        publisher.send(TOPIC, telemetry(begin + step, "count", &step.to_string(), "int")).await;
        tokio::time::sleep(PACE).await;
    }
}

async fn all_stored(app: &TestApp, steps: i64) {
    app.until_query("select count(*) from samples", &steps.to_string()).await;
    let sum = steps * (steps - 1) / 2;
    assert_eq!(app.one("select sum(count), sum(sum) from hourly"), format!("{steps}|{sum}"));
    assert_eq!(app.one("select count(*) from rejections"), "0");
}

/// The longest time in which nothing was received, in milliseconds.
fn longest_gap(app: &TestApp) -> f64 {
    let gaps = "select max(extract(epoch from gap) * 1000) from (select received_at - lag(received_at) over (order by \
                received_at) as gap from samples) as gaps";
    app.one(gaps).parse().unwrap()
}

/// Under load: the files are replaced, every connection moves, and neither a message nor a moment is lost.
async fn rotates_under_load(connections: &str, clients: &[&str]) {
    let (app, secrets) = running(&[("AWS_IOT_CONNECTIONS", connections)]).await;
    let renewed = app.broker.pki().client("backend-1").unwrap();
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 2 * MESSAGES;
    let was_unready = async {
        let mut unready = Vec::new();
        loop {
            let (status, answer) = app.get("/health/ready").await;
            if status != 200 {
                unready.push(answer);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            if metric(&app, "vigia_samples_stored_total").await >= 2_000.0 {
                return unready;
            }
        }
    };
    let stream = async {
        publish(&mut publisher, begin, 0..400).await;
        secrets.replace(&renewed);
        publish(&mut publisher, begin, 400..MESSAGES).await;
        publisher.flush().await;
    };
    let ((), unready) = tokio::join!(stream, was_unready);
    assert_eq!(unready, Vec::<Value>::new(), "it is ready all the time");
    all_stored(&app, MESSAGES).await;
    for client in clients {
        assert_eq!(presented(&app, client), ["backend", "backend-1"], "{client}");
    }
    until_in_use(&app, "backend-1").await;
    let gap = longest_gap(&app);
    let duplicates = metric(&app, "vigia_samples_duplicate_total").await;
    assert!(gap < 500.0, "nothing for {gap} ms");
    assert!(duplicates <= 100.0, "{duplicates} came twice");
    assert!(metric(&app, "vigia_mqtt_connections_lost_total").await < 0.5);
    assert!(
        (metric(&app, "vigia_certificate_rotations_total{outcome=\"succeeded\"}").await - 1.0).abs() < 0.1
    );
    assert!(app.log().contains("the new certificate files are in use"), "{}", app.log());
}

#[tokio::test]
async fn under_load_nothing_is_lost_and_hardly_a_moment_passes() {
    rotates_under_load("1", &[CLIENT]).await;
}

#[tokio::test]
async fn several_connections_move_one_after_another() {
    rotates_under_load("3", &["vigia-test-0", "vigia-test-1", "vigia-test-2"]).await;
}

#[tokio::test]
async fn by_the_rules_of_aws_a_session_moves_and_loses_nothing() {
    let (app, secrets, core) = behind_iot_core().await;
    core.change(|rules| rules.delay = Duration::from_millis(20));
    let renewed = app.broker.pki().client("backend-1").unwrap();
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 2 * MESSAGES;
    publish(&mut publisher, begin, 0..200).await;
    secrets.replace(&renewed);
    publish(&mut publisher, begin, 200..1_400).await;
    publisher.flush().await;
    all_stored(&app, 1_400).await;
    until_in_use(&app, "backend-1").await;
    let stats = core.stats(CLIENT);
    assert_eq!((stats.connects, stats.kicked), (2, 1), "the broker ended the old one for the new one");
    assert_eq!((stats.unknown_acks, stats.sessions_present), (0, 1), "{stats:?}");
    assert!(stats.largest_unacked <= 100);
}

#[tokio::test]
async fn half_replaced_files_change_nothing_until_they_are_whole() {
    let (app, secrets) = running(&[]).await;
    let renewed = app.broker.pki().client("backend-1").unwrap();
    secrets.put("cert", &renewed.cert);
    let detail = until_rotation(&app, "waiting").await;
    assert!(detail.contains("key does not match the certificate"), "{detail}");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(presented(&app, CLIENT), ["backend"]);
    assert_eq!(system(&app).await["certificates"][0]["subject"], "CN=backend");
    assert_eq!(app.health().await["warnings"], serde_json::json!([]));
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "count", "1", "int")).await;
    app.until_query("select count(*) from samples", "1").await;
    secrets.put("key", &renewed.key);
    until_in_use(&app, "backend-1").await;
    assert_eq!(presented(&app, CLIENT), ["backend", "backend-1"]);
    // A further authority is trusted from the next connection on.
    let (own, other) = (std::fs::read(&renewed.ca).unwrap(), TestPki::authority(&app));
    std::fs::write(secrets.0.join("ca.both"), [own, other].concat()).unwrap();
    secrets.put("ca", &secrets.0.join("ca.both"));
    eventually("both authorities are trusted", async || {
        // With ours and the broker's.
        (system(&app).await["certificates"].as_array()?.len() == 4).then_some(())
    })
    .await;
    assert_eq!(presented(&app, CLIENT), ["backend", "backend-1", "backend-1"]);
}

/// Another authority's certificate.
struct TestPki;

impl TestPki {
    fn authority(app: &TestApp) -> Vec<u8> {
        let other = vigia_testkit::Pki::open_or_create(&app.folder().join("other-pki")).unwrap();
        std::fs::read(other.ca()).unwrap()
    }
}

#[tokio::test]
async fn a_certificate_the_broker_does_not_know_disturbs_nothing_and_is_told() {
    let (app, secrets) = running(&[]).await;
    let foreign = app.broker.pki().foreign_client("backend").unwrap();
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 2 * MESSAGES;
    publish(&mut publisher, begin, 0..100).await;
    secrets.replace(&foreign);
    let detail = until_rotation(&app, "failed").await;
    assert!(detail.starts_with("vigia-test: "), "{detail}");
    publish(&mut publisher, begin, 100..300).await;
    publisher.flush().await;
    all_stored(&app, 300).await;
    assert_eq!(presented(&app, CLIENT), ["backend"], "not a single reconnect");
    let health = app.health().await;
    assert_eq!(health["warnings"], serde_json::json!(["certificate"]));
    assert_eq!(
        (&health["mqtt"]["state"], &health["mqtt"]["connections"][0]["reconnects"]),
        (&"connected".into(), &0.into())
    );
    assert_eq!(app.log().matches("the new certificate files do not work").count(), 1, "{}", app.log());
    assert!((metric(&app, "vigia_certificate_rotations_total{outcome=\"failed\"}").await - 1.0).abs() < 0.1);
    assert!((metric(&app, "vigia_certificate_rotation_stuck").await - 1.0).abs() < 0.1);
    secrets.replace(&app.broker.pki().client("backend-1").unwrap());
    until_in_use(&app, "backend-1").await;
    assert_eq!(app.health().await["warnings"], serde_json::json!([]));
    assert!(metric(&app, "vigia_certificate_rotation_stuck").await < 0.1);
}

#[tokio::test]
async fn a_certificate_that_may_not_subscribe_is_left_for_the_old_one() {
    let (app, secrets, core) = behind_iot_core().await;
    core.change(|rules| rules.refuse_subscriptions_of = vec!["backend-1".to_owned()]);
    let mut publisher = app.publisher().await;
    let begin = now_ms() - 2 * MESSAGES;
    publish(&mut publisher, begin, 0..100).await;
    secrets.replace(&app.broker.pki().client("backend-1").unwrap());
    publish(&mut publisher, begin, 100..1_300).await;
    publisher.flush().await;
    all_stored(&app, 1_300).await;
    let detail = until_rotation(&app, "failed").await;
    assert!(detail.contains("refused the subscription") && detail.contains("policy"), "{detail}");
    assert_eq!(presented(&app, CLIENT), ["backend", "backend-1", "backend"]);
    assert_eq!(system(&app).await["certificates"][0]["subject"], "CN=backend");
    let gap = longest_gap(&app);
    assert!(gap < 2_500.0, "back after the second the broker wants between two CONNECTs: {gap} ms");
    // Its policy is mended, and the file touched by nobody: other files stand for the next try here.
    core.change(|rules| rules.refuse_subscriptions_of.clear());
    secrets.replace(&app.broker.pki().client("backend-2").unwrap());
    until_in_use(&app, "backend-2").await;
}

#[tokio::test]
async fn an_old_certificate_that_is_revoked_before_the_new_one_is_active_comes_back_with_the_new_one() {
    let (app, secrets, core) = behind_iot_core().await;
    core.change(|rules| rules.refuse_connects_of = vec!["backend-1".to_owned()]);
    secrets.replace(&app.broker.pki().client("backend-1").unwrap());
    let detail = until_rotation(&app, "failed").await;
    assert!(detail.contains("not authorized"), "{detail}");
    assert_eq!(core.stats(CLIENT).kicked, 0, "refused before the older one is ended");
    core.change(|rules| rules.refuse_connects_of = vec!["backend".to_owned()]);
    core.cut_all();
    let mut publisher = app.publisher().await;
    publisher.publish(TOPIC, telemetry(now_ms(), "count", "1", "int")).await;
    until_in_use(&app, "backend-1").await;
    app.until_query("select count(*) from samples", "1").await;
    assert_eq!(presented(&app, CLIENT), ["backend", "backend-1"]);
}

#[tokio::test]
async fn an_expired_certificate_is_replaced_and_the_connection_comes_back_by_itself() {
    let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
    let life = Duration::from_secs(8);
    let short_lived = app.broker.pki().short_lived_client("backend", life).unwrap();
    let made = std::time::Instant::now();
    let secrets = Secrets::of(&mut app, &short_lived);
    app.run();
    app.until_ready().await;
    assert_eq!(app.health().await["warnings"], serde_json::json!(["certificate"]));
    let mut publisher = app.publisher().await;
    tokio::time::sleep(life.saturating_sub(made.elapsed()) + Duration::from_millis(1_500)).await;
    // It has expired, and what stands goes on.
    publisher.publish(TOPIC, telemetry(now_ms(), "count", "1", "int")).await;
    app.until_query("select count(*) from samples", "1").await;
    app.broker.stop().unwrap();
    app.broker.start_again().unwrap();
    eventually("the broker lets nobody in with it", async || {
        let error = app.health().await["mqtt"]["connections"][0]["lastError"].as_str()?.to_lowercase();
        error.contains("expired").then_some(())
    })
    .await;
    publisher.publish(TOPIC, telemetry(now_ms(), "count", "2", "int")).await;
    secrets.replace(&app.broker.pki().client("backend-1").unwrap());
    until_in_use(&app, "backend-1").await;
    app.until_query("select count(*) from samples", "2").await;
    app.until_ready().await;
    assert_eq!(app.health().await["warnings"], serde_json::json!([]));
}

#[tokio::test]
async fn one_that_stands_by_takes_over_with_the_new_files() {
    let (mut app, secrets) = running(&[]).await;
    let mut sibling = app.sibling();
    sibling.until_role("standby").await;
    secrets.replace(&app.broker.pki().client("backend-1").unwrap());
    until_in_use(&app, "backend-1").await;
    eventually("the one that stands by has read them", async || {
        let system = sibling.get("/api/admin/system").await;
        (system["certificates"][0]["subject"] == "CN=backend-1").then_some(())
    })
    .await;
    app.kill();
    sibling.until_role("active").await;
    eventually("it has connected", async || (presented(&app, CLIENT).len() == 3).then_some(())).await;
    assert_eq!(presented(&app, CLIENT), ["backend", "backend-1", "backend-1"]);
    sibling.process.stop(Duration::from_secs(10)).unwrap();
}
