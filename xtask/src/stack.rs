//! The whole stack under test: a demo of its own, in a temporary folder and on a free port.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::{demo, frontend, project, run, setup};

mod in_front;

use in_front::InFront;

/// How long database, broker, backend and the first message may take together; seconds on an idle machine.
const START_PATIENCE: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_millis(100);
/// How much of each log is shown after a failure.
const LOG_LINES: usize = 15;

const WATCHDOG: &str = include_str!("stack/watchdog.sh");

/// What is tried once more through Nginx: a log-in, the page with its live feed, no complaint of the browser, a log-out.
const THROUGH_NGINX: [&str; 3] = ["stack.spec.ts", "--grep", "a log-out ends"];

/// The frontend's browser tests against the whole stack, and one of them through Nginx, over TLS.
pub(crate) fn test(filter: &[&str]) -> Result<()> {
    Stack::under_test(|note| {
        let mut npm = frontend::browser("test:e2e");
        note.tell(&mut npm)?.args(filter);
        run::step("npm run test:e2e, against the stack", &mut npm)?;
        if !filter.is_empty() {
            return Ok(());
        }
        let _nginx = InFront::start(&note.dir, note.https_port, note.told("url")?)?;
        let mut npm = frontend::browser("test:e2e");
        note.tell(&mut npm)?.env("BASE_URL", origin(note.https_port)).args(THROUGH_NGINX);
        run::step("npm run test:e2e, through Nginx", &mut npm)
    })
}

/// How a browser names what Nginx serves in front of a stack.
fn origin(https_port: u16) -> String {
    format!("https://localhost:{https_port}")
}

/// Pictures of every page for the documentation.
pub(crate) fn screens() -> Result<()> {
    setup::ensure(setup::EVERYTHING)?;
    Stack::under_test(|note| {
        let mut npm = frontend::browser("screens");
        note.tell(&mut npm)?.env("SCREENS_DIR", project::root().join("docs/images/screens"));
        run::step("npm run screens, of the stack", &mut npm)
    })
}

/// A running demo; stopped and its folder removed when this value or its process is gone, however it ended.
pub(crate) struct Stack {
    dir: PathBuf,
    https_port: u16,
    stand: Child,
    watchdog: Child,
}

/// What a running stack says of itself.
#[derive(Debug)]
pub(crate) struct Note {
    text: String,
    dir: PathBuf,
    /// Where the stack expects Nginx, if there is one.
    https_port: u16,
}

impl Note {
    /// A text in it, by its name.
    pub(crate) fn told(&self, name: &str) -> Result<&str> {
        value(&self.text, name)
            .ok_or_else(|| Failure::new(format!("demo.json names no {name}: {}", self.text)))
    }

    /// Tells a browser's run where the stack is and how to get in.
    fn tell<'command>(&self, npm: &'command mut Command) -> Result<&'command mut Command> {
        Ok(npm
            .env("BASE_URL", self.told("url")?)
            .env("STACK_EMAIL", self.told("email")?)
            .env("STACK_PASSWORD", self.told("password")?)
            // An alarm is raised in SQL.
            .env("STACK_DATABASE_URL", self.told("databaseUrl")?)
            // Where the broker is, and with what certificate messages are sent to it.
            .env("STACK_NOTE", &self.text))
    }
}

impl Stack {
    /// Builds and starts a stack, does the work against it, and stops it; shows its logs if the work failed.
    pub(crate) fn under_test(work: impl FnOnce(&Note) -> Result<()>) -> Result<()> {
        frontend::build()?;
        // Together with the tests, because dependencies have more features there: without them all would be built
        // twice.
        let mut build = project::cargo();
        build.args(["build", "--workspace", "--bins", "--tests"]);
        run::step("programs for the stack", &mut build)?;
        let mut stack = Self::start()?;
        let tested = stack.wait_for_note().and_then(|note| work(&note));
        if tested.as_ref().is_err_and(|failure| !failure.is_interruption()) {
            stack.show_logs();
        }
        tested
    }

