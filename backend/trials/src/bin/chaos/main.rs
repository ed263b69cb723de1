//! `cargo xtask chaos`: the real system under load, broken at random, and every ledger entry compared in the end.
//!
//! Two backends, a durable Postgres and Mosquitto run as they would in production, but that samples are packed when they are
//! a minute old; the network between them fails on demand. A seed gives the plan of what breaks when ([`plan`]); a fleet is published meanwhile and written down in a
//! ledger ([`load`]). What a killed broker or a lost session may have forgotten is sent again, but nothing that a backend
//! had acknowledged ([`forgotten`]), for otherwise a loss could not be seen. In the end everything is healed, everything
//! on its way arrives, and what is stored must be what was published ([`verdict`]).
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to a person")]

mod args;
mod event;
mod plan;
mod disk;
mod backend;
mod rules;
mod system;
mod load;
mod forgotten;
mod watch;
mod idle;
mod tally;
mod perform;
mod settle;
mod contradiction;
mod quarantine;
mod state;
mod gateways;
mod verdict;
mod faults;
mod run;

use args::Cli;
use clap::Parser;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// What a shell expects after Ctrl-C.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(until_interrupted(cli)),
        Err(fault) => Err(fault.into()),
    };
    ended.unwrap_or_else(|fault| {
        eprintln!("chaos: {fault:#}");
        ExitCode::FAILURE
    })
}

/// Runs; Ctrl-C drops everything, and with it all servers and programs go.
async fn until_interrupted(cli: Cli) -> anyhow::Result<ExitCode> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        ended = Box::pin(run::run(cli)) => ended,
        _ = interrupt.recv() => Ok(ExitCode::from(INTERRUPTED)),
        _ = terminate.recv() => Ok(ExitCode::from(INTERRUPTED)),
    }
}
