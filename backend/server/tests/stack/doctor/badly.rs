//! A broker's TLS, real, and behind it somebody who behaves as AWS IoT Core does where a policy lacks something, which no
//! broker on this machine can be brought to do.

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use vigia_testkit::Identity;

/// What it does when it was greeted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer {
    /// CONNACK "not authorized".
    NotAuthorized,
    HangUp,
    Nothing,
}

pub(super) struct Badly {
    pub(super) port: u16,
    serving: JoinHandle<()>,
}

impl Badly {
    pub(super) async fn start(identity: &Identity, answer: Answer) -> Self {
        let certificates: Vec<_> = CertificateDer::pem_file_iter(&identity.cert).unwrap().flatten().collect();
        let key = PrivateKeyDer::from_pem_file(&identity.key).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(certificates, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = async move {
            let mut silent = Vec::new();
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                let Ok(mut stream) = acceptor.accept(tcp).await else { continue };
                let mut hello = [0; 512];
                if !matches!(stream.read(&mut hello).await, Ok(1..)) {
                    continue;
                }
                match answer {
                    Answer::NotAuthorized => stream.write_all(&[0x20, 3, 0, 0x87, 0]).await.unwrap(),
                    Answer::HangUp => {}
                    Answer::Nothing => {
                        silent.push(stream);
                        continue;
                    }
                }
                stream.shutdown().await.ok();
            }
        };
        #[expect(clippy::disallowed_methods, reason = "a test's own task, aborted when this is dropped")]
        let serving = tokio::spawn(serving);
        Self { port, serving }
    }

    pub(super) fn settings(&self) -> [(&'static str, String); 1] {
        [("AWS_IOT_PORT", self.port.to_string())]
    }
}

impl Drop for Badly {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
