//! The same three files looked at one by one, for whoever wants to hear of every fault at once.

use super::{TlsFileError, TlsFiles, check_validity, parse};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::{self, PemObject as _};
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
    let mut keep = |path: &Path| {
        let read = certificates(path).and_then(|it| Ok((described(path, &it)?, it)));
        read.map_err(|fault| found.faults.push(fault)).unwrap_or_default()
    };
    let (own, chain) = keep(&files.certificate);
    let (authorities, roots) = keep(&files.ca);
    found.certificate = own.into_iter().next();
    found.authorities = authorities;
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|error| fault(&files.key, "PRIVATE KEY", error));
    for (path, certificates) in [(&files.certificate, &chain), (&files.ca, &roots)] {
        found.faults.extend(certificates.iter().find_map(|it| check_validity(path, it, now).err()));
    }
    match key {
        Err(fault) => found.faults.push(fault),
        Ok(key) if !chain.is_empty() => found.faults.extend(key_fits(files, chain, key).err()),
        Ok(_) => {}
    }
    found
}

fn key_fits(
    files: &TlsFiles,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<(), TlsFileError> {
    match CertifiedKey::from_der(chain, key, &rustls::crypto::ring::default_provider()) {
        Ok(_) => Ok(()),
        Err(rustls::Error::InconsistentKeys(_)) => {
            Err(TlsFileError::KeyMismatch { key: files.key.clone(), certificate: files.certificate.clone() })
        }
        Err(other) => Err(TlsFileError::BadKey { path: files.key.clone(), detail: other.to_string() }),
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFileError> {
    let read = || -> Result<Vec<_>, pem::Error> { CertificateDer::pem_file_iter(path)?.collect() };
    let found = read().map_err(|error| fault(path, "CERTIFICATE", error))?;
    if found.is_empty() { Err(not_pem(path, "CERTIFICATE")) } else { Ok(found) }
}

fn fault(path: &Path, expected: &'static str, error: pem::Error) -> TlsFileError {
    match error {
        pem::Error::Io(source) => TlsFileError::Unreadable { path: path.to_owned(), source },
        _ => not_pem(path, expected),
    }
}

fn not_pem(path: &Path, expected: &'static str) -> TlsFileError {
    TlsFileError::NotPem { path: path.to_owned(), expected }
}

fn described(path: &Path, certificates: &[CertificateDer<'_>]) -> Result<Vec<Certificate>, TlsFileError> {
    certificates
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
