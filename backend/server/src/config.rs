//! The environment, read once and typed. The only place that looks at it.

mod environment;
mod traces;

use environment::{Environment, Variable};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use vigia_api::{TrustedProxies, WsLimits};
use vigia_contract::topic::TELEMETRY_FILTER;
use vigia_ingest::tls::TlsFiles;
use vigia_ingest::{IngestSettings, SpoolSettings};
use vigia_model::{Days, Email, Mode, Retention};
use vigia_store::DatabaseSettings;
use vigia_store::batch::QuarantineLimits;
use vigia_store::directory::Provisioning;

pub(crate) use environment::{ConfigError, ConfigErrors};
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
    pub(crate) quarantine: QuarantineExpiry,
    pub(crate) offline_after: Duration,
}

/// Where the API listens and what it serves.
#[derive(Debug)]
pub(crate) struct HttpSettings {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    /// How people reach it, when a proxy stands in front.
    pub(crate) public_url: Option<String>,
    /// Other origins whose pages may talk to it.
    pub(crate) cors_origins: Vec<String>,
    /// The built frontend.
    pub(crate) static_dir: Option<PathBuf>,
    pub(crate) ws_heartbeat: Duration,
    pub(crate) ws_limits: WsLimits,
    /// Internal admins, over all tenants.
    pub(crate) admins: BTreeSet<Email>,
    /// Whose word on a client's address is taken.
    pub(crate) trusted_proxies: TrustedProxies,
}

