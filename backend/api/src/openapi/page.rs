//! `GET /api/docs`: the document for people, to read and to try out. The page is one piece; nothing of it comes from
//! elsewhere.

use aide::swagger::Swagger;
use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

static PAGE: LazyLock<Page> = LazyLock::new(Page::new);

#[derive(Debug)]
struct Page {
    html: Bytes,
    tag: HeaderValue,
    policy: HeaderValue,
}

impl Page {
    fn new() -> Self {
        let html = Swagger::new("/api/openapi.json").with_title("Vigía: API").html();
        // Its scripts and styles stand in it, so they are allowed by their hashes and nothing else is.
        let policy = format!(
            "default-src 'none'; script-src {}; style-src {}; img-src 'self' data:; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            hashes(&html, "script"),
            hashes(&html, "style"),
        );
        Self {
            tag: tag_of(&html),
            policy: HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'")),
            html: Bytes::from(html),
        }
    }
}

/// The page.
pub(crate) async fn get_docs() -> impl IntoResponse {
    let page = &*PAGE;
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, page.tag.clone()),
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, page.policy.clone()),
    ];
    (headers, page.html.clone())
}

/// A strong entity tag of a text.
pub(super) fn tag_of(text: &str) -> HeaderValue {
    let tag = format!("\"{}\"", STANDARD.encode(Sha256::digest(text)));
    HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The hashes of the elements of a kind, as a policy names them. What stands between the first opening and the next
/// closing word is the content, as browsers read it: a script may hold the opening word again.
fn hashes(html: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let contents = html.split(&close).filter_map(|part| part.split_once(&open));
    let hashes: Vec<_> = contents
        .map(|(_, content)| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(content))))
        .collect();
    hashes.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_speaks_of_scripts_is_one() {
        let html = "<p></p><script>a=\"<script><\\/script>\"</script>x<script>b</script>";
        let hash = |content: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(content)));
        let both = format!("{} {}", hash("a=\"<script><\\/script>\""), hash("b"));
        assert_eq!(hashes(html, "script"), both);
    }
}
