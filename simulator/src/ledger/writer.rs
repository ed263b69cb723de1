//! The writing side of a ledger, shared by the one who publishes and those who hear the confirmations.

use super::line::{write_acks, write_message};
use super::ranges::IdRanges;
use crate::error::{Error, Result};
use crate::message::Message;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use vigia_model::Timestamp;

/// An open ledger. Messages reach the file before they are sent; confirmations follow with the next messages, or
/// when [`LedgerWriter::flush`] is called, whichever comes first.
#[derive(Debug)]
pub struct LedgerWriter {
    path: PathBuf,
    // A std mutex: it is held to copy bytes and for one write to the page cache, never across an await.
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: File,
    buffer: Vec<u8>,
    next_id: u64,
    /// Confirmed and not yet written.
    acked: IdRanges,
}

impl LedgerWriter {
    /// Opens a ledger to go on with it, or begins one. Ids go on from the highest it has.
    pub fn open(path: &Path) -> Result<Self> {
        let fault = |source| Error::WriteLedger { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(fault)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).read(true).open(path).map_err(fault)?;
        let (last_id, cut_short) = survey(&file).map_err(fault)?;
        if cut_short {
            file.write_all(b"\n").map_err(fault)?;
        }
        let inner = Inner { file, buffer: Vec::new(), next_id: last_id + 1, acked: IdRanges::default() };
        Ok(Self { path: path.to_owned(), inner: Mutex::new(inner) })
    }

    /// Writes messages down and gives them their ids; those that have one are already there.
    pub fn publish(&self, at: Timestamp, messages: &mut [Message]) -> Result<()> {
        let mut inner = self.lock();
        for message in messages.iter_mut().filter(|message| message.id.is_none()) {
            let id = inner.next_id;
            inner.next_id += 1;
            write_message(&mut inner.buffer, id, at, message);
            message.id = Some(id);
        }
        self.write(&mut inner, at)
    }

    /// Takes note of confirmations.
    pub fn acked(&self, ids: &[u64]) {
        let mut inner = self.lock();
        for id in ids {
            inner.acked.add(*id, *id);
        }
    }

    /// Writes what is still in memory.
    pub fn flush(&self, at: Timestamp) -> Result<()> {
        self.write(&mut self.lock(), at)
    }

    fn write(&self, inner: &mut Inner, at: Timestamp) -> Result<()> {
        let Inner { file, buffer, acked, .. } = inner;
        if acked.iter().next().is_some() {
            write_acks(buffer, at, std::mem::take(acked).iter());
        }
        let written = file.write_all(buffer);
        buffer.clear();
        written.map_err(|source| Error::WriteLedger { path: self.path.clone(), source })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The highest id in the file, and whether its last line has no end.
fn survey(file: &File) -> std::io::Result<(u64, bool)> {
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let (mut line, mut last_id, mut cut_short) = (Vec::new(), 0, false);
    while reader.read_until(b'\n', &mut line)? > 0 {
        let digits = line.strip_prefix(br#"{"id":"#).unwrap_or_default();
        let id = digits
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .fold(0_u64, |id, digit| id.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        last_id = last_id.max(id);
        cut_short = line.last() != Some(&b'\n');
        line.clear();
    }
    Ok((last_id, cut_short))
}
