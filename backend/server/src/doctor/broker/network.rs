//! Below MQTT: the name, the port, and whether the broker's certificate is one of those we trust.

use super::{GROUP, place, sorted};
use crate::doctor::finding::Finding;
use crate::doctor::{day, within};
use crate::tls;
use rustls::CertificateError;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use vigia_ingest::IngestSettings;
use vigia_ingest::tls::Shown;
use vigia_ingest::tls::examine::Examination;
use vigia_live::board::{Certificate, CertificateKind};
use vigia_model::{Clock, Timestamp};

const RESOLVE_WITHIN: Duration = Duration::from_secs(4);
const REACH_WITHIN: Duration = Duration::from_secs(4);
/// How the certificate of a broker of one's own is renewed, with all its names.
const RENEW: &str = "sudo deploy/mosquitto/pki.sh server NAMES --force; deploy/compose restart broker";

/// The addresses of a name.
pub(super) async fn resolve(host: &str, port: u16) -> Result<(Vec<SocketAddr>, Finding), Box<Finding>> {
    let found = within(RESOLVE_WITHIN, tokio::net::lookup_host((host, port))).await;
    let said = match found {
        Ok(addresses) => {
            let addresses = sorted(addresses.collect());
            if let Some(first) = addresses.first() {
                let text = format!("{host} is {}{}", first.ip(), more(addresses.len()));
                return Ok((addresses, Finding::ok(GROUP, "broker-dns", text)));
            }
            "it has no address".to_owned()
        }
        Err(error) => error.to_string(),
    };
    Err(Box::new(
        Finding::failure(GROUP, "endpoint-unknown-host", format!("the name {host} leads nowhere: {said}"))
            .why("Either it is mistyped, or this machine (or container) has no name server that answers.")
            .mend(format!(
                "getent hosts {host}; compare AWS_IOT_ENDPOINT with aws iot \
                    describe-endpoint --endpoint-type iot:Data-ATS; resolvectl status"
            ))
            .compose(format!(
                "deploy/compose exec api getent hosts {host}; the service api must be in the \
                network edge"
            )),
    ))
}

fn more(number: usize) -> String {
    if number > 1 { format!(" and {} more", number - 1) } else { String::new() }
}

/// An address that takes a connection; each that does not is a finding only if none does.
pub(super) async fn reach(
    ingest: &IngestSettings,
    addresses: &[SocketAddr],
    findings: &mut Vec<Finding>,
) -> Option<SocketAddr> {
    let mut refusals = Vec::new();
    // Three at the most: each that says nothing takes its time.
    for address in addresses.iter().take(3) {
        match within(REACH_WITHIN, TcpStream::connect(address)).await {
            Ok(_stream) => {
                findings.push(Finding::ok(GROUP, "broker-tcp", format!("{address} takes connections")));
                return Some(*address);
            }
            Err(error) => refusals.push(format!("{address}: {error}")),
        }
    }
    let mut finding = Finding::failure(
        GROUP,
        "broker-unreachable",
        format!("nobody takes a connection at {}", place(ingest)),
    )
    .why(
        "A firewall on the way that lets only web pages through is the usual reason, or a \
        broker that is not running.",
    )
    .mend(format!(
        "nc -vz {} {}; let out TCP {1}, or set AWS_IOT_PORT=443 (AWS IoT Core speaks MQTT there too)",
        ingest.host, ingest.port
    ));
    for refusal in refusals {
        finding = finding.detail(refusal);
    }
    findings.push(finding);
    None
}

/// Whether the broker shows a certificate that an authority in our file has signed. True where it does, or where it cannot
/// be told.
pub(super) async fn trust(
    ingest: &IngestSettings,
    address: SocketAddr,
    examination: &Examination,
    findings: &mut Vec<Finding>,
) -> bool {
    let Some(roots) = examination.roots.clone() else { return true };
    let Ok(tcp) = within(REACH_WITHIN, TcpStream::connect(address)).await else { return true };
    let (shown, stream) = tls::look(tcp, &ingest.host, Some(roots)).await;
    let Some(shown) = shown else {
        let said = stream.err().map_or_else(|| "no certificate".to_owned(), |error| format!("{error:#}"));
        findings.push(
            Finding::failure(
                GROUP,
                "broker-tls-failed",
                format!("{} speaks no TLS with us: {said}", place(ingest)),
            )
            .why("Something else than a broker may listen there, or a proxy on the way opens connections.")
            .mend(format!(
                "openssl s_client -connect {0} -servername {1} </dev/null",
                place(ingest),
                ingest.host
            )),
        );
        return false;
    };
    match &shown.fault {
        None => {
            findings.push(good(&shown.certificate, Clock::System.now()));
            true
        }
        Some(fault) => {
            findings.push(not_trusted(ingest, &shown, fault, examination));
            false
        }
    }
}

fn good(shown: &Certificate, now: Timestamp) -> Finding {
    let text = format!("TLS: {}, issued by {}, until {}", shown.subject, shown.issuer, day(shown.not_after));
    let left = shown.days_left(now);
    if left > CertificateKind::Broker.soon_days() {
        return Finding::ok(GROUP, "broker-tls", text);
    }
    Finding::warning(GROUP, "broker-certificate-expires-soon", format!("{text}, in {left} days"))
        .why("From that day on nobody connects to the broker, neither Vigía nor a gateway.")
        .mend(format!("on-premise: {RENEW}; AWS renews its own by itself"))
}

fn not_trusted(
    ingest: &IngestSettings,
    shown: &Shown,
    fault: &CertificateError,
    examination: &Examination,
) -> Finding {
    let whom =
        format!("the broker shows {}, issued by {}", shown.certificate.subject, shown.certificate.issuer);
    let file = ingest.tls.ca.display();
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Finding::failure(
            GROUP,
            "broker-certificate-expired",
            format!("{whom}: it expired on {}", day(shown.certificate.not_after)),
        )
        .why("Nobody should believe it. If the day has not come yet, this machine's clock is ahead.")
        .mend(format!("timedatectl; on-premise: {RENEW}")),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Finding::failure(
            GROUP,
            "broker-certificate-not-yet-valid",
            format!("{whom}: it is valid only from {}", day(shown.certificate.not_before)),
        )
        .why("This machine's clock is behind: certificates of AWS are never made for later.")
        .mend("timedatectl; sudo timedatectl set-ntp true"),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Finding::failure(
                GROUP,
                "broker-certificate-wrong-name",
                format!("{whom}: it is not for the name {}", ingest.host),
            )
            .why(
                "The connection goes to somebody else than AWS_IOT_ENDPOINT names, or by \
                    another name (an IP address, say) than the certificate has.",
            )
            .mend(
                "set AWS_IOT_ENDPOINT to a name that is in the certificate; on-premise: \
                    deploy/mosquitto/pki.sh server NAMES --force",
            )
        }
        _ => {
            let ours: Vec<String> = examination.authorities.iter().map(|it| it.subject.clone()).collect();
            Finding::failure(
                GROUP,
                "broker-certificate-not-trusted",
                format!("{whom}: {file} did not sign it"),
            )
            .detail(format!("{file} holds {}", ours.join("; ")))
            .why(
                "The file of authorities is another broker's, the endpoint is the one of \
                    old, or somebody on the way opens connections.",
            )
            .mend(format!(
                "AWS IoT Core: curl -fsSo {file} \
                        https://www.amazontrust.com/repository/AmazonRootCA1.pem, and an \
                        endpoint with -ats; on-premise: the ca.pem that signed the broker's \
                        certificate"
            ))
        }
    }
}
