//! The spool as the pipeline uses it: opened once, asked from blocking threads, reported on the status board.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;
use vigia_live::Live;
use vigia_live::board::{SpoolDepth, SpoolState};
use vigia_spool::{Depth, Entry, Sequence, Spool, SpoolError};
use vigia_store::batch::BatchMessage;

/// How often to ask for a folder that another process has.
const ASK_AGAIN: Duration = Duration::from_millis(200);
/// The file that names this instance through restarts.
const INSTANCE_FILE: &str = "instance";

/// Where the spool is and how much it may hold.
#[derive(Debug, Clone)]
pub struct SpoolSettings {
    pub dir: PathBuf,
    pub max_bytes: u64,
}

/// A handle on the open spool; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct SharedSpool {
    spool: Arc<Spool>,
    live: Live,
    /// Told whenever something was put in.
    filled: Arc<Notify>,
    /// Told whenever something was taken out.
    drained: Arc<Notify>,
    /// What is in it could not be read at the last try.
    unreadable: Arc<AtomicBool>,
}

impl SharedSpool {
    /// Opens the spool; waits while another process has it, which then is the one that ingests.
    pub(crate) async fn open(
        settings: &SpoolSettings,
        live: &Live,
        mut in_use: impl FnMut(),
    ) -> Result<Self, SpoolError> {
        loop {
            let SpoolSettings { dir, max_bytes } = settings.clone();
            match blocking(move || Spool::open(&dir, max_bytes)).await {
                Err(SpoolError::InUse { .. }) => in_use(),
                Err(error) => return Err(error),
                Ok(spool) => {
                    live.board().spool().opened(on_board(spool.depth()), spool.max_bytes());
                    return Ok(Self {
                        spool: Arc::new(spool),
                        live: live.clone(),
                        filled: Arc::new(Notify::new()),
                        drained: Arc::new(Notify::new()),
                        unreadable: Arc::default(),
                    });
                }
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.spool.depth().entries == 0
    }

    /// Whether messages go to the database without it: nothing waits in it, or what waits cannot be read and must not
    /// keep a healthy database from being used.
    pub(crate) fn is_passed_by(&self) -> bool {
        self.is_empty() || self.unreadable.load(Ordering::Relaxed)
    }

    /// Puts messages behind those that wait. They are safe when this returns `Ok`.
    pub(crate) async fn append(&self, messages: &[BatchMessage]) -> Result<(), SpoolError> {
        let entries: Vec<Entry> = messages
            .iter()
            .map(|message| Entry {
                received_at: message.received_at,
                topic: Arc::clone(&message.topic),
                payload: message.payload.clone(),
            })
            .collect();
        let spool = Arc::clone(&self.spool);
        let appended = blocking(move || spool.append(&entries)).await;
        let board = self.live.board().spool();
        match &appended {
            Ok(()) => {
                board.filled(|| on_board(self.spool.depth()));
                self.filled.notify_one();
            }
            Err(error) => {
                let full = matches!(error, SpoolError::Full { .. });
                board.refused(if full { SpoolState::Full } else { SpoolState::Failed }, &chain(error));
            }
        }
        appended
    }

    /// Waits until there is something, and returns the oldest of it.
    pub(crate) async fn front(
        &self,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Vec<(Sequence, BatchMessage)>, SpoolError> {
        loop {
            let filled = self.filled.notified();
            if !self.is_empty() {
                let spool = Arc::clone(&self.spool);
                let front = blocking(move || spool.front(None, max_entries, max_bytes)).await;
                self.unreadable.store(front.is_err(), Ordering::Relaxed);
                let front = front.inspect_err(|error| {
                    self.live.board().spool().refused(SpoolState::Failed, &chain(error));
                })?;
                if !front.is_empty() {
                    return Ok(front.into_iter().map(|(at, entry)| (at, message(entry))).collect());
                }
            }
            filled.await;
        }
    }

    /// Drops what is in the database now.
    pub(crate) async fn remove_through(&self, last: Sequence) -> Result<(), SpoolError> {
        let spool = Arc::clone(&self.spool);
        blocking(move || spool.remove_through(last)).await?;
        self.live.board().spool().drained(|| on_board(self.spool.depth()));
        self.drained.notify_waiters();
        Ok(())
    }

    /// Notes how much is in it, after messages it refused were kept elsewhere.
    pub(crate) fn look_again(&self) {
        self.live.board().spool().drained(|| on_board(self.spool.depth()));
    }

    /// Gives way to what waited longer: while it is being drained, waits until some of it has gone. Otherwise messages
    /// would come in faster than they go out for as long as the broker has more, for writing them is quicker.
    pub(crate) async fn give_way(&self) {
        const AT_MOST: Duration = Duration::from_millis(500);
        if self.live.board().spool().state() == SpoolState::Draining && !self.is_empty() {
            // Nothing lost if that did not happen: it is only a matter of who goes first.
            tokio::time::timeout(AT_MOST, self.drained.notified()).await.unwrap_or_default();
        }
    }
}

/// The name of this instance: the same as long as the spool's folder is, which one process at a time can use. Where it
/// cannot be kept, the disk being full say, a new one for this run: then a restarted process waits for itself.
pub(crate) fn instance(dir: &Path) -> Uuid {
    let path = dir.join(INSTANCE_FILE);
    let known = std::fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
    known.unwrap_or_else(|| {
        let new = Uuid::new_v4();
        let draft = dir.join(format!("{INSTANCE_FILE}.new"));
        let kept = std::fs::write(&draft, new.to_string()).and_then(|()| std::fs::rename(&draft, &path));
        if let Err(error) = kept {
            tracing::warn!(file = %path.display(), error = %error, "the name of this instance cannot be kept");
        }
        new
    })
}

/// An error with its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

fn message(entry: Entry) -> BatchMessage {
    let Entry { received_at, topic, payload } = entry;
    BatchMessage { topic, payload, received_at }
}

fn on_board(depth: Depth) -> SpoolDepth {
    SpoolDepth { entries: depth.entries, bytes: depth.bytes, oldest: depth.oldest }
}

/// Runs what waits for the disk where it holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SpoolError> + Send + 'static,
) -> Result<T, SpoolError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(fault) if fault.is_panic() => std::panic::resume_unwind(fault.into_panic()),
        // The runtime is going down, and with it whoever waits here.
        Err(_cancelled) => std::future::pending().await,
    }
}
