//! The broker through real TLS and MQTT 5: who is let in, who may publish what, what a restart keeps.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnectProperties, Packet, PubAckReason, PublishProperties};
use rumqttc::v5::{Client, Connection, Event, MqttOptions};
use rumqttc::{TlsConfiguration, Transport};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use vigia_testkit::{Broker, BrokerOptions, Identity};

const PATIENCE: Duration = Duration::from_secs(5);

fn topic(gateway: &str) -> String {
    format!("factory/granix/ba/planta-1/gateway/{gateway}/telemetry")
}

fn tls(ca: &Identity, client: Option<&Identity>) -> TlsConfiguration {
    let mut roots = RootCertStore::empty();
    for cert in CertificateDer::pem_file_iter(&ca.ca).unwrap() {
        roots.add(cert.unwrap()).unwrap();
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match client {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let chain = CertificateDer::pem_file_iter(&identity.cert).unwrap();
            let chain = chain.collect::<Result<_, _>>().unwrap();
            let key = PrivateKeyDer::from_pem_file(&identity.key).unwrap();
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    };
    TlsConfiguration::Rustls(Arc::new(config))
}

/// Connects with a session that outlives the connection, or says why not.
fn connect(broker: &Broker, id: &str, client: Option<&Identity>) -> Result<(Client, Connection), String> {
    let ca = broker.pki().broker().unwrap();
    let mut options = MqttOptions::new(id, "localhost", broker.port());
    options.set_transport(Transport::Tls(tls(&ca, client)));
    options.set_clean_start(false);
    options.set_connect_properties(ConnectProperties {
        session_expiry_interval: Some(3600),
        receive_maximum: Some(10),
        ..ConnectProperties::new()
    });
    let (client, mut connection) = Client::new(options, 100);
    match connection.recv_timeout(PATIENCE).map_err(|error| format!("{error:?}"))? {
        Ok(Event::Incoming(Packet::ConnAck(_))) => Ok((client, connection)),
        other => Err(format!("{other:?}")),
    }
}

/// Waits for the packet that `wanted` picks; `None` when the broker closes the connection.
fn wait_for<T>(connection: &mut Connection, wanted: impl Fn(Packet) -> Option<T>) -> Option<T> {
    loop {
        match connection.recv_timeout(PATIENCE).unwrap() {
            Ok(Event::Incoming(packet)) => match wanted(packet) {
                None => {}
                found => return found,
            },
            Ok(Event::Outgoing(_)) => {}
            Err(_) => return None,
        }
    }
}

/// Whether the broker took the message. Mosquitto 2.0.11 answers a forbidden one and hangs up at once, so
/// its answer is not always seen.
fn publish(broker: &Broker, name: &str, topic: String, payload: &'static str) -> bool {
    let identity = broker.pki().client(name).unwrap();
    let (client, mut connection) = connect(broker, &format!("test-{name}"), Some(&identity)).unwrap();
    let properties = PublishProperties::default();
    client.publish_with_properties(topic, QoS::AtLeastOnce, false, payload, properties).unwrap();
    let reason = wait_for(&mut connection, |packet| match packet {
        Packet::PubAck(ack) => Some(ack.reason),
        _ => None,
    });
    matches!(reason, Some(PubAckReason::Success | PubAckReason::NoMatchingSubscribers))
}

fn subscribe(broker: &Broker, name: &str, filter: &str) -> (Client, Connection) {
    let identity = broker.pki().client(name).unwrap();
    let (client, mut connection) = connect(broker, name, Some(&identity)).unwrap();
    client.subscribe(filter, QoS::AtLeastOnce).unwrap();
    wait_for(&mut connection, |packet| matches!(packet, Packet::SubAck(_)).then_some(())).unwrap();
    (client, connection)
}

fn next_payload(connection: &mut Connection) -> String {
    let payload = wait_for(connection, |packet| match packet {
        Packet::Publish(publish) => Some(publish.payload.to_vec()),
        _ => None,
    });
    String::from_utf8(payload.unwrap()).unwrap()
}

#[test]
fn only_a_valid_certificate_of_this_authority_is_let_in() {
    let broker = Broker::start().unwrap();
    let pki = broker.pki();
    let good = pki.client("gw-1").unwrap();
    connect(&broker, "good", Some(&good)).unwrap();
    for (name, identity) in [
        ("no certificate", None),
        ("expired", Some(pki.expired_client("gw-1").unwrap())),
        ("foreign", Some(pki.foreign_client("gw-1").unwrap())),
    ] {
        let refused = connect(&broker, "bad", identity.as_ref());
        assert!(refused.is_err(), "{name} was let in");
    }
}

#[test]
fn a_gateway_publishes_as_itself_and_backends_read_it() {
    let broker = Broker::start().unwrap();
    let (_client, mut plain) = subscribe(&broker, "backend", "factory/+/+/+/gateway/+/telemetry");
    let (_other, mut shared) =
        subscribe(&broker, "backend-0", "$share/vigia/factory/+/+/+/gateway/+/telemetry");
    assert!(publish(&broker, "gw-1", topic("gw-1"), "own"));
    assert!(!publish(&broker, "gw-1", topic("gw-2"), "forged"));
    assert!(publish(&broker, "publisher", topic("gw-3"), "fleet"));
    assert!(publish(&broker, "demo-client", topic("gw-4"), "person"));
    for connection in [&mut plain, &mut shared] {
        let seen: Vec<String> = (0..3).map(|_| next_payload(connection)).collect();
        assert_eq!(seen, ["own", "fleet", "person"]);
    }
}

#[test]
fn a_restart_keeps_sessions_and_queued_messages() {
    let mut broker = Broker::start().unwrap();
    let port = broker.port();
    drop(subscribe(&broker, "backend", "factory/#"));
    assert!(publish(&broker, "gw-1", topic("gw-1"), "before the stop"));
    broker.stop().unwrap();
    assert!(!broker.is_running());
    broker.start_again().unwrap();
    assert_eq!(broker.port(), port);
    let identity = broker.pki().client("backend").unwrap();
    let (_client, mut connection) = connect(&broker, "backend", Some(&identity)).unwrap();
    assert_eq!(next_payload(&mut connection), "before the stop");
}

#[test]
fn a_durable_broker_keeps_them_through_a_kill() {
    let options = BrokerOptions { durable: true, ..BrokerOptions::default() };
    let mut broker = Broker::start_with(options).unwrap();
    drop(subscribe(&broker, "backend", "factory/#"));
    assert!(publish(&broker, "gw-1", topic("gw-1"), "before the kill"));
    // It confirms first and saves right after: once it took another message, the first is saved.
    assert!(publish(&broker, "gw-1", topic("gw-1"), "at the kill"));
    broker.kill();
    broker.start_again().unwrap();
    let identity = broker.pki().client("backend").unwrap();
    let (_client, mut connection) = connect(&broker, "backend", Some(&identity)).unwrap();
    assert_eq!(next_payload(&mut connection), "before the kill");
}
