//! The types under `components/schemas`.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const SCHEMAS: &str = "#/components/schemas/";
/// Named by no route.
const ROOTS: [&str; 3] = ["Problem", "ServerMessage", "ClientMessage"];

/// A reference to a type.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{name}") })
}

/// The types that are written and those that are read. One that is both, and not the same, is read as `…Input`.
pub(super) fn gather(document: &mut Value, mut read: Map<String, Value>) -> Map<String, Value> {
    let written = document.pointer_mut("/components/schemas").map(Value::take);
    let Some(Value::Object(mut types)) = written else { return read };
    let twice: Vec<String> = read
        .iter()
        .filter(|(name, schema)| types.get(*name).is_some_and(|other| other != *schema))
        .map(|(name, _)| name.clone())
        .collect();
    for name in twice {
        let new = format!("{name}Input");
        if let Some(schema) = read.remove(&name) {
            read.insert(new.clone(), schema);
        }
        let (old, new) = (format!("{SCHEMAS}{name}"), format!("{SCHEMAS}{new}"));
        read.values_mut().for_each(|schema| rename(schema, &old, &new));
        if let Some(Value::Object(paths)) = document.get_mut("paths") {
            for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
                for part in ["requestBody", "parameters"] {
                    if let Some(part) = operation.get_mut(part) {
                        rename(part, &old, &new);
                    }
                }
            }
        }
    }
    types.append(&mut read);
    types.values_mut().for_each(part_references);
    types.sort_keys();
    types
}

/// A reference with something beside it is allowed, and overlooked by many readers: says the same in two parts.
fn part_references(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(part_references),
        Value::Object(members) => {
            members.values_mut().for_each(part_references);
            if members.contains_key("properties")
                && let Some(reference) = members.remove("$ref")
            {
                let rest = Value::Object(std::mem::take(members));
                members.insert("allOf".to_owned(), json!([{ "$ref": reference }, rest]));
            }
        }
        _ => {}
    }
}

fn rename(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) if text == old => new.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, old, new)),
        Value::Object(members) => members.values_mut().for_each(|member| rename(member, old, new)),
        _ => {}
    }
}

/// Leaves only the types that are referred to, directly or by others.
pub(super) fn prune(types: &mut Map<String, Value>, paths: &Value) {
    let mut wanted: BTreeSet<String> = ROOTS.into_iter().map(str::to_owned).collect();
    let mut open: Vec<String> = wanted.iter().cloned().collect();
    let mut found = Vec::new();
    references(paths, &mut found);
    loop {
        open.extend(found.drain(..).filter(|name| wanted.insert(name.clone())));
        let Some(name) = open.pop() else { break };
        if let Some(schema) = types.get(&name) {
            references(schema, &mut found);
        }
    }
    types.retain(|name, _| wanted.contains(name));
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.extend(text.strip_prefix(SCHEMAS).map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => members.values().for_each(|member| references(member, found)),
        _ => {}
    }
}
