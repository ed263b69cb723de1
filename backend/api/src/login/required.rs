//! The locked door: in front of every route but the way in.

use super::address::client_address;
use super::cookie::read_cookie;
use super::identity::Identity;
use super::token::Token;
use crate::Api;
use crate::caller::Caller;
use crate::error::ApiError;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// How a token came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Via {
    /// As a header that only a program sets.
    Header,
    /// By itself, with whatever a browser sends here.
    Cookie,
}

/// Lets those pass who are known; the handlers then ask what they may.
pub(crate) async fn required(
    State(api): State<Api>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let address = client_address(&api.settings.trusted_proxies, request.extensions(), request.headers());
    let (token, via) = token(&api, request.headers()).ok_or(ApiError::LoginRequired)?;
    if via == Via::Cookie && !is_safe(request.method()) && !is_of_our_pages(request.headers()) {
        return Err(ApiError::OriginNotAllowed);
    }
    let identity = api.doors.known.find(&api, &token, address).await?.ok_or(ApiError::LoginRequired)?;
    // Before there is room: who waits for himself takes nobody's place.
    let _turn = api.doors.turns.take(identity.owner()).await.ok_or(ApiError::TooManyRequests)?;
    let _place = api.doors.room.try_acquire().map_err(|_full| ApiError::Overloaded)?;
    request.extensions_mut().insert(Caller::new(identity, address, token));
    Ok(next.run(request).await)
}

/// A program names its token; only without one a cookie counts.
fn token(api: &Api, headers: &HeaderMap) -> Option<(Token, Via)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, text) = value.to_str().ok()?.split_once(' ')?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        return Token::read(text.trim()).filter(|_| is_bearer).map(|token| (token, Via::Header));
    }
    let cookie = read_cookie(&api.settings, headers)?;
    Token::read(cookie).map(|token| (token, Via::Cookie))
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A browser says where a write comes from, in one header or the other. Whether that is one of ours, the guard has
/// looked at; here it only must not be missing.
fn is_of_our_pages(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    headers.contains_key(header::ORIGIN) || matches!(site, Some("same-origin" | "none"))
}

/// Who sends a request, as far as it can be known; for routes that answer strangers too.
pub(crate) async fn whoever(api: &Api, parts: &Parts) -> Option<Arc<Identity>> {
    let address = client_address(&api.settings.trusted_proxies, &parts.extensions, &parts.headers);
    let (token, _via) = token(api, &parts.headers)?;
    api.doors.known.find(api, &token, address).await.ok().flatten()
}
