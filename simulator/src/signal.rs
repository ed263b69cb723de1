//! One value after another, as a machine would give them. Pure: time goes in as seconds, chance as a seed.

mod spec;

pub use spec::SignalSpec;

use crate::random::Random;
use std::f64::consts::TAU;
use vigia_model::Value;

/// A signal under way.
#[derive(Debug, Clone)]
pub struct Signal {
    spec: SignalSpec,
    random: Random,
    /// Seconds since it began, plus a random phase.
    elapsed: f64,
    /// The last value before noise and rounding; of a counter, what is not yet a whole unit.
    level: f64,
    /// Which state holds; of a switch or a heater, 0 is off.
    state: usize,
    /// When `state` changes, on the clock of `elapsed`.
    change_at: f64,
    count: i64,
}

impl Signal {
    /// Begins at a random place of its cycle.
    pub fn new(spec: SignalSpec, mut random: Random) -> Self {
        let (elapsed, level, count) = match &spec {
            SignalSpec::Sine { period_s, .. } => (random.between(0.0, *period_s), 0.0, 0),
            SignalSpec::Thermal { cold, hot, .. } => (0.0, random.between(*cold, *hot), 0),
            SignalSpec::Walk { min, max, .. } => (0.0, random.between(*min, *max), 0),
            SignalSpec::Batch { fill_s, hold_s, empty_s, wait_s, .. } => {
                (random.between(0.0, fill_s + hold_s + empty_s + wait_s), 0.0, 0)
            }
            SignalSpec::Counter { start, .. } => (0.0, 0.0, *start),
            SignalSpec::Switch { .. } | SignalSpec::States { .. } => (0.0, 0.0, 0),
        };
        let mut signal = Self { spec, random, elapsed, level, state: 0, change_at: 0.0, count };
        signal.change_at = signal.elapsed + signal.dwell() * signal.random.unit();
        signal
    }

    /// The value `seconds` after the last one.
    pub fn advance(&mut self, seconds: f64) -> Value {
        self.elapsed += seconds;
        self.change_state();
        match &self.spec {
            SignalSpec::Sine { mean, amplitude, period_s, drift, noise, resolution, integer } => {
                let angle = TAU * self.elapsed / period_s;
                let clean = mean + amplitude * angle.sin() + drift * (angle / 17.3).sin();
                number(clean + noise * self.random.noise(), *resolution, *integer)
            }
            SignalSpec::Thermal { cold, hot, tau_s, noise, resolution, .. } => {
                let target = if self.state == 1 { *hot } else { *cold };
                self.level += (target - self.level) * (1.0 - (-seconds / tau_s).exp());
                number(self.level + noise * self.random.noise(), *resolution, false)
            }
            SignalSpec::Switch { .. } => Value::Bool(self.state == 1),
            SignalSpec::Counter { per_s, .. } => {
                self.level += per_s * seconds * self.random.between(0.5, 1.5);
                self.count = self.count.saturating_add(whole(self.level));
                self.level = self.level.fract();
                Value::Int(self.count)
            }
            SignalSpec::States { names, .. } => {
                Value::Text(names.get(self.state).map_or("", String::as_str).into())
            }
            SignalSpec::Walk { min, max, step, resolution, integer } => {
                let stride = step * self.random.noise() * seconds.sqrt();
                self.level = reflect(self.level + stride, *min, *max);
                number(self.level, *resolution, *integer)
            }
            SignalSpec::Batch { min, max, fill_s, hold_s, empty_s, wait_s, noise, resolution } => {
                let at = self.elapsed % (fill_s + hold_s + empty_s + wait_s);
                let share = if at < *fill_s {
                    at / fill_s
                } else if at < fill_s + hold_s {
                    1.0
                } else {
                    (1.0 - (at - fill_s - hold_s) / empty_s).max(0.0)
                };
                let clean = min + (max - min) * share;
                number((clean + noise * self.random.noise()).clamp(*min, *max), *resolution, false)
            }
        }
    }

    fn change_state(&mut self) {
        let states = match &self.spec {
            SignalSpec::Thermal { .. } | SignalSpec::Switch { .. } => 2,
            SignalSpec::States { names, .. } => names.len(),
            _ => return,
        };
        while self.elapsed >= self.change_at {
            // A random other state; of two, the other one.
            let ahead = 1 + self.random.below(states.saturating_sub(1));
            self.state = (self.state + ahead) % states;
            self.change_at += self.dwell();
        }
    }

    /// How long the present state is to hold.
    fn dwell(&mut self) -> f64 {
        let mean = match &self.spec {
            SignalSpec::Thermal { on_s, off_s, .. } | SignalSpec::Switch { on_s, off_s } => {
                if self.state == 1 { *on_s } else { *off_s }
            }
            SignalSpec::States { dwell_s, .. } => dwell_s.get(self.state).copied().unwrap_or(1.0),
            _ => return 0.0,
        };
        self.random.dwell(mean)
    }
}

/// Rounds to the resolution so that the shortest decimal is what a display would show (83.2, not 83.20000000000001).
fn number(exact: f64, resolution: f64, integer: bool) -> Value {
    if integer {
        return Value::Int(whole(exact.round()));
    }
    let per_unit = resolution.recip().round();
    Value::Float(if per_unit >= 1.0 {
        (exact * per_unit).round() / per_unit
    } else {
        (exact / resolution).round() * resolution
    })
}

/// The whole part, for numbers far below 2^63.
#[expect(
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    reason = "signals stay far below 2^63; `as` saturates"
)]
fn whole(number: f64) -> i64 {
    number.trunc() as i64
}

/// Folds a number that left `min..max` back in.
fn reflect(number: f64, min: f64, max: f64) -> f64 {
    let folded = if number < min {
        2.0 * min - number
    } else if number > max {
        2.0 * max - number
    } else {
        number
    };
    folded.clamp(min, max)
}

#[cfg(test)]
mod tests;
