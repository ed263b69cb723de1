//! `vigia healthcheck`: whether a process is there and answers, in one line and an exit code. What it needs is there for
//! another question (`/health/ready`, `vigia doctor`): a container is not started again because its database is away.

use crate::http_client::{self, Answer};
use anyhow::{Context as _, bail};
use hyper::StatusCode;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;

/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(3);

/// Asks whoever listens on `address`.
///
/// # Errors
/// When nobody does, or the answer takes too long or is not 200.
pub(crate) async fn ask(address: SocketAddr) -> anyhow::Result<String> {
    let address = reached_by(address);
    let answer = health(address).await?;
    if answer.status != StatusCode::OK {
        bail!("{address} answers GET /health with {}", answer.status);
    }
    let health = answer.json();
    let text = |name: &str| health.get(name).and_then(Value::as_str).unwrap_or("?").to_owned();
    Ok(format!("{address} answers: vigia {} ({}), {}", text("version"), text("commit"), text("status")))
}

/// `GET /health` of whoever listens on `address`.
///
/// # Errors
/// When no answer comes in time.
pub(crate) async fn health(address: SocketAddr) -> anyhow::Result<Answer> {
    let asking = async {
        let stream =
            TcpStream::connect(address).await.with_context(|| format!("cannot connect to {address}"))?;
        // By this name everybody may ask, whatever the address.
        http_client::get(stream, "localhost", "/health", &[]).await
    };
    match tokio::time::timeout(WITHIN, asking).await {
        Ok(answer) => answer,
        Err(_elapsed) => bail!("{address} does not answer within {} s", WITHIN.as_secs()),
    }
}

/// Who listens on all addresses is reached by the loopback one.
pub(crate) fn reached_by(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
