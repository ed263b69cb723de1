//! A broker of a few lines: mTLS, MQTT 5, publishers only, one session after another, each misbehaving as told.

use crate::Tls;
use bytes::BytesMut;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rumqttc::v5::mqttbytes::v5::{
    ConnAck, ConnAckProperties, ConnectReturnCode, Packet, PingResp, PubAck, PubAckReason,
};
use rustls::RootCertStore;
use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// How a session goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    /// Confirms everything.
    Obey,
    /// Confirms so many, takes a full window more, and breaks off.
    CutAfter(usize),
    /// Confirms everything but the third, which it refuses.
    RefuseThird,
    /// Confirms nothing.
    Ignore,
}

/// The broker, with a folder of its own for certificates and ledger.
#[derive(Debug)]
pub(super) struct Broker {
    pub(super) port: u16,
    folder: tempfile::TempDir,
    sessions: Arc<Mutex<Vec<Vec<String>>>>,
    // Aborts the task when the test ends.
    _serving: JoinSet<()>,
}

impl Broker {
    /// Serves one session per turn, asking for at most `receive_maximum` unconfirmed publishes.
    pub(super) async fn start<const N: usize>(receive_maximum: u16, turns: [Turn; N]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let acceptor = certificates(folder.path());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sessions = Arc::new(Mutex::new(Vec::new()));
        let mut serving = JoinSet::new();
        let kept = Arc::clone(&sessions);
        serving.spawn(async move {
            for turn in turns {
                let (stream, _) = listener.accept().await.unwrap();
                kept.lock().unwrap().push(Vec::new());
                serve(&acceptor, stream, receive_maximum, turn, &kept).await;
            }
        });
        Self { port, folder, sessions, _serving: serving }
    }

    /// The payloads of each session.
    pub(super) fn sessions(&self) -> Vec<Vec<String>> {
        self.sessions.lock().unwrap().clone()
    }

    pub(super) fn tls(&self) -> Tls {
        let file = |name| self.folder.path().join(name);
        Tls { ca: file("ca.pem"), cert: file("client.pem"), key: file("client.key") }
    }

    pub(super) fn ledger(&self) -> PathBuf {
        self.folder.path().join("ledger.jsonl")
    }

    pub(super) fn other_key(&self) -> PathBuf {
        self.folder.path().join("other.key")
    }
}

async fn serve(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    receive_maximum: u16,
    turn: Turn,
    sessions: &Mutex<Vec<Vec<String>>>,
) {
    let mut stream = acceptor.accept(stream).await.unwrap();
    let (mut input, mut output) = (BytesMut::new(), BytesMut::new());
    let (mut seen, mut open) = (0, 0);
    loop {
        while let Ok(packet) = Packet::read(&mut input, None) {
            let answer = match packet {
                Packet::Connect(..) => connack(receive_maximum),
                Packet::PingReq(_) => Packet::PingResp(PingResp),
                Packet::Publish(publish) => {
                    seen += 1;
                    open += 1;
                    assert!(open <= receive_maximum, "more under way than asked for");
                    let text = String::from_utf8(publish.payload.to_vec()).unwrap();
                    sessions.lock().unwrap().last_mut().unwrap().push(text);
                    let mut ack = PubAck::new(publish.pkid, None);
                    match turn {
                        Turn::CutAfter(acked) if seen > acked => {
                            if open == receive_maximum {
                                return;
                            }
                            continue;
                        }
                        Turn::Ignore => continue,
                        Turn::RefuseThird if seen == 3 => ack.reason = PubAckReason::QuotaExceeded,
                        _ => {}
                    }
                    open -= 1;
                    Packet::PubAck(ack)
                }
                Packet::Disconnect(_) => return,
                other => panic!("a publisher says no {other:?}"),
            };
            answer.write(&mut output, None).unwrap();
        }
        stream.write_all_buf(&mut output).await.unwrap();
        stream.flush().await.unwrap();
        if stream.read_buf(&mut input).await.unwrap_or(0) == 0 {
            return;
        }
    }
}

fn connack(receive_maximum: u16) -> Packet {
    let properties = ConnAckProperties {
        session_expiry_interval: None,
        receive_max: Some(receive_maximum),
        max_qos: None,
        retain_available: None,
        max_packet_size: None,
        assigned_client_identifier: None,
        topic_alias_max: None,
        reason_string: None,
        user_properties: Vec::new(),
        wildcard_subscription_available: None,
        subscription_identifiers_available: None,
        shared_subscription_available: None,
        server_keep_alive: None,
        response_information: None,
        server_reference: None,
        authentication_method: None,
        authentication_data: None,
    };
    Packet::ConnAck(ConnAck {
        session_present: false,
        code: ConnectReturnCode::Success,
        properties: Some(properties),
    })
}

/// An authority, a server and a client, written to the folder; gives the server's side of TLS.
fn certificates(folder: &Path) -> TlsAcceptor {
    let ca_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = params.self_signed(&ca_key).unwrap();
    let issuer = Issuer::new(params, ca_key);
    std::fs::write(folder.join("ca.pem"), ca.pem()).unwrap();
    std::fs::write(folder.join("other.key"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    for name in ["localhost", "client"] {
        let key = KeyPair::generate().unwrap();
        let cert = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        std::fs::write(folder.join(format!("{name}.pem")), cert.pem()).unwrap();
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    }
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone()).unwrap();
    let clients =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(
            vec![CertificateDer::from_pem_file(folder.join("localhost.pem")).unwrap()],
            PrivateKeyDer::from_pem_file(folder.join("localhost.key")).unwrap(),
        )
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
