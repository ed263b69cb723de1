//! One try with new files on one connection, and what comes of it.

use super::{Credentials, OTHERS_FIRST, POSTPONED, Refusal, Rotation, TRY_AGAIN, TRY_AGAIN_AFTER_MOVE, Wait};
use std::fmt::Display;
use std::sync::Arc;
use tokio::time::Instant;
use vigia_live::board::CertificateKind;

/// Held while new files are tried. Dropped without a verdict, it leaves things as they were.
#[derive(Debug)]
pub(crate) struct Trial {
    rotation: Arc<Rotation>,
    client_id: String,
    credentials: Arc<Credentials>,
    has_turn: bool,
}

impl Trial {
    pub(super) fn new(
        rotation: Arc<Rotation>,
        client_id: String,
        credentials: Arc<Credentials>,
        has_turn: bool,
    ) -> Self {
        Self { rotation, client_id, credentials, has_turn }
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
        let is_known = state.in_use.number >= self.credentials.number;
        if state.newest.number == self.credentials.number {
            state.waits.remove(&self.client_id);
            state.hindrance = None;
            if !is_known || state.refusal.as_ref().is_some_and(|one| one.client_id == self.client_id) {
                state.wait = Wait::default();
                state.refusal = None;
            }
        }
        if is_known {
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
        let own = self.credentials.certificates.iter().find(|one| one.kind == CertificateKind::Client);
        tracing::info!(
            subject = own.map(|one| one.certificate.subject.as_str()),
            not_after_ms = own.map(|one| one.certificate.not_after.as_millis()),
            "the new certificate files are in use; what they replace is no longer needed"
        );
    }

    /// The broker did not take them. `moved`: it let us in first, so the session had gone over.
    ///
    /// Who had its turn keeps the others from trying too, unless one of them is subscribed with the same already: then it is
    /// this client that is refused, and waits alone. Who was down keeps nobody from anything.
    pub(crate) fn failed(self, why: &dyn Display, moved: bool) {
        let mut state = self.rotation.state();
        let is_proven = state.in_use.number >= self.credentials.number;
        if is_proven && !self.has_turn {
            // They work. What keeps this connection down is shown with it.
            return;
        }
        crate::metrics::rotated("failed");
        if state.newest.number != self.credentials.number {
            // There are newer ones already.
            return;
        }
        let first = if moved { TRY_AGAIN_AFTER_MOVE } else { TRY_AGAIN };
        let wait = match (self.has_turn, is_proven) {
            (false, _) => None,
            (true, false) => {
                let wait = state.wait.lengthen(first);
                let until = state.wait.until.map(|until| until + OTHERS_FIRST);
                let own = state.waits.entry(self.client_id.clone()).or_default();
                *own = Wait { failures: own.failures.saturating_add(1), until };
                Some(wait)
            }
            (true, true) => Some(state.waits.entry(self.client_id.clone()).or_default().lengthen(first)),
        };
        let refusal = Refusal { client_id: self.client_id.clone(), why: why.to_string() };
        let is_told = state.refusal.replace(refusal.clone()).as_ref() == Some(&refusal);
        drop(state);
        let (client_id, retry_in_s) = (refusal.client_id.as_str(), wait.map(|wait| wait.as_secs()));
        if is_told {
            tracing::debug!(mqtt.client_id = client_id, error = %why, "the new certificate files do not work yet");
        } else if is_proven {
            tracing::warn!(
                mqtt.client_id = client_id, error = %why, retry_in_s,
                "the new certificate files are in use, but do not work for this connection, which goes on with those before. \
                 Does the policy of the new certificate allow this client id and its filters? They are tried again by \
                 themselves; leave the old certificate active until then. See docs/operations/certificate-renewal.md"
            );
        } else {
            tracing::warn!(
                mqtt.client_id = client_id, error = %why, retry_in_s,
                "the new certificate files do not work, and those before stay in use. Is the new certificate active at the \
                 broker, and does its policy allow this client id and its filters? They are tried again by themselves; put the \
                 old files back before a restart. See docs/operations/certificate-renewal.md"
            );
        }
    }

    /// Not now, which says nothing about the files: another connection may have its turn. Without a reason: what was taken
    /// is not safe yet.
    pub(crate) fn postponed(self, why: Option<&dyn Display>) {
        let mut state = self.rotation.state();
        state.waits.entry(self.client_id.clone()).or_default().until = Some(Instant::now() + POSTPONED);
        if state.newest.number == self.credentials.number {
            state.hindrance = why.map(|why| format!("{}: {why}", self.client_id));
        }
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
