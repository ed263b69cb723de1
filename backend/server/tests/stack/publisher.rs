//! A gateway's side of the broker: publishes and knows what was confirmed.

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::{AsyncClient, Event, Incoming, MqttOptions};
use rumqttc::{TlsConfiguration, Transport};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
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

fn options(port: u16, identity: &Identity, client_id: &str) -> MqttOptions {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(&identity.ca).unwrap() {
        roots.add(root.unwrap()).unwrap();
    }
    let chain = CertificateDer::pem_file_iter(&identity.cert).unwrap().map(Result::unwrap).collect();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(&identity.key).unwrap())
        .unwrap();
    let mut options = MqttOptions::new(client_id, "localhost", port);
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))));
    options
}
