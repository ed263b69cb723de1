//! What is said of a certificate that is not believed, with several reasons at once.

use super::*;
use crate::tls::provider;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use std::ops::Range;

/// An authority that signs servers' certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = Self::params(name, 2000..2100);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    fn params(name: &str, years: Range<i32>) -> CertificateParams {
        let mut params = params(&[], years);
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    }

    /// One below it.
    fn intermediate(&self, name: &str, years: Range<i32>) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = Self::params(name, years);
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    fn server(&self, host: &str, years: Range<i32>) -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        params(&[host.to_owned()], years).signed_by(&key, &self.issuer).unwrap().der().clone()
    }
}

fn params(hosts: &[String], years: Range<i32>) -> CertificateParams {
    let mut params = CertificateParams::new(hosts).unwrap();
    params.not_before = date_time_ymd(years.start, 1, 1);
    params.not_after = date_time_ymd(years.end, 1, 1);
    params
}

/// What is recorded in 2026 of who shows this where `broker.example` is asked for, and whether it is let in.
fn judged(trusted: &Authority, chain: &[CertificateDer<'static>]) -> (Shown, bool) {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.certificate.clone()).unwrap();
    let recorder = Recorder::strict(roots, &provider()).unwrap();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(1_780_000_000));
    let name = ServerName::try_from("broker.example").unwrap();
    let (own, others) = chain.split_first().unwrap();
    let is_let_in = recorder.verify_server_cert(own, others, &name, &[], now).is_ok();
    (recorder.shown().unwrap(), is_let_in)
}

#[test]
fn one_that_expired_is_the_brokers_only_where_nothing_else_is_wrong() {
    let (ours, strangers) = (Authority::new("ours"), Authority::new("a stranger's"));
    let (over, now) = (2020..2021, 2020..2040);
    let below = ours.intermediate("below", 2019..2030);
    let ended = ours.intermediate("ended", 2019..2021);
    for (what, chain, fault, is_brokers) in [
        ("good", vec![ours.server("broker.example", now.clone())], None, true),
        ("expired", vec![ours.server("broker.example", over.clone())], Some("Expired"), true),
        (
            "expired, by way of another",
            vec![below.server("broker.example", over.clone()), below.certificate.clone()],
            Some("Expired"),
            true,
        ),
        (
            "who signed it has expired",
            vec![ended.server("broker.example", now.clone()), ended.certificate.clone()],
            Some("Expired"),
            true,
        ),
        ("a stranger's", vec![strangers.server("broker.example", now.clone())], Some("UnknownIssuer"), false),
        (
            "a stranger's that expired",
            vec![strangers.server("elsewhere.example", over.clone())],
            Some("UnknownIssuer"),
            false,
        ),
        ("another name", vec![ours.server("elsewhere.example", now)], Some("NotValidForName"), false),
        (
            "another name, and expired",
            vec![ours.server("elsewhere.example", over)],
            Some("NotValidForName"),
            false,
        ),
        (
            "a stranger's to come",
            vec![strangers.server("broker.example", 2030..2031)],
            Some("UnknownIssuer"),
            false,
        ),
        ("to come", vec![ours.server("broker.example", 2030..2031)], Some("NotValidYet"), false),
    ] {
        let (shown, is_let_in) = judged(&ours, &chain);
        let said = shown.fault.as_ref().map(|fault| format!("{fault:?}"));
        match fault {
            Some(fault) => assert!(said.as_ref().is_some_and(|it| it.starts_with(fault)), "{what}: {said:?}"),
            None => assert_eq!(said, None, "{what}"),
        }
        assert_eq!(shown.is_right_but_for_its_time(), is_brokers, "{what}");
        assert_eq!(is_let_in, fault.is_none(), "{what}");
    }
}
