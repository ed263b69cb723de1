//! Recorded data played again: a CSV file with the columns time, plc, metric, value (and, where there are, unit and
//! quality), in order of time. The file is read twice, never held: once for its time span and the type of each
//! series, once to be sent.

mod columns;
mod cell;

use crate::error::{Error, Result};
use crate::message::{Expected, Message};
use crate::payload::{self, Reading, Sender};
use bytes::Bytes;
pub use cell::parse_time;
use cell::{Kind, typed};
use columns::{Columns, open};
use csv::StringRecord;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use vigia_contract::topic::TelemetryTopic;
use vigia_model::{Identifier, Quality, Timestamp};

/// How to play a table.
#[derive(Debug, Clone)]
pub struct TableOptions {
    pub tenant: String,
    pub province: String,
    pub plant: String,
    pub gateway: String,
    /// 1 = a message per row, 2 = up to `batch_max` rows in one.
    pub schema: u8,
    pub batch_max: usize,
    /// Send the times as they stand in the file.
    pub keep_times: bool,
    /// How many recorded seconds pass in a second; `None` = as fast as they are taken.
    pub speed: Option<f64>,
    /// When the replay begins.
    pub start: Timestamp,
}

/// A table being played.
#[derive(Debug)]
pub struct Table {
    path: PathBuf,
    options: TableOptions,
    columns: Columns,
    rows: csv::Reader<File>,
    record: StringRecord,
    kinds: HashMap<(String, String), Kind>,
    names: HashMap<String, Arc<str>>,
    topic: Bytes,
    boot_id: String,
    seq: i64,
    first: Timestamp,
    /// Added to every time.
    shift_ms: i64,
    /// A row read for the next message.
    ahead: Option<(Duration, Reading)>,
    ended: bool,
}

/// Rows of a message of schema 2 lie at most this far apart when sent in real time.
const GATHER: Duration = Duration::from_secs(1);

impl Table {
    /// Reads the file once, finding its span and types, and stands ready to send it.
    pub fn open(path: &Path, options: TableOptions) -> Result<Self> {
        let refused = |problem: String| Error::TableRow { path: path.to_owned(), line: 1, problem };
        if options.speed.is_some_and(|speed| speed.is_nan() || speed <= 0.0) {
            return Err(refused("the speed must be above 0".to_owned()));
        }
        for name in [&options.tenant, &options.province, &options.plant, &options.gateway] {
            Identifier::check(name).map_err(|why| refused(format!("the name {name:?} {why}")))?;
        }
        let topic = TelemetryTopic {
            tenant: &options.tenant,
            province: &options.province,
            plant: &options.plant,
            gateway: &options.gateway,
        }
        .to_string();
        let (rows, columns) = open(path)?;
        let mut table = Self {
            path: path.to_owned(),
            boot_id: format!("replay-{}", options.start.as_millis()),
            options,
            columns,
            rows,
            record: StringRecord::new(),
            kinds: HashMap::new(),
            names: HashMap::new(),
            topic: topic.into(),
            seq: 0,
            first: Timestamp::default(),
            shift_ms: 0,
            ahead: None,
            ended: false,
        };
        table.survey()?;
        table.rows = open(path)?.0;
        Ok(table)
    }

    /// First reading: the span of time and what each series holds.
    fn survey(&mut self) -> Result<()> {
        let mut span: Option<(Timestamp, Timestamp)> = None;
        while self.next_record()? {
            let ts = self.time()?;
            span = Some(span.map_or((ts, ts), |(first, last)| (first.min(ts), last.max(ts))));
            let kind = Kind::of(self.field(self.columns.value));
            let key = (self.field(self.columns.plc).to_owned(), self.field(self.columns.metric).to_owned());
            for name in [&key.0, &key.1] {
                Identifier::check(name).map_err(|why| self.fault(format!("the name {name:?} {why}")))?;
            }
            self.kinds.entry(key).and_modify(|known| *known = known.join(kind)).or_insert(kind);
        }
        let Some((first, last)) = span else { return Ok(()) };
        self.first = first;
        if !self.options.keep_times {
            // The last row gets the moment at which it is sent; replayed slower than life, the first does.
            let recorded = last.millis_since(first);
            let lasts = self.at_speed(recorded).as_millis();
            let lasts = i64::try_from(lasts).unwrap_or(i64::MAX);
            let first_at =
                self.options.start.as_millis().saturating_sub(recorded.saturating_sub(lasts).max(0));
            self.shift_ms = first_at.saturating_sub(first.as_millis());
        }
        Ok(())
    }

