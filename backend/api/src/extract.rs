//! The extractors: those of axum with our errors, and of the headers we read.

use crate::error::ApiError;
use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::convert::Infallible;

/// What of a client's own name is kept.
const USER_AGENT_CHARS: usize = 200;

/// A JSON body: an object. Its content type the guard has looked at.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(JsonRejection::from)?;
        Self::read(&bytes)
    }
}

/// There may be none.
impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(JsonRejection::from)?;
        if bytes.is_empty() { Ok(None) } else { Self::read(&bytes).map(Some) }
    }
}

impl<T: DeserializeOwned> Json<T> {
    fn read(bytes: &[u8]) -> Result<Self, ApiError> {
        let axum::Json(body) = axum::Json::from_bytes(bytes)?;
        // To serde a list of its fields' values is a struct too.
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(ApiError::InvalidBody("a body is an object".to_owned()));
        }
        Ok(Self(body))
    }
}

/// Query parameters; unknown ones are passed over.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(crate) struct Query<T>(pub(crate) T);

/// Parts of the path.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(crate) struct Path<T>(pub(crate) T);

/// The version in an `If-Match: "3"`, if there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IfMatch(pub(crate) Option<i32>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        let text = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
        let version = text
            .parse()
            .map_err(|_| ApiError::InvalidHeader("If-Match holds a version, such as \"3\"".to_owned()))?;
        Ok(Self(Some(version)))
    }
}

/// How a client calls itself, cut to what is kept of it.
#[derive(Debug)]
pub(crate) struct UserAgent(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for UserAgent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self(text.unwrap_or_default().chars().take(USER_AGENT_CHARS).collect()))
    }
}
