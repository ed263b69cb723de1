//! One request over a stream that somebody else opened: what asking a server how it is takes, no more.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::pin::pin;
use tokio::io::{AsyncRead, AsyncWrite};

/// The largest body that is read; `/metrics` of a busy process has some hundred KiB.
const MOST_BYTES: usize = 2 * 1_024 * 1_024;

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
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut request = Request::get(path).header(HOST, host);
    if !headers.iter().any(|(name, _)| *name == CONNECTION) {
        request = request.header(CONNECTION, HeaderValue::from_static("close"));
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Empty::<Bytes>::new())?;
    let mut exchange = pin!(async move {
        let (head, body) = sender.send_request(request).await?.into_parts();
        // After 101 the stream belongs to another protocol, and there is no body to wait for.
        let body = match head.status {
            StatusCode::SWITCHING_PROTOCOLS => Bytes::new(),
            _ => Limited::new(body, MOST_BYTES)
                .collect()
                .await
                .map_err(|error| anyhow::anyhow!("the answer broke off: {error}"))?
                .to_bytes(),
        };
        Ok(Answer { status: head.status, headers: head.headers, body })
    });
    // The connection does the reading and writing; when it has ended, what it read is still there.
    tokio::select! {
        biased;
        answer = &mut exchange => answer,
        _ended = connection.with_upgrades() => exchange.await,
    }
}
