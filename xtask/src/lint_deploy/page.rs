//! What the policy of nginx/vigia/http.conf lets a page do, held against the page that was built.

use std::fs;
use std::path::Path;

use crate::failure::{Failure, Result};

/// The page may have nothing in itself that the policy forbids, which names no hash of a script and of the page's own styles.
pub(super) fn fits_policy(dist: &Path) -> Result<()> {
    let file = dist.join("index.html");
    let page = fs::read_to_string(&file)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", file.display())))?;
    let found = faults(&page);
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("{} has what the policy forbids: {}", file.display(), found.join("; "))))
}

/// Scripts and styles within the page, handlers in attributes, and whatever comes from elsewhere.
fn faults(page: &str) -> Vec<String> {
    let tags = page.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    let mut found = Vec::new();
    for (tag, text) in tags {
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        if matches!(name, "script" | "style") && !text.trim().is_empty() {
            found.push(format!("<{tag}> with a content of its own"));
        }
        let attributes =
            tag.split_whitespace().skip(1).map(|part| part.split_once('=').unwrap_or((part, "")));
        for (attribute, value) in attributes {
            if attribute == "style" || attribute.starts_with("on") {
                found.push(format!("<{name}> with {attribute}="));
            }
            let target = value.trim_matches(['"', '\'']);
            let elsewhere = !target.starts_with('/') || target.starts_with("//");
            if elsewhere && matches!(attribute, "src" | "href") {
                found.push(format!("<{name}> from {target}"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::faults;

    #[test]
    fn what_the_policy_forbids_is_found() {
        let page = r#"<html><script src="/theme.js"></script><link rel="stylesheet" href="/assets/a.css"><p>x</p></html>"#;
        assert!(faults(page).is_empty(), "{:?}", faults(page));
        for bad in [
            "<script>alert(1)</script>",
            "<style>p {}</style>",
            "<p style=\"color: red\">x</p>",
            "<p onclick=\"x()\">x</p>",
            "<script src=\"https://cdn.example/x.js\"></script>",
            "<script src=\"//cdn.example/x.js\"></script>",
        ] {
            assert_eq!(faults(bad).len(), 1, "{bad}: {:?}", faults(bad));
        }
    }
}
