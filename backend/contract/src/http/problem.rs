//! Errors: RFC 9457 problem details with a stable code.

use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The media type of every error body.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error body.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Problem {
    /// `urn:vigia:problem:<code>`
    #[serde(rename = "type")]
    pub kind: String,
    /// For people; the same for every occurrence of the code.
    pub title: &'static str,
    /// The HTTP status, repeated.
    pub status: u16,
    /// What a program may decide on; never renamed.
    pub code: &'static str,
    /// For people: what is wrong this time.
    pub detail: String,
    /// The answer's `x-request-id`: by it the log tells of the request.
    #[serde(rename = "requestId", skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// One entry for each wrong field of a body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// What else this code tells, such as `current` of `stale_version`.
    #[serde(flatten)]
    pub members: BTreeMap<&'static str, serde_json::Value>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldProblem {
    /// Its name in the body.
    pub field: String,
    pub detail: String,
}
