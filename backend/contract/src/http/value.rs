//! A measured value as JSON shows it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;

/// Integers with all their digits, floats in their shortest exact form, null where the gateway sent none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum JsonValue {
    Float(f64),
    Int(i64),
    Bool(bool),
    Text(Box<str>),
    Null,
}

impl JsonSchema for JsonValue {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A measured value: integers with all their digits (up to 64 bits), floats in their shortest \
                            exact form, null where the gateway sent none.",
            "type": ["number", "boolean", "string", "null"],
            "examples": [83.2],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact() {
        for (value, json) in [
            (JsonValue::Int(9_007_199_254_740_993), "9007199254740993"),
            (JsonValue::Int(i64::MIN), "-9223372036854775808"),
            (JsonValue::Float(83.2), "83.2"),
            (JsonValue::Float(0.1 + 0.2), "0.30000000000000004"),
            (JsonValue::Bool(true), "true"),
            (JsonValue::Text("a\"\u{0}ñ".into()), "\"a\\\"\\u0000ñ\""),
            (JsonValue::Null, "null"),
        ] {
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
    }
}
