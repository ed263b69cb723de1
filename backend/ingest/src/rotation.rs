//! Rotation: certificates that are replaced on disk come into use without a restart.
//!
//! `watch` offers what it finds in the files once it is whole. A connection that runs makes a second one with it under its
//! own client id, while the first goes on; the broker then moves the session over, and with the session everything that is
//! not acknowledged. Of the connections that run one tries first. Only when it is subscribed are the new files proven, and the
//! others follow, one after another; whatever the broker refuses leaves in use what was. A connection that is down has
//! nothing to lose and waits for nobody: it may prove the files too, but what it fails at holds up none that run.

mod broker;
mod expiry;
mod trial;
mod watch;

pub(crate) use trial::Trial;
pub(crate) use watch::Watcher;

use crate::tls::{Material, Recorder, Shown, TlsFileError, TlsFiles};
use rustls::ClientConfig;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch as signal;
use tokio::time::Instant;
use vigia_live::board::{CertificateKind, CertificateStatus, Role, RotationState, StatusBoard};
use vigia_model::Timestamp;

/// The wait before files that the broker refused are tried again: a policy may be attached meanwhile. Nothing was
/// disturbed, so it may be soon.
const TRY_AGAIN: Duration = Duration::from_secs(30);
/// The same when the session had moved before the refusal: each try costs the connection two reconnects.
const TRY_AGAIN_AFTER_MOVE: Duration = Duration::from_mins(2);
/// It doubles up to this, so that whoever mends something sees it work while he still waits.
const TRY_AGAIN_AT_MOST: Duration = Duration::from_mins(10);
/// So much longer waits who failed: it may be the one that the broker does not want, and the next try is another's.
const OTHERS_FIRST: Duration = Duration::from_millis(100);
/// The wait after what says nothing about the files: the pipeline held what could not be made safe, or the network failed.
const POSTPONED: Duration = Duration::from_secs(10);

/// What is shown here of certificates.
const KINDS: [CertificateKind; 3] = [CertificateKind::Client, CertificateKind::Ca, CertificateKind::Broker];

/// Certificate, key and CA that were valid together.
#[derive(Clone)]
pub(crate) struct Credentials {
    /// Counts up with each set of files that is offered: the larger one is the newer one.
    pub(crate) number: u64,
    fingerprint: u64,
    pub(crate) config: Arc<ClientConfig>,
    /// What the broker showed to who connected with them.
    recorder: Arc<Recorder>,
    certificates: Vec<CertificateStatus>,
}

/// Without the key, which is in the configuration.
impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Credentials").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Credentials {
    /// What the files hold, if it can be used.
    pub(crate) fn of(material: &Material<'_>, port: u16, now: Timestamp) -> Result<Self, TlsFileError> {
        let (config, recorder) = material.config(port, now)?;
        Ok(Self {
            number: 0,
            fingerprint: material.fingerprint(),
            config,
            recorder,
            certificates: material.describe()?,
        })
    }

    /// The certificates in the files.
    pub(crate) fn certificates(&self) -> &[CertificateStatus] {
        &self.certificates
    }

    /// The certificate the broker showed last, unless it was a stranger's.
    fn brokers(&self) -> Option<CertificateStatus> {
        let shown = self.recorder.shown().filter(Shown::is_right_but_for_its_time)?;
        Some(CertificateStatus { kind: CertificateKind::Broker, certificate: shown.certificate })
    }

    /// Whether one of them has ended: with these no new connection is let in.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.certificates.iter().any(|one| one.certificate.not_after < now)
    }

    /// Made up, for a test.
    #[cfg(test)]
    pub(crate) fn made_up(fingerprint: u64, not_after: Timestamp) -> Self {
        use vigia_live::board::Certificate;
        let certificate = Certificate {
            subject: format!("CN=number {fingerprint}"),
            issuer: String::new(),
            not_before: Timestamp::from_millis(0),
            not_after,
        };
        let certificate = CertificateStatus { kind: CertificateKind::Client, certificate };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let recorder = Arc::new(Recorder::that_lets_all_pass(None, &provider).unwrap());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        Self { number: 0, fingerprint, config: Arc::new(config), recorder, certificates: vec![certificate] }
    }
}

