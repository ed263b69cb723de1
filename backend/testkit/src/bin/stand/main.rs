//! `stand demo`: runs the whole system on this machine and stops it as one.

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// Prints a line. Nobody may be reading any more (a closed terminal), and that must not keep us from stopping
/// everything in order.
macro_rules! say {
    ($($text:tt)*) => { writeln!(std::io::stdout(), $($text)*).ok() };
}

mod args;
mod failure;
mod home;
mod port_owner;
mod http;
mod programs;
mod demo;

use args::Args;
use failure::Failure;

/// Set by the first Ctrl-C or `SIGTERM`; everything that waits looks at it.
static STOP: AtomicBool = AtomicBool::new(false);

fn main() -> ExitCode {
    let done = Args::parse(std::env::args().skip(1)).and_then(|args| {
        stop_on_signals()?;
        demo::run(args)
    });
    match done {
        Ok(()) | Err(Failure::Stopped) => ExitCode::SUCCESS,
        Err(failure) => {
            writeln!(std::io::stderr(), "\n{}", failure::chain(&failure)).ok();
            ExitCode::from(failure.code())
        }
    }
}

/// The first signal stops everything in order; the second leaves it to the watchdogs.
fn stop_on_signals() -> failure::Result<()> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
    })
    .map_err(Failure::Signals)
}
