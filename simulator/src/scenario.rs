//! What the fleet consists of and what befalls it: the shape of a scenario file. `scenarios/demo.toml` explains
//! every key; [`Scenario::plan`] turns it into one flat list of gateways and series.

mod plan;

pub use plan::{GatewayPlan, Plan, SeriesPlan};

use crate::error::{Error, Result};
use crate::invalid::InvalidKind;
use crate::signal::SignalSpec;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A scenario file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub name: String,
    /// The firmware heartbeats report.
    #[serde(default = "firmware")]
    pub version: String,
    /// Seconds between heartbeats of a gateway; 0 = none.
    #[serde(default = "quarter_minute")]
    pub heartbeat_s: f64,
    /// A metric is read up to this many milliseconds before it is sent.
    #[serde(default)]
    pub jitter_ms: u32,
    #[serde(default)]
    pub faults: Faults,
    #[serde(default)]
    pub invalid: Invalid,
    /// What a PLC of a profile measures: metric name → metric.
    pub profile: BTreeMap<String, BTreeMap<String, Metric>>,
    #[serde(rename = "gateway")]
    pub gateways: Vec<Gateway>,
}

/// What goes wrong in honest fleets. All off by default.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// A PLC stops answering: all its metrics are BAD, the heartbeat says `plcLink` "lost".
    pub plc_per_hour: f64,
    pub plc_s: f64,
    /// A sensor is doubtful: UNCERTAIN values.
    pub sensor_per_hour: f64,
    pub sensor_s: f64,
    /// A gateway loses the internet: samples wait on its disk, then come late in bursts of schema 2.
    pub outage_per_hour: f64,
    pub outage_s: f64,
    /// The share of messages sent twice.
    pub duplicate_share: f64,
    /// The second time comes within so long.
    pub duplicate_within_s: f64,
}

/// Messages that must be refused.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Invalid {
    /// How many there are per good message; 0 = none.
    pub share: f64,
    pub kinds: Vec<InvalidKind>,
    /// How many there are per good message that contradict it: the same series and time, another number.
    pub contradictions: f64,
    /// They come within so long; 0 = at once.
    pub contradiction_within_s: f64,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            plc_per_hour: 0.0,
            plc_s: 0.0,
            sensor_per_hour: 0.0,
            sensor_s: 0.0,
            outage_per_hour: 0.0,
            outage_s: 0.0,
            duplicate_share: 0.0,
            duplicate_within_s: 5.0,
        }
    }
}

impl Default for Invalid {
    fn default() -> Self {
        Self {
            share: 0.0,
            kinds: InvalidKind::USUAL.to_vec(),
            contradictions: 0.0,
            contradiction_within_s: 0.0,
        }
    }
}

/// One variable of a PLC.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    pub unit: Option<String>,
    #[serde(default = "one")]
    pub every_s: f64,
    /// This many alike, named by `{n}` in the metric's name.
    #[serde(default = "single")]
    pub count: u32,
    pub signal: SignalSpec,
}

/// One gateway, or `count` alike.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    pub id: String,
    pub tenant: String,
    pub province: String,
    pub plant: String,
    /// Of telemetry: 1 = a message per sample, 2 = samples gathered for `batch_s`.
    #[serde(default = "one_u8")]
    pub schema: u8,
    #[serde(default = "one")]
    pub batch_s: f64,
    /// A message is sent early when it holds this many samples.
    #[serde(default = "batch_max")]
    pub batch_max: usize,
    /// Its samples are from so long ago: what a gateway sends that has waited on a shelf.
    #[serde(default)]
    pub days_late: u32,
    /// And by so much more.
    #[serde(default)]
    pub seconds_late: u32,
    #[serde(default = "single")]
    pub count: u32,
    #[serde(rename = "plc")]
    pub plcs: Vec<Plc>,
}

/// One PLC, or `count` alike.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plc {
    pub id: String,
    pub profile: String,
    #[serde(default = "single")]
    pub count: u32,
}

impl Scenario {
    /// Reads and checks a scenario file.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Read {
            what: "the scenario",
            path: path.to_owned(),
            source,
        })?;
        let scenario: Self = toml::from_str(&text)
            .map_err(|source| Error::ScenarioSyntax { path: path.to_owned(), source: Box::new(source) })?;
        scenario.plan()?;
        Ok(scenario)
    }
}

fn firmware() -> String {
    "1.0.0".to_owned()
}

fn quarter_minute() -> f64 {
    15.0
}

fn one() -> f64 {
    1.0
}

fn single() -> u32 {
    1
}

fn one_u8() -> u8 {
    1
}

fn batch_max() -> usize {
    500
}
