//! What a success looks like, where it is more than a body.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One JSON value a line.
pub(crate) const JSON_LINES: &str = "application/x-ndjson";

/// A resource people edit: the version they name in the next edit.
pub(crate) trait Versioned {
    fn version(&self) -> i32;
}

/// A resource with its version as the entity tag.
#[derive(Debug)]
pub(crate) struct Tagged<T>(pub(crate) T);

impl<T: Versioned + serde::Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let tag = HeaderValue::from_str(&format!("\"{}\"", self.0.version())).ok();
        (tag.map(|tag| [(header::ETAG, tag)]), Json(self.0)).into_response()
    }
}

/// Something new, and where it can be found again.
#[derive(Debug)]
pub(crate) struct Created<T> {
    /// A path; none where one cannot be read by itself.
    pub(crate) location: Option<String>,
    pub(crate) body: T,
}

impl<T: IntoResponse> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let location = self.location.and_then(|path| HeaderValue::from_str(&path).ok());
        (StatusCode::CREATED, location.map(|path| [(header::LOCATION, path)]), self.body).into_response()
    }
}

/// Something is asked for; how it stands now.
#[derive(Debug)]
pub(crate) struct Accepted<T>(pub(crate) T);

impl<T: serde::Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Json(self.0)).into_response()
    }
}

/// JSON Lines, as a file of this name.
#[derive(Debug)]
pub(crate) struct JsonLines {
    /// Without quotes.
    pub(crate) name: &'static str,
    pub(crate) body: Body,
}

impl IntoResponse for JsonLines {
    fn into_response(self) -> Response {
        let disposition = format!("attachment; filename=\"{}\"", self.name);
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(JSON_LINES))];
        (kind, [(header::CONTENT_DISPOSITION, disposition)], self.body).into_response()
    }
}

/// An answer that sets or clears the session's cookie, where cookies can be made.
#[derive(Debug)]
pub(crate) struct WithCookie<T>(pub(crate) Option<HeaderValue>, pub(crate) T);

impl<T: IntoResponse> IntoResponse for WithCookie<T> {
    fn into_response(self) -> Response {
        (self.0.map(|cookie| [(header::SET_COOKIE, cookie)]), self.1).into_response()
    }
}

/// What was made, or what took the place of something.
#[derive(Debug)]
pub(crate) enum MadeOrReplaced<T> {
    Made(Created<Tagged<T>>),
    Replaced(Tagged<T>),
}

impl<T: Versioned + serde::Serialize> IntoResponse for MadeOrReplaced<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Made(made) => made.into_response(),
            Self::Replaced(replaced) => replaced.into_response(),
        }
    }
}

/// Nothing to show of what was removed, but the version of what it was a part of.
#[derive(Debug)]
pub(crate) struct Removed {
    pub(crate) version: i32,
}

impl IntoResponse for Removed {
    fn into_response(self) -> Response {
        let tag = HeaderValue::from_str(&format!("\"{}\"", self.version)).ok();
        (StatusCode::NO_CONTENT, tag.map(|tag| [(header::ETAG, tag)]), ()).into_response()
    }
}

/// A document that a browser keeps as a file of this name.
#[derive(Debug)]
pub(crate) struct Attachment<T> {
    /// Of letters, digits, dots and dashes.
    pub(crate) file: String,
    pub(crate) body: T,
}

impl<T: serde::Serialize> IntoResponse for Attachment<T> {
    fn into_response(self) -> Response {
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", self.file)).ok();
        (disposition.map(|it| [(header::CONTENT_DISPOSITION, it)]), Json(self.body)).into_response()
    }
}
