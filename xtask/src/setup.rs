//! What the machine lacks, and how it gets it.

use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::{project, run};

mod tool;
mod apt;
mod unpack;

pub(crate) use tool::Tool;

pub(crate) const FOR_RUST: &[Tool] = &[Tool::Compiler, Tool::Postgres, Tool::Mosquitto];
pub(crate) const FOR_DEMO: &[Tool] = &[Tool::Compiler, Tool::Postgres, Tool::Mosquitto, Tool::Node];
pub(crate) const EVERYTHING: &[Tool] =
    &[Tool::Compiler, Tool::Postgres, Tool::Mosquitto, Tool::Node, Tool::Chromium];

/// What we may do on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Power {
    /// Debian or Ubuntu, and we are root.
    Root,
    /// Debian or Ubuntu, and sudo asks for no password.
    Sudo,
    /// Debian or Ubuntu: packages can be fetched and unpacked, not installed.
    User,
    /// Another system.
    Stranger,
}

/// Checks that all these tools are there, and provides those that are not, as far as we may.
pub(crate) fn ensure(tools: &[Tool]) -> Result<()> {
    let power = power();
    let missing: Vec<Tool> =
        tools.iter().copied().filter(|tool| !tool.is_there(power == Power::Root)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|tool| tool.name()).collect();
    println!("── missing here: {}", names.join(", "));
    let still_missing = match power {
        Power::Root | Power::Sudo => {
            let (ours, others): (Vec<_>, Vec<_>) = missing.into_iter().partition(|tool| apt::offers(*tool));
            apt::install(&ours, power == Power::Sudo)?;
            others
        }
        Power::User => unpack::unpack(&missing)?,
        Power::Stranger => missing,
    };
    if still_missing.is_empty() { Ok(()) } else { Err(instructions(&still_missing)) }
}

fn power() -> Power {
    if !is_debian_like() || !Path::new("/usr/bin/apt-get").exists() {
        return Power::Stranger;
    }
    if run::output(Command::new("id").arg("-u")).as_deref() == Some("0") {
        Power::Root
    } else if run::output(Command::new("sudo").args(["-n", "true"])).is_some() {
        Power::Sudo
    } else {
        Power::User
    }
}

fn is_debian_like() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let ids = release.lines().filter(|line| line.starts_with("ID=") || line.starts_with("ID_LIKE="));
    ids.into_iter().any(|line| line.contains("debian") || line.contains("ubuntu"))
}

/// The one command to run where we cannot.
fn instructions(missing: &[Tool]) -> Failure {
    let install = [
        ("apt-get", "sudo apt-get install --no-install-recommends"),
        ("dnf", "sudo dnf install"),
        ("pacman", "sudo pacman -S"),
        ("zypper", "sudo zypper install"),
        ("apk", "sudo apk add"),
    ];
    let manager = install.iter().find(|(program, _)| tool::on_path(program).is_some());
    let Some((program, command)) = manager else {
        let names: Vec<&str> = missing.iter().map(|tool| tool.name()).collect();
        return Failure::new(format!("please install: {}", names.join(", ")));
    };
    let (node, rest): (Vec<Tool>, Vec<Tool>) = missing.iter().partition(|tool| **tool == Tool::Node);
    let packages: Vec<&str> = rest.iter().flat_map(|tool| tool.packages(program)).copied().collect();
    let mut lines = Vec::new();
    if !packages.is_empty() {
        lines.push(format!("please run:  {command} {}", packages.join(" ")));
    }
    if !node.is_empty() {
        lines.push(
            "Node.js 20 or newer, with npm, is needed: see https://nodejs.org/ for ways to install it"
                .to_owned(),
        );
    }
    Failure::new(lines.join("\n"))
}

/// Where tools are unpacked that could not be installed; the testkit looks there too.
fn unpacked() -> std::path::PathBuf {
    project::scratch().join("tools")
}
