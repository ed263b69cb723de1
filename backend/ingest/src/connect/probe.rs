//! Probe: what a connection to the broker comes to, step by step, for whoever looks for a fault. Nothing that runs is in its
//! way: it has a client id of its own and a session that ends with it, or, where nobody else runs, does what a start of the
//! backend would do and stops there. What it is sent it does not acknowledge.

use super::error::SessionError;
use super::open::{connect, dial_with, greet_with};
use super::subscriptions::Subscriptions;
use super::wire::Wire;
use super::{BrokerSettings, words};
use rumqttc::v5::mqttbytes::v5::{Connect, ConnectProperties, ConnectReturnCode, Packet};
use rustls::{AlertDescription, CertificateError, ClientConfig, Error as TlsError};
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};

/// How long each step may take.
const STEP_WITHIN: Duration = Duration::from_secs(5);

/// Where the broker is, and how to prove who we are.
#[derive(Debug, Clone)]
pub struct Broker {
    pub host: String,
    pub port: u16,
    pub tls: Arc<ClientConfig>,
}

/// Whose session is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// One of our own, gone when we are.
    Own,
    /// The backend's: it stays as a start of the backend would leave it, with what waits in it.
    Backend,
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Tls,
    Connect,
    Subscribe,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the broker had a session of this client id.
    pub session_present: bool,
    /// Each filter, and why it was refused; `None`: it was granted.
    pub filters: Vec<(String, Option<Refusal>)>,
}

/// Why the broker said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The broker's own reason.
    pub words: String,
    pub kind: RefusalKind,
}

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// No policy or access list allows it.
    NotAuthorized,
    /// The client id itself.
    ClientId,
    /// The broker speaks an older MQTT alone.
    Protocol,
    /// Too many, too fast, or the broker is not well: later it may do.
    Busy,
    Other,
}

/// Why the broker's certificate is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    UnknownIssuer,
    Expired,
    NotYetValid,
    WrongName,
    Other,
}

/// Where and why it ended.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    #[error("the broker's certificate is not believed: {detail}")]
    ServerNotTrusted { why: Distrust, detail: String },
    #[error("the broker does not take the client certificate: {alert}")]
    ClientNotTrusted { alert: String },
    #[error("no TLS: {0}")]
    Tls(String),
    #[error("the broker hung up without a word")]
    HungUp { at: Step },
    #[error("the broker refused the connection: {}", .0.words)]
    Refused(Refusal),
    #[error("the broker ended the session: {words}")]
    Ended { at: Step, words: String, is_unauthorized: bool },
    #[error("no answer within {} s", within.as_secs())]
    Silent { at: Step, within: Duration },
    #[error("{text}")]
    Other { at: Step, text: String },
}

/// Makes the encrypted connection, says who we are, subscribes, and leaves.
///
/// # Errors
/// At the step that fails. That a filter is refused is an answer and no error.
pub async fn probe(
    broker: &Broker,
    client_id: &str,
    filters: &[String],
    session: Session,
) -> Result<Answer, ProbeError> {
    let place = BrokerSettings { host: broker.host.clone(), port: broker.port };
    let stream = step(Step::Tls, dial_with(&place, Arc::clone(&broker.tls))).await?;
    let (mut wire, ack) = step(Step::Connect, greet_with(stream, hello(client_id, session))).await?;
    let asked = step(Step::Subscribe, subscribe(&mut wire, filters)).await;
    wire.say_goodbye().await;
    Ok(Answer { session_present: ack.session_present, filters: asked? })
}

async fn step<T>(at: Step, doing: impl Future<Output = Result<T, SessionError>>) -> Result<T, ProbeError> {
    match timeout(STEP_WITHIN, doing).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(explained(at, error)),
        Err(_elapsed) => Err(ProbeError::Silent { at, within: STEP_WITHIN }),
    }
}

fn hello(client_id: &str, session: Session) -> Connect {
    let as_backend = connect(client_id);
    match session {
        Session::Backend => as_backend,
        Session::Own => {
            let mut properties = ConnectProperties::new();
            // Of what is sent meanwhile, as little as can be.
            properties.receive_maximum = Some(1);
            properties.max_packet_size = as_backend.properties.and_then(|it| it.max_packet_size);
            Connect { clean_start: true, properties: Some(properties), ..connect(client_id) }
        }
    }
}

