//! `cargo xtask demo`: build everything and hand over to the program that runs it.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::{frontend, project, run, setup};

const PACKAGES: [&str; 6] = ["-p", "vigia-server", "-p", "vigia-simulator", "-p", "vigia-testkit"];

/// Returns only if something went wrong: in the end this process becomes `stand demo`.
pub(crate) fn demo(port: u16) -> Result<()> {
    setup::ensure(setup::FOR_DEMO)?;
    frontend::build()?;
    let mut build = project::cargo();
    build.args(["build", "--release", "--bins"]).args(PACKAGES);
    run::step("backend and simulator (the first build takes some minutes)", &mut build)?;

    let mut stand = stand("release", &project::scratch(), port);
    let program = stand.get_program().to_string_lossy().into_owned();
    Err(Failure::new(format!("cannot run {program}: {}", stand.exec())))
}

/// The program that runs everything, from what cargo built as `profile`; port 0 is any free one.
pub(crate) fn stand(profile: &str, dir: &Path, port: u16) -> Command {
    let bin = target().join(profile);
    let mut stand = Command::new(bin.join("stand"));
    stand.arg("demo").current_dir(project::root());
    stand.arg("--dir").arg(dir);
    stand.args(["--port", &port.to_string()]);
    stand.arg("--bin-dir").arg(&bin);
    stand.arg("--static-dir").arg(frontend::dist());
    stand.arg("--scenario").arg(project::root().join("simulator/scenarios/demo.toml"));
    stand
}

/// Where cargo builds: it may have been told another place.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| project::root().join("target"), |dir| project::root().join(dir))
}
