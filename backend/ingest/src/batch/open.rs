//! A batch while it fills.

use super::{Directory, MAX_BYTES, MAX_MESSAGES, MAX_SAMPLES, RECEIVE_MAXIMUM, Receipt, Rules, TimeWindow};
use crate::decode::{decode, decode_topic};
use crate::directory::KnownSeries;
use crate::validate::{Content, ValidSample, Validated, validate};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;
use uuid::Uuid;
use vigia_live::{Live, LivePlc, MetricIndex};
use vigia_model::{Heartbeat, Identifier, RejectReason, Rejection, Sample, SeqMark, Source, Timestamp};
use vigia_store::batch::{BatchMessage, RejectionRow, SampleRow};
use vigia_store::directory::MAX_UNITS_PER_TENANT;

/// Rows, and what must still be asked before they are rows, of the messages taken so far.
#[derive(Debug, Default)]
pub(crate) struct OpenBatch {
    pub(crate) messages: Vec<BatchMessage>,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) samples: Vec<SampleRow>,
    pub(crate) rejections: Vec<RejectionRow>,
    /// Gateways that spoke, and which of their messages arrived.
    pub(crate) gateways: HashMap<(Uuid, Uuid), Vec<SeqMark>>,
    /// What names something for the first time.
    pub(crate) unresolved: Vec<Unresolved>,
    unresolved_samples: usize,
    bytes: usize,
    window_full: bool,
}

/// A message, or the part of one, whose names the directory does not know yet.
#[derive(Debug)]
pub(crate) struct Unresolved {
    pub(crate) message: usize,
    pub(crate) source: Source,
    pub(crate) samples: Vec<NamedSample>,
    pub(crate) heartbeat: Option<Heartbeat>,
    pub(crate) seq: Option<SeqMark>,
}

/// A valid sample with its names kept.
#[derive(Debug)]
pub(crate) struct NamedSample {
    pub(crate) plc: Identifier,
    pub(crate) metric: Identifier,
    pub(crate) index: Option<u32>,
    pub(crate) sample: Sample,
}

/// What a message is seen against.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    pub(crate) directory: &'a mut Directory,
    pub(crate) rules: &'a Rules,
    pub(crate) live: &'a Live,
    pub(crate) window: TimeWindow,
    pub(crate) now: Instant,
}

/// A message that was decoded and validated.
#[derive(Debug)]
pub(crate) struct Read<'a> {
    source: Source,
    validated: Validated<'a>,
}

impl Stage<'_> {
    /// Takes a payload through decode and validate.
    pub(crate) fn read<'a>(
        &mut self,
        topic: &str,
        payload: &'a [u8],
        received_at: Timestamp,
    ) -> Result<Read<'a>, Rejection> {
        if let Some(rejection) = self.directory.refusal(topic, self.now) {
            return Err(rejection);
        }
        let source = match self.directory.topic(topic) {
            Some(entry) => entry.source.clone(),
            None => decode_topic(topic)?,
        };
        let validated = validate(decode(payload)?, &source, received_at, self.window);
        Ok(Read { source, validated })
    }

    /// Whether a message names anything for the first time.
    pub(crate) fn is_strange(&self, topic: &str, read: &Read<'_>) -> bool {
        match &read.validated.content {
            Content::Rejected(_) => false,
            Content::Heartbeat(_) => !self.directory.knows(topic, &[], self.now),
            Content::Telemetry { samples, .. } => !self.directory.knows(topic, samples, self.now),
        }
    }
}

impl OpenBatch {
    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(crate) fn has_room(&self) -> bool {
        self.messages.len() < MAX_MESSAGES
            && self.samples.len() + self.rejections.len() + self.unresolved_samples < MAX_SAMPLES
            && self.bytes < MAX_BYTES
    }

    /// Whether some connection can bring no more until this batch is committed.
    pub(crate) fn window_is_full(&self) -> bool {
        self.window_full
    }

