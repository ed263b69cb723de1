//! The same three files looked at one by one, for whoever wants to hear of every fault at once.

use super::{TlsFileError, TlsFiles, certificates, certified, check_validity, described, private_key, read};
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use std::path::Path;
use std::sync::Arc;
use vigia_live::board::Certificate;
use vigia_model::Timestamp;

/// What is in the files.
#[derive(Debug, Default)]
pub struct Examination {
    pub faults: Vec<TlsFileError>,
    /// The client's own certificate.
    pub certificate: Option<Certificate>,
    /// The authorities that may have signed the broker's.
    pub authorities: Vec<Certificate>,
    /// The same, for whoever judges by them; `None`: there is none.
    pub roots: Option<Arc<RootCertStore>>,
}

/// Looks at each file by itself, and then whether they fit together.
pub fn examine(files: &TlsFiles, now: Timestamp) -> Examination {
    let mut found = Examination::default();
    let mut keep = |path: &Path| opened(path).map_err(|fault| found.faults.push(fault)).unwrap_or_default();
    let (own, chain) = keep(&files.certificate);
    let (authorities, roots) = keep(&files.ca);
    found.certificate = own.into_iter().next();
    found.authorities = authorities;
    let key = read(&files.key).and_then(|pem| private_key(&files.key, &pem));
    for (path, certificates) in [(&files.certificate, &chain), (&files.ca, &roots)] {
        found.faults.extend(certificates.iter().find_map(|it| check_validity(path, it, now).err()));
    }
    match key {
        Err(fault) => found.faults.push(fault),
        Ok(key) if !chain.is_empty() => found.faults.extend(certified(files, chain, key).err()),
        Ok(_) => {}
    }
    let mut trusted = RootCertStore::empty();
    trusted.add_parsable_certificates(roots);
    found.roots = (!trusted.is_empty()).then(|| Arc::new(trusted));
    found
}

type Opened = (Vec<Certificate>, Vec<CertificateDer<'static>>);

fn opened(path: &Path) -> Result<Opened, TlsFileError> {
    let found = certificates(path, &read(path)?)?;
    let described: Result<_, _> = found.iter().map(|it| described(path, it)).collect();
    Ok((described?, found))
}
