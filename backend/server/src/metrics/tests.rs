//! What is shown of backups that were given up, and of certificates that are no more.

use super::*;
use vigia_live::board::{Certificate, RepositoryStatus};

#[test]
fn a_repository_that_is_gone_keeps_no_figures() {
    let repository = |name: &str| RepositoryStatus {
        repository: name.to_owned(),
        first_success_at: Some(Timestamp::from_millis(3_000)),
        last_success_at: Some(Timestamp::from_millis(5_000)),
        last_kind: None,
        last_bytes: Some(7),
        last_verified_at: None,
        backup_error: Some("no room".to_owned()),
        verification_error: None,
    };
    let status = |names: &[&str]| BackupStatus {
        repositories: names.iter().map(|name| repository(name)).collect(),
        archiving: None,
    };
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let shown = |names: &[&str]| {
        ::metrics::with_local_recorder(&recorder, || show_backup(&status(names)));
        handle.render()
    };
    assert!(shown(&["local", "s3"]).contains("vigia_backup_failing{repository=\"s3\"} 1\n"));
    let text = shown(&["local"]);
    for name in [
        "first_success_timestamp_seconds",
        "last_success_timestamp_seconds",
        "last_verified_timestamp_seconds",
        "last_bytes",
        "failing",
    ] {
        assert!(text.contains(&format!("vigia_backup_{name}{{repository=\"s3\"}} NaN\n")), "{name}: {text}");
    }
    assert!(text.contains("vigia_backup_failing{repository=\"local\"} 1\n"), "{text}");
    assert!(shown(&["s3"]).contains("vigia_backup_failing{repository=\"s3\"} 1\n"));
}

#[test]
fn a_certificate_that_nobody_shows_any_more_keeps_no_figure() {
    let ends = |kind, second: i64| CertificateStatus {
        kind,
        certificate: Certificate {
            subject: String::new(),
            issuer: String::new(),
            not_before: Timestamp::from_millis(0),
            not_after: Timestamp::from_millis(second * 1_000),
        },
    };
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let shown = |certificates: &[CertificateStatus]| {
        ::metrics::with_local_recorder(&recorder, || show_certificates(certificates));
        handle.render()
    };
    let line = |kind: &str, figure: &str| {
        format!("vigia_certificate_expiry_timestamp_seconds{{kind=\"{kind}\"}} {figure}\n")
    };
    let text = shown(&[
        ends(CertificateKind::Ca, 9),
        ends(CertificateKind::Ca, 7),
        ends(CertificateKind::Broker, 5),
    ]);
    assert!(
        text.contains(&line("ca", "7")) && text.contains(&line("broker", "5")),
        "the first to end: {text}"
    );
    assert!(!text.contains("kind=\"web\""), "{text}");
    let text = shown(&[ends(CertificateKind::Ca, 9)]);
    assert!(text.contains(&line("ca", "9")) && text.contains(&line("broker", "NaN")), "{text}");
}
