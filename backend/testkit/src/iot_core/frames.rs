//! MQTT packets as they are on the wire, and those of them we look into.

use std::io;

use bytes::{Bytes, BytesMut};
use rumqttc::v5::mqttbytes::Error as CodecError;
use rumqttc::v5::mqttbytes::v5::{
    Disconnect, DisconnectProperties, DisconnectReasonCode, Packet, PacketType, PingReq, check,
};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The largest packet taken, from either side; the broker's own limit is far below.
const MAX_PACKET: u32 = 1024 * 1024;
/// Read at once: four full TLS records.
const CHUNK: usize = 64 * 1024;

/// Why a side can be read no further.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    #[error("the connection is closed")]
    Closed,
    #[error("the other side said DISCONNECT")]
    Disconnected,
    #[error("the connection broke: {0}")]
    Io(#[from] io::Error),
    #[error("this is no MQTT 5: {0}")]
    Codec(#[from] CodecError),
    #[error("a {0:?} was not expected")]
    Unexpected(PacketType),
}

/// One packet, whole.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: PacketType,
    bytes: Bytes,
}

/// What was read of one side.
#[derive(Debug, Default)]
pub(super) struct Frames {
    buffer: BytesMut,
}

impl Frames {
    /// The next packet. Cancel safe.
    pub(super) async fn next<R: AsyncRead + Unpin>(&mut self, from: &mut R) -> Result<Frame, Lost> {
        loop {
            match check(self.buffer.iter(), Some(MAX_PACKET)) {
                Ok(header) => {
                    let kind = header.packet_type()?;
                    return Ok(Frame { kind, bytes: self.buffer.split_to(header.frame_length()).freeze() });
                }
                Err(CodecError::InsufficientBytes(_)) => {}
                Err(fault) => return Err(Lost::Codec(fault)),
            }
            self.buffer.reserve(CHUNK);
            if from.read_buf(&mut self.buffer).await? == 0 {
                return Err(Lost::Closed);
            }
        }
    }
}

impl Frame {
    /// As it came.
    pub(super) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// What it says. Not for a DISCONNECT: the codec cannot read one without properties.
    pub(super) fn packet(self) -> Result<Packet, Lost> {
        Ok(Packet::read(&mut BytesMut::from(self.bytes), None)?)
    }

    /// A broker's DISCONNECT, with the empty properties that Mosquitto leaves out, as it may: rumqttc cannot read one
    /// without and would see only a lost connection.
    pub(super) fn into_disconnect(self) -> Bytes {
        match *self.bytes {
            [kind, 1, reason] => Bytes::copy_from_slice(&[kind, 2, reason, 0]),
            _ => self.bytes,
        }
    }
}

/// A packet's bytes.
pub(super) fn encoded(packet: &Packet) -> Result<Bytes, Lost> {
    let mut bytes = BytesMut::new();
    packet.write(&mut bytes, None)?;
    Ok(bytes.freeze())
}

/// Our own question to the broker.
pub(super) fn ping() -> Result<Bytes, Lost> {
    encoded(&Packet::PingReq(PingReq))
}

/// The good-bye to a client whose place is taken.
pub(super) fn taken_over() -> Result<Bytes, Lost> {
    // With a reason string: without properties the codec writes a length that is one byte short.
    let properties = DisconnectProperties {
        session_expiry_interval: None,
        reason_string: Some("the client id connected again".to_owned()),
        user_properties: Vec::new(),
        server_reference: None,
    };
    encoded(&Packet::Disconnect(Disconnect {
        reason_code: DisconnectReasonCode::SessionTakenOver,
        properties: Some(properties),
    }))
}
