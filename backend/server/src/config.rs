//! The environment, read once and typed. The only place that looks at it.

mod environment;
mod traces;

use environment::{Environment, Variable};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
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

pub(crate) use environment::ConfigError;
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

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// At the first variable that is missing or wrong: one line with its name, the fault and an example.
    pub(crate) fn from_environment() -> Result<Self, ConfigError> {
        Self::read(&Environment::of_process())
    }

    fn read(env: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            log: log(env)?,
            traces: traces::traces(env)?,
            http: http(env)?,
            database: database(env)?,
            ingest: ingest(env)?,
            quarantine: QuarantineExpiry {
                bytes: env.number("QUARANTINE_MAX_BYTES", 1_073_741_824, 1..=i64::MAX)?,
                messages: env.number("QUARANTINE_MAX_MESSAGES", 1_000_000, 1..=i64::MAX)?,
                age: DAY * env.number("QUARANTINE_MAX_DAYS", 30, 1..=36_500_u32)?,
            },
            offline_after: Duration::from_secs(env.number("GATEWAY_OFFLINE_AFTER_SEC", 90, 1..=86_400)?),
        })
    }
}

fn log(env: &Environment) -> Result<LogSettings, ConfigError> {
    let format = env.or("LOG_FORMAT", "json");
    let level = env.or("LOG_LEVEL", "info");
    let is_level = |text: &str| ["off", "error", "warn", "info", "debug", "trace"].contains(&text.trim());
    let is_directive = |part: &str| part.split_once('=').map_or(is_level(part), |(_, level)| is_level(level));
    if !level.text.split(',').all(is_directive) {
        return Err(level.wrong("is not a level (error, warn, info, debug, trace), nor target=level", "info"));
    }
    Ok(LogSettings {
        level: level.text.to_owned(),
        format: match format.text {
            "json" => LogFormat::Json,
            "pretty" => LogFormat::Pretty,
            _ => return Err(format.wrong("is neither json nor pretty", "json")),
        },
    })
}

fn http(env: &Environment) -> Result<HttpSettings, ConfigError> {
    let host_variable = env.or("HOST", "127.0.0.1");
    let host: IpAddr = host_variable
        .text
        .parse()
        .map_err(|_not_an_address| host_variable.wrong("is not an IP address", "127.0.0.1"))?;
    let public_url = env.get("PUBLIC_URL");
    if let Some(url) = &public_url
        && !(url.text.starts_with("http://") || url.text.starts_with("https://"))
    {
        return Err(url.wrong("is not an http or https URL", "https://telemetry.example.com"));
    }
    let static_dir = env.get("STATIC_DIR").map(|dir| (PathBuf::from(dir.text), dir));
    if let Some((path, dir)) = &static_dir
        && !path.join("index.html").is_file()
    {
        return Err(dir.wrong("holds no index.html", "frontend/dist"));
    }
    Ok(HttpSettings {
        host,
        port: env.number("PORT", 3_002, 1..=u16::MAX)?,
        public_url: public_url.map(|url| url.text.to_owned()),
        cors_origins: origins(env)?,
        static_dir: static_dir.map(|(path, _)| path),
        ws_heartbeat: Duration::from_millis(env.number("WS_HEARTBEAT_INTERVAL", 30_000, 1_000..=600_000)?),
        ws_limits: WsLimits {
            in_all: env.number("WS_MAX_CONNECTIONS", 2_000, 1..=1_000_000)?,
            per_user: env.number("WS_MAX_PER_USER", 50, 1..=1_000_000)?,
            per_address: env.number("WS_MAX_PER_ADDRESS", 500, 1..=1_000_000)?,
        },
        admins: admins(env)?,
        trusted_proxies: TrustedProxies::read(&env.list("TRUSTED_PROXIES")).map_err(|problem| {
            env.or("TRUSTED_PROXIES", "").wrong(&format!("holds something else: {problem}"), "127.0.0.1")
        })?,
    })
}

