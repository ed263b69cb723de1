//! Looks every hour at the certificate that browsers see, so that its end is told of before it comes.

use crate::http_client::Place;
use crate::tls;
use anyhow::Context as _;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use vigia_live::Live;
use vigia_live::board::{Certificate, CertificateKind, CertificateStatus};

const AGAIN: Duration = Duration::from_hours(1);
/// The same where nobody answered: the proxy is usually started after us.
const SOON_AGAIN: Duration = Duration::from_mins(5);
const REACH_WITHIN: Duration = Duration::from_secs(5);

/// How long the one seen last is taken for the one there is, while nobody answers: long enough for an alarm that waits an hour,
/// and for a proxy that is down, which is no reason to forget that its certificate ends.
const REMEMBERED: Duration = Duration::from_hours(24);

/// Shows on the board when the certificate of this site ends, until stopped. Who signed it is no matter here: a plant's page may
/// have one of its own making. From inside some networks the public address cannot be reached; then nothing is known of it.
pub(crate) async fn watch(site: Place, live: Live, stop: CancellationToken) {
    let mut sight = Sight { live, seen_at: None };
    loop {
        let looked = tokio::select! {
            () = stop.cancelled() => return,
            looked = look(&site) => looked,
        };
        let wait = sight.note(looked, Instant::now());
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// What is known of it by looking.
struct Sight {
    live: Live,
    seen_at: Option<Instant>,
}

impl Sight {
    /// Shows what a look has come to; how long to wait for the next one.
    fn note(&mut self, looked: anyhow::Result<Certificate>, now: Instant) -> Duration {
        let kind = CertificateKind::Web;
        match looked {
            Ok(certificate) => {
                self.seen_at = Some(now);
                self.live.board().set_certificates(&[kind], vec![CertificateStatus { kind, certificate }]);
                AGAIN
            }
            Err(error) => {
                tracing::debug!(
                    error = format!("{error:#}"),
                    "cannot look at the certificate of PUBLIC_URL now"
                );
                if self.seen_at.is_some_and(|at| now.duration_since(at) >= REMEMBERED) {
                    self.seen_at = None;
                    self.live.board().set_certificates(&[kind], Vec::new());
                }
                SOON_AGAIN
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_model::{Clock, Timestamp};

    /// One is shown; or nobody answers.
    fn look(is_there: bool) -> anyhow::Result<Certificate> {
        anyhow::ensure!(is_there, "no answer in time");
        Ok(Certificate {
            subject: "CN=telemetry.example.com".to_owned(),
            issuer: String::new(),
            not_before: Timestamp::from_millis(0),
            not_after: Timestamp::from_millis(1_000),
        })
    }

    #[test]
    fn the_one_seen_last_is_remembered_for_a_day() {
        let live = Live::new(Clock::System, Duration::from_mins(1));
        let mut sight = Sight { live: live.clone(), seen_at: None };
        let begun = Instant::now();
        let mut at = |hours: f64, is_there: bool| {
            let wait = sight.note(look(is_there), begun + Duration::from_hours(1).mul_f64(hours));
            (wait, live.board().certificates().len())
        };
        assert_eq!(at(0.0, false), (SOON_AGAIN, 0), "it was never seen");
        assert_eq!(at(0.1, true), (AGAIN, 1));
        assert_eq!(at(1.1, false), (SOON_AGAIN, 1), "that is no news of it");
        assert_eq!(at(24.0, false), (SOON_AGAIN, 1));
        assert_eq!(at(24.05, true), (AGAIN, 1));
        assert_eq!(at(48.0, false), (SOON_AGAIN, 1), "seen in between, it is known for another day");
        assert_eq!(at(48.1, false), (SOON_AGAIN, 0), "by now it may be another");
        assert_eq!(at(48.2, true), (AGAIN, 1));
    }
}
