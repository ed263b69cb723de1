//! Faults of the proxy and of its certificate, with a real Nginx; and of the backend behind it.

use super::bed::Bed;
use vigia_testkit::free_port;

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_proxy_is_named() {
    let bed = Bed::start().await;
    for (site, id) in [
        ("self-signed", "web-certificate-self-signed"),
        ("expired", "web-certificate-expired"),
        ("other-name", "web-certificate-wrong-name"),
        ("foreign", "web-certificate-not-trusted"),
        ("no-upgrade", "websocket-not-passed-on"),
        ("metrics", "metrics-public"),
        ("down", "web-proxy-broken"),
        ("pages-only", "web-proxy-broken"),
    ] {
        let seen = bed.breaks(&[("PUBLIC_URL", &bed.nginx.url(site))], id);
        assert!(seen.find(id)["mendCompose"].is_string(), "{}", seen.text);
    }
    bed.warns(&[("PUBLIC_URL", &bed.nginx.url("soon"))], "web-certificate-expires-soon");
    bed.warns(&[("PUBLIC_URL", &bed.nginx.url("no-hsts"))], "web-no-hsts");
    bed.warns(&[("TRUSTED_PROXIES", "")], "trusted-proxies-missing");
    // A site that answers any path with its first page gives nothing away.
    let seen = bed.doctor(&[], &[("PUBLIC_URL", &bed.nginx.url("any-page"))]);
    assert_eq!((seen.code, seen.level("web-metrics")), (0, "ok"), "{}", seen.text);
    let seen = bed.warns(&[("PUBLIC_URL", &bed.app.url("")), ("TRUSTED_PROXIES", "")], "web-not-https");
    assert!(seen.findings().iter().all(|it| it["id"] != "trusted-proxies-missing"), "{}", seen.text);
    bed.breaks(&[("PUBLIC_URL", "https://nowhere.invalid")], "web-name-unknown");
    let closed = format!("https://localhost:{}", free_port().unwrap());
    bed.breaks(&[("PUBLIC_URL", &closed)], "web-unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backends_own_word_is_passed_on() {
    let mut bed = Bed::start().await;
    bed.warns(&[("PORT", &free_port().unwrap().to_string())], "backend-not-running");
    bed.breaks(&[("PORT", &bed.nginx.port("good").to_string())], "backend-not-ours");
    bed.app.broker.stop().unwrap();
    crate::app::eventually("it notices", async || {
        (bed.app.get("/health/ready").await.0 == 503).then_some(())
    })
    .await;
    let seen = bed.doctor(&[], &[]);
    assert_eq!(seen.failures(), ["backend-mqtt-down", "broker-unreachable"], "{}", seen.text);
}
