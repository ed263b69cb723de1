//! Developer commands: `cargo xtask demo`, `cargo xtask test` and what they need.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to a person")]

use std::process::ExitCode;

mod args;
mod failure;
mod run;
mod project;
mod setup;
mod frontend;
mod demo;
mod stack;
mod test;

use args::Command;
use failure::Failure;

fn main() -> ExitCode {
    let done = Command::parse(std::env::args().skip(1)).and_then(|command| {
        run::stop_children_on_signals()?;
        match command {
            Command::Help => {
                println!("{}", args::HELP);
                Ok(())
            }
            Command::Setup => setup::ensure(setup::EVERYTHING),
            Command::Demo { port } => demo::demo(port),
            Command::Frontend => setup::ensure(setup::FOR_FRONTEND).and_then(|()| frontend::build()),
            Command::Test(selection) => test::test(&selection),
            Command::Bench => Err(Failure::usage(
                "there is nothing to measure yet: the benchmarks come with the ingest work; `cargo xtask demo` runs the system",
            )),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::from(failure.code)
        }
    }
}
