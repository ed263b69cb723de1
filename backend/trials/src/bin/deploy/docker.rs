//! The Docker engine: its command line, and what it says of containers.

use crate::command::run;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
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

/// Where a container is reached in a network.
pub(crate) fn address(container: &str, network: &str) -> Result<String> {
    let address = text(&inspect(container)?, &format!("/NetworkSettings/Networks/{network}/IPAddress"));
    ensure!(!address.is_empty(), "{container} has no address in {network}");
    Ok(address)
}

/// Since when a container runs, and how often the engine had to start it again: the same as long as it lives.
pub(crate) fn life(container: &str) -> Result<(String, String)> {
    let document = inspect(container)?;
    Ok((text(&document, "/State/StartedAt"), text(&document, "/RestartCount")))
}

/// What a container wrote.
pub(crate) fn logs(container: &str) -> Result<String> {
    let output = docker(&["logs", container]).output()?;
    Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// In how many lines it wrote all of these words.
pub(crate) fn wrote(container: &str, words: &[&str]) -> Result<usize> {
    let logs = logs(container)?;
    Ok(logs.lines().filter(|line| words.iter().all(|word| line.contains(word))).count())
}

/// Writes files that only the account of a container may read.
pub(crate) fn hand_over(folder: &Path, account: u32, files: &[(&str, String)]) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400))?;
        chown(&path, Some(account), Some(account))?;
    }
    Ok(())
}
