//! Where the server programs are: chosen by the environment, installed by the system, or unpacked by `xtask`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::account::Account;
use crate::error::{Error, Result};

/// The oldest PostgreSQL our SQL is written for.
const OLDEST_POSTGRES: u32 = 15;

/// Where `cargo xtask setup` unpacks what it cannot install: `$VIGIA_TOOLS`, else `.vigia/tools` of the checkout.
fn unpacked() -> PathBuf {
    std::env::var_os("VIGIA_TOOLS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.vigia/tools"), PathBuf::from)
}

/// The programs of one PostgreSQL installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresTools {
    bin: PathBuf,
    version: String,
}

impl PostgresTools {
    /// The preferred installation: `$PG_BIN`, else the newest of the system's, else the unpacked one.
    pub fn find() -> Result<Self> {
        let missing = || Error::Missing {
            what: "PostgreSQL 15 or newer (initdb and postgres)",
            looked_in: "$PG_BIN, /usr/lib/postgresql/*/bin, .vigia/tools/postgresql/bin".to_owned(),
        };
        Self::all().into_iter().next().ok_or_else(missing)
    }

    /// Every usable installation, best first.
    pub fn all() -> Vec<Self> {
        let mut system: Vec<Self> = children(Path::new("/usr/lib/postgresql"))
            .into_iter()
            .filter_map(|version| Self::at(&version.join("bin")))
            .collect();
        system.sort_by_key(|tools| std::cmp::Reverse(tools.major()));
        let chosen = std::env::var_os("PG_BIN").and_then(|bin| Self::at(Path::new(&bin)));
        chosen.into_iter().chain(system).chain(Self::at(&unpacked().join("postgresql/bin"))).collect()
    }

    /// The installation in this folder, if its servers can run it and it is not too old.
    fn at(bin: &Path) -> Option<Self> {
        let bin = bin.canonicalize().ok()?;
        if !bin.join("initdb").is_file() || !Account::for_servers().reaches(&bin) {
            return None;
        }
        let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
        let text = String::from_utf8(output.stdout).ok()?;
        let version = text.split_whitespace().nth(2)?.to_owned();
        let tools = Self { bin, version };
        (tools.major() >= OLDEST_POSTGRES).then_some(tools)
    }

    /// The path of one of its programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// The full version, such as `15.18`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The major version, such as 15.
    pub fn major(&self) -> u32 {
        let digits = self.version.split(|c: char| !c.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }
}

/// The Mosquitto broker, and the folders of its libraries if it was unpacked rather than installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MosquittoTools {
    program: PathBuf,
    libraries: Vec<PathBuf>,
}

impl MosquittoTools {
    /// The system's Mosquitto, else the unpacked one.
    pub fn find() -> Result<Self> {
        let system = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"]
            .into_iter()
            .map(|path| Self { program: PathBuf::from(path), libraries: Vec::new() });
        let root = unpacked().join("mosquitto");
        let libraries = ["usr/lib", "lib"].iter().flat_map(|lib| children(&root.join(lib))).collect();
        let unpacked = Self { program: root.join("usr/sbin/mosquitto"), libraries };
        system.chain([unpacked]).find(|tools| tools.program.is_file()).ok_or_else(|| Error::Missing {
            what: "the MQTT broker mosquitto",
            looked_in: "/usr/sbin, /usr/local/sbin, /usr/bin, .vigia/tools/mosquitto".to_owned(),
        })
    }

    /// The command that runs the broker.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        if !self.libraries.is_empty() {
            let paths: Vec<&OsStr> = self.libraries.iter().map(|path| path.as_os_str()).collect();
            command.env("LD_LIBRARY_PATH", paths.join(OsStr::new(":")));
        }
        command
    }
}

/// Nginx, and what was unpacked with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NginxTools {
    program: PathBuf,
    mime_types: PathBuf,
}

impl NginxTools {
    /// The system's Nginx, else the unpacked one.
    pub fn find() -> Result<Self> {
        let under = |root: &Path| Self {
            program: root.join("usr/sbin/nginx"),
            mime_types: root.join("etc/nginx/mime.types"),
        };
        let places = [under(Path::new("/")), under(&unpacked().join("nginx"))];
        places.into_iter().find(|tools| tools.program.is_file()).ok_or_else(|| Error::Missing {
            what: "the web server nginx",
            looked_in: "/usr/sbin, .vigia/tools/nginx/usr/sbin".to_owned(),
        })
    }

    /// The folder of the program.
    pub fn bin(&self) -> &Path {
        self.program.parent().unwrap_or(&self.program)
    }

    /// Which ending of a file's name is what.
    pub fn mime_types(&self) -> &Path {
        &self.mime_types
    }
}

fn children(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect()
}
