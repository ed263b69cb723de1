//! TLS to both sides: as the broker towards a client, as that client towards the broker.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};
use x509_parser::parse_x509_certificate;

use crate::error::{Error, Result};
use crate::pki::{Identity, Pki};

/// What is needed for both.
pub(super) struct Tls {
    pki: Pki,
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    acceptor: TlsAcceptor,
}

impl Tls {
    pub(super) fn new(pki: Pki) -> Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        for cert in certificates(&pki.broker()?, |identity| &identity.ca)? {
            roots.add(cert).map_err(Error::tls("trust the authority"))?;
        }
        let roots = Arc::new(roots);
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider))
            .build()
            .map_err(Error::tls("ask for client certificates"))?;
        let (chain, key) = chain_and_key(&pki.broker()?)?;
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(Error::tls("choose versions"))?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .map_err(Error::tls("use the broker's certificate"))?;
        Ok(Self { pki, provider, roots, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// Lets a client in; with it the common name of its certificate.
    pub(super) async fn accept(&self, tcp: TcpStream) -> io::Result<(server::TlsStream<TcpStream>, String)> {
        tcp.set_nodelay(true)?;
        let stream = self.acceptor.accept(tcp).await?;
        let name = common_name(stream.get_ref().1.peer_certificates())
            .ok_or_else(|| io::Error::other("the client's certificate has no common name"))?;
        Ok((stream, name))
    }

    /// Connects to the broker as the client of this name.
    pub(super) async fn dial(&self, port: u16, name: &str) -> io::Result<client::TlsStream<TcpStream>> {
        let config = self.client_config(name).map_err(io::Error::other)?;
        let tcp = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        tcp.set_nodelay(true)?;
        let host = ServerName::try_from("localhost").map_err(io::Error::other)?;
        TlsConnector::from(Arc::new(config)).connect(host, tcp).await
    }

    fn client_config(&self, name: &str) -> Result<ClientConfig> {
        let (chain, key) = chain_and_key(&self.pki.client(name)?)?;
        ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(Error::tls("choose versions"))?
            .with_root_certificates(Arc::clone(&self.roots))
            .with_client_auth_cert(chain, key)
            .map_err(Error::tls("use a client's certificate"))
    }
}

fn common_name(chain: Option<&[CertificateDer<'_>]>) -> Option<String> {
    let (_, cert) = parse_x509_certificate(chain?.first()?).ok()?;
    cert.subject().iter_common_name().next()?.as_str().ok().map(str::to_owned)
}

fn chain_and_key(identity: &Identity) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let key = PrivateKeyDer::from_pem_file(&identity.key).map_err(Error::tls("read a key"))?;
    Ok((certificates(identity, |identity| &identity.cert)?, key))
}

fn certificates(
    identity: &Identity,
    file: impl FnOnce(&Identity) -> &std::path::PathBuf,
) -> Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_file_iter(file(identity))
        .and_then(Iterator::collect)
        .map_err(Error::tls("read a certificate"))
}
