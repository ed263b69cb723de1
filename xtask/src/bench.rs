//! `cargo xtask bench`: build the release programs and hand over to the one that measures.

use std::path::Path;
use std::process::Command;

use crate::failure::Result;
use crate::{demo, project, run, setup};

/// What is measured, what plays the fleet, and what measures.
const PROGRAMS: [(&str, &str); 3] =
    [("vigia-server", "vigia"), ("vigia-simulator", "simulator"), ("vigia-trials", "bench")];

/// Runs with these arguments; its table and its progress pass through.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    setup::ensure(setup::FOR_RUST)?;
    let mut build = project::cargo();
    build.args(["build", "--release"]);
    for (package, program) in PROGRAMS {
        build.args(["-p", package, "--bin", program]);
    }
    run::step("release programs (the first build takes some minutes)", &mut build)?;
    run::step("bench", &mut program(&demo::target(), args))
}

/// The program that measures; it finds the others beside itself.
fn program(target: &Path, args: &[String]) -> Command {
    let mut bench = Command::new(target.join("release/bench"));
    bench.args(args);
    if !args.iter().any(|arg| arg == "--json") {
        bench.arg("--json").arg(target.join("bench.json"));
    }
    bench
}
