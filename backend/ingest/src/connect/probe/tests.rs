//! What an alert of TLS means.

use super::*;

#[test]
fn only_alerts_about_certificates_are_about_ours() {
    let broken = |alert| broken(Step::Connect, &io::Error::other(TlsError::AlertReceived(alert)));
    for alert in [AlertDescription::UnknownCA, AlertDescription::CertificateRevoked] {
        assert!(matches!(broken(alert), ProbeError::ClientNotTrusted { .. }), "{alert:?}");
    }
    for alert in [
        AlertDescription::ProtocolVersion,
        AlertDescription::UnrecognisedName,
        AlertDescription::NoApplicationProtocol,
        AlertDescription::InternalError,
    ] {
        assert!(matches!(broken(alert), ProbeError::Tls(_)), "{alert:?}");
    }
}
