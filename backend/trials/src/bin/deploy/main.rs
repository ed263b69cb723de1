//! `deploy`: an installation from the repository's Compose file, brought up, used, broken, mended and taken down.
//!
//! `cargo xtask deploy-test` prepares a Docker engine and base images, and runs this. Everything is real but the place of
//! AWS: a Mosquitto outside the project, with certificates and rights as in the cloud.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to a person")]

mod args;
mod command;
mod docker;
mod project;
mod aws;
mod acme;
mod load;
mod tls;
mod web;
mod stage;
mod second;
mod stages;

use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    // Signals reach the programs we wait for, which then fail: we live on to take everything down.
    #[expect(clippy::disallowed_methods, reason = "it ends with the process")]
    tokio::spawn(command::note_signals());
    let args = args::Args::parse();
    match stages::run(&args).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("deploy: {error:#}");
            ExitCode::FAILURE
        }
    }
}
