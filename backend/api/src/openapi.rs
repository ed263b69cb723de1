//! The API described: OpenAPI 3.1, made from the routes themselves and the types of their handlers, so that it cannot
//! say anything else than the code.
//!
//! What a handler takes and gives tells its parameters, bodies and most of the problems it may answer with
//! (`inputs`, `outputs`); a route adds a sentence and what its types do not show ([`says`]); `finish` makes of it the
//! document that is served, and kept as `docs/openapi.json`.

use crate::router::{behind_the_door, in_front_of_it, live_feed, outside};
use aide::axum::ApiRouter;
use aide::openapi::OpenApi;
use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use std::sync::LazyLock;

mod about;
mod inputs;
mod outputs;
mod finish;
mod audience;
mod page;

pub(crate) use about::{About, says, tell};
pub(crate) use page::get_docs;

/// The document; the same for every process of a build.
static DOCUMENT: LazyLock<Document> = LazyLock::new(|| Document::new(&describe()));

#[derive(Debug)]
struct Document {
    json: Bytes,
    tag: HeaderValue,
}

impl Document {
    fn new(json: &str) -> Self {
        Self { tag: page::tag_of(json), json: Bytes::from(json.to_owned()) }
    }
}

/// The document, as text, with its members in a fixed order.
pub fn openapi_json() -> String {
    describe()
}

/// `GET /api/openapi.json`
pub(crate) async fn get_openapi() -> impl IntoResponse {
    let document = &*DOCUMENT;
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, document.tag.clone()),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
    ];
    (headers, document.json.clone())
}

fn describe() -> String {
    inputs::begin();
    let api = ApiRouter::new().merge(in_front_of_it().router).merge(behind_the_door().router);
    let all = outside().router.merge(live_feed().router).nest("/api", api);
    let mut document = OpenApi::default();
    drop(all.finish_api(&mut document));
    let document = finish::finish(serde_json::to_value(&document).unwrap_or_default(), inputs::end());
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
