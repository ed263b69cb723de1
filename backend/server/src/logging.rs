//! Logs: to standard output, as JSON for machines or pretty for people.

use crate::config::{LogFormat, LogSettings};
use anyhow::Context;
use tracing_subscriber::EnvFilter;

/// Starts logging for the whole process.
///
/// # Errors
/// When the level cannot be read, or logging was started before.
pub(crate) fn start(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.level).context("LOG_LEVEL")?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter);
    let started = match settings.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Pretty => builder.try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("cannot start logging: {error}"))
}
