//! What a route says of itself beyond its types.

use crate::error::kind::Kind;
use aide::openapi::Operation;
use serde_json::Value;

/// Under this name an operation collects the codes of its problems until the document is finished.
pub(super) const PROBLEMS: &str = "x-problems";
/// And the schemas of the parts of its path.
pub(super) const PATH: &str = "x-path";

/// A sentence on a route, and problems its types do not tell of.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) summary: &'static str,
    kinds: Vec<Kind>,
}

/// What a route does, in a sentence.
pub(crate) fn says(summary: &'static str) -> About {
    About { summary, kinds: Vec::new() }
}

impl About {
    /// It may also answer with this.
    pub(crate) fn or(mut self, kind: Kind) -> Self {
        self.kinds.push(kind);
        self
    }

    pub(super) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }
}

/// The operation may answer with these.
pub(super) fn may_answer(operation: &mut Operation, kinds: &[Kind]) {
    let codes = operation.extensions.entry(PROBLEMS.to_owned()).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(codes) = codes {
        for kind in kinds {
            let code = Value::from(kind.code);
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
}

/// Writes a route's own words into its operation. `handler` is the path of the handler's function.
pub(crate) fn tell(operation: &mut Operation, group: &str, about: &About, handler: &str) {
    operation.tags = vec![group.to_owned()];
    operation.summary = Some(about.summary.to_owned());
    operation.operation_id = Some(camel_case(handler.rsplit("::").next().unwrap_or(handler)));
    may_answer(operation, about.kinds());
}

fn camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}
