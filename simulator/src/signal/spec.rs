//! What a signal looks like, as written in a scenario.

use serde::Deserialize;
use vigia_model::DataType;

/// The kinds of signals.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SignalSpec {
    /// A cycle around a mean, on top of a slower drift and noise.
    Sine {
        mean: f64,
        amplitude: f64,
        period_s: f64,
        /// How far the mean wanders, over some seventeen periods.
        #[serde(default)]
        drift: f64,
        /// Standard deviation; noise never exceeds three of it.
        #[serde(default)]
        noise: f64,
        #[serde(default = "hundredth")]
        resolution: f64,
        #[serde(default)]
        integer: bool,
    },
    /// First-order lag towards `hot` while heated and `cold` while not, heated and not by turns.
    Thermal {
        cold: f64,
        hot: f64,
        tau_s: f64,
        on_s: f64,
        off_s: f64,
        #[serde(default)]
        noise: f64,
        #[serde(default = "tenth")]
        resolution: f64,
    },
    /// On and off, each for a random while.
    Switch { on_s: f64, off_s: f64 },
    /// An integer that only grows; `start` may stand beyond 2^53, where floats lose digits.
    Counter { start: i64, per_s: f64 },
    /// A word at a time, each held for a random while around its own mean.
    States { names: Vec<String>, dwell_s: Vec<f64> },
    /// A random walk between two walls.
    Walk {
        min: f64,
        max: f64,
        /// Standard deviation of one second's step.
        step: f64,
        #[serde(default = "hundredth")]
        resolution: f64,
        #[serde(default)]
        integer: bool,
    },
    /// Fill, hold, discharge, wait: a silo, a tank, a mixer.
    Batch {
        min: f64,
        max: f64,
        fill_s: f64,
        hold_s: f64,
        empty_s: f64,
        wait_s: f64,
        #[serde(default)]
        noise: f64,
        #[serde(default = "tenth")]
        resolution: f64,
    },
}

impl SignalSpec {
    /// Says what is wrong with it, if anything.
    pub fn check(&self) -> Result<(), &'static str> {
        let positive = |number: f64| number.is_finite() && number > 0.0;
        let well = match self {
            Self::Sine { mean, amplitude, period_s, drift, noise, resolution, .. } => {
                positive(*period_s)
                    && positive(*resolution)
                    && [mean, amplitude, drift, noise].iter().all(|n| n.is_finite())
            }
            Self::Thermal { cold, hot, tau_s, on_s, off_s, noise, resolution } => {
                [tau_s, on_s, off_s, resolution].iter().all(|n| positive(**n))
                    && [cold, hot, noise].iter().all(|n| n.is_finite())
            }
            Self::Switch { on_s, off_s } => positive(*on_s) && positive(*off_s),
            Self::Counter { per_s, .. } => per_s.is_finite() && *per_s >= 0.0,
            Self::States { names, dwell_s } => {
                if names.is_empty() || names.len() != dwell_s.len() {
                    return Err("states need as many dwell_s as names, and at least one");
                }
                dwell_s.iter().all(|n| positive(*n))
            }
            Self::Walk { min, max, step, resolution, .. } => {
                min < max && positive(*step) && positive(*resolution) && positive(max - min)
            }
            Self::Batch { min, max, fill_s, hold_s, empty_s, wait_s, noise, resolution } => {
                min < max
                    && noise.is_finite()
                    && [fill_s, hold_s, empty_s, wait_s, resolution].iter().all(|n| positive(**n))
            }
        };
        if well { Ok(()) } else { Err("a time, step or resolution must be above 0, and min below max") }
    }

    /// The type its values have.
    pub const fn data_type(&self) -> DataType {
        match self {
            Self::Switch { .. } => DataType::Bool,
            Self::States { .. } => DataType::Text,
            Self::Counter { .. } | Self::Sine { integer: true, .. } | Self::Walk { integer: true, .. } => {
                DataType::Int
            }
            Self::Sine { .. } | Self::Thermal { .. } | Self::Walk { .. } | Self::Batch { .. } => {
                DataType::Float
            }
        }
    }
}

fn tenth() -> f64 {
    0.1
}

fn hundredth() -> f64 {
    0.01
}
