//! A temporary folder for a server's files, and the watchdog that cleans up after us.
//!
//! `Drop` does not run after `kill -9`. So each folder has a watchdog: a small shell script that waits for
//! the end of its standard input, a pipe whose other end only we hold. When we are gone, for whatever
//! reason, the pipe closes; the script stops the servers of the folder and removes it. It has a process
//! group of its own, for a test runner kills the group of the test.

use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::account::Account;
use crate::error::{Error, Result};
use crate::port::random;
use crate::process::Process;

const WATCHDOG: &str = include_str!("scratch/watchdog.sh");

/// A script that notes its own pid and becomes the server, so that no server runs unnoted.
const NOTE_PID_THEN_RUN: &str = r#"echo "$$ $2" >"$1" || exit 126; shift 2; exec "$@""#;

/// A folder that is gone, with all servers started in it, when this value or its process is gone.
///
/// Set `VIGIA_KEEP` in the environment to keep the folder and look at what is in it.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    watchdog: Child,
}

impl Scratch {
    /// Makes the folder, owned by `account` and closed to others, and starts its watchdog.
    pub fn new(name: &str, account: Account) -> Result<Self> {
        Self::holding(name, account, Stdio::null())
    }

    /// The same; the watchdog holds `lock` open until everything is cleaned up.
    pub fn holding(name: &str, account: Account, lock: impl Into<Stdio>) -> Result<Self> {
        let path = account.temp_dir().join(format!("vigia-{name}-{:08x}", random() >> 32));
        fs::create_dir(&path).map_err(Error::file("make", &path))?;
        let closed = fs::Permissions::from_mode(0o700);
        fs::set_permissions(&path, closed).map_err(Error::file("close", &path))?;
        account.own(&path)?;
        if std::env::var_os("VIGIA_KEEP").is_some() {
            fs::write(path.join("keep"), "").map_err(Error::file("write", path.join("keep")))?;
        }
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "vigia-watchdog"])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(lock)
            .stderr(Stdio::null())
            .process_group(0)
            .current_dir("/")
            .spawn()
            .map_err(|source| Error::Run { program: "sh".to_owned(), source })?;
        Ok(Self { path, watchdog })
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the watchdog remove this file, which is elsewhere, at the end too.
    pub fn remove_also(&self, file: &Path) -> Result<()> {
        let list = self.path.join("also");
        let mut options = fs::OpenOptions::new();
        let listed = options
            .create(true)
            .append(true)
            .open(&list)
            .and_then(|mut list| list.write_all(&[file.as_os_str().as_bytes(), b"\n"].concat()));
        listed.map_err(Error::file("write", list))
    }

    /// Starts `command` as `account`, its output appended to `log`. `stop_signal` is what the watchdog
    /// sends when we are gone (`TERM`, `INT`, …).
    pub fn spawn(
        &self,
        name: &str,
        stop_signal: &'static str,
        account: Account,
        command: &Command,
        log: &Path,
    ) -> Result<Process> {
        let output = fs::OpenOptions::new().create(true).append(true).open(log);
        let output = output.map_err(Error::file("open", log))?;
        let also_output = output.try_clone().map_err(Error::file("open", log))?;
        let pid_file = self.path.join(format!("{name}.pid"));

        let mut shell = Command::new("sh");
        shell.args(["-c", NOTE_PID_THEN_RUN, "sh"]).arg(&pid_file).arg(stop_signal);
        shell.arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(key, value),
                None => shell.env_remove(key),
            };
        }
        shell.current_dir(command.get_current_dir().unwrap_or(Path::new("/")));
        shell.stdin(Stdio::null()).stdout(output).stderr(also_output).process_group(0);
        account.apply(&mut shell);
        let child = shell.spawn().map_err(|source| Error::Run { program: name.to_owned(), source })?;
        Ok(Process::new(name, stop_signal, child, pid_file, log))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            report(&self.path, self.path.join("keep").exists());
        }
        drop(self.watchdog.stdin.take());
        self.watchdog.wait().ok();
    }
}

/// Says where a failed test's files are, or how to keep them next time.
#[expect(clippy::print_stderr, reason = "a failed test's output is where a person looks")]
fn report(path: &Path, kept: bool) {
    let fate = if kept { "kept" } else { "removed; VIGIA_KEEP=1 keeps it" };
    eprintln!("server files: {} ({fate})", path.display());
    let logs = fs::read_dir(path).into_iter().flatten().filter_map(io::Result::ok).map(|entry| entry.path());
    for log in logs.filter(|path| path.extension().is_some_and(|end| end == "log")) {
        eprintln!("the end of {}:\n{}", log.display(), crate::process::tail(&log, 20));
    }
}
