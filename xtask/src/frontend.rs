//! The frontend's packages and build, each only when something changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::failure::{Failure, Result};
use crate::{project, run, setup};

/// What a build is made from.
const SOURCES: [&str; 7] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig.app.json",
    "vite.config.ts",
];

/// An npm command in the frontend's folder.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.args(args).current_dir(dir());
    npm
}

/// An npm script that drives a browser, by itself against pages with a backend that is played.
pub(crate) fn browser(script: &str) -> Command {
    let mut tests = npm(&["run", script, "--"]);
    // With an address they would test what is there.
    tests.env_remove("BASE_URL");
    if std::env::var_os("CHROMIUM_PATH").is_none()
        && let Some(chromium) = setup::chromium()
    {
        tests.env("CHROMIUM_PATH", chromium);
    }
    tests
}

/// Installs packages if the lock file is newer than what npm noted at its last install.
pub(crate) fn install() -> Result<()> {
    let lock = project::changed(&dir().join("package-lock.json"));
    let installed = project::changed(&dir().join("node_modules/.package-lock.json"));
    if lock.is_none() {
        return Err(Failure::new(format!("{} has no package-lock.json", dir().display())));
    }
    if installed >= lock {
        return Ok(());
    }
    run::step("frontend packages", &mut npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Builds the page if its sources are newer than the last whole build.
pub(crate) fn build() -> Result<()> {
    install()?;
    let stamp = project::scratch().join("stamps/frontend-build");
    let sources = project::newest(SOURCES.map(|name| dir().join(name)));
    if dist().join("index.html").exists() && project::changed(&stamp) > sources {
        return Ok(());
    }
    let started = SystemTime::now();
    run::step("frontend build", &mut npm(&["run", "build"]))?;
    // The time of the start, so that a source changed while it was being built counts as changed.
    write_stamp(&stamp, started)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", stamp.display())))
}

/// The built page.
pub(crate) fn dist() -> PathBuf {
    dir().join("dist")
}

fn dir() -> PathBuf {
    project::root().join("frontend")
}

fn write_stamp(stamp: &Path, time: SystemTime) -> std::io::Result<()> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create(stamp)?.set_modified(time)
}
