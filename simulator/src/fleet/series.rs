//! One series under way: when it is read next, what it says and how far that may be trusted.

use super::agenda::Micros;
use super::{Habits, Time, micros};
use crate::error::{Error, Result};
use crate::payload::Reading;
use crate::random::Random;
use crate::scenario::SeriesPlan;
use crate::signal::Signal;
use std::sync::Arc;
use std::time::Duration;
use vigia_model::{DataType, Quality, Timestamp};

#[derive(Debug)]
pub(super) struct SeriesState {
    pub(super) plan: SeriesPlan,
    signal: Signal,
    random: Random,
    data_type: DataType,
    /// Seconds between readings, scaled.
    every_s: f64,
    /// Readings so far: the next is due at `phase + every × readings`, so that nothing adds up.
    readings: u32,
    phase_s: f64,
    last: Option<Timestamp>,
    /// The sensor is doubtful until then.
    doubtful_until: Micros,
}

impl SeriesState {
    /// The series, and when it is first read.
    pub(super) fn new(plan: SeriesPlan, seed: u64, path: &str, scale: f64) -> Result<(Self, Micros)> {
        let every_s = plan.every_s / scale;
        if every_s < 0.001 {
            return Err(Error::Scenario(format!(
                "at this rate {path} would give more than one sample a millisecond: use more series"
            )));
        }
        let mut random = Random::new(seed, path);
        let phase_s = every_s * random.unit();
        let signal = Signal::new(plan.signal.clone(), Random::new(seed, &format!("{path}#signal")));
        let data_type = plan.signal.data_type();
        let state = Self {
            plan,
            signal,
            random,
            data_type,
            every_s,
            readings: 0,
            phase_s,
            last: None,
            doubtful_until: 0,
        };
        Ok((state, micros(phase_s)))
    }

    /// When to read again.
    pub(super) fn next_read(&mut self, now: Micros) -> Micros {
        if let Some(readings) = self.readings.checked_add(1) {
            self.readings = readings;
            micros(self.phase_s + self.every_s * f64::from(readings))
        } else {
            now + micros(self.every_s)
        }
    }

    /// Reads it.
    pub(super) fn read(&mut self, time: &Time, habits: &Habits, plc_lost: bool) -> Reading {
        let value = self.signal.advance(self.every_s);
        let (value, quality) = if plc_lost {
            // Half of all gateways' drivers repeat the last value, the other half says nothing.
            (self.random.chance(0.5).then_some(value), Quality::Bad)
        } else {
            (Some(value), self.trust(time.now, habits))
        };
        Reading {
            plc_id: Arc::clone(&self.plan.plc_id),
            metric_id: Arc::clone(&self.plan.metric_id),
            unit: self.plan.unit.clone(),
            ts: self.stamp(time, habits),
            data_type: self.data_type,
            value,
            quality,
        }
    }

    fn trust(&mut self, now: Micros, habits: &Habits) -> Quality {
        let faults = &habits.faults;
        if self.random.chance(faults.sensor_per_hour * self.every_s / 3_600.0) {
            self.doubtful_until = now + micros(self.random.dwell(faults.sensor_s.max(0.1)));
        }
        if now < self.doubtful_until { Quality::Uncertain } else { Quality::Good }
    }

    /// Source time: a little before the message, later than the last.
    fn stamp(&mut self, time: &Time, habits: &Habits) -> Timestamp {
        // Half an interval at most, so that the order of readings is the order of times.
        let jitter = habits.jitter.min(micros(self.every_s / 2.0));
        let before = if jitter == 0 { 0 } else { micros(self.random.unit() * 1e-6 * to_f64(jitter)) };
        let ts = time.stamp().minus(Duration::from_micros(before));
        let ts = match self.last {
            Some(last) if ts <= last => last.plus(Duration::from_millis(1)),
            _ => ts,
        };
        self.last = Some(ts);
        ts
    }
}

fn to_f64(micros: Micros) -> f64 {
    Duration::from_micros(micros).as_secs_f64() * 1e6
}
