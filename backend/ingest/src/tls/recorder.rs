//! A judge of server certificates that remembers what it was shown last. A look alone goes on whatever is wrong with it; a
//! connection does not.

use super::describe;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{VerifierBuilderError, WebPkiServerVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use vigia_live::board::Certificate;

/// What a server showed.
#[derive(Debug, Clone)]
pub struct Shown {
    pub certificate: Certificate,
    /// Why it is not believed. That its time is over, or has not come, is said only where nothing else is wrong with it.
    pub fault: Option<CertificateError>,
}

impl Shown {
    /// Whether nothing but the day is wrong with it, if anything.
    pub(crate) fn is_right_but_for_its_time(&self) -> bool {
        matches!(self.fault, None | Some(CertificateError::Expired | CertificateError::ExpiredContext { .. }))
    }
}

/// Judges as usual, and writes down what it judged.
#[derive(Debug)]
pub struct Recorder {
    /// `None`: whatever is shown is not judged.
    judge: Option<Arc<WebPkiServerVerifier>>,
    lets_all_pass: bool,
    algorithms: WebPkiSupportedAlgorithms,
    shown: Mutex<Option<Shown>>,
}

impl Recorder {
    /// Lets pass whom these authorities vouch for.
    ///
    /// # Errors
    /// When there is no authority.
    pub(crate) fn strict(
        roots: RootCertStore,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, VerifierBuilderError> {
        Self::new(Some(Arc::new(roots)), false, provider)
    }

    /// Lets everybody pass: for a look, over which nothing secret is sent. Without authorities nothing is judged.
    ///
    /// # Errors
    /// When the authorities are none.
    pub fn that_lets_all_pass(
        roots: Option<Arc<RootCertStore>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, VerifierBuilderError> {
        Self::new(roots, true, provider)
    }

    fn new(
        roots: Option<Arc<RootCertStore>>,
        lets_all_pass: bool,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, VerifierBuilderError> {
        let judge = roots
            .map(|roots| WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider)).build())
            .transpose()?;
        let algorithms = provider.signature_verification_algorithms;
        Ok(Self { judge, lets_all_pass, algorithms, shown: Mutex::default() })
    }

    /// What was shown last; `None` before the first handshake.
    pub fn shown(&self) -> Option<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is wrong with the certificate, where the error is of it.
fn fault_of(error: &Error) -> Option<&CertificateError> {
    match error {
        Error::InvalidCertificate(fault) => Some(fault),
        _ => None,
    }
}

fn is_of_time(fault: &CertificateError) -> bool {
    matches!(
        fault,
        CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. }
    )
}

/// The last second of its life but one, and the first but one. At the later of them its issuer's may be over already.
fn moments_within(certificate: &Certificate) -> [UnixTime; 2] {
    const SECOND: Duration = Duration::from_secs(1);
    let after_epoch = |millis: i64| Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    let end = after_epoch(certificate.not_after.as_millis()).saturating_sub(SECOND);
    let beginning = after_epoch(certificate.not_before.as_millis()).saturating_add(SECOND);
    [end, beginning].map(UnixTime::since_unix_epoch)
}

/// What else is wrong with one that is not valid now: its time is judged before its issuer and its name, and hides them. `None`:
/// nothing is, at one of these moments.
fn beside_its_time(
    moments: [UnixTime; 2],
    judged_at: impl Fn(UnixTime) -> Result<ServerCertVerified, Error>,
) -> Option<Error> {
    let verdicts = moments.map(judged_at);
    if verdicts.iter().any(Result::is_ok) {
        return None;
    }
    verdicts.into_iter().filter_map(Result::err).find(|error| !fault_of(error).is_some_and(is_of_time))
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = describe(end_entity).ok();
        let judged_at = |time: UnixTime| match &self.judge {
            None => Ok(ServerCertVerified::assertion()),
            Some(judge) => {
                judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, time)
            }
        };
        let verdict = judged_at(now).map_err(|error| {
            let is_its_time = fault_of(&error).is_some_and(is_of_time);
            let within = certificate.as_ref().filter(|_| is_its_time).map(moments_within);
            within.and_then(|within| beside_its_time(within, judged_at)).unwrap_or(error)
        });
        let fault = verdict
            .as_ref()
            .err()
            .map(|error| fault_of(error).cloned().unwrap_or(CertificateError::BadEncoding));
        let shown = certificate.map(|certificate| Shown { certificate, fault });
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        if self.lets_all_pass { Ok(ServerCertVerified::assertion()) } else { verdict }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;