    /// Takes a message that was read, and shows what it says to the live feed.
    pub(crate) fn add(
        &mut self,
        message: BatchMessage,
        receipt: Option<Receipt>,
        read: Result<Read<'_>, Rejection>,
        stage: &mut Stage<'_>,
    ) {
        let index = self.messages.len();
        self.bytes += message.topic.len() + message.payload.len();
        if let Some(receipt) = receipt {
            self.window_full |= receipt.ticket.in_pipeline() >= RECEIVE_MAXIMUM;
            self.receipts.push(receipt);
        }
        let (topic, received_at) = (Arc::clone(&message.topic), message.received_at);
        self.messages.push(message);
        if let Err(rejection) = read.and_then(|read| self.take(index, &topic, read, received_at, stage)) {
            self.reject(index, rejection);
        }
    }

    /// Reads and takes a message that has nobody to be acknowledged to, or whose receipt is kept elsewhere.
    pub(crate) fn add_again(&mut self, message: BatchMessage, stage: &mut Stage<'_>) {
        let payload = message.payload.clone();
        let read = stage.read(&message.topic, &payload, message.received_at);
        self.add(message, None, read, stage);
    }

    /// Reads and takes a message of the quarantine, as of its receipt.
    pub(crate) fn add_replayed(&mut self, message: BatchMessage, now: Timestamp, stage: &mut Stage<'_>) {
        let window = stage.window;
        stage.window = window.again(message.received_at, now);
        self.add_again(message, stage);
        stage.window = window;
    }

    /// The messages alone, and their receipts apart: what was made of them is forgotten.
    pub(crate) fn into_messages(self) -> (Vec<BatchMessage>, Vec<Receipt>) {
        (self.messages, self.receipts)
    }

    pub(crate) fn reject(&mut self, message: usize, rejection: Rejection) {
        self.rejections.push(RejectionRow { message, rejection });
    }

    fn take(
        &mut self,
        message: usize,
        topic: &str,
        read: Read<'_>,
        received_at: Timestamp,
        stage: &mut Stage<'_>,
    ) -> Result<(), Rejection> {
        let Read { source, validated: Validated { seq, content } } = read;
        let message = Message { index: message, source, received_at };
        match content {
            Content::Rejected(rejection) => {
                self.hear(&message, topic, seq, stage);
                Err(rejection)
            }
            Content::Heartbeat(beat) => {
                self.heartbeat(message, topic, beat, seq, stage);
                Ok(())
            }
            Content::Telemetry { samples, rejections } => {
                for rejection in rejections {
                    self.reject(message.index, rejection);
                }
                self.telemetry(message, topic, samples, seq, stage);
                Ok(())
            }
        }
    }

    /// Notes that a known gateway spoke, whatever it said. An unknown one is registered only by what is accepted.
    fn hear(&mut self, message: &Message, topic: &str, seq: Option<SeqMark>, stage: &mut Stage<'_>) -> bool {
        let Some(entry) = stage.directory.topic(topic) else { return false };
        let (gateway, tenant) = (entry.bound.gateway_id, entry.bound.tenant_id);
        let live = Arc::clone(&entry.live);
        let offline_after = stage.live.offline_after();
        stage.directory.gateway_health(gateway).hear(message.received_at, offline_after);
        stage.live.hear(&live, message.received_at);
        self.gateways.entry((gateway, tenant)).or_default().extend(seq);
        true
    }

    fn heartbeat(
        &mut self,
        message: Message,
        topic: &str,
        beat: Heartbeat,
        seq: Option<SeqMark>,
        stage: &mut Stage<'_>,
    ) {
        let Some(entry) = stage.directory.topic(topic) else {
            self.unresolved.push(message.unresolved(Vec::new(), Some(beat), seq));
            return;
        };
        let (gateway, tenant) = (entry.bound.gateway_id, entry.bound.tenant_id);
        let live = Arc::clone(&entry.live);
        let offline_after = stage.live.offline_after();
        stage.directory.gateway_health(gateway).beat(beat.clone(), message.received_at, offline_after);
        stage.live.beat(&live, beat, message.received_at);
        self.gateways.entry((gateway, tenant)).or_default().extend(seq);
    }

