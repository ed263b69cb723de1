//! `cargo xtask chaos`: build the release programs and hand over to the one that breaks things.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::Chaos;
use crate::failure::Result;
use crate::{demo, project, run, setup};

const PACKAGES: [&str; 4] = ["-p", "vigia-server", "-p", "vigia-trials"];

/// Its plan and its verdict pass through, and its failure is ours.
pub(crate) fn chaos(chaos: &Chaos) -> Result<()> {
    setup::ensure(setup::FOR_RUST)?;
    let built = demo::target().join("release");
    if chaos.programs.is_none() {
        let mut cargo = project::cargo();
        cargo.args(["build", "--release", "--bins"]).args(PACKAGES);
        run::step("release programs (the first build takes some minutes)", &mut cargo)?;
    }
    run::step("chaos", &mut program(chaos, &built))
}

/// The program that breaks things: beside the program under trial, else the one built last.
fn program(chaos: &Chaos, built: &Path) -> Command {
    let programs = chaos.programs.as_deref().map_or_else(|| built.to_owned(), absolute);
    let beside = programs.join("chaos");
    let mut command = Command::new(if beside.is_file() { beside } else { built.join("chaos") });
    command.args(&chaos.args).arg("--programs").arg(programs);
    command
}

fn absolute(folder: &Path) -> PathBuf {
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}