fn admins(env: &Environment) -> Result<BTreeSet<Email>, ConfigError> {
    let read = |text: &String| Email::new(text).map_err(|_no_email| text.clone());
    env.list("ADMIN_EMAILS").iter().map(read).collect::<Result<_, _>>().map_err(|text| {
        let problem = format!("holds {text:?}, which is no e-mail address");
        env.or("ADMIN_EMAILS", "").wrong(&problem, "ana@example.com,luis@example.com")
    })
}

fn origins(env: &Environment) -> Result<Vec<String>, ConfigError> {
    let origins = env.list("CORS_ORIGIN");
    let is_origin = |text: &str| {
        text.split_once("://").is_some_and(|(scheme, host)| {
            ["http", "https"].contains(&scheme) && !host.is_empty() && !host.contains('/')
        })
    };
    match origins.iter().find(|origin| !is_origin(origin)) {
        Some(_) => Err(env
            .or("CORS_ORIGIN", "")
            .wrong("holds something that is no origin", "https://scada.example.com")),
        None => Ok(origins),
    }
}

fn database(env: &Environment) -> Result<DatabaseSettings, ConfigError> {
    let example = "postgres://iot_user:secret@127.0.0.1/iot_telemetry";
    if let Some(url) = env.secret("DATABASE_URL")? {
        let settings = DatabaseSettings::Url(url);
        // The URL may hold the password and is not shown.
        settings.check().map_err(|problem| ConfigError::secret("DATABASE_URL", &problem, example))?;
        return Ok(settings);
    }
    let Some(host) = env.get("DB_HOST") else {
        return Err(ConfigError::missing("DATABASE_URL", "and DB_HOST too", example));
    };
    Ok(DatabaseSettings::Parts {
        host: host.text.to_owned(),
        port: env.number("DB_PORT", 5_432, 1..=u16::MAX)?,
        name: env.or("DB_NAME", "iot_telemetry").text.to_owned(),
        user: env.or("DB_USER", "iot_user").text.to_owned(),
        password: Some(env.secret("DB_PASSWORD")?.ok_or_else(|| {
            ConfigError::missing("DB_PASSWORD", "and DB_PASSWORD_FILE too", "secrets/db_password.txt")
        })?),
    })
}

fn ingest(env: &Environment) -> Result<IngestSettings, ConfigError> {
    let filters = filters(env)?;
    let mode = env.or("PERSIST_DEFAULT_MODE", "none");
    Ok(IngestSettings {
        host: endpoint(&env.required("AWS_IOT_ENDPOINT", "abc123-ats.iot.us-east-1.amazonaws.com")?)?,
        port: env.number("AWS_IOT_PORT", 8_883, 1..=u16::MAX)?,
        client_id: client_id(&env.required("AWS_IOT_CLIENT_ID", "vigia-backend")?)?,
        tls: TlsFiles {
            certificate: env.or("AWS_IOT_CERT_FILE", "secrets/certificate.pem.crt").text.into(),
            key: env.or("AWS_IOT_KEY_FILE", "secrets/private.pem.key").text.into(),
            ca: env.or("AWS_IOT_CA_FILE", "secrets/AmazonRootCA1.pem").text.into(),
        },
        connections: env.number("AWS_IOT_CONNECTIONS", 1, 1..=64)?,
        share_group: share_group(&env.or("AWS_IOT_SHARE_GROUP", "vigia"))?,
        filters: if filters.is_empty() { vec![TELEMETRY_FILTER.to_owned()] } else { filters },
        default_mode: Mode::parse(mode.text)
            .ok_or_else(|| mode.wrong("is none of raw, hourly, both, none", "none"))?,
        provisioning: Provisioning {
            auto: env.flag("AUTO_PROVISION", true)?,
            max_tenants: env.number("MAX_TENANTS", 1_000, 1..=1_000_000)?,
            max_gateways_per_tenant: env.number("MAX_GATEWAYS_PER_TENANT", 1_000, 1..=1_000_000)?,
            max_series_per_tenant: env.number("MAX_SERIES_PER_TENANT", 100_000, 1..=100_000_000)?,
        },
        retention: Retention {
            raw: retention_days(env, "RAW_RETENTION_DAYS")?,
            hourly: retention_days(env, "HOURLY_RETENTION_DAYS")?,
        },
        storage_max_bytes: storage_max_bytes(env)?,
        max_sample_age: DAY * env.number("MAX_SAMPLE_AGE_DAYS", 1_825, 1..=36_500_u32)?,
        quarantine: QuarantineLimits::default(),
        pack_after: pack_after(env)?,
        spool: SpoolSettings {
            dir: env.or("SPOOL_DIR", "spool").text.into(),
            max_bytes: env.number("SPOOL_MAX_BYTES", 4 * GIB, MIB..=1_024 * GIB)?,
        },
    })
}

