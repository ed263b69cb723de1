//! A running server: ask it to stop, kill it, read its log.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

const POLL: Duration = Duration::from_millis(5);
/// How much of a log is read to find its last lines.
const TAIL_BYTES: usize = 16 * 1024;

/// A server started by [`Scratch::spawn`](crate::Scratch::spawn); killed when dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    stop_signal: &'static str,
    child: Child,
    pid_file: PathBuf,
    log: PathBuf,
}

impl Process {
    pub(crate) fn new(
        name: &str,
        stop_signal: &'static str,
        child: Child,
        pid_file: PathBuf,
        log: &Path,
    ) -> Self {
        Self { name: name.to_owned(), stop_signal, child, pid_file, log: log.to_owned() }
    }

    /// The name it was started under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, or `None` while it runs.
    pub fn exit_status(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten()?;
        fs::remove_file(&self.pid_file).ok();
        Some(status)
    }

    /// Sends a signal by name (`TERM`, `INT`, `HUP`, `STOP`, `CONT`, …); nothing if it has ended.
    pub fn signal(&mut self, signal: &str) -> Result<()> {
        match self.exit_status() {
            Some(_) => Ok(()),
            None => send(signal, &[self.id()]),
        }
    }

    /// Asks it to stop by its own signal and waits; after `patience` it is killed.
    pub fn stop(&mut self, patience: Duration) -> Result<Option<ExitStatus>> {
        self.signal(self.stop_signal)?;
        if let Some(status) = self.wait(patience) {
            return Ok(Some(status));
        }
        self.kill();
        Ok(None)
    }

    /// Waits for its end, at most so long.
    pub fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + patience;
        loop {
            let status = self.exit_status();
            if status.is_some() || Instant::now() >= deadline {
                return status;
            }
            sleep(POLL);
        }
    }

    /// Kills it (`SIGKILL`) and waits until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_file(&self.pid_file).ok();
    }

    /// The error for a server that ended by itself, with the end of its log.
    pub fn died(&self, status: ExitStatus) -> Error {
        Error::Died { server: self.name.clone(), status, log: tail(&self.log, 20) }
    }

    /// Polls `ready` until it says yes; an error if the server ends or `patience` does first.
    pub fn wait_ready(&mut self, patience: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + patience;
        while !ready() {
            if let Some(status) = self.exit_status() {
                return Err(self.died(status));
            }
            if Instant::now() >= deadline {
                let log = tail(&self.log, 20);
                return Err(Error::NotReady { server: self.name.clone(), seconds: patience.as_secs(), log });
            }
            sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends a signal; a process which is gone already is no error. (No `libc` here: unsafe code is forbidden.)
pub(crate) fn send(signal: &str, pids: &[u32]) -> Result<()> {
    Command::new("sh")
        .args(["-c", r#"signal=$1; shift; for pid; do kill -s "$signal" "$pid"; done 2>/dev/null"#, "sh"])
        .arg(signal)
        .args(pids.iter().map(u32::to_string))
        .status()
        .map_err(|source| Error::Run { program: format!("kill -s {signal}"), source })?;
    Ok(())
}

/// The last lines of a log file; empty if there is none.
pub fn tail(log: &Path, lines: usize) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let end = bytes.get(bytes.len().saturating_sub(TAIL_BYTES)..).unwrap_or_default();
    let text = String::from_utf8_lossy(end);
    let all: Vec<&str> = text.lines().collect();
    all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
}
