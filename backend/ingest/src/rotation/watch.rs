//! Looks at the certificate files again and again. By their content: so a rename, a link that points elsewhere, a mount
//! that is swapped and a file system with coarse times are all the same to it.

use super::{Credentials, Rotation, expiry::ExpiryLog};
use crate::connect::BrokerSettings;
use crate::tls::{Material, TlsFileError, TlsFiles};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vigia_live::Live;
use vigia_live::board::HALF_REPLACED_FOR;
use vigia_model::{Clock, Timestamp};

/// How often it looks. What two looks in a row find is at rest.
const LOOK: Duration = Duration::from_secs(2);

/// Offers what is new, and says when what is in use ends.
#[derive(Debug)]
pub(crate) struct Watcher {
    pub(crate) rotation: Arc<Rotation>,
    pub(crate) files: TlsFiles,
    pub(crate) broker: BrokerSettings,
    pub(crate) live: Live,
    pub(crate) clock: Clock,
    pub(crate) stop: CancellationToken,
}

/// What is remembered from one look to the next.
#[derive(Debug, Default)]
struct Memory {
    /// What the last look found, if it is not what is known.
    last: Option<u64>,
    /// The files cannot be used since then.
    faulty_since: Option<Instant>,
    told: bool,
}

/// What one look found.
enum Found {
    /// What is known.
    Known,
    /// Something else; whole, if it can be used.
    Other(u64, Result<Credentials, TlsFileError>),
    Unreadable(TlsFileError),
}

impl Watcher {
    /// Runs until stopped.
    pub(crate) async fn run(self) {
        tokio::join!(self.watch_files(), self.watch_broker());
    }

    async fn watch_files(&self) {
        let mut memory = Memory::default();
        let mut expiry = ExpiryLog::default();
        loop {
            // A look at a mount that hangs is left to itself.
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = self.look(&mut memory) => {}
            }
            self.rotation.show(self.live.board());
            expiry.tell(&self.live.board().certificates(), self.clock.now());
            // Shown at once, also between two looks: a trial takes less than that.
            let mut changed = self.rotation.changed.subscribe();
            let next = Instant::now() + LOOK;
            loop {
                tokio::select! {
                    () = self.stop.cancelled() => return,
                    () = tokio::time::sleep_until(next) => break,
                    _ = changed.changed() => self.rotation.show(self.live.board()),
                }
            }
        }
    }

    async fn look(&self, memory: &mut Memory) {
        let (rotation, files) = (Arc::clone(&self.rotation), self.files.clone());
        let (port, now) = (self.broker.port, self.clock.now());
        // A mount that hangs must not hold up a thread that others need.
        let looking = tokio::task::spawn_blocking(move || find(&rotation, &files, port, now));
        let Ok(found) = looking.await else { return };
        self.judge(memory, found, Instant::now());
    }

    fn judge(&self, memory: &mut Memory, found: Found, now: Instant) {
        let (fingerprint, fault) = match found {
            Found::Known => {
                *memory = Memory::default();
                self.rotation.set_fault(None);
                return;
            }
            Found::Other(fingerprint, Ok(credentials)) => {
                memory.faulty_since = None;
                if memory.last.replace(fingerprint) == Some(fingerprint) {
                    tracing::info!("the certificate files were replaced; the new ones are tried");
                    *memory = Memory::default();
                    self.rotation.offer(credentials);
                }
                return;
            }
            Found::Other(fingerprint, Err(fault)) => (Some(fingerprint), fault),
            Found::Unreadable(fault) => (None, fault),
        };
        memory.last = fingerprint;
        let since = *memory.faulty_since.get_or_insert(now);
        if now.duration_since(since) >= LOOK {
            self.rotation.set_fault(Some(fault.to_string()));
        }
        if !memory.told && now.duration_since(since) >= HALF_REPLACED_FOR {
            memory.told = true;
            tracing::warn!(
                fault = %fault,
                "the certificate files were changed and cannot be used; what was read before stays in use. A restart would \
                 stop at this. See docs/operations/certificate-renewal.md"
            );
        }
    }
}

fn find(rotation: &Rotation, files: &TlsFiles, port: u16, now: Timestamp) -> Found {
    match Material::read(files) {
        Err(fault) => Found::Unreadable(fault),
        Ok(material) => {
            let fingerprint = material.fingerprint();
            if fingerprint == rotation.state().newest.fingerprint {
                return Found::Known;
            }
            Found::Other(fingerprint, Credentials::of(&material, port, now))
        }
    }
}
