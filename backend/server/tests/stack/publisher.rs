//! A gateway's side of the broker: publishes and knows what was confirmed.

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::PubAckReason;
use rumqttc::v5::{AsyncClient, Event, Incoming, MqttOptions};
use rumqttc::{TlsConfiguration, Transport};
use rustls::client::WantsClientCert;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use vigia_testkit::Identity;

/// One connection that publishes with QoS 1, through broken connections too.
pub(crate) struct Publisher {
    client: AsyncClient,
    confirmed: watch::Receiver<usize>,
    sent: usize,
    polling: JoinHandle<()>,
}

impl Publisher {
    pub(crate) async fn connect(port: u16, identity: &Identity) -> Self {
        let mut options = options(port, identity, "publisher-test");
        options
            .set_session_expiry_interval(Some(3_600))
            .set_clean_start(false)
            .set_max_packet_size(Some(1 << 20));
        let (client, mut events) = AsyncClient::new(options, 100_000);
        let (count, confirmed) = watch::channel(0);
        let (connected, ready) = tokio::sync::oneshot::channel();
        let polling = async move {
            let mut connected = Some(connected);
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Incoming::ConnAck(_))) => {
                        if let Some(connected) = connected.take() {
                            connected.send(()).unwrap();
                        }
                    }
                    Ok(Event::Incoming(Incoming::PubAck(_))) => {
                        count.send_modify(|confirmed| *confirmed += 1);
                    }
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
                }
            }
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own task, aborted when the publisher is dropped"
        )]
        let polling = tokio::spawn(polling);
        ready.await.unwrap();
        Self { client, confirmed, sent: 0, polling }
    }

    /// Hands a message to the client without waiting for the broker.
    pub(crate) async fn send(&mut self, topic: &str, payload: impl Into<Vec<u8>>) {
        self.client.publish(topic, QoS::AtLeastOnce, false, payload.into()).await.unwrap();
        self.sent += 1;
    }

    /// Waits until the broker has confirmed everything sent.
    pub(crate) async fn flush(&mut self) {
        let sent = self.sent;
        let all = self.confirmed.wait_for(|confirmed| *confirmed >= sent);
        tokio::time::timeout(Duration::from_mins(1), all).await.expect("the broker confirms").unwrap();
    }

    /// Publishes one message and waits for its confirmation.
    pub(crate) async fn publish(&mut self, topic: &str, payload: impl Into<Vec<u8>>) {
        self.send(topic, payload).await;
        self.flush().await;
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.polling.abort();
    }
}

/// Whether a client with these files is let in: the broker's CONNACK arrives.
pub(crate) async fn is_let_in(port: u16, identity: &Identity, client_id: &str) -> bool {
    let (_client, mut events) = AsyncClient::new(options(port, identity, client_id), 10);
    let answer = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Incoming::ConnAck(_))) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    });
    answer.await.expect("an answer")
}

/// Whether the broker takes one message. Mosquitto 2.0.11 tells who may not, and cuts the connection at once, so that it may not
/// be heard.
pub(crate) async fn is_taken(port: u16, identity: &Identity, topic: &str, payload: &str) -> bool {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let id = format!("one-message-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let (client, mut events) = AsyncClient::new(options(port, identity, &id), 10);
    client.publish(topic.to_owned(), QoS::AtLeastOnce, false, payload.to_owned()).await.unwrap();
    let mut connected = false;
    let answer = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Incoming::ConnAck(_))) => connected = true,
                Ok(Event::Incoming(Incoming::PubAck(ack))) => return ack.reason,
                Ok(_) => {}
                Err(error) => {
                    assert!(connected, "{error}");
                    return PubAckReason::NotAuthorized;
                }
            }
        }
    });
    match answer.await.expect("an answer") {
        PubAckReason::Success | PubAckReason::NoMatchingSubscribers => true,
        PubAckReason::NotAuthorized => false,
        other => panic!("{other:?}"),
    }
}

/// What a client hears on this filter until `done`.
pub(crate) async fn heard(
    port: u16,
    identity: &Identity,
    filter: &str,
    done: impl Future<Output = ()>,
) -> usize {
    let (client, mut events) = AsyncClient::new(options(port, identity, "listener"), 10);
    client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
    let mut count = 0;
    while !matches!(events.poll().await.unwrap(), Event::Incoming(Incoming::SubAck(_))) {}
    tokio::pin!(done);
    loop {
        tokio::select! {
            () = &mut done => return count,
            event = events.poll() => {
                if let Event::Incoming(Incoming::Publish(_)) = event.unwrap() {
                    count += 1;
                }
            }
        }
    }
}

/// Whether a client without a certificate is let in.
pub(crate) async fn is_stranger_let_in(port: u16, ca: &Path) -> bool {
    let config = trusting(ca).with_no_client_auth();
    let mut options = MqttOptions::new("stranger", "localhost", port);
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))));
    let (_client, mut events) = AsyncClient::new(options, 10);
    let answer = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Incoming::ConnAck(_))) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    });
    answer.await.expect("an answer")
}

fn trusting(ca: &Path) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(ca).unwrap() {
        roots.add(root.unwrap()).unwrap();
    }
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
}

fn options(port: u16, identity: &Identity, client_id: &str) -> MqttOptions {
    let chain = CertificateDer::pem_file_iter(&identity.cert).unwrap().map(Result::unwrap).collect();
    let config = trusting(&identity.ca)
        .with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(&identity.key).unwrap())
        .unwrap();
    let mut options = MqttOptions::new(client_id, "localhost", port);
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))));
    options
}
