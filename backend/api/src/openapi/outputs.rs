//! What a handler gives.

use super::about::may_answer;
use crate::answer::{
    Accepted, Attachment, CSV, Created, Csv, JSON_LINES, JsonLines, Made, MadeOrReplaced, Removed, Tagged,
    WithCookie,
};
use crate::error::{ApiError, kind};
use crate::metrics::Metrics;
use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{
    Header, MediaType, Operation, ParameterSchemaOrContent, ReferenceOr, Response, SchemaObject,
};
use indexmap::IndexMap;
use schemars::{JsonSchema, json_schema};
use vigia_contract::http::health::MetricsSummary;

/// Any handler may fail with these; what else may go wrong its inputs tell.
impl OperationOutput for ApiError {
    type Inner = ();

    fn inferred_responses(_: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        may_answer(operation, &[kind::INTERNAL_ERROR, kind::DATABASE_UNAVAILABLE]);
        Vec::new()
    }
}

impl<T: JsonSchema> OperationOutput for Tagged<T> {
    type Inner = T;

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        let answer = axum::Json::<T>::operation_response(ctx, operation).unwrap_or_default();
        vec![(Some(200), with_header(answer, "ETag", "The version, for `If-Match`"))]
    }
}

impl<T: OperationOutput> OperationOutput for Created<T> {
    type Inner = T::Inner;

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        let answers = T::inferred_responses(ctx, operation).into_iter();
        answers
            .map(|(_, answer)| (Some(201), with_header(answer, "Location", "Where it can be found again")))
            .collect()
    }
}

impl<T: JsonSchema> OperationOutput for Accepted<T> {
    type Inner = T;

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        vec![(Some(202), axum::Json::<T>::operation_response(ctx, operation).unwrap_or_default())]
    }
}

impl OperationOutput for JsonLines {
    type Inner = ();

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<u16>, Response)> {
        let content = IndexMap::from_iter([(JSON_LINES.to_owned(), MediaType::default())]);
        let description = "One JSON value a line, each as the list shows it.".to_owned();
        let answer = Response { description, content, ..Response::default() };
        vec![(Some(200), with_header(answer, "Content-Disposition", "The name of the file"))]
    }
}

impl OperationOutput for Csv {
    type Inner = ();

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<u16>, Response)> {
        let content = IndexMap::from_iter([(CSV.to_owned(), MediaType::default())]);
        let description = "A line for each sample, after one with the names of the columns: ts, metricId, value, quality, unit, dataType. No value is an empty field, an empty text \"\".".to_owned();
        let answer = Response { description, content, ..Response::default() };
        vec![(Some(200), with_header(answer, "Content-Disposition", "The name of the file"))]
    }
}

impl<T: OperationOutput> OperationOutput for Made<T> {
    type Inner = T::Inner;

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        T::inferred_responses(ctx, operation).into_iter().map(|(_, answer)| (Some(201), answer)).collect()
    }
}

impl<T: OperationOutput> OperationOutput for WithCookie<T> {
    type Inner = T::Inner;

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        let answers = T::inferred_responses(ctx, operation).into_iter();
        answers
            .map(|(status, answer)| (status, with_header(answer, "Set-Cookie", "The session's cookie")))
            .collect()
    }
}

impl<T: JsonSchema> OperationOutput for MadeOrReplaced<T> {
    type Inner = T;

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        let mut answers = Tagged::<T>::inferred_responses(ctx, operation);
        answers.extend(Created::<Tagged<T>>::inferred_responses(ctx, operation));
        answers
    }
}

impl OperationOutput for Removed {
    type Inner = ();

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<u16>, Response)> {
        let answer = Response { description: "removed".to_owned(), ..Response::default() };
        vec![(Some(204), with_header(answer, "ETag", "The version of what it was a part of, for `If-Match`"))]
    }
}

impl<T: JsonSchema> OperationOutput for Attachment<T> {
    type Inner = T;

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        let answer = axum::Json::<T>::operation_response(ctx, operation).unwrap_or_default();
        vec![(Some(200), with_header(answer, "Content-Disposition", "The name of the file"))]
    }
}

impl OperationOutput for Metrics {
    type Inner = ();

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Response)> {
        let mut answer = axum::Json::<MetricsSummary>::operation_response(ctx, operation).unwrap_or_default();
        "By default Prometheus' text format.".clone_into(&mut answer.description);
        answer.content.insert("text/plain".to_owned(), MediaType::default());
        vec![(Some(200), answer)]
    }
}

fn with_header(mut response: Response, name: &str, about: &str) -> Response {
    let schema =
        SchemaObject { json_schema: json_schema!({ "type": "string" }), external_docs: None, example: None };
    let header = Header {
        description: Some(about.to_owned()),
        style: aide::openapi::HeaderStyle::Simple,
        required: false,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(schema),
        example: None,
        examples: IndexMap::default(),
        extensions: IndexMap::default(),
    };
    response.headers.insert(name.to_owned(), ReferenceOr::Item(header));
    response
}
