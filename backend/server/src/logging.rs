//! Logs: to standard output, as JSON for machines or pretty for people, and the last errors to the status board.

mod json;

use crate::config::{LogFormat, LogSettings};
use anyhow::Context;
use std::fmt::Write as _;
use std::sync::Arc;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context as LayerContext, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry};
use vigia_live::board::ErrorBoard;
use vigia_model::Clock;

/// Something that hears of spans and events.
pub(crate) type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts logging for the whole process; its warnings and errors are also written to `errors`, and spans go to `traces`,
/// whatever the level of the log.
///
/// # Errors
/// When the level cannot be read, or logging was started before.
pub(crate) fn start(
    settings: &LogSettings,
    errors: Arc<ErrorBoard>,
    traces: Option<BoxedLayer>,
) -> anyhow::Result<()> {
    // What the database says beside its answers ("already exists, skipping") is no news, unless somebody asks for it.
    let level = format!("sqlx::postgres::notice=warn,{}", settings.level);
    let filter = EnvFilter::try_new(level).context("LOG_LEVEL")?;
    let lines: BoxedLayer = match settings.format {
        LogFormat::Json => Box::new(json::JsonLines(std::io::stdout)),
        LogFormat::Pretty => Box::new(tracing_subscriber::fmt::layer()),
    };
    let log = lines.and_then(Remember(errors)).with_filter(filter).boxed();
    let layers: Vec<BoxedLayer> = [log].into_iter().chain(traces).collect();
    let started = tracing_subscriber::registry().with(layers).try_init();
    started.map_err(|error| anyhow::anyhow!("cannot start logging: {error}"))
}

/// Writes what went wrong to the status board.
struct Remember(Arc<ErrorBoard>);

impl<S: Subscriber> Layer<S> for Remember {
    fn on_event(&self, event: &Event<'_>, _: LayerContext<'_, S>) {
        let metadata = event.metadata();
        let level = match *metadata.level() {
            Level::ERROR => "ERROR",
            Level::WARN => "WARN",
            _ => return,
        };
        let mut text = Text::default();
        event.record(&mut text);
        let message = text.message + &text.fields;
        self.0.note(Clock::System.now(), level, metadata.target(), &message);
    }
}

/// What opens something is for who reads the log of this machine, and for no page.
const SECRET_FIELD: &str = "link";

/// An event as one line: its message, then its fields.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let written = if field.name() == SECRET_FIELD {
            write!(self.fields, " · link: in the log")
        } else if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " · {}: {value:?}", field.name())
        };
        debug_assert!(written.is_ok(), "a string takes everything");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_is_remembered_in_one_line() {
        let errors = Arc::new(ErrorBoard::default());
        let subscriber = tracing_subscriber::registry().with(Remember(Arc::clone(&errors)));
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(link = "https://vigia.example/set-password#secret", "nobody can log in yet");
            tracing::info!("all is well");
            tracing::warn!(cause = %"no route", attempts = 3, "cannot connect");
        });
        let recent = errors.recent();
        assert_eq!(recent.len(), 2);
        assert_eq!(&*recent[1].message, "nobody can log in yet · link: in the log");
        assert_eq!(
            (recent[0].level, &*recent[0].message),
            ("WARN", "cannot connect · cause: no route · attempts: 3")
        );
    }
}
