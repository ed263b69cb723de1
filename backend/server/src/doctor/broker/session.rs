//! MQTT: whether the broker takes our certificate and client id, and grants the filters.
//!
//! A probe has an id of its own, `<id>-doctor`, so that a running backend is not thrown out. Plain filters bring it a copy,
//! which costs nobody anything. In a shared subscription it would be handed messages that are meant for the backend; so it
//! subscribes in a group of its own, `<group>-doctor`, which gets copies.

use super::{GROUP, Identity, place};
use crate::doctor::finding::Finding;
use crate::doctor::policy::{self, PROBE};
use vigia_ingest::IngestSettings;
use vigia_ingest::probe::{self, Answer, Broker, ProbeError, Refusal, RefusalKind, Session, Step};

/// Whom the probe plays.
struct Role<'a> {
    ingest: &'a IngestSettings,
    client_id: String,
    filters: Vec<String>,
    session: Session,
    of_aws: bool,
    /// The backend itself is connected, under its own id and in its own group.
    backend_is_subscribed: bool,
}

impl<'a> Role<'a> {
    fn new(ingest: &'a IngestSettings, (identity, backend_is_subscribed): (Identity, bool)) -> Self {
        let is_shared = ingest.connections > 1;
        let (client_id, group, session) = match identity {
            Identity::Backend => {
                let id = if is_shared { format!("{}-0", ingest.client_id) } else { ingest.client_id.clone() };
                (id, ingest.share_group.clone(), Session::Backend)
            }
            Identity::Probe | Identity::Refused(_) => (
                format!("{}{PROBE}", ingest.client_id),
                format!("{}{PROBE}", ingest.share_group),
                Session::Own,
            ),
        };
        let filter = |filter: &String| {
            if is_shared { format!("$share/{group}/{filter}") } else { filter.clone() }
        };
        Self {
            filters: ingest.filters.iter().map(filter).collect(),
            of_aws: policy::region(&ingest.host).is_some(),
            ingest,
            client_id,
            session,
            backend_is_subscribed,
        }
    }

    fn is_probe(&self) -> bool {
        self.session == Session::Own
    }

    /// Whether a refusal of it disturbs nobody.
    fn is_needless(&self) -> bool {
        self.is_probe() && self.backend_is_subscribed
    }

    /// How to give the right it lacks.
    fn allow(&self) -> String {
        if self.of_aws {
            "vigia policy subscriber --account <id> > policy.json\naws iot \
                create-policy-version --policy-name <policy> --policy-document \
                file://policy.json --set-as-default; it takes up to 8 minutes to be in force"
                .to_owned()
        } else {
            format!(
                "allow the certificate's user to connect as {} and to read {} in the \
                    broker's access list, and have it read anew",
                self.client_id,
                self.filters.join(", ")
            )
        }
    }
}

pub(super) async fn check(
    ingest: &IngestSettings,
    broker: &Broker,
    (identity, backend_is_subscribed): (Identity, bool),
    findings: &mut Vec<Finding>,
) {
    if let Identity::Refused(why) = identity {
        let text = format!("the backend's own client id was not tried: {why}");
        findings.push(Finding::skipped(GROUP, "as-backend", text));
    }
    let role = Role::new(ingest, (identity, backend_is_subscribed));
    match probe::probe(broker, &role.client_id, &role.filters, role.session).await {
        Ok(answer) => granted(&role, &answer, findings),
        Err(error) => findings.push(failed(&role, &error)),
    }
}

fn granted(role: &Role<'_>, answer: &Answer, findings: &mut Vec<Finding>) {
    let mut text = format!("CONNECT as {} is taken", role.client_id);
    if !role.is_probe() {
        text.push_str(if answer.session_present {
            "; the session that waits for the backend is still there"
        } else {
            "; there was no session of it, now there is: messages wait in it until the backend starts"
        });
    }
    findings.push(Finding::ok(GROUP, "broker-connect", text));
    for (filter, refusal) in &answer.filters {
        findings.push(match refusal {
            None => Finding::ok(GROUP, "broker-subscribe", format!("SUBSCRIBE to {filter} is granted")),
            Some(refusal) => refused(role, filter, refusal),
        });
    }
    if role.of_aws && answer.filters.iter().any(|(_, refusal)| refusal.is_none()) {
        let text = "whether messages may be received (iot:Receive) no SUBACK tells: if none comes, \
            compare the policy with vigia policy subscriber";
        findings.push(Finding::skipped(GROUP, "broker-receive", text));
    }
}

