//! The broker, what is taken from it, and how long it is kept.

use super::environment::Environment;
use super::{DAY, GIB, MIB};
use std::time::Duration;
use vigia_contract::topic::TELEMETRY_FILTER;
use vigia_ingest::tls::TlsFiles;
use vigia_ingest::{IngestSettings, SpoolSettings};
use vigia_model::{Days, Mode, Retention};
use vigia_store::batch::QuarantineLimits;
use vigia_store::directory::Provisioning;

pub(super) fn ingest(env: &Environment) -> IngestSettings {
    let filters = filters(env);
    let mode = env.or("PERSIST_DEFAULT_MODE", "none");
    IngestSettings {
        host: endpoint(env),
        port: env.number("AWS_IOT_PORT", 8_883, 1..=u16::MAX),
        client_id: client_id(env),
        tls: TlsFiles {
            certificate: env.or("AWS_IOT_CERT_FILE", "secrets/certificate.pem.crt").text.into(),
            key: env.or("AWS_IOT_KEY_FILE", "secrets/private.pem.key").text.into(),
            ca: env.or("AWS_IOT_CA_FILE", "secrets/AmazonRootCA1.pem").text.into(),
        },
        connections: env.number("AWS_IOT_CONNECTIONS", 1, 1..=64),
        share_group: share_group(env),
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
        env.fault("STORAGE_MAX_BYTES", problem, "50000000000");
    }
    (bytes > 0).then_some(bytes)
}

/// 0: never.
fn pack_after(env: &Environment) -> Option<Duration> {
    let seconds: u64 = env.number("PACK_AFTER_SEC", 7_200, 0..=2_592_000);
    if (1..60).contains(&seconds) {
        let problem = "is neither 0 (never) nor at least 60";
        env.fault("PACK_AFTER_SEC", problem, "7200");
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
            env.fault("MQTT_TOPICS_TELEMETRY", &problem, TELEMETRY_FILTER);
        }
        good
    });
    filters
}

/// AWS IoT Core takes up to 128 characters; a suffix for each connection must fit. Empty where there is none.
fn client_id(env: &Environment) -> String {
    const EXAMPLE: &str = "vigia-backend";
    let Some(variable) = env.required("AWS_IOT_CLIENT_ID", EXAMPLE) else { return String::new() };
    if variable.text.len() > 120 {
        env.note(variable.wrong("is longer than 120 characters", EXAMPLE));
        return String::new();
    }
    variable.text.to_owned()
}

/// Empty where there is none.
fn endpoint(env: &Environment) -> String {
    const EXAMPLE: &str = "abc123-ats.iot.us-east-1.amazonaws.com";
    let Some(variable) = env.required("AWS_IOT_ENDPOINT", EXAMPLE) else { return String::new() };
    if variable.text.contains(['/', ':', ' ']) {
        env.note(variable.wrong("is not a host name alone", EXAMPLE));
        return String::new();
    }
    variable.text.to_owned()
}

fn share_group(env: &Environment) -> String {
    const DEFAULT: &str = "vigia";
    let variable = env.or("AWS_IOT_SHARE_GROUP", DEFAULT);
    if variable.text.contains(['/', '+', '#']) {
        env.note(variable.wrong("must be a name without / + #", DEFAULT));
        return DEFAULT.to_owned();
    }
    variable.text.to_owned()
}
