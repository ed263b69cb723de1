//! The command line.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Plays a fleet of industrial gateways towards an MQTT broker.
#[derive(Debug, Parser)]
#[command(name = "simulator", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Publish the fleet of a scenario
    Run(Run),
    /// Publish recorded data: a CSV file with the columns time, plc, metric, value (and unit, quality)
    ReplayCsv(ReplayCsv),
    /// Publish again what a ledger holds and the broker never confirmed, byte for byte
    Resend(Resend),
    /// Print the stream of a scenario, without a broker
    Print(Print),
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) fleet: FleetArgs,
    #[command(flatten)]
    pub(crate) broker: Broker,
    /// File to write down every message and confirmation in; an existing one is gone on with
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Put a ledger that grows longer aside as FILE.old and begin it anew [default: it keeps everything]
    #[arg(long, value_name = "BYTES", requires = "ledger")]
    pub(crate) ledger_max_bytes: Option<u64>,
    /// Stop after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) duration: Option<f64>,
    /// Stop after so many messages
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,
    /// Connections shared by the gateways [default: one per gateway, at most 64]
    #[arg(long, value_name = "N")]
    pub(crate) connections: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct FleetArgs {
    /// What the fleet consists of (see scenarios/demo.toml)
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: PathBuf,
    /// The same seed gives the same stream
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Samples a second of the whole fleet, or "max" [default: as the scenario says]
    #[arg(long, value_name = "EVENTS_PER_SECOND|max", value_parser = rate)]
    pub(crate) rate: Option<vigia_simulator::Rate>,
    /// Schema version of all gateways [default: as the scenario says]
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) schema: Option<u8>,
}

#[derive(Debug, Args)]
pub(crate) struct Broker {
    #[arg(long, default_value = "localhost")]
    pub(crate) host: String,
    #[arg(long, default_value_t = 8883)]
    pub(crate) port: u16,
    /// PEM file with the CA of the broker's certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: PathBuf,
    /// PEM file with our client certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: PathBuf,
    /// PEM file with its key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Unconfirmed publishes under way on a connection (a broker may allow fewer)
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) window: u16,
    /// Client ids are this, a dash and a number
    #[arg(long, value_name = "PREFIX", default_value = "vigia-simulator")]
    pub(crate) client_id_prefix: String,
    /// Say nothing while running
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayCsv {
    #[arg(long, value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) broker: Broker,
    #[arg(long)]
    pub(crate) tenant: String,
    #[arg(long)]
    pub(crate) province: String,
    #[arg(long)]
    pub(crate) plant: String,
    #[arg(long)]
    pub(crate) gateway: String,
    /// Send the times of the file, not shifted to now
    #[arg(long)]
    pub(crate) keep_times: bool,
    /// Recorded seconds per second [default: as fast as they are taken]
    #[arg(long, value_name = "X")]
    pub(crate) speed: Option<f64>,
    /// 1 = a message per row, 2 = up to 500 rows in one
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) schema: u8,
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Resend {
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    #[command(flatten)]
    pub(crate) broker: Broker,
    /// Everything, confirmed or not
    #[arg(long, conflicts_with = "since")]
    pub(crate) all: bool,
    /// Also what was confirmed, if published since then (ISO 8601 or Unix ms)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) since: Option<vigia_model::Timestamp>,
    /// Connections; a gateway's messages stay in order
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) connections: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Print {
    #[command(flatten)]
    pub(crate) fleet: FleetArgs,
    /// How many messages
    #[arg(long, default_value_t = 20)]
    pub(crate) count: usize,
    /// Source time of the start (ISO 8601 or Unix ms)
    #[arg(long, value_name = "TIME", default_value = "2025-01-08T18:00:00Z", value_parser = time)]
    pub(crate) start: vigia_model::Timestamp,
}

fn rate(word: &str) -> Result<vigia_simulator::Rate, String> {
    match word.parse::<f64>() {
        _ if word == "max" => Ok(vigia_simulator::Rate::Max),
        Ok(rate) if rate > 0.0 && rate.is_finite() => Ok(vigia_simulator::Rate::PerSecond(rate)),
        _ => Err("wanted is a number above 0, or max".to_owned()),
    }
}

fn time(word: &str) -> Result<vigia_model::Timestamp, String> {
    vigia_simulator::table::parse_time(word)
        .ok_or_else(|| "wanted is 2025-01-08T18:00:00Z, or Unix milliseconds".to_owned())
}
