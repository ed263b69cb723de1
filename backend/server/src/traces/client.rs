//! Posts to the collector: one connection for each export, which is one every few seconds.

use crate::http_client::{Place, exchange};
use crate::tls;
use anyhow::Context as _;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONNECTION, HOST, HeaderValue};
use hyper::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// The largest answer that is read.
const MOST_BYTES: usize = 64 * 1_024;

/// Speaks HTTP, over TLS where the address says so.
#[derive(Debug)]
pub(super) struct Client {
    place: Place,
    tls: Option<Arc<ClientConfig>>,
    /// How long one export may take, from the connection to the answer.
    timeout: Duration,
}

impl Client {
    /// # Errors
    /// When the address names no host, or the system's certificates cannot be read.
    pub(super) fn for_endpoint(endpoint: &str, timeout: Duration) -> anyhow::Result<Self> {
        let place = Place::of(endpoint).context("OTEL_EXPORTER_OTLP_ENDPOINT names no host")?;
        let tls = place.is_https.then(tls::client_config).transpose();
        let tls = tls.context("OTEL_EXPORTER_OTLP_ENDPOINT is https")?.map(Arc::new);
        Ok(Self { place, tls, timeout })
    }

    async fn post(&self, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
        let stream = TcpStream::connect((&*self.place.host, self.place.port)).await?;
        match &self.tls {
            None => send(stream, request).await,
            Some(config) => {
                let name = ServerName::try_from(self.place.host.clone())?;
                let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
                send(stream, request).await
            }
        }
    }
}

impl HttpClient for Client {
    fn send_bytes<'client, 'answer>(
        &'client self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'answer>>
    where
        'client: 'answer,
        Self: 'answer,
    {
        Box::pin(async move {
            // The exporter bounds its own clients alone.
            let posted = tokio::time::timeout(self.timeout, self.post(request)).await;
            posted.map_err(|_elapsed| "no answer in time")?.map_err(Into::into)
        })
    }
}

/// Names the host, and asks for the path alone, as a server expects it.
async fn send<S>(stream: S, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut head, body) = request.into_parts();
    let authority = head.uri.authority().map_or("", |authority| authority.as_str());
    head.headers.insert(HOST, HeaderValue::from_str(authority)?);
    head.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    head.uri = head.uri.path_and_query().map_or("/", |path| path.as_str()).parse()?;
    exchange(stream, Request::from_parts(head, Full::new(body)), MOST_BYTES).await
}
