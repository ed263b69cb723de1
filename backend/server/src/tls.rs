//! A look at a server's certificate that goes on whatever is wrong with it, and whom this machine trusts.

use anyhow::Context as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::ServerName;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use vigia_ingest::tls::{Recorder, Shown};

/// How long a handshake may take.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);

/// What this machine's browsers and programs trust.
///
/// # Errors
/// When it trusts nobody.
pub(crate) fn system_roots() -> anyhow::Result<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    anyhow::ensure!(!roots.is_empty(), "this system has no CA certificates");
    Ok(Arc::new(roots))
}

/// Shakes hands, and tells what the server showed, as these authorities judge it; also when nothing came of it. Nothing that is
/// secret may be sent over the stream.
pub(crate) async fn look(
    tcp: TcpStream,
    host: &str,
    roots: Option<Arc<RootCertStore>>,
) -> (Option<Shown>, anyhow::Result<TlsStream<TcpStream>>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let recorder = match Recorder::that_lets_all_pass(roots, &provider) {
        Ok(recorder) => Arc::new(recorder),
        Err(error) => return (None, Err(error.into())),
    };
    let shaking = async {
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Recorder>::clone(&recorder))
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned())?;
        Ok(TlsConnector::from(Arc::new(config)).connect(name, tcp).await?)
    };
    let stream = match tokio::time::timeout(HANDSHAKE_WITHIN, shaking).await {
        Ok(stream) => stream,
        Err(_elapsed) => Err(anyhow::anyhow!("no answer within {} s", HANDSHAKE_WITHIN.as_secs())),
    };
    (recorder.shown(), stream)
}

/// The configuration of a client that trusts whom this machine trusts.
///
/// # Errors
/// When it trusts nobody.
pub(crate) fn client_config() -> anyhow::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(config.context("TLS")?.with_root_certificates(system_roots()?).with_no_client_auth())
}