impl HttpSettings {
    /// How people reach it, without a slash at the end.
    pub(crate) fn address(&self) -> String {
        let own = || format!("http://{}", SocketAddr::new(self.host, self.port));
        self.public_url.as_deref().map_or_else(own, |url| url.trim_end_matches('/').to_owned())
    }
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
            http: http(env),
            database,
            ingest: ingest(env),
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
        let Self { http, log, traces, database, ingest, quarantine, offline_after, faults, .. } = self;
        match database {
            Some(database) if faults.is_empty() => {
                Ok(Config { http, log, traces, database, ingest, quarantine, offline_after })
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

fn http(env: &Environment) -> HttpSettings {
    let public_url = env.get("PUBLIC_URL").filter(|url| {
        let is_url = url.text.starts_with("http://") || url.text.starts_with("https://");
        if !is_url {
            env.note(url.wrong("is not an http or https URL", "https://telemetry.example.com"));
        }
        is_url
    });
    let static_dir = env.get("STATIC_DIR").map(|dir| (PathBuf::from(dir.text), dir));
    if let Some((path, dir)) = &static_dir
        && !path.join("index.html").is_file()
    {
        env.note(dir.wrong("holds no index.html", "frontend/dist"));
    }
    HttpSettings {
        host: host(env),
        port: port(env),
        public_url: public_url.map(|url| url.text.to_owned()),
        cors_origins: origins(env),
        static_dir: static_dir.map(|(path, _)| path),
        ws_heartbeat: Duration::from_millis(env.number("WS_HEARTBEAT_INTERVAL", 30_000, 1_000..=600_000)),
        ws_limits: WsLimits {
            in_all: env.number("WS_MAX_CONNECTIONS", 2_000, 1..=1_000_000),
            per_user: env.number("WS_MAX_PER_USER", 50, 1..=1_000_000),
            per_address: env.number("WS_MAX_PER_ADDRESS", 500, 1..=1_000_000),
        },
        admins: admins(env),
        trusted_proxies: TrustedProxies::read(&env.list("TRUSTED_PROXIES")).unwrap_or_else(|problem| {
            let problem = format!("holds something else: {problem}");
            env.note(env.or("TRUSTED_PROXIES", "").wrong(&problem, "127.0.0.1"));
            TrustedProxies::default()
        }),
    }
}

fn host(env: &Environment) -> IpAddr {
    let host = env.or("HOST", "127.0.0.1");
    host.text.parse().unwrap_or_else(|_not_an_address| {
        env.note(host.wrong("is not an IP address", "127.0.0.1"));
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    })
}

fn port(env: &Environment) -> u16 {
    env.number("PORT", 3_002, 1..=u16::MAX)
}

fn admins(env: &Environment) -> BTreeSet<Email> {
    let read = |text: &String| {
        let email = Email::new(text).ok();
        if email.is_none() {
            let problem = format!("holds {text:?}, which is no e-mail address");
            env.note(env.or("ADMIN_EMAILS", "").wrong(&problem, "ana@example.com,luis@example.com"));
        }
        email
    };
    env.list("ADMIN_EMAILS").iter().filter_map(read).collect()
}

fn origins(env: &Environment) -> Vec<String> {
    let origins = env.list("CORS_ORIGIN");
    let is_origin = |text: &String| {
        text.split_once("://").is_some_and(|(scheme, host)| {
            ["http", "https"].contains(&scheme) && !host.is_empty() && !host.contains('/')
        })
    };
    if !origins.iter().all(is_origin) {
        let problem = "holds something that is no origin";
        env.note(env.or("CORS_ORIGIN", "").wrong(problem, "https://scada.example.com"));
    }
    origins
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

fn ingest(env: &Environment) -> IngestSettings {
    let filters = filters(env);
    let mode = env.or("PERSIST_DEFAULT_MODE", "none");
    let endpoint = env.required("AWS_IOT_ENDPOINT", "abc123-ats.iot.us-east-1.amazonaws.com");
    let client_id = env.required("AWS_IOT_CLIENT_ID", "vigia-backend");
    IngestSettings {
        host: endpoint.map(|variable| self::endpoint(env, &variable)).unwrap_or_default(),
        port: env.number("AWS_IOT_PORT", 8_883, 1..=u16::MAX),
        client_id: client_id.map(|variable| self::client_id(env, &variable)).unwrap_or_default(),
        tls: TlsFiles {
            certificate: env.or("AWS_IOT_CERT_FILE", "secrets/certificate.pem.crt").text.into(),
            key: env.or("AWS_IOT_KEY_FILE", "secrets/private.pem.key").text.into(),
            ca: env.or("AWS_IOT_CA_FILE", "secrets/AmazonRootCA1.pem").text.into(),
        },
        connections: env.number("AWS_IOT_CONNECTIONS", 1, 1..=64),
        share_group: share_group(env, &env.or("AWS_IOT_SHARE_GROUP", "vigia")),
        filters: if filters.is_empty() { vec![TELEMETRY_FILTER.to_owned()] } else { filters },
        default_mode: Mode::parse(mode.text).unwrap_or_else(|| {
            env.note(mode.wrong("is none of raw, hourly, both, none", "none"));
            Mode::None
        }),
        provisioning: Provisioning {
            auto: env.flag("AUTO_PROVISION", true),
            max_tenants: env.number("MAX_TENANTS", 1_000, 1..=1_000_000),
            max_gateways_per_tenant: env.number("MAX_GATEWAYS_PER_TENANT", 1_000, 1..=1_000_000),
            max_series_per_tenant: env.number("MAX_SERIES_PER_TENANT", 100_000, 1..=100_000_000),
        },
        retention: Retention {
            raw: retention_days(env, "RAW_RETENTION_DAYS"),
            hourly: retention_days(env, "HOURLY_RETENTION_DAYS"),
        },
        storage_max_bytes: storage_max_bytes(env),
        max_sample_age: DAY * env.number("MAX_SAMPLE_AGE_DAYS", 1_825, 1..=36_500_u32),
        quarantine: QuarantineLimits::default(),
        pack_after: pack_after(env),
        spool: SpoolSettings {
            dir: env.or("SPOOL_DIR", "spool").text.into(),
            max_bytes: env.number("SPOOL_MAX_BYTES", 4 * GIB, MIB..=1_024 * GIB),
        },
    }
}

/// 0: for ever.
fn retention_days(env: &Environment, name: &str) -> Option<Days> {
    Days::new(env.number(name, 0, 0..=i32::from(Days::MOST)))
}

/// 0: whatever it likes.
fn storage_max_bytes(env: &Environment) -> Option<i64> {
    const LEAST: i64 = 100 * 1_048_576;
    let bytes: i64 = env.number("STORAGE_MAX_BYTES", 0, 0..=i64::MAX);
    if (1..LEAST).contains(&bytes) {
        let problem = "is neither 0 (no limit) nor at least 100 MiB";
        env.note(env.or("STORAGE_MAX_BYTES", "").wrong(problem, "50000000000"));
    }
    (bytes > 0).then_some(bytes)
}

/// 0: never.
fn pack_after(env: &Environment) -> Option<Duration> {
    let seconds: u64 = env.number("PACK_AFTER_SEC", 7_200, 0..=2_592_000);
    if (1..60).contains(&seconds) {
        let problem = "is neither 0 (never) nor at least 60";
        env.note(env.or("PACK_AFTER_SEC", "").wrong(problem, "7200"));
    }
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

/// Checked here, because a broker answers a wrong filter by ending the connection.
fn filters(env: &Environment) -> Vec<String> {
    let mut filters = env.list("MQTT_TOPICS_TELEMETRY");
    filters.retain(|filter| {
        let levels: Vec<&str> = filter.split('/').collect();
        let well_formed = levels.iter().enumerate().all(|(index, level)| match *level {
            "#" => index + 1 == levels.len(),
            "+" => true,
            name => !name.contains(['+', '#', '\0']),
        });
        let good = well_formed && !filter.starts_with('$') && filter.len() <= 256;
        if !good {
            let problem = format!("holds {filter:?}, which is no topic filter");
            env.note(env.or("MQTT_TOPICS_TELEMETRY", "").wrong(&problem, TELEMETRY_FILTER));
        }
        good
    });
    filters
}

/// AWS IoT Core takes up to 128 characters; a suffix for each connection must fit.
fn client_id(env: &Environment, variable: &Variable<'_>) -> String {
    if variable.text.len() > 120 {
        env.note(variable.wrong("is longer than 120 characters", "vigia-backend"));
        return String::new();
    }
    variable.text.to_owned()
}

fn endpoint(env: &Environment, variable: &Variable<'_>) -> String {
    if variable.text.contains(['/', ':', ' ']) {
        env.note(variable.wrong("is not a host name alone", "abc123-ats.iot.us-east-1.amazonaws.com"));
        return String::new();
    }
    variable.text.to_owned()
}

fn share_group(env: &Environment, variable: &Variable<'_>) -> String {
    if variable.text.is_empty() || variable.text.contains(['/', '+', '#']) {
        env.note(variable.wrong("must be a name without / + #", "vigia"));
        return "vigia".to_owned();
    }
    variable.text.to_owned()
}

#[cfg(test)]
pub(crate) mod tests;
