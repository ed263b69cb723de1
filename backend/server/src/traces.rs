//! Traces, when a collector is named (`OTEL_EXPORTER_OTLP_ENDPOINT`): spans of requests, batches and upkeep are exported by
//! OTLP over HTTP. Nobody waits for the collector: what it does not take in time is dropped and counted.

mod client;
mod queue;

use crate::config::{Begun, Sampling, TraceSettings};
use crate::logging::BoxedLayer;
use anyhow::Context as _;
use client::Client;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanExporter as _};
use queue::{Exporting, Queue};
use secrecy::ExposeSecret as _;
use std::time::Duration;
use tracing::{Level, Metadata};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};

/// How long the last spans may take when the process stops.
const LAST_SPANS: Duration = Duration::from_secs(2);

/// The exporter, to be ended when nothing makes spans any more.
#[derive(Debug)]
pub(crate) struct Traces {
    provider: SdkTracerProvider,
    exporting: Exporting,
}

impl Traces {
    /// Starts exporting, and gives what listens to spans. To be called within the runtime.
    ///
    /// # Errors
    /// When the collector's address or its certificates cannot be used.
    pub(crate) fn start(settings: &TraceSettings) -> anyhow::Result<(Self, BoxedLayer)> {
        let attribute = |(name, value): &(String, String)| KeyValue::new(name.clone(), value.clone());
        let resource = Resource::builder_empty()
            .with_service_name(settings.service_name.clone())
            .with_attribute(KeyValue::new("service.version", crate::version::VERSION))
            .with_attribute(KeyValue::new("service.instance.id", uuid::Uuid::new_v4().to_string()))
            .with_attributes(settings.resource.iter().map(attribute))
            .build();
        let headers = settings.headers.iter();
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::for_endpoint(&settings.endpoint, settings.timeout)?)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(settings.endpoint.clone())
            .with_headers(
                headers.map(|(name, value)| (name.clone(), value.expose_secret().to_owned())).collect(),
            )
            .with_timeout(settings.timeout)
            .build()
            .context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
        exporter.set_resource(&resource);
        let (queue, exporting) = Queue::to(exporter, settings.timeout);
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(sampler(settings.sampler))
            .with_span_processor(queue)
            .build();
        let tracer = provider.tracer("vigia");
        // Our own spans down to debug; of events those that went wrong.
        let ours = filter_fn(|it: &Metadata<'_>| it.target().starts_with("vigia") && is_told(it));
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_threads(false)
            .with_location(false)
            .with_tracked_inactivity(false)
            .with_filter(ours.and(LevelFilter::DEBUG));
        Ok((Self { provider, exporting }, layer.boxed()))
    }

    /// Exports what is left, for a moment.
    pub(crate) async fn end(self) {
        self.exporting.end(LAST_SPANS).await;
        if let Err(error) = self.provider.shutdown_with_timeout(Duration::ZERO) {
            tracing::debug!(%error, "traces did not end in order");
        }
    }
}

fn is_told(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() || *metadata.level() <= Level::WARN
}

fn sampler(sampling: Sampling) -> Sampler {
    let root = |begun| match begun {
        Begun::All => Sampler::AlwaysOn,
        Begun::None => Sampler::AlwaysOff,
        Begun::Share(share) => Sampler::TraceIdRatioBased(share),
    };
    match sampling {
        Sampling::All => Sampler::AlwaysOn,
        Sampling::None => Sampler::AlwaysOff,
        Sampling::Share(share) => Sampler::TraceIdRatioBased(share),
        Sampling::AsAsked(begun) => Sampler::ParentBased(Box::new(root(begun))),
    }
}

/// Makes the span of a request part of the trace that its `traceparent` names, if it names one; tells the id of the trace it
/// belongs to now.
pub(crate) fn adopt(span: &tracing::Span, traceparent: Option<&str>) -> Option<String> {
    if let Some(parent) = traceparent.and_then(read_traceparent) {
        let parent = Context::new().with_remote_span_context(parent);
        if let Err(error) = span.set_parent(parent) {
            tracing::debug!(%error, "a request did not join its trace");
        }
    }
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

/// W3C Trace Context, version 00 and what later ones keep of it.
fn read_traceparent(text: &str) -> Option<SpanContext> {
    let mut parts = text.trim().split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, digits: usize| {
        text.len() == digits
            && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let is_version = is_hex(version, 2) && version != "ff" && (version != "00" || parts.next().is_none());
    if !is_version || !is_hex(trace, 32) || !is_hex(span, 16) || !is_hex(flags, 2) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()? & 1);
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_traceparent_is_believed() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let context = read_traceparent(good).unwrap();
        assert_eq!(context.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(context.is_sampled() && context.is_remote());
        assert!(!read_traceparent(&good.replace("-01", "-00")).unwrap().is_sampled());
        assert!(read_traceparent(&format!("{}-later", good.replace("00-4b", "01-4b"))).is_some());
        for bad in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert!(read_traceparent(bad).is_none(), "{bad}");
        }
    }
}
