//! Says in the log, once a day, that a certificate is about to end.

use std::collections::BTreeMap;
use std::time::Duration;
use vigia_live::board::{CertificateKind, CertificateStatus};
use vigia_model::Timestamp;

const AGAIN: Duration = Duration::from_hours(24);

/// When it was said last, and of which; by kind.
#[derive(Debug, Default)]
pub(super) struct ExpiryLog {
    told: BTreeMap<CertificateKind, (Timestamp, Timestamp)>,
}

impl ExpiryLog {
    /// Says so of the first of each kind to end, if it is time.
    pub(super) fn tell(&mut self, certificates: &[CertificateStatus], now: Timestamp) {
        for kind in CertificateKind::ALL {
            let of_kind = certificates.iter().filter(|one| one.kind == kind);
            let Some(first) = of_kind.min_by_key(|one| one.certificate.not_after) else { continue };
            let Some(days) = self.due(first, now) else { continue };
            let (ends, ended) = words(kind);
            let (kind_word, subject) = (kind.as_str(), first.certificate.subject.as_str());
            if days < 0 {
                tracing::error!(kind = kind_word, subject, "{ended}. See {RUNBOOK}");
            } else if days <= kind.now_days() {
                tracing::error!(kind = kind_word, subject, days_left = days, "{ends}. See {RUNBOOK}");
            } else {
                tracing::warn!(kind = kind_word, subject, days_left = days, "{ends}. See {RUNBOOK}");
            }
        }
    }

    /// The days that are left, if it is time to say so.
    fn due(&mut self, first: &CertificateStatus, now: Timestamp) -> Option<i64> {
        let end = first.certificate.not_after;
        let is_told = self.told.get(&first.kind).is_some_and(|(told, at)| {
            *told == end && u128::from(now.millis_since(*at).unsigned_abs()) < AGAIN.as_millis()
        });
        if !first.ends_soon(now) || is_told {
            return None;
        }
        self.told.insert(first.kind, (end, now));
        Some(first.certificate.days_left(now))
    }
}

const RUNBOOK: &str = "docs/operations/certificate-renewal.md";

/// That it ends, and that it has.
const fn words(kind: CertificateKind) -> (&'static str, &'static str) {
    match kind {
        CertificateKind::Client | CertificateKind::Ca => (
            "the certificate ends soon: replace the files, no restart is needed",
            "the certificate has expired: a connection that is lost will not come back",
        ),
        CertificateKind::Broker => (
            "the broker's own certificate ends soon: the broker needs a new one",
            "the broker's own certificate has expired: a connection that is lost will not come back before the broker has a \
             new one",
        ),
        CertificateKind::Web => (
            "the certificate of the page ends soon: its renewal has failed for days",
            "the certificate of the page has expired: browsers warn people away",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_live::board::Certificate;

    fn ends_at(kind: CertificateKind, day: i64) -> CertificateStatus {
        let at = |day: i64| Timestamp::from_millis(day * 24 * 3_600_000);
        let (subject, issuer) = (String::new(), String::new());
        CertificateStatus {
            kind,
            certificate: Certificate { subject, issuer, not_before: at(0), not_after: at(day) },
        }
    }

    #[test]
    fn it_is_said_once_a_day_of_each_kind_and_of_another_one_at_once() {
        let mut log = ExpiryLog::default();
        let hour = |hour: i64| Timestamp::from_millis(hour * 3_600_000);
        let (broker, web) = (ends_at(CertificateKind::Broker, 50), ends_at(CertificateKind::Web, 50));
        let mut said = [Vec::new(), Vec::new()];
        for passed in 0..60 * 24 {
            for (said, one) in said.iter_mut().zip([&broker, &web]) {
                said.extend(log.due(one, hour(passed)));
            }
        }
        assert_eq!(said[0], (-10..=30).rev().collect::<Vec<_>>());
        assert_eq!(said[1], (-10..=7).rev().collect::<Vec<_>>());
        let of = |day| ends_at(CertificateKind::Broker, day);
        assert_eq!(log.due(&of(1_000), hour(60 * 24)), None);
        assert_eq!(log.due(&of(61), hour(60 * 24)), Some(1));
        assert_eq!(log.due(&of(61), hour(60 * 24 + 23)), None);
    }
}