    fn telemetry(
        &mut self,
        message: Message,
        topic: &str,
        samples: Vec<ValidSample<'_>>,
        seq: Option<SeqMark>,
        stage: &mut Stage<'_>,
    ) {
        let mut unknown = Vec::new();
        let mut feed = LiveUpdates::default();
        for valid in samples {
            let known = stage.directory.topic(topic).and_then(|entry| {
                let series = entry.series(&valid.plc, &valid.metric, stage.rules, message.received_at)?;
                Some((Arc::clone(&entry.bound), series))
            });
            match known {
                Some((bound, series)) => {
                    let unit = valid.sample.unit.as_deref();
                    let unit_id = unit.and_then(|unit| stage.directory.unit(unit));
                    if let Some(unit) = unit.filter(|_| unit_id.is_none())
                        && stage.directory.refuses_unit(bound.tenant_id, unit, stage.now)
                    {
                        self.reject(message.index, too_many_units().at(valid.index));
                        continue;
                    }
                    feed.push(stage.live, &series, valid.sample.clone());
                    self.samples.push(SampleRow {
                        series: series.id,
                        gateway_num: bound.gateway_num,
                        unit_id,
                        mode: series.mode,
                        sample: valid.sample,
                        received_at: message.received_at,
                        message: message.index,
                        sample_index: valid.index,
                    });
                }
                None => unknown.extend(named(valid)),
            }
        }
        feed.flush(stage.live);
        let heard = self.hear(&message, topic, seq.clone(), stage);
        if !unknown.is_empty() {
            self.unresolved_samples += unknown.len();
            self.unresolved.push(message.unresolved(unknown, None, seq.filter(|_| !heard)));
        }
    }
}

/// The message a stage works on.
struct Message {
    index: usize,
    source: Source,
    received_at: Timestamp,
}

impl Message {
    fn unresolved(
        self,
        samples: Vec<NamedSample>,
        heartbeat: Option<Heartbeat>,
        seq: Option<SeqMark>,
    ) -> Unresolved {
        Unresolved { message: self.index, source: self.source, samples, heartbeat, seq }
    }
}

/// Why a sample whose unit is one too many is not taken.
pub(crate) fn too_many_units() -> Rejection {
    let detail = format!("the tenant has all the units it may add, {MAX_UNITS_PER_TENANT}");
    Rejection::message(RejectReason::SeriesLimit, detail)
}

fn named(valid: ValidSample<'_>) -> Option<NamedSample> {
    let plc = Identifier::new(&valid.plc).ok()?;
    let metric = Identifier::new(&valid.metric).ok()?;
    Some(NamedSample { plc, metric, index: valid.index, sample: valid.sample })
}

/// Gathers neighbouring samples of one PLC, so that the feed wakes its watchers once for all of them.
#[derive(Debug, Default)]
pub(crate) struct LiveUpdates {
    plc: Option<Arc<LivePlc>>,
    updates: Vec<(MetricIndex, Sample)>,
}

impl LiveUpdates {
    pub(crate) fn push(&mut self, live: &Live, series: &KnownSeries, sample: Sample) {
        if !self.plc.as_ref().is_some_and(|plc| Arc::ptr_eq(plc, &series.plc)) {
            self.flush(live);
            self.plc = Some(Arc::clone(&series.plc));
        }
        self.updates.push((series.metric, sample));
    }

    pub(crate) fn flush(&mut self, live: &Live) {
        if let Some(plc) = self.plc.take() {
            live.apply(&plc, &self.updates);
            self.updates.clear();
        }
    }
}