fn refused(role: &Role<'_>, filter: &str, refusal: &Refusal) -> Finding {
    let fact = format!("SUBSCRIBE to {filter} is refused: {}", refusal.words);
    let is_shared = filter.starts_with("$share/");
    match refusal.kind {
        RefusalKind::NotAuthorized if is_shared && role.is_probe() => shared_probe(role, fact),
        RefusalKind::NotAuthorized => Finding::failure(GROUP, "subscribe-not-authorized", fact)
            .why(
                "No policy of the certificate has iot:Subscribe for this filter, written as \
                it is: + and # are letters in a policy, and the resource is topicfilter/…, \
                not topic/….",
            )
            .mend(role.allow()),
        RefusalKind::Protocol => Finding::failure(GROUP, "subscribe-unsupported", fact)
            .why("This broker has no shared subscriptions, or no wildcards.")
            .mend("set AWS_IOT_CONNECTIONS=1, or use a broker that speaks MQTT 5 in full"),
        RefusalKind::Busy => busy(fact),
        RefusalKind::ClientId | RefusalKind::Other => Finding::failure(GROUP, "subscribe-refused", fact)
            .why("Without this subscription nothing of these topics arrives.")
            .mend("compare MQTT_TOPICS_TELEMETRY with what the broker allows; look into its log"),
    }
}

/// What it means that a probe ended like this.
#[cfg(test)]
pub(super) fn explained(ingest: &IngestSettings, who: (Identity, bool), error: &ProbeError) -> Finding {
    failed(&Role::new(ingest, who), error)
}

fn failed(role: &Role<'_>, error: &ProbeError) -> Finding {
    let ingest = role.ingest;
    let certificate = ingest.tls.certificate.display();
    match error {
        ProbeError::ClientNotTrusted { alert } => Finding::failure(
            GROUP,
            "client-certificate-refused",
            format!("the broker does not take {certificate}: {alert}"),
        )
        .why(
            "The broker does not know who signed it, or it was deactivated or revoked \
                    there. In TLS 1.3 that shows only after the handshake.",
        )
        .mend(if role.of_aws {
            "aws iot list-certificates: it must be there, in this account and \
                        region, with status ACTIVE; aws iot update-certificate \
                        --certificate-id <id> --new-status ACTIVE"
        } else {
            "have the certificate signed by the authority in the broker's cafile \
                        (deploy/mosquitto/pki.sh client NAME)"
        }),
        ProbeError::Refused(refusal) => match refusal.kind {
            RefusalKind::NotAuthorized => not_authorized(role, &error.to_string()),
            RefusalKind::Busy => busy(error.to_string()),
            RefusalKind::Protocol => Finding::failure(GROUP, "connect-old-protocol", error.to_string())
                .why("We speak MQTT 5, and this broker an older one.")
                .mend("mosquitto 2.0 or newer, or AWS IoT Core"),
            RefusalKind::ClientId | RefusalKind::Other => {
                Finding::failure(GROUP, "connect-refused", error.to_string())
                    .why(format!("CONNECT as {} is not taken.", role.client_id))
                    .mend(
                        "AWS_IOT_CLIENT_ID: letters, digits, _ and -, up to 120; look into the broker's log",
                    )
            }
        },
        ProbeError::Ended { at: Step::Connect, is_unauthorized: true, .. } => {
            not_authorized(role, &error.to_string())
        }
        ProbeError::Ended { at: Step::Subscribe, is_unauthorized: true, .. }
            if role.ingest.connections > 1 && role.is_probe() =>
        {
            shared_probe(role, format!("after SUBSCRIBE to {}, {error}", role.filters.join(", ")))
        }
        ProbeError::Ended { at: Step::Subscribe, is_unauthorized: true, .. } => Finding::failure(
            GROUP,
            "subscribe-not-authorized",
            format!("after SUBSCRIBE to {}, {error}", role.filters.join(", ")),
        )
        .why("No policy of the certificate allows these filters.")
        .mend(role.allow()),
        ProbeError::HungUp { at: Step::Connect } if role.of_aws && role.is_needless() => {
            needless(role, "connect-hung-up", format!("{error} after CONNECT as {}", role.client_id))
        }
        ProbeError::HungUp { at: Step::Tls | Step::Connect } if role.of_aws => {
            Finding::failure(GROUP, "connect-hung-up", format!("{error} after CONNECT as {}", role.client_id))
                .why(
                    "AWS IoT Core does that where the certificate has no policy, an inactive \
                    one is shown, or no policy allows this client id.",
                )
                .mend(format!("aws iot list-attached-policies --target <certificate arn>\n{}", role.allow()))
        }
        ProbeError::HungUp { at } | ProbeError::Ended { at, .. } => {
            Finding::failure(GROUP, "broker-hung-up", format!("{} ({})", error, step(*at)))
                .why("Brokers end what they do not like without many words; theirs are in the log.")
                .mend("look into the broker's log; on-premise: deploy/compose logs broker")
        }
        ProbeError::Silent { at, .. } => {
            Finding::failure(GROUP, "broker-silent", format!("{}: {error} ({})", place(ingest), step(*at)))
                .why(
                    "Somebody takes the connection and says nothing: a proxy or a firewall on \
                    the way, or an overloaded broker.",
                )
                .mend(format!(
                    "openssl s_client -connect {} -servername {} </dev/null",
                    place(ingest),
                    ingest.host
                ))
        }
        ProbeError::ServerNotTrusted { .. } | ProbeError::Tls(_) | ProbeError::Other { .. } => {
            Finding::failure(GROUP, "broker-connection-failed", error.to_string())
                .why("Without a connection nothing arrives.")
                .mend("see the group files, and the broker's log")
        }
    }
}

