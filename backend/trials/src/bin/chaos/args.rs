//! The command line.

use clap::Parser;
use std::path::PathBuf;
use std::time::Duration;

/// Runs Vigía under load, breaks everything around it at random, and compares what is stored with what was published.
#[derive(Debug, Clone, Parser)]
#[command(name = "chaos", about)]
pub(crate) struct Cli {
    /// How long to publish and to break
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=1_440))]
    pub(crate) minutes: u32,
    /// The same seed breaks the same things at the same times
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Samples a second of the whole fleet
    #[arg(long, value_name = "EVENTS_PER_SECOND", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    pub(crate) rate: u32,
    /// Where the program under trial is [default: beside this one]
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
}

impl Cli {
    pub(crate) fn lasting(&self) -> Duration {
        Duration::from_mins(self.minutes.into())
    }

    /// The folder of the program under trial.
    pub(crate) fn programs(&self) -> PathBuf {
        let beside = || Some(std::env::current_exe().ok()?.parent()?.to_owned());
        self.programs.clone().or_else(beside).unwrap_or_default()
    }
}
