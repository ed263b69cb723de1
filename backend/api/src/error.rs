//! Every way a request can fail, and how it looks from outside.

use crate::login::Busy;
use crate::ws::Full;
use axum::extract::rejection::{
    BytesRejection, FailedToBufferBody, JsonRejection, PathRejection, QueryRejection,
};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kind::Kind;
use std::collections::BTreeMap;
use std::error::Error as _;
use std::time::Duration;
use vigia_contract::http::problem::PROBLEM_JSON;
use vigia_contract::http::{FieldProblem, Problem};
use vigia_store::StoreError;

pub(crate) mod kind;

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
    #[error("there is no such {0} here")]
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
    /// Something else needs it; the text says what, and what to do.
    #[error("{0}")]
    NotEmpty(&'static str),
    #[error("the tenant has as many {0} as MAX_GATEWAYS_PER_TENANT lets it have")]
    TooMany(&'static str),
    #[error("this server does not answer to that host name")]
    HostNotAllowed,
    #[error("pages of that origin may not do this")]
    OriginNotAllowed,
    #[error("this address speaks WebSocket only")]
    WebSocketRequired,
    #[error("{detail}")]
    TooManyConnections { limit: &'static str, detail: String },
    #[error("too many of your own requests wait already; send fewer at a time")]
    TooManyRequests,
    #[error("more is asked at a time than this server can answer")]
    Overloaded,
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

    /// What is the same each time.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::InvalidQuery(_) => kind::INVALID_QUERY,
            Self::InvalidPath(_) => kind::INVALID_PATH,
            Self::InvalidCursor => kind::INVALID_CURSOR,
            Self::InvalidHeader(_) => kind::INVALID_HEADER,
            Self::InvalidJson(_) => kind::INVALID_JSON,
            Self::InvalidBody(_) | Self::InvalidFields(_) => kind::INVALID_BODY,
            Self::UnsupportedMediaType => kind::UNSUPPORTED_MEDIA_TYPE,
            Self::PayloadTooLarge => kind::PAYLOAD_TOO_LARGE,
            Self::NotFound(_) => kind::NOT_FOUND,
            Self::NoSuchRoute => kind::NO_SUCH_ROUTE,
            Self::AmbiguousSite(_) => kind::AMBIGUOUS_SITE,
            Self::StaleVersion { .. } => kind::STALE_VERSION,
            Self::VersionRequired => kind::VERSION_REQUIRED,
            Self::LoginRequired => kind::LOGIN_REQUIRED,
            Self::InvalidCredentials => kind::INVALID_CREDENTIALS,
            Self::TooManyAttempts(_) => kind::TOO_MANY_ATTEMPTS,
            Self::LinkExpired => kind::LINK_EXPIRED,
            Self::Forbidden => kind::FORBIDDEN,
            Self::AlreadyExists(_) => kind::ALREADY_EXISTS,
            Self::NotEmpty(_) => kind::NOT_EMPTY,
            Self::TooMany(_) => kind::LIMIT_REACHED,
            Self::HostNotAllowed => kind::HOST_NOT_ALLOWED,
            Self::OriginNotAllowed => kind::ORIGIN_NOT_ALLOWED,
            Self::WebSocketRequired => kind::WEBSOCKET_REQUIRED,
            Self::TooManyConnections { .. } => kind::TOO_MANY_CONNECTIONS,
            Self::TooManyRequests => kind::TOO_MANY_REQUESTS,
            Self::Overloaded => kind::OVERLOADED,
            Self::NotReady(_) => kind::NOT_READY,
            Self::Timeout => kind::TIMEOUT,
            Self::DatabaseUnavailable(_) => kind::DATABASE_UNAVAILABLE,
            Self::Panic | Self::Database(_) => kind::INTERNAL_ERROR,
            Self::Status(status) => match *status {
                StatusCode::NOT_FOUND => kind::NO_SUCH_ROUTE,
                StatusCode::METHOD_NOT_ALLOWED => kind::METHOD_NOT_ALLOWED,
                StatusCode::PAYLOAD_TOO_LARGE => kind::PAYLOAD_TOO_LARGE,
                StatusCode::UNSUPPORTED_MEDIA_TYPE => kind::UNSUPPORTED_MEDIA_TYPE,
                status if status.is_client_error() => Kind { status, ..kind::BAD_REQUEST },
                status => Kind { status, ..kind::INTERNAL_ERROR },
            },
        }
    }

    fn members(&self) -> BTreeMap<&'static str, serde_json::Value> {
        match self {
            Self::StaleVersion { current, .. } => [("current", current.clone())].into(),
            Self::TooManyConnections { limit, .. } => [("limit", (*limit).into())].into(),
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
        let Kind { status, code, title } = self.kind();
        let detail = self.to_string();
        let members = self.members();
        let errors = match &self {
            Self::InvalidFields(fields) => fields.clone(),
            _ => Vec::new(),
        };
        let kind = format!("urn:vigia:problem:{code}");
        let request_id = crate::named::request_id();
        let problem =
            Problem { kind, title, status: status.as_u16(), code, detail, request_id, errors, members };
        let mut response = (status, axum::Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        match self {
            Self::DatabaseUnavailable(_)
            | Self::TooManyConnections { .. }
            | Self::Overloaded
            | Self::Timeout => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            Self::TooManyRequests => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
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
        if error.took_too_long() {
            Self::Timeout
        } else if error.is_transient() {
            Self::DatabaseUnavailable(error)
        } else {
            Self::Database(error)
        }
    }
}

impl From<Busy> for ApiError {
    fn from(_: Busy) -> Self {
        Self::TooManyAttempts(Duration::from_secs(1))
    }
}

impl From<Full> for ApiError {
    fn from(full: Full) -> Self {
        Self::TooManyConnections { limit: full.of.as_str(), detail: full.to_string() }
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
        Self::InvalidQuery(in_plain_words(innermost(&rejection)))
    }
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::InvalidPath("the path holds something else where an id or a number stands".to_owned())
    }
}

/// What the libraries' parsers say, as people would.
fn in_plain_words(text: String) -> String {
    let words = [
        ("invalid digit found in string", "is no whole number"),
        ("number too large to fit in target type", "is too large a number"),
        ("number too small to fit in target type", "is too small a number"),
        ("provided string was not `true` or `false`", "is neither true nor false"),
    ];
    words.into_iter().fold(text, |text, (theirs, ours)| text.replace(theirs, ours))
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
