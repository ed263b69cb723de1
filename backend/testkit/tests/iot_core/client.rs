//! A subscriber and a publisher on rumqttc's own event loop.

use std::sync::Arc;
use std::time::Duration;

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, Publish, SubscribeReasonCode};
use rumqttc::v5::{AsyncClient, Event, MqttOptions};
use rumqttc::{TlsConfiguration, Transport};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use vigia_testkit::{Broker, Identity};

pub(crate) const FILTER: &str = "factory/+/+/+/gateway/+/telemetry";
pub(crate) const TOPIC: &str = "factory/granix/ba/planta-1/gateway/gw-1/telemetry";
/// For what must come.
const PATIENCE: Duration = Duration::from_secs(10);
/// After so long nothing more is coming.
pub(crate) const QUIET: Duration = Duration::from_millis(300);

/// What a connection brings.
#[derive(Debug, Clone)]
pub(crate) enum Seen {
    Connected { session_present: bool },
    Subscribed(Vec<SubscribeReasonCode>),
    Message(Publish),
    PublishAcked,
    Lost(String),
}

/// A client that connects again by itself, until it is dropped.
pub(crate) struct Client {
    pub(crate) requests: AsyncClient,
    seen: mpsc::Receiver<Seen>,
    _polling: JoinSet<()>,
}

impl Client {
    /// Connects with a session that outlives the connection.
    pub(crate) fn new(broker: &Broker, port: u16, id: &str, common_name: &str) -> Self {
        Self::with_receive_maximum(broker, port, id, common_name, None)
    }

    pub(crate) fn with_receive_maximum(
        broker: &Broker,
        port: u16,
        id: &str,
        common_name: &str,
        maximum: Option<u16>,
    ) -> Self {
        let identity = broker.pki().client(common_name).unwrap();
        let mut options = MqttOptions::new(id, "localhost", port);
        options
            .set_transport(Transport::Tls(tls(&identity)))
            .set_clean_start(false)
            .set_session_expiry_interval(Some(3_600))
            .set_receive_maximum(maximum)
            .set_manual_acks(true);
        let (client, mut event_loop) = AsyncClient::new(options, 10_000);
        let (sender, seen) = mpsc::channel(10_000);
        let mut polling = JoinSet::new();
        polling.spawn(async move {
            loop {
                let event = match event_loop.poll().await {
                    Ok(Event::Incoming(packet)) => packet,
                    Ok(Event::Outgoing(_)) => continue,
                    Err(error) => {
                        sender.send(Seen::Lost(format!("{error:?}"))).await.ok();
                        sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                };
                let seen = match event {
                    Packet::ConnAck(ack) => Seen::Connected { session_present: ack.session_present },
                    Packet::SubAck(ack) => Seen::Subscribed(ack.return_codes),
                    Packet::Publish(publish) => Seen::Message(publish),
                    Packet::PubAck(_) => Seen::PublishAcked,
                    _ => continue,
                };
                sender.send(seen).await.ok();
            }
        });
        Self { requests: client, seen, _polling: polling }
    }

    /// The backend, connected and subscribed.
    pub(crate) async fn subscriber(broker: &Broker, port: u16, id: &str) -> Self {
        let mut client = Self::new(broker, port, id, "backend");
        client.connected().await;
        assert_eq!(client.subscribe().await, [SubscribeReasonCode::Success(QoS::AtLeastOnce)]);
        client
    }

    /// Waits for the next connection; whether the session was there.
    pub(crate) async fn connected(&mut self) -> bool {
        self.until(|seen| match seen {
            Seen::Connected { session_present } => Some(session_present),
            _ => None,
        })
        .await
    }

    pub(crate) async fn subscribe(&mut self) -> Vec<SubscribeReasonCode> {
        self.requests.subscribe(FILTER, QoS::AtLeastOnce).await.unwrap();
        self.until(|seen| match seen {
            Seen::Subscribed(codes) => Some(codes),
            _ => None,
        })
        .await
    }

    /// Why the connection ended.
    pub(crate) async fn lost(&mut self) -> String {
        self.until(|seen| match seen {
            Seen::Lost(why) => Some(why),
            _ => None,
        })
        .await
    }

    pub(crate) async fn message(&mut self) -> Publish {
        self.until(message).await
    }

    pub(crate) async fn messages(&mut self, count: usize) -> Vec<Publish> {
        let mut messages = Vec::new();
        while messages.len() < count {
            messages.push(self.message().await);
        }
        messages
    }

    /// The same, each acknowledged.
    pub(crate) async fn messages_acked(&mut self, count: usize) -> Vec<Publish> {
        let mut messages = Vec::new();
        while messages.len() < count {
            let message = self.message().await;
            self.ack(std::slice::from_ref(&message)).await;
            messages.push(message);
        }
        messages
    }

    /// All messages until nothing comes for a while.
    pub(crate) async fn rest(&mut self) -> Vec<Publish> {
        let mut messages = Vec::new();
        while let Ok(Some(seen)) = timeout(QUIET, self.seen.recv()).await {
            messages.extend(message(seen));
        }
        messages
    }

    /// The same, each acknowledged.
    pub(crate) async fn rest_acked(&mut self) -> Vec<Publish> {
        let mut messages = Vec::new();
        while let Ok(Some(seen)) = timeout(QUIET, self.seen.recv()).await {
            if let Some(publish) = message(seen) {
                self.requests.ack(&publish).await.unwrap();
                messages.push(publish);
            }
        }
        messages
    }

    pub(crate) async fn ack(&self, messages: &[Publish]) {
        for publish in messages {
            self.requests.ack(publish).await.unwrap();
        }
    }

    /// Publishes the numbers, one every so often, and waits until all are acknowledged.
    pub(crate) async fn publish(&mut self, numbers: std::ops::Range<u32>, every: Duration) {
        let mut ticks = tokio::time::interval(every.max(Duration::from_nanos(1)));
        for number in numbers.clone() {
            if !every.is_zero() {
                ticks.tick().await;
            }
            self.requests.publish(TOPIC, QoS::AtLeastOnce, false, number.to_string()).await.unwrap();
        }
        for _ in numbers {
            self.until(|seen| matches!(seen, Seen::PublishAcked).then_some(())).await;
        }
    }

    pub(crate) async fn until<T>(&mut self, wanted: fn(Seen) -> Option<T>) -> T {
        let waiting = async {
            loop {
                if let Some(found) = wanted(self.seen.recv().await.unwrap()) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, waiting).await.unwrap()
    }
}

/// What a message says.
pub(crate) fn number(publish: &Publish) -> u32 {
    std::str::from_utf8(&publish.payload).unwrap().parse().unwrap()
}

pub(crate) fn numbers(messages: &[Publish]) -> Vec<u32> {
    messages.iter().map(number).collect()
}

fn message(seen: Seen) -> Option<Publish> {
    match seen {
        Seen::Message(publish) => Some(publish),
        _ => None,
    }
}

fn tls(identity: &Identity) -> TlsConfiguration {
    let mut roots = RootCertStore::empty();
    for cert in CertificateDer::pem_file_iter(&identity.ca).unwrap() {
        roots.add(cert.unwrap()).unwrap();
    }
    let chain = CertificateDer::pem_file_iter(&identity.cert).unwrap().collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(&identity.key).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .unwrap();
    TlsConfiguration::Rustls(Arc::new(config))
}
