//! One MQTT 5 session over one TLS stream: packets in, packets out, nothing remembered.

use crate::message::Message;
use bytes::{Bytes, BytesMut};
use rumqttc::v5::mqttbytes::v5::{
    ConnAck, Connect, ConnectReturnCode, Disconnect, DisconnectReasonCode, Packet, PingReq, PubAck, Publish,
};
use rumqttc::v5::mqttbytes::{Error as CodecError, QoS};
use rustls_pki_types::ServerName;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A session the broker has accepted.
#[derive(Debug)]
pub(super) struct Session {
    stream: TlsStream<TcpStream>,
    input: BytesMut,
    output: BytesMut,
    /// How many unconfirmed publishes the broker takes.
    pub(super) receive_maximum: u16,
    /// The largest packet the broker takes.
    max_packet: usize,
}

/// Why a session ended or never began.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    #[error("cannot connect: {0}")]
    Connect(std::io::Error),
    #[error("cannot connect: no answer within {} s", TIMEOUT.as_secs())]
    Slow,
    #[error("the broker refused the connection: {0:?}")]
    Refused(ConnectReturnCode),
    #[error("the connection broke: {0}")]
    Io(#[from] std::io::Error),
    #[error("the broker closed the connection")]
    Closed,
    #[error("the broker ended the session: {0:?}")]
    Ended(DisconnectReasonCode),
    #[error("the broker answers no longer")]
    Silent,
    #[error("the broker speaks no MQTT 5: {0}")]
    Codec(CodecError),
}

/// What the broker says to a publisher.
#[derive(Debug)]
pub(super) enum Heard {
    Acks(Vec<PubAck>),
    Alive,
}

const KEEP_ALIVE_S: u16 = 30;
/// Half the keep-alive: time for an answer before the broker gives us up.
pub(super) const PING_EVERY: Duration = Duration::from_secs(15);
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes gathered before they are written: four full TLS records.
const WRITE_AT: usize = 64 * 1024;
/// The largest packet taken from the broker, which has only small ones for us.
const MAX_INCOMING: u32 = 256 * 1024;

impl Session {
    /// Connects, with a clean session: what is unconfirmed we know ourselves.
    pub(super) async fn open(
        address: &(String, u16),
        tls: &TlsConnector,
        name: ServerName<'static>,
        client_id: &str,
    ) -> Result<Self, SessionError> {
        let connecting = async {
            let tcp =
                TcpStream::connect((address.0.as_str(), address.1)).await.map_err(SessionError::Connect)?;
            tcp.set_nodelay(true)?;
            let stream = tls.connect(name, tcp).await.map_err(SessionError::Connect)?;
            let mut session = Self {
                stream,
                input: BytesMut::with_capacity(WRITE_AT),
                output: BytesMut::with_capacity(2 * WRITE_AT),
                receive_maximum: u16::MAX,
                max_packet: usize::MAX,
            };
            session.greet(client_id).await?;
            Ok(session)
        };
        tokio::time::timeout(TIMEOUT, connecting).await.unwrap_or(Err(SessionError::Slow))
    }

    async fn greet(&mut self, client_id: &str) -> Result<(), SessionError> {
        let client_id = client_id.to_owned();
        let connect = Connect { keep_alive: KEEP_ALIVE_S, client_id, clean_start: true, properties: None };
        self.put(&Packet::Connect(connect, None, None))?;
        self.write().await?;
        loop {
            match self.next_packet()? {
                Some(Packet::ConnAck(ConnAck { code: ConnectReturnCode::Success, properties, .. })) => {
                    if let Some(properties) = properties {
                        self.receive_maximum = properties.receive_max.unwrap_or(u16::MAX);
                        let max = properties.max_packet_size.and_then(|max| usize::try_from(max).ok());
                        self.max_packet = max.unwrap_or(usize::MAX);
                    }
                    return Ok(());
                }
                Some(Packet::ConnAck(ConnAck { code, .. })) => return Err(SessionError::Refused(code)),
                Some(_) => return Err(SessionError::Silent),
                None => self.fill().await?,
            }
        }
    }

    /// Whether this session can carry a message at all.
    pub(super) fn takes(&self, message: &Message) -> bool {
        // Header, topic length, packet id and empty properties take less than 16 bytes.
        message.payload.len().saturating_add(message.topic.len()).saturating_add(16) <= self.max_packet
    }

    /// Puts a publish with the bytes to be written; true when it is time to write them.
    pub(super) fn publish(
        &mut self,
        packet_id: u16,
        topic: Bytes,
        payload: Bytes,
    ) -> Result<bool, SessionError> {
        let qos = QoS::AtLeastOnce;
        let publish =
            Publish { dup: false, qos, retain: false, topic, pkid: packet_id, payload, properties: None };
        publish.write(&mut self.output).map_err(SessionError::Codec)?;
        Ok(self.output.len() >= WRITE_AT)
    }

    /// Puts a ping with the bytes to be written.
    pub(super) fn ping(&mut self) -> Result<(), SessionError> {
        self.put(&Packet::PingReq(PingReq))
    }

    /// Writes what was put.
    pub(super) async fn write(&mut self) -> Result<(), SessionError> {
        if self.output.is_empty() {
            return Ok(());
        }
        let writing = async {
            self.stream.write_all_buf(&mut self.output).await?;
            self.stream.flush().await
        };
        Ok(tokio::time::timeout(TIMEOUT, writing).await.map_err(|_| SessionError::Silent)??)
    }

    /// Waits for the broker to say something. Cancel safe.
    pub(super) async fn listen(&mut self) -> Result<Heard, SessionError> {
        self.fill().await?;
        let mut acks = Vec::new();
        while let Some(packet) = self.next_packet()? {
            match packet {
                Packet::PubAck(ack) => acks.push(ack),
                Packet::Disconnect(bye) => return Err(SessionError::Ended(bye.reason_code)),
                _ => {}
            }
        }
        Ok(if acks.is_empty() { Heard::Alive } else { Heard::Acks(acks) })
    }

    /// Says good-bye; whether it arrives does not matter any more.
    pub(super) async fn close(mut self) -> Result<(), SessionError> {
        self.put(&Packet::Disconnect(Disconnect::new(DisconnectReasonCode::NormalDisconnection)))?;
        self.write().await?;
        Ok(self.stream.shutdown().await?)
    }

    async fn fill(&mut self) -> Result<(), SessionError> {
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(SessionError::Closed),
            _ => Ok(()),
        }
    }

    fn next_packet(&mut self) -> Result<Option<Packet>, SessionError> {
        match Packet::read(&mut self.input, Some(MAX_INCOMING)) {
            Ok(packet) => Ok(Some(packet)),
            Err(CodecError::InsufficientBytes(_)) => Ok(None),
            Err(fault) => Err(SessionError::Codec(fault)),
        }
    }

    fn put(&mut self, packet: &Packet) -> Result<(), SessionError> {
        packet.write(&mut self.output, None).map_err(SessionError::Codec)?;
        Ok(())
    }
}
