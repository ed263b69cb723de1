//! The version an edit started from: in the body, or as an entity tag.

use crate::error::ApiError;
use crate::extract::IfMatch;

/// The version named in the body or in the header.
pub(crate) fn named(in_body: Option<i32>, IfMatch(in_header): IfMatch) -> Result<i32, ApiError> {
    match (in_body, in_header) {
        (Some(body), Some(header)) if body != header => {
            Err(ApiError::InvalidHeader("If-Match and the body name different versions".to_owned()))
        }
        (Some(version), _) | (None, Some(version)) => Ok(version),
        (None, None) => Err(ApiError::VersionRequired),
    }
}
