//! The certificate that browsers see.

use super::{GROUP, Site};
use crate::doctor::day;
use crate::doctor::finding::Finding;
use crate::doctor::tls::Shown;
use rustls::{CertificateError, RootCertStore};
use std::sync::Arc;
use vigia_live::board::days_left;
use vigia_model::Timestamp;

/// Certbot renews with thirty days left: with fewer it has failed for more than a week.
const OVERDUE_DAYS: i64 = 21;

const RENEW: &str = "sudo certbot renew; sudo systemctl reload nginx; systemctl list-timers certbot.timer";
const RENEW_COMPOSE: &str = "docker compose logs --tail 50 certbot; docker compose restart certbot (it renews at \
    once, and web notices)";

/// What this machine's browsers and programs trust.
pub(super) fn roots() -> Option<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    (!roots.is_empty()).then(|| Arc::new(roots))
}

pub(super) fn judged(site: &Site, shown: &Shown, now: Timestamp) -> Finding {
    let name = &site.host;
    let whose = format!("the certificate of {name} ({}, issued by {})", shown.subject, shown.issuer);
    let failure = |id, what: String| {
        Finding::failure(GROUP, id, what)
            .why("Browsers warn people away, and other programs refuse to talk.")
            .mend(format!("sudo certbot --nginx -d {name}: docs/operations/certificate-renewal.md"))
            .compose(
                "docker compose logs --tail 50 certbot; docker compose restart certbot; \
                SERVER_NAME in .env.production must be the host of PUBLIC_URL: \
                docs/operations/certificate-renewal.md",
            )
    };
    match &shown.fault {
        Some(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            failure("web-certificate-expired", format!("{whose} expired on {}", day(shown.not_after)))
                .mend(RENEW)
                .compose(RENEW_COMPOSE)
        }
        Some(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => failure(
            "web-certificate-not-yet-valid",
            format!("{whose} is valid only from {}", day(shown.not_before)),
        )
        .mend("timedatectl; sudo timedatectl set-ntp true"),
        Some(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            failure("web-certificate-wrong-name", format!("{whose} is not for this name"))
        }
        Some(_) if shown.is_self_signed() => {
            failure("web-certificate-self-signed", format!("{whose} is one that signed itself"))
        }
        Some(fault) => {
            failure("web-certificate-not-trusted", format!("{whose} is not believed here: {fault}"))
        }
        None => {
            let left = days_left(shown.not_after, now);
            let until = format!("{whose} is good until {}, {left} days", day(shown.not_after));
            if left > OVERDUE_DAYS {
                return Finding::ok(GROUP, "web-certificate", until);
            }
            Finding::warning(GROUP, "web-certificate-expires-soon", until)
                .why("It should have been renewed with thirty days left: the renewal fails.")
                .mend(RENEW)
                .compose(RENEW_COMPOSE)
        }
    }
}
