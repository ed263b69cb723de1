//! One request over a stream that somebody else opened: what asking a server how it is takes, no more.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use std::pin::pin;
use tokio::io::{AsyncRead, AsyncWrite};

pub(crate) const HTTPS: u16 = 443;
pub(crate) const HTTP: u16 = 80;
/// The largest body that is read; `/metrics` of a busy process has some hundred KiB.
const MOST_BYTES: usize = 2 * 1_024 * 1_024;

/// Where a server is, by the address people write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Without the brackets of an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) is_https: bool,
}

impl Place {
    /// `None` where the address names no host.
    pub(crate) fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let is_https = uri.scheme_str() == Some("https");
        Some(Self {
            host: uri.host()?.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(if is_https { HTTPS } else { HTTP }),
            is_https,
        })
    }

    /// As a browser names it in `Origin`.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.is_https { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// As a browser names it in `Host`.
    pub(crate) fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let is_usual = self.port == if self.is_https { HTTPS } else { HTTP };
        if is_usual { host } else { format!("{host}:{}", self.port) }
    }
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header as text; the first if there are several.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; null if it is something else.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// `GET path` of `host`, with these headers. Follows no redirect.
///
/// # Errors
/// When no answer comes, or none that HTTP knows.
pub(crate) async fn get<S>(
    stream: S,
    host: &str,
    path: &str,
    headers: &[(HeaderName, String)],
) -> anyhow::Result<Answer>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut request = Request::get(path).header(HOST, host);
    if !headers.iter().any(|(name, _)| *name == CONNECTION) {
        request = request.header(CONNECTION, HeaderValue::from_static("close"));
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let (head, body) = exchange(stream, request.body(Full::default())?, MOST_BYTES).await?.into_parts();
    Ok(Answer { status: head.status, headers: head.headers, body })
}

/// Sends a request that is complete, and reads the answer, of which the body has at most so many bytes.
///
/// # Errors
/// When no answer comes, none that HTTP knows, or a larger one.
pub(crate) async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    most_bytes: usize,
) -> anyhow::Result<Response<Bytes>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut answer = pin!(async move {
        let (head, body) = sender.send_request(request).await?.into_parts();
        // After 101 the stream belongs to another protocol, and there is no body to wait for.
        let body = match head.status {
            StatusCode::SWITCHING_PROTOCOLS => Bytes::new(),
            _ => Limited::new(body, most_bytes)
                .collect()
                .await
                .map_err(|error| anyhow::anyhow!("the answer broke off: {error}"))?
                .to_bytes(),
        };
        Ok(Response::from_parts(head, body))
    });
    // The connection does the reading and writing; when it has ended, what it read is still there.
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        _ended = connection.with_upgrades() => answer.await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_a_server_is_and_how_a_browser_names_it() {
        for (url, host, port, is_https, authority) in [
            ("https://telemetry.example.com/", "telemetry.example.com", 443, true, "telemetry.example.com"),
            ("http://127.0.0.1:3002", "127.0.0.1", 3002, false, "127.0.0.1:3002"),
            ("https://[::1]:8443", "::1", 8443, true, "[::1]:8443"),
            ("http://[::1]", "::1", 80, false, "[::1]"),
        ] {
            let place = Place::of(url).unwrap();
            assert_eq!((place.host.as_str(), place.port, place.is_https), (host, port, is_https), "{url}");
            assert_eq!(place.authority(), authority, "{url}");
        }
        assert_eq!(Place::of("/only/a/path"), None);
    }
}
