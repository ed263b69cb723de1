//! The certificate that browsers see.

use super::{GROUP, Site};
use crate::doctor::day;
use crate::doctor::finding::Finding;
use rustls::CertificateError;
use vigia_ingest::tls::Shown;
use vigia_live::board::CertificateKind;
use vigia_model::Timestamp;

const RENEW: &str = "sudo certbot renew; sudo systemctl reload nginx; systemctl list-timers certbot.timer";
const RENEW_COMPOSE: &str = "deploy/compose logs --tail 50 certbot; deploy/compose restart certbot (it renews at \
    once, and web notices)";

pub(super) fn judged(site: &Site, shown: &Shown, now: Timestamp) -> Finding {
    let (name, certificate) = (&site.place.host, &shown.certificate);
    let whose =
        format!("the certificate of {name} ({}, issued by {})", certificate.subject, certificate.issuer);
    let failure = |id, what: String| {
        Finding::failure(GROUP, id, what)
            .why("Browsers warn people away, and other programs refuse to talk.")
            .mend(format!("sudo certbot --nginx -d {name}: docs/operations/certificate-renewal.md"))
            .compose(
                "deploy/compose logs --tail 50 certbot; deploy/compose restart certbot; \
                SERVER_NAME in .env.production must be the host of PUBLIC_URL: \
                docs/operations/certificate-renewal.md",
            )
    };
    match &shown.fault {
        Some(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            failure("web-certificate-expired", format!("{whose} expired on {}", day(certificate.not_after)))
                .mend(RENEW)
                .compose(RENEW_COMPOSE)
        }
        Some(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => failure(
            "web-certificate-not-yet-valid",
            format!("{whose} is valid only from {}", day(certificate.not_before)),
        )
        .mend("timedatectl; sudo timedatectl set-ntp true"),
        Some(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            failure("web-certificate-wrong-name", format!("{whose} is not for this name"))
        }
        Some(_) if certificate.is_self_signed() => {
            failure("web-certificate-self-signed", format!("{whose} is one that signed itself"))
        }
        Some(fault) => {
            failure("web-certificate-not-trusted", format!("{whose} is not believed here: {fault}"))
        }
        None => {
            let left = certificate.days_left(now);
            let until = format!("{whose} is good until {}, {left} days", day(certificate.not_after));
            if left > CertificateKind::Web.soon_days() {
                return Finding::ok(GROUP, "web-certificate", until);
            }
            Finding::warning(GROUP, "web-certificate-expires-soon", until)
                .why("It should have been renewed when a third of its life was left: the renewal fails.")
                .mend(RENEW)
                .compose(RENEW_COMPOSE)
        }
    }
}
