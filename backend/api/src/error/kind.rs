//! The kinds of problems: what is the same each time one occurs. Their codes are what programs decide on.

use axum::http::StatusCode;

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) status: StatusCode,
    /// Never renamed.
    pub(crate) code: &'static str,
    /// For people.
    pub(crate) title: &'static str,
}

macro_rules! kinds {
    ($($name:ident: $status:ident, $code:literal, $title:literal;)*) => {
        $(pub(crate) const $name: Kind = Kind { status: StatusCode::$status, code: $code, title: $title };)*

        /// All of them.
        pub(crate) const ALL: &[Kind] = &[$($name),*];
    };
}

kinds! {
    INVALID_QUERY: BAD_REQUEST, "invalid_query", "The query is not valid";
    INVALID_PATH: BAD_REQUEST, "invalid_path", "The path is not valid";
    INVALID_CURSOR: BAD_REQUEST, "invalid_cursor", "The cursor is not valid";
    INVALID_HEADER: BAD_REQUEST, "invalid_header", "A header is not valid";
    INVALID_JSON: BAD_REQUEST, "invalid_json", "The body is not JSON";
    BAD_REQUEST: BAD_REQUEST, "bad_request", "Bad request";
    LOGIN_REQUIRED: UNAUTHORIZED, "login_required", "Who are you?";
    INVALID_CREDENTIALS: UNAUTHORIZED, "invalid_credentials", "E-mail or password is wrong";
    FORBIDDEN: FORBIDDEN, "forbidden", "Not allowed";
    HOST_NOT_ALLOWED: FORBIDDEN, "host_not_allowed", "Unknown host name";
    ORIGIN_NOT_ALLOWED: FORBIDDEN, "origin_not_allowed", "Unknown origin";
    NOT_FOUND: NOT_FOUND, "not_found", "Not found";
    NO_SUCH_ROUTE: NOT_FOUND, "no_such_route", "No such address";
    METHOD_NOT_ALLOWED: METHOD_NOT_ALLOWED, "method_not_allowed", "Not possible here";
    AMBIGUOUS_SITE: CONFLICT, "ambiguous_site", "Which tenant's plant?";
    STALE_VERSION: CONFLICT, "stale_version", "Changed meanwhile";
    ALREADY_EXISTS: CONFLICT, "already_exists", "Exists already";
    NOT_EMPTY: CONFLICT, "not_empty", "Still needed";
    LIMIT_REACHED: CONFLICT, "limit_reached", "As many as there may be";
    LINK_EXPIRED: GONE, "link_expired", "The link holds no more";
    PAYLOAD_TOO_LARGE: PAYLOAD_TOO_LARGE, "payload_too_large", "The body is too large";
    UNSUPPORTED_MEDIA_TYPE: UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Only JSON is read";
    INVALID_BODY: UNPROCESSABLE_ENTITY, "invalid_body", "The body is not valid";
    WEBSOCKET_REQUIRED: UPGRADE_REQUIRED, "websocket_required", "WebSocket only";
    VERSION_REQUIRED: PRECONDITION_REQUIRED, "version_required", "Which version is edited?";
    TOO_MANY_ATTEMPTS: TOO_MANY_REQUESTS, "too_many_attempts", "Too many attempts";
    TOO_MANY_CONNECTIONS: TOO_MANY_REQUESTS, "too_many_connections", "Too many connections";
    TOO_MANY_REQUESTS: TOO_MANY_REQUESTS, "too_many_requests", "Too many requests";
    INTERNAL_ERROR: INTERNAL_SERVER_ERROR, "internal_error", "Internal error";
    OVERLOADED: SERVICE_UNAVAILABLE, "overloaded", "Too busy";
    NOT_READY: SERVICE_UNAVAILABLE, "not_ready", "Not ready";
    TIMEOUT: SERVICE_UNAVAILABLE, "timeout", "Took too long";
    DATABASE_UNAVAILABLE: SERVICE_UNAVAILABLE, "database_unavailable", "The database is away";
}
