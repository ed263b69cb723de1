//! The version an edit started from: in the body, or as an entity tag.

use crate::error::ApiError;
use axum::http::{HeaderMap, header};

/// The version in an `If-Match: "3"`.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Option<i32>, ApiError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let text = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
    let version = text
        .parse()
        .map_err(|_| ApiError::InvalidHeader("If-Match holds a version, such as \"3\"".to_owned()))?;
    Ok(Some(version))
}

/// The version named in the body or in the header.
pub(crate) fn named(in_body: Option<i32>, headers: &HeaderMap) -> Result<i32, ApiError> {
    match (in_body, if_match(headers)?) {
        (Some(body), Some(header)) if body != header => {
            Err(ApiError::InvalidHeader("If-Match and the body name different versions".to_owned()))
        }
        (Some(version), _) | (None, Some(version)) => Ok(version),
        (None, None) => Err(ApiError::VersionRequired),
    }
}
