//! What the proxy passes on, and what it keeps back.

use super::{GROUP, REACH_WITHIN, Site, Told, certificate};
use crate::doctor::finding::Finding;
use crate::doctor::within;
use crate::http_client::{self, Answer, HTTP, HTTPS};
use crate::tls;
use crate::version;
use hyper::StatusCode;
use hyper::header::{
    CONNECTION, DATE, HeaderName, LOCATION, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION,
    STRICT_TRANSPORT_SECURITY, UPGRADE,
};
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use vigia_model::{Clock, Timestamp};

const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// By it the backend tells what came of the wish for a WebSocket.
const UPGRADE_SEEN: HeaderName = HeaderName::from_static("x-websocket-upgrade");
/// Sixteen bytes in base64; nobody has to guess them.
const KEY: &str = "dmlnaWEgZG9jdG9yIDEyMw==";

pub(super) async fn check(site: &Site, told: &mut Told) {
    if site.place.is_https {
        match shown(site).await {
            Ok(finding) => told.findings.push(finding),
            Err(finding) => {
                told.findings.push(*finding);
                return;
            }
        }
    }
    let wish = [
        (UPGRADE, "websocket".to_owned()),
        (CONNECTION, "Upgrade".to_owned()),
        (SEC_WEBSOCKET_VERSION, "13".to_owned()),
        (SEC_WEBSOCKET_KEY, KEY.to_owned()),
        (ORIGIN, site.url.clone()),
    ];
    let (health, metrics, feed) =
        tokio::join!(ask(site, "/health", &[]), ask(site, "/metrics", &[]), ask(site, "/ws", &wish));
    let is_passed_on = match health {
        Ok(answer) => {
            told.skew_ms = skew(&answer, Clock::System.now());
            if site.place.is_https {
                told.findings.push(hsts(&answer));
            }
            let finding = of_health(site, &answer);
            let is_ours = finding.id != "web-proxy-broken";
            told.findings.push(finding);
            is_ours
        }
        Err(error) => {
            told.findings.push(no_answer(site, &error));
            false
        }
    };
    if let Ok(answer) = metrics
        && !site.is_backend
    {
        told.findings.push(of_metrics(&answer));
    }
    // What is in front of nothing says nothing of WebSockets.
    if is_passed_on {
        told.findings.push(of_feed(site, feed));
    }
}

/// A request over a connection of its own, whatever the certificate: nothing secret is sent.
async fn ask(site: &Site, path: &str, headers: &[(HeaderName, String)]) -> anyhow::Result<Answer> {
    let asking = async {
        let tcp = TcpStream::connect(site.address).await?;
        if !site.place.is_https {
            return http_client::get(tcp, &site.place.authority(), path, headers).await;
        }
        let (_, stream) = tls::look(tcp, &site.place.host, None).await;
        http_client::get(stream?, &site.place.authority(), path, headers).await
    };
    match tokio::time::timeout(ANSWER_WITHIN, asking).await {
        Ok(answer) => answer,
        Err(_elapsed) => Err(anyhow::anyhow!("no answer within {} s", ANSWER_WITHIN.as_secs())),
    }
}

async fn shown(site: &Site) -> Result<Finding, Box<Finding>> {
    let failed = |said: String| {
        Box::new(
            Finding::failure(GROUP, "web-tls-failed", format!("{} speaks no TLS with us: {said}", site.url))
                .why("Browsers do not get in either.")
                .mend(format!(
                    "sudo nginx -t; openssl s_client -connect {0}:{1} -servername {0} </dev/null",
                    site.place.host, site.place.port
                ))
                .compose("deploy/compose logs --tail 50 web"),
        )
    };
    let Ok(roots) = tls::system_roots() else {
        return Err(Box::new(
            Finding::failure(
                GROUP,
                "web-no-authorities",
                "this machine trusts no authority: whether the certificate is good cannot be told",
            )
            .why("Programs find the authorities in /etc/ssl/certs.")
            .mend("sudo apt-get install ca-certificates"),
        ));
    };
    let tcp = within(REACH_WITHIN, TcpStream::connect(site.address))
        .await
        .map_err(|error| failed(error.to_string()))?;
    let (shown, stream) = tls::look(tcp, &site.place.host, Some(roots)).await;
    match (shown, stream) {
        (Some(shown), _) => Ok(certificate::judged(site, &shown, Clock::System.now())),
        (None, Err(error)) => Err(failed(format!("{error:#}"))),
        (None, Ok(_)) => Err(failed("it shows no certificate".to_owned())),
    }
}

