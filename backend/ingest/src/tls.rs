//! The three files a connection needs, read and checked before the first attempt, so that a wrong one is named at
//! start and not guessed from a broker's silence.
//!
//! All three are read once, and what was read is what is checked, described and used: they may be replaced meanwhile.

pub mod examine;
mod recorder;

pub use recorder::{Recorder, Shown};

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::fmt::Display;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use x509_parser::prelude::{FromDer, X509Certificate, X509Error};

use vigia_live::board::{Certificate, CertificateKind, CertificateStatus};
use vigia_model::Timestamp;

/// ALPN by which AWS IoT Core knows MQTT on port 443.
const AWS_MQTT_ALPN: &[u8] = b"x-amzn-mqtt-ca";

/// Where the client certificate, its key and the broker's CA lie.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub ca: PathBuf,
}

/// A certificate file that cannot be used; the text names the file and the fault on one line.
#[derive(Debug, thiserror::Error)]
pub enum TlsFileError {
    #[error("{}: cannot be read", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}: is not PEM: expected a \"-----BEGIN {expected}-----\" section", path.display())]
    NotPem { path: PathBuf, expected: &'static str },
    #[error("{}: holds no usable certificate: {detail}", path.display())]
    BadCertificate { path: PathBuf, detail: String },
    #[error("{}: expired on {on}", path.display())]
    Expired { path: PathBuf, on: String },
    #[error("{}: is not valid before {from}; is the clock right?", path.display())]
    NotYetValid { path: PathBuf, from: String },
    #[error("{}: key does not match the certificate {}", key.display(), certificate.display())]
    KeyMismatch { key: PathBuf, certificate: PathBuf },
    #[error("{}: holds a key that cannot be used: {detail}", path.display())]
    BadKey { path: PathBuf, detail: String },
}

/// Reads and checks the files at `now`, and makes the configuration of a TLS client from them.
///
/// # Errors
/// When a file is missing, not PEM, expired or not yet valid, or the key belongs to another certificate.
pub fn client_config(files: &TlsFiles, port: u16, now: Timestamp) -> Result<Arc<ClientConfig>, TlsFileError> {
    Ok(Material::read(files)?.config(port, now)?.0)
}

/// What stood in the files at one moment. It holds a key, so it has no `Debug`, and is not kept.
pub(crate) struct Material<'a> {
    files: &'a TlsFiles,
    certificate: Vec<u8>,
    key: Vec<u8>,
    ca: Vec<u8>,
}

impl<'a> Material<'a> {
    pub(crate) fn read(files: &'a TlsFiles) -> Result<Self, TlsFileError> {
        Ok(Self {
            files,
            ca: read(&files.ca)?,
            certificate: read(&files.certificate)?,
            key: read(&files.key)?,
        })
    }

    /// The same for the same content. It tells a change, and nothing of what stands there.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.certificate, &self.key, &self.ca).hash(&mut hasher);
        hasher.finish()
    }

    /// With it comes who remembers what the broker showed to it.
    pub(crate) fn config(
        &self,
        port: u16,
        now: Timestamp,
    ) -> Result<(Arc<ClientConfig>, Arc<Recorder>), TlsFileError> {
        let files = self.files;
        let mut roots = RootCertStore::empty();
        for root in certificates(&files.ca, &self.ca)? {
            check_validity(&files.ca, &root, now)?;
            roots.add(root).map_err(|error| bad_certificate(&files.ca, &error))?;
        }
        let chain = certificates(&files.certificate, &self.certificate)?;
        for certificate in &chain {
            check_validity(&files.certificate, certificate, now)?;
        }
        let key = certified(files, chain, private_key(&files.key, &self.key)?)?;
        let provider = provider();
        let recorder =
            Recorder::strict(roots, &provider).map_err(|error| bad_certificate(&files.ca, &error))?;
        let recorder = Arc::new(recorder);
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsFileError::BadKey { path: files.key.clone(), detail: error.to_string() })?
            // It judges as rustls does, by these roots alone.
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Recorder>::clone(&recorder))
            .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
        // In a session that is resumed nobody shows a certificate.
        config.resumption = Resumption::disabled();
        if port == 443 {
            config.alpn_protocols = vec![AWS_MQTT_ALPN.to_vec()];
        }
        Ok((Arc::new(config), recorder))
    }

    /// Whom the files are of, and when they end. Of a chain, the certificate itself.
    pub(crate) fn describe(&self) -> Result<Vec<CertificateStatus>, TlsFileError> {
        let own = certificates(&self.files.certificate, &self.certificate)?.into_iter().take(1);
        let own = own.map(|one| (CertificateKind::Client, &self.files.certificate, one));
        let roots = certificates(&self.files.ca, &self.ca)?.into_iter();
        let roots = roots.map(|one| (CertificateKind::Ca, &self.files.ca, one));
        own.chain(roots)
            .map(|(kind, path, one)| Ok(CertificateStatus { kind, certificate: described(path, &one)? }))
            .collect()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsFileError> {
    std::fs::read(path).map_err(|source| TlsFileError::Unreadable { path: path.to_owned(), source })
}

/// The only cryptography there is.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What a certificate says of itself.
fn describe(certificate: &CertificateDer<'_>) -> Result<Certificate, x509_parser::nom::Err<X509Error>> {
    let (_, parsed) = X509Certificate::from_der(certificate)?;
    let at = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1_000));
    Ok(Certificate {
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        not_before: at(parsed.validity().not_before.timestamp()),
        not_after: at(parsed.validity().not_after.timestamp()),
    })
}

fn described(path: &Path, certificate: &CertificateDer<'_>) -> Result<Certificate, TlsFileError> {
    describe(certificate).map_err(|error| bad_certificate(path, &error))
}

fn bad_certificate(path: &Path, error: &dyn Display) -> TlsFileError {
    TlsFileError::BadCertificate { path: path.to_owned(), detail: error.to_string() }
}

fn private_key(path: &Path, pem: &[u8]) -> Result<PrivateKeyDer<'static>, TlsFileError> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_fault| not_pem(path, "PRIVATE KEY"))
}

/// Certificate and key, if they belong together.
fn certified(
    files: &TlsFiles,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<CertifiedKey, TlsFileError> {
    CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            TlsFileError::KeyMismatch { key: files.key.clone(), certificate: files.certificate.clone() }
        }
        other => TlsFileError::BadKey { path: files.key.clone(), detail: other.to_string() },
    })
}

fn certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsFileError> {
    let found: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|_fault| not_pem(path, "CERTIFICATE"))?;
    if found.is_empty() { Err(not_pem(path, "CERTIFICATE")) } else { Ok(found) }
}

fn not_pem(path: &Path, expected: &'static str) -> TlsFileError {
    TlsFileError::NotPem { path: path.to_owned(), expected }
}

fn check_validity(path: &Path, certificate: &CertificateDer<'_>, now: Timestamp) -> Result<(), TlsFileError> {
    let (_, parsed) =
        X509Certificate::from_der(certificate).map_err(|error| bad_certificate(path, &error))?;
    let validity = parsed.validity();
    let now_seconds = now.as_millis().div_euclid(1_000);
    if now_seconds > validity.not_after.timestamp() {
        return Err(TlsFileError::Expired { path: path.to_owned(), on: validity.not_after.to_string() });
    }
    if now_seconds < validity.not_before.timestamp() {
        return Err(TlsFileError::NotYetValid {
            path: path.to_owned(),
            from: validity.not_before.to_string(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
