//! Every way a request can fail, and how it looks from outside.

use crate::login::Busy;
use axum::extract::rejection::{
    BytesRejection, FailedToBufferBody, JsonRejection, PathRejection, QueryRejection,
};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::error::Error as _;
use std::time::Duration;
use vigia_contract::http::problem::PROBLEM_JSON;
use vigia_contract::http::{FieldProblem, Problem};
use vigia_store::StoreError;

/// How long a client should wait for a database that is away, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// A request failed. What it displays goes to the client as `detail`; causes are logged and never sent.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("{0}")]
    InvalidQuery(String),
    #[error("{0}")]
    InvalidPath(String),
    #[error("the cursor is none that this list gave out")]
    InvalidCursor,
    #[error("{0}")]
    InvalidHeader(String),
    #[error("{0}")]
    InvalidJson(String),
    #[error("{0}")]
    InvalidBody(String),
    #[error("{}", summary(.0))]
    InvalidFields(Vec<FieldProblem>),
    #[error("a body must be sent as content-type: application/json")]
    UnsupportedMediaType,
    #[error("the body is larger than 1 MiB")]
    PayloadTooLarge,
    #[error("there is no {0} of this name here")]
    NotFound(&'static str),
    #[error("there is nothing at this address")]
    NoSuchRoute,
    #[error("the plant {0} exists under more than one tenant: name one with ?tenant=")]
    AmbiguousSite(String),
    #[error("somebody changed it meanwhile; it now has the version {version}")]
    StaleVersion { version: i32, current: serde_json::Value },
    #[error("name the version this edit started from, as \"version\" in the body or as an If-Match header")]
    VersionRequired,
    #[error("log in, or send a token as Authorization: Bearer")]
    LoginRequired,
    #[error("e-mail or password is wrong")]
    InvalidCredentials,
    #[error("too many attempts; wait {} s", wait_s(*.0))]
    TooManyAttempts(Duration),
    #[error("this link has expired or was used; ask for another one")]
    LinkExpired,
    #[error("your role does not allow this")]
    Forbidden,
    #[error("{0} exists already")]
    AlreadyExists(&'static str),
    #[error("this server does not answer to that host name")]
    HostNotAllowed,
    #[error("pages of that origin may not do this")]
    OriginNotAllowed,
    #[error("this address speaks WebSocket only")]
    WebSocketRequired,
    #[error("too many WebSockets are open")]
    TooManyConnections,
    #[error("not ready: {}", .0.join(", "))]
    NotReady(Vec<&'static str>),
    #[error("the request took too long")]
    Timeout,
    #[error("something went wrong here; it was logged")]
    Panic,
    #[error("the database does not answer")]
    DatabaseUnavailable(#[source] StoreError),
    #[error("something went wrong here; it was logged")]
    Database(#[source] StoreError),
    /// An answer of the HTTP machinery that says nothing but a status.
    #[error("{}", .0.canonical_reason().unwrap_or("error"))]
    Status(StatusCode),
}

impl ApiError {
    /// One field of a body is wrong.
    pub(crate) fn invalid_field(field: &str, detail: impl Into<String>) -> Self {
        Self::InvalidFields(vec![FieldProblem { field: field.to_owned(), detail: detail.into() }])
    }

    /// The status, the stable code, and the title that goes with the code.
    fn table(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::InvalidQuery(_) => (StatusCode::BAD_REQUEST, "invalid_query", "The query is not valid"),
            Self::InvalidPath(_) => (StatusCode::BAD_REQUEST, "invalid_path", "The path is not valid"),
            Self::InvalidCursor => (StatusCode::BAD_REQUEST, "invalid_cursor", "The cursor is not valid"),
            Self::InvalidHeader(_) => (StatusCode::BAD_REQUEST, "invalid_header", "A header is not valid"),
            Self::InvalidJson(_) => (StatusCode::BAD_REQUEST, "invalid_json", "The body is not JSON"),
            Self::InvalidBody(_) | Self::InvalidFields(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", "The body is not valid")
            }
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Only JSON is read")
            }
            Self::PayloadTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", "The body is too large")
            }
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not_found", "Not found"),
            Self::NoSuchRoute => (StatusCode::NOT_FOUND, "no_such_route", "No such address"),
            Self::AmbiguousSite(_) => (StatusCode::CONFLICT, "ambiguous_site", "Which tenant's plant?"),
            Self::StaleVersion { .. } => (StatusCode::CONFLICT, "stale_version", "Changed meanwhile"),
            Self::VersionRequired => {
                (StatusCode::PRECONDITION_REQUIRED, "version_required", "Which version is edited?")
            }
            Self::LoginRequired => (StatusCode::UNAUTHORIZED, "login_required", "Who are you?"),
            Self::InvalidCredentials => {
                (StatusCode::UNAUTHORIZED, "invalid_credentials", "E-mail or password is wrong")
            }
            Self::TooManyAttempts(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", "Too many attempts")
            }
            Self::LinkExpired => (StatusCode::GONE, "link_expired", "The link holds no more"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
            Self::AlreadyExists(_) => (StatusCode::CONFLICT, "already_exists", "Exists already"),
            Self::HostNotAllowed => (StatusCode::FORBIDDEN, "host_not_allowed", "Unknown host name"),
            Self::OriginNotAllowed => (StatusCode::FORBIDDEN, "origin_not_allowed", "Unknown origin"),
            Self::WebSocketRequired => (StatusCode::UPGRADE_REQUIRED, "websocket_required", "WebSocket only"),
            Self::TooManyConnections => {
                (StatusCode::SERVICE_UNAVAILABLE, "too_many_connections", "Too many connections")
            }
            Self::NotReady(_) => (StatusCode::SERVICE_UNAVAILABLE, "not_ready", "Not ready"),
            Self::Timeout => (StatusCode::SERVICE_UNAVAILABLE, "timeout", "Took too long"),
            Self::DatabaseUnavailable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "database_unavailable", "The database is away")
            }
            Self::Panic | Self::Database(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Internal error")
            }
            Self::Status(status) => match *status {
                StatusCode::NOT_FOUND => Self::NoSuchRoute.table(),
                StatusCode::METHOD_NOT_ALLOWED => (*status, "method_not_allowed", "Not possible here"),
                StatusCode::PAYLOAD_TOO_LARGE => Self::PayloadTooLarge.table(),
                StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType.table(),
                status if status.is_client_error() => (status, "bad_request", "Bad request"),
                status => (status, "internal_error", "Internal error"),
            },
        }
    }

    fn members(&self) -> BTreeMap<&'static str, serde_json::Value> {
        match self {
            Self::StaleVersion { current, .. } => [("current", current.clone())].into(),
            Self::NotReady(missing) => [("notReady", missing.clone().into())].into(),
            _ => BTreeMap::new(),
        }
    }

    /// A failure is logged here, once, with all its causes.
    fn log(&self) {
        match self {
            Self::DatabaseUnavailable(error) => {
                tracing::warn!(error = %chain(error), "a request failed: the database does not answer");
            }
            Self::Database(error) => tracing::error!(error = %chain(error), "a request failed"),
            Self::Timeout => tracing::warn!("a request took too long"),
            _ => (),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        let (status, code, title) = self.table();
        let detail = self.to_string();
        let members = self.members();
        let errors = match &self {
            Self::InvalidFields(fields) => fields.clone(),
            _ => Vec::new(),
        };
        let kind = format!("urn:vigia:problem:{code}");
        let problem = Problem { kind, title, status: status.as_u16(), code, detail, errors, members };
        let mut response = (status, axum::Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        match self {
            Self::DatabaseUnavailable(_) | Self::TooManyConnections | Self::Timeout => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            Self::TooManyAttempts(wait) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_s(wait)));
            }
            Self::LoginRequired => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::WebSocketRequired => {
                headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            }
            _ => (),
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_transient() { Self::DatabaseUnavailable(error) } else { Self::Database(error) }
    }
}

impl From<Busy> for ApiError {
    fn from(_: Busy) -> Self {
        Self::TooManyAttempts(Duration::from_secs(1))
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::JsonDataError(error) => Self::InvalidBody(innermost(&error)),
            JsonRejection::JsonSyntaxError(error) => Self::InvalidJson(innermost(&error)),
            JsonRejection::MissingJsonContentType(_) => Self::UnsupportedMediaType,
            JsonRejection::BytesRejection(BytesRejection::FailedToBufferBody(
                FailedToBufferBody::LengthLimitError(_),
            )) => Self::PayloadTooLarge,
            _ => Self::InvalidJson("the body could not be read".to_owned()),
        }
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::InvalidQuery(innermost(&rejection))
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::InvalidPath(innermost(&rejection))
    }
}

/// Whole seconds to wait, at least one.
fn wait_s(wait: Duration) -> u64 {
    wait.as_secs() + 1
}

/// What the parser itself said, without the framework's preambles.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

fn chain(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn summary(fields: &[FieldProblem]) -> String {
    let lines: Vec<_> =
        fields.iter().map(|problem| format!("{}: {}", problem.field, problem.detail)).collect();
    lines.join("; ")
}
