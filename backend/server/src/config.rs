//! The environment, read once and typed. The only place that looks at it.

mod backup;
mod environment;
mod http;
mod ingest;
mod traces;

use environment::Environment;
use http::{host, port};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use vigia_ingest::IngestSettings;
use vigia_store::DatabaseSettings;

pub(crate) use backup::BackupSettings;
pub(crate) use environment::{ConfigError, ConfigErrors};
pub(crate) use http::HttpSettings;
pub(crate) use traces::{Begun, Sampling, TraceSettings};

const DAY: Duration = Duration::from_hours(24);
const MIB: u64 = 1_048_576;
const GIB: u64 = 1_024 * MIB;

/// Everything the process is told.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) http: HttpSettings,
    pub(crate) log: LogSettings,
    /// `None`: no traces are made.
    pub(crate) traces: Option<TraceSettings>,
    pub(crate) database: DatabaseSettings,
    pub(crate) ingest: IngestSettings,
    pub(crate) backup: BackupSettings,
    pub(crate) quarantine: QuarantineExpiry,
    pub(crate) offline_after: Duration,
}

#[derive(Debug)]
pub(crate) struct LogSettings {
    /// A level, or a filter as `tracing` understands it (`info,vigia_ingest=debug`).
    pub(crate) level: String,
    pub(crate) format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Json,
    Pretty,
}

/// When quarantined messages go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QuarantineExpiry {
    pub(crate) bytes: i64,
    pub(crate) messages: i64,
    pub(crate) age: Duration,
}

/// What could be read of an environment, and what is wrong with it. In the place of what is wrong stands its default, and of
/// what has none, nothing: whoever looks for faults goes on with the rest.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) http: HttpSettings,
    pub(crate) log: LogSettings,
    pub(crate) traces: Option<TraceSettings>,
    pub(crate) database: Option<DatabaseSettings>,
    /// Endpoint and client id are empty where they are missing.
    pub(crate) ingest: IngestSettings,
    pub(crate) backup: BackupSettings,
    pub(crate) quarantine: QuarantineExpiry,
    pub(crate) offline_after: Duration,
    pub(crate) faults: Vec<ConfigError>,
    /// Variables that look like one there is: the name, and the one it looks like.
    pub(crate) misspelt: Vec<(String, String)>,
    /// Secrets that come from a file: the variable, and the file.
    pub(crate) secret_files: Vec<(String, PathBuf)>,
}

impl Draft {
    /// Reads the process's environment.
    pub(crate) fn from_environment() -> Self {
        Self::read(&Environment::of_process())
    }

    fn read(env: &Environment) -> Self {
        let database = database(env).inspect_err(|fault| env.note(fault.clone())).ok();
        Self {
            log: log(env),
            traces: traces::traces(env).unwrap_or_else(|fault| {
                env.note(fault);
                None
            }),
            http: http::http(env),
            database,
            ingest: ingest::ingest(env),
            backup: backup::backup(env),
            quarantine: QuarantineExpiry {
                bytes: env.number("QUARANTINE_MAX_BYTES", 1_073_741_824, 1..=i64::MAX),
                messages: env.number("QUARANTINE_MAX_MESSAGES", 1_000_000, 1..=i64::MAX),
                age: DAY * env.number("QUARANTINE_MAX_DAYS", 30, 1..=36_500_u32),
            },
            offline_after: Duration::from_secs(env.number("GATEWAY_OFFLINE_AFTER_SEC", 90, 1..=86_400)),
            faults: env.faults(),
            misspelt: env.misspelt(),
            secret_files: env.secret_files(),
        }
    }

    /// The settings, if nothing is wrong with any.
    fn finish(self) -> Result<Config, ConfigErrors> {
        let Self { http, log, traces, database, ingest, backup, quarantine, offline_after, faults, .. } =
            self;
        match database {
            Some(database) if faults.is_empty() => {
                Ok(Config { http, log, traces, database, ingest, backup, quarantine, offline_after })
            }
            _ => Err(ConfigErrors(faults)),
        }
    }
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// When variables are missing or wrong: a line for each with its name, the fault and an example.
    pub(crate) fn from_environment() -> Result<Self, ConfigErrors> {
        Draft::from_environment().finish()
    }

    /// Where a process with this environment listens; nothing else of it is looked at.
    ///
    /// # Errors
    /// When `HOST` or `PORT` is wrong.
    pub(crate) fn listening() -> Result<SocketAddr, ConfigErrors> {
        let env = Environment::of_process();
        let address = SocketAddr::new(host(&env), port(&env));
        let faults = env.faults();
        if faults.is_empty() { Ok(address) } else { Err(ConfigErrors(faults)) }
    }
}

fn log(env: &Environment) -> LogSettings {
    let format = env.or("LOG_FORMAT", "json");
    let level = env.or("LOG_LEVEL", "info");
    let is_level = |text: &str| ["off", "error", "warn", "info", "debug", "trace"].contains(&text.trim());
    let is_directive = |part: &str| part.split_once('=').map_or(is_level(part), |(_, level)| is_level(level));
    if !level.text.split(',').all(is_directive) {
        env.note(level.wrong("is not a level (error, warn, info, debug, trace), nor target=level", "info"));
    }
    LogSettings {
        level: level.text.to_owned(),
        format: match format.text {
            "pretty" => LogFormat::Pretty,
            "json" => LogFormat::Json,
            _ => {
                env.note(format.wrong("is neither json nor pretty", "json"));
                LogFormat::Json
            }
        },
    }
}

/// A database whose certificate is of an authority of its own.
const WITH_AUTHORITY: &str = "postgres://iot_user:secret@db.example.net/iot_telemetry?\
    sslmode=verify-full&sslrootcert=/run/vigia/secrets/database_ca.pem";

fn database(env: &Environment) -> Result<DatabaseSettings, ConfigError> {
    let example = "postgres://iot_user:secret@127.0.0.1/iot_telemetry";
    if let Some(url) = env.secret("DATABASE_URL")? {
        let settings = DatabaseSettings::Url(url);
        // The URL may hold the password and is not shown.
        settings.check().map_err(|problem| {
            let example = if problem.starts_with("names ") { WITH_AUTHORITY } else { example };
            ConfigError::secret("DATABASE_URL", &problem, example)
        })?;
        return Ok(settings);
    }
    let Some(host) = env.get("DB_HOST") else {
        return Err(ConfigError::missing("DATABASE_URL", "and DB_HOST too", example));
    };
    Ok(DatabaseSettings::Parts {
        host: host.text.to_owned(),
        port: env.number("DB_PORT", 5_432, 1..=u16::MAX),
        name: env.or("DB_NAME", "iot_telemetry").text.to_owned(),
        user: env.or("DB_USER", "iot_user").text.to_owned(),
        password: Some(env.secret("DB_PASSWORD")?.ok_or_else(|| {
            ConfigError::missing("DB_PASSWORD", "and DB_PASSWORD_FILE too", "secrets/db_password.txt")
        })?),
    })
}

#[cfg(test)]
pub(crate) mod tests;
