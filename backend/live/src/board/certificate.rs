//! The certificates this process presents and trusts, and when they end.

use vigia_model::Timestamp;

/// A certificate of the connection to the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateStatus {
    /// `client` or `ca`.
    pub kind: &'static str,
    pub subject: String,
    pub issuer: String,
    pub not_after: Timestamp,
}