/// Whether who comes without TLS is sent on to it.
pub(super) async fn redirect(site: &Site) -> Option<Finding> {
    // On another port nobody can know where the plain one is.
    if site.place.port != HTTPS {
        return None;
    }
    Some(redirected(site, SocketAddr::new(site.address.ip(), HTTP)).await)
}

async fn redirected(site: &Site, address: SocketAddr) -> Finding {
    let asking = async {
        let tcp = TcpStream::connect(address).await?;
        http_client::get(tcp, &site.place.host, "/", &[]).await
    };
    let why = "Who types the name without https sees nothing, or goes on without TLS; and certbot \
        needs port 80 to renew.";
    let mend = "have port 80 answer with return 308 https://$host$request_uri; as nginx/ does";
    match tokio::time::timeout(ANSWER_WITHIN, asking).await {
        Ok(Ok(answer)) => {
            let location = answer.header(&LOCATION).unwrap_or_default().to_owned();
            if answer.status.is_redirection() && location.starts_with("https://") {
                return Finding::ok(GROUP, "web-redirect", format!("http is sent on to {location}"));
            }
            Finding::warning(
                GROUP,
                "web-no-redirect",
                format!("{address} answers {} instead of sending people on to https", answer.status),
            )
            .why(why)
            .mend(mend)
        }
        _ => Finding::warning(GROUP, "web-no-redirect", format!("nobody answers at {address}"))
            .why(why)
            .mend(mend)
            .compose("deploy/compose ps web: 80 must be published"),
    }
}

fn no_answer(site: &Site, error: &anyhow::Error) -> Finding {
    Finding::failure(GROUP, "web-proxy-broken", format!("{}/health: {error:#}", site.url))
        .why("The proxy takes the connection and answers nothing.")
        .mend("sudo nginx -t; sudo tail /var/log/nginx/error.log")
        .compose("deploy/compose logs --tail 50 web")
}

fn of_health(site: &Site, answer: &Answer) -> Finding {
    let health = answer.json();
    let text = |name: &str| health.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    match (answer.status, text("version"), text("commit")) {
        (StatusCode::OK, Some(number), commit) => {
            let commit = commit.unwrap_or_else(|| "unknown".to_owned());
            if number == version::VERSION && commit == version::COMMIT {
                return Finding::ok(
                    GROUP,
                    "web-health",
                    format!("{}/health is answered by vigia {number} ({commit})", site.url),
                );
            }
            Finding::warning(
                GROUP,
                "web-other-version",
                format!("behind {} runs vigia {number} ({commit}), and this is {}", site.url, version::LONG),
            )
            .why(
                "The proxy leads to another backend than the one meant, or an upgrade was \
                    not followed by a start.",
            )
            .mend("systemctl restart vigia; check proxy_pass")
            .compose("deploy/compose up -d api web")
        }
        (status, ..) => {
            let (why, mend) = match status {
                StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => (
                    "The proxy does not reach the backend: it is not running, or listens \
                        elsewhere than proxy_pass says.",
                    "systemctl status vigia; HOST and PORT must be what proxy_pass in the \
                        proxy's configuration says",
                ),
                StatusCode::NOT_FOUND => (
                    "The proxy has no location for the backend, or a server of another name answered.",
                    "server_name must be the host of PUBLIC_URL; location / must have \
                        proxy_pass: nginx/ shows how",
                ),
                StatusCode::FORBIDDEN | StatusCode::MISDIRECTED_REQUEST => (
                    "The backend lets only names in that it knows: that of PUBLIC_URL.",
                    "proxy_set_header Host $host; and PUBLIC_URL as people type it",
                ),
                _ => (
                    "Something else than our backend answered.",
                    "sudo nginx -T; which server has this name?",
                ),
            };
            Finding::failure(
                GROUP,
                "web-proxy-broken",
                format!("{}/health is answered with {status}", site.url),
            )
            .why(why)
            .mend(mend)
            .compose("deploy/compose ps; deploy/compose logs --tail 50 web api")
        }
    }
}

