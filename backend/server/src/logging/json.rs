//! Log lines as JSON, one object a line: `timestamp`, `level`, `target`, `message`, then the fields of the spans the event
//! is in and its own, all on one level, so that a line is found by `request.id` however deep it was written.

use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::io::Write as _;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// What stands first in every line.
const OWN: [&str; 4] = ["timestamp", "level", "target", "message"];
/// Words for the exporter of traces, which say nothing in a line.
const FOR_TRACES: &str = "otel.";
/// What the `log` crate's records are told by.
const FOREIGN: &str = "log.";

/// Writes each event as a line of JSON.
#[derive(Debug)]
pub(super) struct JsonLines<W>(pub(super) W);

/// The fields of a span, kept with it.
struct SpanFields(Map<String, Value>);

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Map::new();
        attributes.record(&mut Fill(&mut fields));
        span.extensions_mut().insert(SpanFields(fields));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(SpanFields(fields)) = span.extensions_mut().get_mut() {
            values.record(&mut Fill(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Map::new();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(SpanFields(of_span)) = span.extensions().get() {
                fields.extend(of_span.clone());
            }
        }
        event.record(&mut Fill(&mut fields));
        let line = line(event.metadata(), fields);
        // Whoever reads has gone: there is nobody to tell.
        drop(self.0.make_writer_for(event.metadata()).write_all(line.as_bytes()));
    }
}

fn line(metadata: &Metadata<'_>, mut fields: Map<String, Value>) -> String {
    let mut timestamp = String::new();
    let told = SystemTime.format_time(&mut Writer::new(&mut timestamp));
    debug_assert!(told.is_ok(), "a string takes everything");
    let foreign = fields.remove("log.target").filter(|_| metadata.target() == "log");
    let target = foreign.unwrap_or_else(|| metadata.target().into());
    let message = fields.remove("message").unwrap_or_else(|| "".into());
    let own = [timestamp.into(), metadata.level().as_str().into(), target, message];
    let mut line = String::with_capacity(256);
    let mut put = |name: &str, value: &Value| {
        let between = if line.is_empty() { '{' } else { ',' };
        let written = write!(line, "{between}{}:{value}", Value::from(name));
        debug_assert!(written.is_ok(), "a string takes everything");
    };
    for (name, value) in OWN.iter().zip(&own) {
        put(name, value);
    }
    for (name, value) in &fields {
        match &**name {
            name if name.starts_with(FOR_TRACES) || name.starts_with(FOREIGN) => {}
            name if OWN.contains(&name) => put(&format!("field.{name}"), value),
            name => put(name, value),
        }
    }
    line.push_str("}\n");
    line
}

/// Writes fields into a map; of two of one name the later, which is the inner one, stands.
struct Fill<'a>(&'a mut Map<String, Value>);

impl Fill<'_> {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fill<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.put(field, format!("{value:?}").into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::layer::SubscriberExt as _;

    #[derive(Debug, Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_has_the_fields_of_its_spans_on_one_level() {
        let memory = Memory::default();
        let writer = memory.clone();
        let subscriber = tracing_subscriber::registry().with(JsonLines(move || writer.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let request = tracing::info_span!(
                "request",
                "request.id" = "r1",
                otel.kind = "server",
                status = tracing::field::Empty,
                step = 1
            );
            request.record("status", 200_u16);
            let _in_request = request.entered();
            let _in_step = tracing::info_span!("step", step = 2).entered();
            tracing::warn!(level = "odd", text = "a \"quoted\"\nline", share = 0.5, "it\u{7} happened");
        });
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        assert!(text.ends_with("}\n") && text.lines().count() == 1, "{text}");
        assert!(text.starts_with("{\"timestamp\":\"2"), "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        let expected = [
            ("level", Value::from("WARN")),
            ("message", "it\u{7} happened".into()),
            ("request.id", "r1".into()),
            ("status", 200.into()),
            ("step", 2.into()),
            ("field.level", "odd".into()),
            ("text", "a \"quoted\"\nline".into()),
            ("share", 0.5.into()),
        ];
        for (name, value) in expected {
            assert_eq!(line[name], value, "{name}");
        }
        assert!(line["target"].as_str().unwrap().contains("json::tests"));
        assert_eq!(line.get("otel.kind"), None);
    }
}
