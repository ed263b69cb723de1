//! TLS with a client certificate, from PEM files. A bad file is named, with what is wrong with it.

use crate::error::{Error, Result};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// The files of an mTLS client.
#[derive(Debug, Clone)]
pub struct Tls {
    pub ca: PathBuf,
    pub cert: PathBuf,
    pub key: PathBuf,
}

impl Tls {
    /// Reads the files. They are read once: a simulator does not outlive its certificate.
    pub fn connector(&self) -> Result<TlsConnector> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.ca)? {
            roots.add(certificate).map_err(|fault| refused(&self.ca, fault))?;
        }
        let chain = certificates(&self.cert)?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|fault| refused(&self.key, fault))?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|fault| refused(&self.ca, fault))?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)
            .map_err(|fault| match fault {
                rustls::Error::InconsistentKeys(_) => {
                    refused(&self.key, format_args!("is not the key of {}", self.cert.display()))
                }
                fault => refused(&self.key, fault),
            })?;
        Ok(TlsConnector::from(Arc::new(config)))
    }

    /// The name the broker's certificate must bear, also sent as SNI.
    pub fn server_name(&self, host: &str) -> Result<ServerName<'static>> {
        ServerName::try_from(host.to_owned()).map_err(|_| Error::HostName(host.to_owned()))
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|fault| refused(file, fault))?;
    if certificates.is_empty() { Err(refused(file, "holds no certificate")) } else { Ok(certificates) }
}

fn refused(file: &Path, problem: impl std::fmt::Display) -> Error {
    Error::Certificate { file: file.to_owned(), problem: problem.to_string() }
}
