//! A Python program in a folder of its own, with exactly the packages that were tried together.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::run;

use super::unpacked;

const SCHEMATHESIS: &str = include_str!("schemathesis.txt");
const LINTERS: &str = include_str!("linters.txt");
const S3: &str = include_str!("s3.txt");

/// Schemathesis, which makes up requests from the description of an API; installed on first use.
pub(crate) fn schemathesis() -> Result<PathBuf> {
    Ok(folder("schemathesis", SCHEMATHESIS)?.join("schemathesis"))
}

/// The folder of the programs that check what is deployed: `gixy`, `hadolint`, `check-jsonschema`; installed on first use.
pub(crate) fn linters() -> Result<PathBuf> {
    folder("linters", LINTERS)
}

/// A Python that can play storage that speaks S3; installed on first use.
pub(crate) fn s3_python() -> Result<PathBuf> {
    Ok(folder("s3", S3)?.join("python"))
}

/// The programs of a folder that holds exactly these packages.
fn folder(name: &str, packages: &str) -> Result<PathBuf> {
    let dir = unpacked().join(name);
    let (programs, note) = (dir.join("bin"), dir.join("packages.txt"));
    if fs::read_to_string(&note).is_ok_and(|installed| installed == packages) {
        return Ok(programs);
    }
    let failed = |error| Failure::new(format!("cannot write {}: {error}", note.display()));
    let title = format!("a folder for the Python packages of {name}");
    run::step(&title, Command::new("python3").args(["-m", "venv", "--clear"]).arg(&dir))?;
    let wanted = dir.join("wanted.txt");
    fs::write(&wanted, packages).map_err(failed)?;
    let mut pip = Command::new(programs.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
    run::step(&format!("installing the Python packages of {name}"), pip.arg("-r").arg(&wanted))?;
    fs::rename(&wanted, &note).map_err(failed)?;
    Ok(programs)
}
