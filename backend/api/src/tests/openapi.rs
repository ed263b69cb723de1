//! The API's description: kept in the repository, whole, and true.

use super::*;
use std::collections::BTreeSet;
use vigia_contract::http::words;
use vigia_live::board::RotationState;
use vigia_model::{
    DataType, GatewayStatus, Mode, Quality, RejectReason, RejectionStatus, ReplayOutcome, Role, Severity,
    WidgetKind,
};

const KEPT: &str = include_str!("../../../../docs/openapi.json");

fn document() -> Json {
    serde_json::from_str(&crate::openapi_json()).unwrap()
}

/// Every operation with its method and path.
fn operations(document: &Json) -> Vec<(String, &Json)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &'_ Json)| {
        let methods = item.as_object().unwrap().keys().map(|method| format!("{method} {path}"));
        methods.collect::<Vec<_>>()
    };
    let names: Vec<_> = paths.iter().flat_map(|(path, item)| of((path, item))).collect();
    names
        .into_iter()
        .map(|name| {
            let (method, path) = name.split_once(' ').unwrap();
            (name.clone(), &document["paths"][path][method])
        })
        .collect()
}

#[test]
fn the_kept_description_is_the_present_one() {
    assert!(crate::openapi_json() == KEPT, "docs/openapi.json is not what the code says: cargo xtask gen");
}

#[test]
fn every_operation_is_told_whole() {
    let document = document();
    let operations = operations(&document);
    assert!(operations.len() > 40, "{}", operations.len());
    let mut ids = BTreeSet::new();
    for (name, operation) in operations {
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{name}: its id is taken");
        assert!(!operation["summary"].as_str().unwrap().is_empty() && operation["tags"].is_array(), "{name}");
        if name.contains(" /api/") {
            assert!(
                operation["description"].as_str().is_some_and(|text| text.starts_with("Who may:")),
                "{name}"
            );
        }
        let placeholders = name.matches('{').count();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        assert_eq!(parameters.filter(|it| it["in"] == "path").count(), placeholders, "{name}");
        let responses = operation["responses"].as_object().unwrap();
        let successes: Vec<_> = responses.iter().filter(|(status, _)| status.as_str() < "300").collect();
        // An import makes or replaces.
        let expected = if name.ends_with("/import") { 2 } else { 1 };
        assert_eq!(successes.len(), expected, "{name}: {successes:?}");
        for (status, response) in responses {
            let told = response["content"].is_object() || response["$ref"].is_string();
            assert!(told || ["101", "204"].contains(&status.as_str()), "{name} {status}");
        }
        assert!(
            responses.contains_key("500")
                || !name.contains("/api/")
                || name.contains("get /api/auth/me")
                || name.contains("access"),
            "{name}"
        );
    }
    let unknown = document.to_string().contains("x-problems");
    assert!(!unknown, "something was not finished");
}

#[test]
fn words_are_those_of_the_domain() {
    assert_eq!(words::Role::ALL, Role::ALL.map(Role::as_str));
    assert_eq!(words::Mode::ALL, Mode::ALL.map(Mode::as_str));
    assert_eq!(words::Quality::ALL, Quality::ALL.map(Quality::as_str));
    assert_eq!(words::DataType::ALL, DataType::ALL.map(DataType::as_str));
    assert_eq!(words::WidgetKind::ALL, WidgetKind::ALL.map(WidgetKind::as_str));
    assert_eq!(words::Severity::ALL, Severity::ALL.map(Severity::as_str));
    assert_eq!(words::GatewayStatus::ALL, GatewayStatus::ALL.map(GatewayStatus::as_str));
    assert_eq!(words::RejectReason::ALL, RejectReason::ALL.map(RejectReason::as_str));
    assert_eq!(words::RejectionStatus::ALL, RejectionStatus::ALL.map(RejectionStatus::as_str));
    let rotation =
        [RotationState::None, RotationState::Waiting, RotationState::Trying, RotationState::Failed];
    assert_eq!(words::RotationState::ALL, rotation.map(RotationState::as_str));
    assert_eq!(words::ReplayOutcome::ALL, ReplayOutcome::ALL.map(ReplayOutcome::as_str));
}

/// Members of examples are members of their types, and none that is always there is missing.
#[test]
fn examples_look_like_their_types() {
    let document = document();
    let mut seen = 0;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for example in schema["examples"].as_array().into_iter().flatten().filter_map(Json::as_object) {
            seen += 1;
            let Some(properties) = schema["properties"].as_object() else { continue };
            for member in example.keys() {
                assert!(properties.contains_key(member), "{name}: {member}");
            }
            for required in schema["required"].as_array().into_iter().flatten() {
                assert!(example.contains_key(required.as_str().unwrap()), "{name}: {required}");
            }
        }
    }
    assert!(seen > 10, "{seen}");
    for (name, operation) in operations(&document) {
        let Some(body) = operation.pointer("/requestBody/content/application~1json/schema/$ref") else {
            continue;
        };
        let schema = body.as_str().unwrap().trim_start_matches('#');
        assert!(document.pointer(schema).unwrap()["examples"].is_array(), "{name}: {schema} has no example");
    }
}

#[tokio::test]
async fn it_is_served_and_asked_for_again_cheaply() {
    let app = TestApp::start().await;
    for path in ["/api/openapi.json", "/api/docs"] {
        let reply = app.send(anonymous(Method::GET, path).body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, 200, "{path}");
        let again = anonymous(Method::GET, path).header(header::IF_NONE_MATCH, reply.header(header::ETAG));
        assert_eq!(app.send(again.body(Body::empty()).unwrap()).await.status, 304, "{path}");
    }
    assert_eq!(app.get("/api/openapi.json").await.text(), KEPT);
}

/// The page brings all it needs, and its policy allows exactly that.
#[tokio::test]
async fn the_page_of_the_api_needs_nobody_else() {
    let app = TestApp::start().await;
    let reply = app.get("/api/docs").await;
    let page = reply.text();
    // What stands outside of its scripts and styles.
    let without = |page: &str, element: &str| -> String {
        let parts = page.split(&format!("</{element}>")).map(str::to_owned).collect::<Vec<_>>();
        parts.iter().map(|part| part.split(&format!("<{element}>")).next().unwrap()).collect()
    };
    let frame = without(&without(page, "script"), "style");
    assert!(frame.len() < 1_000, "{}", frame.len());
    for foreign in ["src", "href", "@import"] {
        assert!(!frame.contains(foreign), "{foreign}: {frame}");
    }
    let policy = reply.header(header::CONTENT_SECURITY_POLICY);
    assert_eq!(policy.matches("'sha256-").count(), 3, "two scripts and a style: {policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
}
