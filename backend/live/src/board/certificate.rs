//! The certificates whose end would stop something, when they end, and how it goes when those of ours are replaced.

use std::sync::Arc;
use std::time::Duration;
use vigia_model::Timestamp;

/// Files that were replaced in part are nobody's fault for so long: whoever copies them is at it.
pub const HALF_REPLACED_FOR: Duration = Duration::from_mins(1);
const DAY_MS: i64 = 24 * 3_600_000;

/// Whose a certificate is, and so what ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CertificateKind {
    /// What this program shows the broker.
    Client,
    /// An authority it trusts.
    Ca,
    /// What the broker showed when a connection to it was last made.
    Broker,
    /// What browsers see.
    Web,
}

impl CertificateKind {
    pub const ALL: [Self; 4] = [Self::Client, Self::Ca, Self::Broker, Self::Web];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Ca => "ca",
            Self::Broker => "broker",
            Self::Web => "web",
        }
    }

    /// With so many days left, or fewer, it is told of everywhere. Somebody has to make a new one by hand, with a holiday and
    /// another try in between. That of the page renews itself when a third of its life is left (30 days of 90, 15 of 45; Nginx's
    /// own, of 30 days, with ten left): of that it is only told when renewing has failed for days. The alert rules, the pages and the
    /// documentation say the same (`stack/monitoring.rs`).
    pub const fn soon_days(self) -> i64 {
        match self {
            Self::Client | Self::Ca | Self::Broker => 30,
            Self::Web => 7,
        }
    }

    /// With so many days left, or fewer, it is no longer a matter for after the weekend.
    pub const fn now_days(self) -> i64 {
        match self {
            Self::Client | Self::Ca | Self::Broker => 7,
            Self::Web => 3,
        }
    }
}

/// Of a certificate, what people ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

impl Certificate {
    /// Whole days until it ends; negative once it has.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        self.not_after.millis_since(now).div_euclid(DAY_MS)
    }

    /// Whether it vouches for itself.
    pub fn is_self_signed(&self) -> bool {
        self.subject == self.issuer
    }
}

/// A certificate that is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateStatus {
    pub kind: CertificateKind,
    pub certificate: Certificate,
}

impl CertificateStatus {
    /// Whether it is time to tell of it.
    pub fn ends_soon(&self, now: Timestamp) -> bool {
        self.certificate.days_left(now) <= self.kind.soon_days()
    }
}

/// How far new certificate files have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RotationState {
    /// The files are what is in use.
    #[default]
    None,
    /// The files were changed, and are not whole yet or wait for their turn.
    Waiting,
    /// A connection is being made with them.
    Trying,
    /// The broker did not take them; what was in use still is, and they are tried again.
    Failed,
}

impl RotationState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Waiting => "waiting",
            Self::Trying => "trying",
            Self::Failed => "failed",
        }
    }
}

/// The same, with since when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationStatus {
    pub state: RotationState,
    /// When it came to that state.
    pub since: Timestamp,
    pub detail: Option<Arc<str>>,
}

impl RotationStatus {
    /// Whether somebody has to do something for the new files to come into use.
    pub fn is_stuck(&self, now: Timestamp) -> bool {
        match self.state {
            RotationState::None | RotationState::Trying => false,
            RotationState::Waiting => {
                u128::from(now.millis_since(self.since).unsigned_abs()) >= HALF_REPLACED_FOR.as_millis()
            }
            RotationState::Failed => true,
        }
    }
}
