//! What the machine lacks, and how it gets it.

use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::{project, run};

mod tool;
mod apt;
mod unpack;
mod python;

pub(crate) use python::{linters, s3_python, schemathesis};
pub(crate) use tool::{Tool, amtool, chromium, promtool, shellcheck};

pub(crate) const FOR_RUST: &[Tool] =
    &[Tool::Compiler, Tool::Postgres, Tool::Mosquitto, Tool::Curl, Tool::Nginx];
pub(crate) const FOR_FRONTEND: &[Tool] = &[Tool::Node];
pub(crate) const FOR_DEMO: &[Tool] = &[Tool::Compiler, Tool::Postgres, Tool::Mosquitto, Tool::Node];
pub(crate) const FOR_BACKUP: &[Tool] = &[Tool::Postgres, Tool::Backup, Tool::Curl, Tool::Python];
pub(crate) const FOR_LINT_DEPLOY: &[Tool] =
    &[Tool::Node, Tool::Python, Tool::Nginx, Tool::Promtool, Tool::Amtool, Tool::Shellcheck];
pub(crate) const EVERYTHING: &[Tool] = &[
    Tool::Compiler,
    Tool::Postgres,
    Tool::Mosquitto,
    Tool::Node,
    Tool::Chromium,
    Tool::Python,
    Tool::Curl,
    Tool::Nginx,
    Tool::Promtool,
    Tool::Amtool,
    Tool::Shellcheck,
    Tool::Backup,
];

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
            let with_sudo = power == Power::Sudo;
            let (ours, mut others) = apt::split(missing, with_sudo)?;
            // What nobody can bring is said before minutes are spent on the rest.
            if others.is_empty() {
                apt::install(&ours, with_sudo)?;
                others.extend(ours.into_iter().filter(|tool| !tool.is_there(power == Power::Root)));
            }
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
    if is_root() {
        Power::Root
    } else if run::output(Command::new("sudo").args(["-n", "true"])).is_some() {
        Power::Sudo
    } else {
        Power::User
    }
}

fn is_root() -> bool {
    run::output(Command::new("id").arg("-u")).as_deref() == Some("0")
}

fn is_debian_like() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let ids = release.lines().filter(|line| line.starts_with("ID=") || line.starts_with("ID_LIKE="));
    ids.into_iter().any(|line| line.contains("debian") || line.contains("ubuntu"))
}

/// The commands to run where we cannot.
fn instructions(missing: &[Tool]) -> Failure {
    let install = [
        ("apt-get", "apt-get install --no-install-recommends"),
        ("dnf", "dnf install"),
        ("pacman", "pacman -S"),
        ("zypper", "zypper install"),
        ("apk", "apk add"),
    ];
    let sudo = if is_root() { "" } else { "sudo " };
    let manager = install.iter().find(|(program, _)| tool::on_path(program).is_some());
    let Some((manager, command)) = manager else {
        let names: Vec<&str> = missing.iter().map(|tool| tool.name()).collect();
        return Failure::new(format!("please install: {}", names.join(", ")));
    };
    let is_packaged = |tool: Tool| match *manager {
        "apt-get" => apt::offers(tool) && !(tool == Tool::Node && tool::has_own_node()),
        _ => tool != Tool::Node,
    };
    let (packaged, others): (Vec<Tool>, Vec<Tool>) = missing.iter().partition(|tool| is_packaged(**tool));
    let names: Vec<&str> = packaged.iter().flat_map(|tool| tool.packages(manager)).copied().collect();
    let mut lines = Vec::new();
    if !names.is_empty() {
        lines.push(format!("please run:  {sudo}{command} {}", names.join(" ")));
    }
    lines.extend(others.into_iter().map(|tool| elsewhere(tool, manager, sudo)));
    Failure::new(lines.join("\n"))
}

/// How to get what the system's packages do not bring.
fn elsewhere(tool: Tool, manager: &str, sudo: &str) -> String {
    let needed = format!("{} is needed", tool.name());
    match tool {
        Tool::Node => {
            let how = if tool::has_own_node() {
                "bring that one up to date".to_owned()
            } else if manager == "apt-get" {
                let script = "https://deb.nodesource.com/setup_22.x";
                format!("please run:  curl -fsSL {script} | {sudo}bash - && {sudo}apt-get install nodejs")
            } else {
                "https://nodejs.org/ tells how to install it".to_owned()
            };
            format!("{needed} and {}; {how}", tool::node_fault())
        }
        _ => format!("{needed}; please run:  {sudo}snap install chromium"),
    }
}

/// Where tools are unpacked that could not be installed; the testkit looks there too.
fn unpacked() -> std::path::PathBuf {
    project::scratch().join("tools")
}
