//! What the fleet does when a task on its agenda falls due.

use super::agenda::{Micros, Task};
use super::{Fleet, micros, until};
use crate::error::Result;
use crate::invalid::contradicted;
use crate::message::Message;
use crate::payload::Reading;
use std::time::Duration;

/// How often a gateway that came back sends a burst from its disk.
const BURST_EVERY: Micros = 250_000;
/// A disk buffer that holds this many samples ends its outage, so that memory stays bounded.
const MAX_BUFFERED: usize = 100_000;

impl Fleet {
    /// Does one thing, and puts what follows from it on the agenda.
    pub(super) fn perform(&mut self, task: Task) -> Result<()> {
        let now = self.time.now;
        match task {
            Task::Read(index) => self.read(index)?,
            Task::Flush(index) => {
                if let Some(gateway) = self.gateways.get_mut(index) {
                    self.agenda.add(now + gateway.batch_every(), Task::Flush(index));
                }
                self.flush(index)?;
            }
            Task::Heartbeat(index) => {
                self.agenda.add(now + self.habits.heartbeat, Task::Heartbeat(index));
                self.heartbeat(index)?;
            }
            Task::PlcFails(index, plc) => {
                if let Some(gateway) = self.gateways.get_mut(index) {
                    gateway.set_plc_lost(plc, true);
                    let lasts = micros(gateway.random.dwell(self.habits.faults.plc_s.max(0.1)));
                    self.agenda.add(now + lasts, Task::PlcReturns(index, plc));
                }
            }
            Task::PlcReturns(index, plc) => {
                if let Some(gateway) = self.gateways.get_mut(index) {
                    gateway.set_plc_lost(plc, false);
                    if let Some(wait) = until(gateway, self.habits.faults.plc_per_hour) {
                        self.agenda.add(now + wait, Task::PlcFails(index, plc));
                    }
                }
            }
            Task::OutageBegins(index) => {
                if let Some(gateway) = self.gateways.get_mut(index) {
                    gateway.offline = true;
                    let lasts = micros(gateway.random.dwell(self.habits.faults.outage_s.max(0.1)));
                    self.agenda.add(now + lasts, Task::OutageEnds(index));
                }
            }
            Task::OutageEnds(index) => self.end_outage(index)?,
            Task::Burst(index) => self.burst(index)?,
            Task::Repeat(message) => self.ready.push_back(*message),
        }
        Ok(())
    }

    /// Reads one metric of one PLC and hands the value to its gateway.
    fn read(&mut self, index: usize) -> Result<()> {
        let Self { series, gateways, agenda, time, habits, .. } = self;
        let Some(series) = series.get_mut(index) else { return Ok(()) };
        agenda.add(series.next_read(time.now), Task::Read(index));
        let home = series.plan.gateway;
        let Some(gateway) = gateways.get_mut(home) else { return Ok(()) };
        let mut reading = series.read(time, habits, gateway.is_plc_lost(series.plan.plc));
        reading.ts = reading.ts.minus(gateway.plan.late);
        if gateway.offline {
            gateway.stored.push_back(reading);
            if gateway.stored.len() >= MAX_BUFFERED {
                self.end_outage(home)?;
            }
        } else if gateway.plan.schema == 1 {
            let message = gateway.single(time, home, &reading)?;
            self.send(home, message)?;
            self.contradict(home, &reading)?;
        } else {
            gateway.gathered.push(reading);
            if gateway.gathered.len() >= gateway.plan.batch_max {
                self.flush(home)?;
            }
        }
        Ok(())
    }

    /// Sends what a schema 2 gateway has gathered.
    fn flush(&mut self, index: usize) -> Result<()> {
        let Some(gateway) = self.gateways.get_mut(index) else { return Ok(()) };
        if gateway.gathered.is_empty() {
            return Ok(());
        }
        let readings = std::mem::take(&mut gateway.gathered);
        if gateway.offline {
            gateway.stored.extend(readings);
            return Ok(());
        }
        let message = gateway.many(&self.time, index, &readings)?;
        self.send(index, message)?;
        readings.first().map_or(Ok(()), |first| self.contradict(index, first))
    }

    /// Now and then says another number for the series and time of one just sent.
    fn contradict(&mut self, index: usize, said: &Reading) -> Result<()> {
        let Some(gateway) = self.gateways.get_mut(index) else { return Ok(()) };
        if gateway.random.chance(self.habits.contradictions)
            && let Some(other) = contradicted(said)
        {
            let mut message = gateway.contradiction(&self.time, index, &other)?;
            if self.habits.contradiction_within_s > 0.0 {
                let wait = gateway.random.between(0.0, self.habits.contradiction_within_s);
                let at = self.time.now + micros(wait);
                message.due = Duration::from_micros(at);
                self.agenda.add(at, Task::Repeat(Box::new(message)));
            } else {
                self.ready.push_back(message);
            }
        }
        Ok(())
    }

    fn heartbeat(&mut self, index: usize) -> Result<()> {
        let Some(gateway) = self.gateways.get_mut(index) else { return Ok(()) };
        if gateway.offline {
            return Ok(());
        }
        let message = gateway.heartbeat(&self.time, index, &self.habits.version)?;
        self.ready.push_back(message);
        Ok(())
    }

    fn end_outage(&mut self, index: usize) -> Result<()> {
        let Some(gateway) = self.gateways.get_mut(index) else { return Ok(()) };
        if !gateway.offline {
            return Ok(());
        }
        gateway.offline = false;
        if let Some(wait) = until(gateway, self.habits.faults.outage_per_hour) {
            self.agenda.add(self.time.now + wait, Task::OutageBegins(index));
        }
        self.burst(index)
    }

    /// A heartbeat that tells what waits on the disk, then one late message from it.
    fn burst(&mut self, index: usize) -> Result<()> {
        self.heartbeat(index)?;
        let Some(gateway) = self.gateways.get_mut(index) else { return Ok(()) };
        if gateway.stored.is_empty() || gateway.offline {
            return Ok(());
        }
        let readings: Vec<_> =
            gateway.stored.drain(..gateway.stored.len().min(gateway.plan.batch_max)).collect();
        let message = gateway.many(&self.time, index, &readings)?;
        self.agenda.add(self.time.now + BURST_EVERY, Task::Burst(index));
        self.send(index, message)
    }

    /// Publishes a telemetry message, and now and then a copy of it or a bad one beside it.
    fn send(&mut self, index: usize, message: Message) -> Result<()> {
        let Some(gateway) = self.gateways.get_mut(index) else { return Ok(()) };
        if gateway.random.chance(self.habits.faults.duplicate_share) {
            let mut copy = message.clone();
            let at =
                self.time.now + micros(gateway.random.between(0.05, self.habits.faults.duplicate_within_s));
            copy.due = Duration::from_micros(at);
            copy.expected.duplicate = true;
            self.agenda.add(at, Task::Repeat(Box::new(copy)));
        }
        self.ready.push_back(message);
        if gateway.random.chance(self.habits.invalid_share) {
            let kind = self.habits.invalid_kinds.get(gateway.random.below(self.habits.invalid_kinds.len()));
            if let Some(kind) = kind.copied() {
                self.ready.push_back(gateway.invalid(&self.time, index, kind)?);
            }
        }
        Ok(())
    }
}
