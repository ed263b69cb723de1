//! The built frontend, if there is one.

use crate::error::ApiError;
use crate::{Api, ApiSettings};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use tower_http::services::{ServeDir, ServeFile};

/// Names under `/assets/` carry a hash of the content: what was fetched once never changes.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Everything else is asked for again, and mostly answered with 304.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Adds the frontend, or a word on where the API is.
pub(crate) fn serve(routes: Router<Api>, settings: &ApiSettings) -> Router<Api> {
    let Some(dir) = &settings.static_dir else {
        return routes.route("/", get(signpost)).fallback(no_such_route);
    };
    let hashed = Router::new()
        .fallback_service(ServeDir::new(dir.join("assets")).precompressed_gzip())
        .layer(from_fn(|request: Request, next: Next| cached(FOREVER, request, next)));
    // An address of the page's own router is answered with the page.
    let page = ServeDir::new(dir).precompressed_gzip().fallback(ServeFile::new(dir.join("index.html")));
    let pages = Router::new()
        .fallback_service(page)
        .layer(from_fn(|request: Request, next: Next| cached(ASK_AGAIN, request, next)));
    routes.nest("/assets", hashed).fallback_service(pages)
}

pub(crate) async fn no_such_route() -> ApiError {
    ApiError::NoSuchRoute
}

async fn signpost() -> &'static str {
    "Vigía. The API is under /api (try /api/sites), live data under /ws, health under /health.\n\
     No frontend is served here: STATIC_DIR names none.\n"
}

async fn cached(policy: HeaderValue, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status().is_success() || response.status().is_redirection() {
        response.headers_mut().insert(header::CACHE_CONTROL, policy);
    }
    response
}
