//! The version an edit started from: in the body, or as an entity tag.

use crate::error::ApiError;
use crate::extract::IfMatch;
use schemars::JsonSchema;
use serde::Deserialize;
use vigia_contract::http::query::optional;

/// The version a deletion means.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionQuery {
    #[serde(default, deserialize_with = "optional")]
    pub(crate) version: Option<i32>,
}

/// The version named in the body (or query) or in the header.
pub(crate) fn named(in_body: Option<i32>, if_match: IfMatch) -> Result<i32, ApiError> {
    chosen(in_body, if_match)?.ok_or(ApiError::VersionRequired)
}

/// The same where none need be named.
pub(crate) fn chosen(in_body: Option<i32>, IfMatch(in_header): IfMatch) -> Result<Option<i32>, ApiError> {
    match (in_body, in_header) {
        (Some(body), Some(header)) if body != header => Err(ApiError::InvalidHeader(
            "If-Match and the rest of the request name different versions".to_owned(),
        )),
        (body, header) => Ok(body.or(header)),
    }
}
