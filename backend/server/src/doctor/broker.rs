//! The way to the broker, step by step: the name, the port, TLS both ways, CONNECT, SUBSCRIBE. The first step that fails
//! is explained, and what comes after it is not guessed.

mod network;
mod session;

use super::finding::{Finding, Group};
use super::policy::{self, Account, MOST_CHARACTERS};
use crate::config::Draft;
use std::net::SocketAddr;
use vigia_ingest::IngestSettings;
use vigia_ingest::probe::Broker;
use vigia_ingest::tls;
use vigia_ingest::tls::examine::Examination;
use vigia_model::Timestamp;

pub(super) const GROUP: Group = Group::Broker;
/// AWS IoT Core's limits for a filter and for the subscriptions of a connection.
const MOST_SLASHES: usize = 7;
const MOST_SUBSCRIPTIONS: usize = 50;

/// What is known of whoever else uses the client id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// A probe's own, beside a running backend.
    Probe,
    /// The backend's, for nobody else uses it now.
    Backend,
    /// The backend's was asked for, and it runs or it cannot be told.
    Refused(&'static str),
}

/// What can be said without asking anybody; with the policies word for word, if they are to be shown.
pub(super) fn settings(draft: &Draft, shows_policy: bool) -> Vec<Finding> {
    let ingest = &draft.ingest;
    let mut findings = Vec::new();
    findings.extend(endpoint(&ingest.host));
    let of_aws = policy::region(&ingest.host).is_some();
    if of_aws {
        findings.extend(limits(ingest));
        findings.push(length(ingest, shows_policy));
    } else if shows_policy {
        let text = "AWS_IOT_ENDPOINT is none of AWS IoT Core's, which alone has policies (vigia policy prints them all the same)";
        findings.push(Finding::skipped(GROUP, "policy", text));
    }
    findings
}

/// What asking shows.
pub(super) async fn check(
    draft: &Draft,
    examination: &Examination,
    now: Timestamp,
    (identity, backend_is_subscribed): (Identity, bool),
    findings: &mut Vec<Finding>,
) {
    let ingest = &draft.ingest;
    if ingest.host.is_empty() {
        let text = "the broker was not asked: AWS_IOT_ENDPOINT is not usable";
        findings.push(Finding::skipped(GROUP, "broker", text));
        return;
    }
    let addresses = match network::resolve(&ingest.host, ingest.port).await {
        Ok((addresses, finding)) => {
            findings.push(finding);
            addresses
        }
        Err(finding) => {
            findings.push(*finding);
            return;
        }
    };
    let Some(address) = network::reach(ingest, &addresses, findings).await else { return };
    if !network::trust(ingest, address, examination, findings).await {
        return;
    }
    if ingest.client_id.is_empty() {
        findings.push(Finding::skipped(
            GROUP,
            "broker-connect",
            "no CONNECT was tried: AWS_IOT_CLIENT_ID is not usable",
        ));
        return;
    }
    let Ok(tls) = tls::client_config(&ingest.tls, ingest.port, now) else {
        let text = "no CONNECT was tried: the certificate files are not usable (files)";
        findings.push(Finding::skipped(GROUP, "broker-connect", text));
        return;
    };
    let broker = Broker { host: ingest.host.clone(), port: ingest.port, tls };
    session::check(ingest, &broker, (identity, backend_is_subscribed), findings).await;
}

/// Names that look right and are not.
fn endpoint(host: &str) -> Option<Finding> {
    let mend = "set AWS_IOT_ENDPOINT to what aws iot describe-endpoint --endpoint-type iot:Data-ATS prints";
    if host.contains(".credentials.iot.")
        || host.contains(".jobs.iot.")
        || host.starts_with("iot.") && host.ends_with(".amazonaws.com")
    {
        let finding = Finding::failure(
            GROUP,
            "endpoint-not-data",
            format!("AWS_IOT_ENDPOINT is {host}, which takes no MQTT"),
        )
        .why("AWS IoT has several addresses. Messages go over the data endpoint alone.")
        .mend(mend);
        return Some(finding);
    }
    policy::region(host)?;
    let (account, _) = host.split_once(".iot.")?;
    // In China it is a level of its own.
    let is_ats = ["-ats", ".ats"].iter().any(|end| account.ends_with(end));
    (!is_ats).then(|| {
        Finding::warning(
            GROUP,
            "endpoint-not-ats",
            format!("AWS_IOT_ENDPOINT is {host}, the endpoint of old (without -ats)"),
        )
        .why(
            "It shows a certificate of an authority that nobody trusts any more; \
                AmazonRootCA1.pem did not sign it, and TLS fails.",
        )
        .mend(mend)
    })
}

fn limits(ingest: &IngestSettings) -> Vec<Finding> {
    let mut findings: Vec<Finding> = ingest
        .filters
        .iter()
        .filter(|filter| filter.matches('/').count() > MOST_SLASHES)
        .map(|filter| {
            Finding::failure(
                GROUP,
                "filter-beyond-limits",
                format!("the filter {filter} has more than {MOST_SLASHES} slashes"),
            )
            .why("AWS IoT Core ends the connection of whoever subscribes to it.")
            .mend("shorten it in MQTT_TOPICS_TELEMETRY; $share/<group>/ does not count")
        })
        .collect();
    if ingest.filters.len() > MOST_SUBSCRIPTIONS {
        findings.push(
            Finding::failure(
                GROUP,
                "filter-beyond-limits",
                format!("there are {} filters", ingest.filters.len()),
            )
            .why(format!("AWS IoT Core gives a connection {MOST_SUBSCRIPTIONS} subscriptions."))
            .mend("put fewer and wider filters into MQTT_TOPICS_TELEMETRY"),
        );
    }
    findings
}

fn length(ingest: &IngestSettings, is_shown: bool) -> Finding {
    let account = Account::of_endpoint(&ingest.host);
    let (subscriber, gateway) = (policy::subscriber(ingest, &account), policy::gateway(&account));
    let characters = policy::characters(&subscriber);
    let fact = format!(
        "the least policy for these settings takes {characters} of {MOST_CHARACTERS} characters, a gateway's {}",
        policy::characters(&gateway)
    );
    let finding = if characters <= MOST_CHARACTERS {
        let shown = if is_shown { "" } else { " (shown by vigia doctor --policy, and by vigia policy)" };
        Finding::ok(GROUP, "policy", format!("{fact}{shown}"))
    } else {
        Finding::warning(GROUP, "policy-too-long", fact)
            .why(
                "AWS IoT Core takes no policy that is longer, so none can allow all of these filters by name. One \
                    that names them by a wildcard can, and may be the one in force.",
            )
            .mend(policy::SHORTER)
    };
    if !is_shown {
        return finding;
    }
    let finding = if ingest.client_id.is_empty() {
        finding
            .detail("policy of the subscriber: not without AWS_IOT_CLIENT_ID, for it allows this one alone")
    } else {
        finding
            .detail(format!("policy of the subscriber; {} stands for your account's number", account.number))
            .detail(format!("{subscriber:#}"))
    };
    finding.detail("policy of a gateway").detail(format!("{gateway:#}"))
}

/// For messages: where it is.
pub(super) fn place(ingest: &IngestSettings) -> String {
    format!("{}:{}", ingest.host, ingest.port)
}

/// IPv4 before IPv6, as most networks have only that.
pub(super) fn sorted(mut addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    addresses.sort_by_key(SocketAddr::is_ipv6);
    addresses.dedup();
    addresses
}

#[cfg(test)]
mod tests;
