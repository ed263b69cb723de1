//! The name of a request: by it the answer, an error's body, every line of the log and a trace are found together. And the
//! line that tells how it ended.

use crate::Api;
use crate::login::{client_address, comes_from_a_proxy};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::time::{Duration, Instant};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use uuid::Uuid;

/// By this header a request is found again in the log.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Of a path, what stands in log and trace: a stranger decides how long it is.
const PATH_BYTES: usize = 256;
/// The longest name a proxy may give a request.
const REQUEST_ID_BYTES: usize = 64;
const TRACEPARENT: &str = "traceparent";
/// What takes longer is told though it only reads.
const SLOW: Duration = Duration::from_secs(1);

/// Makes a request's span part of the trace that a `traceparent` names; tells the id of the trace.
pub type Adopt = fn(&Span, Option<&str>) -> Option<String>;

tokio::task_local! {
    static CURRENT: HeaderValue;
}

/// The name of the request under way here; `None` outside of one.
pub(crate) fn request_id() -> Option<String> {
    CURRENT.try_with(|id| id.to_str().ok().map(str::to_owned)).ok().flatten()
}

/// Names the request, in its log lines, its trace and the answer. A name and a trace are taken over from a trusted proxy
/// alone: anybody else could give his requests the names of others'.
pub(crate) async fn named(State(api): State<Api>, request: Request, next: Next) -> Response {
    let by_proxy = comes_from_a_proxy(&api.settings.trusted_proxies, request.extensions());
    let id = name(request.headers(), by_proxy);
    let method = request.method().clone();
    // What a log is searched by has a bounded number of values; the path itself stands beside it.
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let client = client_address(&api.settings.trusted_proxies, request.extensions(), request.headers());
    // Of the highest level: whatever is written in it says which request it was.
    let span = tracing::error_span!(
        "request",
        otel.name = route.as_deref().map_or_else(|| method.to_string(), |route| format!("{method} {route}")),
        otel.kind = "server",
        otel.status_code = Empty,
        "request.id" = id.to_str().unwrap_or_default(),
        "trace.id" = Empty,
        "http.request.method" = %method,
        "http.route" = route.as_deref(),
        "http.response.status_code" = Empty,
        "url.path" = beginning(request.uri().path()),
    );
    if let Some(adopt) = api.settings.adopt {
        let parent = request.headers().get(TRACEPARENT).filter(|_| by_proxy);
        if let Some(trace) = adopt(&span, parent.and_then(|parent| parent.to_str().ok())) {
            span.record("trace.id", trace);
        }
    }
    let begin = Instant::now();
    let answer = CURRENT.scope(id.clone(), next.run(request));
    let mut response = answer.instrument(span.clone()).await;
    let (status, took) = (response.status(), begin.elapsed());
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    span.in_scope(|| tell(&method, route.as_deref(), status, took, &client));
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// One line for each request: writes, what failed and what was slow are told, the rest for whoever looks closely. What
/// watches over the process asks all the time and is told by its own means.
fn tell(
    method: &Method,
    route: Option<&str>,
    status: StatusCode,
    took: Duration,
    client: &dyn std::fmt::Display,
) {
    let took_ms = (took.as_secs_f64() * 10_000.0).round() / 10.0;
    let watches = matches!(route, Some("/health" | "/health/ready" | "/metrics"));
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let failed = status.is_client_error() || status.is_server_error();
    if !watches && (!reads || failed || took > SLOW) {
        tracing::info!("client.address" = %client, took_ms, "answered");
    } else {
        tracing::debug!("client.address" = %client, took_ms, "answered");
    }
}

/// A path up to where it becomes long. It is plain ASCII, or the cut is moved to where a character begins.
fn beginning(path: &str) -> &str {
    let end = path.floor_char_boundary(PATH_BYTES);
    path.get(..end).unwrap_or(path)
}

/// The name it came with, if a proxy gave it one, or a new one.
fn name(headers: &HeaderMap, by_proxy: bool) -> HeaderValue {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let given = headers.get(REQUEST_ID).filter(|id| {
        by_proxy && (1..=REQUEST_ID_BYTES).contains(&id.len()) && id.as_bytes().iter().all(is_plain)
    });
    given.cloned().unwrap_or_else(|| {
        let id = Uuid::new_v4().simple().to_string();
        HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("-"))
    })
}
