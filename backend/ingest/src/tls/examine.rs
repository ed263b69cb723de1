//! The same three files looked at one by one, for whoever wants to hear of every fault at once.

use super::{TlsFileError, TlsFiles, check_validity, not_pem, parse};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use vigia_model::Timestamp;

/// What is in the files.
#[derive(Debug, Default)]
pub struct Examination {
    pub faults: Vec<TlsFileError>,
    /// The client's own certificate.
    pub certificate: Option<Certificate>,
    /// The authorities that may have signed the broker's.
    pub authorities: Vec<Certificate>,
}

/// Of a certificate, what people ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

/// Looks at each file by itself, and then whether they fit together.
pub fn examine(files: &TlsFiles, now: Timestamp) -> Examination {
    let mut found = Examination::default();
    match read(&files.certificate) {
        Ok(chain) => found.certificate = chain.into_iter().next(),
        Err(fault) => found.faults.push(fault),
    }
    match read(&files.ca) {
        Ok(authorities) => found.authorities = authorities,
        Err(fault) => found.faults.push(fault),
    }
    if let Err(fault) = private_key(&files.key) {
        found.faults.push(fault);
    }
    if found.faults.is_empty() {
        for path in [&files.certificate, &files.ca] {
            let all = certificates(path).unwrap_or_default();
            let fault = all.iter().find_map(|certificate| check_validity(path, certificate, now).err());
            found.faults.extend(fault);
        }
        if let Err(fault) = key_fits(files) {
            found.faults.push(fault);
        }
    }
    found
}

fn key_fits(files: &TlsFiles) -> Result<(), TlsFileError> {
    let (chain, key) = (certificates(&files.certificate)?, private_key(&files.key)?);
    match CertifiedKey::from_der(chain, key, &rustls::crypto::ring::default_provider()) {
        Ok(_) => Ok(()),
        Err(rustls::Error::InconsistentKeys(_)) => {
            Err(TlsFileError::KeyMismatch { key: files.key.clone(), certificate: files.certificate.clone() })
        }
        Err(other) => Err(TlsFileError::BadKey { path: files.key.clone(), detail: other.to_string() }),
    }
}

/// The certificates of a file.
///
/// # Errors
/// When it cannot be read, is not PEM, or holds no certificate.
fn read(path: &Path) -> Result<Vec<Certificate>, TlsFileError> {
    certificates(path)?
        .iter()
        .map(|der| {
            let parsed = parse(path, der)?;
            let at = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1_000));
            Ok(Certificate {
                subject: parsed.subject().to_string(),
                issuer: parsed.issuer().to_string(),
                not_before: at(parsed.validity().not_before.timestamp()),
                not_after: at(parsed.validity().not_after.timestamp()),
            })
        })
        .collect()
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFileError> {
    super::certificates(path, &super::read(path)?)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsFileError> {
    PrivateKeyDer::from_pem_slice(&super::read(path)?).map_err(|_fault| not_pem(path, "PRIVATE KEY"))
}
