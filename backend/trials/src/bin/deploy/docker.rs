//! The Docker engine: its command line, and what it says of containers.

use crate::command::run;
use anyhow::{Context, Result};
use serde_json::Value;
use std::process::Command;

/// `docker` with these arguments.
pub(crate) fn docker(args: &[&str]) -> Command {
    let mut command = Command::new("docker");
    command.args(args);
    command
}

/// All that the engine says of a container.
pub(crate) fn inspect(container: &str) -> Result<Value> {
    let said = run(&mut docker(&["container", "inspect", container]))?;
    let list: Value = serde_json::from_str(&said)?;
    list.get(0).cloned().with_context(|| format!("nothing is known of {container}"))
}

/// What stands in a document at a path such as `/State/Pid`, as text.
pub(crate) fn text(document: &Value, path: &str) -> String {
    match document.pointer(path) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// `healthy`, `unhealthy`, `starting`; `none` for a container without a check; else its status, such as `exited`.
pub(crate) fn health(container: &str) -> Result<String> {
    let document = inspect(container)?;
    let status = text(&document, "/State/Status");
    if status != "running" {
        return Ok(status);
    }
    let health = text(&document, "/State/Health/Status");
    Ok(if health.is_empty() { "none".to_owned() } else { health })
}
