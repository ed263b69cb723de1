//! A subscriber on MQTT 5 packets and a TLS stream alone: reads what is there, takes every packet out of it and
//! writes all acks at once. About the least a client can do.

use super::{
    FILTER, Figures, KEEP_ALIVE_S, MAX_PACKET_BYTES, RECEIVE_MAXIMUM, SESSION_EXPIRY_S, Settings, client_id,
};
use anyhow::{Result, bail};
use bytes::BytesMut;
use rumqttc::v5::mqttbytes::v5::{
    Connect, ConnectProperties, ConnectReturnCode, Filter, Packet, PingReq, PubAck, Subscribe,
    SubscribeReasonCode,
};
use rumqttc::v5::mqttbytes::{Error, QoS};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_rustls::client::TlsStream;

/// Half the keep-alive.
const PING_EVERY: Duration = Duration::from_secs(15);
/// Bytes read at once: four full TLS records.
const READ: usize = 64 * 1_024;

/// Starts a task for each connection.
pub(super) fn spawn(tasks: &mut JoinSet<Result<()>>, settings: &Settings, figures: &'static Figures) {
    for connection in 0..settings.connections {
        tasks.spawn(subscribe(settings.clone(), connection, figures));
    }
}

struct Session {
    stream: TlsStream<TcpStream>,
    input: BytesMut,
    output: BytesMut,
    figures: &'static Figures,
}

async fn subscribe(settings: Settings, connection: usize, figures: &'static Figures) -> Result<()> {
    let tls = settings.tls();
    let tcp = TcpStream::connect(("localhost", settings.broker_port)).await?;
    tcp.set_nodelay(true)?;
    let stream = tls.connector()?.connect(tls.server_name("localhost")?, tcp).await?;
    let (input, output) = (BytesMut::with_capacity(READ), BytesMut::with_capacity(READ));
    let mut session = Session { stream, input, output, figures };
    let mut properties = ConnectProperties::new();
    properties.receive_maximum = Some(RECEIVE_MAXIMUM);
    properties.max_packet_size = Some(MAX_PACKET_BYTES);
    properties.session_expiry_interval = Some(SESSION_EXPIRY_S);
    let connect = Connect {
        keep_alive: KEEP_ALIVE_S,
        client_id: client_id(connection),
        clean_start: false,
        properties: Some(properties),
    };
    session.put(&Packet::Connect(connect, None, None))?;
    let mut ping_at = Instant::now() + PING_EVERY;
    loop {
        session.stream.write_all_buf(&mut session.output).await?;
        session.stream.flush().await?;
        session.input.reserve(READ);
        tokio::select! {
            read = session.stream.read_buf(&mut session.input) => {
                if read? == 0 {
                    bail!("the broker closed the connection");
                }
                session.take_packets()?;
            }
            () = sleep_until(ping_at) => {
                session.put(&Packet::PingReq(PingReq))?;
                ping_at = Instant::now() + PING_EVERY;
            }
        }
    }
}

impl Session {
    /// Takes every whole packet; the answers are put together, to be written at once.
    fn take_packets(&mut self) -> Result<()> {
        let mut messages = 0;
        loop {
            match Packet::read(&mut self.input, Some(MAX_PACKET_BYTES)) {
                Ok(Packet::Publish(publish)) => {
                    messages += 1;
                    self.put(&Packet::PubAck(PubAck::new(publish.pkid, None)))?;
                }
                Ok(Packet::ConnAck(ack)) if ack.code == ConnectReturnCode::Success => {
                    let mut subscribe = Subscribe::new(Filter::new(FILTER, QoS::AtLeastOnce), None);
                    subscribe.pkid = 1;
                    self.put(&Packet::Subscribe(subscribe))?;
                }
                Ok(Packet::SubAck(ack)) => match ack.return_codes.as_slice() {
                    [SubscribeReasonCode::Success(QoS::AtLeastOnce)] => self.figures.subscribed(),
                    other => bail!("the broker refused the subscription: {other:?}"),
                },
                Ok(Packet::PingResp(_)) => {}
                Ok(other) => bail!("the broker said {other:?}"),
                Err(Error::InsufficientBytes(_)) => break,
                Err(fault) => bail!("the broker speaks no MQTT 5: {fault}"),
            }
        }
        self.figures.done(messages);
        Ok(())
    }

    fn put(&mut self, packet: &Packet) -> Result<()> {
        packet.write(&mut self.output, None)?;
        Ok(())
    }
}
