//! One try with new files on one connection, and what comes of it.

use super::{Credentials, POSTPONED, Rotation, TRY_AGAIN, TRY_AGAIN_AFTER_MOVE, TRY_AGAIN_AT_MOST};
use std::fmt::Display;
use std::sync::Arc;
use tokio::time::Instant;

/// Held while new files are tried. Dropped without a verdict, it leaves things as they were.
#[derive(Debug)]
pub(crate) struct Trial {
    rotation: Arc<Rotation>,
    credentials: Arc<Credentials>,
    has_turn: bool,
}

impl Trial {
    pub(super) fn new(rotation: Arc<Rotation>, credentials: Arc<Credentials>, has_turn: bool) -> Self {
        Self { rotation, credentials, has_turn }
    }

    pub(crate) fn credentials(&self) -> &Arc<Credentials> {
        &self.credentials
    }

    /// Whether the connection runs meanwhile with what it had.
    pub(crate) fn has_turn(&self) -> bool {
        self.has_turn
    }

    /// A connection is subscribed with them: they are what is used from now on.
    pub(crate) fn proven(self) {
        let mut state = self.rotation.state();
        if state.newest.number == self.credentials.number {
            state.failures = 0;
            state.retry_at = None;
            state.refusal = None;
        }
        if state.in_use.number >= self.credentials.number {
            return;
        }
        if state.newest.number < self.credentials.number {
            // The files were put back meanwhile: what they hold is what is to be used next.
            let mut next = Credentials::clone(&state.newest);
            next.number = state.next_number();
            state.newest = Arc::new(next);
        }
        state.in_use = Arc::clone(&self.credentials);
        drop(state);
        crate::metrics::rotated("succeeded");
        let until = self.credentials.certificates.iter().find(|certificate| certificate.kind == "client");
        tracing::info!(
            subject = until.map(|certificate| certificate.subject.as_str()),
            not_after_ms = until.map(|certificate| certificate.not_after.as_millis()),
            "the new certificate files are in use; what they replace is no longer needed"
        );
    }

    /// The broker did not take them. `moved`: it let us in first, so the session had gone over.
    pub(crate) fn failed(self, client_id: &str, why: &dyn Display, moved: bool) {
        let mut state = self.rotation.state();
        crate::metrics::rotated("failed");
        if state.newest.number != self.credentials.number {
            // There are newer ones already.
            return;
        }
        let first = if moved { TRY_AGAIN_AFTER_MOVE } else { TRY_AGAIN };
        let wait = first.saturating_mul(1 << state.failures.min(6)).min(TRY_AGAIN_AT_MOST);
        state.failures = state.failures.saturating_add(1);
        state.retry_at = Some(Instant::now() + wait);
        let refusal = format!("{client_id}: {why}");
        if state.refusal.replace(refusal.clone()).as_ref() == Some(&refusal) {
            tracing::debug!(mqtt.client_id = client_id, error = %why, "the new certificate files do not work yet");
            return;
        }
        tracing::warn!(
            mqtt.client_id = client_id, error = %why, retry_in_s = wait.as_secs(),
            "the new certificate files do not work, and those before stay in use. Is the new certificate active at the \
             broker, and does its policy allow this client id and its filters? They are tried again by themselves; put the \
             old files back before a restart. See docs/operations/certificate-renewal.md"
        );
    }

    /// Not now: what was taken is not safe yet.
    pub(crate) fn postponed(self) {
        self.rotation.state().retry_at = Some(Instant::now() + POSTPONED);
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if self.has_turn {
            self.rotation.state().is_tried = false;
        }
        self.rotation.changed.send_replace(());
    }
}