/// 0: for ever.
fn retention_days(env: &Environment, name: &str) -> Result<Option<Days>, ConfigError> {
    Ok(Days::new(env.number(name, 0, 0..=i32::from(Days::MOST))?))
}

/// 0: whatever it likes.
fn storage_max_bytes(env: &Environment) -> Result<Option<i64>, ConfigError> {
    const LEAST: i64 = 100 * 1_048_576;
    let bytes: i64 = env.number("STORAGE_MAX_BYTES", 0, 0..=i64::MAX)?;
    if (1..LEAST).contains(&bytes) {
        let problem = "is neither 0 (no limit) nor at least 100 MiB";
        return Err(env.or("STORAGE_MAX_BYTES", "").wrong(problem, "50000000000"));
    }
    Ok((bytes > 0).then_some(bytes))
}

/// 0: never.
fn pack_after(env: &Environment) -> Result<Option<Duration>, ConfigError> {
    let seconds: u64 = env.number("PACK_AFTER_SEC", 7_200, 0..=2_592_000)?;
    if (1..60).contains(&seconds) {
        let problem = "is neither 0 (never) nor at least 60";
        return Err(env.or("PACK_AFTER_SEC", "").wrong(problem, "7200"));
    }
    Ok((seconds > 0).then(|| Duration::from_secs(seconds)))
}

/// Checked here, because a broker answers a wrong filter by ending the connection.
fn filters(env: &Environment) -> Result<Vec<String>, ConfigError> {
    let filters = env.list("MQTT_TOPICS_TELEMETRY");
    for filter in &filters {
        let levels: Vec<&str> = filter.split('/').collect();
        let well_formed = levels.iter().enumerate().all(|(index, level)| match *level {
            "#" => index + 1 == levels.len(),
            "+" => true,
            name => !name.contains(['+', '#', '\0']),
        });
        if !well_formed || filter.starts_with('$') || filter.len() > 256 {
            let problem = format!("holds {filter:?}, which is no topic filter");
            return Err(env.or("MQTT_TOPICS_TELEMETRY", "").wrong(&problem, TELEMETRY_FILTER));
        }
    }
    Ok(filters)
}

/// AWS IoT Core takes up to 128 characters; a suffix for each connection must fit.
fn client_id(variable: &Variable<'_>) -> Result<String, ConfigError> {
    if variable.text.len() > 120 {
        return Err(variable.wrong("is longer than 120 characters", "vigia-backend"));
    }
    Ok(variable.text.to_owned())
}

fn endpoint(variable: &Variable<'_>) -> Result<String, ConfigError> {
    if variable.text.contains(['/', ':', ' ']) {
        return Err(variable.wrong("is not a host name alone", "abc123-ats.iot.us-east-1.amazonaws.com"));
    }
    Ok(variable.text.to_owned())
}

fn share_group(variable: &Variable<'_>) -> Result<String, ConfigError> {
    if variable.text.is_empty() || variable.text.contains(['/', '+', '#']) {
        return Err(variable.wrong("must be a name without / + #", "vigia"));
    }
    Ok(variable.text.to_owned())
}

#[cfg(test)]
mod tests;
