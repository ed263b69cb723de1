//! One gateway under way: its boot, its count of messages, what it gathers and what waits on its disk.

use super::agenda::Micros;
use super::{FleetOptions, Rate, Time, micros};
use crate::error::Result;
use crate::invalid::{InvalidKind, spoil};
use crate::message::{Expected, Message};
use crate::payload::{self, Health, Reading, Sender};
use crate::random::{Random, fingerprint};
use crate::scenario::GatewayPlan;
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use vigia_model::{DataType, Quality, RejectReason, Timestamp, Value};

/// The metric invalid messages are about: one that reads them all the same would show it.
const SELF_TEST: &str = "self_test";

#[derive(Debug)]
pub(super) struct GatewayState {
    pub(super) plan: GatewayPlan,
    pub(super) random: Random,
    topic: Bytes,
    boot_id: String,
    seq: i64,
    booted: Timestamp,
    /// Which PLCs do not answer.
    lost: Vec<bool>,
    /// No internet: nothing leaves, not even heartbeats.
    pub(super) offline: bool,
    /// Samples of the schema 2 message being filled.
    pub(super) gathered: Vec<Reading>,
    /// Samples that could not leave, oldest first.
    pub(super) stored: VecDeque<Reading>,
}

impl GatewayState {
    pub(super) fn new(mut plan: GatewayPlan, options: &FleetOptions) -> Self {
        plan.schema = options.schema.unwrap_or(plan.schema);
        let mut random = Random::new(options.seed, &plan.topic);
        let uptime = Duration::from_secs_f64(random.between(3_600.0, 2_000_000.0).round());
        let start = options.start.as_millis();
        // Another run is another boot: its messages are counted from 0 again. At full speed even the same
        // start does not give the same times.
        let boot =
            fingerprint(options.seed, &format!("{}@{start}@{}", plan.topic, options.rate == Rate::Max));
        Self {
            topic: Bytes::copy_from_slice(plan.topic.as_bytes()),
            boot_id: format!("{boot:016x}"),
            seq: 0,
            booted: options.start.minus(uptime),
            lost: vec![false; plan.plcs.len()],
            offline: false,
            gathered: Vec::new(),
            stored: VecDeque::new(),
            plan,
            random,
        }
    }

    pub(super) fn batch_every(&self) -> Micros {
        micros(self.plan.batch_s).max(1_000)
    }

    pub(super) fn set_plc_lost(&mut self, plc: usize, is_lost: bool) {
        if let Some(lost) = self.lost.get_mut(plc) {
            *lost = is_lost;
        }
    }

    pub(super) fn is_plc_lost(&self, plc: usize) -> bool {
        self.lost.get(plc).copied().unwrap_or(false)
    }

    /// One sample in a message of schema 1.
    pub(super) fn single(&mut self, time: &Time, index: usize, reading: &Reading) -> Result<Message> {
        let payload = payload::single(&self.sender(), reading)?;
        Ok(self.message(time, index, payload))
    }

    /// Many samples in a message of schema 2.
    pub(super) fn many(&mut self, time: &Time, index: usize, readings: &[Reading]) -> Result<Message> {
        let payload = payload::many(&self.sender(), time.stamp(), readings)?;
        Ok(self.message(time, index, payload))
    }

    pub(super) fn heartbeat(&mut self, time: &Time, index: usize, version: &str) -> Result<Message> {
        let now = time.stamp();
        let queued = self.stored.len().div_ceil(self.plan.batch_max);
        let lost = self.lost.iter().filter(|lost| **lost).count();
        let health = Health {
            version,
            uptime_sec: now.millis_since(self.booted) / 1_000,
            plc_link: match lost {
                0 => "ok",
                all if all == self.lost.len() => "lost",
                _ => "degraded",
            },
            queued_messages: i64::try_from(queued).unwrap_or(i64::MAX),
        };
        let payload = payload::heartbeat(&self.sender(), self.plan.schema, now, &health)?;
        Ok(self.message(time, index, payload))
    }

    /// A message that must be refused.
    pub(super) fn invalid(&self, time: &Time, index: usize, kind: InvalidKind) -> Result<Message> {
        let reading = Reading {
            plc_id: self.plan.plcs.first().map_or_else(|| Arc::from("plc"), Arc::clone),
            metric_id: SELF_TEST.into(),
            unit: None,
            ts: time.stamp(),
            data_type: DataType::Float,
            value: Some(Value::Float(1.0)),
            quality: Quality::Good,
        };
        // Outside the count: a receiver that cannot read the number would take it for lost.
        let (payload, expected) = spoil(kind, &Sender { boot: None, ..self.sender() }, &reading)?;
        Ok(self.envelope(time, index, payload, expected))
    }

    /// A message that contradicts another one, outside the count as well.
    pub(super) fn contradiction(&self, time: &Time, index: usize, reading: &Reading) -> Result<Message> {
        let payload = payload::single(&Sender { boot: None, ..self.sender() }, reading)?;
        let expected = Expected::refused(RejectReason::ConflictingDuplicate);
        Ok(self.envelope(time, index, payload, expected))
    }

    fn sender(&self) -> Sender<'_> {
        let GatewayPlan { tenant, province, plant, id, .. } = &self.plan;
        Sender { tenant, province, plant, gateway: id, boot: Some((&self.boot_id, self.seq)) }
    }

    /// A counted message.
    fn message(&mut self, time: &Time, index: usize, payload: Bytes) -> Message {
        self.seq += 1;
        self.envelope(time, index, payload, Expected::default())
    }

    fn envelope(&self, time: &Time, index: usize, payload: Bytes, expected: Expected) -> Message {
        Message { due: time.due(), gateway: index, topic: self.topic.clone(), payload, expected, id: None }
    }
}
