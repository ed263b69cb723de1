//! What every request passes on its way in and its answer on the way out: room, a deadline, the form of errors, headers.

use crate::error::ApiError;
use crate::login::client_address;
use crate::named::REQUEST_ID;
use crate::{Api, ApiSettings};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Duration;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use tower_http::cors::CorsLayer;
use vigia_contract::http::problem::PROBLEM_JSON;

/// The two hashes are the style elements that Reka's Select and Combobox insert when they open.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' \
    'sha256-60LHlRjW/B3CtzIoE/Lf1/NEDvko9efWMFaGVhHu/cs=' 'sha256-0sLsI2a+NIcumVvBF9zD/ArGqlZR2xfnxsALPmK7nj8='; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

const SECURITY_HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// In an answer that opens no WebSocket: whether one was asked for, as far as it came here.
const UPGRADE_SEEN: HeaderName = HeaderName::from_static("x-websocket-upgrade");

/// Tells whoever opens no feed whether his wish for one came through: strangers too, for a proxy that does not pass
/// `Upgrade` on is looked for by those who have no account.
pub(crate) async fn upgrade_seen(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let wish = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let connection =
        headers.get(header::CONNECTION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_seen =
        wish.eq_ignore_ascii_case("websocket") && connection.to_ascii_lowercase().contains("upgrade");
    let mut response = next.run(request).await;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let seen = HeaderValue::from_static(if is_seen { "seen" } else { "missing" });
        response.headers_mut().insert(UPGRADE_SEEN, seen);
    }
    response
}

/// Turns away what strangers ask for too much at a time: waiting would only make everybody late. A request is under way
/// while its body comes, and some let it come slowly; so one address never takes the place of all who are known.
pub(crate) async fn room(State(api): State<Api>, request: Request, next: Next) -> Result<Response, ApiError> {
    let address = client_address(&api.settings.trusted_proxies, request.extensions(), request.headers());
    let _share = api.doors.strangers.take(address).ok_or(ApiError::Overloaded)?;
    let _place = api.doors.room.try_acquire().map_err(|_full| ApiError::Overloaded)?;
    Ok(next.run(request).await)
}

/// What pages of other origins may do, where the settings name any.
pub(crate) fn cross_origin(settings: &ApiSettings) -> Option<CorsLayer> {
    let origins = settings.allowed_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let origins: Vec<HeaderValue> = origins.collect();
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(origins)
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::IF_MATCH,
                header::IF_NONE_MATCH,
            ])
            .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER, REQUEST_ID])
            .max_age(Duration::from_hours(1))
    })
}

/// The smallest answer that is compressed: a smaller one travels in one packet either way.
const COMPRESSED_FROM_BYTES: u64 = 1_400;

/// Compresses for those who ask for it, at the level that takes the least time: answers are rows that repeat each other, of
/// which the highest level saves little more.
pub(crate) fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(COMPRESSED_FROM_BYTES).and(DefaultPredicate::new());
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it)
}

/// Ends what takes too long.
pub(crate) async fn deadline(State(api): State<Api>, request: Request, next: Next) -> Response {
    tokio::time::timeout(api.settings.request_timeout, next.run(request))
        .await
        .unwrap_or_else(|_| ApiError::Timeout.into_response())
}

/// A panic of a handler costs its request only.
#[expect(clippy::needless_pass_by_value, reason = "the panic layer hands it over")]
pub(crate) fn on_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let message = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!(panic = message, "a handler panicked");
    ApiError::Panic.into_response()
}

/// Errors of the machinery below (no such method, no such file) become problems too.
pub(crate) async fn problems(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_JSON);
    if !is_error || is_problem {
        return response;
    }
    let (mut old, _) = response.into_parts();
    let (mut new, body) = ApiError::Status(status).into_response().into_parts();
    // What belongs to the status stays: `allow`, `content-range`.
    for name in
        [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::CACHE_CONTROL]
    {
        old.headers.remove(name);
    }
    new.headers.extend(old.headers);
    Response::from_parts(new, body)
}

/// What a client has already, by its `If-None-Match`, is not sent once more.
pub(crate) async fn not_modified(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = next.run(request).await;
    let Some(known) = known.filter(|_| reads && response.status() == StatusCode::OK) else {
        return response;
    };
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(bare);
    let known = known.to_str().unwrap_or_default();
    if !tag.is_some_and(|tag| known.split(',').any(|one| one.trim() == "*" || bare(one) == tag)) {
        return response;
    }
    let (mut parts, _body) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        parts.headers.remove(name);
    }
    Response::from_parts(parts, Body::empty())
}

/// Security headers on everything; nothing of the API is kept by any cache unless it says so itself.
pub(crate) async fn headers(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(value);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
