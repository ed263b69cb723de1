//! What a handler takes.

use super::about::{PATH, may_answer};
use crate::account::{From, OldSession};
use crate::caller::{Admin, Caller, Manager, Operator, Person, SeesAll, TenantAdmin};
use crate::error::kind;
use crate::extract::{IfMatch, Json, Path, Query, UserAgent};
use aide::OperationInput;
use aide::generate::{GenContext, in_context};
use aide::openapi::{MediaType, Operation, RequestBody, SchemaObject};
use aide::operation::{ParamLocation, add_parameters, parameters_from_schema, set_body};
use indexmap::IndexMap;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use vigia_contract::http::Problem;
use vigia_contract::ws::{ClientMessage, ServerMessage};

thread_local! {
    /// Of what is read; what is written has another one, for a field that may be left out when it is read is always
    /// there when it is written.
    static READ: RefCell<SchemaGenerator> = RefCell::new(settings().into_generator());
}

/// The dialect of OpenAPI 3.1.
fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    })
}

/// Prepares this thread to describe routes.
pub(super) fn begin() {
    let mut written = settings().for_serialize().into_generator();
    let mut read = settings().into_generator();
    // Of no route: every problem's body, and the messages of the feed.
    written.subschema_for::<Problem>();
    written.subschema_for::<ServerMessage<'_>>();
    read.subschema_for::<ClientMessage>();
    in_context(|ctx| ctx.schema = written);
    READ.with(|known| *known.borrow_mut() = read);
}

/// The types that were read.
pub(super) fn end() -> Map<String, Value> {
    READ.with(|read| read.borrow_mut().take_definitions(true))
}

/// Does something with the schemas of what is read.
fn reading<R>(ctx: &mut GenContext, work: impl FnOnce(&mut GenContext) -> R) -> R {
    let swap =
        |ctx: &mut GenContext| READ.with(|read| std::mem::swap(&mut ctx.schema, &mut read.borrow_mut()));
    swap(ctx);
    let done = work(ctx);
    swap(ctx);
    done
}

fn parameters<T: JsonSchema>(ctx: &mut GenContext, operation: &mut Operation, location: ParamLocation) {
    reading(ctx, |ctx| {
        let schema = ctx.schema.subschema_for::<T>();
        let parameters = parameters_from_schema(ctx, schema, location);
        add_parameters(ctx, operation, parameters);
    });
}

impl<T: JsonSchema> OperationInput for Query<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        parameters::<T>(ctx, operation, ParamLocation::Query);
        may_answer(operation, &[kind::INVALID_QUERY]);
        let has_cursor = operation.parameters.iter().any(|parameter| {
            parameter.as_item().is_some_and(|parameter| parameter.parameter_data_ref().name == "cursor")
        });
        if has_cursor {
            may_answer(operation, &[kind::INVALID_CURSOR]);
        }
    }
}

impl<T: JsonSchema> OperationInput for Json<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let schema = reading(ctx, |ctx| ctx.schema.subschema_for::<T>());
        let body = MediaType {
            schema: Some(SchemaObject { json_schema: schema, external_docs: None, example: None }),
            ..MediaType::default()
        };
        let content = IndexMap::from_iter([("application/json".to_owned(), body)]);
        set_body(ctx, operation, RequestBody { content, required: true, ..RequestBody::default() });
        may_answer(
            operation,
            &[kind::INVALID_JSON, kind::PAYLOAD_TOO_LARGE, kind::UNSUPPORTED_MEDIA_TYPE, kind::INVALID_BODY],
        );
    }
}

/// A tuple's schemas are in the order of the path's placeholders, whose names stand in the path.
impl<T: JsonSchema> OperationInput for Path<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let schema = reading(ctx, |ctx| ctx.schema.subschema_for::<T>()).to_value();
        let parts = match schema.get("prefixItems") {
            Some(parts) => parts.clone(),
            None => Value::Array(vec![schema]),
        };
        operation.extensions.insert(PATH.to_owned(), parts);
        may_answer(operation, &[kind::INVALID_PATH, kind::NOT_FOUND]);
    }
}

impl OperationInput for Caller {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        may_answer(operation, &[kind::LOGIN_REQUIRED]);
    }
}

macro_rules! only_some {
    ($($caller:ty),*) => {$(
        impl OperationInput for $caller {
            fn operation_input(_: &mut GenContext, operation: &mut Operation) {
                may_answer(operation, &[kind::LOGIN_REQUIRED, kind::FORBIDDEN]);
            }
        }
    )*};
}
only_some!(Admin, Manager, Operator, Person, TenantAdmin);

impl OperationInput for IfMatch {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let properties = json!({ "If-Match": {
            "type": ["string", "null"],
            "pattern": r#"^(W/)?"?[0-9]{1,9}"?$"#,
            "examples": ["\"3\""],
            "description": "The version this edit started from, if the body or query does not name it.",
        }});
        let schema =
            Schema::try_from(json!({ "type": "object", "properties": properties })).unwrap_or_default();
        let parameters = parameters_from_schema(ctx, schema, ParamLocation::Header);
        add_parameters(ctx, operation, parameters);
        may_answer(operation, &[kind::INVALID_HEADER, kind::STALE_VERSION]);
    }
}

impl OperationInput for UserAgent {}
impl OperationInput for SeesAll {}
impl OperationInput for OldSession {}
impl OperationInput for From {}
