//! Running other programs: a line per step with its time, and none left running when we are stopped.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};

/// How long a program may take to end after `SIGTERM` before it is killed.
const PATIENCE: Duration = Duration::from_secs(10);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// The program that runs now, for the signal handler.
static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

/// A program and all that it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Running {
    group: u32,
    /// Whether it may be killed when it does not end soon: not while packages are being installed.
    may_be_killed: bool,
}

/// From now on Ctrl-C and `SIGTERM` end the program that runs, with all that it started.
pub(crate) fn stop_children_on_signals() -> Result<()> {
    let handled = ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        stop_running();
    });
    handled.map_err(|error| Failure::new(format!("cannot watch for Ctrl-C: {error}")))
}

/// Whether Ctrl-C or `SIGTERM` came.
pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs a step of the work: its output passes through; its title and time are printed.
pub(crate) fn step(title: &str, command: &mut Command) -> Result<()> {
    timed(title, command, true)
}

/// The same for a program that knows itself when it must not be cut: it is asked to end, never killed.
pub(crate) fn careful_step(title: &str, command: &mut Command) -> Result<()> {
    timed(title, command, false)
}

fn timed(title: &str, command: &mut Command, may_be_killed: bool) -> Result<()> {
    println!("── {title}");
    let started = Instant::now();
    let child = spawn(command, may_be_killed)?;
    let ended = finish(command, child)?;
    let seconds = started.elapsed().as_secs_f32();
    if ended.success() {
        println!("── {title}: done in {seconds:.1} s");
        return Ok(());
    }
    Err(Failure::new(format!("{title}: failed after {seconds:.1} s ({ended})")))
}

/// Runs a step whose output is for us; what it complains of passes through.
pub(crate) fn told(title: &str, command: &mut Command) -> Result<String> {
    println!("── {title}");
    let started = Instant::now();
    command.stdout(Stdio::piped());
    let mut child = spawn(command, true)?;
    let mut said = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        // What is no text is nothing we could read.
        stdout.read_to_string(&mut said).ok();
    }
    let ended = finish(command, child)?;
    let seconds = started.elapsed().as_secs_f32();
    if ended.success() {
        println!("── {title}: done in {seconds:.1} s");
        return Ok(said);
    }
    Err(Failure::new(format!("{title}: failed after {seconds:.1} s ({ended})")))
}

/// Runs a program quietly; what it printed, or nothing if it failed or does not exist.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Starts the program in a process group of its own, so that it can be stopped with all its children.
fn spawn(command: &mut Command, may_be_killed: bool) -> Result<Child> {
    command.stdin(Stdio::null()).process_group(0);
    let child = command.spawn().map_err(|error| {
        Failure::new(format!("cannot run {}: {error}", command.get_program().to_string_lossy()))
    })?;
    *running() = Some(Running { group: child.id(), may_be_killed });
    // The signal may have come between the last program and this one.
    if is_interrupted() {
        stop_running();
    }
    Ok(child)
}

fn finish(command: &Command, mut child: Child) -> Result<ExitStatus> {
    let ended = child.wait();
    *running() = None;
    if is_interrupted() {
        return Err(Failure::interrupted());
    }
    ended.map_err(|error| {
        Failure::new(format!("cannot wait for {}: {error}", command.get_program().to_string_lossy()))
    })
}

fn running() -> MutexGuard<'static, Option<Running>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stop_running() {
    let Some(program) = *running() else { return };
    signal("TERM", program.group);
    if program.may_be_killed {
        thread::spawn(move || {
            thread::sleep(PATIENCE);
            if *running() == Some(program) {
                signal("KILL", program.group);
            }
        });
    }
}

/// Signals a process group. (No `libc` here: unsafe code is forbidden.)
fn signal(name: &str, group: u32) {
    let kill = format!("kill -s {name} -- -{group}");
    Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status().ok();
}
