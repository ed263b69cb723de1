//! Looks every hour at the certificate that browsers see, so that its end is told of before it comes.

use crate::http_client::Place;
use crate::tls;
use anyhow::Context as _;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use vigia_live::Live;
use vigia_live::board::{Certificate, CertificateKind, CertificateStatus};

const AGAIN: Duration = Duration::from_hours(1);
/// The same where nobody answered: the proxy is usually started after us.
const SOON_AGAIN: Duration = Duration::from_mins(5);
const REACH_WITHIN: Duration = Duration::from_secs(5);

/// Shows on the board when the certificate of this site ends, until stopped. Who signed it is no matter here: a plant's page may
/// have one of its own making. From inside some networks the public address cannot be reached; then nothing is known of it.
pub(crate) async fn watch(site: Place, live: Live, stop: CancellationToken) {
    let kind = CertificateKind::Web;
    loop {
        let looked = tokio::select! {
            () = stop.cancelled() => return,
            looked = look(&site) => looked,
        };
        let wait = match looked {
            Ok(certificate) => {
                live.board().set_certificates(&[kind], vec![CertificateStatus { kind, certificate }]);
                AGAIN
            }
            Err(error) => {
                tracing::debug!(
                    error = format!("{error:#}"),
                    "cannot look at the certificate of PUBLIC_URL now"
                );
                live.board().set_certificates(&[kind], Vec::new());
                SOON_AGAIN
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn look(site: &Place) -> anyhow::Result<Certificate> {
    let connecting = TcpStream::connect((site.host.as_str(), site.port));
    let tcp = tokio::time::timeout(REACH_WITHIN, connecting).await.context("no answer in time")??;
    let (shown, stream) = tls::look(tcp, &site.host, None).await;
    match shown {
        Some(shown) => Ok(shown.certificate),
        None => Err(stream.err().unwrap_or_else(|| anyhow::anyhow!("it shows no certificate"))),
    }
}