/// What is in use and what is newer, for all connections.
#[derive(Debug)]
pub(crate) struct Rotation {
    state: Mutex<State>,
    /// Told of every change of the state.
    changed: signal::Sender<()>,
}

#[derive(Debug)]
struct State {
    /// With these a connection was subscribed last, or the process was started.
    in_use: Arc<Credentials>,
    /// The newest whole files; the same as those in use while nothing is new.
    newest: Arc<Credentials>,
    /// The number that was given last.
    last_number: u64,
    /// One connection is at it.
    is_tried: bool,
    /// Until then nobody tries the newest: one failed, and it may be for all.
    wait: Wait,
    /// Until then this client does not: it could not just now, or fails where others did not.
    waits: HashMap<String, Wait>,
    /// Why it failed last; the log was told.
    refusal: Option<Refusal>,
    /// Why it came to nothing last, which says nothing about the files.
    hindrance: Option<String>,
    /// What is wrong with the files as they stand now.
    fault: Option<String>,
}

/// Tries that failed, and when the next one is.
#[derive(Debug, Clone, Copy, Default)]
struct Wait {
    failures: u32,
    until: Option<Instant>,
}

impl Wait {
    /// After another failure: twice as long as after the one before.
    fn lengthen(&mut self, first: Duration) -> Duration {
        let wait = first.saturating_mul(1 << self.failures.min(6)).min(TRY_AGAIN_AT_MOST);
        self.failures = self.failures.saturating_add(1);
        self.until = Some(Instant::now() + wait);
        wait
    }
}

/// Whom the broker refused with the newest, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    client_id: String,
    why: String,
}

impl State {
    /// When this client may try the newest.
    fn due(&self, client_id: &str) -> Option<Instant> {
        self.wait.until.max(self.waits.get(client_id).and_then(|wait| wait.until))
    }

    /// Whether this client was refused with the newest while it ran with what it had.
    fn is_refused(&self, client_id: &str) -> bool {
        self.waits.get(client_id).is_some_and(|wait| wait.failures > 0)
    }

    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}

impl Rotation {
    pub(crate) fn new(mut first: Credentials) -> Self {
        first.number = 1;
        let first = Arc::new(first);
        let state = State {
            in_use: Arc::clone(&first),
            newest: first,
            last_number: 1,
            is_tried: false,
            wait: Wait::default(),
            waits: HashMap::new(),
            refusal: None,
            hindrance: None,
            fault: None,
        };
        Self { state: Mutex::new(state), changed: signal::Sender::new(()) }
    }

    /// What is in use.
    pub(crate) fn in_use(&self) -> Arc<Credentials> {
        Arc::clone(&self.state().in_use)
    }

    /// The number of the newest.
    pub(crate) fn newest(&self) -> u64 {
        self.state().newest.number
    }

    /// Reads the files again; what is whole and new is offered to the connections. For a moment at which nobody waits for
    /// them to come to rest.
    pub(crate) fn reread(&self, files: &TlsFiles, port: u16, now: Timestamp) {
        let Ok(material) = Material::read(files) else { return };
        if material.fingerprint() == self.state().newest.fingerprint {
            return;
        }
        if let Ok(found) = Credentials::of(&material, port, now) {
            self.offer(found);
        }
    }

    /// New files are whole. What was said of the ones before is of no interest any more.
    pub(crate) fn offer(&self, mut found: Credentials) {
        {
            let mut state = self.state();
            state.fault = None;
            if found.fingerprint == state.newest.fingerprint {
                return;
            }
            state.wait = Wait::default();
            state.waits.clear();
            state.refusal = None;
            state.hindrance = None;
            if found.fingerprint == state.in_use.fingerprint {
                // Put back: nobody has to move.
                state.newest = Arc::clone(&state.in_use);
            } else {
                found.number = state.next_number();
                state.newest = Arc::new(found);
            }
        }
        self.changed.send_replace(());
    }

