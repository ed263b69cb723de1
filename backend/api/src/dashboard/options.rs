//! The options of a widget: any JSON object, as long as it stays small and the database and every browser can hold it.

use serde_json::Value;
use serde_json::value::RawValue;

/// The longest, in bytes: hundreds of rows of a state table. The whole dashboard is bounded again.
const MAX_BYTES: usize = 16 * 1024;
/// How deep objects and arrays stand in each other at most; a widget needs four.
const MAX_DEPTH: usize = 16;

/// Checks options as they were sent; none are an empty object.
///
/// # Errors
/// What is wrong, for people.
pub(super) fn read(sent: Option<Box<RawValue>>) -> Result<Box<RawValue>, String> {
    let Some(sent) = sent.filter(|sent| sent.get() != "null") else {
        return serde_json::value::to_raw_value(&serde_json::Map::new()).map_err(|error| error.to_string());
    };
    let bytes = sent.get().len();
    if bytes > MAX_BYTES {
        return Err(format!("are {bytes} bytes long, at most {MAX_BYTES} are kept"));
    }
    // Kept as they were sent; read only to be judged, for so far nothing was but their brackets.
    let value: Value = serde_json::from_str(sent.get()).map_err(|error| error.to_string())?;
    if !value.is_object() {
        return Err("are a JSON object".to_owned());
    }
    check(&value, 1)?;
    Ok(sent)
}

fn check(value: &Value, depth: usize) -> Result<(), String> {
    let is_storable = |text: &str| !text.contains('\0');
    let nul = || "hold the character \\u0000, which the database cannot keep".to_owned();
    if depth > MAX_DEPTH {
        return Err(format!("are nested more than {MAX_DEPTH} deep"));
    }
    match value {
        Value::String(text) if !is_storable(text) => Err(nul()),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, depth + 1)),
        Value::Object(fields) => {
            fields.iter().try_for_each(
                |(name, field)| {
                    if is_storable(name) { check(field, depth + 1) } else { Err(nul()) }
                },
            )
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<String, String> {
        let sent = RawValue::from_string(text.to_owned()).unwrap();
        read(Some(sent)).map(|kept| kept.get().to_owned())
    }

    #[test]
    fn kept_letter_by_letter() {
        assert_eq!(read(None).unwrap().get(), "{}");
        assert_eq!(read_text("null").unwrap(), "{}");
        let nested = format!("{}1{}", "{\"a\":".repeat(15), "}".repeat(15));
        for text in [
            r#"{ "z": 9007199254740993, "a": 1.10, "e": 1e2, "n": 123456789012345678901234567890 }"#,
            r#"{"text":"\u00f1 \\u0000"}"#,
            nested.as_str(),
        ] {
            assert_eq!(read_text(text).unwrap(), text);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_explained() {
        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(MAX_BYTES));
        let deep = format!("{}1{}", "{\"a\":".repeat(17), "}".repeat(17));
        let very_deep = format!("{{\"a\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
        for (text, part) in [
            ("[]", "are a JSON object"),
            ("3", "are a JSON object"),
            (r#"{"a":"x\u0000"}"#, "u0000"),
            (r#"{"\u0000":1}"#, "u0000"),
            (r#"{"a":[{"b":"\u0000"}]}"#, "u0000"),
            (r#"{"a":"\ud800"}"#, "hex escape"),
            (r#"{"a":1e999}"#, "number out of range"),
            (long.as_str(), "at most 16384"),
            (deep.as_str(), "nested more than 16"),
            (very_deep.as_str(), "recursion limit"),
        ] {
            let fault = read_text(text).unwrap_err();
            assert!(fault.contains(part), "{fault}");
        }
    }
}
