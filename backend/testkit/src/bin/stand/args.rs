//! The command line.

use std::path::PathBuf;

use crate::failure::{Failure, Result};

const USAGE: &str =
    "usage: stand demo --dir .vigia --port 8080 --bin-dir DIR --static-dir DIR --scenario FILE";

/// What to run, and where its files are.
#[derive(Debug)]
pub(crate) struct Args {
    /// The folder for data, logs and certificates.
    pub(crate) dir: PathBuf,
    /// Where page and API are served; 0 is any free port.
    pub(crate) port: u16,
    /// Holds the programs `vigia` and `simulator`.
    pub(crate) bin_dir: PathBuf,
    /// The built page.
    pub(crate) static_dir: PathBuf,
    /// What the simulator plays.
    pub(crate) scenario: PathBuf,
}

impl Args {
    pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Self> {
        let usage = || Failure::Usage(USAGE.to_owned());
        let mut args = args;
        if args.next().as_deref() != Some("demo") {
            return Err(usage());
        }
        let (mut dir, mut port, mut bin_dir, mut static_dir, mut scenario) = (None, None, None, None, None);
        while let Some(name) = args.next() {
            let value = args.next().ok_or_else(usage)?;
            match name.as_str() {
                "--dir" => dir = Some(PathBuf::from(value)),
                "--port" => port = Some(value.parse().map_err(|_| usage())?),
                "--bin-dir" => bin_dir = Some(PathBuf::from(value)),
                "--static-dir" => static_dir = Some(PathBuf::from(value)),
                "--scenario" => scenario = Some(PathBuf::from(value)),
                _ => return Err(usage()),
            }
        }
        Ok(Self {
            dir: dir.ok_or_else(usage)?,
            port: port.ok_or_else(usage)?,
            bin_dir: bin_dir.ok_or_else(usage)?,
            static_dir: static_dir.ok_or_else(usage)?,
            scenario: scenario.ok_or_else(usage)?,
        })
    }
}