    /// The files as they stand cannot be used; `None`: they can.
    fn set_fault(&self, fault: Option<String>) {
        self.state().fault = fault;
    }

    /// Waits until the connection of this client, which uses `own`, may move on to something newer. It alone is at it until
    /// the trial ends. Cancel safe.
    pub(crate) async fn turn(self: Arc<Self>, client_id: String, own: u64) -> Trial {
        let mut changed = self.changed.subscribe();
        loop {
            changed.mark_unchanged();
            let retry_at = {
                let mut state = self.state();
                let now = Instant::now();
                let due = state.due(&client_id);
                let may = !state.is_tried && due.is_none_or(|at| at <= now);
                if state.newest.number > own && may {
                    state.is_tried = true;
                    let newest = Arc::clone(&state.newest);
                    drop(state);
                    return Trial::new(self, client_id, newest, true);
                }
                due.filter(|_| state.newest.number > own && !state.is_tried)
            };
            let retry = async {
                match retry_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // It lives as long as we do.
                _ = changed.changed() => {}
                () = retry => {}
            }
        }
    }

    /// Waits until there is something newer than `number`. Cancel safe.
    pub(crate) async fn newer_than(&self, number: u64) {
        let mut changed = self.changed.subscribe();
        // It lives as long as we do.
        changed.wait_for(|()| self.state().newest.number > number).await.ok();
    }

    /// Something newer for a connection that is down: there is nothing to disturb, so it needs no turn.
    pub(crate) fn newer(
        self: &Arc<Self>,
        client_id: &str,
        own: &Credentials,
        preference: Preference,
    ) -> Option<Trial> {
        let newest = Arc::clone(&self.state().newest);
        let wanted = newest.number > own.number && preference == Preference::Newest;
        wanted.then(|| Trial::new(Arc::clone(self), client_id.to_owned(), newest, false))
    }

    /// What a connection that is down goes on with: what others have proven meanwhile, unless it was refused itself with
    /// that while it ran with `own`.
    pub(crate) fn proven_since(&self, client_id: &str, own: &Arc<Credentials>) -> Arc<Credentials> {
        let state = self.state();
        let is_newer = state.in_use.number > own.number;
        Arc::clone(if is_newer && !state.is_refused(client_id) { &state.in_use } else { own })
    }

    /// Shows on the board how it stands: of a process that does not ingest, what it will use when it does.
    pub(crate) fn show(&self, board: &StatusBoard) {
        let state = self.state();
        let is_active = board.role() == Role::Active;
        let shown = if is_active { &state.in_use } else { &state.newest };
        // Who does not connect does not know what the broker shows by now.
        let brokers = shown.brokers().filter(|_| is_active);
        board.set_certificates(&KINDS, shown.certificates.iter().cloned().chain(brokers).collect());
        let is_new = is_active && state.newest.number > state.in_use.number;
        let refusal = state.refusal.as_ref().map(|refusal| format!("{}: {}", refusal.client_id, refusal.why));
        let (standing, detail) = match (&state.fault, refusal) {
            (Some(fault), _) => (RotationState::Waiting, Some(fault.clone())),
            (None, _) if state.is_tried => (RotationState::Trying, None),
            (None, Some(refusal)) if is_active => (RotationState::Failed, Some(refusal)),
            (None, _) if is_new => (RotationState::Waiting, state.hindrance.clone()),
            (None, _) => (RotationState::None, None),
        };
        board.set_rotation(standing, detail.as_deref());
    }

    /// The state, also after a panic of a holder: it is whole between its statements.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a connection that is down uses for its next attempt, when there is something newer than what worked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preference {
    /// What worked: the connection was hardly lost for its certificate.
    Own,
    /// What is new: what worked has expired, or has just failed, so it may have been revoked.
    Newest,
}

#[cfg(test)]
mod tests;
