//! A broker that does what the test says, packet by packet.

use crate::connect::frame::next_packet;
use bytes::BytesMut;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    ConnAck, Connect, ConnectReturnCode, Packet, Publish, SubAck, Subscribe, SubscribeReasonCode,
};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};

/// The broker's end of one connection.
#[derive(Debug)]
pub(super) struct Broker {
    stream: DuplexStream,
    input: BytesMut,
    writes: Arc<AtomicUsize>,
}

impl Broker {
    pub(super) fn new(stream: DuplexStream, writes: Arc<AtomicUsize>) -> Self {
        Self { stream, input: BytesMut::new(), writes }
    }

    /// The next packet; `None` when the client has hung up.
    pub(super) async fn next(&mut self) -> Option<Packet> {
        loop {
            if let Some(packet) = next_packet(&mut self.input).unwrap() {
                return Some(packet);
            }
            if self.stream.read_buf(&mut self.input).await.unwrap() == 0 {
                return None;
            }
        }
    }

    /// The next packet that is no ping.
    pub(super) async fn next_but_pings(&mut self) -> Option<Packet> {
        loop {
            match self.next().await {
                Some(Packet::PingReq(_)) => {}
                other => return other,
            }
        }
    }

    /// Takes the CONNECT and accepts it.
    pub(super) async fn accept(&mut self, session_present: bool) -> Connect {
        let Some(Packet::Connect(connect, None, None)) = self.next().await else { panic!("no CONNECT") };
        let code = ConnectReturnCode::Success;
        self.send(&[Packet::ConnAck(ConnAck { session_present, code, properties: None })]).await;
        connect
    }

    pub(super) async fn subscribe(&mut self) -> Subscribe {
        match self.next().await {
            Some(Packet::Subscribe(subscribe)) => subscribe,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn suback(&mut self, pkid: u16, return_codes: Vec<SubscribeReasonCode>) {
        self.send(&[Packet::SubAck(SubAck { pkid, return_codes, properties: None })]).await;
    }

    /// The next `count` acks.
    pub(super) async fn acks(&mut self, count: usize) -> Vec<u16> {
        let mut acks = Vec::new();
        while acks.len() < count {
            match self.next_but_pings().await {
                Some(Packet::PubAck(ack)) => acks.push(ack.pkid),
                other => panic!("{other:?} after {acks:?}"),
            }
        }
        acks
    }

    /// Sends packets in one write.
    pub(super) async fn send(&mut self, packets: &[Packet]) {
        let mut bytes = BytesMut::new();
        for packet in packets {
            packet.write(&mut bytes, None).unwrap();
        }
        self.send_bytes(&bytes).await;
    }

    pub(super) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Whether the client has sent anything yet.
    pub(super) fn has_come(&self) -> bool {
        self.writes() > 0
    }

    /// How often the client has written.
    pub(super) fn writes(&self) -> usize {
        self.writes.load(Ordering::Relaxed)
    }
}

pub(super) fn publish(packet_id: u16, payload: &str) -> Packet {
    let qos = if packet_id == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce };
    let mut publish = Publish::new("a/b", qos, payload.as_bytes().to_vec(), None);
    publish.pkid = packet_id;
    Packet::Publish(publish)
}

/// The client's end, which counts what is written to it.
#[derive(Debug)]
pub(super) struct Counted {
    stream: DuplexStream,
    writes: Arc<AtomicUsize>,
}

impl Counted {
    pub(super) fn new(stream: DuplexStream) -> (Self, Arc<AtomicUsize>) {
        let writes = Arc::new(AtomicUsize::new(0));
        (Self { stream, writes: Arc::clone(&writes) }, writes)
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
