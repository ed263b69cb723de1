//! What keeps foreign web pages out while there are no accounts: a page may read only under a host name of ours (DNS
//! rebinding), and write or open a WebSocket only from an origin of ours (cross-site requests).

use crate::error::ApiError;
use crate::{Api, ApiSettings};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use std::net::IpAddr;

/// What Prometheus asks under the name that its network gives us, or our address. A name that a foreign page has turned to us
/// has a dot.
const FIGURES: &str = "/metrics";

/// Checks the host of every request, and origin and content type of those that write.
pub(crate) async fn guard(
    State(api): State<Api>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if request.uri().path() != FIGURES || !is_local(request.uri(), request.headers()) {
        check_host(&api.settings, request.uri(), request.headers())?;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        check_origin(&api.settings, request.uri(), request.headers())?;
    }
    // A form can be sent to another site without asking; JSON cannot.
    if matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH)
        && !is_json(request.headers())
        && !is_empty(request.headers())
    {
        return Err(ApiError::UnsupportedMediaType);
    }
    Ok(next.run(request).await)
}

/// Lets loopback names and configured ones pass.
fn check_host(settings: &ApiSettings, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    let host = host_of(uri, headers).map(name_of).ok_or(ApiError::HostNotAllowed)?;
    let known =
        is_loopback(host) || settings.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host));
    if known { Ok(()) } else { Err(ApiError::HostNotAllowed) }
}

/// Whether the host is an address, or a name that only a local network knows.
fn is_local(uri: &Uri, headers: &HeaderMap) -> bool {
    host_of(uri, headers)
        .map(name_of)
        .is_some_and(|host| !host.contains('.') || host.parse::<IpAddr>().is_ok())
}

/// Lets requests pass that name no origin (no browser sent them), the API's own, or a configured one.
pub(crate) fn check_origin(settings: &ApiSettings, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().map_err(|_| ApiError::OriginNotAllowed)?;
    let own = origin
        .split_once("://")
        .zip(host_of(uri, headers))
        .is_some_and(|((_, authority), host)| authority.eq_ignore_ascii_case(host));
    let known = own || settings.allowed_origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin));
    if known { Ok(()) } else { Err(ApiError::OriginNotAllowed) }
}

/// Host and port as the client named them: in the `Host` header, under HTTP/2 in the address itself.
fn host_of<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    match headers.get(header::HOST) {
        Some(host) => host.to_str().ok(),
        None => uri.authority().map(axum::http::uri::Authority::as_str),
    }
}

/// A host without its port; an IPv6 address also without its brackets.
fn name_of(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    host.split(':').next().unwrap_or(host)
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Nothing was sent, and nothing is said to be.
fn is_empty(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH);
    length.is_none_or(|length| length == "0")
        && [header::CONTENT_TYPE, header::TRANSFER_ENCODING].iter().all(|name| !headers.contains_key(name))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn settings() -> ApiSettings {
        ApiSettings {
            allowed_hosts: vec!["scada.example".to_owned()],
            allowed_origins: vec!["https://panel.example".to_owned()],
            ..ApiSettings::default()
        }
    }

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        headers
    }

    #[test]
    fn hosts() {
        let uri = Uri::from_static("/");
        for (host, allowed) in [
            ("127.0.0.1:3002", true),
            ("127.9.9.9", true),
            ("localhost", true),
            ("LOCALHOST:80", true),
            ("[::1]:3002", true),
            ("scada.example:443", true),
            ("evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example", false),
            ("10.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(check_host(&settings(), &uri, &headers(host, None)).is_ok(), allowed, "{host}");
        }
        assert!(check_host(&settings(), &uri, &HeaderMap::new()).is_err(), "no host at all");
    }

    #[test]
    fn origins() {
        let uri = Uri::from_static("/");
        for (origin, allowed) in [
            (None, true),
            (Some("http://127.0.0.1:3002"), true),
            (Some("https://panel.example"), true),
            (Some("http://127.0.0.1:9999"), false),
            (Some("http://localhost:3002"), false),
            (Some("https://panel.example.evil"), false),
            (Some("null"), false),
            (Some(""), false),
        ] {
            let headers = headers("127.0.0.1:3002", origin);
            assert_eq!(check_origin(&settings(), &uri, &headers).is_ok(), allowed, "{origin:?}");
        }
    }
}
