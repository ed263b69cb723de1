//! A collector of traces: takes OTLP over HTTP and remembers what came.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What came, shared with the thread that takes it.
#[derive(Debug, Clone, Default)]
struct Taken(Arc<Mutex<(Vec<ExportTraceServiceRequest>, Vec<String>)>>);

/// Listens on a free port until the test is over.
pub(crate) struct Collector {
    port: u16,
    taken: Taken,
}

impl Collector {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let collector = Self { port: listener.local_addr().unwrap().port(), taken: Taken::default() };
        let taken = collector.taken.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                take(stream, &taken);
            }
        });
        collector
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        let taken = self.taken.0.lock().unwrap();
        let scopes = taken.0.iter().flat_map(|it| &it.resource_spans).flat_map(|it| &it.scope_spans);
        scopes.flat_map(|it| it.spans.clone()).collect()
    }

    /// What is said of the process that exports.
    pub(crate) fn resource(&self) -> BTreeMap<String, String> {
        let taken = self.taken.0.lock().unwrap();
        let resources =
            taken.0.iter().flat_map(|it| &it.resource_spans).filter_map(|it| it.resource.as_ref());
        let attributes = resources.flat_map(|it| &it.attributes);
        attributes
            .map(|it| (it.key.clone(), text(it.value.as_ref().and_then(|it| it.value.as_ref()))))
            .collect()
    }

    /// The heads of all requests, in lower case.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.taken.0.lock().unwrap().1.clone()
    }
}

/// An attribute of a span; empty if it has none of this name.
pub(crate) fn attribute(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|it| it.key == name);
    text(found.and_then(|it| it.value.as_ref()).and_then(|it| it.value.as_ref()))
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn take(mut stream: TcpStream, taken: &Taken) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 8_192];
    loop {
        let Ok(read @ 1..) = stream.read(&mut chunk) else { return };
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let body = &bytes[end + 4..];
        if body.len() < length.parse().unwrap() {
            continue;
        }
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        let mut known = taken.0.lock().unwrap();
        known.0.push(request);
        known.1.push(head);
        drop(known);
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
        // Whether it hears us is its business.
        drop(stream.write_all(answer.as_bytes()));
        return;
    }
}
