//! Installing Debian packages without starting, enabling or creating any service.

use std::process::Command;

use crate::failure::Result;
use crate::run;

use super::Tool;
use super::tool::{OLDEST_NODE, on_path, version};

const INSTALL: &str = include_str!("apt.sh");

/// Of these tools, those apt can bring, and the others: Debian 12 and Ubuntu 24.04 have a Node that is too old, and
/// Ubuntu's Chromium comes by another package system.
pub(super) fn split(tools: Vec<Tool>, with_sudo: bool) -> Result<(Vec<Tool>, Vec<Tool>)> {
    let doubtful = |tool: &Tool| matches!(tool, Tool::Node | Tool::Chromium);
    // A machine just installed knows no packages at all.
    if tools.iter().any(doubtful) && candidate("mosquitto").is_none() {
        let mut update = Command::new(if with_sudo { "sudo" } else { "apt-get" });
        if with_sudo {
            update.args(["-n", "apt-get"]);
        }
        run::step("list of packages", update.args(["-qq", "update"]))?;
    }
    Ok(tools.into_iter().partition(|tool| offers(*tool)))
}

/// Whether apt, as far as it knows, has this tool new enough.
pub(super) fn offers(tool: Tool) -> bool {
    match tool {
        Tool::Node => candidate("nodejs").is_some_and(|found| version(&found) >= OLDEST_NODE),
        Tool::Chromium => candidate("chromium").is_some(),
        _ => true,
    }
}

/// Installs the packages of these tools.
pub(super) fn install(tools: &[Tool], with_sudo: bool) -> Result<()> {
    if tools.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = tools.iter().flat_map(|tool| tool.packages("apt-get")).copied().collect();
    let mut command = Command::new(if with_sudo { "sudo" } else { "sh" });
    if with_sudo {
        command.args(["-n", "sh"]);
    }
    command.args(["-c", INSTALL, "install"]).args(&packages);
    run::careful_step(&format!("installing {}", packages.join(" ")), &mut command)
}

/// The version apt would install; `None` if it knows none, as before the first update.
fn candidate(package: &str) -> Option<String> {
    on_path("apt-cache")?;
    let policy = run::output(Command::new("apt-cache").args(["policy", package]).env("LC_ALL", "C"))?;
    let line = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    (line != "(none)").then(|| line.to_owned())
}
