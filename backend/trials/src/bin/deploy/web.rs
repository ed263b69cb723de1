//! The way in that people use: HTTPS and WSS through Nginx, by the public name.

use crate::command::{run, run_with, wait_for};
use crate::tls;
use anyhow::{Context, Result, bail};
use futures_util::StreamExt;
use serde_json::Value;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

/// The name the certificate bears.
pub(crate) const NAME: &str = "telemetry.test";

/// An Nginx, and what a client must be shown to talk to it.
#[derive(Debug)]
pub(crate) struct Web {
    pub(crate) http: u16,
    pub(crate) https: u16,
    trust: Trust,
}

/// A certificate in a file.
#[derive(Debug)]
enum Trust {
    /// This one and no other.
    Pinned(PathBuf),
    /// Whatever this authority signed for the name.
    Authority(PathBuf),
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("no JSON: {}", self.body))
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

impl Web {
    /// Takes the certificate that is shown now for the right one.
    pub(crate) fn as_shown((http, https): (u16, u16), certificate: PathBuf) -> Result<Self> {
        fs::write(&certificate, shown(https)?)?;
        Ok(Self { http, https, trust: Trust::Pinned(certificate) })
    }

    /// Takes what this authority signed, as a browser does.
    pub(crate) const fn signed_by((http, https): (u16, u16), authority: PathBuf) -> Self {
        Self { http, https, trust: Trust::Authority(authority) }
    }

    /// Waits until a certificate is shown that one may trust, and that is another one than this, in PEM; after how long.
    pub(crate) async fn until_trusted(&self, other_than: &str, within: Duration) -> Result<Duration> {
        let began = Instant::now();
        wait_for("Nginx to show the new certificate", within, || {
            Ok((shown(self.https)? != other_than && self.ask("/health", "")?.status == 200).then_some(()))
        })
        .await?;
        let took = began.elapsed();
        // curl may trust authorities of this machine besides.
        self.connect().await?;
        Ok(took)
    }

    /// How people reach it.
    pub(crate) fn url(&self) -> String {
        format!("https://{NAME}:{}", self.https)
    }

    /// Asks for a path, with what else curl is to be told, one option a line: so that no secret is an argument.
    pub(crate) fn ask(&self, path: &str, options: &str) -> Result<Answer> {
        self.ask_url(&format!("{}{path}", self.url()), options)
    }

    pub(crate) fn ask_url(&self, url: &str, options: &str) -> Result<Answer> {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--max-time", "20", "--config", "-", "--dump-header", "-"]);
        curl.args(["--resolve", &format!("{NAME}:{}:127.0.0.1", self.https)]);
        curl.args(["--resolve", &format!("{NAME}:{}:127.0.0.1", self.http)]);
        let (Trust::Pinned(certificate) | Trust::Authority(certificate)) = &self.trust;
        curl.arg("--cacert").arg(certificate).arg(url);
        let said = run_with(&mut curl, options)?.replace("\r\n", "\n");
        let (head, body) = said.split_once("\n\n").unwrap_or((&said, ""));
        let status = head.split_whitespace().nth(1).and_then(|word| word.parse().ok());
        let status = status.with_context(|| format!("no status: {head}"))?;
        Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
    }

    /// Asks as whoever has this token.
    pub(crate) fn ask_as(&self, token: &str, path: &str) -> Result<Value> {
        let answer = self.ask(path, &format!("header = \"Authorization: Bearer {token}\"\n"))?;
        if answer.status != 200 {
            bail!("GET {path}: {} {}", answer.status, answer.body);
        }
        answer.json()
    }

    /// A connection on which the certificate was found to be the right one.
    pub(crate) async fn connect(&self) -> Result<TlsStream<TcpStream>> {
        let read = |path: &Path| -> Result<Vec<u8>> {
            Ok(CertificateDer::from_pem_slice(&fs::read(path)?)?.as_ref().to_vec())
        };
        let connector = match &self.trust {
            Trust::Pinned(certificate) => tls::pinned(read(certificate)?)?,
            Trust::Authority(authority) => tls::signed(read(authority)?)?,
        };
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.https)).await?;
        connector.connect(ServerName::try_from(NAME)?, stream).await.context("no TLS")
    }

    /// Opens the live feed over TLS.
    pub(crate) async fn feed(&self, token: &str) -> Result<Feed> {
        let stream = self.connect().await?;
        let mut request = format!("wss://{NAME}:{}/ws", self.https).into_client_request()?;
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
        request.headers_mut().insert("origin", self.url().parse()?);
        let (socket, _) = client_async(request, stream).await.context("no WebSocket")?;
        Ok(Feed(socket))
    }
}

/// The certificate that is shown on a port, in PEM.
pub(crate) fn shown(https: u16) -> Result<String> {
    let script =
        "openssl s_client -connect \"127.0.0.1:$1\" -servername \"$2\" </dev/null 2>/dev/null | openssl x509";
    let mut openssl = Command::new("sh");
    openssl.args(["-c", script, "shown", &https.to_string(), NAME]);
    run(&mut openssl).context("Nginx shows no certificate")
}

/// The live feed.
pub(crate) struct Feed(WebSocketStream<TlsStream<TcpStream>>);

impl Feed {
    /// The next message for which something holds.
    pub(crate) async fn until(
        &mut self,
        within: Duration,
        wanted: impl Fn(&Value) -> bool + Send + Sync,
    ) -> Result<Value> {
        let next = async {
            while let Some(message) = self.0.next().await {
                if let Message::Text(text) = message? {
                    let message: Value = serde_json::from_str(&text)?;
                    if wanted(&message) {
                        return Ok(message);
                    }
                }
            }
            bail!("the feed ended")
        };
        tokio::time::timeout(within, next).await.context("what is wanted does not come on the feed")?
    }
}
