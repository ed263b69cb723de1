//! The two directions of one stream: packets in, packets out, nothing remembered but what is half done.

use super::error::SessionError;
use super::frame;
use bytes::BytesMut;
use rumqttc::v5::mqttbytes::v5::{Disconnect, DisconnectReasonCode, Packet, PubAck};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// Bytes taken at once: more than a whole window of usual messages.
pub(super) const READ_BUFFER: usize = 64 * 1024;
/// Room to read into, at least.
const READ_ROOM: usize = 16 * 1024;
/// A peer that takes nothing for so long is gone.
pub(super) const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// How long the DISCONNECT may take on the way out.
const GOODBYE: Duration = Duration::from_secs(1);
/// How long to look for what the broker said before it hung up.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// A stream that speaks MQTT 5.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: S,
    /// Read and not yet parsed; a packet that came in part waits here for its rest.
    input: BytesMut,
    /// Put and not yet written.
    output: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, input: BytesMut::with_capacity(READ_BUFFER), output: BytesMut::with_capacity(4_096) }
    }

    /// Waits for bytes and takes what is there. Cancel safe: what was read is kept.
    pub(super) async fn fill(&mut self) -> Result<(), SessionError> {
        self.input.reserve(READ_ROOM);
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(SessionError::Closed),
            _ => Ok(()),
        }
    }

    /// The next whole packet of what was read.
    pub(super) fn next_packet(&mut self) -> Result<Option<Packet>, SessionError> {
        frame::next_packet(&mut self.input)
    }

    /// Puts a packet with what is to be written.
    pub(super) fn put(&mut self, packet: &Packet) -> Result<(), SessionError> {
        packet.write(&mut self.output, None).map_err(std::io::Error::other)?;
        Ok(())
    }

    /// Puts an ack with what is to be written.
    pub(super) fn put_ack(&mut self, packet_id: u16) -> Result<(), SessionError> {
        PubAck::new(packet_id, None).write(&mut self.output).map_err(std::io::Error::other)?;
        Ok(())
    }

    /// Writes all that was put, in one piece. **Not** cancel safe: a packet cut short would spoil the stream.
    ///
    /// Nothing is read meanwhile, and that cannot stall both sides. A broker that keeps to the window has never more
    /// than its acks, 400 bytes, outstanding, which any socket buffer takes; one that overruns the window (Mosquitto)
    /// reads whether or not it can write. What blocks here is a network that is gone.
    pub(super) async fn flush(&mut self) -> Result<(), SessionError> {
        if self.output.is_empty() {
            return Ok(());
        }
        let writing = async {
            self.stream.write_all_buf(&mut self.output).await?;
            self.stream.flush().await
        };
        timeout(WRITE_WITHIN, writing).await.map_err(|_elapsed| SessionError::WriteTimeout)??;
        Ok(())
    }

    /// What the broker said before the connection broke: a write may fail before its DISCONNECT is read.
    pub(super) async fn last_words(&mut self) -> Option<Box<Disconnect>> {
        let listening = async {
            loop {
                while let Ok(Some(packet)) = self.next_packet() {
                    if let Packet::Disconnect(bye) = packet {
                        return Some(Box::new(bye));
                    }
                }
                self.fill().await.ok()?;
            }
        };
        timeout(LAST_WORDS, listening).await.ok().flatten()
    }

    /// Leaves with a DISCONNECT, so that the broker keeps the session and publishes no last will.
    pub(super) async fn say_goodbye(mut self) {
        let leaving = async {
            self.put(&Packet::Disconnect(Disconnect::new(DisconnectReasonCode::NormalDisconnection)))?;
            self.flush().await?;
            self.stream.shutdown().await.map_err(SessionError::Io)
        };
        if !matches!(timeout(GOODBYE, leaving).await, Ok(Ok(()))) {
            tracing::debug!("the broker did not take our DISCONNECT in time");
        }
    }
}
