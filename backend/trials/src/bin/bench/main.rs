//! `cargo xtask bench`: Vigía in figures, each beside a baseline taken in the same run on the same machine.
//!
//! Only ratios mean something: absolute figures change with the machine and with what else it does. Whatever is
//! measured is also compared with the ledger of what was published; a loss is an error whatever the figures say.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to a person")]

mod args;
mod report;
mod machine;
mod settings;
mod take;
mod throughput;
mod samples;
mod rows;
mod latency;
mod memory;
mod outage;
mod feed;
mod rest;
mod poison;
mod history;
mod table;

use anyhow::{Context, Result};
use args::{Cli, Command, Figure};
use clap::Parser;
use std::process::ExitCode;
use take::Bench;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start")
        .and_then(|runtime| runtime.block_on(run(cli)));
    match done {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("bench: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<ExitCode> {
    if let Some(Command::Subscribe { kind, settings }) = cli.command {
        vigia_trials::subscriber::run(kind, settings).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let json = cli.measure.json_file();
    let mut bench = Bench::start(&cli.measure)?;
    let measured = if cli.measure.history {
        history::measure(&mut bench, cli.measure.samples).await
    } else {
        measure(&mut bench).await
    };
    bench.report.seconds = bench.elapsed().as_secs_f64();
    // What was measured before something failed is still worth reading.
    table::print(&bench.report);
    bench.report.write(&json)?;
    eprintln!("\nThe same with every single run: {}", json.display());
    measured?;
    for fault in &bench.report.faults {
        eprintln!("FAILED: {fault}");
    }
    Ok(if bench.report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure(bench: &mut Bench) -> Result<()> {
    settings::read(bench).await?;
    if bench.wants(Figure::Throughput) {
        throughput::measure(bench).await?;
    }
    if bench.wants(Figure::Samples) {
        samples::measure(bench).await?;
    }
    if bench.wants(Figure::Rows) {
        rows::measure(bench).await?;
    }
    if bench.wants(Figure::Latency) {
        latency::measure(bench).await?;
    }
    if bench.wants(Figure::Feed) {
        feed::measure(bench).await?;
    }
    if bench.wants(Figure::Rest) {
        rest::measure(bench).await?;
    }
    if bench.wants(Figure::Memory) {
        memory::measure(bench).await?;
    }
    if bench.wants(Figure::Outage) {
        outage::measure(bench).await?;
    }
    if bench.wants(Figure::Poison) {
        poison::measure(bench).await?;
    }
    Ok(())
}
