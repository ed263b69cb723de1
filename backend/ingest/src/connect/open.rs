//! Open: TCP, TLS, CONNECT and CONNACK.

use super::BrokerSettings;
use super::error::SessionError;
use super::frame::MAX_PACKET_BYTES;
use super::ping::KEEP_ALIVE;
use super::wire::{READ_BUFFER, Wire};
use super::words;
use crate::delivery::RECEIVE_MAXIMUM;
use crate::rotation::Credentials;
use rumqttc::v5::mqttbytes::v5::{ConnAck, Connect, ConnectProperties, ConnectReturnCode, Packet};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// TCP, TLS and CONNACK together.
pub(super) const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long the broker keeps our session while we are away, in seconds: seven days, AWS IoT Core's most.
const SESSION_EXPIRY_S: u32 = 7 * 24 * 3_600;

/// Makes the encrypted connection. The name asked for (SNI) is the host's.
pub(super) async fn dial(
    broker: BrokerSettings,
    credentials: Arc<Credentials>,
) -> Result<TlsStream<BufReader<TcpStream>>, SessionError> {
    dial_with(&broker, Arc::clone(&credentials.config)).await
}

/// The same with this configuration.
pub(super) async fn dial_with(
    broker: &BrokerSettings,
    tls: Arc<ClientConfig>,
) -> Result<TlsStream<BufReader<TcpStream>>, SessionError> {
    let name = ServerName::try_from(broker.host.clone())
        .map_err(|fault| SessionError::Connect(std::io::Error::other(fault)))?;
    let tcp = TcpStream::connect((broker.host.as_str(), broker.port)).await.map_err(SessionError::Connect)?;
    tcp.set_nodelay(true).map_err(SessionError::Connect)?;
    // rustls asks for 4 KiB at a time; this asks the kernel for all there is.
    let tcp = BufReader::with_capacity(READ_BUFFER, tcp);
    TlsConnector::from(tls).connect(name, tcp).await.map_err(SessionError::Connect)
}

/// Makes it and lets it go, without a word over it: who judges the handshake remembers what the broker showed.
///
/// # Errors
/// In words, why there was no handshake.
pub(crate) async fn shake_hands(broker: BrokerSettings, credentials: Arc<Credentials>) -> Result<(), String> {
    match tokio::time::timeout(CONNECT_WITHIN, dial(broker, credentials)).await {
        Ok(dialled) => dialled.map(drop).map_err(|error| error.to_string()),
        Err(_elapsed) => Err(format!("no answer within {} s", CONNECT_WITHIN.as_secs())),
    }
}

/// Says who we are and waits until the broker takes us.
pub(super) async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    client_id: &str,
) -> Result<(Wire<S>, ConnAck), SessionError> {
    greet_with(stream, connect(client_id)).await.map_err(SessionError::in_answer_to_connect)
}

/// The same, in these words.
pub(super) async fn greet_with<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    hello: Connect,
) -> Result<(Wire<S>, ConnAck), SessionError> {
    let mut wire = Wire::new(stream);
    wire.put(&Packet::Connect(hello, None, None))?;
    wire.flush().await?;
    loop {
        match wire.next_packet()? {
            Some(Packet::ConnAck(ack)) if ack.code == ConnectReturnCode::Success => return Ok((wire, ack)),
            Some(Packet::ConnAck(ack)) => return Err(SessionError::Refused(ack.code)),
            Some(Packet::Disconnect(bye)) => return Err(SessionError::Ended(Box::new(bye))),
            Some(other) => return Err(SessionError::NoConnAck(kind(&other))),
            None => wire.fill().await?,
        }
    }
}

pub(super) fn connect(client_id: &str) -> Connect {
    let mut properties = ConnectProperties::new();
    properties.session_expiry_interval = Some(SESSION_EXPIRY_S);
    properties.receive_maximum = u16::try_from(RECEIVE_MAXIMUM).ok();
    properties.max_packet_size = Some(MAX_PACKET_BYTES);
    Connect {
        keep_alive: u16::try_from(KEEP_ALIVE.as_secs()).unwrap_or(u16::MAX),
        client_id: client_id.to_owned(),
        clean_start: false,
        properties: Some(properties),
    }
}

/// A packet's name without its content.
fn kind(packet: &Packet) -> String {
    let text = format!("{packet:?}");
    let name: String = text.chars().take_while(char::is_ascii_alphanumeric).collect();
    format!("a packet of another kind: {}", words::of(&format_args!("{name}")))
}
