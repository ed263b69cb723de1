//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;
use vigia_trials::subscriber;

/// Measures Vigía beside baselines on this machine.
#[derive(Debug, Parser)]
#[command(name = "bench", about, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) measure: Measure,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Be a baseline: subscribe until killed
    #[command(hide = true)]
    Subscribe {
        kind: subscriber::Kind,
        #[command(flatten)]
        settings: subscriber::Settings,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Measure {
    /// Fewer and shorter runs: some four minutes
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only these figures
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<Figure>,
    /// Nothing but a store of years: what a sample weighs, packing, and questions about history; some eight minutes
    #[arg(long, conflicts_with_all = ["quick", "only"])]
    pub(crate) history: bool,
    /// About how many samples that store has
    #[arg(long, value_name = "N", default_value_t = 100_000_000, requires = "history", value_parser = clap::value_parser!(u64).range(5_000_000..=1_000_000_000))]
    pub(crate) samples: u64,
    /// How often each pair is measured [default: 5, quick 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: Option<u32>,
    /// Length of each window [default: 12, quick 2; for latencies 30 and 8; for the outage 60 and 8]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=7_200))]
    seconds: Option<u64>,
    /// Where the report goes as JSON [default: bench.json in the target folder]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Figure {
    /// Messages and CPU, saturated
    Throughput,
    /// Samples in gathered messages (schema 2)
    Samples,
    /// Beside a backend that stores row at a time
    Rows,
    /// From publish to screen and to disk, paced
    Latency,
    /// The live feed to a thousand viewers, a tenth of whom stop reading
    Feed,
    /// The API beside the same questions in SQL
    Rest,
    /// Without a broker, fed from memory
    Memory,
    /// The database away for a while, and back
    Outage,
    /// Beside gateways that misbehave
    Poison,
}

impl Measure {
    pub(crate) fn runs(&self) -> u32 {
        self.runs.unwrap_or(if self.quick { 2 } else { 5 })
    }

    /// The window of a saturated run.
    pub(crate) fn window(&self) -> Duration {
        Duration::from_secs(self.seconds.unwrap_or(if self.quick { 2 } else { 12 }))
    }

    /// The window of a paced run.
    pub(crate) fn paced_window(&self) -> Duration {
        Duration::from_secs(self.seconds.unwrap_or(if self.quick { 8 } else { 30 }))
    }

    /// Each window of the live feed.
    pub(crate) fn feed_window(&self) -> Duration {
        Duration::from_secs(self.seconds.unwrap_or(if self.quick { 5 } else { 20 }))
    }

    /// Each window in which the API or the database is asked.
    pub(crate) fn rest_window(&self) -> Duration {
        Duration::from_secs(self.seconds.unwrap_or(if self.quick { 1 } else { 5 }))
    }

    /// How long the database is away.
    pub(crate) fn outage(&self) -> Duration {
        Duration::from_secs(self.seconds.unwrap_or(if self.quick { 8 } else { 60 }))
    }

    /// Beside the folder of the programs: cargo's target folder.
    pub(crate) fn json_file(&self) -> PathBuf {
        self.json.clone().unwrap_or_else(|| {
            let program = std::env::current_exe().unwrap_or_default();
            let target = program.ancestors().nth(2).map(PathBuf::from).unwrap_or_default();
            target.join("bench.json")
        })
    }
}