/// The one refusal that may mean nothing: the probe's id is not the backend's.
fn not_authorized(role: &Role<'_>, fact: &str) -> Finding {
    let fact = format!("{fact}, as {}", role.client_id);
    if role.is_needless() {
        return needless(role, "connect-not-authorized", fact);
    }
    let finding = Finding::failure(GROUP, "connect-not-authorized", fact);
    if !role.is_probe() {
        return finding
            .why("No policy of the certificate has iot:Connect for this client id.")
            .mend(role.allow());
    }
    let id = &role.ingest.client_id;
    finding
        .why(format!(
            "No policy of the certificate has iot:Connect for {}. An older policy that \
                allows {id} alone refuses the probe too, and lets the backend in.",
            role.client_id
        ))
        .mend(format!(
            "which of the two it is: see whether the backend is connected (group backend \
                below), or stop it and run vigia doctor --only broker --as-backend; then\n{}",
            role.allow()
        ))
}

/// A probe that is refused beside a backend that is not.
fn needless(role: &Role<'_>, id: &'static str, fact: String) -> Finding {
    Finding::warning(GROUP, id, fact)
        .why(format!(
            "The backend that runs here is subscribed, so the policy allows {}, and refuses the \
                probe's {} alone. Telemetry comes in; the doctor cannot try the way itself.",
            role.ingest.client_id, role.client_id
        ))
        .mend(format!("nothing has to be mended; to let the probe in:\n{}", role.allow()))
}

/// It says nothing of the group that matters.
fn shared_probe(role: &Role<'_>, fact: String) -> Finding {
    Finding::warning(GROUP, "shared-probe-not-authorized", fact)
        .why(format!(
            "A probe subscribes in the group {0}{PROBE}, for in the group {0} it would be handed \
                messages meant for the backend. A policy that allows only that one refuses the \
                probe and not the backend.",
            role.ingest.share_group
        ))
        .mend(format!(
            "see whether the backend is subscribed (/health, group backend below), or stop it and \
                run vigia doctor --only broker --as-backend; to let the probe in:\n{}",
            role.allow()
        ))
}

fn busy(fact: String) -> Finding {
    Finding::warning(GROUP, "broker-busy", fact)
        .why(
            "A limit of the broker was met, or it is not well: AWS IoT Core takes one CONNECT \
            a second of a client id.",
        )
        .mend("try again in a minute; see the quotas of AWS IoT Core for this account")
}

fn step(at: Step) -> &'static str {
    match at {
        Step::Tls => "in the TLS handshake",
        Step::Connect => "after CONNECT",
        Step::Subscribe => "after SUBSCRIBE",
    }
}
