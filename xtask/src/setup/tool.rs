//! The programs that the commands need and Rust does not bring.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run;

use super::unpacked;

const OLDEST_POSTGRES: u32 = 15;
/// As the frontend's package.json says.
pub(super) const OLDEST_NODE: Version = (20, 19);
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Major and minor.
pub(super) type Version = (u32, u32);

/// A program, or a few that come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Compiler,
    Postgres,
    Mosquitto,
    Node,
    Chromium,
    Python,
    Curl,
    Nginx,
    Promtool,
    Amtool,
    Shellcheck,
    Backup,
}

impl Tool {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Compiler => "a C compiler",
            Self::Postgres => "PostgreSQL 15 or newer",
            Self::Mosquitto => "the MQTT broker Mosquitto",
            Self::Node => "Node.js 20.19 or newer with npm",
            Self::Chromium => "the browser Chromium",
            Self::Python => "Python 3 with its module venv",
            Self::Curl => "curl and jq",
            Self::Nginx => "the web server Nginx",
            Self::Promtool => "Prometheus's promtool",
            Self::Amtool => "Alertmanager's amtool",
            Self::Shellcheck => "shellcheck",
            Self::Backup => "pgBackRest, and openssl",
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
            Self::Node => {
                node_version().is_some_and(|version| version >= OLDEST_NODE) && on_path("npm").is_some()
            }
            Self::Chromium => chromium().is_some(),
            Self::Python => {
                run::output(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_some()
            }
            Self::Backup => ["pgbackrest", "openssl"].into_iter().all(|program| on_path(program).is_some()),
            Self::Curl => on_path("curl").is_some() && on_path("jq").is_some(),
            Self::Nginx => {
                let own = (!root).then(|| unpacked().join("nginx/usr/sbin/nginx"));
                let system = PathBuf::from("/usr/sbin/nginx");
                [Some(system), own].into_iter().flatten().any(|program| program.is_file())
            }
            Self::Promtool => promtool().is_some(),
            Self::Amtool => amtool().is_some(),
            Self::Shellcheck => shellcheck().is_some(),
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
            (Self::Python, "apt-get") => &["python3", "python3-venv"],
            (Self::Python, _) => &["python3"],
            (Self::Backup, _) => &["pgbackrest", "openssl"],
            (Self::Curl, _) => &["curl", "jq"],
            (Self::Nginx, _) => &["nginx"],
            (Self::Promtool, _) => &["prometheus"],
            (Self::Amtool, "apt-get") => &["prometheus-alertmanager"],
            (Self::Amtool, _) => &["alertmanager"],
            (Self::Shellcheck, "dnf") => &["ShellCheck"],
            (Self::Shellcheck, _) => &["shellcheck"],
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

/// What is wrong with the Node on the path.
pub(super) fn node_fault() -> String {
    match (node_version(), on_path("node")) {
        (Some((major, minor)), Some(path)) if (major, minor) < OLDEST_NODE => {
            format!("{} is {major}.{minor}", path.display())
        }
        (Some(_), _) => "npm is missing".to_owned(),
        (None, _) => "node is missing".to_owned(),
    }
}

/// Whether the Node on the path is too old and none of the system's packages, which one of those would not replace.
pub(super) fn has_own_node() -> bool {
    node_version().is_some_and(|version| version < OLDEST_NODE)
        && on_path("node").is_some_and(|path| !path.starts_with("/usr/bin"))
}

fn node_version() -> Option<Version> {
    run::output(Command::new("node").arg("--version")).map(|text| version(text.trim_start_matches('v')))
}

/// The first two numbers of a version, after an epoch such as `1:`; 0 for what is none.
pub(super) fn version(text: &str) -> Version {
    let upstream = text.split_once(':').map_or(text, |(_, upstream)| upstream);
    let mut numbers = upstream.split(|c: char| !c.is_ascii_digit()).map(|digits| digits.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// The browser the tests use.
pub(crate) fn chromium() -> Option<PathBuf> {
    CHROMIUM.iter().find_map(|name| on_path(name))
}

/// What checks Prometheus's files.
pub(crate) fn promtool() -> Option<PathBuf> {
    on_path("promtool").or_else(|| unpacked_program("prometheus/usr/bin/promtool"))
}

/// What checks Alertmanager's configuration.
pub(crate) fn amtool() -> Option<PathBuf> {
    on_path("amtool").or_else(|| unpacked_program("prometheus-alertmanager/usr/bin/amtool"))
}

/// What checks shell scripts.
pub(crate) fn shellcheck() -> Option<PathBuf> {
    on_path("shellcheck").or_else(|| unpacked_program("shellcheck/usr/bin/shellcheck"))
}

fn unpacked_program(path: &str) -> Option<PathBuf> {
    Some(unpacked().join(path)).filter(|program| program.is_file())
}

/// Where a program is on the path.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir: PathBuf| dir.join(program))
        .find(|file: &PathBuf| Path::is_file(file))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_read() {
        for (text, expected) in
            [("20.19.2+dfsg-1", (20, 19)), ("1:18.2", (18, 2)), ("22", (22, 0)), ("odd", (0, 0))]
        {
            assert_eq!(version(text), expected, "{text}");
        }
    }
}
