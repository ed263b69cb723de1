use super::*;
use crate::config::tests::settings;

fn ours(edit: &[(&str, &str)]) -> Value {
    let settings = settings(edit);
    subscriber(&settings, &Account::of_endpoint("abc123-ats.iot.eu-west-1.amazonaws.com"))
}

#[test]
fn the_subscriber_may_what_it_does_and_no_more() {
    let policy = ours(&[("AWS_IOT_CONNECTIONS", "2")]);
    let arn = "arn:aws:iot:eu-west-1:123456789012:";
    let filter = "factory/+/+/+/gateway/+/telemetry";
    let resources = |statement: usize| policy["Statement"][statement]["Resource"].clone();
    assert_eq!(resources(0), json!([format!("{arn}client/vigia"), format!("{arn}client/vigia-*")]));
    assert_eq!(
        resources(1),
        json!([
            format!("{arn}topicfilter/{filter}"),
            format!("{arn}topicfilter/$share/vigia/{filter}"),
            format!("{arn}topicfilter/$share/vigia-doctor/{filter}"),
        ])
    );
    assert_eq!(
        resources(2),
        json!([
            format!("{arn}topic/factory/*"),
            format!("{arn}topic/$share/vigia/factory/*"),
            format!("{arn}topic/$share/vigia-doctor/factory/*"),
        ])
    );
    assert!(characters(&policy) < 1_000, "{}", characters(&policy));
    let alone = ours(&[]);
    assert_eq!(alone["Statement"][1]["Resource"], json!([format!("{arn}topicfilter/{filter}")]));
    assert_eq!(alone["Statement"][2]["Resource"], json!([format!("{arn}topic/factory/*")]));
}

#[test]
fn many_filters_are_too_long_for_one_policy() {
    let filters = |many| {
        let filters: Vec<String> =
            (0..many).map(|n| format!("factory/tenant-{n}/+/+/gateway/+/telemetry")).collect();
        filters.join(",")
    };
    let policy = |many, connections| {
        ours(&[("MQTT_TOPICS_TELEMETRY", &filters(many)), ("AWS_IOT_CONNECTIONS", connections)])
    };
    let fits = |policy: &Value| characters(policy) <= MOST_CHARACTERS;
    let has_probe = |policy: &Value| policy.to_string().contains("-doctor/");
    // One connection shares nothing; of several the probe's group goes first.
    assert!(fits(&policy(9, "1")));
    assert!(fits(&policy(2, "2")) && has_probe(&policy(2, "2")));
    assert!(fits(&policy(5, "2")) && !has_probe(&policy(5, "2")), "{}", characters(&policy(5, "2")));
    assert!(!fits(&policy(30, "1")) && !fits(&policy(30, "2")));
}

#[test]
fn a_gateway_is_itself_alone() {
    let policy = gateway(&Account::of_endpoint("abc123-ats.iot.cn-north-1.amazonaws.com.cn"));
    let publish = policy["Statement"][1]["Resource"][0].as_str().unwrap();
    assert!(publish.starts_with("arn:aws-cn:iot:cn-north-1:"), "{publish}");
    assert!(publish.ends_with("/gateway/${iot:Connection.Thing.ThingName}/telemetry"), "{publish}");
    assert!(!publish.contains('*') && !publish.contains('+'), "{publish}");
    assert!(characters(&policy) < 700);
}

#[test]
fn regions_are_in_names_of_data_endpoints() {
    assert_eq!(region("abc-ats.iot.us-east-1.amazonaws.com"), Some("us-east-1"));
    assert_eq!(region("abc.iot.cn-north-1.amazonaws.com.cn"), Some("cn-north-1"));
    assert_eq!(region("localhost"), None);
    assert_eq!(region("mqtt.example.com"), None);
}
