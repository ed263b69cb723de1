//! Developer commands: `cargo xtask demo`, `cargo xtask test`, `cargo xtask bench`, `cargo xtask chaos` and what they need.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to a person")]

use std::process::ExitCode;

mod args;
mod failure;
mod run;
mod project;
mod setup;
mod frontend;
mod gen_files;
mod demo;
mod stack;
mod api;
mod test;
mod backup;
mod bench;
mod chaos;
mod deploy;
mod fuzz;
mod lint_deploy;

use args::Command;

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
            Command::Gen => setup::ensure(setup::FOR_FRONTEND).and_then(|()| gen_files::write()),
            Command::Screens => stack::screens(),
            Command::Test(selection) => test::test(&selection),
            Command::Bench(args) => bench::bench(&args),
            Command::LintDeploy => lint_deploy::lint_deploy(),
            Command::BackupDrill { short } => backup::drill(short),
            Command::Fuzz(time) => fuzz::fuzz(time),
            Command::DeployTest(options) => deploy::test(&options),
            Command::Chaos(args) => chaos::chaos(&args),
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
