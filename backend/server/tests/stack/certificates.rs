//! Certificates that others show are watched as our own are: the broker's, as of the last handshake, and the page's.

use crate::app::{ADMIN, TestApp, eventually, now_ms};
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use vigia_testkit::BrokerOptions;

const DAY: Duration = Duration::from_hours(24);

/// The days that `/metrics` leaves a certificate of this kind, cut off; `None`: it is not shown.
async fn days_left(app: &TestApp, kind: &str) -> Option<i64> {
    let (_, metrics) = app.get("/metrics").await;
    let name = format!("vigia_certificate_expiry_timestamp_seconds{{kind=\"{kind}\"}} ");
    let figure = metrics.as_str()?.lines().find_map(|line| line.strip_prefix(&name))?;
    let ends_ms = figure.parse::<i64>().ok()? * 1_000;
    Some((ends_ms - now_ms()).div_euclid(24 * 3_600_000))
}

/// Waits until the log has these words.
async fn says(app: &TestApp, words: &str) {
    eventually(words, async || app.log().contains(words).then_some(())).await;
}

/// A web server on `localhost` whose certificate signed itself and lasts so long, as long as the test does.
#[expect(clippy::disallowed_methods, reason = "a test's own task")]
async fn site(life: Duration) -> String {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_before = (SystemTime::now() - 20 * DAY).into();
    params.not_after = (SystemTime::now() + life).into();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            acceptor.accept(tcp).await.ok();
        }
    });
    format!("https://localhost:{port}")
}

#[tokio::test]
async fn the_brokers_own_certificate_is_watched() {
    let mut app = TestApp::prepare(&[], BrokerOptions::default());
    let show = |app: &mut TestApp, days: u32| {
        let names = ["localhost", "127.0.0.1"];
        let shown = app.broker.pki().short_lived_server("broker", &names, days * DAY + DAY / 2).unwrap();
        app.broker.stop().unwrap();
        app.broker.present(&shown).unwrap();
        app.broker.start_again().unwrap();
    };
    show(&mut app, 20);
    app.run();
    app.until_ready().await;
    eventually("it is shown", async || (days_left(&app, "broker").await == Some(20)).then_some(())).await;
    assert_eq!(app.health().await["warnings"], json!(["certificate"]));
    app.make_admin(ADMIN, "mate amargo a las 5");
    let (_, system) = app.get("/api/admin/system").await;
    let kinds: Vec<_> = system["certificates"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["client", "ca", "broker"]);
    let broker = &system["certificates"][2];
    assert_eq!((&broker["subject"], &broker["daysLeft"]), (&json!("CN=broker"), &json!(20)));
    says(&app, "the broker's own certificate ends soon").await;

    // A new one is known with the next handshake: no session is resumed, in which nobody shows anything.
    show(&mut app, 400);
    eventually("the new one", async || (days_left(&app, "broker").await == Some(400)).then_some(())).await;
    assert_eq!(app.health().await["warnings"], json!([]));
}

#[tokio::test]
async fn with_an_expired_one_of_the_brokers_nobody_connects_and_it_is_said_why() {
    let mut app = TestApp::prepare(&[], BrokerOptions::default());
    let shown = app.broker.pki().short_lived_server("broker", &["localhost"], Duration::ZERO).unwrap();
    app.broker.stop().unwrap();
    app.broker.present(&shown).unwrap();
    app.broker.start_again().unwrap();
    // It lasts until the second it was made in is over.
    tokio::time::sleep(Duration::from_secs(2)).await;
    app.run();
    says(&app, "\"listening\"").await;
    eventually("it is shown", async || (days_left(&app, "broker").await == Some(-1)).then_some(())).await;
    assert_eq!(app.get("/health/ready").await.0, 503);
    assert_eq!(app.health().await["warnings"], json!(["certificate"]));
}

#[tokio::test]
async fn the_certificate_of_the_page_is_watched_by_its_time_alone() {
    // Nginx makes its own anew with ten days left: that is how it should be. That it signed itself is no matter.
    let mut app = TestApp::start_with(&[("PUBLIC_URL", &site(10 * DAY).await)]).await;
    eventually("it is shown", async || days_left(&app, "web").await).await;
    assert_eq!(days_left(&app, "web").await, Some(9));
    assert_eq!(app.health().await["warnings"], json!([]));
    let (soon, over) = ("the certificate of the page ends soon", "the certificate of the page has expired");
    for (life, days, words) in [(6 * DAY, 5, soon), (Duration::ZERO, -1, over)] {
        app.kill();
        app.set("PUBLIC_URL", &site(life).await);
        app.run();
        app.until_ready().await;
        eventually("the other", async || (days_left(&app, "web").await == Some(days)).then_some(())).await;
        assert_eq!(app.health().await["warnings"], json!(["certificate"]), "{days} days");
        says(&app, words).await;
    }
}

#[tokio::test]
async fn a_page_that_cannot_be_reached_from_inside_is_no_trouble() {
    let nobody = vigia_testkit::free_port().unwrap();
    let app = TestApp::start_with(&[
        ("PUBLIC_URL", &format!("https://localhost:{nobody}")),
        ("LOG_LEVEL", "info,vigia=debug"),
    ])
    .await;
    let told = "cannot look at the certificate of PUBLIC_URL now";
    says(&app, told).await;
    assert_eq!(app.log().matches(told).count(), 1);
    assert_eq!(days_left(&app, "web").await, None);
    assert_eq!(app.health().await["warnings"], json!([]));
}
