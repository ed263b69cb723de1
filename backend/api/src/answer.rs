//! What a success looks like, where it is more than a body.

use crate::error::ApiError;
use axum::Json;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, NoContent, Response};
use vigia_contract::http::account::Tenant;
use vigia_contract::http::alarm::Alarm;
use vigia_contract::http::gateway::Gateway;
use vigia_contract::http::plc::Plc;
use vigia_contract::http::site::Site;
use vigia_store::edit::{EditOutcome, RemoveOutcome};

/// One JSON value a line.
pub(crate) const JSON_LINES: &str = "application/x-ndjson";
pub(crate) const CSV: &str = "text/csv; charset=utf-8; header=present";

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

/// What became of an edit, as an answer; `wire` is how the resource is shown.
pub(crate) fn edited<T, W: Versioned + serde::Serialize>(
    outcome: EditOutcome<T>,
    what: &'static str,
    wire: impl FnOnce(T) -> W,
) -> Result<Tagged<W>, ApiError> {
    match outcome {
        EditOutcome::Edited(resource) => Ok(Tagged(wire(resource))),
        EditOutcome::Stale(current) => Err(stale(wire(current))),
        EditOutcome::NotFound => Err(ApiError::NotFound(what)),
    }
}

/// What became of a removal, as an answer; `needed` says what stands in its way.
pub(crate) fn removed<T, W: Versioned + serde::Serialize>(
    outcome: RemoveOutcome<T>,
    what: &'static str,
    needed: &'static str,
    wire: impl FnOnce(T) -> W,
) -> Result<NoContent, ApiError> {
    match outcome {
        RemoveOutcome::Removed => Ok(NoContent),
        RemoveOutcome::Stale(current) => Err(stale(wire(current))),
        RemoveOutcome::Needed => Err(ApiError::NotEmpty(needed)),
        RemoveOutcome::NotFound => Err(ApiError::NotFound(what)),
    }
}

fn stale<W: Versioned + serde::Serialize>(current: W) -> ApiError {
    let version = current.version();
    ApiError::StaleVersion { version, current: serde_json::to_value(current).unwrap_or_default() }
}

/// The resources whose bodies hold their version.
macro_rules! versioned {
    ($($resource:ty),*) => {$(
        impl Versioned for $resource {
            fn version(&self) -> i32 {
                self.version
            }
        }
    )*};
}
versioned!(Tenant, Site, Gateway, Plc);

impl Versioned for Alarm {
    fn version(&self) -> i32 {
        self.facts.version
    }
}

/// Something new, and where it can be found again.
#[derive(Debug)]
pub(crate) struct Created<T> {
    /// Its path.
    pub(crate) location: String,
    pub(crate) body: T,
}

impl<T: IntoResponse> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let location = HeaderValue::from_str(&self.location).ok();
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

/// Rows of a table, as a file of this name.
#[derive(Debug)]
pub(crate) struct Csv {
    /// An identifier and an ending.
    pub(crate) name: String,
    pub(crate) body: Body,
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        let disposition = format!("attachment; filename=\"{}\"", self.name);
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(CSV))];
        (kind, [(header::CONTENT_DISPOSITION, disposition)], self.body).into_response()
    }
}

/// Something new that is not read by itself.
#[derive(Debug)]
pub(crate) struct Made<T>(pub(crate) T);

impl<T: IntoResponse> IntoResponse for Made<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, self.0).into_response()
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
