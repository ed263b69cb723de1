//! The stream of messages: an endless iterator over what the fleet would publish, in order of time. Pure but for the
//! clock that [`Rate::Max`] reads.

mod agenda;
mod gateway;
mod series;
mod work;

use crate::error::{Error, Result};
use crate::invalid::InvalidKind;
use crate::message::Message;
use crate::scenario::{Faults, Scenario};
use agenda::{Agenda, Micros, Task};
use gateway::GatewayState;
use series::SeriesState;
use std::collections::VecDeque;
use std::time::Duration;
use vigia_model::{Clock, Timestamp};

/// How many samples a second the whole fleet makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// As the scenario says.
    Scenario,
    /// Every metric's interval is scaled so that this comes out. Timestamps are the due times: a receiver that falls
    /// behind shows as latency.
    PerSecond(f64),
    /// As fast as they are taken. The order and the values stay those of the seed; timestamps are read from the
    /// clock as each sample is made (and stay one millisecond apart within a series).
    Max,
}

/// How to play a scenario.
#[derive(Debug, Clone)]
pub struct FleetOptions {
    pub seed: u64,
    /// The source time of the first samples.
    pub start: Timestamp,
    pub rate: Rate,
    /// For all gateways, whatever the scenario says.
    pub schema: Option<u8>,
    /// Read only at [`Rate::Max`].
    pub clock: Clock,
}

impl FleetOptions {
    /// The scenario as written, with a seed, from a moment on.
    pub const fn new(seed: u64, start: Timestamp) -> Self {
        Self { seed, start, rate: Rate::Scenario, schema: None, clock: Clock::System }
    }
}

/// A fleet under way. A fixed seed and start give the same stream.
#[derive(Debug)]
pub struct Fleet {
    gateways: Vec<GatewayState>,
    series: Vec<SeriesState>,
    agenda: Agenda,
    ready: VecDeque<Message>,
    time: Time,
    habits: Habits,
}

/// What time it is in the fleet.
#[derive(Debug)]
struct Time {
    start: Timestamp,
    now: Micros,
    /// Set at [`Rate::Max`].
    wall: Option<Clock>,
}

/// What all gateways have in common.
#[derive(Debug)]
struct Habits {
    version: String,
    heartbeat: Micros,
    jitter: Micros,
    faults: Faults,
    invalid_share: f64,
    invalid_kinds: Vec<InvalidKind>,
    contradictions: f64,
    contradiction_within_s: f64,
}

impl Fleet {
    /// Lays the fleet out and puts the first readings on the agenda.
    pub fn new(scenario: &Scenario, options: &FleetOptions) -> Result<Self> {
        let plan = scenario.plan()?;
        let scale = match options.rate {
            Rate::PerSecond(rate) if rate > 0.0 && rate.is_finite() => rate / plan.samples_per_second(),
            Rate::PerSecond(rate) => return Err(Error::Scenario(format!("a rate of {rate} is no rate"))),
            Rate::Scenario | Rate::Max => 1.0,
        };
        let habits = Habits {
            version: scenario.version.clone(),
            heartbeat: micros(scenario.heartbeat_s),
            jitter: u64::from(scenario.jitter_ms) * 1_000,
            faults: scenario.faults.clone(),
            invalid_share: scenario.invalid.share,
            invalid_kinds: scenario.invalid.kinds.clone(),
            contradictions: scenario.invalid.contradictions,
            contradiction_within_s: scenario.invalid.contradiction_within_s,
        };
        let mut agenda = Agenda::default();
        let mut gateways = Vec::new();
        for (index, plan) in plan.gateways.into_iter().enumerate() {
            let mut gateway = GatewayState::new(plan, options);
            let phase = gateway.random.unit();
            if gateway.plan.schema == 2 {
                agenda.add(gateway.batch_every().mul_f(phase), Task::Flush(index));
            }
            if habits.heartbeat > 0 {
                agenda.add(habits.heartbeat.mul_f(phase), Task::Heartbeat(index));
            }
            if let Some(wait) = until(&mut gateway, habits.faults.outage_per_hour) {
                agenda.add(wait, Task::OutageBegins(index));
            }
            for plc in 0..gateway.plan.plcs.len() {
                if let Some(wait) = until(&mut gateway, habits.faults.plc_per_hour) {
                    agenda.add(wait, Task::PlcFails(index, plc));
                }
            }
            gateways.push(gateway);
        }
        let mut series = Vec::new();
        for (index, plan) in plan.series.into_iter().enumerate() {
            let of = gateways.get(plan.gateway).map(|gateway| gateway.plan.clone());
            let path =
                of.map(|of| format!("{}/{}/{}", of.topic, plan.plc_id, plan.metric_id)).unwrap_or_default();
            let (state, first) = SeriesState::new(plan, options.seed, &path, scale)?;
            agenda.add(first, Task::Read(index));
            series.push(state);
        }
        let wall = (options.rate == Rate::Max).then(|| options.clock.clone());
        let time = Time { start: options.start, now: 0, wall };
        Ok(Self { gateways, series, agenda, ready: VecDeque::new(), time, habits })
    }

    /// How many gateways send.
    pub fn gateways(&self) -> usize {
        self.gateways.len()
    }

    /// The next message. There always is one.
    fn next_message(&mut self) -> Result<Option<Message>> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(Some(message));
            }
            let Some((due, task)) = self.agenda.next() else { return Ok(None) };
            self.time.now = due;
            self.perform(task)?;
        }
    }
}

impl Iterator for Fleet {
    type Item = Result<Message>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_message().transpose()
    }
}

impl Time {
    /// Source time: the due time, or the clock's at full speed.
    fn stamp(&self) -> Timestamp {
        match &self.wall {
            Some(clock) => clock.now(),
            None => self.start.plus(Duration::from_micros(self.now)),
        }
    }

    fn due(&self) -> Duration {
        Duration::from_micros(self.now)
    }
}

/// How long until the next trouble of a kind; `None` when there is none of it.
fn until(gateway: &mut GatewayState, per_hour: f64) -> Option<Micros> {
    (per_hour > 0.0).then(|| micros(gateway.random.dwell(3_600.0 / per_hour)))
}

/// Seconds as microseconds.
fn micros(seconds: f64) -> Micros {
    u64::try_from(Duration::try_from_secs_f64(seconds).unwrap_or_default().as_micros()).unwrap_or(u64::MAX)
}

/// A share of a time.
trait Share {
    fn mul_f(self, share: f64) -> Self;
}

impl Share for Micros {
    fn mul_f(self, share: f64) -> Self {
        micros(Duration::from_micros(self).as_secs_f64() * share)
    }
}

#[cfg(test)]
mod tests;
