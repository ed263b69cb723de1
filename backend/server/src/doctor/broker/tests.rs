//! What names say, and what refusals mean.

use super::*;
use crate::config::tests::settings;
use crate::doctor::finding::Level;
use vigia_ingest::probe::{ProbeError, Refusal, RefusalKind, Step};

#[test]
fn endpoints_of_china_are_known() {
    let id = |host| endpoint(host).map(|it| it.id);
    assert_eq!(id("abc123-ats.iot.eu-west-1.amazonaws.com"), None);
    assert_eq!(id("abc123.ats.iot.cn-north-1.amazonaws.com.cn"), None);
    assert_eq!(id("abc123.iot.cn-north-1.amazonaws.com.cn"), Some("endpoint-not-ats"));
    assert_eq!(id("abc123.iot.eu-west-1.amazonaws.com"), Some("endpoint-not-ats"));
    assert_eq!(id("abc123.credentials.iot.eu-west-1.amazonaws.com"), Some("endpoint-not-data"));
}

/// The policy allows exactly the backend's client id, as installations from before the doctor have it.
#[test]
fn a_refused_probe_is_no_fault_of_a_backend_that_is_subscribed() {
    let mut ingest = settings(&[]);
    ingest.host = "abc123-ats.iot.eu-west-1.amazonaws.com".to_owned();
    let refusal = Refusal { words: "not authorized".to_owned(), kind: RefusalKind::NotAuthorized };
    let errors = [
        (ProbeError::HungUp { at: Step::Connect }, "connect-hung-up"),
        (ProbeError::Refused(refusal), "connect-not-authorized"),
    ];
    for (error, id) in &errors {
        for (identity, is_subscribed, expected) in [
            (Identity::Probe, true, Level::Warning),
            (Identity::Refused("a backend runs here"), true, Level::Warning),
            (Identity::Probe, false, Level::Failure),
            (Identity::Backend, false, Level::Failure),
        ] {
            let finding = session::explained(&ingest, (identity, is_subscribed), error);
            assert_eq!((finding.id, finding.level), (*id, expected), "{identity:?} {finding:?}");
        }
    }
}