    fn start() -> Result<Self> {
        let dir = temporary_folder()?;
        let https_port = in_front::free_ports()?;
        let mut stand = demo::stand("debug", &dir, 0);
        // It believes itself at another address than the one behind Nginx.
        stand.env("CORS_ORIGIN", origin(https_port));
        stand.stdin(Stdio::null()).process_group(0);
        let started = stand.spawn().and_then(|mut stand| {
            let mut watchdog = Command::new("sh");
            watchdog.args(["-c", WATCHDOG, "vigia-watchdog"]).arg(&dir).arg(stand.id().to_string());
            watchdog.stdin(Stdio::piped()).process_group(0).current_dir("/");
            let watchdog = watchdog.spawn().inspect_err(|_| {
                stand.kill().ok();
                stand.wait().ok();
            })?;
            Ok(Self { dir: dir.clone(), https_port, stand, watchdog })
        });
        started.map_err(|error| {
            fs::remove_dir_all(&dir).ok();
            Failure::new(format!("cannot start the stack: {error}"))
        })
    }

    /// What the stack says of itself, once everything runs.
    fn wait_for_note(&mut self) -> Result<Note> {
        let deadline = Instant::now() + START_PATIENCE;
        loop {
            if run::is_interrupted() {
                return Err(Failure::interrupted());
            }
            if let Ok(note) = fs::read_to_string(self.dir.join("demo.json")) {
                return Ok(Note { text: note, dir: self.dir.clone(), https_port: self.https_port });
            }
            if let Ok(Some(status)) = self.stand.try_wait() {
                return Err(Failure::new(format!("the stack ended before it was ready ({status})")));
            }
            if Instant::now() > deadline {
                let seconds = START_PATIENCE.as_secs();
                return Err(Failure::new(format!("the stack was not ready within {seconds} s")));
            }
            sleep(POLL);
        }
    }

    /// Prints the end of each program's log.
    fn show_logs(&self) {
        let logs = fs::read_dir(self.dir.join("logs")).into_iter().flatten().flatten();
        let mut logs: Vec<PathBuf> = logs.map(|entry| entry.path()).collect();
        logs.retain(|path| path.extension().is_some_and(|end| end == "log"));
        logs.sort();
        for log in logs {
            let name = log.file_name().unwrap_or_default().to_string_lossy();
            let text = tail(&log);
            println!("── the end of {name}{}\n{text}", if text.is_empty() { ": empty" } else { "" });
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // The watchdog stops the stand when its pipe closes; we only have to take note of the stand's end.
        drop(self.watchdog.stdin.take());
        self.stand.wait().ok();
        self.watchdog.wait().ok();
    }
}

/// A new folder that the servers' account can pass through, as `/tmp` usually lets it.
fn temporary_folder() -> Result<PathBuf> {
    let dir = std::env::temp_dir().join(format!("vigia-stack-{}", std::process::id()));
    let made =
        fs::create_dir(&dir).and_then(|()| fs::set_permissions(&dir, fs::Permissions::from_mode(0o711)));
    made.map(|()| dir.clone())
        .map_err(|error| Failure::new(format!("cannot make {}: {error}", dir.display())))
}

/// A text in the note of a demo, by its name.
fn value<'a>(note: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = note.split_once(&format!("\"{name}\":"))?;
    rest.split('"').nth(1)
}

fn tail(log: &Path) -> String {
    let text = String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(LOG_LINES)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_are_read_from_the_note() {
        let note = "{\n  \"databaseUrl\": \"postgres://x\",\n  \"login\": {\"email\": \"a@b\"},\n  \"url\": \"http://127.0.0.1:18080\"\n}";
        assert_eq!(super::value(note, "url"), Some("http://127.0.0.1:18080"));
        assert_eq!(super::value(note, "email"), Some("a@b"));
        assert_eq!(super::value("{}", "url"), None);
    }
}