fn hsts(answer: &Answer) -> Finding {
    match answer.header(&STRICT_TRANSPORT_SECURITY) {
        Some(value) => Finding::ok(GROUP, "web-hsts", format!("Strict-Transport-Security: {value}")),
        None => Finding::warning(GROUP, "web-no-hsts", "answers have no Strict-Transport-Security")
            .why("Somebody on the way can keep a browser from TLS the next time.")
            .mend(
                "add_header Strict-Transport-Security \"max-age=63072000\" always; in the server of port 443",
            ),
    }
}

fn of_metrics(answer: &Answer) -> Finding {
    // Many sites answer any path with their first page.
    if answer.status.is_success() && String::from_utf8_lossy(&answer.body).contains("vigia_") {
        return Finding::failure(GROUP, "metrics-public", "/metrics is answered to everybody")
            .why("It names the broker's client ids and tells strangers how busy the installation is.")
            .mend(
                "location = /metrics { return 404; } in the proxy's configuration, then sudo \
                systemctl reload nginx",
            )
            .compose("use nginx/ as it is; deploy/compose restart web");
    }
    Finding::ok(GROUP, "web-metrics", format!("/metrics is kept back ({})", answer.status))
}

fn of_feed(site: &Site, answer: anyhow::Result<Answer>) -> Finding {
    let why = "Live values need a WebSocket. Without one the pages show stale values.";
    let mend = "in location = /ws of the proxy:\nproxy_http_version 1.1;\nproxy_set_header Upgrade \
        $http_upgrade;\nproxy_set_header Connection \"upgrade\";\nproxy_read_timeout 75s;";
    let broken = |what: String| {
        Finding::failure(GROUP, "websocket-not-passed-on", what)
            .why(why)
            .mend(mend)
            .compose("use nginx/ as it is; deploy/compose restart web")
    };
    match answer {
        Err(error) => broken(format!("{}/ws: {error:#}", site.url)),
        Ok(answer) if answer.status == StatusCode::SWITCHING_PROTOCOLS => {
            Finding::ok(GROUP, "websocket", "WebSockets come through".to_owned())
        }
        Ok(answer) => match (answer.status, answer.header(&UPGRADE_SEEN)) {
            // It asks who we are, as it should, and has seen what we wish.
            (StatusCode::UNAUTHORIZED, Some("seen")) => {
                Finding::ok(GROUP, "websocket", "WebSockets come through")
            }
            (status, Some("missing")) => {
                broken(format!("the proxy does not pass on that a WebSocket is asked for ({status})"))
            }
            (StatusCode::FORBIDDEN, Some("seen")) => Finding::failure(
                GROUP,
                "websocket-origin-refused",
                "the backend does not know the origin of its own pages",
            )
            .why("It lets in the origin of PUBLIC_URL alone, and those of CORS_ORIGIN.")
            .mend(
                "set PUBLIC_URL to what people type, and have the proxy pass on Host: \
                    proxy_set_header Host $host;",
            ),
            (status, _) => broken(format!(
                "{}/ws is answered with {status}, by somebody else than the backend",
                site.url
            )),
        },
    }
}

/// The header's seconds are cut off: half a second on average.
fn skew(answer: &Answer, now: Timestamp) -> Option<i64> {
    let told: SystemTime = httpdate::parse_http_date(answer.header(&DATE)?).ok()?;
    let told = told.duration_since(UNIX_EPOCH).ok()?;
    let told_ms = i64::try_from(told.as_millis()).ok()?;
    Some(Timestamp::from_millis(told_ms + 500).millis_since(now))
}
