//! Says in the log, once a day, that a certificate in use is about to end.

use std::time::Duration;
use vigia_live::board::{CertificateStatus, EXPIRES_NOW_DAYS, EXPIRES_SOON_DAYS};
use vigia_model::Timestamp;

const AGAIN: Duration = Duration::from_hours(24);

/// When it was said last, and of which.
#[derive(Debug, Default)]
pub(super) struct ExpiryLog {
    told: Option<(Timestamp, Timestamp)>,
}

impl ExpiryLog {
    /// Says so of the first to end, if it is time.
    pub(super) fn tell(&mut self, certificates: &[CertificateStatus], now: Timestamp) {
        let Some(days) = self.due(certificates, now) else { return };
        let Some(first) = certificates.iter().min_by_key(|certificate| certificate.not_after) else { return };
        let (kind, subject) = (first.kind, first.subject.as_str());
        if days < 0 {
            tracing::error!(
                kind,
                subject,
                "the certificate has expired: a connection that is lost will not come back. See \
                 docs/operations/certificate-renewal.md"
            );
        } else if days <= EXPIRES_NOW_DAYS {
            tracing::error!(kind, subject, days_left = days, "{ENDS}");
        } else {
            tracing::warn!(kind, subject, days_left = days, "{ENDS}");
        }
    }

    /// The days that are left, if it is time to say so.
    fn due(&mut self, certificates: &[CertificateStatus], now: Timestamp) -> Option<i64> {
        let first = certificates.iter().min_by_key(|certificate| certificate.not_after)?;
        let days = first.days_left(now);
        let is_told = self.told.is_some_and(|(end, at)| {
            end == first.not_after && u128::from(now.millis_since(at).unsigned_abs()) < AGAIN.as_millis()
        });
        if days > EXPIRES_SOON_DAYS || is_told {
            return None;
        }
        self.told = Some((first.not_after, now));
        Some(days)
    }
}

const ENDS: &str = "the certificate ends soon: replace the files, no restart is needed. See \
                    docs/operations/certificate-renewal.md";

#[cfg(test)]
mod tests {
    use super::*;

    fn ends_at(day: i64) -> Vec<CertificateStatus> {
        let at = |day: i64| Timestamp::from_millis(day * 24 * 3_600_000);
        [("ca", day + 4_000), ("client", day)]
            .map(|(kind, day)| CertificateStatus {
                kind,
                subject: String::new(),
                issuer: String::new(),
                not_after: at(day),
            })
            .to_vec()
    }

    #[test]
    fn it_is_said_once_a_day_from_thirty_days_on_and_of_another_one_at_once() {
        let mut log = ExpiryLog::default();
        let hour = |hour: i64| Timestamp::from_millis(hour * 3_600_000);
        let days: Vec<i64> = (0..60 * 24).filter_map(|passed| log.due(&ends_at(50), hour(passed))).collect();
        assert_eq!(days, (-10..=30).rev().collect::<Vec<_>>());
        assert_eq!(log.due(&ends_at(1_000), hour(60 * 24)), None);
        assert_eq!(log.due(&ends_at(61), hour(60 * 24)), Some(1));
        assert_eq!(log.due(&ends_at(61), hour(60 * 24 + 23)), None);
    }
}
