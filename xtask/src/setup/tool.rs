//! The programs that the commands need and Rust does not bring.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run;

use super::unpacked;

const OLDEST_POSTGRES: u32 = 15;
const OLDEST_NODE: u32 = 20;

/// A program, or a few that come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Compiler,
    Postgres,
    Mosquitto,
    Node,
    Chromium,
}

impl Tool {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Compiler => "a C compiler",
            Self::Postgres => "PostgreSQL 15 or newer",
            Self::Mosquitto => "the MQTT broker Mosquitto",
            Self::Node => "Node.js 20 or newer with npm",
            Self::Chromium => "the browser Chromium",
        }
    }

    /// Whether it is installed, or unpacked by us. Root does not use what is unpacked: its servers run as
    /// `nobody`, who may not be able to enter this checkout.
    pub(crate) fn is_there(self, root: bool) -> bool {
        match self {
            Self::Compiler => on_path("cc").is_some(),
            Self::Postgres => {
                let chosen = std::env::var_os("PG_BIN").map(PathBuf::from);
                let own = (!root).then(|| unpacked().join("postgresql/bin"));
                let folders = chosen.into_iter().chain(system_postgres()).chain(own);
                folders.into_iter().any(|bin| bin.join("initdb").is_file())
            }
            Self::Mosquitto => {
                let own = (!root).then(|| unpacked().join("mosquitto/usr/sbin/mosquitto"));
                let system = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"];
                system.into_iter().map(PathBuf::from).chain(own).any(|program| program.is_file())
            }
            Self::Node => node_version() >= OLDEST_NODE && on_path("npm").is_some(),
            Self::Chromium => {
                ["chromium", "chromium-browser", "google-chrome"].iter().any(|name| on_path(name).is_some())
            }
        }
    }

    /// The packages that bring it, by package manager.
    pub(crate) fn packages(self, manager: &str) -> &'static [&'static str] {
        match (self, manager) {
            (Self::Compiler, "apt-get") => &["gcc", "libc6-dev"],
            (Self::Compiler, "apk") => &["build-base"],
            (Self::Compiler, _) => &["gcc"],
            (Self::Postgres, "apt-get" | "pacman" | "apk") => &["postgresql"],
            (Self::Postgres, _) => &["postgresql-server"],
            (Self::Mosquitto, _) => &["mosquitto"],
            (Self::Node, _) => &["nodejs", "npm"],
            (Self::Chromium, _) => &["chromium"],
        }
    }
}

/// The folders of the system's PostgreSQL servers that are new enough.
fn system_postgres() -> Vec<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions
        .filter(|entry| {
            let name = entry.file_name();
            name.to_str()
                .and_then(|name| name.parse().ok())
                .is_some_and(|major: u32| major >= OLDEST_POSTGRES)
        })
        .map(|entry| entry.path().join("bin"))
        .collect()
}

/// The major version of the Node on the path; 0 if there is none.
fn node_version() -> u32 {
    let version = run::output(Command::new("node").arg("--version")).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().unwrap_or_default();
    major.parse().unwrap_or(0)
}

/// Where a program is on the path.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir: PathBuf| dir.join(program))
        .find(|file: &PathBuf| Path::is_file(file))
}
