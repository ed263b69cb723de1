//! Faults on the way to the broker.

use super::badly::{Answer, Badly};
use super::bed::Bed;
use std::time::Duration;
use vigia_testkit::{IotCore, free_port};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_step_that_fails_is_named() {
    let bed = Bed::start().await;
    let pki = bed.app.broker.pki();
    let at = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    bed.breaks(&[("AWS_IOT_ENDPOINT", "nowhere.invalid")], "endpoint-unknown-host");
    bed.breaks(&[("AWS_IOT_PORT", &free_port().unwrap().to_string())], "broker-unreachable");
    // Somebody else listens there.
    bed.breaks(&[("AWS_IOT_PORT", &bed.app.postgres.port().to_string())], "broker-tls-failed");
    // The authority of somebody else: whose certificate was shown is said.
    let seen =
        bed.breaks(&[("AWS_IOT_CA_FILE", &at(&bed.nginx.authority()))], "broker-certificate-not-trusted");
    let finding = seen.find("broker-certificate-not-trusted");
    assert!(finding["what"].as_str().unwrap().contains("CN=Vigía test CA"), "{finding}");
    assert!(finding["details"][0].as_str().unwrap().contains("CN=Test web CA"), "{finding}");
    // One that expired is to be renewed only where it is the broker's; a stranger's is a stranger's.
    let port = bed.nginx.port("expired").to_string();
    bed.breaks(&[("AWS_IOT_PORT", &port)], "broker-certificate-not-trusted");
    let authority = at(&bed.nginx.authority());
    let edit = [("AWS_IOT_PORT", port.as_str()), ("AWS_IOT_CA_FILE", authority.as_str())];
    bed.breaks(&edit, "broker-certificate-expired");
    // The right authority and another name.
    bed.breaks(&[("AWS_IOT_ENDPOINT", "127.0.0.2")], "broker-unreachable");
    let foreign = pki.foreign_client("backend").unwrap();
    let edit = [("AWS_IOT_CERT_FILE", at(&foreign.cert)), ("AWS_IOT_KEY_FILE", at(&foreign.key))];
    let edit: Vec<(&str, &str)> = edit.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let seen = bed.breaks(&edit, "client-certificate-refused");
    assert!(
        seen.find("client-certificate-refused")["what"].as_str().unwrap().contains("UnknownCA"),
        "{}",
        seen.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brokers_own_certificate_that_ends_is_told_of_in_time() {
    let mut bed = Bed::start().await;
    let broker = &mut bed.app.broker;
    let life = Duration::from_hours(24 * 20 + 12);
    let ends = broker.pki().short_lived_server("broker", &["localhost"], life).unwrap();
    broker.stop().unwrap();
    broker.present(&ends).unwrap();
    crate::app::eventually("it notices", async || {
        (bed.app.get("/health/ready").await.0 == 503).then_some(())
    })
    .await;
    bed.app.broker.start_again().unwrap();
    bed.app.until_ready().await;
    let id = "broker-certificate-expires-soon";
    let seen = bed.warns(&[], id);
    assert!(seen.find(id)["what"].as_str().unwrap().ends_with("in 20 days"), "{}", seen.text);
    assert!(seen.find(id)["mend"].as_str().unwrap().contains("pki.sh server NAMES --force"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_mqtt_are_explained() {
    let bed = Bed::start().await;
    let server = bed.app.broker.pki().broker().unwrap();
    for (answer, id) in [(Answer::HangUp, "broker-hung-up"), (Answer::Nothing, "broker-silent")] {
        let badly = Badly::start(&server, answer).await;
        let [(name, port)] = badly.settings();
        bed.breaks(&[(name, &port)], id);
    }
    let badly = Badly::start(&server, Answer::NotAuthorized).await;
    let [(name, port)] = badly.settings();
    // Beside a backend that is subscribed it is the probe alone which is refused.
    let id = "connect-not-authorized";
    let seen = bed.warns(&[(name, &port)], id);
    assert!(seen.find(id)["mend"].as_str().unwrap().starts_with("nothing has to be mended"), "{}", seen.text);
    // Where none is seen it may be, and how to tell is said.
    let seen = bed.breaks(&[(name, &port), ("PORT", "1")], id);
    let finding = seen.find(id);
    assert!(
        finding["why"].as_str().unwrap().contains("An older policy that allows vigia-test alone"),
        "{finding}"
    );
    assert!(finding["mend"].as_str().unwrap().contains("--as-backend"), "{finding}");
    let core = IotCore::start(&bed.app.broker).unwrap();
    core.refuse_subscriptions(true);
    let port = core.port().to_string();
    bed.breaks(&[("AWS_IOT_PORT", &port)], "subscribe-not-authorized");
    // In a shared subscription that says nothing of the backend's own group.
    let seen =
        bed.warns(&[("AWS_IOT_PORT", &port), ("AWS_IOT_CONNECTIONS", "2")], "shared-probe-not-authorized");
    let fact = seen.find("shared-probe-not-authorized")["what"].as_str().unwrap();
    assert!(fact.contains("$share/vigia-doctor/factory/+/+/+/gateway/+/telemetry"), "{fact}");
    core.refuse_subscriptions(false);
    bed.warns(&[("AWS_IOT_PORT", &port), ("AWS_IOT_CONNECTIONS", "2")], "backup-never");
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_and_policies_of_aws_are_known() {
    let bed = Bed::start().await;
    let broker = |edit: &[(&str, &str)]| bed.doctor(&["--only", "broker"], edit);
    // Not asked for: the names do not exist. What is said without asking is said.
    let old = broker(&[("AWS_IOT_ENDPOINT", "nowhere123.iot.eu-west-1.amazonaws.com.invalid")]);
    assert_eq!(old.failures(), ["endpoint-unknown-host"]);
    let seen = broker(&[("AWS_IOT_ENDPOINT", "abc123.credentials.iot.eu-west-1.amazonaws.com")]);
    assert!(seen.failures().contains(&"endpoint-not-data"), "{}", seen.text);
    let seen = broker(&[("AWS_IOT_ENDPOINT", "abc123.iot.eu-west-1.amazonaws.com")]);
    assert_eq!(seen.level("endpoint-not-ats"), "warning");
    assert_eq!(seen.level("policy"), "ok");
    let filters: Vec<String> =
        (0..30).map(|n| format!("factory/tenant-{n}/+/+/gateway/+/telemetry")).collect();
    let endpoint = ("AWS_IOT_ENDPOINT", "abc123-ats.iot.eu-west-1.amazonaws.com");
    let seen = broker(&[endpoint, ("MQTT_TOPICS_TELEMETRY", &filters.join(","))]);
    assert_eq!(seen.level("policy-too-long"), "warning");
    seen.explains("policy-too-long");

    // Both are shown when they are asked for, to people and to programs; and of a broker that has none it is said.
    let asked = ["doctor", "--only", "broker", "--policy"];
    let (_, text) = bed.said(&asked, &[endpoint]);
    let shown = |from: &str, to: &str| {
        let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
        let json = rest.split_once('\n').unwrap().1.split(to).next().unwrap();
        serde_json::from_str::<serde_json::Value>(json).unwrap_or_else(|error| panic!("{error}: {json}"))
    };
    let (subscriber, gateway) =
        (shown("policy of the subscriber", "policy of a"), shown("policy of a", "  FAILURE"));
    assert_eq!(
        subscriber["Statement"][0]["Resource"][0],
        "arn:aws:iot:eu-west-1:123456789012:client/vigia-test"
    );
    assert_eq!(gateway["Statement"][1]["Action"], "iot:Publish");
    let seen = bed.doctor(&asked[1..], &[endpoint]);
    assert_eq!(seen.find("policy")["details"].as_array().unwrap().len(), 4);
    assert!(broker(&[endpoint]).find("policy")["details"].as_array().unwrap().is_empty());
    assert_eq!(bed.doctor(&asked[1..], &[]).level("policy"), "skipped");
    let (_, text) = bed.said(&asked, &[endpoint, ("AWS_IOT_CLIENT_ID", "")]);
    assert!(text.contains("not without AWS_IOT_CLIENT_ID") && !text.contains("client/-"), "{text}");

    let (code, text) = bed.said(&["policy", "subscriber", "--account", "111122223333"], &[endpoint]);
    let policy: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(code, 0);
    assert_eq!(policy["Statement"][0]["Resource"][0], "arn:aws:iot:eu-west-1:111122223333:client/vigia-test");
    let (code, text) = bed.said(&["policy", "gateway", "--region", "cn-north-1"], &[]);
    assert!(code == 0 && text.contains("arn:aws-cn:iot:cn-north-1:123456789012:topic/factory/"), "{text}");
    // One that is too long is printed all the same, with a word on what to do.
    let (code, text) =
        bed.said(&["policy", "subscriber"], &[endpoint, ("MQTT_TOPICS_TELEMETRY", &filters.join(","))]);
    let (policy, word) = text.rsplit_once("warning: ").unwrap();
    assert!(code == 0 && word.contains("2048") && word.contains("topicfilter/factory/*"), "{text}");
    let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
    assert_eq!(policy["Statement"][1]["Resource"].as_array().unwrap().len(), 30);
}
