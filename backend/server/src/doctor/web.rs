//! The way people come: the name, the certificate, and whether the proxy passes on what it should and keeps what it should.

mod certificate;
mod proxy;

use super::finding::{Finding, Group};
use super::within;
use crate::config::Draft;
use crate::http_client::Place;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;
use tokio::net::TcpStream;

pub(super) const GROUP: Group = Group::Web;
const RESOLVE_WITHIN: Duration = Duration::from_secs(4);
const REACH_WITHIN: Duration = Duration::from_secs(4);

/// What the web address told, for this and for other groups.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) findings: Vec<Finding>,
    /// Its clock less ours, in milliseconds, as of a whole second.
    pub(super) skew_ms: Option<i64>,
}

/// Where people come to.
pub(super) struct Site {
    pub(super) url: String,
    pub(super) place: Place,
    pub(super) address: SocketAddr,
    /// No proxy: the backend itself.
    pub(super) is_backend: bool,
}

pub(super) async fn check(draft: &Draft, told: &mut Told) {
    let Some(url) = &draft.http.public_url else {
        let text = "PUBLIC_URL is not set: whether people reach it through a proxy was not looked at";
        told.findings.push(Finding::skipped(GROUP, "web", text));
        return;
    };
    let site = match site(draft, url, &mut told.findings).await {
        Ok(site) => site,
        Err(finding) => {
            told.findings.push(*finding);
            return;
        }
    };
    if !site.is_backend {
        told.findings.extend(trusted(draft));
    }
    if site.place.is_https {
        told.findings.extend(proxy::redirect(&site).await);
    }
    Box::pin(proxy::check(&site, told)).await;
}

/// Without it everybody seems to come from the proxy.
fn trusted(draft: &Draft) -> Option<Finding> {
    draft.http.trusted_proxies.is_empty().then(|| {
        Finding::warning(GROUP, "trusted-proxies-missing", "PUBLIC_URL is set, and TRUSTED_PROXIES is empty")
            .why(
                "Everybody seems to come from the proxy's address: limits count all people as \
                one, and the audit log names the proxy.",
            )
            .mend("set TRUSTED_PROXIES=127.0.0.1 for a proxy on this machine")
            .compose(
                "set TRUSTED_PROXIES to the network app: docker network inspect -f '{{(index .IPAM.Config \
                0).Subnet}}' <project>_app",
            )
    })
}

async fn site(draft: &Draft, url: &str, findings: &mut Vec<Finding>) -> Result<Site, Box<Finding>> {
    let Some(place) = Place::of(url) else {
        return Err(Box::new(
            Finding::failure(GROUP, "web-url-wrong", format!("PUBLIC_URL is {url}, which names no host"))
                .why("Links in letters to people lead nowhere.")
                .mend("set PUBLIC_URL=https://telemetry.example.com"),
        ));
    };
    let address = reach(&place, findings).await?;
    if !place.is_https {
        let what = format!("PUBLIC_URL is {url}: people come without TLS");
        let is_near = address.ip().is_loopback();
        let finding = if is_near {
            Finding::warning(GROUP, "web-not-https", what)
        } else {
            Finding::failure(GROUP, "web-not-https", what)
        };
        findings.push(
            finding.why("Passwords and sessions pass in the clear, and browsers keep features back.").mend(
                "set PUBLIC_URL=https://… and put a proxy with a certificate in front: \
                    docs/operations/install.md",
            ),
        );
    }
    let is_backend = address.ip().is_loopback() && place.port == draft.http.port;
    Ok(Site { url: url.trim_end_matches('/').to_owned(), place, address, is_backend })
}

async fn reach(place: &Place, findings: &mut Vec<Finding>) -> Result<SocketAddr, Box<Finding>> {
    let (host, port) = (place.host.as_str(), place.port);
    let unknown = |said: String| {
        Box::new(
            Finding::failure(GROUP, "web-name-unknown", format!("the name {host} leads nowhere: {said}"))
                .why("Nobody finds the pages, and no certificate can be had for the name.")
                .mend(format!(
                    "add an A record for {host} with this machine's public address at whoever \
                    keeps its DNS; dig +short {host}"
                )),
        )
    };
    let addresses: Vec<SocketAddr> = match within(RESOLVE_WITHIN, tokio::net::lookup_host((host, port))).await
    {
        Ok(addresses) => addresses.collect(),
        Err(error) => return Err(unknown(error.to_string())),
    };
    let Some(first) = addresses.first() else { return Err(unknown("it has no address".to_owned())) };
    let where_to = if addresses.iter().any(|address| is_here(address.ip())) {
        "this machine"
    } else {
        "another machine, or this one behind a router"
    };
    findings.push(Finding::ok(GROUP, "web-dns", format!("{host} is {}: {where_to}", first.ip())));
    let mut refusals = Vec::new();
    for address in addresses.iter().take(3) {
        match within(REACH_WITHIN, TcpStream::connect(address)).await {
            Ok(_stream) => return Ok(*address),
            Err(error) => refusals.push(format!("{address}: {error}")),
        }
    }
    let mut finding =
        Finding::failure(GROUP, "web-unreachable", format!("nobody takes a connection at {host}:{port}"))
            .why(
                "People do not reach the pages. (From behind some routers one's own public \
            address cannot be reached: then look from outside.)",
            )
            .mend(if place.is_https {
                "systemctl status nginx; sudo ufw allow 443/tcp"
            } else {
                "systemctl status nginx; sudo ufw allow 80/tcp"
            })
            .compose("deploy/compose ps web; deploy/compose logs --tail 50 web");
    for refusal in refusals {
        finding = finding.detail(refusal);
    }
    Err(Box::new(finding))
}

/// Whether an address is this machine's: a loopback one, or the one by which it goes out. Nothing is sent.
fn is_here(address: IpAddr) -> bool {
    let outward = || {
        let (from, to) =
            if address.is_ipv4() { ("0.0.0.0:0", "192.0.2.1:9") } else { ("[::]:0", "[2001:db8::1]:9") };
        let socket = UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        socket.local_addr().ok().map(|local| local.ip())
    };
    address.is_loopback() || outward() == Some(address)
}
