//! A Python program in a folder of its own, with exactly the packages that were tried together.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::run;

use super::unpacked;

const SCHEMATHESIS: &str = include_str!("schemathesis.txt");
const S3: &str = include_str!("s3.txt");

/// Schemathesis, which makes up requests from the description of an API; installed on first use.
pub(crate) fn schemathesis() -> Result<PathBuf> {
    Ok(environment("schemathesis", "Schemathesis", SCHEMATHESIS)?.join("bin/schemathesis"))
}

/// A Python that can play storage that speaks S3; installed on first use.
pub(crate) fn s3_python() -> Result<PathBuf> {
    Ok(environment("s3", "storage that speaks S3", S3)?.join("bin/python"))
}

/// The folder with these packages and no others.
fn environment(name: &str, title: &str, packages: &str) -> Result<PathBuf> {
    let dir = unpacked().join(name);
    let note = dir.join("packages.txt");
    if fs::read_to_string(&note).is_ok_and(|installed| installed == packages) {
        return Ok(dir);
    }
    let failed = |error| Failure::new(format!("cannot write {}: {error}", note.display()));
    run::step(
        &format!("a folder for {title}"),
        Command::new("python3").args(["-m", "venv", "--clear"]).arg(&dir),
    )?;
    let wanted = dir.join("wanted.txt");
    fs::write(&wanted, packages).map_err(failed)?;
    let mut pip = Command::new(dir.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
    run::step(&format!("installing {title}"), pip.arg("-r").arg(&wanted))?;
    fs::rename(&wanted, &note).map_err(failed)?;
    Ok(dir)
}