async fn subscribe<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    filters: &[String],
) -> Result<Vec<(String, Option<Refusal>)>, SessionError> {
    let mut subscriptions = Subscriptions::default();
    for packet in subscriptions.subscribe(filters, Instant::now()) {
        wire.put(&packet)?;
    }
    wire.flush().await?;
    let mut answers = Vec::new();
    while !subscriptions.all_answered() {
        match wire.next_packet()? {
            Some(Packet::SubAck(ack)) => {
                let asked = subscriptions.answered(ack.pkid).unwrap_or_default();
                for (index, filter) in asked.into_iter().enumerate() {
                    answers.push((filter, words::refusal(ack.return_codes.get(index)).map(refusal)));
                }
            }
            Some(Packet::Disconnect(bye)) => return Err(SessionError::Ended(Box::new(bye))),
            // Messages: they stay unacknowledged.
            Some(_) => {}
            None => wire.fill().await?,
        }
    }
    Ok(answers)
}

fn explained(at: Step, error: SessionError) -> ProbeError {
    match error {
        SessionError::Connect(error) | SessionError::Io(error) => broken(at, &error),
        SessionError::Closed => ProbeError::HungUp { at },
        SessionError::Refused(code) => {
            ProbeError::Refused(Refusal { kind: kind(code), words: words::of(&code) })
        }
        SessionError::Ended(bye) => {
            let words = words::disconnect(&bye);
            let is_unauthorized = words.starts_with("not authorized");
            ProbeError::Ended { at, words, is_unauthorized }
        }
        other => ProbeError::Other { at, text: other.to_string() },
    }
}

/// A stream that broke: TLS says more than the kernel.
fn broken(at: Step, error: &io::Error) -> ProbeError {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
    match tls {
        Some(TlsError::InvalidCertificate(fault)) => {
            ProbeError::ServerNotTrusted { why: distrust(fault), detail: fault.to_string() }
        }
        // In TLS 1.3 a certificate is refused after the handshake, at the first thing that is read.
        Some(TlsError::AlertReceived(alert)) if is_of_certificate(*alert) => {
            ProbeError::ClientNotTrusted { alert: format!("{alert:?}") }
        }
        Some(other) => ProbeError::Tls(other.to_string()),
        None => match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                ProbeError::HungUp { at }
            }
            _ => ProbeError::Other { at, text: error.to_string() },
        },
    }
}

/// Whether an alert is about our certificate; others are about versions, names or protocols.
fn is_of_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::CertificateRequired
    )
}

fn distrust(fault: &CertificateError) -> Distrust {
    match fault {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Distrust::UnknownIssuer,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Distrust::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Distrust::NotYetValid,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Distrust::WrongName
        }
        _ => Distrust::Other,
    }
}

fn kind(code: ConnectReturnCode) -> RefusalKind {
    match code {
        ConnectReturnCode::NotAuthorized
        | ConnectReturnCode::BadUserNamePassword
        | ConnectReturnCode::Banned => RefusalKind::NotAuthorized,
        ConnectReturnCode::BadClientId | ConnectReturnCode::ClientIdentifierNotValid => RefusalKind::ClientId,
        ConnectReturnCode::RefusedProtocolVersion | ConnectReturnCode::UnsupportedProtocolVersion => {
            RefusalKind::Protocol
        }
        ConnectReturnCode::ServiceUnavailable
        | ConnectReturnCode::ServerUnavailable
        | ConnectReturnCode::ServerBusy
        | ConnectReturnCode::QuotaExceeded
        | ConnectReturnCode::ConnectionRateExceeded => RefusalKind::Busy,
        _ => RefusalKind::Other,
    }
}

/// Of a filter.
fn refusal(words: String) -> Refusal {
    let kind = match words.as_str() {
        "not authorized" | "unspecified error" => RefusalKind::NotAuthorized,
        "quota exceeded" => RefusalKind::Busy,
        "shared subscriptions not supported" | "wildcard subscriptions not supported" => {
            RefusalKind::Protocol
        }
        _ => RefusalKind::Other,
    };
    Refusal { words, kind }
}

#[cfg(test)]
mod tests;
