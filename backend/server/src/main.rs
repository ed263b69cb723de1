//! `vigia`: takes telemetry in, keeps it and shows it. Here a command is chosen, no more.

use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use traces::Traces;
use vigia_live::board::ErrorBoard;

mod accounts;
mod backups;
mod config;
mod database;
mod doctor;
mod health_check;
mod history;
mod http_client;
mod lifecycle;
mod logging;
mod metrics;
mod serve;
mod storage;
mod tls;
mod version;
mod traces;
mod upkeep;
mod web_certificate;

/// Industrial telemetry: from AWS IoT Core to Postgres, REST and WebSocket.
///
/// All settings come from the environment; docs/configuration.md lists them.
#[derive(Debug, Parser)]
#[command(name = "vigia", version = version::LONG)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Subcommand)]
enum Command {
    /// Ingest and serve until stopped (the default).
    Serve,
    /// Bring the database's schema up to date and exit.
    Migrate,
    /// Make an account for an internal admin (one of `ADMIN_EMAILS`) and print a link to choose its password.
    CreateAdmin {
        #[arg(long)]
        email: String,
        /// Take the password from standard input instead.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Write the samples of a span of time, packed ones too, to standard output.
    History(history::Arguments),
    /// Show what history takes on disk, what a day adds, and how long the room will do.
    Storage {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Look at everything this installation hangs on, and say what is wrong, why it matters and what mends it.
    ///
    /// Exits with 0 if nothing is broken (warnings may be), with 1 if something is, and with 2 if it was called wrongly.
    Doctor(doctor::Arguments),
    /// Print the least that AWS IoT Core must allow, for these settings.
    Policy(doctor::PolicyArguments),
    /// Ask the process that `HOST` and `PORT` name how it is, and exit with 0 if it answers. For containers.
    #[command(name = "healthcheck")]
    HealthCheck,
    /// Check the environment and the files it names, and exit.
    CheckConfig,
    /// Print the description of the API (OpenAPI 3.1) and exit.
    Openapi,
}

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Serve);
    match run(command) {
        Ok(code) => code,
        Err(error) => {
            // A line each, before any log format was chosen: what stops a start must be readable anywhere.
            #[expect(clippy::print_stderr, reason = "the last word of a process that could not start")]
            {
                match error.downcast_ref::<config::ConfigErrors>() {
                    Some(errors) => errors.0.iter().for_each(|error| eprintln!("vigia: {error}")),
                    None => eprintln!("vigia: {error:#}"),
                }
            }
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    if matches!(command, Command::Openapi) {
        std::io::stdout().write_all(vigia_api::openapi_json().as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if matches!(command, Command::HealthCheck) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        return Ok(answer(&runtime.block_on(health_check::ask(config::Config::listening()?))?));
    }
    let command = match command {
        Command::Policy(arguments) => return Ok(answer(&doctor::policy(&arguments)?)),
        Command::Doctor(arguments) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let code = runtime.block_on(doctor::doctor(arguments));
            // A name server that says nothing holds a thread for longer than anybody waits.
            runtime.shutdown_background();
            return code;
        }
        other => other,
    };
    let config = config::Config::from_environment()?;
    let errors = Arc::new(ErrorBoard::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (traces, spans) = match &config.traces {
        Some(settings) if matches!(command, Command::Serve) => {
            let _within = runtime.enter();
            let (traces, spans) = Traces::start(settings)?;
            (Some(traces), Some(spans))
        }
        _ => (None, None),
    };
    logging::start(&config.log, Arc::clone(&errors), spans)?;
    // Every TLS client of ours names its provider; this is for a library that would not.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        anyhow::bail!("another TLS provider is installed already");
    }
    match command {
        Command::Serve => {
            let ended = runtime.block_on(async {
                let ended = serve::serve(config, errors).await;
                if let Some(traces) = traces {
                    traces.end().await;
                }
                ended
            });
            lifecycle::end(runtime);
            ended
        }
        Command::Migrate => runtime.block_on(database::migrate(&config)).map(|()| ExitCode::SUCCESS),
        Command::CreateAdmin { email, password_stdin } => {
            let said = runtime.block_on(accounts::create_admin(&config, &email, password_stdin))?;
            Ok(answer(&said))
        }
        Command::History(arguments) => {
            runtime.block_on(history::history(&config, arguments)).map(|()| ExitCode::SUCCESS)
        }
        Command::Storage { json } => Ok(answer(&runtime.block_on(storage::report(&config, json))?)),
        Command::Openapi | Command::HealthCheck | Command::Doctor(_) | Command::Policy(_) => {
            Ok(ExitCode::SUCCESS)
        }
        Command::CheckConfig => serve::check(config).map(|()| ExitCode::SUCCESS),
    }
}

#[expect(clippy::print_stdout, reason = "the answer to whoever typed the command")]
fn answer(said: &str) -> ExitCode {
    println!("{said}");
    ExitCode::SUCCESS
}
