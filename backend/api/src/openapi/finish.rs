//! From what the routes tell to the document: problems become responses, parts of paths parameters, types find their
//! place, and what is the same for all routes is said once.

use super::about::{PATH, PROBLEMS};
use super::audience;
use crate::error::kind::{self, Kind};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use vigia_contract::http::problem::PROBLEM_JSON;
use vigia_contract::http::words::IDENTIFIER;

mod types;

const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

const ABOUT: &str = "\
Telemetry of factories: live state, history, alarms, and what administers them. JSON in camelCase; times are ISO 8601 in \
UTC with milliseconds; 64-bit integers are JSON integers with all their digits. Every failure is a problem (RFC 9457) \
whose `code` is stable. Lists are paged: send `nextCursor` back as `cursor`. What two people can edit carries a \
`version`; a write that names an old one gets `stale_version` and changes nothing. The live feed is under `/ws`; its \
messages are the schemas `ServerMessage` and `ClientMessage`.";

/// Makes the document of what the routes tell. `read` are the types of bodies.
pub(super) fn finish(mut document: Value, read: Map<String, Value>) -> Value {
    let mut types = types::gather(&mut document, read);
    let mut paths = document.get_mut("paths").map(Value::take).unwrap_or_default();
    let mut problems = Map::new();
    for (path, item) in paths.as_object_mut().into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                finish_operation(method, path, operation, &mut problems);
            }
        }
    }
    types::prune(&mut types, &paths);
    let tags = tags(&paths);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Vigía", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "servers": [{ "url": "/", "description": "This server" }],
        "tags": tags,
        "security": [{ "bearer": [] }, { "cookie": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of a login, or an API key.",
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "vigia",
                    "description": "Set by logging in; `__Host-vigia` where the page is reached over https.",
                },
            },
            "responses": problems,
            "schemas": types,
        },
    })
}

/// The groups of operations.
fn tags(paths: &Value) -> Vec<Value> {
    let operations = paths.as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object);
    let told =
        operations.flat_map(Map::values).filter_map(|operation| operation.pointer("/tags/0")?.as_str());
    let names: BTreeSet<&str> = told.collect();
    names.into_iter().map(|name| json!({ "name": name })).collect()
}

fn finish_operation(
    method: &str,
    path: &str,
    operation: &mut Map<String, Value>,
    problems: &mut Map<String, Value>,
) {
    let codes = operation.remove(PROBLEMS).unwrap_or_default();
    let mut kinds: Vec<Kind> = codes.as_array().into_iter().flatten().filter_map(find_kind).collect();
    kinds.push(kind::HOST_NOT_ALLOWED);
    kinds.extend([kind::TIMEOUT, kind::OVERLOADED]);
    let named = |parameter: &Value| parameter.get("name").is_some_and(|name| name == "site");
    let parameters = operation.get("parameters").and_then(Value::as_array);
    // The feed's filters may match nothing.
    if path.contains("{site}")
        || path != "/ws" && parameters.is_some_and(|parameters| parameters.iter().any(named))
    {
        kinds.extend([kind::NOT_FOUND, kind::AMBIGUOUS_SITE]);
    }
    if method != "get" {
        kinds.push(kind::ORIGIN_NOT_ALLOWED);
    }
    if kinds.contains(&kind::LOGIN_REQUIRED) {
        kinds.push(kind::TOO_MANY_REQUESTS);
    } else {
        operation.insert("security".to_owned(), json!([]));
    }
    let parts = operation.remove(PATH).unwrap_or_default();
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        for parameter in parameters.iter_mut() {
            forget_null(parameter);
        }
        parameters.splice(0..0, path_parameters(path, &parts));
        if parameters.is_empty() {
            operation.remove("parameters");
        }
    }
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    if let Some(responses) = responses.as_object_mut() {
        for (status, kinds) in by_status(&kinds) {
            // Many routes fail in the same ways: what that looks like is said once.
            let codes: Vec<_> = kinds.iter().map(|kind| kind.code).collect();
            let name = codes.join(".");
            responses.insert(status, json!({ "$ref": format!("#/components/responses/{name}") }));
            problems.entry(name).or_insert_with(|| problem_response(&kinds));
        }
        responses.sort_keys();
    }
    if let Some(audience) = audience::of(method, path) {
        operation.insert("description".to_owned(), format!("Who may: {audience}.").into());
    }
}

fn find_kind(code: &Value) -> Option<Kind> {
    kind::ALL.iter().find(|kind| code == kind.code).copied()
}

/// In the order in which all kinds stand.
fn by_status(kinds: &[Kind]) -> BTreeMap<String, Vec<Kind>> {
    let mut by_status: BTreeMap<String, Vec<Kind>> = BTreeMap::new();
    for kind in kind::ALL.iter().filter(|kind| kinds.contains(kind)) {
        by_status.entry(kind.status.as_u16().to_string()).or_default().push(*kind);
    }
    by_status
}

fn problem_response(kinds: &[Kind]) -> Value {
    let lines: Vec<_> = kinds.iter().map(|kind| format!("`{}`: {}", kind.code, kind.title)).collect();
    let examples: Map<String, Value> =
        kinds.iter().map(|kind| (kind.code.to_owned(), example(kind))).collect();
    let mut response = json!({
        "description": lines.join("\n\n"),
        "content": { PROBLEM_JSON: { "schema": types::reference("Problem"), "examples": examples } },
    });
    let waits = |kind: &Kind| matches!(kind.status.as_u16(), 429 | 503);
    if let Some(response) = response.as_object_mut().filter(|_| kinds.iter().any(waits)) {
        let header =
            json!({ "description": "Seconds to wait", "schema": { "type": "integer", "minimum": 1 } });
        response.insert("headers".to_owned(), json!({ "Retry-After": header }));
    }
    response
}

fn example(kind: &Kind) -> Value {
    json!({ "value": {
        "type": format!("urn:vigia:problem:{}", kind.code),
        "title": kind.title,
        "status": kind.status.as_u16(),
        "code": kind.code,
        "detail": kind.title,
    }})
}

/// The placeholders of a path, in order, with the schemas the handler's extractor has for them.
fn path_parameters(path: &str, parts: &Value) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let schemas = parts.as_array().into_iter().flatten();
    let parameter = |(name, schema): (&str, &Value)| {
        let mut schema = schema.clone();
        if let Some(schema) = schema.as_object_mut().filter(|schema| !schema.contains_key("format")) {
            schema.insert("pattern".to_owned(), IDENTIFIER.into());
        }
        json!({ "name": name, "in": "path", "required": true, "schema": schema, "description": about_part(name) })
    };
    names.zip(schemas).map(parameter).collect()
}

fn about_part(name: &str) -> String {
    match name {
        "site" => "The plant's code.".to_owned(),
        "plc" => "The name of the PLC in its messages.".to_owned(),
        "gateway" => "The thing name of the gateway.".to_owned(),
        "id" => "The id, as lists show it.".to_owned(),
        "version" => "A former version of the dashboard.".to_owned(),
        other => match other.strip_suffix("Id") {
            Some(thing) => format!("The id of the {thing}."),
            None => other.to_owned(),
        },
    }
}

/// A parameter is there or not; it is never null.
fn forget_null(parameter: &mut Value) {
    let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) else { return };
    schema.remove("default");
    // The parameter itself says it.
    schema.remove("description");
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(forms)) = schema.get_mut("anyOf") {
        forms.retain(|form| form.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = forms.as_slice() {
            let mut only = only.clone();
            schema.remove("anyOf");
            only.append(schema);
            *schema = only;
        }
    }
}
