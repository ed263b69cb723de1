//! One line of a ledger, written and read.

use crate::error::{Error, Result};
use crate::message::{ExpectedRejection, Message};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use vigia_model::{RejectReason, Timestamp};

/// A message as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub id: u64,
    /// When it was handed to the connection.
    pub at: Timestamp,
    pub topic: String,
    /// Exactly the bytes sent.
    pub payload: Vec<u8>,
    pub rejected: Vec<ExpectedRejection>,
    pub duplicate: bool,
}

impl Published {
    /// Whether it contradicts another message: one of the two must be refused, whichever is committed second.
    pub fn contradicts(&self) -> bool {
        self.rejected.iter().any(|rejection| rejection.reason == RejectReason::ConflictingDuplicate)
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Published(Published),
    Acked {
        at: Timestamp,
        /// Inclusive ranges.
        ids: Vec<(u64, u64)>,
    },
}

/// Appends a message's line. Costs little: JSON payloads go in as they are.
pub(super) fn write_message(out: &mut Vec<u8>, id: u64, at: Timestamp, message: &Message) {
    let topic = String::from_utf8_lossy(&message.topic);
    append(out, format_args!(r#"{{"id":{id},"at":{},"topic":"{topic}","#, at.as_millis()));
    // A good message is JSON on one line by its making; of others that must be seen.
    if message.expected.rejected.is_empty() || is_json_line(&message.payload) {
        out.extend_from_slice(br#""payload":"#);
        out.extend_from_slice(&message.payload);
    } else if let Ok(text) = std::str::from_utf8(&message.payload) {
        append(out, format_args!(r#""text":{}"#, serde_json::Value::from(text)));
    } else {
        append(out, format_args!(r#""hex":"{}""#, to_hex(&message.payload)));
    }
    if !message.expected.rejected.is_empty() {
        let list = serde_json::to_string(&message.expected.rejected).unwrap_or_default();
        append(out, format_args!(r#","rejected":{list}"#));
    }
    if message.expected.duplicate {
        out.extend_from_slice(br#","duplicate":true"#);
    }
    out.extend_from_slice(b"}\n");
}

/// Appends a line of confirmations.
pub(super) fn write_acks(out: &mut Vec<u8>, at: Timestamp, ids: impl Iterator<Item = (u64, u64)>) {
    out.extend_from_slice(br#"{"acked":["#);
    for (place, (first, last)) in ids.enumerate() {
        let comma = if place == 0 { "" } else { "," };
        append(out, format_args!("{comma}[{first},{last}]"));
    }
    append(out, format_args!("],\"at\":{}}}\n", at.as_millis()));
}

fn append(out: &mut Vec<u8>, what: std::fmt::Arguments<'_>) {
    // Writing to memory cannot fail.
    out.write_fmt(what).unwrap_or_default();
}

fn is_json_line(payload: &[u8]) -> bool {
    payload.first() == Some(&b'{')
        && payload.last() == Some(&b'}')
        && !payload.contains(&b'\n')
        && vigia_contract::mqtt::is_json(payload)
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap_or_default();
        hex
    })
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect()
}

/// A line of either kind, as JSON.
#[derive(Deserialize)]
struct Line<'a> {
    at: i64,
    id: Option<u64>,
    #[serde(borrow)]
    topic: Option<Cow<'a, str>>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
    text: Option<String>,
    #[serde(borrow)]
    hex: Option<&'a str>,
    #[serde(default)]
    rejected: Vec<ExpectedRejection>,
    #[serde(default)]
    duplicate: bool,
    #[serde(default)]
    acked: Vec<(u64, u64)>,
}

impl Entry {
    /// Reads a line.
    pub fn parse(line: &[u8]) -> std::result::Result<Self, serde_json::Error> {
        let Line { at, id, topic, payload, text, hex, rejected, duplicate, acked } =
            serde_json::from_slice(line)?;
        let at = Timestamp::from_millis(at);
        let Some(id) = id else { return Ok(Self::Acked { at, ids: acked }) };
        let payload = payload
            .map(|raw| raw.get().as_bytes().to_vec())
            .or(text.map(String::into_bytes))
            .or(hex.and_then(from_hex))
            .unwrap_or_default();
        let topic = topic.unwrap_or_default().into_owned();
        Ok(Self::Published(Published { id, at, topic, payload, rejected, duplicate }))
    }
}

/// Walks the lines of a ledger without holding them.
pub fn entries(path: &Path) -> Result<Entries> {
    let read = |source| Error::Read { what: "the ledger", path: path.to_owned(), source };
    let file = BufReader::with_capacity(1 << 20, File::open(path).map_err(read)?);
    Ok(Entries { path: path.to_owned(), file, line: Vec::new(), number: 0 })
}

/// See [`entries`].
#[derive(Debug)]
pub struct Entries {
    path: PathBuf,
    file: BufReader<File>,
    line: Vec<u8>,
    number: u64,
}

impl Iterator for Entries {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.line.clear();
            self.number += 1;
            let read = self.file.read_until(b'\n', &mut self.line);
            match read {
                Ok(0) => return None,
                Ok(_) => {}
                Err(source) => {
                    return Some(Err(Error::Read { what: "the ledger", path: self.path.clone(), source }));
                }
            }
            match Entry::parse(&self.line) {
                Ok(entry) => return Some(Ok(entry)),
                // A kill cut it short; what it was about was never sent, or counts as pending.
                Err(fault) if fault.is_eof() || !self.line.ends_with(b"}\n") => {}
                Err(source) => {
                    let (path, line) = (self.path.clone(), self.number);
                    return Some(Err(Error::LedgerLine { path, line, source }));
                }
            }
        }
    }
}
