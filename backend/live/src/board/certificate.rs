//! The certificates this process presents and trusts, when they end, and how it goes when they are replaced.

use std::sync::Arc;
use std::time::Duration;
use vigia_model::Timestamp;

/// A certificate that ends within so many days is told of everywhere: time to make a new one in AWS or at an authority of
/// one's own with a holiday and another try in between.
pub const EXPIRES_SOON_DAYS: i64 = 30;
/// Within so many days it is no longer a matter for after the weekend.
pub const EXPIRES_NOW_DAYS: i64 = 7;
/// Files that were replaced in part are nobody's fault for so long: whoever copies them is at it.
pub const HALF_REPLACED_FOR: Duration = Duration::from_mins(1);
const DAY_MS: i64 = 24 * 3_600_000;

/// A certificate of the connection to the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateStatus {
    /// `client` or `ca`.
    pub kind: &'static str,
    pub subject: String,
    pub issuer: String,
    pub not_after: Timestamp,
}

impl CertificateStatus {
    /// Whole days until it ends; negative once it has.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        days_left(self.not_after, now)
    }
}

/// Whole days until a certificate ends; negative once it has.
pub fn days_left(ends: Timestamp, now: Timestamp) -> i64 {
    ends.millis_since(now).div_euclid(DAY_MS)
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