    /// How long recorded milliseconds take in the replay.
    fn at_speed(&self, recorded_ms: i64) -> Duration {
        let recorded = Duration::from_millis(u64::try_from(recorded_ms).unwrap_or(0));
        self.options.speed.map_or(Duration::ZERO, |speed| recorded.div_f64(speed))
    }

    fn next_record(&mut self) -> Result<bool> {
        self.rows
            .read_record(&mut self.record)
            .map_err(|source| Error::Table { path: self.path.clone(), source })
    }

    fn field(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or("").trim()
    }

    fn fault(&self, problem: String) -> Error {
        let line = self.record.position().map_or(0, csv::Position::line);
        Error::TableRow { path: self.path.clone(), line, problem }
    }

    fn time(&self) -> Result<Timestamp> {
        let text = self.field(self.columns.time);
        parse_time(text).ok_or_else(|| {
            self.fault(format!("{text:?} is no time: wanted is ISO 8601 with a zone, or Unix milliseconds"))
        })
    }

    /// The next row: when it is due, and what it says.
    fn next_reading(&mut self) -> Result<Option<(Duration, Reading)>> {
        if !self.next_record()? {
            return Ok(None);
        }
        let recorded = self.time()?;
        let key = (self.field(self.columns.plc).to_owned(), self.field(self.columns.metric).to_owned());
        let kind = self.kinds.get(&key).copied().unwrap_or(Kind::Text);
        let (data_type, value) = typed(self.field(self.columns.value), kind);
        let quality = match self.columns.quality.map(|column| self.field(column)) {
            Some(word) if !word.is_empty() => Quality::parse(&word.to_ascii_uppercase())
                .ok_or_else(|| self.fault(format!("{word:?} is no quality")))?,
            _ if value.is_none() => Quality::Bad,
            _ => Quality::Good,
        };
        if value.is_none() && quality == Quality::Good {
            return Err(self.fault("an empty value cannot be GOOD".to_owned()));
        }
        let unit =
            self.columns.unit.map(|column| self.field(column).to_owned()).filter(|unit| !unit.is_empty());
        let reading = Reading {
            plc_id: self.name(&key.0),
            metric_id: self.name(&key.1),
            unit: unit.map(|unit| self.name(&unit)),
            ts: Timestamp::from_millis(recorded.as_millis().saturating_add(self.shift_ms)),
            data_type,
            value,
            quality,
        };
        Ok(Some((self.at_speed(recorded.millis_since(self.first)), reading)))
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.names.insert(name.as_ref().to_owned(), Arc::clone(&name));
        name
    }

    fn next_message(&mut self) -> Result<Option<Message>> {
        let Some((begin, first)) = self.take_ahead()? else { return Ok(None) };
        let mut due = begin;
        let mut readings = vec![first];
        let most = if self.options.schema == 1 { 1 } else { self.options.batch_max };
        while readings.len() < most {
            match self.take_ahead()? {
                Some((at, reading)) if at <= begin + GATHER => {
                    due = due.max(at);
                    readings.push(reading);
                }
                later => {
                    self.ahead = later;
                    break;
                }
            }
        }
        let TableOptions { tenant, province, plant, gateway, schema, .. } = &self.options;
        let sender = Sender { tenant, province, plant, gateway, boot: Some((&self.boot_id, self.seq)) };
        let payload = match readings.as_slice() {
            [only] if *schema == 1 => payload::single(&sender, only)?,
            [.., last] => payload::many(&sender, last.ts, &readings)?,
            [] => return Ok(None),
        };
        self.seq += 1;
        let topic = self.topic.clone();
        Ok(Some(Message { due, gateway: 0, topic, payload, expected: Expected::default(), id: None }))
    }

    fn take_ahead(&mut self) -> Result<Option<(Duration, Reading)>> {
        match self.ahead.take() {
            None => self.next_reading(),
            kept => Ok(kept),
        }
    }
}

impl Iterator for Table {
    type Item = Result<Message>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let message = self.next_message().transpose();
        self.ended = !matches!(message, Some(Ok(_)));
        message
    }
}

#[cfg(test)]
mod tests;
