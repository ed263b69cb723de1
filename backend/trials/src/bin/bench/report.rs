//! What comes out: rows for people, and every run behind them.

use crate::machine::Machine;
use crate::settings::Settings;
use anyhow::{Context, Result};
use serde::Serialize;
use std::path::Path;
use vigia_trials::audit::Audit;
use vigia_trials::number::median;
use vigia_trials::window::Seen;

/// Everything.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) settings: Settings,
    pub(crate) plan: Plan,
    pub(crate) rows: Vec<Row>,
    /// How long all of it took.
    pub(crate) seconds: f64,
    pub(crate) runs: Vec<Run>,
    pub(crate) latencies: Vec<crate::latency::Latencies>,
    pub(crate) feeds: Vec<crate::feed::FeedSeen>,
    pub(crate) asked: Vec<crate::rest::Asked>,
    /// Comparisons with a ledger that failed.
    pub(crate) faults: Vec<String>,
}

/// How it was measured.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Plan {
    pub(crate) runs: u32,
    pub(crate) warm_up_seconds: u64,
    pub(crate) window_seconds: u64,
    pub(crate) paced_window_seconds: u64,
    pub(crate) connections: usize,
}

/// A line of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) figure: String,
    pub(crate) unit: &'static str,
    pub(crate) vigia: f64,
    /// The same of half the messages, where `vigia` is of 99 in 100.
    pub(crate) vigia_median: Option<f64>,
    pub(crate) baseline: Option<f64>,
    pub(crate) baseline_is: Option<String>,
    pub(crate) ratio: Option<f64>,
    pub(crate) target: Option<Target>,
    pub(crate) met: Option<bool>,
    /// How many runs this is the median of.
    pub(crate) runs: u32,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    RatioAtLeast(f64),
    RatioAtMost(f64),
    AtMost(f64),
    AtLeast(f64),
}

/// One run of one subscriber.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Run {
    pub(crate) subscriber: &'static str,
    pub(crate) load: &'static str,
    pub(crate) number: u32,
    pub(crate) seen: Seen,
    /// Only of what stores and is to be believed.
    pub(crate) audit: Option<Audit>,
    /// Samples in a message, on average over the run.
    pub(crate) samples_per_message: Option<f64>,
}

impl Row {
    pub(crate) fn new(figure: impl Into<String>, unit: &'static str, vigia: f64) -> Self {
        Self {
            figure: figure.into(),
            unit,
            vigia,
            vigia_median: None,
            baseline: None,
            baseline_is: None,
            ratio: None,
            target: None,
            met: None,
            runs: 1,
        }
    }

    /// The median of so many runs, each beside its own baseline.
    pub(crate) fn of_runs(self, runs: usize) -> Self {
        Self { runs: u32::try_from(runs).unwrap_or(u32::MAX), ..self }
    }

    /// Puts a baseline beside it.
    pub(crate) fn beside(self, baseline: f64, is: impl Into<String>, ratio: f64) -> Self {
        Self { baseline: Some(baseline), baseline_is: Some(is.into()), ratio: Some(ratio), ..self }
    }

    /// Judges it.
    pub(crate) fn against(self, target: Target) -> Self {
        let met = match target {
            Target::RatioAtLeast(least) => self.ratio.is_some_and(|ratio| ratio >= least),
            Target::RatioAtMost(most) => self.ratio.is_some_and(|ratio| ratio <= most),
            Target::AtMost(most) => self.vigia <= most,
            Target::AtLeast(least) => self.vigia >= least,
        };
        Self { target: Some(target), met: Some(met), ..self }
    }
}

impl Report {
    /// Notes a comparison; one that failed makes the whole bench fail.
    pub(crate) fn judge(&mut self, what: &str, audit: &Audit) {
        if !audit.is_clean() {
            self.faults.push(format!("{what}: {audit}"));
        }
    }

    /// What the machine's other processes used while it was measured, in cores; `None` before the first run.
    pub(crate) fn others(&self) -> Option<f64> {
        let paced = self.latencies.iter().map(|paced| paced.others);
        let feeds = self.feeds.iter().map(|feed| feed.others_cpu);
        median(self.runs.iter().map(|run| run.seen.cpu.others).chain(paced).chain(feeds))
    }

    /// Writes it as JSON.
    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        let json = serde_json::to_string_pretty(self)?;
        std::fs::write(file, json).with_context(|| format!("cannot write {}", file.display()))
    }
}
