//! Why the demo does not run, or not any more.

use std::error::Error;
use std::io;
use std::path::PathBuf;

pub(crate) type Result<T> = std::result::Result<T, Failure>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Usage(String),

    #[error("cannot watch for signals")]
    Signals(#[source] ctrlc::Error),

    /// Not a failure: somebody asked us to stop.
    #[error("stopped")]
    Stopped,

    #[error("cannot {action} {}", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },

    #[error("a demo already runs in {} (process {pid}); stop it first, or use another checkout", dir.display())]
    AlreadyRunning { dir: PathBuf, pid: String },

    #[error("port {port} is already in use by {owner}; choose another with --port")]
    PortInUse { port: u16, owner: String },

    #[error("{what} is missing: {}", path.display())]
    Missing { what: &'static str, path: PathBuf },

    #[error("{waiting_for} did not happen within {seconds} s; the logs are in {}", logs.display())]
    Late { waiting_for: &'static str, seconds: u64, logs: PathBuf },

    #[error(transparent)]
    Testkit(#[from] vigia_testkit::Error),
}

impl Failure {
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }

    pub(crate) fn code(&self) -> u8 {
        if matches!(self, Self::Usage(_)) { 2 } else { 1 }
    }
}

/// The failure and what caused it, in one line.
pub(crate) fn chain(failure: &dyn Error) -> String {
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
