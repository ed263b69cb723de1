//! The command `simulator`: chooses what to play and where to send it.

mod cli;
mod play;

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(cli::Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            // On one line, with its causes; nobody may be reading any more.
            writeln!(std::io::stderr(), "simulator: {fault:#}").unwrap_or_default();
            ExitCode::FAILURE
        }
    }
}

fn run(command: cli::Command) -> anyhow::Result<()> {
    // Two threads: one makes messages, one sends them. More would only take turns with what is measured.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(play::play(command))
}
