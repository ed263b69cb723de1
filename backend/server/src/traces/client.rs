//! Posts to the collector: one connection for each export, which is one every few seconds.

use crate::http_client::exchange;
use anyhow::Context as _;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONNECTION, HOST, HeaderValue};
use hyper::{Request, Response, Uri};
use opentelemetry_http::{HttpClient, HttpError};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
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
    host: String,
    port: u16,
    tls: Option<Arc<ClientConfig>>,
    /// How long one export may take, from the connection to the answer.
    timeout: Duration,
}

impl Client {
    /// # Errors
    /// When the address names no host, or the system's certificates cannot be read.
    pub(super) fn for_endpoint(endpoint: &str, timeout: Duration) -> anyhow::Result<Self> {
        let uri: Uri = endpoint.parse().context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
        let host = uri.host().context("OTEL_EXPORTER_OTLP_ENDPOINT names no host")?;
        let tls = uri.scheme_str() == Some("https");
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            tls: if tls { Some(Arc::new(with_the_systems_roots()?)) } else { None },
            timeout,
        })
    }

    async fn post(&self, request: Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
        let stream = TcpStream::connect((&*self.host, self.port)).await?;
        match &self.tls {
            None => send(stream, request).await,
            Some(config) => {
                let name = ServerName::try_from(self.host.clone())?;
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

fn with_the_systems_roots() -> anyhow::Result<ClientConfig> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _unusable) = roots.add_parsable_certificates(found.certs);
    anyhow::ensure!(
        added > 0,
        "OTEL_EXPORTER_OTLP_ENDPOINT is https, and this system has no CA certificates"
    );
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
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
