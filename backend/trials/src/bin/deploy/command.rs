//! Running other programs: what they print is kept, and shown when they fail.

use anyhow::{Context, Result, bail};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};

/// How much of a failed program's words is shown.
const SHOWN_LINES: usize = 30;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Takes note of SIGINT and SIGTERM.
pub(crate) async fn note_signals() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        INTERRUPTED.store(true, Ordering::SeqCst);
    }
}

/// Whether we were told to stop; forgotten by asking with `forget_interruption`.
pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs a program; what it printed on standard output.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    run_with(command, "")
}

/// The same with something on its standard input.
pub(crate) fn run_with(command: &mut Command, input: &str) -> Result<String> {
    let name = name(command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {name}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // It may end without reading.
        stdin.write_all(input.as_bytes()).ok();
    }
    let output = child.wait_with_output().with_context(|| format!("cannot wait for {name}"))?;
    let said = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed ({}):\n{}\n{}", output.status, tail(&said), tail(&complaint));
    }
    Ok(said)
}

/// Asks again and again until something is there; says what was waited for when it does not come in time.
pub(crate) async fn wait_for<T>(
    what: &str,
    within: Duration,
    mut ask: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + within;
    loop {
        let answer = ask();
        match answer {
            Ok(Some(found)) => return Ok(found),
            _ if is_interrupted() => bail!("stopped by a signal"),
            Err(error) if Instant::now() > deadline => {
                return Err(error.context(format!("waited {} s for {what}", within.as_secs())));
            }
            Ok(None) if Instant::now() > deadline => {
                bail!("waited {} s in vain for {what}", within.as_secs());
            }
            _ => tokio::time::sleep(Duration::from_millis(500)).await,
        }
    }
}

/// The end of a text.
pub(crate) fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(SHOWN_LINES)..).unwrap_or_default().join("\n")
}

fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.take(14).map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
