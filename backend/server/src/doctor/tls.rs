//! A look at a server's certificate that goes on whatever is wrong with it: nothing that is secret is sent over it.

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use vigia_model::Timestamp;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// How long a handshake may take.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);

/// What the server showed.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    /// Why it is not believed.
    pub(crate) fault: Option<CertificateError>,
}

impl Shown {
    pub(crate) fn is_self_signed(&self) -> bool {
        self.subject == self.issuer
    }
}

/// Shakes hands, and tells what the server showed; also when nothing came of it.
pub(crate) async fn look(
    tcp: TcpStream,
    host: &str,
    roots: Arc<RootCertStore>,
) -> (Option<Shown>, anyhow::Result<TlsStream<TcpStream>>) {
    let recorder = match Recorder::new(roots) {
        Ok(recorder) => Arc::new(recorder),
        Err(error) => return (None, Err(error)),
    };
    let shaking = shake(tcp, host, Arc::clone(&recorder));
    let stream = match tokio::time::timeout(HANDSHAKE_WITHIN, shaking).await {
        Ok(stream) => stream,
        Err(_elapsed) => Err(anyhow::anyhow!("no answer within {} s", HANDSHAKE_WITHIN.as_secs())),
    };
    (recorder.shown(), stream)
}

async fn shake(tcp: TcpStream, host: &str, recorder: Arc<Recorder>) -> anyhow::Result<TlsStream<TcpStream>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(recorder)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned())?;
    Ok(TlsConnector::from(Arc::new(config)).connect(name, tcp).await?)
}

/// Judges as usual, writes the judgement down, and lets everybody pass.
#[derive(Debug)]
struct Recorder {
    judge: Arc<WebPkiServerVerifier>,
    seen: Mutex<Option<(CertificateDer<'static>, Option<CertificateError>)>>,
}

impl Recorder {
    fn new(roots: Arc<RootCertStore>) -> anyhow::Result<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let judge = WebPkiServerVerifier::builder_with_provider(roots, provider).build()?;
        Ok(Self { judge, seen: Mutex::new(None) })
    }

    fn shown(&self) -> Option<Shown> {
        let (certificate, fault) = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let (_, parsed) = X509Certificate::from_der(&certificate).ok()?;
        let at = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1_000));
        Some(Shown {
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            not_before: at(parsed.validity().not_before.timestamp()),
            not_after: at(parsed.validity().not_after.timestamp()),
            fault,
        })
    }
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
        let verdict =
            self.judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let fault = match verdict {
            Ok(_) => None,
            Err(Error::InvalidCertificate(fault)) => Some(fault),
            Err(_) => Some(CertificateError::BadEncoding),
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = Some((end_entity.clone().into_owned(), fault));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}
