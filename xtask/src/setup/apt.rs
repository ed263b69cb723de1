//! Installing Debian packages without starting, enabling or creating any service.

use std::process::Command;

use crate::failure::Result;
use crate::run;

use super::Tool;
use super::tool::on_path;

const INSTALL: &str = include_str!("apt.sh");

/// Whether apt can bring this tool. Debian 12's Node is too old, and Ubuntu's Chromium comes by another
/// package system.
pub(super) fn offers(tool: Tool) -> bool {
    match tool {
        Tool::Node => candidate("nodejs").is_none_or(|version| leading_number(&version) >= 20),
        Tool::Chromium => on_path("snap").is_none() || candidate("chromium").is_some(),
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

/// The first number of a version, after an epoch such as `1:`.
fn leading_number(version: &str) -> u32 {
    let upstream = version.split_once(':').map_or(version, |(_, upstream)| upstream);
    let digits = upstream.split(|c: char| !c.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::leading_number;

    #[test]
    fn versions_are_read() {
        for (version, expected) in [("20.19.2+dfsg-1", 20), ("1:18.2", 18), ("odd", 0)] {
            assert_eq!(leading_number(version), expected, "{version}");
        }
    }
}
