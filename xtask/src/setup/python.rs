//! A Python program in a folder of its own, with exactly the packages that were tried together.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::run;

use super::unpacked;

const PACKAGES: &str = include_str!("schemathesis.txt");

/// Schemathesis, which makes up requests from the description of an API; installed on first use.
pub(crate) fn schemathesis() -> Result<PathBuf> {
    let dir = unpacked().join("schemathesis");
    let (program, note) = (dir.join("bin/schemathesis"), dir.join("packages.txt"));
    if fs::read_to_string(&note).is_ok_and(|installed| installed == PACKAGES) {
        return Ok(program);
    }
    let failed = |error| Failure::new(format!("cannot write {}: {error}", note.display()));
    run::step(
        "a folder for Schemathesis",
        Command::new("python3").args(["-m", "venv", "--clear"]).arg(&dir),
    )?;
    let wanted = dir.join("wanted.txt");
    fs::write(&wanted, PACKAGES).map_err(failed)?;
    let mut pip = Command::new(dir.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
    run::step("installing Schemathesis", pip.arg("-r").arg(&wanted))?;
    fs::rename(&wanted, &note).map_err(failed)?;
    Ok(program)
}
