//! Where traces go, by OpenTelemetry's own names.

use super::environment::{ConfigError, Environment};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";

/// How traces are exported.
#[derive(Debug)]
pub(crate) struct TraceSettings {
    /// Where spans are posted: the collector's address and `/v1/traces`.
    pub(crate) endpoint: String,
    /// Names and values; a value may be a token.
    pub(crate) headers: Vec<(String, SecretString)>,
    /// How long one export may take.
    pub(crate) timeout: Duration,
    pub(crate) service_name: String,
    /// What else is said of this process.
    pub(crate) resource: Vec<(String, String)>,
    pub(crate) sampler: Sampling,
}

/// Which traces are exported.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sampling {
    All,
    None,
    /// This share of them.
    Share(f64),
    /// Whatever who asked us decided; else as the other says.
    AsAsked(Begun),
}

/// Which traces that begin here are exported.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Begun {
    All,
    None,
    Share(f64),
}

/// `None`: no traces are made.
pub(super) fn traces(env: &Environment) -> Result<Option<TraceSettings>, ConfigError> {
    let Some(endpoint) = env.get(ENDPOINT) else { return Ok(None) };
    if env.flag("OTEL_SDK_DISABLED", false) || env.or("OTEL_TRACES_EXPORTER", "otlp").text == "none" {
        return Ok(None);
    }
    let rest = endpoint.text.strip_prefix("http://").or_else(|| endpoint.text.strip_prefix("https://"));
    // The address may hold a password and is not shown.
    if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with('/') || rest.contains(['@', '?', ' '])) {
        let problem = "is not the http or https address of a collector, without user and query";
        return Err(ConfigError::secret(ENDPOINT, problem, "http://127.0.0.1:4318"));
    }
    let protocol = env.or("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    if protocol.text != "http/protobuf" {
        return Err(protocol.wrong("is a protocol that is not spoken here", "http/protobuf"));
    }
    Ok(Some(TraceSettings {
        endpoint: format!("{}/v1/traces", endpoint.text.trim_end_matches('/')),
        headers: headers(env)?,
        timeout: Duration::from_millis(env.number("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000, 100..=60_000)),
        service_name: env.or("OTEL_SERVICE_NAME", "vigia").text.to_owned(),
        resource: resource(env)?,
        sampler: sampler(env)?,
    }))
}

/// `name=value,name=value`; values may be percent-encoded only where they need no decoding.
fn headers(env: &Environment) -> Result<Vec<(String, SecretString)>, ConfigError> {
    let Some(text) = env.secret(HEADERS)? else { return Ok(Vec::new()) };
    let pairs = text.expose_secret().split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let read = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let is_fine = !name.is_empty() && name.chars().all(is_name) && value.chars().all(|c| !c.is_control());
        is_fine.then(|| (name.to_ascii_lowercase(), SecretString::from(value.replace("%20", " "))))
    };
    pairs
        .map(read)
        .collect::<Option<_>>()
        .ok_or_else(|| ConfigError::secret(HEADERS, "holds something that is no name=value", "x-api-key=…"))
}

fn resource(env: &Environment) -> Result<Vec<(String, String)>, ConfigError> {
    let pairs = env.list("OTEL_RESOURCE_ATTRIBUTES");
    let read = |pair: &String| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    pairs.iter().map(read).collect::<Option<_>>().ok_or_else(|| {
        env.or("OTEL_RESOURCE_ATTRIBUTES", "")
            .wrong("holds something that is no name=value", "deployment.environment.name=production")
    })
}

fn sampler(env: &Environment) -> Result<Sampling, ConfigError> {
    const NAMES: &str = "is none of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, \
        parentbased_traceidratio";
    let name = env.or("OTEL_TRACES_SAMPLER", "parentbased_always_on");
    let share = || env.number("OTEL_TRACES_SAMPLER_ARG", 1.0, 0.0..=1.0);
    Ok(match name.text {
        "always_on" => Sampling::All,
        "always_off" => Sampling::None,
        "traceidratio" => Sampling::Share(share()),
        "parentbased_always_on" => Sampling::AsAsked(Begun::All),
        "parentbased_always_off" => Sampling::AsAsked(Begun::None),
        "parentbased_traceidratio" => Sampling::AsAsked(Begun::Share(share())),
        _ => return Err(name.wrong(NAMES, "parentbased_traceidratio")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_off_unless_a_collector_is_named() {
        assert!(traces(&Environment::of(&[])).unwrap().is_none());
        let off = [(ENDPOINT, "http://127.0.0.1:4318"), ("OTEL_SDK_DISABLED", "true")];
        assert!(traces(&Environment::of(&off)).unwrap().is_none());
    }

    #[test]
    fn settings_have_the_standard_names() {
        let env = Environment::of(&[
            (ENDPOINT, "https://collector.example/"),
            (HEADERS, "Authorization=Bearer%20abc, x-team = plant"),
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=production"),
        ]);
        let settings = traces(&env).unwrap().unwrap();
        assert_eq!(settings.endpoint, "https://collector.example/v1/traces");
        assert_eq!(settings.service_name, "vigia");
        assert_eq!(settings.sampler, Sampling::AsAsked(Begun::Share(0.25)));
        let headers: Vec<_> =
            settings.headers.iter().map(|(name, value)| (&**name, value.expose_secret())).collect();
        assert_eq!(headers, [("authorization", "Bearer abc"), ("x-team", "plant")]);
        assert!(!format!("{settings:?}").contains("abc"));
    }

    #[test]
    fn what_is_wrong_is_named_and_no_secret_shown() {
        for (name, value) in [
            (ENDPOINT, "collector:4318"),
            (ENDPOINT, "http://user:hunter2@collector"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            (HEADERS, "hunter2"),
            ("OTEL_TRACES_SAMPLER", "sometimes"),
            ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ] {
            let mut variables =
                vec![(ENDPOINT, "http://127.0.0.1:4318"), ("OTEL_TRACES_SAMPLER", "traceidratio")];
            variables.retain(|(known, _)| *known != name);
            variables.push((name, value));
            let env = Environment::of(&variables);
            let told = traces(&env).err();
            let error = told.or_else(|| env.faults().pop()).unwrap().to_string();
            assert!(error.starts_with(name) && error.lines().count() == 1, "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
