//! The least that AWS IoT Core must allow: to the subscriber, which is us, and to a gateway. `vigia policy` prints them.
//!
//! In a policy `+` and `#` are letters like others, and `*` stands for anything, slashes included. So the filters of a
//! subscription are written as they are, and what may be received with `*` in the place of wildcards.

use serde_json::{Value, json};
use vigia_ingest::IngestSettings;

/// AWS IoT Core's limit for a policy, white space not counted.
pub(crate) const MOST_CHARACTERS: usize = 2_048;
/// Of the group a probe subscribes in, beside the backend's.
pub(crate) const PROBE: &str = "-doctor";

/// What to do about one that is longer.
pub(crate) const SHORTER: &str = "name the filters by one wildcard, topicfilter/factory/* (and with \
    AWS_IOT_CONNECTIONS above 1 topicfilter/$share/<group>/factory/*) in iot:Subscribe; or put fewer and wider \
    filters into MQTT_TOPICS_TELEMETRY (one factory/+/+/+/gateway/+/telemetry takes every tenant)";

/// An account of AWS, and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) partition: String,
    pub(crate) region: String,
    pub(crate) number: String,
}

impl Account {
    /// By the endpoint, which names its region: `abc-ats.iot.eu-west-1.amazonaws.com`.
    pub(crate) fn of_endpoint(host: &str) -> Self {
        let region = region(host).unwrap_or("REGION").to_owned();
        let partition = match region.as_str() {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        Self { partition: partition.to_owned(), region, number: "123456789012".to_owned() }
    }

    fn arn(&self, resource: &str) -> String {
        format!("arn:{}:iot:{}:{}:{resource}", self.partition, self.region, self.number)
    }
}

/// The region in the name of a data endpoint; `None` for any other host.
pub(crate) fn region(host: &str) -> Option<&str> {
    let (_, rest) = host.split_once(".iot.")?;
    rest.strip_suffix(".amazonaws.com")
        .or_else(|| rest.strip_suffix(".amazonaws.com.cn"))
        .filter(|it| !it.contains('.'))
}

/// What the backend needs: to connect under its client ids, to subscribe to its filters, and to receive what they bring. With
/// several connections the filters are shared; the group of a probe is allowed too, where there is room for it.
pub(crate) fn subscriber(settings: &IngestSettings, account: &Account) -> Value {
    let group = format!("$share/{}", settings.share_group);
    if settings.connections <= 1 {
        return allowing(settings, account, &[]);
    }
    let with_probe = allowing(settings, account, &[group.clone(), format!("{group}{PROBE}")]);
    if characters(&with_probe) <= MOST_CHARACTERS {
        with_probe
    } else {
        allowing(settings, account, &[group])
    }
}

fn allowing(settings: &IngestSettings, account: &Account, groups: &[String]) -> Value {
    let id = &settings.client_id;
    let filters = &settings.filters;
    let plain = filters.iter().map(|filter| account.arn(&format!("topicfilter/{filter}")));
    let shared = groups.iter().flat_map(|group| {
        filters.iter().map(move |filter| account.arn(&format!("topicfilter/{group}/{filter}")))
    });
    let mut topics: Vec<String> = filters.iter().map(|filter| received(filter)).collect();
    topics.sort();
    topics.dedup();
    let from = topics.iter().map(|topic| account.arn(&format!("topic/{topic}")));
    let from_groups = groups
        .iter()
        .flat_map(|group| topics.iter().map(move |topic| account.arn(&format!("topic/{group}/{topic}"))));
    json!({
        "Version": "2012-10-17",
        "Statement": [
            allow("iot:Connect", &[account.arn(&format!("client/{id}")), account.arn(&format!("client/{id}-*"))]),
            allow("iot:Subscribe", &plain.chain(shared).collect::<Vec<_>>()),
            allow("iot:Receive", &from.chain(from_groups).collect::<Vec<_>>()),
        ],
    })
}

/// What a gateway needs: to be itself, and to publish to its own topic. Tenant, province and plant are attributes of its
/// thing, so that one policy does for all.
pub(crate) fn gateway(account: &Account) -> Value {
    let of_thing = |attribute: &str| format!("${{iot:Connection.Thing.Attributes[{attribute}]}}");
    let thing = "${iot:Connection.Thing.ThingName}";
    let topic = format!(
        "topic/factory/{}/{}/{}/gateway/{thing}/telemetry",
        of_thing("tenant"),
        of_thing("province"),
        of_thing("plant")
    );
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "iot:Connect",
                "Resource": account.arn(&format!("client/{thing}")),
                "Condition": { "Bool": { "iot:Connection.Thing.IsAttached": "true" } },
            },
            allow("iot:Publish", &[account.arn(&topic)]),
        ],
    })
}

/// As AWS counts: without white space.
pub(crate) fn characters(policy: &Value) -> usize {
    policy.to_string().chars().filter(|letter| !letter.is_whitespace()).count()
}

fn allow(action: &str, resources: &[String]) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resources })
}

/// What comes by a filter: `*` in the place of its wildcards. From the first of them on, for it crosses levels anyway and
/// the policy is short.
fn received(filter: &str) -> String {
    match filter.find(['+', '#']) {
        Some(at) => format!("{}*", filter.get(..at).unwrap_or_default()),
        None => filter.to_owned(),
    }
}

#[cfg(test)]
mod tests;
