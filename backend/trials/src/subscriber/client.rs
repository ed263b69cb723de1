//! A subscriber on rumqttc's client and event loop, acknowledging by itself: what any Rust backend would begin with.

use super::{
    FILTER, Figures, KEEP_ALIVE_S, MAX_PACKET_BYTES, RECEIVE_MAXIMUM, SESSION_EXPIRY_S, Settings, client_id,
};
use anyhow::{Result, bail};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::SubscribeReasonCode;
use rumqttc::v5::{AsyncClient, Event, EventLoop, Incoming, MqttOptions};
use rumqttc::{NetworkOptions, TlsConfiguration, Transport};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Starts a task for each connection.
pub(super) fn spawn(
    tasks: &mut JoinSet<Result<()>>,
    settings: &Settings,
    figures: &'static Figures,
) -> Result<()> {
    for connection in 0..settings.connections {
        let (client, events) = connect(settings, connection)?;
        tasks.spawn(take(client, events, figures, move |_| figures.done(1)));
    }
    Ok(())
}

/// A client and its event loop, set up as Vigía's are but for who acknowledges.
pub(super) fn connect(settings: &Settings, connection: usize) -> Result<(AsyncClient, EventLoop)> {
    let tls = Arc::clone(settings.tls().connector()?.config());
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    let mut options = MqttOptions::new(client_id(connection), "localhost", settings.broker_port);
    options
        .set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls)))
        .set_network_options(network)
        .set_keep_alive(Duration::from_secs(KEEP_ALIVE_S.into()))
        .set_clean_start(false)
        .set_session_expiry_interval(Some(SESSION_EXPIRY_S))
        .set_receive_maximum(Some(RECEIVE_MAXIMUM))
        .set_max_packet_size(Some(MAX_PACKET_BYTES))
        .set_outgoing_inflight_upper_limit(1);
    Ok(AsyncClient::new(options, 10))
}

/// Polls; each message is acknowledged by the event loop in the turn that brings it.
pub(super) async fn take(
    client: AsyncClient,
    mut events: EventLoop,
    figures: &'static Figures,
    message: impl Fn(rumqttc::v5::mqttbytes::v5::Publish) + Send,
) -> Result<()> {
    loop {
        match events.poll().await? {
            Event::Incoming(Incoming::ConnAck(_)) => client.subscribe(FILTER, QoS::AtLeastOnce).await?,
            Event::Incoming(Incoming::SubAck(ack)) => match ack.return_codes.as_slice() {
                [SubscribeReasonCode::Success(QoS::AtLeastOnce)] => figures.subscribed(),
                other => bail!("the broker refused the subscription: {other:?}"),
            },
            Event::Incoming(Incoming::Publish(publish)) => message(publish),
            Event::Incoming(_) | Event::Outgoing(_) => {}
        }
    }
}
